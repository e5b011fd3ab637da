//! The load balancers: each listener, rule and target group is one that was planned, and private
//! callers reach what is internal and nothing that is hidden.
//!
//! In: `Plan`, the stack. Out: the first difference. Pure.
//! Source: docs/aws-rules.md#l11: the lowest priority first.

use std::collections::{BTreeMap, BTreeSet};

use super::Walker;
use super::planned::{
    PlannedStep, from_balancer, from_listener, is_blue_green, listener_of, to_http_listener,
    to_http_listener_behind,
};
use super::sample::{filled, method_of, prefix, private_path, sample, shape};
use super::values::is_same;
use crate::aws::{
    ApplicationBalancer, FixedResponse, HttpListener, HttpListenerRef, ListenerRule, LoadBalancer,
    RuleAction,
};
use crate::blueprint::Exposure;
use crate::follow::{
    PathStart, RuleIndex, RuleRequest, StackNode, Step, Steps, forwarded_to, node,
};
use crate::openapi::HttpMethod;
use crate::plan::{
    AlbListenerPlan, AlbPlan, BackendPlan, Destination, HEALTH_PATH, ListenerRulePlan, NetworkPlan,
    OperationPlan, Plan, TargetsPlan,
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
        let alb = plan.network.as_ref().and_then(|it| it.alb.as_ref());
        let listeners = alb.iter().flat_map(|alb| &alb.listeners);
        listeners.map(|listener| Self::of(plan, listener)).collect()
    }

    fn of(plan: &'a Plan, planned: &'a AlbListenerPlan) -> Self {
        let mut refusals: BTreeMap<&str, Vec<&[HttpMethod]>> = BTreeMap::new();
        let refusing = |to| to == Destination::Nothing;
        for rule in planned.rules.iter().filter(|rule| refusing(rule.to)) {
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
        if stack.all::<LoadBalancer>().count() > 1 || stack.all::<ApplicationBalancer>().count() > 1
        {
            return Err("there are two load balancers of one type".into());
        }
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
        if let Some(alb) = &network.alb {
            for AlbListenerPlan { port, .. } in &alb.listeners {
                let (mut steps, planned) = match &network.nlb {
                    Some(nlb) => (
                        self.follower
                            .follow_request(PathStart::Port(*port), &request)?,
                        to_http_listener_behind(nlb, alb, *port),
                    ),
                    None => (
                        self.application_balancer_steps(*port, &request)?,
                        to_http_listener(alb, *port),
                    ),
                };
                // Rules are compared by themselves.
                steps.truncate(planned.len());
                self.listener_holds(*port, &steps, &planned)?;
            }
        } else if let Some(nlb) = &network.nlb {
            for backend in self.plan.balanced() {
                let port = backend.listener_port;
                let steps = self
                    .follower
                    .follow_request(PathStart::Port(port), &request)?;
                self.listener_holds(port, &steps, &from_listener(network, nlb, backend))?;
            }
        }
        Ok(())
    }

    fn listener_holds(
        &mut self,
        port: u16,
        steps: &[Step<'a>],
        planned: &[PlannedStep<'a>],
    ) -> Result<(), String> {
        let problem = |problem| format!("a request to the listener on port {port} {problem}");
        self.holds(steps, planned).map_err(problem)
    }

    fn application_balancer_steps(
        &self,
        port: u16,
        request: &RuleRequest<'_>,
    ) -> Result<Steps<'a>, String> {
        let network = self.assembled.network.as_ref();
        let balancer = network.and_then(|network| network.alb.as_ref());
        let balancer = balancer.ok_or("comes to no load balancer")?;
        self.follower
            .follow_request(PathStart::Balancer(balancer, port), request)
    }

    /// Compares each rule of each listener, and the target groups of backends without one.
    fn rules_hold(&mut self, alb: &'a AlbPlan) -> Result<(), String> {
        for listener in &alb.listeners {
            let rules = self.rules_at(listener).to_vec();
            let problem = |what: &str| format!("port {} has {what}", listener.port);
            let is_health = |rule: &&StackNode<'_, ListenerRule>| {
                Some(rule.node.priority) == listener.health_priority
            };
            let health = rules.iter().find(is_health);
            if !health.is_none_or(|rule| answers_health(rule.node))
                || health.is_none() != listener.health_priority.is_none()
            {
                return Err(problem("no response to health checks"));
            }
            let others = rules.iter().filter(|rule| !is_health(rule));
            if others.clone().count() != listener.rules.len() {
                return Err(problem("another number of rules"));
            }
            for (found, planned) in others.zip(&listener.rules) {
                if !self.is_rule(found.node, planned, alb) {
                    let priority = planned.priority;
                    return Err(problem(&format!("another rule of priority {priority}")));
                }
            }
            for rule in &rules {
                self.followed[rule.index] = true;
            }
        }
        // The target groups of a backend are there even where no rule forwards to it.
        for backend in self.plan.balanced() {
            let is_existing = matches!(backend.targets, TargetsPlan::Existing(_));
            if !is_existing && !self.are_target_groups_of(backend) {
                return Err(format!("`{}` has other target groups", backend.name));
            }
            if !is_existing {
                self.follow_target_groups(backend);
            }
        }
        Ok(())
    }

    fn is_rule(&self, found: &ListenerRule, planned: &ListenerRulePlan, alb: &AlbPlan) -> bool {
        let (acts, is_switched) = match (planned.to, &found.action) {
            (Destination::Nothing, RuleAction::Answer(response)) => {
                (*response == FixedResponse::NOT_FOUND, false)
            }
            (Destination::Backend(index), RuleAction::Forward(group)) => {
                match self.plan.backends[index].balanced() {
                    Some(backend) => (
                        self.is_target_group_of(group, backend),
                        is_blue_green(backend),
                    ),
                    None => (false, false),
                }
            }
            (Destination::Nothing | Destination::Backend(_), _) => (false, false),
        };
        let methods = planned.methods.iter().map(|method| method.as_str());
        acts && found.is_switched == is_switched
            && found.priority == planned.priority
            && found.paths == planned.patterns
            && found.methods.iter().copied().eq(methods)
            && found.hosts == alb.hosts
    }

    /// Rules of a listener, by priority.
    fn rules_at(&self, planned: &AlbListenerPlan) -> &[StackNode<'a, ListenerRule>] {
        self.rule_index(planned)
            .map(RuleIndex::all)
            .unwrap_or_default()
    }

    fn rule_index(&self, planned: &AlbListenerPlan) -> Option<&RuleIndex<'a>> {
        let is_planned = |listener: &HttpListenerRef| match (listener, &planned.existing) {
            (HttpListenerRef::Made(handle), _) => {
                node::<HttpListener>(&self.assembled.stack, handle)
                    .is_some_and(|listener| listener.port == planned.port)
            }
            (HttpListenerRef::Existing(arn), Some(planned)) => is_same(arn, planned),
            (HttpListenerRef::Existing(_), None) => false,
        };
        self.follower.rules_of(is_planned)
    }

    /// Checks that private callers' requests for an operation that is not public go where planned.
    pub(crate) fn private_holds(&mut self, operation: &'a OperationPlan) -> Result<(), String> {
        let alb = self.plan.network.as_ref().and_then(|it| it.alb.as_ref());
        let Some(alb) = alb.filter(|alb| alb.emits_rules) else {
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
        let steps = self.application_balancer_steps(balanced.listener_port, &request)?;
        self.holds(&steps, &from_balancer(alb, balanced))
    }

    /// Checks that no rule forwards private callers' requests for a hidden operation.
    fn refuses(&self, operation: &OperationPlan, host: Option<&str>) -> Result<(), String> {
        let Some(path) = &operation.private_path else {
            return Ok(());
        };
        let own = operation.backend.map(|it| &self.plan.backends[it]);
        let own = own.filter(|it| it.balanced().is_some());
        for listener in &self.listener_routes {
            let port = listener.planned.port;
            let here = |backend: &&BackendPlan| {
                backend
                    .balanced()
                    .is_some_and(|it| it.listener_port == port)
            };
            let prefixes: Vec<String> = match own {
                Some(own) => vec![prefix(own)],
                None => self.plan.backends.iter().filter(here).map(prefix).collect(),
            };
            let is_forwarded = |path: &str| {
                let request = RuleRequest {
                    method: method_of(operation),
                    host,
                    path: &sample(path),
                };
                let rules = self.rule_index(listener.planned);
                let rule = rules.and_then(|rules| rules.first(&request));
                rule.is_some_and(|rule| forwarded_to(rule.node).is_some())
            };
            for prefix in prefixes {
                let path = format!("{prefix}{path}");
                if listener.served.contains(&(operation.method, shape(&path))) {
                    continue;
                }
                if is_forwarded(&path) {
                    return Err(format!("is hidden, but answered on port {port}"));
                }
                // Many servers take a path with a slash behind it for the one without.
                let slashed = format!("{path}/");
                let pattern = filled(&slashed, |_| "*".into());
                if listener.is_refused(operation.method, &pattern) && is_forwarded(&slashed) {
                    return Err(format!(
                        "is hidden, but answered on port {port} with a slash behind it"
                    ));
                }
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
    let alb = plan.network.as_ref().and_then(|it| it.alb.as_ref());
    let listener = alb
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
    let ListenerRule {
        listener: _,
        priority: _,
        paths,
        methods,
        hosts,
        action,
        is_switched,
    } = rule;
    let is_response =
        matches!(action, RuleAction::Answer(answer) if *answer == FixedResponse::HEALTHY);
    is_response
        && !is_switched
        && methods.is_empty()
        && hosts.is_empty()
        && matches!(paths.as_slice(), [path] if **path == *HEALTH_PATH)
}
