//! Locations of the parts of a description: in its main file, or in another one.
//! Most operations have none of these: their pointers are built only for a diagnostic.

use std::sync::Arc;

use super::{HttpMethod, Operation};
use crate::diagnostic::Place;
use crate::pointer;

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePointer {
    pub file: Arc<str>,
    pub pointer: Arc<str>,
}

impl FilePointer {
    /// Returns its place, or the place of something below it.
    pub fn place(&self, below: &str) -> Place {
        Place::pointer(&self.file, [&*self.pointer, below].concat())
    }
}

/// An extension `x-gwgen-*` with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub of: SettingOf,
    /// The key, with `x-gwgen-`.
    pub name: Arc<str>,
    /// The value, as JSON.
    pub json: Arc<str>,
    pub place: Place,
}

/// Owner of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingOf {
    Path,
    Operation,
}

impl Operation {
    /// Returns the pointer of its path item, in the file of that.
    pub(crate) fn item_pointer(&self) -> String {
        match &self.item {
            None => pointer::child("/paths", &self.path),
            Some(location) => location.pointer.to_string(),
        }
    }

    /// Returns the pointer of its key in its path item.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = self.item_pointer();
        // One of these is stored for every operation, so it has no spare capacity.
        match self.method {
            HttpMethod::Other { key, .. } => {
                pointer::child(&(pointer + "/additionalOperations"), key)
            }
            method => {
                let key = method.key();
                pointer.reserve_exact(1 + key.len());
                pointer.extend(["/", key]);
                pointer
            }
        }
    }
}
