//! Paths of requests through the finished stack, from a method to its target.
//!
//! In: `Stack`. Out: `Step`s in the order in which a request takes them, or where they break off.
//! Pure.
//!
//! `walk` compares the steps with those that it computes from the plan alone; `trace` prints them.
//! A path begins at a method, or for private callers at a listener of the application load
//! balancer. It follows the handles: no name and no label says where a request goes. A step holds
//! the node itself, so that whoever reads the steps sees each field of it.
//!
//! One request takes one path. A template stands for many requests; `walk` follows one whose
//! variables have text that no literal has, and compares the rules of each listener one by one.

mod router;
pub(crate) mod rules;
mod step;
mod tree;

use std::collections::BTreeMap;

use crate::assemble::Assembled;
use crate::aws::{
    ApplicationBalancerRef, HttpListener, HttpListenerRef, Integration, LambdaPermission, Listener,
    ListenerRule, Method, Node, Proxy, PythonFunction, RuleAction, Stack, TargetGroup,
    TargetGroupRef, Targets, UriHost, UriSegment, VpcLinkRef,
};
use crate::stack::{Handle, Holds, Value};
pub(crate) use router::{RouteMatch, RoutedPath, Router, TemplatePart, template};
use rules::RuleIndex;
pub(crate) use rules::RuleRequest;
pub(crate) use step::{HttpListenerStep, Located, Step};
pub(crate) use tree::{ResourcePlace, ResourceTree};

/// The resources that paths are made of, each where it is found fast.
pub(crate) struct Follower<'a> {
    pub(crate) stack: &'a Stack,
    /// Listeners of an application load balancer that exists, by port: no resource says which port
    /// they have.
    existing: &'a [(u16, Option<HttpListenerRef>)],
    pub(crate) listeners: Vec<Located<'a, Listener>>,
    pub(crate) http_listeners: Vec<Located<'a, HttpListener>>,
    permissions: Vec<Located<'a, LambdaPermission>>,
    pub(crate) rules: Vec<(&'a HttpListenerRef, RuleIndex<'a>)>,
}

impl<'a> Follower<'a> {
    /// Reads the resources.
    ///
    /// # Errors
    /// Two rules of a listener have one priority.
    pub(crate) fn of(assembled: &'a Assembled) -> Result<Self, String> {
        let stack = &assembled.stack;
        let network = assembled.network.as_ref();
        let mut rules: Vec<(&HttpListenerRef, Vec<Located<'_, ListenerRule>>)> = Vec::new();
        for rule in located::<ListenerRule>(stack) {
            let on = &rule.node.listener;
            match rules.iter_mut().find(|(listener, _)| listener.is(on)) {
                Some((_, rules)) => rules.push(rule),
                None => rules.push((on, vec![rule])),
            }
        }
        let index = |(listener, rules)| Ok((listener, RuleIndex::new(rules)?));
        Ok(Self {
            stack,
            existing: network.map(|it| &*it.listeners).unwrap_or_default(),
            listeners: located(stack).collect(),
            http_listeners: located(stack).collect(),
            permissions: located(stack).collect(),
            rules: rules
                .into_iter()
                .map(index)
                .collect::<Result<_, String>>()?,
        })
    }

    /// The path of a request from the integration of a method, with the text that the request has
    /// for each variable.
    ///
    /// # Errors
    /// The path breaks off.
    pub(crate) fn through_method(
        &self,
        method: &'a Method,
        http_method: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<Step<'a>>, String> {
        match &method.integration {
            Integration::Proxy(proxy) => {
                self.through_link(proxy, http_method, &uri_path(&proxy.path, variable))
            }
            Integration::Internet(proxy) => Ok(vec![Step::Internet(proxy)]),
            Integration::Function(call) => {
                let mut permissions = self.permissions.iter().copied();
                let permission = permissions.find(|it| it.node.function == call.function);
                Ok(vec![Step::Function { call, permission }])
            }
            Integration::NotFound | Integration::Preflight(_) => Ok(Vec::new()),
        }
    }

    fn through_link(
        &self,
        proxy: &'a Proxy,
        method: &str,
        path: &str,
    ) -> Result<Vec<Step<'a>>, String> {
        let host = literal_host(proxy);
        let request = RuleRequest { method, host, path };
        let mut steps = vec![Step::Link(&proxy.link)];
        if let Some(balancer) = &proxy.target {
            steps.extend(self.through_balancer(balancer, proxy.port, &request)?);
            return Ok(steps);
        }
        let balancer = match &proxy.link {
            VpcLinkRef::Made(link) => match node(self.stack, link) {
                Some(link) => Some(&link.balancer),
                None => return Err("its integration names no VPC link".into()),
            },
            VpcLinkRef::V2(_) => return Err("its integration names no load balancer".into()),
            VpcLinkRef::Existing(_) => None,
        };
        let port = proxy.port;
        let mut listeners = self.listeners.iter().copied().filter(|listener| {
            listener.node.port == port && balancer.is_none_or(|it| it.is(&listener.node.balancer))
        });
        let listener = match (listeners.next(), listeners.next()) {
            (Some(listener), None) => listener,
            (None, _) => return Err(format!("no listener has port {port}")),
            (Some(_), Some(_)) => return Err(format!("two listeners have port {port}")),
        };
        steps.extend(self.through_listener(listener, &request)?);
        Ok(steps)
    }

    /// From a network load balancer and its listener.
    ///
    /// # Errors
    /// The path breaks off.
    pub(crate) fn through_listener(
        &self,
        listener: Located<'a, Listener>,
        request: &RuleRequest<'_>,
    ) -> Result<Vec<Step<'a>>, String> {
        let mut steps = vec![
            Step::NetworkBalancer(&listener.node.balancer),
            Step::Listener(listener),
            Step::TargetGroup(&listener.node.forward_to),
        ];
        let Some(group) = target_group(self.stack, &listener.node.forward_to)? else {
            return Ok(steps);
        };
        match &group.node.targets {
            Targets::Balancer { balancer, listener } | Targets::Kept { balancer, listener } => {
                let behind = self.through_balancer(balancer, group.node.port, request)?;
                let is_awaited = behind.iter().all(|step| match (step, listener) {
                    (
                        Step::HttpListener {
                            listener: found, ..
                        },
                        Some(awaited),
                    ) => found.is(awaited),
                    (
                        Step::HttpListener {
                            listener: found, ..
                        },
                        None,
                    ) => {
                        matches!(found, HttpListenerStep::Existing(_))
                    }
                    _ => true,
                });
                if !is_awaited {
                    return Err("its target group waits for another listener".into());
                }
                steps.extend(behind);
            }
            Targets::Registered { .. } | Targets::Scaled(_) | Targets::None => {}
        }
        Ok(steps)
    }

    /// From an application load balancer.
    ///
    /// # Errors
    /// It does not have just one listener on the port.
    pub(crate) fn through_balancer(
        &self,
        balancer: &'a ApplicationBalancerRef,
        port: u16,
        request: &RuleRequest<'_>,
    ) -> Result<Vec<Step<'a>>, String> {
        let listener = match balancer {
            ApplicationBalancerRef::Made(handle) => {
                let mut listeners = self
                    .http_listeners
                    .iter()
                    .copied()
                    .filter(|it| it.node.port == port && it.node.balancer == *handle);
                match (listeners.next(), listeners.next()) {
                    (Some(listener), None) => HttpListenerStep::Created(listener),
                    (None, _) | (Some(_), Some(_)) => {
                        return Err(format!("port {port} has not one listener"));
                    }
                }
            }
            ApplicationBalancerRef::Existing { .. } => {
                let arn = self.existing.iter().find(|(of, _)| *of == port);
                HttpListenerStep::Existing(arn.and_then(|(_, listener)| match listener {
                    Some(HttpListenerRef::Existing(arn)) => Some(arn),
                    Some(HttpListenerRef::Made(_)) | None => None,
                }))
            }
        };
        let mut steps = vec![
            Step::ApplicationBalancer(balancer),
            Step::HttpListener { port, listener },
        ];
        if self.rules.is_empty() {
            steps.push(Step::UnknownRules);
            return Ok(steps);
        }
        let rules = self.rules.iter().find(|(on, _)| listener.is(on));
        match rules.and_then(|(_, rules)| rules.first(request)) {
            Some(rule) => {
                steps.push(Step::Rule(rule));
                steps.extend(forwarded_to(rule.node).map(Step::TargetGroup));
            }
            None => steps.push(Step::DefaultAction),
        }
        Ok(steps)
    }

    /// Rules of a listener, by priority.
    pub(crate) fn rules_on(&self, listener: &HttpListenerRef) -> &[Located<'a, ListenerRule>] {
        let mut rules = self.rules.iter();
        let found = rules.find(|(on, _)| on.is(listener));
        found.map(|(_, rules)| rules.all()).unwrap_or_default()
    }

    /// Number of rules of all listeners.
    pub(crate) fn rule_count(&self) -> usize {
        self.rules.iter().map(|(_, rules)| rules.all().len()).sum()
    }
}

/// The target group of a rule that forwards.
pub(crate) fn forwarded_to(rule: &ListenerRule) -> Option<&TargetGroupRef> {
    match &rule.action {
        RuleAction::Forward(group) => Some(group),
        RuleAction::Answer(_) => None,
    }
}

/// The host that a request has, where it is known before deployment.
pub(crate) fn literal_host(proxy: &Proxy) -> Option<&str> {
    match &proxy.host {
        UriHost::Named(Value::Literal(host)) => Some(host),
        UriHost::Named(_) | UriHost::Balancer(_) | UriHost::Application(_) => None,
    }
}

/// Every node of a kind.
pub(crate) fn located<'a, K: 'a>(stack: &'a Stack) -> impl Iterator<Item = Located<'a, K>>
where
    Node: Holds<K>,
{
    let entries = stack.entries.iter().enumerate();
    entries.filter_map(|(index, entry)| {
        let node = entry.node.held()?;
        Some(Located { index, node })
    })
}

/// The node that a handle refers to, unless another one has its place.
pub(crate) fn node<'a, K>(stack: &'a Stack, handle: &Handle<K>) -> Option<&'a K>
where
    Node: Holds<K>,
{
    let entry = stack.entries.get(handle.index())?;
    let is_same = entry.address == *handle.address();
    entry.node.held().filter(|_| is_same)
}

/// A target group that is part of the stack; none where it exists already.
///
/// # Errors
/// The node is none.
pub(crate) fn target_group<'a>(
    stack: &'a Stack,
    group: &TargetGroupRef,
) -> Result<Option<Located<'a, TargetGroup>>, String> {
    let TargetGroupRef::Made(handle) = group else {
        return Ok(None);
    };
    let node = node(stack, handle).ok_or("the target group is none")?;
    let index = handle.index();
    Ok(Some(Located { index, node }))
}

/// The path of a URI with what the request has for its variables.
pub(crate) fn uri_path(
    segments: &[UriSegment],
    variable: impl Fn(&str) -> Option<String>,
) -> String {
    let text = |segment: &UriSegment| match segment {
        UriSegment::Literal(text) => format!("/{text}"),
        UriSegment::Variable(name) => match variable(name) {
            Some(value) => format!("/{value}"),
            None => format!("/{{{name}}}"),
        },
    };
    segments.iter().map(text).collect()
}

/// Segments of what a function that forwards makes of a resource's path: of the prefixes that fit
/// in whole segments, the longest is exchanged.
///
/// # Errors
/// The function has no prefix for it.
pub(crate) fn exchanged(
    function: &PythonFunction,
    resource: &str,
) -> Result<Vec<String>, &'static str> {
    let Some(Value::Literal(text)) = function.environment.get("PATHS") else {
        return Err("is forwarded without a path");
    };
    let paths: BTreeMap<String, String> =
        serde_json::from_str(text).map_err(|_| "is forwarded by prefixes that are no JSON")?;
    let resource = path_segments(resource);
    let fits = paths
        .iter()
        .filter(|(from, _)| resource.starts_with(&path_segments(from)));
    let (from, to) = fits
        .max_by_key(|(from, _)| path_segments(from).len())
        .ok_or("has no prefix at its function")?;
    Ok([
        &path_segments(to)[..],
        &resource[path_segments(from).len()..],
    ]
    .concat())
}

/// Segments of a path that are not empty.
pub(crate) fn path_segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect()
}
