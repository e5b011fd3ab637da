//! Arms that have to name their methods: else they would take those that none of their operations
//! has from an operation of a wider path.
//!
//! In: operations with their prefixes, arms. Out: keys of arms. Pure.
//! A path with an undeclared method belongs to no operation, and arrives where the path does. But
//! where the operation of the wider path is hidden, its server may look for the method first, and
//! respond; and where other text is before its path, the gateway forwards such a request to it.

use std::collections::{BTreeMap, BTreeSet};

use super::Destination;
use super::arm::{Arm, ArmKey, RoutedTemplate};
use super::templates::Templates;
use crate::openapi::HttpMethod;

/// Keys of arms that have to name their methods.
pub(crate) fn arms_with_methods(
    templates: &[RoutedTemplate],
    prefixes: &[usize],
    arms: &[Arm],
) -> BTreeSet<ArmKey> {
    let is_refused = |template: &RoutedTemplate| template.to == Destination::Nothing;
    let is_first = |prefix: &usize| *prefix == prefixes[0];
    if !templates.iter().any(is_refused) && prefixes.iter().all(is_first) {
        return BTreeSet::new();
    }
    let mut own_prefixes: BTreeMap<(&str, Destination), BTreeSet<usize>> = BTreeMap::new();
    for (template, prefix) in templates.iter().zip(prefixes) {
        let own = own_prefixes.entry((&template.pattern.text, template.to));
        own.or_default().insert(*prefix);
    }
    let tagged = templates
        .iter()
        .zip(prefixes)
        .map(|(template, prefix)| (&template.pattern, (template.to, *prefix, template.method)));
    let mut by_segments = Templates::new(tagged);
    let mut takes_others = |arm: &Arm, own: &BTreeSet<usize>| {
        let is_left_out = |(to, prefix, method): &(Destination, usize, HttpMethod)| {
            *to == arm.to
                || arm.serves(*method)
                || (*to != Destination::Nothing && own.contains(prefix))
        };
        let is_taken = |index: usize| {
            let wider = &templates[index].pattern;
            wider.text != arm.pattern.text
                && wider.yields_to(&arm.pattern)
                && arm.pattern.meets(wider)
        };
        by_segments.any(&arm.pattern, |_, tag| is_left_out(tag), is_taken)
    };
    let mut found = BTreeSet::new();
    for arm in arms {
        if arm.to == Destination::Nothing || !arm.methods.is_empty() {
            continue;
        }
        let own = own_prefixes.get(&(&*arm.pattern.text, arm.to));
        if own.is_some_and(|own| takes_others(arm, own)) {
            found.insert(arm.key());
        }
    }
    found
}
