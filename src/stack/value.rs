//! Text and lists that are known now or at deploy time.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{Address, Label};

/// Key of an input in a serialized value.
pub(super) const INPUT: &str = "input";

/// Key of a parameter of the Systems Manager in a serialized value.
pub(super) const PARAMETER: &str = "parameter";

/// Function with which CloudFormation reads an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    Ref,
    GetAtt(&'static str),
}

/// An attribute that is known once its node is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub of: Address,
    pub terraform: &'static str,
    pub cloudformation: Spelling,
}

/// Text that is known now or at deploy time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Literal(Arc<str>),
    /// An input of the stack.
    Input(Arc<str>),
    /// A Terraform expression of the user's, as `terraform fmt` spells it.
    Expression(Arc<str>),
    Attribute(Attribute),
    /// CloudFormation's pseudo parameters, such as `AWS::Region`; never in Terraform.
    Pseudo(&'static str),
    /// Partition, region or account of the stack; in Terraform a local value.
    Here(Here),
    /// A parameter of the Systems Manager, by its label.
    Parameter {
        label: Label,
        /// Its commas separate items.
        is_list: bool,
    },
    /// All of them, one after the other.
    Text(Vec<Value>),
    /// Name by which CloudWatch knows the load balancer of an ARN: what is behind `loadbalancer/`;
    /// never a part of a text.
    BalancerOf(Box<Value>),
    /// The items of a list that is known only at deploy time, with commas between; never a part of
    /// a text.
    Joined(Box<Value>),
}

impl Value {
    pub fn literal(text: impl Into<Arc<str>>) -> Self {
        Self::Literal(text.into())
    }

    /// The parts that are known only at deploy time.
    pub fn deploy_time(&self) -> Vec<&Value> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Input(_)
            | Self::Expression(_)
            | Self::Attribute(_)
            | Self::Pseudo(_)
            | Self::Here(_)
            | Self::Parameter { .. }
            | Self::BalancerOf(_)
            | Self::Joined(_) => vec![self],
            Self::Text(parts) => parts.iter().flat_map(Self::deploy_time).collect(),
        }
    }
}

/// For digests: references by name, never as they are spelt in an output.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(text) => serializer.serialize_str(text),
            Self::Input(name) => BTreeMap::from([(INPUT, &**name)]).serialize(serializer),
            Self::Expression(text) => {
                BTreeMap::from([("expression", &**text)]).serialize(serializer)
            }
            Self::Attribute(attribute) => {
                (&attribute.of, attribute.terraform).serialize(serializer)
            }
            Self::Pseudo(name) => BTreeMap::from([("pseudo", name)]).serialize(serializer),
            Self::Here(here) => BTreeMap::from([("here", here.pseudo())]).serialize(serializer),
            Self::Parameter { label, .. } => {
                BTreeMap::from([(PARAMETER, label.as_str())]).serialize(serializer)
            }
            Self::Text(parts) => parts.serialize(serializer),
            Self::BalancerOf(arn) => BTreeMap::from([("balancer", arn)]).serialize(serializer),
            Self::Joined(list) => BTreeMap::from([("joined", list)]).serialize(serializer),
        }
    }
}

/// A part of every ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    Partition,
    Region,
    Account,
}

impl Here {
    /// Index of the part in an ARN, in that of a REST API's execution too.
    ///
    /// Source: docs/aws-rules.md#t9; AWS, "Actions, resources, and condition keys for Amazon API
    /// Gateway",
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigateway.html>:
    /// `arn:<partition>:execute-api:<region>:<account>:<api>`.
    pub fn index(self) -> usize {
        match self {
            Self::Partition => 1,
            Self::Region => 3,
            Self::Account => 4,
        }
    }

    pub(crate) const ALL: [Self; 3] = [Self::Account, Self::Partition, Self::Region];

    /// Name of Terraform's local value.
    pub fn local(self) -> &'static str {
        match self {
            Self::Partition => "partition",
            Self::Region => "region",
            Self::Account => "account_id",
        }
    }

    pub fn pseudo(self) -> &'static str {
        match self {
            Self::Partition => "AWS::Partition",
            Self::Region => "AWS::Region",
            Self::Account => "AWS::AccountId",
        }
    }
}

/// A list, or one reference that yields one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum List {
    Of(Vec<Value>),
    One(Value),
}

impl List {
    /// The values that are known only at deploy time.
    pub fn deploy_time(&self) -> Vec<Value> {
        match self {
            Self::Of(values) => values
                .iter()
                .flat_map(Value::deploy_time)
                .cloned()
                .collect(),
            Self::One(value) => vec![Value::Joined(Box::new(value.clone()))],
        }
    }
}
