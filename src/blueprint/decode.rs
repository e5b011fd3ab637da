//! The only decoder from a blueprint's tree to types.
//! In: a tree of JSON. Out: types, and every fault of shape in one pass. Pure.
//! A part that does not fit is reported and left out, and so is a mapping that loses all members:
//! an empty one has another meaning, as an empty `match` matches everything.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::fault::Faults;
use super::node::TreeNode;
use crate::diagnostic::nearest;

/// A type that a part of a blueprint is decoded into.
pub(crate) trait Decode: Sized {
    /// Decodes a part; `None` where it does not fit, which is reported.
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self>;

    /// The value of a field that is not written; `None` where the field is required.
    fn absent() -> Option<Self> {
        None
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
/// A field is required unless it is an `Option` or has a default; the schema declares that, too.
macro_rules! mapping {
    (
        $(#[$about:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[$of_field:meta])* $of:vis $field:ident: $type:ty $(= $default:expr)?, )*
        }
    ) => {
        #[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$about])*
        $visibility struct $name {
            $(
                $(#[$of_field])*
                $( #[schemars(extend("x-default" = $default))] )?
                $of $field: $type,
            )*
        }

        impl $name {
            /// The names of the fields.
            pub(crate) const FIELDS: &'static [&'static str] =
                &[$( $crate::blueprint::decode::plain(stringify!($field)) ),*];
        }

        impl $crate::blueprint::decode::Decode for $name {
            fn decode(
                node: &$crate::blueprint::node::TreeNode<'_>,
                faults: &mut $crate::blueprint::fault::Faults,
            ) -> Option<Self> {
                use $crate::blueprint::decode::{part, plain};
                $( let mut $field: Option<$type> = None; )*
                let members = faults.mapping(node)?;
                let mut is_left = members.is_empty();
                for (key, value) in members {
                    let below = node.member(key, value);
                    $(
                        if key == plain(stringify!($field)) {
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
                $(
                    $( let $field = $field.or_else(|| Some($default)); )?
                    let $field = $field.or_else(|| {
                        $crate::blueprint::decode::absent(node, plain(stringify!($field)), faults)
                    });
                )*
                Some(Self { $( $field: $field?, )* })
            }
        }
    };
}

/// Declares a mapping of which every field may be left out, and all of it, too.
macro_rules! section {
    (
        $(#[$about:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[$of_field:meta])* $of:vis $field:ident: $type:ty $(= $default:expr)?, )*
        }
    ) => {
        $crate::blueprint::decode::mapping! {
            $(#[$about])*
            $visibility struct $name {
                $( $(#[$of_field])* $of $field: $type $(= $default)?, )*
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $(
                    let $field: Option<$type> = <$type as $crate::blueprint::decode::Decode>::absent();
                    $( let $field = $field.or_else(|| Some($default)); )?
                )*
                Self { $( $field: $field.expect("each field may be left out"), )* }
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
                node: &$crate::blueprint::node::TreeNode<'_>,
                faults: &mut $crate::blueprint::fault::Faults,
            ) -> Option<Self> {
                let names = [$( $text ),*];
                let index = $crate::blueprint::decode::name(node, &names, faults)?;
                Some(Self::ALL[index])
            }
        }
    };
}

pub(crate) use {mapping, names, section};

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
        let members = faults.mapping(node)?;
        let entry = |(key, value): (&String, &Value)| {
            Some((key.clone(), part(&node.member(key, value), faults)?))
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
