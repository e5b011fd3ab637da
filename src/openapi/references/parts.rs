//! The parts that a reference may lead to, and how each is read.
//!
//! In: JSON text of a part. Out: the part. Pure.

use super::{Had, Part, References, is_mapping};
use crate::openapi::lean::{Content, Operation, Parameter, PathItem};
use crate::openapi::loose;
use crate::source::raw::Text;

macro_rules! parts {
    ($($name:ident $had:ident $what:literal $read:expr;)*) => {
        $(impl<'a> Part<'a> for $name<'a> {
            fn reference(&self) -> Option<&Text<'a>> {
                self.reference.as_ref()
            }

            fn read(json: &'a str) -> Result<Self, &'static str> {
                if !is_mapping(json) {
                    return Err($what);
                }
                Ok(serde_json::from_str(json).unwrap_or_else(|_| $read(json)))
            }

            fn had<'s>(references: &'s References<'a>) -> &'s Had<'a, Self> {
                &references.$had
            }
        })*
    };
}

parts! {
    PathItem items "a path item" loose::path_item;
    Operation operations "an operation" loose::operation;
    Parameter parameters "a parameter" loose::parameter;
    // Only its media types are read: what is broken names none.
    Content contents "a request body or response" |_| Content::default();
}
