//! Differences of the API itself: from where it is reached, its domain, browsers.
//! In: parts of the plan. Out: their facts. Pure.

use std::collections::BTreeSet;

use super::Fact;
use super::part::{any_of, joined, optional, step, text, yes};
use crate::blueprint::EndpointKind;
use crate::listing::field::{self, FieldValue, Set};
use crate::listing::value_text;
use crate::plan::{
    AlarmsPlan, CorsPlan, DomainPlan, EndpointPlan, GatewayResponsePlan, ManagedDomainPlan, Plan,
    PolicyPlan,
};

/// Facts of the API as a whole.
pub(super) fn facts(plan: &Plan) -> Vec<Fact<'_>> {
    let tags = plan.tags.iter();
    let tags = tags.map(|(name, value)| format!("{name}={}", value_text(value)));
    let responses = plan.gateway_responses.iter().map(|response| {
        let GatewayResponsePlan {
            of,
            status: _,
            is_problem,
        } = response;
        format!("{of}{}", if *is_problem { " (RFC 9457)" } else { "" })
    });
    let compression = plan.minimum_compression_size;
    let compression = compression.map(|size| format!("from {size} bytes on"));
    let key_source = if plan.key_from_authorizer {
        "authorizer"
    } else {
        "header"
    };
    let alarms = plan
        .alarms
        .as_ref()
        .map(|AlarmsPlan { topic, latency_ms }| {
            format!("{} above {latency_ms} ms", value_text(topic))
        });
    let name = plan.prefix.with("");
    let name = name.iter().map(value_text).collect::<String>();
    let setting = |value, at| Fact::new(&field::SETTING, value, at);
    let mut facts = vec![
        Fact::new(&field::NAME, text(name), "/name"),
        setting(text(&*plan.title), "/spec"),
        setting(optional(plan.region.as_deref()), "/region"),
        setting(joined(tags), "/tags"),
        setting(joined(&plan.binary_media_types), "/api/binary_media_types"),
        setting(
            optional(compression.as_deref()),
            "/api/minimum_compression_size",
        ),
        setting(joined(responses), "/api/gateway_responses/problem_json"),
        Fact::new(&field::KEY_SOURCE, text(key_source), "/api/api_key_source"),
        setting(optional(alarms.as_deref()), "/alarms"),
        setting(yes(plan.cross_zone), "/nlb/cross_zone"),
    ];
    facts.extend(endpoint_facts(&plan.endpoint));
    facts.extend(domain_facts(plan.domain.as_ref()));
    facts
}

fn endpoint_facts(endpoint: &EndpointPlan) -> Vec<Fact<'_>> {
    let EndpointPlan {
        kind,
        vpc_endpoints,
        policy,
        is_disabled,
    } = endpoint;
    let reach = u8::from(*kind != EndpointKind::Private);
    let through = any_of(vpc_endpoints.as_ref(), "any way").or_whole();
    // Callers have to come from one of the ranges and through one of the endpoints.
    let (ranges, written) = match policy {
        None => (None, None),
        // `through` has the endpoints.
        Some(PolicyPlan::Among {
            vpc_endpoints: _,
            cidrs,
        }) => (cidrs.as_ref(), None),
        Some(PolicyPlan::Written(json)) => (None, Some(json)),
    };
    let written = written.map(|json| {
        let hash = &blake3::hash(json.to_string().as_bytes()).to_hex()[..8];
        format!("the policy {hash}")
    });
    let ranges = any_of(ranges, "everybody").or_whole();
    let written = Set::of(written, "everybody").or_whole();
    let execute_api = step(!is_disabled, ["off", "on"]);
    vec![
        Fact::new(
            &field::ENDPOINT,
            FieldValue::Level(reach, kind.name().into()),
            "/api/endpoint/type",
        ),
        Fact::new(
            &field::VPC_ENDPOINTS,
            FieldValue::AnyOf(through),
            "/api/endpoint/vpc_endpoints",
        ),
        Fact::new(
            &field::POLICY,
            FieldValue::AnyOf(ranges),
            "/api/endpoint/allow_cidrs",
        ),
        Fact::new(&field::POLICY, FieldValue::AnyOf(written), "/api/policy"),
        Fact::new(&field::EXECUTE_API, execute_api, "/api/disable_execute_api"),
    ]
}

fn domain_facts(domain: Option<&DomainPlan>) -> Vec<Fact<'_>> {
    let at = "/api/domain";
    let trust = "/api/domain/mutual_tls";
    let Some(DomainPlan {
        name,
        base_path,
        managed,
    }) = domain
    else {
        let whole = Set::whole("nobody is asked for one");
        return vec![
            Fact::new(&field::DOMAIN, optional(None), at),
            Fact::new(&field::MUTUAL_TLS, FieldValue::AnyOf(whole), trust),
        ];
    };
    let name = format!("{}/{base_path}", value_text(name));
    let mut facts = vec![Fact::new(&field::DOMAIN, text(name), at)];
    let trusted = managed
        .as_ref()
        .and_then(|managed| managed.truststore.as_ref());
    let trusted = trusted.map(|(object, version)| {
        let version = version
            .as_ref()
            .map(|version| format!(" {}", value_text(version)));
        format!("{}{}", value_text(object), version.unwrap_or_default())
    });
    let trusted = Set::of(trusted, "nobody is asked for one").or_whole();
    facts.push(Fact::new(
        &field::MUTUAL_TLS,
        FieldValue::AnyOf(trusted),
        trust,
    ));
    if let Some(ManagedDomainPlan {
        // The endpoint's type, which is a row.
        is_edge: _,
        certificate,
        zone,
        security_policy,
        truststore: _,
    }) = managed
    {
        let version = u8::from(&**security_policy == "TLS_1_0");
        let version = FieldValue::Level(version, (&**security_policy).into());
        let zone = zone.as_ref().map(value_text);
        facts.extend([
            Fact::new(
                &field::CERTIFICATE,
                text(value_text(certificate)),
                "/api/domain/certificate",
            ),
            Fact::new(&field::TLS, version, "/api/domain/security_policy"),
            Fact::new(
                &field::SETTING,
                optional(zone.as_deref()),
                "/api/domain/zone",
            ),
        ]);
    }
    facts
}

pub(super) fn cors_facts(cors: Option<&CorsPlan>) -> Vec<Fact<'_>> {
    let (origins, credentials, age, headers) = match cors {
        Some(CorsPlan {
            origins,
            has_credentials,
            max_age_s,
            preflights,
        }) => {
            let mut set = Set::of(origins.iter().map(|origin| &**origin), "none");
            set.whole = origins.iter().any(|origin| &**origin == "*").then_some("*");
            let age = max_age_s.map(|age| format!("{age} s"));
            let headers = preflights.iter().flat_map(|preflight| &preflight.headers);
            (set, *has_credentials, age, headers.collect::<BTreeSet<_>>())
        }
        None => (Set::of::<&str>([], "none"), false, None, BTreeSet::new()),
    };
    let sends = step(credentials, ["not sent", "sent"]);
    vec![
        Fact::new(
            &field::ORIGINS,
            FieldValue::AnyOf(origins),
            "/api/cors/origins",
        ),
        Fact::new(&field::CREDENTIALS, sends, "/api/cors/credentials"),
        Fact::new(
            &field::MAX_AGE,
            optional(age.as_deref()),
            "/api/cors/max_age",
        ),
        Fact::new(
            &field::BROWSER_HEADERS,
            joined(headers),
            "/api/cors/headers",
        ),
    ]
}
