//! From the stack to files: spelling only.

use std::collections::BTreeMap;

/// Bytes by path below the output folder, `/` between names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileTree {
    pub files: BTreeMap<String, Vec<u8>>,
}
