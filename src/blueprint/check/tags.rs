//! Tags that AWS takes.
//!
//! In: `BlueprintSpec`. Out: diagnostics. Pure.
//! Source: AWS, "Tagging your AWS resources", "Tag naming limits and requirements",
//! <https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>: what holds for every
//! service. Which characters a tag may have differs between services, so it is left to them.

use super::{Checker, child};
use crate::blueprint::values::Value;

/// Most tags of a resource; `managed-by` is one of them. Source: docs/aws-rules.md#m20.
const MAX_TAGS: usize = 50;
/// Unit: characters.
const MAX_NAME: usize = 128;
const MAX_VALUE: usize = 256;

impl Checker<'_> {
    /// Errors: GW2002.
    pub(crate) fn tags(&mut self) {
        let Some(tags) = &self.spec().tags else {
            return;
        };
        let others = tags.keys().filter(|it| *it != "managed-by").count();
        if others >= MAX_TAGS {
            self.wrong(
                "/tags",
                format_args!(
                    "with `managed-by` these are {} tags, and a resource has {MAX_TAGS}",
                    others + 1
                ),
                "leave some out",
            );
        }
        for (name, value) in tags {
            let at = child("/tags", name);
            if !(1..=MAX_NAME).contains(&name.chars().count()) {
                self.wrong(
                    &at,
                    "the name of a tag has 1 to 128 characters",
                    "use another name",
                );
            } else if name
                .get(..4)
                .is_some_and(|it| it.eq_ignore_ascii_case("aws:"))
            {
                self.wrong(
                    &at,
                    "AWS keeps names that start with `aws:` for itself",
                    "use another name",
                );
            }
            if let Value::Literal(text) = value
                && text.chars().count() > MAX_VALUE
            {
                self.wrong(
                    &at,
                    "the value of a tag has at most 256 characters",
                    "write a shorter one",
                );
            }
        }
    }
}
