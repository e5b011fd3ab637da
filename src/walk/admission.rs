//! Security groups: each rule is one that was planned, and each that was planned is there.
//!
//! In: `Plan`, the stack. Out: the first difference. Pure.

use super::values::{InStack, ensure, is_same};
use crate::aws::{
    ApplicationBalancer, EgressRule, FunctionGroups, IngressRule, LoadBalancer, Peer,
    PythonFunction, SecurityGroup, Source, Stack, VpcLinkV2,
};
use crate::follow::located;
use crate::plan::{
    self, AlbBalancerPlan, AlbPlan, BalancerPlan, ForwarderGroupsPlan, LinkOrigin, NetworkPlan,
    Plan, SourcePlan, Values,
};
use crate::stack::{List, Value};

/// A rule: its group, its port and the other end.
type GroupRule<E> = (Value, u16, E);

/// The rules that were planned, each once.
#[derive(Default)]
struct PlannedRules {
    egress: Vec<GroupRule<Peer>>,
    ingress: Vec<GroupRule<Source>>,
}

/// Compares all groups and their rules.
pub(crate) fn admission_holds(plan: &Plan, stack: &Stack) -> Result<(), String> {
    let network = plan.network.as_ref();
    let mut vpcs: Vec<&plan::Value> = network.iter().map(|network| &network.vpc).collect();
    let groups = plan.forwarders.as_ref().map(|shared| &shared.groups);
    if let Some(ForwarderGroupsPlan::Made(vpc)) = groups {
        vpcs.push(vpc);
    }
    let is_in_vpc = |group: &SecurityGroup| vpcs.iter().any(|vpc| is_same(&group.vpc, vpc));
    let is_same_vpc = stack.all().all(is_in_vpc);
    ensure(is_same_vpc, "a security group is in another VPC")?;
    let mut planned = PlannedRules::default();
    if let Some(network) = network {
        planned.add_network(plan, network, stack)?;
    }
    planned.add_forwarders(plan, stack)?;
    let egress = stack.all::<EgressRule>();
    let egress = egress.map(|rule| (rule.group.id(), rule.port, rule.to.clone()));
    let ingress = stack.all::<IngressRule>();
    let ingress = ingress.map(|rule| (rule.group.clone(), rule.port, rule.from.clone()));
    ensure(
        are_same(&egress.collect::<Vec<_>>(), &planned.egress)
            && are_same(&ingress.collect::<Vec<_>>(), &planned.ingress),
        "a security group admits or lets out other traffic than planned",
    )
}

fn are_same<T: PartialEq>(found: &[T], planned: &[T]) -> bool {
    found.len() == planned.len() && planned.iter().all(|rule| found.contains(rule))
}

/// Returns the group that was created for a node, where none was given.
fn own_group(
    stack: &Stack,
    found: Option<&List>,
    planned: Option<&Values>,
) -> Result<Option<Value>, String> {
    let problem = "a load balancer or VPC link has other security groups";
    let found = found.ok_or(problem)?;
    if let Some(planned) = planned {
        return ensure(is_same(found, planned), problem).map(|()| None);
    }
    let own = match found {
        List::Of(groups) => groups.first().filter(|_| groups.len() == 1),
        List::One(_) => None,
    };
    let mut groups = located::<SecurityGroup>(stack);
    let is_group = |group: &Value| {
        matches!(group, Value::Attribute(id)
            if groups.any(|group| stack.entries[group.index].address == id.of))
    };
    let own = own.cloned().filter(is_group).ok_or(problem)?;
    Ok(Some(own))
}

/// Returns what a backend or listener gets requests from, and the group that was created for the
/// entry point: the network load balancer, or the VPC link.
fn entry_point(
    network: &NetworkPlan,
    stack: &Stack,
) -> Result<(Vec<Source>, Option<Value>), String> {
    let balancer = stack.all::<LoadBalancer>().next();
    let link = stack.all::<VpcLinkV2>().next();
    let (source, found, planned) = match (&network.nlb, &network.link) {
        (Some(nlb), _) => {
            let planned = match &nlb.balancer {
                BalancerPlan::Made {
                    security_groups, ..
                } => Some(security_groups),
                BalancerPlan::Existing { .. } => None,
            };
            let found = balancer.map(|balancer| &balancer.security_groups);
            (&nlb.source, found, planned)
        }
        (None, Some(planned)) => {
            let found = link.map(|link| &link.security_groups);
            let groups = match &planned.origin {
                LinkOrigin::Made {
                    security_groups, ..
                } => Some(security_groups),
                LinkOrigin::Existing(_) => None,
            };
            (&planned.source, found, groups)
        }
        (None, None) => return Ok((Vec::new(), None)),
    };
    let group = planned.map(|planned| own_group(stack, found, planned.as_ref()));
    let group = group.transpose()?.flatten();
    Ok((sources(source, group.as_ref()), group))
}

impl PlannedRules {
    fn add_network(
        &mut self,
        plan: &Plan,
        network: &NetworkPlan,
        stack: &Stack,
    ) -> Result<(), String> {
        let balancer = stack.all::<ApplicationBalancer>().next();
        let subnets = stack
            .all::<LoadBalancer>()
            .map(|balancer| &balancer.subnets);
        let mut subnets = subnets.chain(balancer.map(|balancer| &balancer.subnets));
        let is_there = subnets.all(|subnets| is_same(subnets, &network.subnets));
        ensure(is_there, "a load balancer is in other subnets")?;
        let (mut from, entry_group) = entry_point(network, stack)?;
        let Some(alb) = &network.alb else {
            self.add_backends(plan, entry_group.as_ref(), &from);
            return Ok(());
        };
        let (own, group) = match &alb.balancer {
            AlbBalancerPlan::Made {
                security_groups, ..
            } => {
                let found = balancer.map(|balancer| &balancer.security_groups);
                let own = own_group(stack, found, security_groups.as_ref())?;
                (own.clone(), own)
            }
            AlbBalancerPlan::Existing { security_group, .. } => (None, security_group.in_stack()),
        };
        from.extend(clients(alb));
        for listener in &alb.listeners {
            self.add(entry_group.as_ref(), group.as_ref(), listener.port, &from);
        }
        if alb.emits_rules {
            self.add_backends(plan, own.as_ref(), &sources(&alb.source, own.as_ref()));
        }
        Ok(())
    }

    fn add_forwarders(&mut self, plan: &Plan, stack: &Stack) -> Result<(), String> {
        let Some(shared) = &plan.forwarders else {
            return Ok(());
        };
        let mut own = stack.all::<PythonFunction>().filter_map(|function| {
            match &function.network.as_ref()?.security_groups {
                FunctionGroups::Made(group) => Some(group.id()),
                FunctionGroups::Given(_) => None,
            }
        });
        let group = own.next();
        let is_shared = own.all(|other| Some(other) == group);
        ensure(is_shared, "functions have different security groups")?;
        let from = match &shared.groups {
            ForwarderGroupsPlan::Made(_) => sources(&SourcePlan::OwnGroup, group.as_ref()),
            ForwarderGroupsPlan::Given(groups) => {
                sources(&SourcePlan::Groups(groups.clone()), None)
            }
        };
        for forwarder in plan.backends.iter().filter_map(|to| to.forwarder()) {
            let theirs = forwarder.security_group.in_stack();
            self.add(group.as_ref(), theirs.as_ref(), forwarder.port, &from);
        }
        Ok(())
    }

    /// Adds what a port needs at both of its ends: the group of the sender, and that of the
    /// receiver.
    fn add(&mut self, group: Option<&Value>, theirs: Option<&Value>, port: u16, from: &[Source]) {
        if let Some(group) = group {
            let to = theirs.cloned().map_or(Peer::Anywhere, Peer::SecurityGroup);
            push(&mut self.egress, (group.clone(), port, to));
        }
        if let Some(theirs) = theirs {
            for from in from {
                push(&mut self.ingress, (theirs.clone(), port, from.clone()));
            }
        }
    }

    fn add_backends(&mut self, plan: &Plan, group: Option<&Value>, from: &[Source]) {
        for backend in plan.balanced() {
            let theirs = backend.security_group.in_stack();
            self.add(group, theirs.as_ref(), backend.port, from);
            if let Some(port) = backend.health_check.port {
                self.add(group, theirs.as_ref(), port, from);
            }
        }
    }
}

fn push<T: PartialEq>(rules: &mut Vec<T>, rule: T) {
    if !rules.contains(&rule) {
        rules.push(rule);
    }
}

fn sources(source: &SourcePlan, own: Option<&Value>) -> Vec<Source> {
    let each = |values: &Values, one: fn(Value) -> Source, all: fn(Value) -> Source| match values {
        Values::List(list) => list.iter().map(|value| one(value.in_stack())).collect(),
        Values::One(list) => vec![all(list.in_stack())],
    };
    match source {
        SourcePlan::OwnGroup => own
            .cloned()
            .map(Source::SecurityGroup)
            .into_iter()
            .collect(),
        SourcePlan::Groups(groups) => {
            each(groups, Source::SecurityGroup, Source::EachSecurityGroup)
        }
        SourcePlan::Cidrs(ranges) => each(ranges, Source::Cidr, Source::EachCidr),
    }
}

/// Private callers: groups, ranges, or values of which nobody knows yet what they are.
fn clients(alb: &AlbPlan) -> Vec<Source> {
    let among = |list: List| vec![Source::GroupsAmong(list.clone()), Source::RangesAmong(list)];
    let one = |client: &plan::Value| match client {
        plan::Value::Literal(text) if text.starts_with("sg-") => {
            vec![Source::SecurityGroup(client.in_stack())]
        }
        plan::Value::Literal(_) => vec![Source::Cidr(client.in_stack())],
        plan::Value::Input(_) | plan::Value::Expression(_) | plan::Value::Parameter { .. } => {
            among(List::Of(vec![client.in_stack()]))
        }
    };
    match &alb.clients {
        None => Vec::new(),
        Some(Values::List(list)) => list.iter().flat_map(one).collect(),
        Some(list @ Values::One(_)) => among(list.in_stack()),
    }
}
