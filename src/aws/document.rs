//! JSON documents that AWS takes as one argument: policies.
//!
//! In: a tree of values. Out: text in a sink. Pure.

use std::borrow::Cow;

use crate::emit::cloudformation::Properties;
use crate::emit::terraform::{Terraform, key};
use crate::stack::{List, Value};

/// A part of a document, in the order in which it is written.
#[derive(Clone, Debug)]
pub(super) enum Document {
    Text(Value),
    List(Vec<Document>),
    /// A list that may be known only at deploy time.
    Values(List),
    Object(Vec<(Cow<'static, str>, Document)>),
}

impl Document {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Value::literal(text))
    }

    pub(super) fn texts(texts: &[&str]) -> Self {
        Self::List(texts.iter().map(|it| Self::text(it)).collect())
    }

    /// `name = jsonencode({…})`
    pub(super) fn terraform(&self, name: &str, out: &mut Terraform) {
        out.nested(name, ["jsonencode(", ")"], |out| self.push_terraform(out));
    }

    fn push_terraform(&self, out: &mut Terraform) {
        match self {
            Self::Text(value) => out.inner(value),
            Self::List(parts) => out.enclosed(["[", "]"], |out| parts.iter().for_each(|it| out.item(|out| it.push_terraform(out)))),
            Self::Values(_) => unreachable!("a list of values stands under a name"),
            Self::Object(parts) => out.enclosed(["{", "}"], |out| parts.iter().for_each(|(name, part)| part.push_entry(&key(name), out))),
        }
    }

    /// What fits is written on one line.
    fn push_entry(&self, name: &str, out: &mut Terraform) {
        match self {
            Self::Text(value) => out.attribute(name, value),
            Self::Values(list) => out.list(name, list),
            Self::List(parts) => match parts.as_slice() {
                [Self::Text(value)] => out.values(name, std::slice::from_ref(value)),
                _ => out.nested(name, ["", ""], |out| self.push_terraform(out)),
            },
            Self::Object(_) => out.nested(name, ["", ""], |out| self.push_terraform(out)),
        }
    }

    pub(super) fn cloudformation(&self, name: &str, out: &mut Properties) {
        match self {
            Self::Text(value) => out.value(name, value),
            Self::Values(list) => out.list(name, list),
            Self::List(parts) => out.items(name, parts, |out, part| part.push_cloudformation(out)),
            Self::Object(parts) => out.object(name, |out| parts.iter().for_each(|(name, part)| part.cloudformation(name, out))),
        }
    }

    fn push_cloudformation(&self, out: &mut Properties) {
        match self {
            Self::Text(value) => out.inner(value),
            Self::Values(_) => unreachable!("a list of values stands under a name"),
            Self::List(parts) => out.inner_items(parts, |out, part| part.push_cloudformation(out)),
            Self::Object(parts) => out.inner_object(|out| parts.iter().for_each(|(name, part)| part.cloudformation(name, out))),
        }
    }
}
