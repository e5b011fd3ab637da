//! Faults of a blueprint's shape, and the parts that are left out for them.
//! In: what `decode` finds. Out: diagnostics, once the places are known. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use serde_json::{Map, Value};

use super::node::TreeNode;
use super::references::Variable;
use crate::diagnostic::{
    Code, Diagnostic, INVALID_VALUE, MISSING_FIELD, NOT_BUILT, Place, UNKNOWN_FIELD, nearest,
};
use crate::source::pointer;

/// Most fields of a mapping that are listed beside the suggestion of one.
const FEW: usize = 2;

/// A part of a blueprint that is not as its type wants it.
#[derive(Debug)]
pub(crate) struct ShapeFault {
    pub(crate) code: &'static Code,
    /// Pointer of the place.
    pub(crate) at: String,
    /// Pointer of the part that the message is about.
    about: String,
    message: String,
    /// The message goes on from the name of the part.
    is_sentence: bool,
    pub(crate) help: String,
}

impl ShapeFault {
    /// The message about a part with this name, or about one that the reader has in view.
    pub(crate) fn message(&self, subject: Option<&str>) -> String {
        match (subject, self.is_sentence) {
            (Some(subject), true) => format!("{subject} {}", self.message),
            (Some(subject), false) => format!("{subject}: {}", self.message),
            (None, true) => format!("it {}", self.message),
            (None, false) => self.message.clone(),
        }
    }

    /// The diagnostic at a place.
    pub(crate) fn at(&self, place: Place) -> Diagnostic {
        self.code
            .at(place)
            .message(self.message(Some(&subject(&self.about))))
            .help(&self.help)
    }
}

/// The faults of a blueprint, and what is known of it beside its types.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) all: Vec<ShapeFault>,
    pub(crate) left_out: LeftOut,
    /// Uses of variables, with their pointers.
    pub(crate) variables: Vec<(String, Variable)>,
}

impl Faults {
    /// Reports a value with a code.
    pub(crate) fn report<T>(
        &mut self,
        code: &'static Code,
        node: &TreeNode<'_>,
        message: impl Display,
        help: impl Display,
    ) -> Option<T> {
        let at = node.pointer();
        self.all.push(ShapeFault {
            code,
            about: at.clone(),
            at,
            message: message.to_string(),
            is_sentence: false,
            help: help.to_string(),
        });
        None
    }

    /// Reports what a part is or has, in a sentence that begins with its name.
    fn tell(&mut self, code: &'static Code, node: &TreeNode<'_>, message: String, help: String) {
        let at = node.pointer();
        self.all.push(ShapeFault {
            code,
            about: at.clone(),
            at,
            message,
            is_sentence: true,
            help,
        });
    }

    /// Reports a value that the field does not take.
    pub(crate) fn wrong<T>(
        &mut self,
        node: &TreeNode<'_>,
        message: impl Display,
        help: impl Display,
    ) -> Option<T> {
        self.report(&INVALID_VALUE, node, message, help)
    }

    /// Reports a value of another type than the one that is expected.
    pub(crate) fn mismatch<T>(&mut self, node: &TreeNode<'_>, expected: impl Display) -> Option<T> {
        self.wrong(
            node,
            format_args!("{} does not fit here", node.found()),
            format_args!("write {expected}"),
        )
    }

    /// The members of a mapping; another part is reported.
    pub(crate) fn mapping<'a>(&mut self, node: &TreeNode<'a>) -> Option<&'a Map<String, Value>> {
        match node.value() {
            Value::Object(members) => Some(members),
            _ => self.mismatch(node, "a mapping"),
        }
    }

    /// Reports a member that is none of the fields of its mapping.
    pub(crate) fn unknown(&mut self, node: &TreeNode<'_>, fields: &[&str]) {
        let at = node.pointer();
        let (parent, token) = at.rsplit_once('/').unwrap_or_default();
        let name = pointer::unescaped(token);
        let known = fields.join("`, `");
        let help = match nearest(&name, fields.iter().copied()) {
            Some(nearest) if fields.len() <= FEW => {
                format!("did you mean `{nearest}`? Known there: `{known}`")
            }
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known there: `{known}`"),
        };
        self.all.push(ShapeFault {
            code: &UNKNOWN_FIELD,
            about: parent.to_owned(),
            message: format!("has no field `{name}`"),
            is_sentence: true,
            help,
            at: at.clone(),
        });
        self.left_out.pointers.insert(at);
    }

    /// Reports a required field that is not there, unless it was left out.
    pub(crate) fn missing<T>(&mut self, node: &TreeNode<'_>, field: &str) -> Option<T> {
        let is_reported = !self.left_out.pointers.is_empty()
            && self
                .left_out
                .pointers
                .contains(&pointer::child(&node.pointer(), field));
        if !is_reported {
            let (message, help) = (format!("has no `{field}`"), format!("add `{field}`"));
            self.tell(&MISSING_FIELD, node, message, help);
        }
        None
    }

    /// Refuses a field that this release does not build.
    pub(crate) fn not_built(&mut self, node: &TreeNode<'_>, accepted: Option<&str>) {
        if let Some(accepted) = accepted {
            let message = format!("`{}` is not built in this release", node.value());
            self.report::<()>(
                &NOT_BUILT,
                node,
                message,
                format_args!("write `{accepted}`, or remove it"),
            );
        } else {
            let help = "remove it; `gwgen explain GW2004` says what there is".to_owned();
            self.tell(
                &NOT_BUILT,
                node,
                "is not built in this release".to_owned(),
                help,
            );
        }
    }
}

/// The parts of a blueprint that were reported and left out.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    /// Pointers of the file as written.
    pub(crate) pointers: BTreeSet<String>,
    /// Indices of left-out items, by the pointer of their list.
    pub(crate) items: BTreeMap<String, BTreeSet<usize>>,
}

impl LeftOut {
    /// The pointer, in the file as written, of a part of the blueprint.
    pub(crate) fn original(&self, pointer: &str) -> String {
        if self.items.is_empty() {
            return pointer.to_owned();
        }
        let mut original = String::with_capacity(pointer.len());
        for token in pointer.split('/').skip(1) {
            let index = self.items.get(&original).and_then(|left_out| {
                let shifted = |index, gone: &usize| if *gone <= index { index + 1 } else { index };
                let index = token.parse::<usize>().ok()?;
                Some(left_out.iter().fold(index, shifted))
            });
            original.push('/');
            match index {
                Some(index) => original.push_str(&index.to_string()),
                None => original.push_str(token),
            }
        }
        original
    }
}

/// Returns a pointer as users write it: `backends.orders.port`, `routes[0]`.
pub(crate) fn subject(at: &str) -> String {
    if at.is_empty() {
        return "the blueprint".to_owned();
    }
    let mut text = String::new();
    for token in at.split('/').skip(1) {
        if token.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            text.push_str(&format!("[{token}]"));
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(&pointer::unescaped(token));
        }
    }
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::LeftOut;

    #[test]
    fn pointers_lead_to_what_was_written() {
        let mut left_out = LeftOut::default();
        left_out
            .items
            .entry("/routes".to_owned())
            .or_default()
            .extend([0, 2]);
        assert_eq!(left_out.original("/routes/0/auth"), "/routes/1/auth");
        assert_eq!(left_out.original("/routes/1"), "/routes/3");
        assert_eq!(left_out.original("/backends/0"), "/backends/0");
    }
}
