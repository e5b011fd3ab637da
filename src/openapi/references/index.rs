//! Members of a part by the tokens of JSON pointers.
//!
//! In: JSON text. Out: `MemberIndex`. Pure.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::source::raw::{self, Text};

/// Members of a part by the tokens of JSON pointers.
pub(super) enum MemberIndex<'a> {
    /// `None` for a duplicate key.
    Mapping(BTreeMap<Text<'a>, Option<&'a str>>),
    List(Vec<&'a str>),
    Scalar,
}

impl<'a> MemberIndex<'a> {
    pub(super) fn read(json: &'a str) -> serde_json::Result<Self> {
        match json.trim_ascii_start().as_bytes().first() {
            Some(b'{') => {
                let mut members = BTreeMap::new();
                for (key, value) in raw::members(json)? {
                    members
                        .entry(key)
                        .and_modify(|known| *known = None)
                        .or_insert(Some(value.get()));
                }
                Ok(Self::Mapping(members))
            }
            Some(b'[') => {
                let items = raw::elements(json)?;
                Ok(Self::List(items.into_iter().map(RawValue::get).collect()))
            }
            _ => serde_json::from_str::<IgnoredAny>(json).map(|_| Self::Scalar),
        }
    }
}
