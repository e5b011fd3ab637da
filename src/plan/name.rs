//! Name of a part of the blueprint through the renders.
//!
//! In: today's name, and those before it. Out: `Name`. Pure.
//! The first name stays in logical ids of CloudFormation and in names at AWS that cannot change in
//! place; labels in Terraform have today's, and `moved` blocks lead there (docs/aws-rules.md#w17).

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Today's name, and those of earlier renders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    text: Arc<str>,
    first: Arc<str>,
    /// Names that a state of Terraform may have, each of which the next one replaced.
    earlier: Vec<Arc<str>>,
}

impl Name {
    pub(crate) fn renamed(text: Arc<str>, first: Arc<str>, earlier: Vec<Arc<str>>) -> Self {
        Self {
            text,
            first,
            earlier,
        }
    }

    /// The name by which AWS knows it.
    pub fn first(&self) -> &Arc<str> {
        &self.first
    }

    pub fn earlier(&self) -> &[Arc<str>] {
        &self.earlier
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        let text: Arc<str> = text.into();
        Self::renamed(Arc::clone(&text), text, Vec::new())
    }
}

impl Deref for Name {
    type Target = Arc<str>;

    fn deref(&self) -> &Arc<str> {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
