//! GW5031: an API that anybody may call, where nobody says that this is meant.

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;
use crate::plan::OperationPlan;

/// What an entry of `auth` ignores, or a route weakens, is reported by itself.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let planned = facts.plan.operations.iter();
    let public: Vec<&OperationPlan> = planned.filter(|each| each.is_public()).collect();
    let asks = |each: &&OperationPlan| !each.auth.is_open() || each.auth.differs.is_some();
    let mut routes = facts.blueprint.spec.routes.iter().flatten();
    let is_answered = served.iter().any(|each| each.has_written_security)
        || routes.any(|route| route.auth.as_deref() == Some("none"));
    if public.is_empty() || public.iter().any(asks) || is_answered || facts.plan.is_restricted() {
        return Vec::new();
    }
    vec![
        diagnostic::OPEN_API
            .at(facts.blueprint.place("/auth"))
            .message(format_args!(
                "anybody may call the API: none of its {} public operations asks for a token, a signature or a key",
                public.len()
            ))
            .help(
                "where that is meant, write `security: []` in the description or `routes: [{match: {}, auth: none}]`; else say who may call: \
                 `security` with `auth`, `api.endpoint` or `api.policy`",
            ),
    ]
}
