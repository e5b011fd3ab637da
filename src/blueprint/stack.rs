//! Identity of a blueprint's stack among other stacks at AWS.
//! In: `Blueprint`. Out: `StackIdentity`. Pure.
//! Two stacks with the same name, environment, region and account get the same names at AWS: the
//! second takes the first over, or is refused.

use super::spec::{BlueprintSpec, CloudwatchRole};
use super::values::ValueSpec;

/// Name, environment, region and account of a stack, as far as the blueprint declares them.
#[derive(Clone, Debug)]
pub struct StackIdentity {
    name: String,
    /// Empty where there is none; `None` where it is known only at deploy time.
    environment: Option<String>,
    region: Option<String>,
    account: Option<String>,
}

/// Result of a comparison of two stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    Different,
    /// No written value differs, and some values are not written.
    Possible,
    Same,
}

impl StackIdentity {
    pub(crate) fn of(spec: &BlueprintSpec) -> Self {
        let environment = match &spec.environment {
            None => Some(String::new()),
            Some(ValueSpec::Literal(text)) => Some(text.clone()),
            Some(ValueSpec::Variable(_) | ValueSpec::Parameter(_) | ValueSpec::Expression(_)) => {
                None
            }
        };
        Self {
            name: spec.name.clone(),
            environment,
            region: spec.region.clone(),
            account: account(spec),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn compare(&self, other: &Self) -> Likeness {
        let compare = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) if one == other => Likeness::Same,
            (Some(_), Some(_)) => Likeness::Different,
            (None, _) | (_, None) => Likeness::Possible,
        };
        if self.name != other.name {
            return Likeness::Different;
        }
        compare(&self.environment, &other.environment)
            .min(compare(&self.region, &other.region))
            .min(compare(&self.account, &other.account))
    }
}

/// The account of the ARNs that can only be of the stack's own.
fn account(spec: &BlueprintSpec) -> Option<String> {
    let literal = |value: &ValueSpec| match value {
        ValueSpec::Literal(text) => account_of(text),
        ValueSpec::Variable(_) | ValueSpec::Parameter(_) | ValueSpec::Expression(_) => None,
    };
    let role = match &spec.account.cloudwatch_role {
        CloudwatchRole::Arn(arn) => account_of(arn),
        CloudwatchRole::Existing | CloudwatchRole::Create => None,
    };
    let nlb = || literal(&spec.nlb.existing.as_ref()?.arn);
    let alb = || literal(&spec.alb.existing.as_ref()?.arn);
    let certificate = || literal(spec.api.domain.as_ref()?.certificate.as_ref()?);
    role.or_else(nlb).or_else(alb).or_else(certificate)
}

/// `arn:partition:service:region:account:...`.
fn account_of(arn: &str) -> Option<String> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    (!account.is_empty()).then(|| account.to_owned())
}
