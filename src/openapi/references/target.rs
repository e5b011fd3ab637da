//! Targets of references: their type and their members.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::ReferenceError;
use crate::pointer;
use crate::source::SourceFile;
use crate::source::raw::{self, Text};

/// Target of a reference.
#[derive(Clone)]
pub(crate) struct Target<'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) pointer: String,
    pub(crate) json: &'a str,
}

impl<'a> Target<'a> {
    /// Returns a member of the target.
    pub(crate) fn child(&self, name: &str, json: &'a RawValue) -> Self {
        Self {
            file: self.file,
            pointer: pointer::child(&self.pointer, name),
            json: json.get(),
        }
    }

    pub(crate) fn is_mapping(&self) -> bool {
        self.json.trim_ascii_start().starts_with('{')
    }

    /// Returns the error of a target that has to be a mapping and is none.
    pub(crate) fn no_mapping(&self, part: &str) -> ReferenceError {
        ReferenceError::at_target(self, format!("{part} has to be a mapping"))
    }

    /// Accepts a part of another file as what the reference needs, and lets messages show lines of
    /// that file.
    ///
    /// Errors: GW1006 the file is no description, and the part has none of the members that such a
    /// part has.
    pub(crate) fn accept(
        &self,
        part: &str,
        is_member: impl Fn(&str, &str) -> bool,
    ) -> Result<(), ReferenceError> {
        if self.file.may_show_lines() {
            return Ok(());
        }
        let members = raw::members(self.json).map_err(|_| self.no_mapping(part))?;
        if members
            .iter()
            .any(|(key, value)| is_member(key, value.get()))
        {
            self.file.show_lines();
        } else if !members.is_empty() {
            let message = format!("this is not {part}");
            return Err(ReferenceError::at_target(self, message));
        }
        Ok(())
    }
}

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
