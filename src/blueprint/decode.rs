//! The one way from a blueprint's tree to types.
//!
//! In: a tree of JSON. Out: types, and every fault of shape in one pass. Pure.
//! A part that does not fit is reported and left out, and so is a mapping of which nothing is left:
//! it would mean something else, as an empty `match` does.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::fault::Faults;
use crate::diagnostic::nearest;
use crate::source::pointer;

/// A type that a part of a blueprint is decoded into.
pub(crate) trait Decode: Sized {
    /// Decodes a part; `None` where it does not fit, which is reported.
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self>;

    /// The value of a field that is not written; `None` where the field is required.
    fn absent() -> Option<Self> {
        None
    }
}

/// Numbers that stand in a tree as their text, by pointer.
pub(crate) type Numbers = BTreeMap<String, Number>;

/// A part of a tree, with the way to it from the root.
#[derive(Clone, Copy)]
pub(crate) struct TreeNode<'a> {
    value: &'a Value,
    numbers: &'a Numbers,
    above: Option<(&'a TreeNode<'a>, TreeStep<'a>)>,
}

#[derive(Clone, Copy)]
enum TreeStep<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> TreeNode<'a> {
    pub(crate) fn root(value: &'a Value, numbers: &'a Numbers) -> Self {
        TreeNode {
            value,
            numbers,
            above: None,
        }
    }

    fn below<'b>(&'b self, step: TreeStep<'b>, value: &'b Value) -> TreeNode<'b> {
        TreeNode {
            value,
            numbers: self.numbers,
            above: Some((self, step)),
        }
    }

    /// The member of a mapping.
    pub(crate) fn member<'b>(&'b self, (key, value): (&'b String, &'b Value)) -> TreeNode<'b> {
        self.below(TreeStep::Key(key), value)
    }

    /// The item of a list.
    fn item<'b>(&'b self, index: usize, value: &'b Value) -> TreeNode<'b> {
        self.below(TreeStep::Index(index), value)
    }

    pub(crate) fn pointer(&self) -> String {
        match self.above {
            None => String::new(),
            Some((above, TreeStep::Key(key))) => pointer::child(&above.pointer(), key),
            Some((above, TreeStep::Index(index))) => pointer::child(&above.pointer(), index),
        }
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// The members of a mapping.
    pub(crate) fn mapping(&self, faults: &mut Faults) -> Option<&'a Map<String, Value>> {
        match self.value {
            Value::Object(members) => Some(members),
            _ => faults.mismatch(self, "a mapping"),
        }
    }

    /// The number, also of one that stands in the tree as its text.
    pub(crate) fn number(&self) -> Option<&'a Number> {
        match self.value {
            Value::Number(number) => Some(number),
            Value::String(_) if !self.numbers.is_empty() => self.numbers.get(&self.pointer()),
            _ => None,
        }
    }

    /// The value as a message names it.
    pub(crate) fn found(&self) -> String {
        let of_number = |number: &Number| match number.is_f64() {
            true => format!("floating point `{number}`"),
            false => format!("integer `{number}`"),
        };
        match (self.number(), self.value) {
            (Some(number), _) | (None, Value::Number(number)) => of_number(number),
            (None, Value::String(text)) => format!("string {text:?}"),
            (None, Value::Bool(is_true)) => format!("boolean `{is_true}`"),
            (None, Value::Null) => "null".to_owned(),
            (None, Value::Array(_)) => "a list".to_owned(),
            (None, Value::Object(_)) => "a mapping".to_owned(),
        }
    }
}

/// Decodes a part, and notes it as left out where it does not fit.
pub(crate) fn part<T: Decode>(node: &TreeNode<'_>, faults: &mut Faults) -> Option<T> {
    let part = T::decode(node, faults);
    if part.is_none() {
        faults.left_out.pointers.insert(node.pointer());
    }
    part
}

/// Declares a mapping with its fields: the struct, its schema, and how it is decoded.
///
/// A field is required unless it is an `Option`.
macro_rules! mapping {
    (
        $(#[$about:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[$of_field:meta])* $of:vis $field:ident: $type:ty, )*
        }
    ) => {
        #[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$about])*
        $visibility struct $name {
            $( $(#[$of_field])* $of $field: $type, )*
        }

        impl $name {
            /// The names of the fields.
            pub(crate) const FIELDS: &'static [&'static str] =
                &[$( $crate::blueprint::decode::plain(stringify!($field)) ),*];
        }

        impl $crate::blueprint::decode::Decode for $name {
            fn decode(
                node: &$crate::blueprint::decode::TreeNode<'_>,
                faults: &mut $crate::blueprint::fault::Faults,
            ) -> Option<Self> {
                use $crate::blueprint::decode::{absent, part, plain};
                $( let mut $field: Option<$type> = None; )*
                let members = node.mapping(faults)?;
                let mut is_left = members.is_empty();
                for member in members {
                    let below = node.member(member);
                    $(
                        if member.0 == plain(stringify!($field)) {
                            $field = part(&below, faults);
                            is_left |= $field.is_some();
                            continue;
                        }
                    )*
                    faults.unknown(&below, Self::FIELDS);
                }
                if !is_left {
                    return None;
                }
                $( let $field = $field.or_else(|| absent(node, plain(stringify!($field)), faults)); )*
                Some(Self { $( $field: $field?, )* })
            }
        }
    };
}

/// Declares the names that a setting takes, each with its variant.
macro_rules! names {
    (
        $(#[$about:meta])*
        $visibility:vis enum $name:ident {
            $( $(#[$of_variant:meta])* $variant:ident = $text:literal, )*
        }
    ) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
        $(#[$about])*
        $visibility enum $name {
            $( $(#[$of_variant])* #[serde(rename = $text)] $variant, )*
        }

        impl $name {
            /// Every variant, in the order of the contract.
            pub const ALL: [Self; [$( $text ),*].len()] = [$( Self::$variant ),*];

            /// The name that users write.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }
        }

        impl $crate::blueprint::decode::Decode for $name {
            fn decode(
                node: &$crate::blueprint::decode::TreeNode<'_>,
                faults: &mut $crate::blueprint::fault::Faults,
            ) -> Option<Self> {
                let names = [$( $text ),*];
                let index = $crate::blueprint::decode::name(node, &names, faults)?;
                Some(Self::ALL[index])
            }
        }
    };
}

pub(crate) use {mapping, names};

/// The name of a field as users write it: `r#type` is `type`.
pub(crate) const fn plain(field: &str) -> &str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

/// The value of a field that is not written; a required one is reported.
pub(crate) fn absent<T: Decode>(
    node: &TreeNode<'_>,
    field: &str,
    faults: &mut Faults,
) -> Option<T> {
    T::absent().or_else(|| faults.missing(node, field))
}

/// The index of the name that is written.
pub(crate) fn name(node: &TreeNode<'_>, names: &[&str], faults: &mut Faults) -> Option<usize> {
    let accepted = names.join("`, `");
    let Value::String(text) = node.value() else {
        return faults.mismatch(node, format_args!("one of `{accepted}`"));
    };
    let index = names.iter().position(|name| name == text);
    index.or_else(|| {
        let message = format!("`{text}` is not accepted");
        match nearest(text, names.iter().copied()) {
            Some(nearest) => faults.wrong(
                node,
                message,
                format_args!("did you mean `{nearest}`? Accepted: `{accepted}`"),
            ),
            None => faults.wrong(node, message, format_args!("accepted: `{accepted}`")),
        }
    })
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        T::decode(node, faults).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let Value::Array(items) = node.value() else {
            return faults.mismatch(node, "a list");
        };
        let mut list = Vec::with_capacity(items.len());
        for (index, value) in items.iter().enumerate() {
            match part(&node.item(index, value), faults) {
                Some(item) => list.push(item),
                None => {
                    let left_out = &mut faults.left_out.items;
                    left_out.entry(node.pointer()).or_default().insert(index);
                }
            }
        }
        Some(list)
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let members = node.mapping(faults)?;
        let entry = |member: (&String, &Value)| {
            Some((member.0.clone(), part(&node.member(member), faults)?))
        };
        let entries: Self = members.iter().filter_map(entry).collect();
        (members.is_empty() || !entries.is_empty()).then_some(entries)
    }
}

impl Decode for String {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        match node.value() {
            Value::String(text) => Some(text.clone()),
            _ => faults.mismatch(node, "text"),
        }
    }
}

impl Decode for bool {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let value = node.value().as_bool();
        value.or_else(|| faults.mismatch(node, "`true` or `false`"))
    }
}

impl Decode for u64 {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let value = node.number().and_then(Number::as_u64);
        value.or_else(|| faults.mismatch(node, "a whole number that is not negative"))
    }
}

impl Decode for u32 {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let value = u64::decode(node, faults)?.try_into();
        value
            .ok()
            .or_else(|| faults.mismatch(node, "a whole number that is not negative"))
    }
}

impl Decode for f64 {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let value = node.number().and_then(Number::as_f64);
        value.or_else(|| faults.mismatch(node, "a number"))
    }
}

impl Decode for Value {
    fn decode(node: &TreeNode<'_>, _: &mut Faults) -> Option<Self> {
        Some(node.value().clone())
    }
}

#[cfg(test)]
mod tests;
