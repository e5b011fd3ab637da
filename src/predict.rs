//! What Terraform or CloudFormation will do from one applied state of a stack to the next.
//!
//! In: two plans with their stacks. Out: `Action`s. Pure.
//! The sinks record what the kinds write as arguments; no output is read. Values of variables are
//! taken as equal on both sides.

mod certainty;
mod cloudformation;
mod evaluate;
mod expression;
mod instances;
mod provider;
mod terraform;

use serde::Serialize;

use crate::aws::Stack;
use crate::blueprint::OutputFormat;
use crate::plan::Plan;

/// A stack with its plan.
#[derive(Clone, Copy, Debug)]
pub struct StackState<'a> {
    pub plan: &'a Plan,
    pub stack: &'a Stack,
}

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Action {
    /// Terraform's address, or CloudFormation's logical id.
    pub address: String,
    pub action: ActionKind,
    /// The arguments that cause it, or the addresses of replaced resources.
    pub because: Vec<String>,
}

/// A kind of action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    Create,
    Update,
    Replace,
    Destroy,
    /// It leaves the state, and stays where it is.
    Forget,
    /// It depends on values that are known only at deploy time.
    MayChange,
}

/// What happens where `before` is applied and `after` is applied over it, by address.
pub fn predict(before: StackState<'_>, after: StackState<'_>) -> Vec<Action> {
    let is_template =
        |state: StackState<'_>| state.plan.output.format == OutputFormat::Cloudformation;
    let nothing = Stack::default();
    // Another tool knows nothing of what is there.
    let is_known = is_template(before) == is_template(after);
    let before = if is_known { before.stack } else { &nothing };
    let mut actions = if is_template(after) {
        cloudformation::actions(before, after.stack)
    } else {
        terraform::actions(before, after.stack)
    };
    actions.sort();
    actions
}
