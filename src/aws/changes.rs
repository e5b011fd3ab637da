//! What a change of a written argument does to a resource that is deployed.
//!
//! In: lists that stand beside the spelling of each kind. Out: the same by type of resource. Pure.
//! `.ci/changes.py` holds the lists equal to what the real Terraform plans with provider 5.100, and
//! to the create-only properties of CloudFormation's schemas. Source: docs/aws-rules.md#t40,
//! docs/aws-rules.md#f40.

use serde::Serialize;

/// Names of arguments.
pub type Arguments = &'static [&'static str];

/// The arguments of a resource of which a deployment holds a copy: a change of them is served after
/// the next one.
///
/// Source: docs/aws-rules.md#d1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Copied {
    Nothing,
    Everything,
    /// Those with these names, in either language.
    Only(Arguments),
}

/// An argument of which some changes replace the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReplacedWhen {
    pub argument: &'static str,
    pub when: When,
}

/// A change that replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum When {
    /// The list loses an item.
    LosesItem,
    /// This is the old value or the new one.
    IsOrWas(&'static str),
}

/// What a change does to a resource of one type. A nested argument has its block's name and a dot
/// in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TypeChanges {
    /// The type, such as `aws_lb`.
    #[serde(rename = "type")]
    pub of: &'static str,
    /// Arguments whose change replaces the resource; any other is updated in place.
    pub replaced_by: Arguments,
    /// Arguments of which some changes replace it.
    pub replaced_when: &'static [ReplacedWhen],
    pub copied: Copied,
}

impl TypeChanges {
    pub const fn new(of: &'static str, replaced_by: Arguments, copied: Copied) -> Self {
        Self {
            of,
            replaced_by,
            replaced_when: &[],
            copied,
        }
    }
}

/// What a change does to all that a node is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Terraform's block of the node.
    pub block: TypeChanges,
    /// Its further blocks.
    pub more_blocks: &'static [TypeChanges],
    /// CloudFormation's resource.
    pub resource: TypeChanges,
}
