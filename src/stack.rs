//! The stack: AWS resources with resolved references, inputs and outputs.
//!
//! In: calls of `assemble`. Out: `Stack`. Pure.
//! A `Handle` comes only from `Stack::add`, so a reference cannot dangle, name the wrong kind, or
//! make a cycle.

mod file;
mod group;
mod inputs;
mod label;
mod output;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Serialize, Serializer};

pub use crate::plan::InputType;
use crate::plan::{ValuePattern, names};

pub use file::File;
pub use group::{Group, Grouped, Item};
pub use label::Label;
pub use output::Output;
pub(crate) use output::TEMPLATE_OUTPUTS;
pub use value::{Attribute, Here, List, Spelling, Value};

/// Names of a kind of resource in the two languages.
#[derive(Debug, PartialEq, Eq)]
pub struct Names {
    /// `aws_lb`
    pub terraform: &'static str,
    /// `AWS::ElasticLoadBalancingV2::LoadBalancer`
    pub cloudformation: &'static str,
    /// First word of its logical ids.
    pub word: &'static str,
}

/// A reference to a node, which is before the referring one in the stack.
pub struct Handle<K> {
    index: usize,
    address: Address,
    kind: PhantomData<fn() -> K>,
}

impl<K> Clone for Handle<K> {
    fn clone(&self) -> Self {
        Self {
            index: self.index,
            address: self.address.clone(),
            kind: PhantomData,
        }
    }
}

impl<K> PartialEq for Handle<K> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && self.address == other.address
    }
}

impl<K> Eq for Handle<K> {}

impl<K> fmt::Debug for Handle<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{} {}", self.index, self.address.label)
    }
}

impl<K> Handle<K> {
    /// Index of its node in the stack.
    pub fn index(&self) -> usize {
        self.index
    }

    pub fn label(&self) -> &Label {
        &self.address.label
    }

    /// An attribute of the node, in both spellings.
    pub fn attribute(&self, terraform: &'static str, cloudformation: Spelling) -> Value {
        Value::Attribute(self.attribute_of(terraform, cloudformation))
    }

    pub(crate) fn attribute_of(
        &self,
        terraform: &'static str,
        cloudformation: Spelling,
    ) -> Attribute {
        Attribute {
            of: self.address.clone(),
            terraform,
            cloudformation,
        }
    }

    pub fn address(&self) -> &Address {
        &self.address
    }
}

impl<K> Serialize for Handle<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.address.serialize(serializer)
    }
}

/// The name of a node, shared by the node and all that refer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Arc<Named>);

impl std::ops::Deref for Address {
    type Target = Named;

    fn deref(&self) -> &Named {
        &self.0
    }
}

/// Parts of a node's name.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub names: &'static Names,
    pub label: Label,
    /// Part of CloudFormation's logical id: a new one replaces the node.
    pub revision: Option<Arc<str>>,
    /// Its place in Terraform's block for many nodes.
    pub item: Option<Item>,
}

/// As Terraform refers to it: `aws_lb.this`.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            None => write!(formatter, "{}.{}", self.names.terraform, self.label),
            Some(Item { group, key }) => {
                write!(
                    formatter,
                    "{}.{}[\"{key}\"]",
                    self.names.terraform, group.block
                )
            }
        }
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A value that the user gives at deploy time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub of: InputType,
    pub description: Arc<str>,
    /// One text, or several where the type is a list.
    pub default: Option<Vec<Arc<str>>>,
    pub sensitive: bool,
    /// Pattern that its value, or each item of a list, has to match.
    pub pattern: Option<ValuePattern>,
}

/// A parameter of the Systems Manager: a data source in Terraform, a parameter in CloudFormation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredParameter {
    pub path: Arc<str>,
    pub of: InputType,
    /// Pattern that its value, or each item of a list, has to match.
    pub pattern: Option<ValuePattern>,
}

impl StoredParameter {
    /// Names of the kind in the two languages.
    pub const NAMES: Names = Names {
        terraform: "aws_ssm_parameter",
        cloudformation: "AWS::SSM::Parameter::Value",
        word: "Ssm",
    };

    pub fn address(label: &Label) -> Address {
        Address(Arc::new(Named {
            names: &Self::NAMES,
            label: label.clone(),
            revision: None,
            item: None,
        }))
    }
}

/// A node that may be of the kind `K`.
pub trait Holds<K>: From<K> + Grouped {
    const NAMES: &'static Names;

    fn held(&self) -> Option<&K>;

    fn held_mut(&mut self) -> Option<&mut K>;
}

/// A node with its name.
#[derive(Debug)]
pub struct EntryOf<N> {
    pub address: Address,
    pub file: File,
    pub node: N,
    /// True where the entry is written as a part of the API's body, not by itself.
    pub is_in_body: bool,
    /// In earlier renders it was in a group of Terraform and is not now, or the other way round.
    pub is_turned: bool,
}

/// All resources of an output, with nodes of type `N`; the order is an order of deployment.
#[derive(Debug)]
pub struct StackOf<N> {
    pub entries: Vec<EntryOf<N>>,
    pub inputs: BTreeMap<Arc<str>, Input>,
    pub parameters: BTreeMap<Label, StoredParameter>,
    pub outputs: Vec<Output>,
    /// Count of outputs that there was no place for.
    pub outputs_left_out: usize,
    /// Tags of every node that takes some.
    pub tags: BTreeMap<Arc<str>, Value>,
    /// A module of Terraform has a variable for further ones.
    pub has_more_tags: bool,
    /// Value that Terraform's local value `short_environment` shortens; none where no name needs
    /// it.
    pub short_environment: Option<Value>,
    /// Title of the API.
    pub title: Arc<str>,
    /// The region of a root layout's provider block.
    pub provider_region: Option<Arc<str>>,
    pub is_root: bool,
}

impl<N> StackOf<N> {
    /// Adds a node; later ones may refer to it.
    pub fn add<K>(&mut self, file: File, label: Label, kind: K) -> Handle<K>
    where
        N: Holds<K>,
    {
        self.add_revision(file, label, None, kind)
    }

    /// Adds a node that CloudFormation replaces with every new revision: it is a part of the
    /// logical id.
    pub fn add_revision<K>(
        &mut self,
        file: File,
        label: Label,
        revision: Option<Arc<str>>,
        kind: K,
    ) -> Handle<K>
    where
        N: Holds<K>,
    {
        let index = self.entries.len();
        let node = N::from(kind);
        let address = Address(Arc::new(Named {
            names: N::NAMES,
            item: node.item(),
            label,
            revision,
        }));
        self.entries.push(EntryOf {
            address: address.clone(),
            file,
            node,
            is_in_body: false,
            is_turned: false,
        });
        Handle {
            index,
            address,
            kind: PhantomData,
        }
    }

    /// Returns the node of a handle.
    pub fn get<K>(&self, handle: &Handle<K>) -> &K
    where
        N: Holds<K>,
    {
        let node = &self.entries[handle.index].node;
        node.held().expect("a handle leads to its own kind")
    }

    /// Returns the node of a handle, to complete it.
    pub fn get_mut<K>(&mut self, handle: &Handle<K>) -> &mut K
    where
        N: Holds<K>,
    {
        let node = &mut self.entries[handle.index].node;
        node.held_mut().expect("a handle leads to its own kind")
    }

    /// Returns every node of a kind, in order.
    pub fn all<'s, K: 's>(&'s self) -> impl Iterator<Item = &'s K>
    where
        N: Holds<K> + 's,
    {
        self.entries_of().map(|(_, node)| node)
    }

    /// Returns every node of a kind with its entry, in order.
    pub fn entries_of<'s, K: 's>(&'s self) -> impl Iterator<Item = (&'s EntryOf<N>, &'s K)>
    where
        N: Holds<K> + 's,
    {
        let held = |entry: &'s EntryOf<N>| Some((entry, entry.node.held()?));
        self.entries.iter().filter_map(held)
    }
}

impl<N> Default for StackOf<N> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            inputs: BTreeMap::new(),
            parameters: BTreeMap::new(),
            outputs: Vec::new(),
            outputs_left_out: 0,
            tags: BTreeMap::new(),
            has_more_tags: false,
            short_environment: None,
            title: Arc::default(),
            provider_region: None,
            is_root: false,
        }
    }
}

/// Returns the logical id of a node: kind, words of its label, and a hash of the label, always.
pub fn logical_id(address: &Address) -> String {
    let mut id = names::words_and_hash(address.names.word, address.label.first());
    if let Some(revision) = &address.revision {
        id.push_str(revision);
    }
    id
}

/// Returns a name as a part of Terraform's: without hyphens.
pub(crate) fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// Returns the name of an input or output in CloudFormation.
pub fn pascal(name: &str) -> String {
    let mut words = String::new();
    names::push_words(&mut words, name, usize::MAX);
    words
}

#[cfg(test)]
mod tests;
