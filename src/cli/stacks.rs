//! Blueprints of one run whose stacks would get the same names at AWS.
//!
//! In: the identity of each blueprint's stack. Out: findings. Pure.
//! What only deploy time tells apart is a warning.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::{Likeness, StackIdentity};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::source::{SourceFile, Sources};

/// The identity of a stack, and where its blueprint says it.
pub(crate) type Stack = Option<(StackIdentity, Place)>;

/// What is known of a blueprint once it is compiled.
pub(crate) struct Checked<'a> {
    pub(crate) stack: &'a Stack,
    pub(crate) sources: &'a mut Sources,
    pub(crate) diagnostics: &'a mut Vec<Diagnostic>,
}

/// Reports blueprints whose stacks are the same, or may be; each with the one before it that is
/// most like it.
///
/// Errors: GW2142; GW2143 (a warning).
pub(crate) fn compare(checked: &mut [Checked<'_>]) {
    let mut by_name: BTreeMap<&str, Vec<(usize, &StackIdentity, &Place)>> = BTreeMap::new();
    let stacks = checked.iter().map(|it| it.stack).collect::<Vec<_>>();
    let mut found: Vec<(usize, Diagnostic, Option<Arc<SourceFile>>)> = Vec::new();
    for (index, stack) in stacks.iter().enumerate() {
        let Some((identity, place)) = stack else {
            continue;
        };
        let before = by_name.entry(identity.name()).or_default();
        let most_like = before
            .iter()
            .rev()
            .max_by_key(|(_, other, _)| identity.compare(other));
        if let Some((other, likeness, of)) =
            most_like.map(|(other, it, of)| (*other, identity.compare(it), *of))
            && let Some(finding) = same(likeness, identity.name(), (place, of))
        {
            // The finding names a line of the other blueprint, too.
            found.push((
                index,
                finding,
                checked[other].sources.file(&of.file).cloned(),
            ));
        }
        before.push((index, identity, place));
    }
    for (index, finding, file) in found {
        checked[index].diagnostics.push(finding);
        file.into_iter()
            .for_each(|it| checked[index].sources.add(it));
    }
}

/// Errors: GW2142; GW2143 (a warning).
fn same(likeness: Likeness, name: &str, (place, other): (&Place, &Place)) -> Option<Diagnostic> {
    let (code, message, help) = match likeness {
        Likeness::Different => return None,
        Likeness::Same => (
            &diagnostic::SAME_STACK,
            format!(
                "this is the same stack as that of `{}`: both are called `{name}`, with one environment, region and account; neither is written",
                other.file
            ),
            "give one of the two another `environment` or `name`",
        ),
        Likeness::Possible => (
            &diagnostic::POSSIBLY_SAME_STACK,
            format!(
                "this may be the same stack as that of `{}`: both are called `{name}`, and nothing that is written tells them apart",
                other.file
            ),
            "give each an `environment` of its own, or a `region`, unless they are deployed to different accounts; AWS refuses a second stack with the same names, or it takes the first over",
        ),
    };
    Some(
        code.at(place.clone())
            .also(other.clone())
            .message(message)
            .help(help),
    )
}
