//! Differences of who is asked: authorizers, usage plans, keys.
//! In: parts of the plan. Out: their facts. Pure.

use super::Fact;
use super::part::{StackPart, any_of, entry, joined, text};
use crate::listing::facts::throttled;
use crate::listing::field::{self, FieldValue, Set};
use crate::listing::{function_text, value_text};
use crate::plan::{
    AuthorizerPlan, AuthorizerSource, KeyPlan, KeySource, LambdaAuthorizerPlan, QuotaPlan,
    UsagePlan,
};

pub(super) fn authorizer_part(authorizer: &AuthorizerPlan) -> StackPart<'_> {
    let AuthorizerPlan { name, source } = authorizer;
    let facts = match source {
        AuthorizerSource::Cognito(pools) => {
            vec![Fact::new(
                &field::AUTHORIZER,
                FieldValue::AnyOf(any_of(Some(pools), "none")),
                "/cognito/user_pools",
            )]
        }
        AuthorizerSource::Lambda(LambdaAuthorizerPlan {
            function,
            is_token,
            identity,
            ttl_s,
        }) => {
            let decides = Set::of([function_text(function)], "none");
            let shown = identity.iter().map(|source| &**source);
            let kind = if *is_token { "token" } else { "request" };
            let kept =
                FieldValue::Amounts(Some([f64::from(*ttl_s), 0.0]), format!("{ttl_s} s").into());
            vec![
                Fact::new(
                    &field::AUTHORIZER,
                    FieldValue::AnyOf(decides),
                    "/lambda/function",
                ),
                Fact::new(&field::SETTING, text(kind), "/lambda/kind"),
                Fact::new(
                    &field::IDENTITY,
                    FieldValue::AllOf(Set::of(shown, "none")),
                    "/lambda/identity",
                ),
                Fact::new(&field::DECISIONS, kept, "/lambda/ttl"),
            ]
        }
    };
    entry("auth", "auth", name, facts)
}

/// Keys of all usage plans: a plan that is new or gone lets others in.
pub(super) fn keys_part<'a>(plans: impl Iterator<Item = &'a UsagePlan>) -> StackPart<'a> {
    let keys = plans.flat_map(|plan| plan.keys.iter().map(move |key| (plan, key)));
    let members = keys.map(|(plan, KeyPlan { source })| {
        let key = match source {
            KeySource::Made(name) => name.to_string(),
            KeySource::Existing(id) => value_text(id),
        };
        format!("{}/{key}", plan.name.first())
    });
    let members = Set::of(members, "none");
    StackPart::new(
        "usage plans",
        vec![Fact::new(
            &field::KEYS,
            FieldValue::AnyOf(members),
            "/usage_plans",
        )],
    )
}

pub(super) fn usage_plan_part(usage_plan: &UsagePlan) -> StackPart<'_> {
    let UsagePlan {
        name,
        keys: _,
        throttle,
        quota,
        routes,
        // One that is left lets nobody in: it is gone for callers.
        is_closed: _,
    } = usage_plan;
    // A period of less days lets the same number through more often.
    let days = |period: crate::blueprint::Period| match period.name() {
        "day" => 1.0,
        "week" => 7.0,
        _ => 30.0,
    };
    let amounts = quota.map(|QuotaPlan { limit, period }| [limit as f64 / days(period), 0.0]);
    let allowed = quota.map_or_else(
        || "unlimited".to_owned(),
        |quota| format!("{} a {}", quota.limit, quota.period.name()),
    );
    let routes = routes.iter().map(|(route, throttle)| {
        format!("{route} {}/s, {} at once", throttle.rate, throttle.burst)
    });
    let facts = vec![
        Fact::new(
            &field::THROTTLE,
            throttled(throttle.map(Into::into)),
            "/throttle",
        ),
        Fact::new(
            &field::QUOTA,
            FieldValue::Amounts(amounts, allowed.into()),
            "/quota",
        ),
        Fact::new(&field::PLAN_ROUTES, joined(routes), "/routes"),
    ];
    entry("usage plan", "usage_plans", name, facts)
}
