//! Groups of nodes, each a line of a map in Terraform; CloudFormation has a resource for each.

use serde::Serialize;

use super::Label;

/// Nodes that Terraform declares in the same blocks, with `for_each` over a map.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Local value that is the map.
    pub local: &'static str,
    /// Label of its blocks.
    pub block: &'static str,
    /// Types of its blocks; the first is that of the nodes.
    pub kinds: &'static [&'static str],
}

/// A node's place in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub group: &'static Group,
    /// Key of the map.
    pub key: Label,
}

impl Item {
    /// Addresses of its resources in Terraform, under a key.
    pub(crate) fn addresses(&self, key: &Label) -> Vec<String> {
        let Group { block, kinds, .. } = self.group;
        let address = |kind| format!("{kind}.{block}[\"{key}\"]");
        kinds.iter().map(address).collect()
    }
}

/// A node that may be one of a group.
pub trait Grouped {
    fn item(&self) -> Option<Item>;
}
