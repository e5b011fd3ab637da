//! Differences of backends.
//! In: a backend. Out: its facts. Pure.

use super::Fact;
use super::part::{StackPart, entry, joined, optional, text};
use crate::listing::field::{self, FieldValue, Set};
use crate::listing::{function_text, value_text, values_text};
use crate::plan::{
    BackendPlan, BalancedPlan, ForwarderPlan, HeaderPlan, HeaderSourcePlan, HealthCheckPlan,
    IntegrationPlan, InternetPlan, TargetProtocol, TargetsPlan,
};

pub(super) fn part(backend: &BackendPlan) -> StackPart<'_> {
    let BackendPlan {
        name,
        integration,
        // A part of the paths that servers get.
        path_prefix: _,
        headers,
    } = backend;
    let names = headers.iter().map(|header| &*header.name);
    let names = FieldValue::AllOf(Set::of(names, "none"));
    let headers = headers.iter().map(|HeaderPlan { name, source }| {
        let value = match source {
            HeaderSourcePlan::Static(value) => value_text(value),
            HeaderSourcePlan::Mapping(text) => text.to_string(),
        };
        format!("{name}: {value}")
    });
    let mut facts = vec![
        Fact::new(&field::HEADERS, joined(headers), "/headers"),
        Fact::new(&field::HEADER_NAMES, names, "/headers"),
    ];
    match integration {
        IntegrationPlan::Balanced(balanced) => facts.extend(balanced_facts(balanced)),
        IntegrationPlan::Forwarder(forwarder) => facts.extend(forwarder_facts(forwarder)),
        // Encryption is a row of each route.
        IntegrationPlan::Internet(InternetPlan {
            url,
            skips_verification: _,
        }) => {
            facts.push(servers(value_text(url)));
        }
        IntegrationPlan::Function(called) => facts.push(servers(function_text(called))),
    }
    entry("backend", "backends", name, facts)
}

fn servers(of: String) -> Fact<'static> {
    Fact::new(&field::SERVERS, text(of), "/targets")
}

fn balanced_facts(balanced: &BalancedPlan) -> [Fact<'_>; 7] {
    let BalancedPlan {
        name: _,
        port,
        listener_port,
        is_tls: _,
        protocol,
        host,
        skips_verification: _,
        targets,
        health_check,
        deregistration_delay_s,
        security_group,
    } = balanced;
    let (is_plain, protocol) = match protocol {
        TargetProtocol::Tcp => (true, "TCP"),
        TargetProtocol::Tls => (false, "TLS"),
        TargetProtocol::Http => (true, "HTTP"),
        TargetProtocol::Https => (false, "HTTPS"),
    };
    let host = host.as_ref().map(value_text);
    let behind = if listener_port == port {
        String::new()
    } else {
        format!(" behind {listener_port}")
    };
    let port = format!("{port}{behind}");
    let delay = format!("{deregistration_delay_s} s");
    let group = security_group.as_ref().map(value_text);
    [
        servers(targets_text(targets)),
        Fact::new(&field::PORT, text(port), "/port"),
        Fact::new(
            &field::PROTOCOL,
            FieldValue::Level(u8::from(is_plain), protocol.into()),
            "/protocol",
        ),
        Fact::new(&field::HOST, optional(host.as_deref()), "/host"),
        Fact::new(
            &field::HEALTH_CHECK,
            text(health(health_check)),
            "/health_check",
        ),
        Fact::new(&field::SETTING, text(delay), "/deregistration_delay"),
        Fact::new(
            &field::SECURITY_GROUP,
            optional(group.as_deref()),
            "/security_group",
        ),
    ]
}

fn health(check: &HealthCheckPlan) -> String {
    let HealthCheckPlan {
        protocol,
        path,
        matcher,
        port,
        interval_s,
        timeout_s,
        healthy,
        unhealthy,
    } = check;
    let port = port.map_or_else(String::new, |port| format!(" port {port}"));
    format!(
        "{}{port} {path} {matcher} every {interval_s} s, {timeout_s} s, {healthy} well, {unhealthy} ill",
        protocol.name()
    )
}

fn targets_text(targets: &TargetsPlan) -> String {
    match targets {
        TargetsPlan::Instances(ids) => format!("instances {}", values_text(ids)),
        TargetsPlan::AutoscalingGroups(groups) => {
            format!(
                "autoscaling groups {}",
                groups.as_ref().map(values_text).unwrap_or_default()
            )
        }
        TargetsPlan::Ips {
            addresses,
            outside_vpc,
        } => {
            let outside = if *outside_vpc { " outside the VPC" } else { "" };
            format!("addresses {}{outside}", values_text(addresses))
        }
        TargetsPlan::Ecs {
            by_address,
            is_blue_green,
            serves,
        } => {
            let serves = serves
                .as_ref()
                .map(|group| format!(", {} serves", value_text(group)));
            format!(
                "ECS by {}{}{}",
                if *by_address { "address" } else { "instance" },
                if *is_blue_green { ", blue-green" } else { "" },
                serves.unwrap_or_default()
            )
        }
        TargetsPlan::Existing(arn) => format!("target group {}", value_text(arn)),
    }
}

fn forwarder_facts(forwarder: &ForwarderPlan) -> [Fact<'_>; 2] {
    let ForwarderPlan {
        hosts,
        port,
        is_tls: _,
        host,
        skips_verification: _,
        security_group,
        // Rows of routes.
        paths: _,
        timeouts: _,
    } = forwarder;
    let host = host
        .as_ref()
        .map(|host| format!(" as {}", value_text(host)));
    let called = format!("{}:{port}{}", values_text(hosts), host.unwrap_or_default());
    let group = security_group.as_ref().map(value_text);
    [
        servers(called),
        Fact::new(
            &field::SECURITY_GROUP,
            optional(group.as_deref()),
            "/security_group",
        ),
    ]
}
