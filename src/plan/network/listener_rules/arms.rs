//! Arms of all operations: the parts of rules.
//!
//! In: operations. Out: arms in an order that is right. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::arm::{Arm, ArmKey, RoutedTemplate};
use super::pattern::{Pattern, TemplateToken};
use super::priority::Band;
use super::subtrees::owned_subtrees;
use super::{Destination, MAX_VALUES};
use crate::openapi::HttpMethod;

/// Arms, and operations that they cannot distinguish.
pub(crate) struct Arms {
    /// In an order that is right.
    pub(crate) arms: Vec<Arm>,
    /// Pairs of operations with one path and method but different destinations, by index.
    pub(crate) conflicts: Vec<(usize, usize)>,
}

/// Methods of a pattern's operations with one destination.
struct DestinationMethods {
    methods: BTreeSet<HttpMethod>,
    /// Index of the first one.
    operation: usize,
}

/// One arm for each pattern and destination.
///
/// Those in `narrowed` name their methods although nothing else has their pattern, in several arms
/// where one rule has no room for all.
pub(crate) fn arms(templates: &[RoutedTemplate], narrowed: &BTreeSet<ArmKey>, room: usize) -> Arms {
    let mut by_text: BTreeMap<Arc<str>, (&Pattern, BTreeMap<HttpMethod, usize>)> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for (index, template) in templates.iter().enumerate() {
        let (_, methods) = by_text
            .entry(Arc::clone(&template.pattern.text))
            .or_insert_with(|| (&template.pattern, BTreeMap::new()));
        let first = *methods.entry(template.method).or_insert(index);
        if templates[first].to != template.to {
            conflicts.push((index, first));
        }
    }
    let mut arms = Vec::new();
    for (pattern, methods) in by_text.into_values() {
        let mut by_destination: BTreeMap<Destination, DestinationMethods> = BTreeMap::new();
        for (method, operation) in methods {
            let served = by_destination.entry(templates[operation].to);
            let served = served.or_insert_with(|| DestinationMethods {
                methods: BTreeSet::new(),
                operation,
            });
            served.methods.insert(method);
        }
        let rest = rest(&by_destination);
        for (to, served) in by_destination {
            let is_narrowed = narrowed.contains(&(Arc::clone(&pattern.text), to));
            let takes_rest = rest == Some(to) && !is_narrowed;
            let lists = method_lists(&served.methods, room, is_narrowed, takes_rest);
            arms.extend(lists.into_iter().map(|methods| Arm {
                pattern: pattern.clone(),
                served: if methods.is_empty() {
                    served.methods.clone()
                } else {
                    methods.clone()
                },
                methods,
                to,
                operation: served.operation,
            }));
        }
    }
    arms.extend(owned_subtrees(&arms));
    arms.sort_by(|one, other| rank(one).cmp(&rank(other)));
    Arms { arms, conflicts }
}

/// Methods that the arms of a pattern and destination name; one empty list for an arm that takes
/// all.
fn method_lists(
    served: &BTreeSet<HttpMethod>,
    room: usize,
    is_narrowed: bool,
    takes_rest: bool,
) -> Vec<BTreeSet<HttpMethod>> {
    // A list of methods that leaves no room for a path is left out: rules with methods come before
    // it.
    let has_no_room = served.len() >= MAX_VALUES && !is_narrowed;
    if takes_rest || has_no_room || served.contains(&HttpMethod::Any) {
        return vec![BTreeSet::new()];
    }
    if !is_narrowed || served.len() <= room {
        return vec![served.clone()];
    }
    let served: Vec<HttpMethod> = served.iter().copied().collect();
    let pieces = served.chunks(room.max(1));
    pieces
        .map(|piece| piece.iter().copied().collect())
        .collect()
}

/// The one of a pattern's destinations that gets every method that no other serves, as a pattern's
/// only one does.
///
/// None where methods are refused: undeclared methods are refused beside them.
fn rest(by_destination: &BTreeMap<Destination, DestinationMethods>) -> Option<Destination> {
    let has_any = by_destination
        .values()
        .any(|served| served.methods.contains(&HttpMethod::Any));
    let is_refused = by_destination.len() > 1 && by_destination.contains_key(&Destination::Nothing);
    let mut destinations = by_destination.keys().copied();
    destinations.next().filter(|_| !has_any && !is_refused)
}

/// Order of the rules: the smaller comes first.
fn rank(arm: &Arm) -> (Band, bool, &str, &BTreeSet<HttpMethod>) {
    (
        Band::of(&arm.pattern),
        arm.methods.is_empty(),
        &arm.pattern.text,
        &arm.methods,
    )
}

/// Operations whose method is `ANY`, each with the first one that takes a method of it elsewhere.
///
/// `/files/{name}` and `/files/{rest+}` are both `/files/*`. Where both name their methods, `arms`
/// distinguishes or reports them; `ANY` of one path means the method that the other path names,
/// too.
pub(crate) fn ambiguous(templates: &[RoutedTemplate]) -> Vec<(usize, usize)> {
    let mut any: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, template) in templates.iter().enumerate() {
        if template.method == HttpMethod::Any {
            any.entry(&template.pattern.text).or_default().push(index);
        }
    }
    if any.is_empty() {
        return Vec::new();
    }
    let named = || {
        templates.iter().enumerate().filter(|(_, template)| {
            template.method != HttpMethod::Any && any.contains_key(&*template.pattern.text)
        })
    };
    // A method that the path itself names is none of those that its `ANY` means.
    let owned: HashSet<(&[TemplateToken], HttpMethod)> = named()
        .map(|(_, template)| (&template.pattern.template[..], template.method))
        .collect();
    let mut pairs = Vec::new();
    for (index, template) in named() {
        let is_lost = |any: &&usize| {
            let any = &templates[**any];
            any.to != template.to
                && any.pattern.template != template.pattern.template
                && !owned.contains(&(&any.pattern.template[..], template.method))
        };
        let lost = any[&*template.pattern.text].iter().find(is_lost);
        pairs.extend(lost.map(|any| (*any, index)));
    }
    pairs
}
