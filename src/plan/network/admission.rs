//! Source of requests in the rules of a security group that admit a balancer or link.
//!
//! In: `NetworkSpec`. Out: `SourcePlan`, findings. Pure.

use crate::diagnostic::Diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Values};

/// Source that a security group's rule names to admit a balancer or link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourcePlan {
    /// The managed group of the balancer or link.
    OwnGroup,
    Groups(Values),
    Cidrs(Values),
}

impl SourcePlan {
    /// Source of a balancer or link that the stack creates: the groups that it is given, else one
    /// of its own.
    pub(crate) fn of_created(security_groups: Option<&Values>) -> Self {
        let groups = security_groups.cloned();
        groups.map_or(Self::OwnGroup, Self::Groups)
    }

    /// Source of an existing balancer or link: its groups, else the ranges of `network.cidrs`;
    /// nothing where no rule admits it.
    pub(crate) fn of_existing(
        variables: &mut Variables<'_>,
        groups: Option<Values>,
        admits: bool,
        missing: impl FnOnce(&Variables<'_>) -> Diagnostic,
    ) -> Self {
        let cidrs = cidrs(variables, admits && groups.is_none());
        match (groups, cidrs) {
            (Some(groups), _) if admits => Self::Groups(groups),
            (None, Some(cidrs)) if admits => Self::Cidrs(cidrs),
            (groups, _) => {
                if admits && groups.is_none() {
                    variables.report(missing(variables));
                }
                Self::Cidrs(Values::List(Vec::new()))
            }
        }
    }
}

/// Ranges of `network.cidrs`, which a rule may name.
pub(crate) fn cidrs(variables: &mut Variables<'_>, is_used: bool) -> Option<Values> {
    let at = "/network/cidrs";
    let network = variables.blueprint().spec.network.as_ref();
    let cidrs = network?.cidrs.as_ref()?;
    if is_used {
        let message = "the list of ranges is empty, so nothing would be admitted";
        let help = "name the ranges of the balancer's subnets";
        variables.refuse_empty(cidrs, at, message, help);
        variables.only_listed(cidrs, at, "make a rule");
    }
    Some(variables.values(cidrs, InputType::Cidrs, at))
}
