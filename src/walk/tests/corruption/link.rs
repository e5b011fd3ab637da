//! Ways in which a link of the second version can be wrong.

use crate::assemble::Assembled;
use crate::aws::{
    ApplicationBalancer, ApplicationBalancerRef, Node, Peer, Source, UriHost, VpcLinkRef, VpcLinkV2,
};
use crate::plan::Plan;
use crate::stack::{File, Label, List, Value};

use super::proxies;

/// The integration that names a load balancer.
fn target(assembled: &mut Assembled) -> Option<&mut ApplicationBalancerRef> {
    proxies(assembled).find_map(|it| it.target.as_mut())
}

fn link(assembled: &mut Assembled) -> Option<&mut VpcLinkV2> {
    let VpcLinkRef::V2(link) = assembled.network.as_ref()?.link.clone()? else {
        return None;
    };
    if let Node::VpcLinkV2(link) = &mut assembled.stack.entries[link.index()].node {
        Some(link)
    } else {
        None
    }
}

fn elsewhere() -> ApplicationBalancerRef {
    ApplicationBalancerRef::Existing {
        arn: Value::literal("elsewhere"),
        dns_name: Value::literal("elsewhere.example"),
    }
}

pub(crate) fn other_target(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    *target(assembled)? = elsewhere();
    Some(())
}

pub(crate) fn target_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).find(|it| it.target.is_some())?.target = None;
    Some(())
}

/// A second balancer that all integrations name.
pub(crate) fn other_balancer_everywhere(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    target(assembled)?;
    let balancer = ApplicationBalancer {
        name: Value::literal("other"),
        name_prefix: Value::literal("other"),
        subnets: List::Of(Vec::new()),
        security_groups: List::Of(Vec::new()),
        idle_timeout_s: 60,
        deletion_protection: Value::literal("true"),
        access_logs: None,
    };
    let other = ApplicationBalancerRef::Made(assembled.stack.add(
        File::Network,
        Label::new("other"),
        balancer,
    ));
    for proxy in proxies(assembled) {
        proxy.target = Some(other.clone());
        proxy.host = UriHost::Application(other.clone());
    }
    Some(())
}

pub(crate) fn other_host(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled)
        .find(|it| matches!(it.host, UriHost::Application(_)))?
        .host = UriHost::Application(elsewhere());
    Some(())
}

/// The host of a balancer that is there, by another name.
pub(crate) fn other_name(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).find_map(|it| match &mut it.host {
        UriHost::Application(ApplicationBalancerRef::Existing { dns_name, .. }) => {
            *dns_name = Value::literal("elsewhere.example");
            Some(())
        }
        UriHost::Application(ApplicationBalancerRef::Made(_))
        | UriHost::Balancer(_)
        | UriHost::Named(_) => None,
    })
}

/// A target beside a link that has its own.
pub(crate) fn target_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    assembled.network.as_ref()?.balancer.as_ref()?;
    proxies(assembled).find(|it| it.target.is_none())?.target = Some(elsewhere());
    Some(())
}

pub(crate) fn other_link(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    target(assembled)?;
    let other = VpcLinkV2 {
        name: Value::literal("other"),
        subnets: List::Of(Vec::new()),
        security_groups: List::Of(Vec::new()),
    };
    let other = assembled
        .stack
        .add(File::Network, Label::new("other"), other);
    proxies(assembled).next()?.link = VpcLinkRef::V2(other);
    Some(())
}

pub(crate) fn other_subnets(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    link(assembled)?.subnets = List::Of(vec![Value::literal("subnet-0c0c0c0c")]);
    Some(())
}

pub(crate) fn other_groups(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    link(assembled)?.security_groups = List::Of(vec![Value::literal("sg-0d2e3f4a")]);
    Some(())
}

/// The link's group is let out to a port that no listener has.
pub(crate) fn other_way_out(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = assembled.network.as_ref()?.link_group.clone()?.id();
    let mut rules = assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::EgressRule(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    });
    let rule = rules.find(|it| it.group.id() == group)?;
    (rule.port, rule.to) = (rule.port + 1, Peer::Anywhere);
    Some(())
}

/// The balancer's group admits another source.
pub(crate) fn not_admitted(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    target(assembled)?;
    let rules = assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::IngressRule(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    });
    let mut rules = rules.filter(|it| &*it.description == "Requests from the VPC link");
    rules.next()?.from = Source::SecurityGroup(Value::literal("sg-0d2e3f4a"));
    Some(())
}
