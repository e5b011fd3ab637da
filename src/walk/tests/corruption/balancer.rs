//! Ways in which balancers, their listeners and their target groups can be wrong.

use std::sync::Arc;

use crate::assemble::{Assembled, BackendNodes};
use crate::aws::{
    BalancerRef, ExistingBalancer, GroupProtocol, Listener, LoadBalancer, Members, Node,
    TargetGroup, TargetGroupRef, TargetType, Targets, UriHost, VpcLink, VpcLinkRef,
};
use crate::plan::Plan;
use crate::stack::{File, Label, List, Value};

use super::{groups, listeners, proxies};

/// A second balancer with a listener like the first one's.
fn second_balancer(assembled: &mut Assembled) -> Option<BalancerRef> {
    let other = match assembled.network.as_ref()?.balancer.as_ref()? {
        BalancerRef::Existing(balancer) => {
            let other = ExistingBalancer {
                arn: Value::literal("other"),
                dns_name: balancer.dns_name.clone(),
            };
            return Some(BalancerRef::Existing(Arc::new(other)));
        }
        BalancerRef::Made(_) => LoadBalancer {
            name: Value::literal("other"),
            name_prefix: Value::literal("other"),
            subnets: List::Of(Vec::new()),
            security_groups: List::Of(Vec::new()),
            cross_zone: true,
            deletion_protection: Value::literal("true"),
            access_logs: None,
        },
    };
    Some(BalancerRef::Made(assembled.stack.add(
        File::Network,
        Label::new("other"),
        other,
    )))
}

fn first_link(assembled: &mut Assembled) -> Option<&mut VpcLink> {
    let VpcLinkRef::Made(link) = assembled.network.as_ref()?.link.as_ref()? else {
        return None;
    };
    let Node::VpcLink(link) = &mut assembled.stack.entries[link.index()].node else {
        return None;
    };
    Some(link)
}

pub(crate) fn other_balancer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let other = second_balancer(assembled)?;
    first_link(assembled)?.balancer = other;
    Some(())
}

pub(crate) fn other_balancer_everywhere(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    other_balancer(plan, assembled)?;
    let other = first_link(assembled)?.balancer.clone();
    for listener in listeners(assembled) {
        listener.balancer = other.clone();
    }
    for proxy in proxies(assembled).filter(|it| matches!(it.host, UriHost::Balancer(_))) {
        proxy.host = UriHost::Balancer(other.clone());
    }
    Some(())
}

pub(crate) fn other_link(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).next()?.link = VpcLinkRef::Existing(Value::literal("other"));
    Some(())
}

pub(crate) fn own_link_in_place_of_the_existing(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let VpcLinkRef::Existing(_) = assembled.network.as_ref()?.link.as_ref()? else {
        return None;
    };
    let balancer = assembled.network.as_ref()?.balancer.clone()?;
    let own = assembled.stack.add(
        File::Network,
        Label::new("own"),
        VpcLink {
            name: Value::literal("own"),
            balancer,
        },
    );
    proxies(assembled).next()?.link = VpcLinkRef::Made(own);
    Some(())
}

pub(crate) fn listener_on_another_balancer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let other = second_balancer(assembled)?;
    listeners(assembled).next()?.balancer = other;
    Some(())
}

pub(crate) fn other_name_of_the_balancer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).find_map(|it| match &mut it.host {
        UriHost::Balancer(BalancerRef::Existing(balancer)) => {
            let other = ExistingBalancer {
                arn: balancer.arn.clone(),
                dns_name: Value::literal("elsewhere.example"),
            };
            *balancer = Arc::new(other);
            Some(())
        }
        UriHost::Balancer(BalancerRef::Made(_)) | UriHost::Application(_) | UriHost::Named(_) => {
            None
        }
    })
}

pub(crate) fn other_existing_group(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let is_it = |it: &&mut Listener| matches!(it.forward_to, TargetGroupRef::Existing(_));
    listeners(assembled).find(is_it)?.forward_to =
        TargetGroupRef::Existing(Value::literal("other"));
    Some(())
}

pub(crate) fn existing_group_in_place_of_the_own(
    _: &Plan,
    assembled: &mut Assembled,
) -> Option<()> {
    let is_it = |it: &&mut Listener| matches!(it.forward_to, TargetGroupRef::Made(_));
    listeners(assembled).find(is_it)?.forward_to =
        TargetGroupRef::Existing(Value::literal("other"));
    Some(())
}

pub(crate) fn certificate_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    listeners(assembled)
        .find(|it| it.certificate.is_some())?
        .certificate = None;
    Some(())
}

pub(crate) fn other_certificate(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    listeners(assembled).next()?.certificate = Some(Value::literal("other"));
    Some(())
}

pub(crate) fn encrypted_otherwise(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = groups(assembled).next()?;
    group.protocol = if group.protocol == GroupProtocol::Tls {
        GroupProtocol::Tcp
    } else {
        GroupProtocol::Tls
    };
    Some(())
}

pub(crate) fn switched_listener(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let listener = listeners(assembled).next()?;
    listener.is_switched = !listener.is_switched;
    Some(())
}

/// The green group, which is right after the blue one.
fn green(assembled: &mut Assembled) -> Option<&mut TargetGroup> {
    let index = assembled
        .backends
        .iter()
        .find_map(|it| it.green.as_ref())?
        .index();
    if let Node::TargetGroup(group) = &mut assembled.stack.entries[index].node {
        Some(group)
    } else {
        None
    }
}

pub(crate) fn green_on_another_port(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    green(assembled)?.port += 1;
    Some(())
}

pub(crate) fn green_of_another_kind(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = green(assembled)?;
    group.target_type = if group.target_type == TargetType::Ip {
        TargetType::Instance
    } else {
        TargetType::Ip
    };
    Some(())
}

pub(crate) fn green_renamed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let index = assembled
        .backends
        .iter()
        .find_map(|it| it.green.as_ref())?
        .index();
    let entry = &mut assembled.stack.entries[index];
    entry.address = entry.address.relabelled(Label::new("other"));
    Some(())
}

pub(crate) fn outside_forgotten(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    groups(assembled).find_map(|it| match &mut it.targets {
        Targets::Registered { outside_vpc, .. } => {
            *outside_vpc = !*outside_vpc;
            Some(())
        }
        Targets::Scaled(_) | Targets::Balancer { .. } | Targets::Kept { .. } | Targets::None => {
            None
        }
    })
}

pub(crate) fn scaled_forgotten(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    groups(assembled)
        .find(|it| matches!(it.targets, Targets::Scaled(_)))?
        .targets = Targets::None;
    Some(())
}

pub(crate) fn doubled_listener(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    let added = twin_of_first_listener(plan, assembled)?;
    assembled.backends.push(added);
    Some(())
}

pub(crate) fn doubled_listener_in_silence(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    twin_of_first_listener(plan, assembled).map(drop)
}

pub(crate) fn twin_of_first_listener(_: &Plan, assembled: &mut Assembled) -> Option<BackendNodes> {
    let target_group = assembled.backends.last()?.target_group.clone();
    let first = listeners(assembled).next()?;
    let twin = Listener {
        balancer: first.balancer.clone(),
        port: first.port,
        certificate: None,
        forward_to: target_group.clone(),
        attachments: Vec::new(),
        is_switched: false,
        start: None,
    };
    let listener = assembled.stack.add(File::Network, Label::new("twin"), twin);
    Some(BackendNodes {
        listener: Some(listener),
        target_group,
        green: None,
        rules: Vec::new(),
    })
}

pub(crate) fn other_target_type(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = groups(assembled).next()?;
    group.target_type = if group.target_type == TargetType::Ip {
        TargetType::Instance
    } else {
        TargetType::Ip
    };
    Some(())
}

pub(crate) fn other_targets(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = groups(assembled).find(|it| {
        !matches!(
            it.targets,
            Targets::None | Targets::Balancer { .. } | Targets::Kept { .. }
        )
    })?;
    match &mut group.targets {
        Targets::Registered {
            members: Members::Listed(list),
            ..
        }
        | Targets::Scaled(Members::Listed(list)) => {
            list.first_mut()?.1 = Value::Literal(Arc::from("i-0123456789abcdef0"));
        }
        Targets::Registered {
            members: Members::Each(list),
            ..
        }
        | Targets::Scaled(Members::Each(list)) => {
            *list = Value::Input(Arc::from("others"));
        }
        Targets::Balancer { .. } | Targets::Kept { .. } | Targets::None => return None,
    }
    Some(())
}
