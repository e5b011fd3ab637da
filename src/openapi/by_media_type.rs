//! Values by media type: nearly all bodies have one, and a list takes far less memory than a map.

use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Values by bare media type, sorted by it; serialized as a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByMediaType<T>(Vec<(Arc<str>, T)>);

impl<T> Default for ByMediaType<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ByMediaType<T> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &T)> {
        self.0.iter().map(|(media_type, value)| (media_type, value))
    }

    pub fn contains(&self, media_type: &str) -> bool {
        self.0.iter().any(|(known, _)| **known == *media_type)
    }
}

impl<T> FromIterator<(Arc<str>, T)> for ByMediaType<T> {
    /// Each media type comes once.
    fn from_iter<I: IntoIterator<Item = (Arc<str>, T)>>(values: I) -> Self {
        let mut values: Vec<(Arc<str>, T)> = values.into_iter().collect();
        values.sort_by(|(one, _), (other, _)| one.cmp(other));
        values.shrink_to_fit();
        Self(values)
    }
}

impl<T: Serialize> Serialize for ByMediaType<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.iter();
        serializer.collect_map(values.map(|(media_type, value)| (&**media_type, value)))
    }
}
