//! What is to be deployed: AWS resources with resolved references, inputs and outputs.
//!
//! In: calls of `assemble`. Out: `Stack`. Pure.
//! A `Handle` comes only from `Stack::add`, so a reference cannot dangle, name the wrong kind, or
//! make a cycle.

mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::aws::{Kind, Node};
pub use crate::plan::InputType;
pub use value::{Attribute, Here, List, Spelling, Value};

/// The Terraform label of a node, and the ground of its logical id: a function of its own key
/// alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(Arc<str>);

impl Label {
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// How the two languages name a kind of resource.
#[derive(Debug, PartialEq, Eq)]
pub struct Names {
    /// `aws_lb`
    pub terraform: &'static str,
    /// `AWS::ElasticLoadBalancingV2::LoadBalancer`
    pub cloudformation: &'static str,
    /// First word of its logical ids.
    pub word: &'static str,
}

/// A node of the stack that stands before the one that refers to it.
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

impl<K: Kind> Handle<K> {
    /// Index of its node in the stack.
    pub fn index(&self) -> usize {
        self.index
    }

    pub fn label(&self) -> &Label {
        &self.address.label
    }

    /// An attribute of the node, in both spellings.
    pub fn attribute(&self, terraform: &'static str, cloudformation: Spelling) -> Value {
        Value::Attribute(Attribute {
            of: self.address.clone(),
            terraform,
            cloudformation,
        })
    }

    pub fn address(&self) -> &Address {
        &self.address
    }
}

impl<K: Kind> Serialize for Handle<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.address.serialize(serializer)
    }
}

/// The name of a node, shared by the node and all that refer to it: there are several references to
/// a node, and one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Arc<Named>);

impl std::ops::Deref for Address {
    type Target = Named;

    fn deref(&self) -> &Named {
        &self.0
    }
}

#[cfg(test)]
impl Address {
    /// The same under another label, for tests of the walk.
    pub(crate) fn relabelled(&self, label: Label) -> Self {
        Self(Arc::new(Named {
            names: self.names,
            label,
            revision: self.revision.clone(),
        }))
    }
}

/// What a name is made of.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub names: &'static Names,
    pub label: Label,
    /// What CloudFormation needs in the logical id to make the node anew.
    pub revision: Option<Arc<str>>,
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.{}", self.names.terraform, self.label))
    }
}

/// Something that the user gives at deploy time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub of: InputType,
    pub description: Arc<str>,
    /// One text, or several where the type is a list.
    pub default: Option<Vec<Arc<str>>>,
    pub sensitive: bool,
    /// A pattern that its value has to match, and what to say where it does not.
    pub pattern: Option<(&'static str, &'static str)>,
}

/// A parameter of the Systems Manager: a data source in Terraform, a parameter in CloudFormation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub path: Arc<str>,
    pub of: InputType,
    /// A pattern that its value has to match, and what to say where it does not.
    pub pattern: Option<(&'static str, &'static str)>,
}

impl Parameter {
    /// How its label becomes a name in the two languages.
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
        }))
    }
}

/// Something that the deployed stack tells.
#[derive(Clone, Debug)]
pub struct Output {
    pub name: Arc<str>,
    pub description: Arc<str>,
    pub terraform: Value,
    pub cloudformation: Value,
    /// Nodes that it waits for besides those it names.
    pub after: Vec<Address>,
}

/// Where a node is written in a format of several files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    /// The API itself, deployment and stage.
    Api,
    /// What request bodies are held to.
    Models,
    /// The way behind the gateway.
    Network,
    /// The routes of a first segment, by the file's name.
    Routes(Arc<str>),
}

/// A resource with its name.
#[derive(Debug)]
pub struct Entry {
    pub address: Address,
    pub file: File,
    pub node: Node,
    /// It is written as a part of the API's body, and not by itself.
    pub is_in_body: bool,
}

/// Everything that is to be deployed; the order is an order of deployment.
#[derive(Debug, Default)]
pub struct Stack {
    pub entries: Vec<Entry>,
    pub inputs: BTreeMap<Arc<str>, Input>,
    pub parameters: BTreeMap<Label, Parameter>,
    pub outputs: Vec<Output>,
    /// Tags of every node that takes some.
    pub tags: BTreeMap<Arc<str>, Value>,
    /// What Terraform's local value `short_environment` shortens, where names hold it.
    pub short_environment: Option<Value>,
    /// What the API is for, in its title's words.
    pub title: Arc<str>,
    /// The region of a root layout's provider block.
    pub provider_region: Option<Arc<str>>,
    pub is_root: bool,
}

impl Stack {
    /// Adds a resource; later ones may refer to it.
    pub fn add<K: Kind>(&mut self, file: File, label: Label, kind: K) -> Handle<K> {
        let index = self.entries.len();
        let address = Address(Arc::new(Named {
            names: &K::NAMES,
            label,
            revision: kind.revision(),
        }));
        self.entries.push(Entry {
            address: address.clone(),
            file,
            node: kind.into(),
            is_in_body: false,
        });
        Handle {
            index,
            address,
            kind: PhantomData,
        }
    }
}
