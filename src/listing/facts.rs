//! Facts about a route: the value of each of its fields.
//! In: an operation of a plan. Out: `RouteFact`s, which `diff` compares and the memory keeps. Pure.
//! The operation is taken apart by name, so that a new field has to be given a row of `FIELDS`, or
//! a reason why it needs none.

use std::collections::{BTreeMap, BTreeSet};

use super::field::{self, FieldValue, NamedSchema, PlanField, Set};
use crate::memory::FactMap;
use crate::plan::{
    AuthPlan, CachePlan, Check, ChecksPlan, IntegrationPlan, OperationPlan, Plan, RouteField,
    ThrottlePlan, names, text_of,
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
        for fact in loosenable(plan, operation) {
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
    operation: &'a OperationPlan,
) -> impl Iterator<Item = RouteFact<'a>> {
    let encryption = RouteFact {
        field: &field::ENCRYPTION,
        value: encryption(plan, operation.backend),
        setting: Some(RouteField::Backend),
    };
    let key = cached(operation.cache.as_ref()).into_iter();
    let key = key.filter(|fact| fact.field == &field::CACHE_KEY);
    access(plan, &operation.auth)
        .into_iter()
        .chain([encryption])
        .chain(key)
}

/// All facts of a route, in one order.
pub(crate) fn facts<'a>(plan: &'a Plan, operation: &'a OperationPlan) -> Vec<RouteFact<'a>> {
    let OperationPlan {
        // They make the route what it is.
        description: _,
        method: _,
        path: _,
        place: _,
        gateway_path: _,
        requested_path: _,
        exposure,
        backend,
        timeout_ms,
        throttle,
        cache,
        private_path,
        backend_path,
        has_trailing_slash,
        request_parameters,
        checks,
        // What the description says and the gateway does not do.
        coverage: _,
        declared: _,
        auth,
        // A part of CORS.
        browser_headers: _,
        sources: _,
    } = operation;
    let is_public = operation.is_public();
    let fact = |field, value, setting| RouteFact {
        field,
        value,
        setting,
    };
    let slash = if *has_trailing_slash { "/" } else { "" };
    let exposed = FieldValue::Level(u8::from(is_public), exposure.name().into());
    let private = private_path.as_deref().filter(|_| !is_public);
    let behind = is_public.then(|| shape(&(text_of(backend_path) + slash)));
    let milliseconds = Some([f64::from(*timeout_ms), 0.0]);
    let timeout = FieldValue::Amounts(milliseconds, seconds(*timeout_ms).into());
    let of_backend = Some(RouteField::Backend);
    let path = |text: Option<String>| FieldValue::Text(text.unwrap_or_default().into());
    let throttle = throttled(*throttle);
    let mut facts = vec![
        fact(&field::EXPOSURE, exposed, Some(RouteField::Exposure)),
        fact(&field::BACKEND, backend_of(plan, *backend), of_backend),
        fact(&field::ENCRYPTION, encryption(plan, *backend), of_backend),
        fact(&field::PRIVATE_PATH, path(private.map(shape)), None),
        fact(&field::BACKEND_PATH, path(behind), None),
        fact(&field::TIMEOUT, timeout, Some(RouteField::Timeout)),
        fact(&field::THROTTLE, throttle, Some(RouteField::Throttle)),
    ];
    facts.extend(cached(cache.as_ref()));
    facts.extend(access(plan, auth));
    facts.extend(checked(plan, checks, request_parameters));
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

fn backend_of(plan: &Plan, backend: Option<usize>) -> FieldValue<'_> {
    match backend {
        Some(index) => {
            let name = &plan.backends[index].name;
            FieldValue::Named {
                key: name.first(),
                text: name,
            }
        }
        None => FieldValue::Named {
            key: "",
            text: "the gateway itself",
        },
    }
}

/// Encryption on the way to a backend.
fn encryption(plan: &Plan, backend: Option<usize>) -> FieldValue<'_> {
    let integration = backend.map(|index| &plan.backends[index].integration);
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

pub(crate) fn throttled(throttle: Option<ThrottlePlan>) -> FieldValue<'static> {
    let amounts = throttle.map(|ThrottlePlan { rate, burst }| [rate, burst as f64]);
    let text = throttle.map(|throttle| super::ThrottleColumn::of(throttle).cell());
    FieldValue::Amounts(
        amounts,
        text.unwrap_or_else(|| "unlimited".to_owned()).into(),
    )
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

fn access<'a>(plan: &'a Plan, auth: &'a AuthPlan) -> [RouteFact<'a>; 3] {
    let AuthPlan {
        check,
        scopes,
        api_key,
        // The way from the description to the check.
        entries: _,
        differs: _,
    } = auth;
    let fact = |field, value, setting| RouteFact {
        field,
        value,
        setting: Some(setting),
    };
    let checks = Set::of(first_name(plan, check), "none").or_whole();
    let tokens = Set::of(scopes.iter().map(|scope| &**scope), "any token").or_whole();
    let needs_key = *api_key;
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

fn checked<'a>(
    plan: &'a Plan,
    checks: &'a ChecksPlan,
    parameters: &'a BTreeMap<String, bool>,
) -> [RouteFact<'a>; 3] {
    let ChecksPlan {
        parameters: checks_parameters,
        body,
        models,
        is_requested: _,
    } = checks;
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
    [
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
