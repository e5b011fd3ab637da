//! Values that a schema allows: their kinds, and whether one of them is blank.

use crate::source::raw::{self, Text};

/// Values that a schema allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ValueShape {
    /// `None` where the schema does not declare it.
    pub(super) kinds: Option<ValueKinds>,
    /// The schema names a value whose text is blank, or null, which has none.
    pub(super) is_blank: bool,
}

/// Values of a schema that cannot be read.
pub(super) const ANYTHING: ValueShape = ValueShape {
    kinds: Some(ValueKinds {
        is_text: true,
        is_list: true,
        is_object: true,
    }),
    is_blank: true,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ValueKinds {
    pub(super) is_text: bool,
    pub(super) is_list: bool,
    pub(super) is_object: bool,
}

impl ValueKinds {
    pub(super) const TEXT: Self = Self {
        is_text: true,
        is_list: false,
        is_object: false,
    };

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            is_text: self.is_text || other.is_text,
            is_list: self.is_list || other.is_list,
            is_object: self.is_object || other.is_object,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            is_text: self.is_text && other.is_text,
            is_list: self.is_list && other.is_list,
            is_object: self.is_object && other.is_object,
        }
    }

    /// Returns the kind that `type` names; null has no text.
    pub(super) fn named(name: &str) -> Self {
        Self {
            is_text: !matches!(name, "array" | "object" | "null"),
            is_list: name == "array",
            is_object: name == "object",
        }
    }
}

impl ValueShape {
    /// Returns the values that both allow. A blank value counts where one of them names it, so that
    /// nobody is refused.
    pub(super) fn and(self, other: Self) -> Self {
        let kinds = match (self.kinds, other.kinds) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        };
        Self {
            kinds,
            is_blank: self.is_blank || other.is_blank,
        }
    }

    /// Returns the values that one of the two allows.
    pub(super) fn or(self, other: Self) -> Self {
        let kinds = |shape: Self| shape.kinds.unwrap_or(ValueKinds::TEXT);
        Self {
            kinds: Some(kinds(self).or(kinds(other))),
            is_blank: self.is_blank || other.is_blank,
        }
    }
}

/// Returns the values of a `type`.
pub(super) fn of_type(json: &str) -> ValueShape {
    let names: Vec<Text<'_>> = match serde_json::from_str::<Text<'_>>(json) {
        Ok(name) => vec![name],
        Err(_) => serde_json::from_str(json).unwrap_or_default(),
    };
    let kinds = names.iter().map(|name| ValueKinds::named(name));
    let kinds = kinds.reduce(ValueKinds::or);
    ValueShape {
        kinds: kinds.filter(|kinds| *kinds != ValueKinds::default()),
        is_blank: names.iter().any(|name| **name == *"null"),
    }
}

/// Returns the values of an `enum`.
pub(super) fn of_enum(json: &str) -> ValueShape {
    let values = raw::elements(json).unwrap_or_default().into_iter();
    let shapes = values.map(|value| of_value(value.get()));
    shapes.reduce(ValueShape::or).unwrap_or_default()
}

/// Returns the shape of one value.
pub(super) fn of_value(json: &str) -> ValueShape {
    let is_list = json.starts_with('[');
    let kinds = ValueKinds {
        is_text: !is_list && !json.starts_with('{'),
        is_list,
        is_object: json.starts_with('{'),
    };
    let text = serde_json::from_str::<String>(json);
    ValueShape {
        kinds: Some(kinds),
        is_blank: json == "null" || text.is_ok_and(|text| text.trim().is_empty()),
    }
}
