//! Differences of the parts of a stack that are no route: API, stage, authorizers, usage plans.
//! In: two states. Out: rows. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::part::StackPart;
use super::{DiffRow, DiffState, Fact, Subject, access, api, backends, network, promises, stage};
use crate::listing::field::{self, Heading};
use crate::listing::value_text;
use crate::plan::{InputPlan, Plan, Value};

/// Rows of the parts that both states have.
pub(super) fn rows(before: DiffState<'_>, after: DiffState<'_>) -> Vec<DiffRow> {
    let earlier = parts(before.plan);
    let changed = Defaults([&before.plan.inputs, &after.plan.inputs]);
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
            let defaults = changed.of([&previous.value.text(), &fact.value.text()]);
            let heading = match &defaults {
                // What a variable is by default may let anything pass.
                Some(_) => Some(fact.field.other),
                None => fact.value.heading(&previous.value, fact.field),
            };
            // A header more is told by the row of all headers.
            let is_told = |heading: &Heading| {
                fact.field == &field::HEADER_NAMES && *heading == fact.field.less
            };
            let Some(heading) = heading.filter(|heading| !is_told(heading)) else {
                continue;
            };
            let [old_default, default] = defaults.unwrap_or_default();
            rows.push(DiffRow {
                heading,
                subject: Subject::Part(part.name.clone()),
                field: fact.field,
                before: previous.text() + &old_default,
                after: fact.text() + &default,
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

/// Inputs of both states.
struct Defaults<'a>([&'a BTreeMap<Arc<str>, InputPlan>; 2]);

impl Defaults<'_> {
    /// The defaults of inputs that two texts of a fact name, where one of them is another.
    fn of(&self, texts: [&str; 2]) -> Option<[String; 2]> {
        let Self([old, new]) = self;
        let mut found = [String::new(), String::new()];
        for (name, input) in *new {
            let value = value_text(&Value::Input(Arc::clone(name)));
            let known = old.get(name).filter(|known| known.default != input.default);
            let is_named = texts.iter().all(|text| text.contains(&value));
            if let Some(known) = known.filter(|_| is_named) {
                found[0].push_str(&default_text(known));
                found[1].push_str(&default_text(input));
            }
        }
        (!found[0].is_empty()).then_some(found)
    }
}

fn default_text(input: &InputPlan) -> String {
    match &input.default {
        _ if input.is_sensitive => ", another default".to_owned(),
        Some(texts) => format!(", by default {}", texts.join(", ")),
        None => ", no default".to_owned(),
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
        // Files and formats change no API; defaults of inputs are told where they are used.
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
