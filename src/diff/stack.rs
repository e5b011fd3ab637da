//! Differences of the parts of a stack that are no route: API, stage, authorizers, usage plans.
//! In: two states. Out: rows. Pure.

use super::part::StackPart;
use super::{DiffRow, DiffState, Fact, Subject, access, api, backends, network, promises, stage};
use crate::listing::field;
use crate::plan::Plan;

/// Rows of the parts that both states have.
pub(super) fn rows(before: DiffState<'_>, after: DiffState<'_>) -> Vec<DiffRow> {
    let earlier = parts(before.plan);
    let mut rows = Vec::new();
    for part in parts(after.plan) {
        let Some(old) = earlier.iter().find(|old| old.key == part.key) else {
            continue;
        };
        for fact in &part.facts {
            // A fact that one state lacks is decided by another fact of the part.
            let Some(previous) = previous(fact, &part.facts, &old.facts) else {
                continue;
            };
            let Some(heading) = fact.value.heading(&previous.value, fact.field) else {
                continue;
            };
            rows.push(DiffRow {
                heading,
                subject: Subject::Part(part.name.clone()),
                field: fact.field,
                before: text(previous, &part.name),
                after: text(fact, &part.name),
                place: Some(after.blueprint.place(&format!("{}{}", part.place, fact.at))),
                was: Some(
                    before
                        .blueprint
                        .place(&format!("{}{}", old.place, previous.at)),
                ),
                reason: None,
                addresses: Vec::new(),
            });
        }
    }
    rows.extend(promises::promises(before, after));
    rows
}

/// The fact of the other state that a fact is compared with: the same setting, else another one
/// that the field is decided by there.
fn previous<'f, 'a>(
    fact: &Fact<'_>,
    facts: &[Fact<'_>],
    earlier: &'f [Fact<'a>],
) -> Option<&'f Fact<'a>> {
    let mut of_field = earlier.iter().filter(|old| old.field == fact.field);
    let is_kept = |old: &Fact<'_>| {
        let mut all = facts.iter();
        all.any(|one| one.field == old.field && one.at == old.at)
    };
    let same = of_field.clone().find(|old| old.at == fact.at);
    same.or_else(|| of_field.find(|old| old.field != &field::SETTING && !is_kept(old)))
}

/// A value, with the name of a setting that its part has among others.
fn text(fact: &Fact<'_>, part: &str) -> String {
    let text = fact.value.text();
    match fact.at.rsplit_once('/') {
        Some((_, name)) if fact.field == &field::SETTING && name != part => {
            format!("{name}: {text}")
        }
        _ => text,
    }
}

fn parts(plan: &Plan) -> Vec<StackPart<'_>> {
    let Plan {
        // Of the API as a whole: `api::facts`.
        prefix: _,
        title: _,
        region: _,
        tags: _,
        key_from_authorizer: _,
        gateway_responses: _,
        binary_media_types: _,
        minimum_compression_size: _,
        endpoint: _,
        domain: _,
        alarms: _,
        cross_zone: _,
        // Files, formats and inputs change no API.
        descriptions: _,
        output: _,
        inputs: _,
        parameters: _,
        has_more_tags: _,
        network,
        forwarders,
        backends,
        // Each of them is a row of its route.
        operations: _,
        refusals: _,
        closed: _,
        models: _,
        asks_callers: _,
        authorizers,
        usage_plans,
        cors,
        has_gateway: _,
        stage_name,
        stage,
        deployments: _,
        history: _,
        // Quotas, and where findings are.
        limits: _,
        place: _,
    } = plan;
    let mut parts = vec![
        StackPart::new("API", api::facts(plan)),
        StackPart::new("CORS", api::cors_facts(cors.as_ref())),
        StackPart::new("stage", stage::facts(stage_name, stage)),
    ];
    parts.extend(authorizers.iter().map(access::authorizer_part));
    let live = || {
        usage_plans
            .iter()
            .filter(|usage_plan| !usage_plan.is_closed)
    };
    parts.push(access::keys_part(live()));
    parts.extend(live().map(access::usage_plan_part));
    parts.extend(backends.iter().map(backends::part));
    parts.extend(network::parts(network.as_ref(), forwarders.as_ref()));
    parts
}
