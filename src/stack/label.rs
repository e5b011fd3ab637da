//! Labels of nodes, with those of earlier renders.
//!
//! In: names of the blueprint. Out: `Label`. Pure.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::plan::Name;

/// The Terraform label of a node, from which its logical id is derived: a function of its own key
/// alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    text: Arc<str>,
    earlier: Option<Arc<EarlierLabels>>,
}

/// Labels of a node in earlier renders.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EarlierLabels {
    /// The one that its logical id is made of.
    first: Arc<str>,
    /// Those that a state of Terraform may have, each of which the next one replaced.
    moved: Vec<Arc<str>>,
}

impl Label {
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            earlier: None,
        }
    }

    /// A label that holds a name of the blueprint.
    pub fn of(name: &Name, spelt: impl Fn(&str) -> String) -> Self {
        let is_renamed = name.first() != &**name || !name.earlier().is_empty();
        let earlier = is_renamed.then(|| EarlierLabels {
            first: Arc::clone(name.first()),
            moved: name.earlier().to_vec(),
        });
        let name = Self {
            text: Arc::clone(name),
            earlier: earlier.map(Arc::new),
        };
        name.spelt(spelt)
    }

    /// A label that holds this one.
    pub fn spelt(&self, spelt: impl Fn(&str) -> String) -> Self {
        let earlier = self.earlier.as_ref().map(|earlier| EarlierLabels {
            first: spelt(&earlier.first).into(),
            moved: earlier
                .moved
                .iter()
                .map(|text| spelt(text).into())
                .collect(),
        });
        Self {
            text: spelt(&self.text).into(),
            earlier: earlier.map(Arc::new),
        }
    }

    /// The same node, which had another label in earlier renders.
    pub(crate) fn moved_from(self, before: Option<String>) -> Self {
        let first = Arc::clone(&self.text);
        let earlier = before.map(|before| EarlierLabels {
            first,
            moved: vec![before.into()],
        });
        Self {
            earlier: earlier.map(Arc::new),
            ..self
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The label that its logical id is made of.
    pub(crate) fn first(&self) -> &str {
        match &self.earlier {
            Some(earlier) => &earlier.first,
            None => &self.text,
        }
    }

    /// Labels that a state of Terraform may have in its place, the oldest first.
    pub(crate) fn moved(&self) -> impl Iterator<Item = Self> {
        let moved = self.earlier.iter().flat_map(|earlier| &earlier.moved);
        moved.map(|text| Self::new(Arc::clone(text)))
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
