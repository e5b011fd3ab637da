//! The application load balancer: which rule takes a request, and where it sends it.
//!
//! In: `AlbPlan`, the stack. Out: target groups, or what is wrong. Pure.
//! Source: docs/aws-rules.md#l11: the lowest priority first.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::ByPath;
use super::sync::Sync;
use super::way::is_same;
use crate::assemble::Assembled;
use crate::aws::{
    ApplicationBalancerRef, FixedResponse, GroupProtocol, HealthProtocol, HttpListenerRef,
    ListenerRule, Node, RuleAction, TargetGroup, TargetGroupRef, TargetType, Targets,
};
use crate::blueprint::Exposure;
use crate::openapi::HttpMethod;
use crate::plan::{
    AlbBalancerPlan, AlbListenerPlan, AlbPlan, BackendPlan, Destination, HEALTH_PATH,
    OperationPlan, Plan,
};
use crate::stack::{Handle, List, Value};

/// A listener with the rules that stand on it.
pub(crate) struct Front<'a> {
    pub(crate) planned: &'a AlbListenerPlan,
    /// Index of its node, where it was made.
    node: Option<usize>,
    rules: ByPath<'a>,
    /// Methods of the planned rules that refuse a pattern, each rule's own; none names every
    /// method.
    refusals: BTreeMap<&'a str, Vec<&'a [HttpMethod]>>,
    /// Methods and shapes of paths that are served here.
    served: BTreeSet<(HttpMethod, String)>,
}

/// The balancer and its listeners.
pub(crate) struct Alb<'a> {
    pub(crate) planned: &'a AlbPlan,
    fronts: Vec<Front<'a>>,
    /// Index of its node, where it was made.
    node: Option<usize>,
    /// The function that keeps its addresses, where one does.
    sync: Option<Sync>,
}

/// A rule that sends a request on.
pub(crate) struct Sent<'a> {
    pub(crate) group: &'a TargetGroupRef,
    pub(crate) is_switched: bool,
}

impl<'a> Alb<'a> {
    pub(crate) fn of(plan: &'a Plan, assembled: &'a Assembled) -> Result<Option<Self>, String> {
        let Some(planned) = plan.network.as_ref().and_then(|it| it.alb.as_ref()) else {
            return Ok(None);
        };
        let entries = &assembled.stack.entries;
        let is_balancer = |node: &Node| matches!(node, Node::ApplicationBalancer(_));
        let mut balancers = entries
            .iter()
            .enumerate()
            .filter(|(_, it)| is_balancer(&it.node))
            .map(|it| it.0);
        let node = balancers.next();
        let is_made = matches!(planned.balancer, AlbBalancerPlan::Made { .. });
        if balancers.next().is_some() || node.is_some() != is_made {
            return Err("the stack has another number of application load balancers".into());
        }
        let mut fronts = Vec::new();
        for listener in &planned.listeners {
            fronts.push(front(plan, assembled, (listener, node))?);
        }
        let rules = entries
            .iter()
            .filter(|it| matches!(it.node, Node::ListenerRule(_)))
            .count();
        if rules != fronts.iter().map(|it| it.rules.len()).sum::<usize>() {
            return Err("a rule stands on no planned listener".into());
        }
        let sync = Sync::of(plan, assembled, node.map(|it| &entries[it].address))?;
        let alb = Self {
            planned,
            fronts,
            node,
            sync,
        };
        if plan.network.as_ref().is_some_and(|it| it.nlb.is_some()) {
            alb.answers_health()?;
        }
        Ok(Some(alb))
    }

    /// The balancer before it asks for its health, and gets its own answer.
    fn answers_health(&self) -> Result<(), String> {
        for front in self
            .fronts
            .iter()
            .filter(|it| self.planned.emits_rules && it.planned.existing.is_none())
        {
            let is_answered = matches!(
                front.action("GET", None, HEALTH_PATH),
                Some(RuleAction::Answer(FixedResponse { status: 200, .. }))
            );
            if !is_answered {
                return Err(format!(
                    "the listener on port {} does not answer health checks",
                    front.planned.port
                ));
            }
        }
        Ok(())
    }

    /// Whether this is the balancer.
    pub(crate) fn is(&self, balancer: &ApplicationBalancerRef) -> bool {
        match (balancer, &self.planned.balancer) {
            (ApplicationBalancerRef::Made(handle), AlbBalancerPlan::Made { .. }) => {
                Some(handle.index()) == self.node
            }
            (
                ApplicationBalancerRef::Existing { arn, .. },
                AlbBalancerPlan::Existing { arn: planned, .. },
            ) => is_same(arn, planned),
            (ApplicationBalancerRef::Made(_) | ApplicationBalancerRef::Existing { .. }, _) => false,
        }
    }

    /// Whether rules are made in a group of the balancer.
    pub(crate) fn has_group(&self) -> bool {
        match &self.planned.balancer {
            AlbBalancerPlan::Made {
                security_groups, ..
            } => security_groups.is_none(),
            AlbBalancerPlan::Existing { security_group, .. } => security_group.is_some(),
        }
    }

    /// Whether this is the group that rules are made in.
    pub(crate) fn is_group(&self, assembled: &Assembled, group: &Value) -> bool {
        match &self.planned.balancer {
            AlbBalancerPlan::Existing { security_group, .. } => security_group
                .as_ref()
                .is_some_and(|planned| is_same(group, planned)),
            AlbBalancerPlan::Made { .. } => {
                match self.node.map(|it| &assembled.stack.entries[it].node) {
                    Some(Node::ApplicationBalancer(it)) => {
                        matches!(&it.security_groups, List::Of(own) if own.contains(group))
                    }
                    _ => false,
                }
            }
        }
    }

    /// The listener that a target group of the balancer before it leads to.
    pub(crate) fn entered(
        &self,
        (handle, group): (&Handle<TargetGroup>, &TargetGroup),
        port: u16,
    ) -> Result<&Front<'a>, String> {
        let (balancer, listener, target_type) = match (&group.targets, &self.sync) {
            (Targets::Balancer { balancer, listener }, None) => {
                (balancer, listener, TargetType::Alb)
            }
            (Targets::Kept { balancer, listener }, Some(sync)) => {
                sync.keeps(handle, port)?;
                (balancer, listener, TargetType::Ip)
            }
            (
                Targets::Balancer { .. }
                | Targets::Kept { .. }
                | Targets::Registered { .. }
                | Targets::Scaled(_)
                | Targets::None,
                Some(_) | None,
            ) => return Err("its target group holds no load balancer".into()),
        };
        if !self.is(balancer)
            || group.target_type != target_type
            || group.protocol != GroupProtocol::Tcp
        {
            return Err("its target group holds another load balancer".into());
        }
        if group.port != port {
            return Err(format!(
                "its target group leads to port {}, not {port}",
                group.port
            ));
        }
        let front = self.front(port)?;
        let waits = match listener {
            Some(HttpListenerRef::Made(handle)) => Some(handle.index()) == front.node,
            Some(HttpListenerRef::Existing(_)) | None => front.node.is_none(),
        };
        let path = match &group.health_check.protocol {
            HealthProtocol::Http { path, .. } if !front.planned.is_tls => Some(path),
            HealthProtocol::Https { path, .. } if front.planned.is_tls => Some(path),
            HealthProtocol::Tcp | HealthProtocol::Http { .. } | HealthProtocol::Https { .. } => {
                None
            }
        };
        if !waits || path.is_none_or(|it| &**it != HEALTH_PATH) {
            return Err("its target group waits for another listener, or asks it otherwise".into());
        }
        Ok(front)
    }

    pub(crate) fn front(&self, port: u16) -> Result<&Front<'a>, String> {
        self.fronts
            .iter()
            .find(|it| it.planned.port == port)
            .ok_or_else(|| format!("the load balancer has no listener on port {port}"))
    }

    /// Whether private callers get nothing of what is hidden.
    pub(crate) fn refuses(&self, operation: &OperationPlan, plan: &Plan) -> Result<(), String> {
        let Some(path) = operation
            .private_path
            .as_ref()
            .filter(|_| self.planned.emits_rules)
        else {
            return Ok(());
        };
        let own = operation
            .backend
            .map(|it| &plan.backends[it])
            .filter(|it| it.balanced().is_some());
        for front in &self.fronts {
            let here = |it: &&BackendPlan| {
                it.balanced()
                    .is_some_and(|it| it.listener_port == front.planned.port)
            };
            let prefixes: Vec<String> = match own {
                Some(own) => vec![prefix(own)],
                None => plan.backends.iter().filter(here).map(prefix).collect(),
            };
            for prefix in prefixes {
                let path = format!("{prefix}{path}");
                if front.served.contains(&(operation.method, shape(&path))) {
                    continue;
                }
                let host = self.planned.hosts.first().map(|it| &**it);
                if let Some(RuleAction::Forward(_)) =
                    front.action(asked(operation.method), host, &sample(&path))
                {
                    return Err(format!(
                        "is hidden, but answered on port {}",
                        front.planned.port
                    ));
                }
                // Many servers take a path with a slash behind it for the one without.
                let slashed = format!("{path}/");
                let is_planned =
                    front.is_refused(operation.method, &filled(&slashed, |_| "*".into()));
                if is_planned
                    && matches!(
                        front.action(asked(operation.method), host, &sample(&slashed)),
                        Some(RuleAction::Forward(_))
                    )
                {
                    return Err(format!(
                        "is hidden, but answered on port {} with a slash behind it",
                        front.planned.port
                    ));
                }
            }
        }
        Ok(())
    }
}

fn front<'a>(
    plan: &'a Plan,
    assembled: &'a Assembled,
    (planned, balancer): (&'a AlbListenerPlan, Option<usize>),
) -> Result<Front<'a>, String> {
    let entries = &assembled.stack.entries;
    let port = planned.port;
    let mut nodes = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| match &entry.node {
            Node::HttpListener(it) if it.port == port => Some((index, it)),
            _ => None,
        });
    let node = match (nodes.next(), nodes.next()) {
        (None, None) if balancer.is_none() => None,
        (Some((index, it)), None) if Some(it.balancer.index()) == balancer => {
            let same_certificate = match (&it.certificate, &planned.certificate) {
                (None, None) => !planned.is_tls,
                (Some(found), Some(planned)) => is_same(found, planned),
                (None, Some(_)) | (Some(_), None) => false,
            };
            if !same_certificate {
                return Err(format!(
                    "the listener on port {port} has another certificate"
                ));
            }
            Some(index)
        }
        _ => {
            return Err(format!(
                "port {port} has not the one listener that was planned"
            ));
        }
    };
    let is_here = |rule: &&ListenerRule| match (&rule.listener, &planned.existing) {
        (HttpListenerRef::Made(handle), _) => Some(handle.index()) == node,
        (HttpListenerRef::Existing(arn), Some(planned)) => is_same(arn, planned),
        (HttpListenerRef::Existing(_), None) => false,
    };
    let rules = entries.iter().filter_map(|it| {
        if let Node::ListenerRule(rule) = &it.node {
            Some(rule)
        } else {
            None
        }
    });
    let mut rules: Vec<&ListenerRule> = rules.filter(is_here).collect();
    rules.sort_by_key(|it| it.priority);
    if rules
        .windows(2)
        .any(|pair| pair[0].priority == pair[1].priority)
    {
        return Err(format!("two rules on port {port} have one priority"));
    }
    let here = |it: &&OperationPlan| {
        let backend = it.backend.and_then(|index| plan.backends[index].balanced());
        it.exposure != Exposure::Hidden && backend.is_some_and(|it| it.listener_port == port)
    };
    let served = plan
        .operations
        .iter()
        .filter(here)
        .filter_map(|it| Some((it.method, shape(&arriving(it, &plan.backends[it.backend?])))));
    let mut refusals: BTreeMap<&str, Vec<&[HttpMethod]>> = BTreeMap::new();
    for rule in planned
        .rules
        .iter()
        .filter(|it| it.to == Destination::Nothing)
    {
        rule.patterns
            .iter()
            .for_each(|it| refusals.entry(it).or_default().push(&rule.methods));
    }
    Ok(Front {
        planned,
        node,
        rules: ByPath::new(rules),
        refusals,
        served: served.collect(),
    })
}

impl<'a> Front<'a> {
    /// What the first rule that takes a request does; the listener's default is a 404.
    fn action(&self, method: &str, host: Option<&str>, path: &str) -> Option<&'a RuleAction> {
        self.rule(method, host, path).map(|it| &it.action)
    }

    /// Whether a rule was planned that refuses just that.
    fn is_refused(&self, method: HttpMethod, pattern: &str) -> bool {
        self.refusals
            .get(pattern)
            .into_iter()
            .flatten()
            .any(|it| it.is_empty() || it.contains(&method))
    }

    fn rule(&self, method: &str, host: Option<&str>, path: &str) -> Option<&'a ListenerRule> {
        self.rules.first(method, host, path)
    }

    /// Where a request for an operation is sent.
    pub(crate) fn sent(
        &self,
        operation: &OperationPlan,
        backend: &BackendPlan,
        host: Option<&str>,
    ) -> Result<Sent<'a>, String> {
        let path = sample(&arriving(operation, backend));
        let rule = self.rule(asked(operation.method), host, &path);
        match rule.map(|it| (&it.action, it.is_switched)) {
            Some((RuleAction::Forward(group), is_switched)) => Ok(Sent { group, is_switched }),
            Some((RuleAction::Answer(_), _)) | None => {
                Err(format!("is answered 404 on port {}", self.planned.port))
            }
        }
    }
}

/// Path template as it comes to the balancer.
fn arriving(operation: &OperationPlan, backend: &BackendPlan) -> String {
    match &operation.private_path {
        Some(path) => format!("{}{path}", prefix(backend)),
        None => {
            let slash = if operation.has_trailing_slash && !operation.backend_path.is_empty() {
                "/"
            } else {
                ""
            };
            format!("{}{slash}", crate::plan::text_of(&operation.backend_path))
        }
    }
}

fn prefix(backend: &BackendPlan) -> String {
    backend
        .path_prefix
        .iter()
        .fold(String::new(), |path, it| path + "/" + it)
}

/// A method that no rule names, for an operation that answers any.
fn asked(method: HttpMethod) -> &'static str {
    if method == HttpMethod::Any {
        "GWGEN"
    } else {
        method.as_str()
    }
}

/// Replaces each variable of a template.
fn filled(path: &str, mut with: impl FnMut(bool) -> String) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut text = String::new();
    for (index, part) in path.split('{').enumerate() {
        match part.split_once('}') {
            Some((name, after)) if index > 0 => {
                text.push_str(&with(name.ends_with('+')));
                text.push_str(after);
            }
            _ => text.push_str(part),
        }
    }
    text
}

/// A request: text that no template has in place of each variable, and many segments in place of a
/// greedy one.
fn sample(path: &str) -> String {
    filled(path, |is_greedy| {
        if is_greedy {
            ["zgwgenz"; 12].join("/")
        } else {
            "zgwgenz".into()
        }
    })
}

/// The template without the names of its variables.
fn shape(path: &str) -> String {
    filled(
        path,
        |is_greedy| if is_greedy { "{+}".into() } else { "{}".into() },
    )
}
