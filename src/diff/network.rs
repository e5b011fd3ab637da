//! Differences of what lies between gateway and servers.
//! In: the network, the functions that forward. Out: their facts. Pure.

use super::Fact;
use super::part::{StackPart, any_of, joined, optional, text, yes};
use crate::listing::facts::seconds;
use crate::listing::field::{self, FieldValue, Set};
use crate::listing::{value_text, values_text};
use crate::plan::{
    self, AccessLogsPlan, AlbBalancerPlan, AlbListenerPlan, AlbPlan, BalancerPlan,
    ForwarderGroupsPlan, ForwardersPlan, LinkOrigin, LinkPlan, NetworkPlan, NlbPlan, SourcePlan,
    SyncPlan, Values,
};

pub(super) fn parts<'a>(
    network: Option<&'a NetworkPlan>,
    forwarders: Option<&'a ForwardersPlan>,
) -> Vec<StackPart<'a>> {
    let mut parts = Vec::new();
    let mut topology = Vec::new();
    if let Some(NetworkPlan {
        vpc,
        subnets,
        nlb,
        link,
        alb,
        sync,
    }) = network
    {
        let names = [
            nlb.as_ref().map(|_| "NLB"),
            link.as_ref().map(|_| "VPC link to the ALB"),
            alb.as_ref().map(|_| "ALB"),
            sync.as_ref().map(|_| "sync function"),
        ];
        topology.extend(names.into_iter().flatten());
        parts.push(StackPart::new(
            "network",
            vec![
                Fact::new(&field::SETTING, text(value_text(vpc)), "/network/vpc"),
                Fact::new(
                    &field::SETTING,
                    text(values_text(subnets)),
                    "/network/subnets",
                ),
            ],
        ));
        let facts = [
            ("nlb", nlb.as_ref().map(nlb_facts)),
            ("vpc_link", link.as_ref().map(link_facts)),
            ("alb", alb.as_ref().map(alb_facts)),
            ("sync", sync.as_ref().map(sync_facts)),
        ];
        let facts = facts.into_iter();
        parts.extend(facts.filter_map(|(name, facts)| Some(StackPart::new(name, facts?))));
    }
    topology.extend(forwarders.map(|_| "forwarder functions"));
    parts.extend(
        forwarders.map(|forwarders| StackPart::new("forwarder", forwarders_facts(forwarders))),
    );
    parts.push(StackPart::new(
        "way",
        vec![Fact::new(&field::TOPOLOGY, joined(topology), "/topology")],
    ));
    parts
}

/// Sources that security groups admit; the managed group is narrower than any other source.
fn admitted(source: &SourcePlan) -> FieldValue<'static> {
    FieldValue::AnyOf(match source {
        SourcePlan::OwnGroup => Set::of(["the managed group"], "none"),
        SourcePlan::Groups(groups) => any_of(Some(groups), "none"),
        SourcePlan::Cidrs(cidrs) => any_of(Some(cidrs), "none"),
    })
}

/// Whether a balancer cannot be deleted, which a template has as an input that says so.
fn protection(value: &plan::Value) -> FieldValue<'static> {
    yes(!matches!(value, plan::Value::Literal(text) if &**text == "false"))
}

fn groups(groups: Option<&Values>) -> FieldValue<'static> {
    text(groups.map_or_else(|| "managed".to_owned(), values_text))
}

fn logs(logs: Option<&AccessLogsPlan>) -> FieldValue<'static> {
    let named = logs.map(|AccessLogsPlan { bucket, prefix }| {
        format!(
            "{}/{}",
            value_text(bucket),
            prefix.as_deref().unwrap_or_default()
        )
    });
    optional(named.as_deref())
}

fn nlb_facts(nlb: &NlbPlan) -> Vec<Fact<'_>> {
    let NlbPlan {
        balancer,
        link,
        certificate,
        source,
    } = nlb;
    let link = link.as_ref().map(value_text);
    let certificate = certificate.as_ref().map(value_text);
    let mut facts = vec![
        Fact::new(&field::SETTING, optional(link.as_deref()), "/vpc_link"),
        Fact::new(
            &field::CERTIFICATE,
            optional(certificate.as_deref()),
            "/nlb/tls",
        ),
        Fact::new(&field::ADMITTED, admitted(source), "/network"),
    ];
    match balancer {
        BalancerPlan::Made {
            security_groups,
            deletion_protection,
            access_logs,
        } => {
            let protection = protection(deletion_protection);
            facts.extend([
                Fact::new(
                    &field::SECURITY_GROUPS,
                    groups(security_groups.as_ref()),
                    "/nlb/security_groups",
                ),
                Fact::new(&field::SETTING, protection, "/nlb/deletion_protection"),
                Fact::new(&field::LOGS, logs(access_logs.as_ref()), "/nlb/access_logs"),
            ]);
        }
        BalancerPlan::Existing { arn, dns_name: _ } => {
            facts.push(Fact::new(
                &field::SETTING,
                text(value_text(arn)),
                "/nlb/existing",
            ));
        }
    }
    facts
}

fn link_facts(link: &LinkPlan) -> Vec<Fact<'_>> {
    let LinkPlan { origin, source } = link;
    let mut facts = vec![Fact::new(&field::ADMITTED, admitted(source), "/network")];
    match origin {
        LinkOrigin::Made {
            subnets,
            security_groups,
        } => facts.extend([
            Fact::new(
                &field::SETTING,
                text(values_text(subnets)),
                "/vpc_link/subnets",
            ),
            Fact::new(
                &field::SECURITY_GROUPS,
                groups(security_groups.as_ref()),
                "/vpc_link/security_groups",
            ),
        ]),
        LinkOrigin::Existing(id) => {
            facts.push(Fact::new(
                &field::SETTING,
                text(value_text(id)),
                "/vpc_link/existing",
            ));
        }
    }
    facts
}

fn alb_facts(alb: &AlbPlan) -> Vec<Fact<'_>> {
    let AlbPlan {
        balancer,
        listeners,
        hosts,
        clients,
        source,
        emits_rules,
    } = alb;
    let listeners = listeners.iter().map(|listener| {
        let AlbListenerPlan {
            port,
            is_tls,
            certificate,
            existing,
            health_priority: _,
            rules: _,
        } = listener;
        let certificate = certificate
            .as_ref()
            .map(|arn| format!(" {}", value_text(arn)));
        let existing = existing.as_ref().map(|arn| format!(" {}", value_text(arn)));
        let scheme = if *is_tls { "https" } else { "http" };
        format!(
            "{port} {scheme}{}{}",
            certificate.unwrap_or_default(),
            existing.unwrap_or_default()
        )
    });
    let hosts = Set::of(hosts.iter().map(|host| &**host), "any host").or_whole();
    let mut facts = vec![
        Fact::new(&field::SETTING, joined(listeners), "/alb/listeners"),
        Fact::new(&field::HOSTS, FieldValue::AnyOf(hosts), "/alb/hosts"),
        Fact::new(
            &field::CLIENTS,
            FieldValue::AnyOf(any_of(clients.as_ref(), "none")),
            "/alb/clients",
        ),
        Fact::new(&field::ADMITTED, admitted(source), "/network"),
        Fact::new(&field::SETTING, yes(*emits_rules), "/alb/existing/rules"),
    ];
    facts.extend(alb_balancer_facts(balancer));
    facts
}

fn alb_balancer_facts(balancer: &AlbBalancerPlan) -> Vec<Fact<'_>> {
    match balancer {
        AlbBalancerPlan::Made {
            security_groups,
            idle_timeout_s,
            deletion_protection,
            access_logs,
        } => {
            let protection = protection(deletion_protection);
            let idle = text(format!("{idle_timeout_s} s"));
            vec![
                Fact::new(
                    &field::SECURITY_GROUPS,
                    groups(security_groups.as_ref()),
                    "/alb/security_groups",
                ),
                Fact::new(&field::SETTING, idle, "/alb/idle_timeout"),
                Fact::new(&field::SETTING, protection, "/alb/deletion_protection"),
                Fact::new(&field::LOGS, logs(access_logs.as_ref()), "/alb/access_logs"),
            ]
        }
        AlbBalancerPlan::Existing {
            arn,
            dns_name: _,
            security_group,
        } => {
            let group = security_group.as_ref().map(value_text);
            vec![
                Fact::new(&field::SETTING, text(value_text(arn)), "/alb/existing"),
                Fact::new(
                    &field::SECURITY_GROUP,
                    optional(group.as_deref()),
                    "/alb/existing/security_group",
                ),
            ]
        }
    }
}

fn sync_facts(sync: &SyncPlan) -> Vec<Fact<'_>> {
    let SyncPlan {
        interval_minutes,
        missing_before_deregister,
        max_lookups_per_run,
        state,
        runtime,
        alarm_topic,
        reserves_concurrency,
        log_retention_days,
        deregistration_delay_s,
    } = sync;
    let topic = alarm_topic
        .as_ref()
        .map(|topic| format!("alarms {}", value_text(topic)));
    let settings = [
        format!("every {interval_minutes} min"),
        format!("{missing_before_deregister} misses"),
        format!("{max_lookups_per_run} lookups"),
        state.name().to_owned(),
        runtime.to_string(),
        format!("logs {log_retention_days} days"),
        format!("{deregistration_delay_s} s delay"),
        topic.unwrap_or_else(|| "no alarms".to_owned()),
        if *reserves_concurrency {
            "concurrency reserved"
        } else {
            "no concurrency reserved"
        }
        .to_owned(),
    ];
    vec![Fact::new(&field::SETTING, joined(settings), "/sync")]
}

fn forwarders_facts(forwarders: &ForwardersPlan) -> Vec<Fact<'_>> {
    let ForwardersPlan {
        subnets,
        groups,
        memory_mb,
        timeout_ms,
        runtime,
        is_traced,
        log_retention_days,
        keeps_accept_encoding,
    } = forwarders;
    let groups = match groups {
        ForwarderGroupsPlan::Made(_) => "managed".to_owned(),
        ForwarderGroupsPlan::Given(groups) => values_text(groups),
    };
    let settings = [
        format!("subnets {}", values_text(subnets)),
        format!("{memory_mb} MB"),
        seconds(*timeout_ms),
        runtime.to_string(),
        format!("logs {log_retention_days} days"),
        if *is_traced { "traced" } else { "not traced" }.to_owned(),
        if *keeps_accept_encoding {
            "compressed responses"
        } else {
            "plain responses"
        }
        .to_owned(),
    ];
    vec![
        Fact::new(
            &field::SECURITY_GROUPS,
            text(groups),
            "/forwarder/security_groups",
        ),
        Fact::new(&field::SETTING, joined(settings), "/forwarder"),
    ]
}
