//! Columns of a table of operations: authorization, throttling, caching, validation.
//! In: `Plan`, one of its operations. Out: texts and values for `gwgen routes` and the README.

pub(crate) mod facts;
pub mod field;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::Exposure;
use crate::openapi::{Requirement, Security};
use crate::plan::{
    AuthDifference, CachePlan, Check, OperationPlan, Plan, ThrottlePlan, Value, Values,
};

/// An empty cell of a table.
pub(crate) const NOTHING: &str = "-";

/// An operation without authorization.
const NONE: &str = "none";

/// Who can call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Exposure")]
pub(crate) enum ExposureColumn {
    /// Callers of the gateway.
    Public,
    /// Those who reach the ALB.
    Internal,
    /// Nobody.
    Hidden,
    /// Nobody any more: a method of an earlier template, which CloudFormation may not delete yet.
    Closed,
}

impl ExposureColumn {
    pub(crate) fn of(exposure: Exposure) -> Self {
        match exposure {
            Exposure::Public => Self::Public,
            Exposure::Internal => Self::Internal,
            Exposure::Hidden => Self::Hidden,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => Exposure::Public.name(),
            Self::Internal => Exposure::Internal.name(),
            Self::Hidden => Exposure::Hidden.name(),
            Self::Closed => "closed",
        }
    }
}

/// The reason why authorization differs from the description.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "Difference")]
pub(crate) struct DifferenceColumn {
    by: DifferenceBy,
    /// The `weakens` of a route that requires less, or the names of the entries of `auth` that are
    /// ignored.
    reason: Option<String>,
}

/// The cause of a difference.
#[derive(Clone, Copy, Debug, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum DifferenceBy {
    /// An entry of `auth` is `ignore`: the backend has to check it.
    Ignore,
    /// A route requires less, with a reason.
    Weakens,
    /// A route requires more, or chooses one of several alternatives.
    Route,
    /// Private callers come to the load balancer, which checks nobody.
    Internal,
}

/// The throttling limits.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "Throttle")]
pub(crate) struct ThrottleColumn {
    /// Requests per second in the long run.
    rate: f64,
    /// Requests at once.
    burst: u64,
}

/// The cache settings.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "Cache")]
pub(crate) struct CacheColumn {
    /// Unit: seconds.
    ttl_s: u32,
    /// Parts of the cache key: `path.id`, `query.page`, `header.Accept-Language`.
    key: Vec<String>,
    /// The reason why callers may see each other's responses.
    shared: Option<String>,
}

/// The alternatives of the description's `security`, each with its schemes and their scopes; an
/// empty one requires nothing.
pub(crate) fn declared(operation: &OperationPlan) -> Vec<BTreeMap<Arc<str>, Vec<Arc<str>>>> {
    let alternatives = operation.declared.alternatives().iter().cloned();
    let nothing = matches!(operation.declared, Security::Optional(_)).then(Requirement::new);
    alternatives.chain(nothing).collect()
}

/// Alternatives of the description's `security` as a cell of a table.
pub(crate) fn declared_cell(operation: &OperationPlan) -> String {
    let all = |requirement: &Requirement| {
        let names: Vec<&str> = requirement.keys().map(|name| &**name).collect();
        names.join(" and ")
    };
    let alternatives = operation.declared.alternatives().iter().map(all);
    let is_open = !matches!(operation.declared, Security::Needs(_));
    let cells = alternatives.chain(is_open.then(|| NONE.to_owned()));
    cells.collect::<Vec<_>>().join(" or ")
}

/// Returns whether private callers reach an operation at the application load balancer.
pub(crate) fn is_private(plan: &Plan, operation: &OperationPlan) -> bool {
    let network = plan.network.as_ref();
    let backend = operation.backend.map(|index| &plan.backends[index]);
    network.is_some_and(|network| network.alb.is_some())
        && backend.is_some_and(|backend| backend.balanced().is_some())
        && operation.exposure == Exposure::Internal
        && operation.private_path.is_some()
}

/// Authorization: an entry of `auth`, `iam`, or `none`; nothing where no request is answered.
pub(crate) fn auth<'a>(plan: &Plan, operation: &'a OperationPlan) -> Option<&'a str> {
    if operation.gateway_path.is_none() {
        return is_private(plan, operation).then_some(NONE);
    }
    Some(match &operation.auth.check {
        Check::Nobody => NONE,
        Check::Iam => "iam",
        Check::Authorizer(name) => name,
    })
}

/// The reason why authorization differs from the description.
pub(crate) fn difference(plan: &Plan, operation: &OperationPlan) -> Option<DifferenceColumn> {
    if operation.gateway_path.is_none() {
        let is_unchecked =
            is_private(plan, operation) && matches!(operation.declared, Security::Needs(_));
        return is_unchecked.then_some(DifferenceColumn {
            by: DifferenceBy::Internal,
            reason: None,
        });
    }
    let (by, reason) = match operation.auth.differs.as_ref()? {
        AuthDifference::Ignored(names) => (DifferenceBy::Ignore, Some(names.join(", "))),
        AuthDifference::Weakened(reason) => (DifferenceBy::Weakens, Some(reason.to_string())),
        AuthDifference::Chosen => (DifferenceBy::Route, None),
    };
    Some(DifferenceColumn { by, reason })
}

impl DifferenceColumn {
    /// As a cell of a table.
    pub(crate) fn cell(&self) -> String {
        let by = match self.by {
            DifferenceBy::Ignore => "ignore",
            DifferenceBy::Weakens => "weakens",
            DifferenceBy::Route => "route",
            DifferenceBy::Internal => "internal",
        };
        self.reason
            .as_ref()
            .map_or_else(|| by.to_owned(), |reason| format!("{by}: {reason}"))
    }
}

impl ThrottleColumn {
    pub(crate) fn of(throttle: ThrottlePlan) -> Self {
        Self {
            rate: throttle.rate,
            burst: throttle.burst,
        }
    }

    /// As a cell of a table.
    pub(crate) fn cell(&self) -> String {
        format!("{}/s, {} at once", self.rate, self.burst)
    }
}

impl CacheColumn {
    pub(crate) fn of(cache: &CachePlan) -> Self {
        Self {
            ttl_s: cache.ttl_s,
            key: cache.keys.iter().map(|key| key_part(key)).collect(),
            shared: cache.shared.as_deref().map(str::to_owned),
        }
    }

    /// As a cell of a table.
    pub(crate) fn cell(&self) -> String {
        let key = if self.key.is_empty() {
            "no key".to_owned()
        } else {
            format!("by {}", self.key.join(", "))
        };
        let shared = self
            .shared
            .as_ref()
            .map_or_else(String::new, |reason| format!("; shared: {reason}"));
        format!("{}s {key}{shared}", self.ttl_s)
    }
}

/// A part of a cache key as the blueprint writes it.
pub(crate) fn key_part(key: &str) -> String {
    let part = key.strip_prefix("method.request.").unwrap_or(key);
    part.strip_prefix("querystring.")
        .map_or_else(|| part.to_owned(), |name| format!("query.{name}"))
}

/// A value as it is listed: what is known at deploy time alone is in parentheses.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.to_string(),
        Value::Input(name) => format!("(var: {name})"),
        Value::Parameter { path, .. } => format!("(ssm: {path})"),
        Value::Expression(text) => format!("({text})"),
    }
}

/// Values as they are listed.
pub(crate) fn values_text(values: &Values) -> String {
    match values {
        Values::List(list) => list.iter().map(value_text).collect::<Vec<_>>().join(","),
        Values::One(list) => value_text(list),
    }
}
