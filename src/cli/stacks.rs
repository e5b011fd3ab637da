//! Comparison of the blueprints of one run, which must share neither an output folder nor a stack.

use std::collections::BTreeMap;

use crate::StackDeclaration;
use crate::blueprint::Likeness;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::io::{Job, OutputFolder};
use crate::report::SourceReport;

/// Reports blueprints that write to the output folder of an earlier one. Errors: GW0008.
pub(crate) fn compare_outputs(
    folders: &[Option<&OutputFolder>],
    jobs: &[Job],
    reports: &mut [SourceReport],
) {
    for (index, folder) in folders.iter().enumerate() {
        let Some(folder) = folder else { continue };
        let is_same =
            |other: &Option<&OutputFolder>| other.is_some_and(|other| other.path == folder.path);
        if let Some(other) = folders[..index].iter().position(is_same) {
            let (own_file, other_file) =
                (&jobs[index].request.display, &jobs[other].request.display);
            let diagnostic = diagnostic::SHARED_OUTPUT
                .at(Place::pointer(own_file, "/output/dir"))
                .also(Place::pointer(other_file, "/output/dir"))
                .message(format_args!(
                    "`{other_file}` and `{own_file}` both write to `{}`; neither was written",
                    folder.display
                ))
                .help("give each blueprint an `output.dir` of its own");
            add(reports, index, other, diagnostic);
        }
    }
}

/// Reports blueprints whose stacks are the same, or may be; each with the one before it that is
/// most like it. Errors: GW2142; GW2143 (a warning): only values of deploy time can distinguish
/// them.
pub(crate) fn compare(stacks: &[Option<StackDeclaration>], reports: &mut [SourceReport]) {
    let mut by_name: BTreeMap<&str, Vec<(usize, &StackDeclaration)>> = BTreeMap::new();
    for (index, stack) in stacks.iter().enumerate() {
        let Some(stack) = stack else { continue };
        let earlier = by_name.entry(stack.identity.name()).or_default();
        let most_alike = earlier
            .iter()
            .rev()
            .max_by_key(|(_, other)| stack.identity.compare(&other.identity));
        if let Some((other_index, other)) = most_alike
            && let Some(diagnostic) = same(stack, other)
        {
            add(reports, index, *other_index, diagnostic);
        }
        earlier.push((index, stack));
    }
}

/// Adds a diagnostic to the report of a blueprint. Its last place is in the other blueprint, whose
/// text the report needs, too.
fn add(reports: &mut [SourceReport], index: usize, other: usize, diagnostic: Diagnostic) {
    let last = diagnostic.places.last();
    let file = last.and_then(|place| reports[other].0.file(&place.file).cloned());
    let (sources, diagnostics) = &mut reports[index];
    diagnostics.push(diagnostic);
    file.into_iter().for_each(|file| sources.add(file));
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
    let diagnostic = code.at(stack.place.clone()).also(other.place.clone());
    Some(diagnostic.message(message).help(help))
}
