//! Values of arguments, with references followed as far as they are known before an apply.
//!
//! In: recorded arguments. Out: `Pieces`. Pure.

use super::certainty::{Piece, Pieces};
use super::expression::{ExpressionPart, parts};
use super::instances::{Each, Module};
use crate::sink::Recorded;
use crate::stack::Here;

/// What is known of an attribute that nobody writes, by address and name.
pub(super) type Attributes<'a> = dyn Fn(&str, &str) -> Piece + 'a;

/// Follows references in one state.
#[derive(Clone, Copy)]
pub(super) struct Evaluator<'a> {
    pub(super) module: &'a Module<'a>,
    pub(super) attributes: &'a Attributes<'a>,
}

impl Evaluator<'_> {
    pub(super) fn value(self, value: &Recorded, each: Option<Each<'_>>) -> Pieces {
        match value {
            Recorded::Expression(text) => self.expression(text, each),
            Recorded::List(items) => {
                let items = items.iter().map(|item| self.value(item, each));
                enclosed(["[", "]"], items)
            }
            Recorded::Map(members) => {
                let member = |(name, value): &(String, Recorded)| {
                    let mut pieces = Pieces::known(&format!("{name} = "));
                    pieces.extend(self.value(value, each));
                    pieces
                };
                enclosed(["{", "}"], members.iter().map(member))
            }
        }
    }

    fn expression(self, text: &str, each: Option<Each<'_>>) -> Pieces {
        let optional = text
            .strip_prefix("try(")
            .and_then(|it| it.strip_suffix(", null)"));
        if let Some(path) = optional.filter(|path| is_path(path)) {
            return self.path(path, each);
        }
        if let Some((condition, rest)) = text.split_once(" ? ").filter(|(it, _)| is_path(it))
            && let Some((then, otherwise)) = rest.split_once(" : ")
        {
            match self.path(condition, each).text() {
                Some("true") => return self.expression(then, each),
                Some("false" | "null") => return self.expression(otherwise, each),
                Some(_) | None => {}
            }
        }
        if let Some(pieces) = self.for_each_member(text, each) {
            return pieces;
        }
        let mut pieces = Pieces::default();
        for part in parts(text) {
            match part {
                ExpressionPart::Literal(text) => pieces.push_known(text),
                ExpressionPart::Code(text) => pieces.push(Piece::Given(text.to_owned())),
                ExpressionPart::Path(path) => pieces.extend(self.path(path, each)),
            }
        }
        pieces
    }

    /// An expression with a mapping that is made of an item's: `{ for name, text in …: … => … }`.
    fn for_each_member(self, text: &str, each: Option<Each<'_>>) -> Option<Pieces> {
        let (before, rest) = text.split_once("{ for name, text in each.value.")?;
        let (path, rest) = rest.split_once(" : ")?;
        let (key, rest) = rest.split_once(" => ")?;
        let (value, after) = rest.split_once(" }")?;
        let members = match each?.value.member(path) {
            Some(Recorded::Map(members)) => &**members,
            Some(Recorded::Expression(_) | Recorded::List(_)) | None => &[],
        };
        let members = members.iter().map(|(name, text)| {
            let mut pieces = self.expression(&key.replace("${name}", name), each);
            pieces.push_known(" = ");
            pieces.extend(match value {
                "text" => self.value(text, each),
                other => self.expression(other, each),
            });
            pieces
        });
        let mut pieces = self.expression(before, each);
        pieces.extend(enclosed(["{", "}"], members));
        pieces.extend(self.expression(after, each));
        Some(pieces)
    }

    fn path(self, path: &str, each: Option<Each<'_>>) -> Pieces {
        let given = || Pieces(vec![Piece::Given(path.to_owned())]);
        let Some((root, rest)) = path.split_once('.') else {
            return given();
        };
        match (root, each) {
            ("each", Some(each)) => self.item(rest, each),
            ("path", _) => Pieces::known(path),
            ("local", _) => self.local(rest).unwrap_or_else(given),
            ("var" | "data" | "each" | "module", _) => given(),
            (of, each) => self.resource(of, rest, each).unwrap_or_else(given),
        }
    }

    fn item(self, path: &str, each: Each<'_>) -> Pieces {
        let mut value = Some(each.value);
        let mut names = path.split('.');
        if names.next() == Some("key") {
            return Pieces::known(&format!("\"{}\"", each.key));
        }
        for name in names {
            value = value.and_then(|value| value.member(name));
        }
        match value {
            Some(value) => self.value(value, Some(each)),
            None => Pieces::known("null"),
        }
    }

    fn local(self, name: &str) -> Option<Pieces> {
        let value = self.value(self.module.locals.get(name)?, None);
        // Whichever ARN says it, where the stack is deployed does not change.
        let is_here = Here::ALL.iter().any(|here| here.local() == name);
        Some(match is_here && value.new_ones().is_empty() {
            true => Pieces(vec![Piece::There("local".to_owned(), name.to_owned())]),
            false => value,
        })
    }

    /// An attribute of a resource, by its type and the rest of the path.
    fn resource(self, of: &str, rest: &str, each: Option<Each<'_>>) -> Option<Pieces> {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (label, rest) = rest.split_at(end);
        let mut address = format!("{of}.{label}");
        let mut attribute = rest;
        if let Some((key, rest)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            let key = match each {
                Some(each) if key == "each.key" => each.key,
                Some(_) | None => key.trim_matches('"'),
            };
            address = format!("{address}[\"{key}\"]");
            attribute = rest;
        }
        let Some(attribute) = attribute.strip_prefix('.') else {
            return self.items(&address);
        };
        let instance = self.module.instances.get(&address)?;
        Some(match instance.block.argument(attribute) {
            Some(value) => self.value(value, instance.each),
            None => Pieces(vec![(self.attributes)(&address, attribute)]),
        })
    }

    /// The ids of all items of a block.
    fn items(self, block: &str) -> Option<Pieces> {
        let items = self.module.items_of(block);
        let ids = items.iter().map(|address| {
            let key = address.trim_start_matches(block);
            let mut pieces = Pieces::known(&format!("{key} = "));
            pieces.push((self.attributes)(address, "id"));
            pieces
        });
        (!items.is_empty()).then(|| enclosed(["{", "}"], ids))
    }
}

/// Returns whether a text is a reference to an item's value.
fn is_path(text: &str) -> bool {
    text.starts_with("each.value.") && matches!(parts(text).as_slice(), [ExpressionPart::Path(_)])
}

fn enclosed(brackets: [&str; 2], items: impl Iterator<Item = Pieces>) -> Pieces {
    let mut pieces = Pieces::known(brackets[0]);
    for (index, item) in items.enumerate() {
        if index > 0 {
            pieces.push_known(", ");
        }
        pieces.extend(item);
    }
    pieces.push_known(brackets[1]);
    pieces
}
