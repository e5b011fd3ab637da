//! The load balancers: each listener, rule and target group is one that was planned, and private
//! callers reach what is internal and nothing that is hidden.
//!
//! In: `Plan`, the stack. Out: the first difference. Pure.
//! Source: docs/aws-rules.md#l11: the lowest priority first.

use std::collections::{BTreeMap, BTreeSet};

use super::Walker;
use super::planned::{from_balancer, from_entry_point, is_blue_green, listener_of, to_listener};
use super::sample::{filled, method_of, private_path, sample, shape};
use super::values::{ensure, is_same};
use crate::aws::{
    ApplicationBalancer, FixedResponse, HttpListener, HttpListenerRef, ListenerRule, LoadBalancer,
    RuleAction,
};
use crate::blueprint::Exposure;
use crate::follow::{PathStart, RuleIndex, RuleRequest, Step, Steps, forwarded_to, node};
use crate::openapi::HttpMethod;
use crate::plan::{
    AlbListenerPlan, AlbPlan, BackendPlan, BalancedPlan, Destination, HEALTH_PATH,
    ListenerRulePlan, NetworkPlan, OperationPlan, Plan, TargetsPlan,
};

/// The plan of a listener of the application load balancer.
pub(crate) struct ListenerRoutes<'a> {
    planned: &'a AlbListenerPlan,
    /// Methods of the rules that refuse a pattern, each rule's own; none names every method.
    refusals: BTreeMap<&'a str, Vec<&'a [HttpMethod]>>,
    /// Methods and shapes of paths that are served here.
    served: BTreeSet<(HttpMethod, String)>,
}

impl<'a> ListenerRoutes<'a> {
    /// The routes of each listener.
    pub(crate) fn all(plan: &'a Plan) -> Vec<Self> {
        let listeners = plan.alb().into_iter().flat_map(|alb| &alb.listeners);
        listeners.map(|listener| Self::of(plan, listener)).collect()
    }

    fn of(plan: &'a Plan, planned: &'a AlbListenerPlan) -> Self {
        let mut refusals: BTreeMap<&str, Vec<&[HttpMethod]>> = BTreeMap::new();
        let rules = planned.rules.iter();
        for rule in rules.filter(|rule| rule.to == Destination::Nothing) {
            for pattern in &*rule.patterns {
                refusals.entry(pattern).or_default().push(&rule.methods);
            }
        }
        let served = plan.operations.iter().filter_map(|operation| {
            let backend = &plan.backends[operation.backend?];
            let is_here = backend.balanced()?.listener_port == planned.port;
            (is_here && operation.exposure != Exposure::Hidden)
                .then(|| (operation.method, shape(&private_path(operation, backend))))
        });
        Self {
            planned,
            refusals,
            served: served.collect(),
        }
    }

    /// Returns whether a rule was planned that refuses just that.
    fn is_refused(&self, method: HttpMethod, pattern: &str) -> bool {
        let mut rules = self.refusals.get(pattern).into_iter().flatten();
        rules.any(|methods| methods.is_empty() || methods.contains(&method))
    }
}

impl<'a> Walker<'a> {
    /// Compares all listeners, rules and target groups.
    pub(crate) fn network_holds(&mut self) -> Result<(), String> {
        let stack = &self.assembled.stack;
        ensure(
            stack.all::<LoadBalancer>().count() <= 1
                && stack.all::<ApplicationBalancer>().count() <= 1,
            "there are two load balancers of one type",
        )?;
        let Some(network) = &self.plan.network else {
            return Ok(());
        };
        self.listeners_hold(network)?;
        match network.alb.as_ref().filter(|alb| alb.emits_rules) {
            Some(alb) => self.rules_hold(alb),
            None => Ok(()),
        }
    }

    /// Compares where each listener leads.
    fn listeners_hold(&mut self, network: &'a NetworkPlan) -> Result<(), String> {
        let request = RuleRequest {
            method: "GET",
            host: None,
            path: HEALTH_PATH,
        };
        let to_listener =
            |alb: &'a AlbListenerPlan| (alb.port, to_listener(network, alb.port, None));
        let listeners: Vec<_> = match &network.alb {
            Some(alb) => alb.listeners.iter().map(to_listener).collect(),
            None => {
                let backends = self.plan.balanced();
                let steps =
                    |to: &'a BalancedPlan| (to.listener_port, from_entry_point(network, to));
                backends.map(steps).collect()
            }
        };
        for (port, planned) in listeners {
            let start = match &network.nlb {
                Some(_) => PathStart::Port(port),
                None => self.balancer_start(port)?,
            };
            let mut steps = self.follower.follow_request(start, &request)?;
            if network.alb.is_some() {
                // Rules are compared by themselves.
                steps.truncate(planned.len());
            }
            let problem = |problem| format!("a request to the listener on port {port} {problem}");
            self.holds(&steps, &planned).map_err(problem)?;
        }
        Ok(())
    }

    fn balancer_start(&self, port: u16) -> Result<PathStart<'a>, String> {
        let network = self.assembled.network.as_ref();
        let balancer = network.and_then(|network| network.alb.as_ref());
        let balancer = balancer.ok_or("comes to no load balancer")?;
        Ok(PathStart::Balancer(balancer, port))
    }

    /// Compares each rule of each listener, and the target groups of backends without one.
    fn rules_hold(&mut self, alb: &'a AlbPlan) -> Result<(), String> {
        for listener in &alb.listeners {
            let rules = self.rules_of(listener).map_or(&[][..], RuleIndex::all);
            let (health, others): (Vec<_>, Vec<_>) = rules
                .iter()
                .copied()
                .partition(|rule| Some(rule.node.priority) == listener.health_priority);
            let mut pairs = others.iter().zip(&listener.rules);
            ensure(
                health.len() == usize::from(listener.health_priority.is_some())
                    && health.iter().all(|rule| answers_health(rule.node))
                    && others.len() == listener.rules.len()
                    && pairs.all(|(found, planned)| self.is_rule(found.node, planned, alb)),
                format_args!("port {} has other rules than planned", listener.port),
            )?;
            for rule in health.iter().chain(&others) {
                self.followed[rule.index] = true;
            }
        }
        // The target groups of a backend are there even where no rule forwards to it.
        let is_managed = |to: &&BalancedPlan| !matches!(to.targets, TargetsPlan::Existing(_));
        for backend in self.plan.balanced().filter(is_managed) {
            let problem = format_args!("`{}` has other target groups", backend.name);
            ensure(self.are_target_groups_of(backend), problem)?;
            self.follow_target_groups(backend);
        }
        Ok(())
    }

    fn is_rule(&self, found: &ListenerRule, planned: &ListenerRulePlan, alb: &AlbPlan) -> bool {
        let backend = match planned.to {
            Destination::Nothing => None,
            Destination::Backend(index) => self.plan.backends[index].balanced(),
        };
        let acts = match &found.action {
            RuleAction::Answer(response) => {
                planned.to == Destination::Nothing && *response == FixedResponse::NOT_FOUND
            }
            RuleAction::Forward(group) => {
                backend.is_some_and(|backend| self.is_target_group_of(group, backend))
            }
        };
        let methods = planned.methods.iter().map(|method| method.as_str());
        let switched = backend.filter(|backend| is_blue_green(backend));
        acts && self.is_switched_as_planned(found.is_switched, found.start.as_ref(), switched)
            && found.priority == planned.priority
            && found.paths == planned.patterns
            && found.methods.iter().copied().eq(methods)
            && found.hosts == alb.hosts
    }

    /// Rules of a listener, by priority.
    fn rules_of(&self, planned: &AlbListenerPlan) -> Option<&RuleIndex<'a>> {
        self.follower.rules_of(|listener| match listener {
            HttpListenerRef::Made(handle) => {
                let listener = node::<HttpListener>(&self.assembled.stack, handle);
                listener.is_some_and(|listener| listener.port == planned.port)
            }
            HttpListenerRef::Existing(arn) => is_same(&Some(arn.clone()), &planned.existing),
        })
    }

    /// Checks that private callers' requests for an operation that is not public go where planned.
    pub(crate) fn private_holds(&mut self, operation: &'a OperationPlan) -> Result<(), String> {
        let Some(alb) = self.plan.alb().filter(|alb| alb.emits_rules) else {
            return Ok(());
        };
        let host = alb.hosts.first().map(|host| &**host);
        if operation.exposure == Exposure::Hidden {
            return self.refuses(operation, host);
        }
        let backend = operation.backend.ok_or("has no backend")?;
        let backend = &self.plan.backends[backend];
        let Some(balanced) = backend.balanced() else {
            return Ok(());
        };
        let request = RuleRequest {
            method: method_of(operation),
            host,
            path: &sample(&private_path(operation, backend)),
        };
        let start = self.balancer_start(balanced.listener_port)?;
        let steps = self.follower.follow_request(start, &request)?;
        self.holds(&steps, &from_balancer(alb, balanced))
    }

    /// Checks that no rule forwards private callers' requests for a hidden operation.
    fn refuses(&self, operation: &OperationPlan, host: Option<&str>) -> Result<(), String> {
        let Some(path) = &operation.private_path else {
            return Ok(());
        };
        let own = operation.backend.map(|index| &self.plan.backends[index]);
        let own = own.filter(|backend| backend.balanced().is_some());
        for listener in &self.listener_routes {
            let port = listener.planned.port;
            let is_here = |backend: &&BackendPlan| {
                let balanced = backend.balanced();
                balanced.is_some_and(|balanced| balanced.listener_port == port)
            };
            let prefixes: Vec<String> = match own {
                Some(own) => vec![own.prefix()],
                None => self
                    .plan
                    .backends
                    .iter()
                    .filter(is_here)
                    .map(BackendPlan::prefix)
                    .collect(),
            };
            let is_forwarded = |path: &str| {
                let request = RuleRequest {
                    method: method_of(operation),
                    host,
                    path: &sample(path),
                };
                let rule = self.rules_of(listener.planned)?.first(&request)?;
                forwarded_to(rule.node)
            };
            for prefix in prefixes {
                let path = format!("{prefix}{path}");
                if listener.served.contains(&(operation.method, shape(&path))) {
                    continue;
                }
                // Many servers take a path with a slash behind it for the one without.
                let slashed = format!("{path}/");
                let pattern = filled(&slashed, |_| "*".into());
                let is_refused = listener.is_refused(operation.method, &pattern);
                ensure(
                    is_forwarded(&path).is_none()
                        && (!is_refused || is_forwarded(&slashed).is_none()),
                    format_args!("is hidden, but answered on port {port}"),
                )?;
            }
        }
        Ok(())
    }
}

/// Returns whether the balancer itself responds to the requests of a path, as planned: its health
/// check, or a path that is hidden from private callers.
///
/// The rule itself is compared with the others of its listener.
pub(crate) fn is_planned_response(plan: &Plan, backend: &BackendPlan, steps: &Steps<'_>) -> bool {
    let listener = plan
        .alb()
        .zip(backend.balanced())
        .and_then(|(alb, backend)| listener_of(alb, backend.listener_port));
    let (Some(listener), Some(Step::Rule(rule))) = (listener, steps.last()) else {
        return false;
    };
    let refuses = |planned: &ListenerRulePlan| {
        planned.to == Destination::Nothing && planned.priority == rule.node.priority
    };
    matches!(rule.node.action, RuleAction::Answer(_))
        && (listener.health_priority == Some(rule.node.priority)
            || listener.rules.iter().any(refuses))
}

fn answers_health(rule: &ListenerRule) -> bool {
    matches!(rule.action, RuleAction::Answer(FixedResponse::HEALTHY))
        && !rule.is_switched
        && rule.start.is_none()
        && rule.methods.is_empty()
        && rule.hosts.is_empty()
        && matches!(&*rule.paths, [path] if **path == *HEALTH_PATH)
}
