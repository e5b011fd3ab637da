//! Resources of which nothing changes, told without following any value.
//!
//! In: a resource that is written alike in both states. Out: whether all that it refers to stays. Pure.

use super::{META, StateChange};
use crate::predict::expression::{ExpressionPart, parts};
use crate::predict::instances::Instance;
use crate::sink::{Recorded, RecordedBlock};

impl StateChange<'_> {
    /// Returns whether nothing that a resource refers to changes; most do not, and need no more.
    pub(super) fn is_untouched(&self, of: &Instance<'_>) -> bool {
        let value = of.each.is_none_or(|each| self.has_quiet_values(each.value));
        value && self.has_quiet_arguments(of.block)
    }

    fn has_quiet_arguments(&self, block: &RecordedBlock) -> bool {
        let mut arguments = block.arguments.iter();
        let mut blocks = block.blocks.iter();
        arguments.all(|(name, value)| META.contains(&&**name) || self.has_quiet_values(value))
            && blocks.all(|block| self.has_quiet_arguments(block))
    }

    fn has_quiet_values(&self, value: &Recorded) -> bool {
        match value {
            Recorded::Expression(text) => self.is_quiet(text),
            Recorded::List(items) => items.iter().all(|item| self.has_quiet_values(item)),
            Recorded::Map(members) => members
                .iter()
                .all(|(_, value)| self.has_quiet_values(value)),
        }
    }

    /// Returns whether all references of an expression lead to what stays as it is.
    fn is_quiet(&self, text: &str) -> bool {
        let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if !text.contains('.') {
            return true;
        }
        // Most are one reference and nothing else.
        if text.bytes().all(is_of_path) {
            return self.is_quiet_path(text);
        }
        parts(text).into_iter().all(|part| match part {
            ExpressionPart::Literal(_) | ExpressionPart::Code(_) => true,
            ExpressionPart::Path(path) => self.is_quiet_path(path),
        })
    }

    fn is_quiet_path(&self, path: &str) -> bool {
        match path.split_once('.') {
            Some(("local", name)) => self.has_quiet_local(name),
            Some(("path" | "var" | "each" | "data", _)) | None => true,
            Some((of, rest)) => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let address = &path[..of.len() + 1 + end];
                // An item is known by its key, which an expression decides; a number has no address.
                !rest[end..].starts_with('[')
                    && (of.bytes().all(|byte| byte.is_ascii_digit())
                        || self.after.instances.contains_key(address)
                            && self.kind(address).is_none())
            }
        }
    }

    fn has_quiet_local(&self, name: &str) -> bool {
        let [was, now] = [&self.before, &self.after].map(|module| module.locals.get(name));
        was == now && now.is_some_and(|value| self.has_quiet_values(value))
    }
}
