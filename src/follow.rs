//! Paths of requests through the finished stack, from a method to its target.
//!
//! In: the stack, a method with its template, or one request. Out: `Step`s in the order in which a
//! request takes them, or where they break off. Pure.
//!
//! `walk` compares the steps with those that it computes from the plan alone; `trace` prints them.
//! A path begins at a method, or for private callers at a listener of the application load
//! balancer. It follows the handles: no name and no label decides where a request goes. A step
//! holds the node itself, so that whoever reads the steps sees each field of it.
//!
//! One request takes one path. A template represents many requests, which the rules of a listener
//! may send to several targets: for each rule that may take some of them there is a path.

mod behind;
mod requests;
mod router;
mod rules;
mod step;
mod tree;
mod uri;

use crate::assemble::Assembled;
use crate::aws::{
    HttpListener, HttpListenerRef, LambdaPermission, Listener, ListenerRule, Method, Node, Proxy,
    Stack, TargetGroup, TargetGroupRef, UriHost,
};
use crate::openapi::HttpMethod;
use crate::plan::Segment;
use crate::stack::{Handle, Holds, Value};
pub(crate) use behind::{PathStart, forwarded_to};
use requests::MethodRequests;
pub(crate) use router::{ResourcePath, RouteMatch, Router, request_segments, template};
pub(crate) use rules::{RuleIndex, RuleRequest, SAMPLE, takes};
pub(crate) use step::{HttpListenerStep, StackNode, Step, Steps};
pub(crate) use tree::{ResourcePlace, ResourceTree, TemplatePart};
pub(crate) use uri::{exchanged, forwarded_path, path_segments, uri_path};

/// The resources of which paths consist, indexed for a fast search.
pub(crate) struct Follower<'a> {
    pub(crate) stack: &'a Stack,
    pub(crate) tree: ResourceTree<'a>,
    /// Listeners of an existing application load balancer, by port: no resource has their port.
    existing: &'a [(u16, Option<HttpListenerRef>)],
    listeners: Vec<StackNode<'a, Listener>>,
    http_listeners: Vec<StackNode<'a, HttpListener>>,
    permissions: Vec<StackNode<'a, LambdaPermission>>,
    rules: Vec<(&'a HttpListenerRef, RuleIndex<'a>)>,
}

/// A method with the paths of all requests for its template.
pub(crate) struct FollowedMethod<'a> {
    pub(crate) method: StackNode<'a, Method>,
    pub(crate) paths: Vec<Steps<'a>>,
}

impl<'a> Follower<'a> {
    /// Reads the resources.
    ///
    /// # Errors
    /// Two resources or methods have one path, or two rules one priority.
    pub(crate) fn of(assembled: &'a Assembled) -> Result<Self, String> {
        let stack = &assembled.stack;
        let network = assembled.network.as_ref();
        let mut rules: Vec<(&HttpListenerRef, Vec<StackNode<'_, ListenerRule>>)> = Vec::new();
        for rule in located::<ListenerRule>(stack) {
            let on = &rule.node.listener;
            match rules.iter_mut().find(|(listener, _)| listener.is(on)) {
                Some((_, rules)) => rules.push(rule),
                None => rules.push((on, vec![rule])),
            }
        }
        let index = |(listener, rules)| Ok((listener, RuleIndex::new(rules)?));
        let rules = rules.into_iter().map(index);
        Ok(Self {
            stack,
            tree: ResourceTree::of(stack)?,
            existing: network
                .map(|network| &*network.listeners)
                .unwrap_or_default(),
            listeners: located(stack).collect(),
            http_listeners: located(stack).collect(),
            permissions: located(stack).collect(),
            rules: rules.collect::<Result<_, String>>()?,
        })
    }

    /// Follows all requests that a method of a template takes.
    ///
    /// # Errors
    /// There is no such method, or a path breaks off.
    pub(crate) fn follow(
        &self,
        method: HttpMethod,
        template: &[Segment],
    ) -> Result<FollowedMethod<'a>, String> {
        let requests = MethodRequests::of(&self.tree, method, template);
        let requests = requests.ok_or("has no method on the gateway")?;
        let method = requests.method;
        let start = PathStart::Integration(&method.node.integration);
        let paths = self.paths(start, &|rules| requests.rules(rules))?;
        Ok(FollowedMethod { method, paths })
    }

    /// Follows one request.
    ///
    /// # Errors
    /// The path breaks off.
    pub(crate) fn follow_request(
        &self,
        start: PathStart<'a>,
        request: &RuleRequest<'_>,
    ) -> Result<Steps<'a>, String> {
        let paths = self.paths(start, &|rules| vec![rules.first(request)]);
        Ok(paths?.concat())
    }

    /// Returns the rules of a listener.
    pub(crate) fn rules_of(
        &self,
        is_listener: impl Fn(&HttpListenerRef) -> bool,
    ) -> Option<&RuleIndex<'a>> {
        let mut rules = self.rules.iter();
        let (_, rules) = rules.find(|(on, _)| is_listener(on))?;
        Some(rules)
    }
}

/// Returns the host that a request has, where it is known before deployment.
pub(crate) fn literal_host(proxy: &Proxy) -> Option<&str> {
    match &proxy.host {
        UriHost::Named(Value::Literal(host)) => Some(host),
        UriHost::Named(_) | UriHost::Balancer(_) | UriHost::Application(_) => None,
    }
}

/// Returns every node of a kind, with its index.
pub(crate) fn located<'a, K: 'a>(stack: &'a Stack) -> impl Iterator<Item = StackNode<'a, K>>
where
    Node: Holds<K>,
{
    let entries = stack.entries.iter().enumerate();
    entries.filter_map(|(index, entry)| {
        let node = entry.node.held()?;
        Some(StackNode { index, node })
    })
}

/// Returns the node that a handle refers to; none where its index holds another node.
pub(crate) fn node<'a, K>(stack: &'a Stack, handle: &Handle<K>) -> Option<&'a K>
where
    Node: Holds<K>,
{
    let entry = stack.entries.get(handle.index())?;
    let is_same = entry.address == *handle.address();
    entry.node.held().filter(|_| is_same)
}

/// Returns a target group that is part of the stack; none where it exists already.
///
/// # Errors
/// The node of the handle is no target group.
pub(crate) fn target_group<'a>(
    stack: &'a Stack,
    group: &TargetGroupRef,
) -> Result<Option<StackNode<'a, TargetGroup>>, String> {
    let TargetGroupRef::Made(handle) = group else {
        return Ok(None);
    };
    let node = node(stack, handle).ok_or("the target group is none")?;
    let index = handle.index();
    Ok(Some(StackNode { index, node }))
}

#[cfg(test)]
mod tests;
