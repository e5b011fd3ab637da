//! Paths that have one pattern: `ANY` of the one would lose a method to the other.
//!
//! In: operations. Out: pairs that no rule distinguishes. Pure.
//! `/files/{name}` and `/files/{rest+}` are both `/files/*`. Where both name their methods, `arms`
//! distinguishes or reports them; `ANY` of one path means the method that the other path names, too.

use std::collections::{HashMap, HashSet};

use super::arm::RoutedTemplate;
use super::pattern::TemplateToken;
use crate::openapi::HttpMethod;

/// Operations whose method is `ANY`, each with the first one that takes a method of it elsewhere.
pub(crate) fn pairs(templates: &[RoutedTemplate]) -> Vec<(usize, usize)> {
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
        .map(|(_, template)| (template.pattern.template(), template.method))
        .collect();
    let mut pairs = Vec::new();
    for (index, template) in named() {
        let is_lost = |any: &&usize| {
            let any = &templates[**any];
            any.to != template.to
                && any.pattern.template() != template.pattern.template()
                && !owned.contains(&(any.pattern.template(), template.method))
        };
        let lost = any[&*template.pattern.text].iter().find(is_lost);
        pairs.extend(lost.map(|any| (*any, index)));
    }
    pairs
}
