//! Paths of which one pattern makes one: `ANY` of the one would lose a method to the other.
//!
//! In: operations. Out: pairs that no rule tells apart. Pure.
//! `/files/{name}` and `/files/{rest+}` are both `/files/*`. Where both name their methods, those
//! are told apart or reported by `arms`; `ANY` of one path means the method that the other path
//! names, too.

use std::collections::{HashMap, HashSet};

use super::index::Asked;
use super::pattern::Token;
use crate::openapi::HttpMethod;

/// Operations whose method is `ANY`, each with the first one that takes a method of it elsewhere.
pub(crate) fn pairs(asked: &[Asked]) -> Vec<(usize, usize)> {
    let mut any: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, it) in asked
        .iter()
        .enumerate()
        .filter(|(_, it)| it.method == HttpMethod::Any)
    {
        any.entry(&it.pattern.text).or_default().push(index);
    }
    if any.is_empty() {
        return Vec::new();
    }
    let named = || {
        asked
            .iter()
            .enumerate()
            .filter(|(_, it)| it.method != HttpMethod::Any && any.contains_key(&*it.pattern.text))
    };
    // A method that the path itself names is none of those that its `ANY` means.
    let owned: HashSet<(&[Token], HttpMethod)> = named()
        .map(|(_, it)| (it.pattern.template(), it.method))
        .collect();
    let mut pairs = Vec::new();
    for (index, it) in named() {
        let is_lost = |any: &&usize| {
            let any = &asked[**any];
            any.to != it.to
                && any.pattern.template() != it.pattern.template()
                && !owned.contains(&(any.pattern.template(), it.method))
        };
        pairs.extend(
            any[&*it.pattern.text]
                .iter()
                .find(is_lost)
                .map(|any| (*any, index)),
        );
    }
    pairs
}
