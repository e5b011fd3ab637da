//! Facts about a route: the value of each of its fields.
//! In: a `RouteRow`. Out: `RouteFact`s, which `diff` compares and the memory keeps. Pure.

use std::collections::BTreeSet;

use super::RouteRow;
use super::field::{self, FieldValue, NamedSchema, PlanField, Set};
use super::row::ThrottleColumn;
use crate::memory::FactMap;
use crate::plan::{
    BackendPlan, CachePlan, Check, ChecksPlan, IntegrationPlan, OperationPlan, Plan, RouteField,
    names,
};

/// The value of a field of a route, and the setting that decides it.
pub(crate) struct RouteFact<'a> {
    pub(crate) field: &'static PlanField,
    pub(crate) value: FieldValue<'a>,
    pub(crate) setting: Option<RouteField>,
}

/// What could be loosened on each public route, by its label, for the memory.
pub(crate) fn remembered(plan: &Plan) -> FactMap {
    let public = plan
        .operations
        .iter()
        .filter(|operation| operation.is_public());
    let line = |operation: &OperationPlan| {
        let label = names::operation_label(operation.method, operation.gateway_path.as_ref()?);
        let mut line = String::with_capacity(48);
        for fact in loosenable(plan, &RouteRow::of(plan, operation)) {
            let Some(value) = fact.value.remembered() else {
                continue;
            };
            let separator = if line.is_empty() { "" } else { "; " };
            line.extend([separator, fact.field.name, ": ", &value]);
        }
        Some((label, BTreeSet::from([line])))
    };
    public.filter_map(line).collect()
}

/// The facts that the memory keeps.
pub(crate) fn loosenable<'a>(
    plan: &'a Plan,
    row: &RouteRow<'a>,
) -> impl Iterator<Item = RouteFact<'a>> + use<'a> {
    let encryption = RouteFact {
        field: &field::ENCRYPTION,
        value: encryption(row.servers),
        setting: Some(RouteField::Backend),
    };
    let key = cached(row.cached).into_iter();
    let key = key.filter(|fact| fact.field == &field::CACHE_KEY);
    access(plan, row).into_iter().chain([encryption]).chain(key)
}

/// All facts of a route, in one order.
pub(crate) fn facts<'a>(plan: &'a Plan, row: &RouteRow<'a>) -> Vec<RouteFact<'a>> {
    let fact = |field, value, setting| RouteFact {
        field,
        value,
        setting,
    };
    let is_public = row.is_public();
    let exposed = FieldValue::Level(u8::from(is_public), row.exposure.name().into());
    let private = row.private_path.filter(|_| !is_public);
    let behind = is_public.then(|| shape(&row.backend_path.text()));
    let timeout = row.timeout_ms.unwrap_or_default();
    let timeout = FieldValue::Amounts(Some([f64::from(timeout), 0.0]), seconds(timeout).into());
    let of_backend = Some(RouteField::Backend);
    let path = |text: Option<String>| FieldValue::Text(text.unwrap_or_default().into());
    let throttle = throttled(row.throttle);
    let mut facts = vec![
        fact(&field::EXPOSURE, exposed, Some(RouteField::Exposure)),
        fact(&field::BACKEND, backend_of(row.servers), of_backend),
        fact(&field::ENCRYPTION, encryption(row.servers), of_backend),
        fact(&field::PRIVATE_PATH, path(private.map(shape)), None),
        fact(&field::BACKEND_PATH, path(behind), None),
        fact(&field::TIMEOUT, timeout, Some(RouteField::Timeout)),
        fact(&field::THROTTLE, throttle, Some(RouteField::Throttle)),
    ];
    facts.extend(cached(row.cached));
    facts.extend(access(plan, row));
    facts.extend(checked(plan, row));
    facts
}

/// A path whose variables have no names, which servers never see.
fn shape(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| match segment.strip_suffix("+}") {
            Some(_) => "{+}",
            None if segment.starts_with('{') => "{}",
            None => segment,
        });
    segments.collect::<Vec<_>>().join("/")
}

fn backend_of(servers: Option<&BackendPlan>) -> FieldValue<'_> {
    let (key, text) = servers.map_or(("", "the gateway itself"), |backend| {
        (&**backend.name.first(), &**backend.name)
    });
    FieldValue::Named { key, text }
}

/// Encryption on the way to a backend.
fn encryption(servers: Option<&BackendPlan>) -> FieldValue<'static> {
    let integration = servers.map(|backend| &backend.integration);
    let (is_tls, skips) = match integration {
        Some(IntegrationPlan::Balanced(balanced)) => (balanced.is_tls, balanced.skips_verification),
        Some(IntegrationPlan::Forwarder(forwarder)) => {
            (forwarder.is_tls, forwarder.skips_verification)
        }
        Some(IntegrationPlan::Internet(internet)) => (true, internet.skips_verification),
        Some(IntegrationPlan::Function(_)) | None => (true, false),
    };
    match (is_tls, skips) {
        (true, false) => FieldValue::Level(0, "TLS".into()),
        (true, true) => FieldValue::Level(1, "TLS, certificate not verified".into()),
        (false, _) => FieldValue::Level(2, "none".into()),
    }
}

pub(crate) fn seconds(milliseconds: u32) -> String {
    match milliseconds {
        whole if whole % 1_000 == 0 => format!("{} s", whole / 1_000),
        part => format!("{part} ms"),
    }
}

pub(crate) fn throttled(throttle: Option<ThrottleColumn>) -> FieldValue<'static> {
    let amounts = throttle.map(|throttle| [throttle.rate, throttle.burst as f64]);
    let text = throttle.map_or_else(|| "unlimited".to_owned(), ThrottleColumn::cell);
    FieldValue::Amounts(amounts, text.into())
}

fn cached(cache: Option<&CachePlan>) -> [RouteFact<'_>; 4] {
    let fact = |field, value| RouteFact {
        field,
        value,
        setting: Some(RouteField::Cache),
    };
    let (ttl, encrypted, key, shared) = match cache {
        Some(CachePlan {
            ttl_s,
            is_encrypted,
            keys,
            shared,
        }) => {
            // Variables of the path are always a part of it.
            let names = keys.iter().map(|key| super::key_part(key));
            let names = names.filter(|name| !name.starts_with("path."));
            (
                format!("{ttl_s} s"),
                FieldValue::Level(
                    u8::from(!is_encrypted),
                    if *is_encrypted { "yes" } else { "no" }.into(),
                ),
                Set::of(names, "the path alone"),
                shared.as_deref(),
            )
        }
        // What is not cached is told apart by everything.
        None => (
            "off".to_owned(),
            FieldValue::Level(0, "nothing is cached".into()),
            Set::whole("not cached"),
            None,
        ),
    };
    let is_shared = FieldValue::Level(u8::from(shared.is_some()), shared.unwrap_or("no").into());
    [
        fact(&field::CACHE, FieldValue::Text(ttl.into())),
        fact(&field::CACHE_ENCRYPTION, encrypted),
        fact(&field::CACHE_KEY, FieldValue::AllOf(key)),
        fact(&field::SHARED, is_shared),
    ]
}

fn access<'a>(plan: &'a Plan, row: &RouteRow<'a>) -> [RouteFact<'a>; 3] {
    let fact = |field, value, setting| RouteFact {
        field,
        value,
        setting: Some(setting),
    };
    let checks = Set::of(row.check.and_then(|check| first_name(plan, check)), "none").or_whole();
    let tokens = Set::of(row.scopes.iter().map(|scope| &**scope), "any token").or_whole();
    let needs_key = row.api_key;
    let key = FieldValue::Level(
        u8::from(!needs_key),
        if needs_key { "needed" } else { "none" }.into(),
    );
    [
        fact(&field::AUTH, FieldValue::AnyOf(checks), RouteField::Auth),
        fact(
            &field::SCOPES,
            FieldValue::AnyOf(tokens),
            RouteField::Scopes,
        ),
        fact(&field::KEY, key, RouteField::ApiKey),
    ]
}

/// The name by which earlier renders know a check.
fn first_name<'a>(plan: &'a Plan, check: &'a Check) -> Option<&'a str> {
    match check {
        Check::Nobody => None,
        Check::Iam => Some("iam"),
        Check::Authorizer(name) => {
            let known = plan
                .authorizers
                .iter()
                .find(|authorizer| **authorizer.name == **name);
            let first = known.map_or(&**name, |authorizer| authorizer.name.first());
            // The word for a check that is no entry.
            Some(if first == "iam" {
                "authorizer iam"
            } else {
                first
            })
        }
    }
}

fn checked<'a>(plan: &'a Plan, row: &RouteRow<'a>) -> Vec<RouteFact<'a>> {
    let (
        Some(ChecksPlan {
            parameters: checks_parameters,
            body,
            models,
            is_requested: _,
        }),
        Some(parameters),
    ) = (row.checks, row.parameters)
    else {
        return Vec::new();
    };
    let fact = |field, value, setting| RouteFact {
        field,
        value,
        setting,
    };
    let validation = Some(RouteField::Validation);
    let level = [(*checks_parameters, "parameters"), (*body, "body")];
    let level = level
        .into_iter()
        .filter(|(is_checked, _)| *is_checked)
        .map(|(_, name)| name);
    // Variables of the path are always there.
    let own = parameters.iter().filter_map(|(name, required)| {
        let name = name.strip_prefix("method.request.")?;
        (!name.starts_with("path.")).then_some((name, *required))
    });
    let required = own.filter(|(_, required)| *required && *checks_parameters);
    let required = Set::of(required.map(|(name, _)| name), "none");
    let schemas = models.iter().map(|(media_type, index)| NamedSchema {
        media_type,
        name: &plan.models[*index].name,
        json: &plan.models[*index].schema,
    });
    vec![
        fact(
            &field::VALIDATION,
            FieldValue::AllOf(Set::of(level, "none")),
            validation,
        ),
        fact(&field::REQUIRED, FieldValue::AllOf(required), None),
        fact(
            &field::BODY,
            FieldValue::Schemas(schemas.collect()),
            validation,
        ),
    ]
}
