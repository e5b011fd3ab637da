//! Where parts of a description stand: its main file, or another one that references lead to.
//!
//! In: files and pointers. Out: `Place`s. Pure.
//! Most operations stand under `paths` of the main file, and their pointers are made only when
//! something is reported.

use std::sync::Arc;

use super::{HttpMethod, Operation};
use crate::diagnostic::Place;
use crate::source::pointer;

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePointer {
    pub file: Arc<str>,
    pub pointer: Arc<str>,
}

impl FilePointer {
    /// The place of it, or of something below it.
    pub fn place(&self, below: &str) -> Place {
        Place::pointer(&self.file, [&*self.pointer, below].concat())
    }
}

/// What an extension `x-gwgen-*` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub of: SettingOf,
    /// The key, with `x-gwgen-`.
    pub name: Arc<str>,
    /// The value, as JSON.
    pub json: Arc<str>,
    pub place: Place,
}

/// What an extension stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingOf {
    Path,
    Operation,
}

impl Operation {
    /// Pointer of its path item, in the file where that stands.
    pub(crate) fn item_pointer(&self) -> String {
        match &self.item {
            None => pointer::child("/paths", &self.path),
            Some(location) => location.pointer.to_string(),
        }
    }

    /// Pointer of its key in its path item.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = self.item_pointer();
        // One of these is made for every operation, and kept: it is to be as long as its text.
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
