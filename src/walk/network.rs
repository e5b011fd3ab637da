//! The load balancers: each listener, rule and target group is one that was planned, and private
//! callers reach what is internal and nothing that is hidden.
//!
//! In: `Plan`, the stack. Out: the first difference. Pure.
//! Source: docs/aws-rules.md#l11: the lowest priority first.

use std::collections::{BTreeMap, BTreeSet};

use super::Walker;
use super::planned::{from_balancer, from_listener, is_blue_green, to_http_listener_behind};
use super::sample::{filled, method_of, prefix, private_path, sample, shape};
use super::values::is_same;
use crate::aws::{
    ApplicationBalancer, FixedResponse, HttpListener, HttpListenerRef, ListenerRule, LoadBalancer,
    RuleAction,
};
use crate::blueprint::Exposure;
use crate::follow::rules::RuleIndex;
use crate::follow::{Located, RuleRequest, Step, forwarded_to, located, node};
use crate::openapi::HttpMethod;
use crate::plan::{
    AlbBalancerPlan, AlbListenerPlan, AlbPlan, BackendPlan, BalancedPlan, BalancerPlan,
    Destination, HEALTH_PATH, ListenerRulePlan, NlbPlan, OperationPlan, Plan,
};

/// What was planned of a listener of the application load balancer.
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
        self.counts_hold()?;
        self.listeners_hold()?;
        let alb = self.plan.network.as_ref().and_then(|it| it.alb.as_ref());
        if let Some(alb) = alb.filter(|alb| alb.emits_rules) {
            self.rules_hold(alb)?;
        } else if !self.follower.rules.is_empty() {
            return Err("there are rules though none were planned".into());
        }
        self.target_groups_hold()
    }

    /// The network load balancer of the plan; none where nothing is public.
    fn nlb(&self) -> Option<&'a NlbPlan> {
        let network = self.plan.network.as_ref();
        let network = network.filter(|_| self.plan.has_gateway)?;
        network.nlb.as_ref()
    }

    /// Compares the numbers of load balancers and of their listeners.
    fn counts_hold(&self) -> Result<(), String> {
        let nlb = self.nlb();
        let alb = self.plan.network.as_ref().and_then(|it| it.alb.as_ref());
        let creates_nlb = nlb.is_some_and(|it| matches!(it.balancer, BalancerPlan::Made { .. }));
        let creates_alb = alb.is_some_and(|it| matches!(it.balancer, AlbBalancerPlan::Made { .. }));
        let of_alb = alb.map_or(0, |alb| alb.listeners.len());
        let of_nlb = match alb {
            Some(_) => of_alb,
            None => self.plan.balanced().count(),
        };
        let stack = &self.assembled.stack;
        let counts = [
            (
                "network load balancers",
                located::<LoadBalancer>(stack).count(),
                usize::from(creates_nlb),
            ),
            (
                "application load balancers",
                located::<ApplicationBalancer>(stack).count(),
                usize::from(creates_alb),
            ),
            (
                "listeners of a network load balancer",
                self.follower.listeners.len(),
                if nlb.is_some() { of_nlb } else { 0 },
            ),
            (
                "listeners of an application load balancer",
                self.follower.http_listeners.len(),
                if creates_alb { of_alb } else { 0 },
            ),
        ];
        match counts.iter().find(|(_, found, planned)| found != planned) {
            Some((name, found, planned)) => {
                Err(format!("the plan has {planned} {name}, the stack {found}"))
            }
            None => Ok(()),
        }
    }

    /// Compares where each listener of the network load balancer leads.
    fn listeners_hold(&mut self) -> Result<(), String> {
        let (Some(network), Some(nlb)) = (self.plan.network.as_ref(), self.nlb()) else {
            return Ok(());
        };
        for listener in self.follower.listeners.clone() {
            let port = listener.node.port;
            let request = RuleRequest {
                method: "GET",
                host: None,
                path: HEALTH_PATH,
            };
            let mut steps = self.follower.through_listener(listener, &request)?;
            let planned = if let Some(alb) = &network.alb {
                // Rules are compared by themselves.
                let planned = to_http_listener_behind(nlb, alb, port);
                steps.truncate(planned.len());
                planned
            } else {
                let mut backends = self.plan.balanced();
                let backend = backends
                    .find(|backend| backend.listener_port == port)
                    .ok_or_else(|| format!("no backend has the listener on port {port}"))?;
                from_listener(network, nlb, backend)
            };
            self.holds(&steps, &planned)
                .map_err(|problem| format!("the listener on port {port} {problem}"))?;
        }
        Ok(())
    }

    /// Compares each rule of each listener.
    fn rules_hold(&mut self, alb: &'a AlbPlan) -> Result<(), String> {
        let mut count = 0;
        for listener in &alb.listeners {
            let rules = self.rules_at(listener).to_vec();
            count += rules.len();
            let problem = |what: &str| format!("port {} has {what}", listener.port);
            let is_health = |rule: &&Located<'_, ListenerRule>| {
                Some(rule.node.priority) == listener.health_priority
            };
            let health = rules.iter().find(is_health).map(|rule| rule.node);
            if !health.is_none_or(answers_health)
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
                let group = forwarded_to(found.node).map(Step::TargetGroup);
                self.followed.extend(group.and_then(|step| step.index()));
            }
        }
        if count == self.follower.rule_count() {
            Ok(())
        } else {
            Err("a rule is on no planned listener".into())
        }
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

    /// Checks that every target group is on a path, or belongs to a backend.
    fn target_groups_hold(&self) -> Result<(), String> {
        for (label, index) in &self.target_groups {
            let name = label.strip_suffix("__green").unwrap_or(label);
            let of_backend = |backend: &BalancedPlan| *backend.name == *name;
            if !self.followed.contains(index) && !self.plan.balanced().any(of_backend) {
                return Err(format!("no request comes to target group {label}"));
            }
        }
        Ok(())
    }

    /// Rules of a listener, by priority.
    fn rules_at(&self, planned: &AlbListenerPlan) -> &[Located<'a, ListenerRule>] {
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
        let mut rules = self.follower.rules.iter();
        rules.find(|(on, _)| is_planned(on)).map(|(_, rules)| rules)
    }

    /// Compares what becomes of private callers' requests for an operation that is not public.
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
        let network = self.assembled.network.as_ref();
        let balancer = network
            .and_then(|it| it.alb.as_ref())
            .ok_or("comes to no load balancer")?;
        let request = RuleRequest {
            method: method_of(operation),
            host,
            path: &sample(&private_path(operation, backend)),
        };
        let port = balanced.listener_port;
        let steps = self.follower.through_balancer(balancer, port, &request)?;
        self.holds(&steps, &from_balancer(alb, balanced))
    }

    /// Checks that private callers get nothing of what is hidden.
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
    let is_response = matches!(
        action,
        RuleAction::Answer(FixedResponse { status: 200, .. })
    );
    is_response
        && !is_switched
        && methods.is_empty()
        && hosts.is_empty()
        && matches!(paths.as_slice(), [path] if **path == *HEALTH_PATH)
}
