//! Security groups: each rule is one that was planned, and each that was planned is there.
//!
//! In: `Plan`, the stack. Out: the first difference. Pure.

use super::values::{list_of, value_of};
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
pub(crate) fn admission_holds(plan: &Plan, stack: &Stack) -> Result<(), &'static str> {
    let network = plan.network.as_ref();
    let mut vpcs: Vec<Value> = network
        .iter()
        .map(|network| value_of(&network.vpc))
        .collect();
    let groups = plan.forwarders.as_ref().map(|shared| &shared.groups);
    if let Some(ForwarderGroupsPlan::Made(vpc)) = groups {
        vpcs.push(value_of(vpc));
    }
    if !stack
        .all::<SecurityGroup>()
        .all(|group| vpcs.contains(&group.vpc))
    {
        return Err("a security group is in another VPC");
    }
    let mut rules = network.map_or_else(
        || Ok(PlannedRules::default()),
        |it| of_network(plan, it, stack),
    )?;
    let forwarded = of_forwarders(plan, stack)?;
    rules.egress.extend(forwarded.egress);
    rules.ingress.extend(forwarded.ingress);
    let egress = stack
        .all::<EgressRule>()
        .map(|it| (it.group.id(), it.port, it.to.clone()));
    let ingress = stack
        .all::<IngressRule>()
        .map(|it| (it.group.clone(), it.port, it.from.clone()));
    if are_same(&egress.collect::<Vec<_>>(), &rules.egress)
        && are_same(&ingress.collect::<Vec<_>>(), &rules.ingress)
    {
        Ok(())
    } else {
        Err("a security group admits or lets out other traffic than planned")
    }
}

fn are_same<T: PartialEq>(found: &[T], planned: &[T]) -> bool {
    found.len() == planned.len() && planned.iter().all(|rule| found.contains(rule))
}

/// Returns the group that was created for a node, where none was given.
fn own_group(
    stack: &Stack,
    found: Option<&List>,
    planned: Option<&Values>,
) -> Result<Option<Value>, &'static str> {
    let problem = "a load balancer or VPC link has other security groups";
    match (found.ok_or(problem)?, planned) {
        (found, Some(planned)) if *found == list_of(planned) => Ok(None),
        (List::Of(own), None) => match own.as_slice() {
            [Value::Attribute(id)] => {
                let mut groups = located::<SecurityGroup>(stack);
                let is_group = groups.any(|group| stack.entries[group.index].address == id.of);
                is_group.then(|| Some(own[0].clone())).ok_or(problem)
            }
            _ => Err(problem),
        },
        (List::Of(_) | List::One(_), _) => Err(problem),
    }
}

/// Returns what a backend or listener gets requests from, and the group that was created for what
/// is before it: the network load balancer, or the VPC link.
fn front(
    network: &NetworkPlan,
    stack: &Stack,
) -> Result<(Vec<Source>, Option<Value>), &'static str> {
    let balancer = stack.all::<LoadBalancer>().next();
    let link = stack.all::<VpcLinkV2>().next();
    let (source, group) = match (&network.nlb, &network.link) {
        (Some(nlb), _) => match &nlb.balancer {
            BalancerPlan::Made {
                security_groups, ..
            } => {
                let found = balancer.map(|it| &it.security_groups);
                (
                    &nlb.source,
                    own_group(stack, found, security_groups.as_ref())?,
                )
            }
            BalancerPlan::Existing { .. } => (&nlb.source, None),
        },
        (None, Some(planned)) => match &planned.origin {
            LinkOrigin::Made {
                security_groups, ..
            } => {
                let found = link.map(|it| &it.security_groups);
                (
                    &planned.source,
                    own_group(stack, found, security_groups.as_ref())?,
                )
            }
            LinkOrigin::Existing(_) => (&planned.source, None),
        },
        (None, None) => return Ok((Vec::new(), None)),
    };
    Ok((sources(source, group.as_ref()), group))
}

fn of_network(
    plan: &Plan,
    network: &NetworkPlan,
    stack: &Stack,
) -> Result<PlannedRules, &'static str> {
    let subnets = list_of(&network.subnets);
    let balancer = stack.all::<ApplicationBalancer>().next();
    let mut balancers = stack.all::<LoadBalancer>();
    if balancers.any(|it| it.subnets != subnets) || balancer.is_some_and(|it| it.subnets != subnets)
    {
        return Err("a load balancer is in other subnets");
    }
    let (mut from, front) = front(network, stack)?;
    let mut rules = PlannedRules::default();
    let Some(alb) = &network.alb else {
        rules.add_backends(plan, front.as_ref(), &from);
        return Ok(rules);
    };
    let (own, group) = match &alb.balancer {
        AlbBalancerPlan::Made {
            security_groups, ..
        } => {
            let found = balancer.map(|it| &it.security_groups);
            let own = own_group(stack, found, security_groups.as_ref())?;
            (own.clone(), own)
        }
        AlbBalancerPlan::Existing { security_group, .. } => {
            (None, security_group.as_ref().map(value_of))
        }
    };
    from.extend(clients(alb));
    for listener in &alb.listeners {
        rules.add(front.as_ref(), group.as_ref(), listener.port, &from);
    }
    if alb.emits_rules {
        rules.add_backends(plan, own.as_ref(), &sources(&alb.source, own.as_ref()));
    }
    Ok(rules)
}

fn of_forwarders(plan: &Plan, stack: &Stack) -> Result<PlannedRules, &'static str> {
    let mut rules = PlannedRules::default();
    let Some(shared) = &plan.forwarders else {
        return Ok(rules);
    };
    let mut own = stack.all::<PythonFunction>().filter_map(|function| {
        match &function.network.as_ref()?.security_groups {
            FunctionGroups::Made(group) => Some(group.id()),
            FunctionGroups::Given(_) => None,
        }
    });
    let group = own.next();
    if own.any(|other| Some(other) != group) {
        return Err("functions have different security groups");
    }
    let from = match &shared.groups {
        ForwarderGroupsPlan::Made(_) => sources(&SourcePlan::OwnGroup, group.as_ref()),
        ForwarderGroupsPlan::Given(groups) => sources(&SourcePlan::Groups(groups.clone()), None),
    };
    for forwarder in plan
        .backends
        .iter()
        .filter_map(|backend| backend.forwarder())
    {
        let theirs = forwarder.security_group.as_ref().map(value_of);
        rules.add(group.as_ref(), theirs.as_ref(), forwarder.port, &from);
    }
    Ok(rules)
}

impl PlannedRules {
    /// Adds what a port needs at both of its ends: the group of the sender, and that of the
    /// receiver.
    fn add(&mut self, group: Option<&Value>, theirs: Option<&Value>, port: u16, from: &[Source]) {
        if let Some(group) = group {
            let to = theirs.cloned().map_or(Peer::Anywhere, Peer::SecurityGroup);
            push(&mut self.egress, (group.clone(), port, to));
        }
        for (theirs, from) in theirs
            .iter()
            .flat_map(|theirs| from.iter().map(move |it| (theirs, it)))
        {
            push(&mut self.ingress, ((*theirs).clone(), port, from.clone()));
        }
    }

    fn add_backends(&mut self, plan: &Plan, group: Option<&Value>, from: &[Source]) {
        for backend in plan.balanced() {
            let theirs = backend.security_group.as_ref().map(value_of);
            for port in [Some(backend.port), backend.health_check.port]
                .into_iter()
                .flatten()
            {
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
        Values::List(list) => list.iter().map(|value| one(value_of(value))).collect(),
        Values::One(list) => vec![all(value_of(list))],
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
            vec![Source::SecurityGroup(value_of(client))]
        }
        plan::Value::Literal(_) => vec![Source::Cidr(value_of(client))],
        plan::Value::Input(_) | plan::Value::Expression(_) | plan::Value::Parameter { .. } => {
            among(List::Of(vec![value_of(client)]))
        }
    };
    match &alb.clients {
        None => Vec::new(),
        Some(Values::List(list)) => list.iter().flat_map(one).collect(),
        Some(list @ Values::One(_)) => among(list_of(list)),
    }
}
