//! Parts of a stack that are no route, and the values of their facts.
//! In: values of the plan. Out: `StackPart`s. Pure.

use super::Fact;
use crate::listing::field::{FieldValue, Set};
use crate::listing::{value_text, values_text};
use crate::plan::{Name, Values};
use crate::source::pointer::child;

/// Facts of one part of a stack.
pub(super) struct StackPart<'a> {
    pub(super) name: String,
    /// The name by which both states know it.
    pub(super) key: String,
    /// A pointer into the blueprint.
    pub(super) place: String,
    pub(super) facts: Vec<Fact<'a>>,
}

impl<'a> StackPart<'a> {
    pub(super) fn new(name: impl Into<String>, facts: Vec<Fact<'a>>) -> Self {
        let name = name.into();
        Self {
            key: name.clone(),
            place: String::new(),
            name,
            facts,
        }
    }
}

/// An entry of one of the blueprint's sections, such as `backends`.
pub(super) fn entry<'a>(
    noun: &str,
    section: &str,
    name: &Name,
    facts: Vec<Fact<'a>>,
) -> StackPart<'a> {
    StackPart {
        name: format!("{noun} {name}"),
        key: format!("{noun} {}", name.first()),
        place: child(&format!("/{section}"), name),
        facts,
    }
}

pub(super) fn yes(is: bool) -> FieldValue<'static> {
    FieldValue::Text(if is { "yes" } else { "no" }.into())
}

pub(super) fn optional(text: Option<&str>) -> FieldValue<'static> {
    FieldValue::Text(text.unwrap_or("none").to_owned().into())
}

pub(super) fn joined(
    texts: impl IntoIterator<Item = impl std::fmt::Display>,
) -> FieldValue<'static> {
    let texts: Vec<String> = texts.into_iter().map(|text| text.to_string()).collect();
    optional((!texts.is_empty()).then(|| texts.join(", ")).as_deref())
}

/// Values of which any lets a request pass.
pub(super) fn any_of(values: Option<&Values>, none: &'static str) -> Set<'static> {
    let members = match values {
        Some(Values::List(list)) => list.iter().map(value_text).collect(),
        Some(one @ Values::One(_)) => vec![values_text(one)],
        None => Vec::new(),
    };
    Set::of(members, none)
}

pub(super) fn text(text: impl Into<String>) -> FieldValue<'static> {
    FieldValue::Text(text.into().into())
}

/// One of two values, of which the second one lets more pass.
pub(super) fn step(is_more: bool, words: [&'static str; 2]) -> FieldValue<'static> {
    FieldValue::Level(u8::from(is_more), words[usize::from(is_more)].into())
}
