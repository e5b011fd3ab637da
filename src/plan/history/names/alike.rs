//! One that is gone and a new one that is like it: perhaps the same under another name.

use super::Past;
use super::section::Section;
use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic};
use crate::source::pointer::child;

/// Notes that propose `was`, where one part alone can be meant.
///
/// Errors: GW5060 (a note).
pub(super) fn notes(blueprint: &Blueprint, section: &Section<'_>, past: &Past) -> Vec<Diagnostic> {
    let taken = |name: &&String| {
        let name = name.as_str();
        let mut parts = section.parts.iter();
        section.parts.contains_key(name) || parts.any(|(_, part)| part.was == Some(name))
    };
    let gone: Vec<&String> = past.known.keys().filter(|name| !taken(name)).collect();
    let is_new = |name: &str| !past.known.contains_key(name);
    let mut found = Vec::new();
    for (name, part) in &section.parts {
        if part.was.is_some() || !is_new(name) {
            continue;
        }
        let is_alike = |gone: &&&String| past.known[gone.as_str()].contains(&part.alike);
        let mut old = gone.iter().filter(is_alike);
        let mut new = section.parts.iter();
        let is_other =
            new.any(|(other, it)| other != name && is_new(other) && it.alike == part.alike);
        let (Some(old), None, false) = (old.next(), old.next(), is_other) else {
            continue;
        };
        let (kind, one) = (section.kind, section.one);
        found.push(
            diagnostic::PERHAPS_RENAMED
                .at(blueprint.place(&child(&format!("/{kind}"), name)))
                .message(format_args!("the {one} `{old}` is gone, and the new `{name}` is like it: what `{old}` had is made anew for `{name}`, and then destroyed"))
                .help(format_args!("where `{old}` has another name now, write `was: {old}` into `{kind}.{name}`, restore `.gwgen.json` as it was before this render, and render again: what is deployed is kept")),
        );
    }
    found
}
