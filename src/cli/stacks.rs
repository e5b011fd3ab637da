//! Comparison of the stacks of one run, which must not have the same names at AWS.
//!
//! In: the stack of each blueprint. Out: diagnostics. Pure.
//! Stacks that only values of deploy time can distinguish are a warning.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::StackDeclaration;
use crate::blueprint::Likeness;
use crate::diagnostic::{self, Diagnostic};
use crate::source::{SourceFile, Sources};

/// A stack, and the diagnostics of its blueprint.
pub(crate) struct ComparedStack<'a> {
    pub(crate) stack: Option<&'a StackDeclaration>,
    pub(crate) sources: &'a mut Sources,
    pub(crate) diagnostics: &'a mut Vec<Diagnostic>,
}

/// Reports blueprints whose stacks are the same, or may be; each with the one before it that is
/// most like it.
///
/// Errors: GW2142; GW2143 (a warning).
pub(crate) fn compare(compared: &mut [ComparedStack<'_>]) {
    let mut by_name: BTreeMap<&str, Vec<(usize, &StackDeclaration)>> = BTreeMap::new();
    let mut found: Vec<(usize, Diagnostic, Option<Arc<SourceFile>>)> = Vec::new();
    for (index, own) in compared.iter().enumerate() {
        let Some(stack) = own.stack else { continue };
        let earlier = by_name.entry(stack.identity.name()).or_default();
        let most_alike = earlier
            .iter()
            .rev()
            .max_by_key(|(_, other)| stack.identity.compare(&other.identity));
        if let Some((other_index, other)) = most_alike
            && let Some(diagnostic) = same(stack, other)
        {
            // The diagnostic names a line of the other blueprint, too.
            let sources = &compared[*other_index].sources;
            let file = sources.file(&other.place.file).cloned();
            found.push((index, diagnostic, file));
        }
        earlier.push((index, stack));
    }
    for (index, diagnostic, file) in found {
        compared[index].diagnostics.push(diagnostic);
        if let Some(file) = file {
            compared[index].sources.add(file);
        }
    }
}

/// Errors: GW2142; GW2143 (a warning).
fn same(stack: &StackDeclaration, other: &StackDeclaration) -> Option<Diagnostic> {
    let (name, file) = (stack.identity.name(), &other.place.file);
    let (code, message, help) = match stack.identity.compare(&other.identity) {
        Likeness::Different => return None,
        Likeness::Same => (
            &diagnostic::SAME_STACK,
            format!(
                "this is the same stack as that of `{file}`: both are called `{name}`, with one environment, region and account; neither is written"
            ),
            "give one of the two another `environment` or `name`",
        ),
        Likeness::Possible => (
            &diagnostic::POSSIBLY_SAME_STACK,
            format!(
                "this may be the same stack as that of `{file}`: both are called `{name}`, and nothing that is written tells them apart"
            ),
            "give each an `environment` of its own, or a `region`, unless they are deployed to different accounts; AWS refuses a second stack with the same names, or it takes the first over",
        ),
    };
    Some(
        code.at(stack.place.clone())
            .also(other.place.clone())
            .message(message)
            .help(help),
    )
}
