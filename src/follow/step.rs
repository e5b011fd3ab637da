//! A resource that a request goes through.

use crate::aws::{
    ApplicationBalancerRef, BalancerRef, FunctionCall, HttpListener, HttpListenerRef,
    InternetProxy, LambdaPermission, Listener, ListenerRule, TargetGroupRef, VpcLinkRef,
};
use crate::stack::Value;

/// A node with its index in the stack.
#[derive(Debug)]
pub(crate) struct StackNode<'a, K> {
    pub(crate) index: usize,
    pub(crate) node: &'a K,
}

impl<K> Clone for StackNode<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for StackNode<'_, K> {}

/// A listener of an application load balancer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HttpListenerStep<'a> {
    Created(StackNode<'a, HttpListener>),
    /// Its ARN, where it is known.
    Existing(Option<&'a Value>),
}

/// Steps of a path, in the order in which a request takes them.
pub(crate) type Steps<'a> = Vec<Step<'a>>;

/// A resource that a request goes through.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    Link(&'a VpcLinkRef),
    NetworkBalancer(&'a BalancerRef),
    Listener(StackNode<'a, Listener>),
    TargetGroup(&'a TargetGroupRef),
    ApplicationBalancer(&'a ApplicationBalancerRef),
    HttpListener {
        port: u16,
        listener: HttpListenerStep<'a>,
    },
    Rule(StackNode<'a, ListenerRule>),
    /// No rule takes the request.
    DefaultAction,
    /// The rules of the load balancer are not part of the stack.
    UnknownRules,
    Internet(&'a InternetProxy),
    Function {
        call: &'a FunctionCall,
        permission: Option<StackNode<'a, LambdaPermission>>,
    },
}

impl Step<'_> {
    /// Index of the node in the stack; none of what exists already.
    pub(crate) fn index(&self) -> Option<usize> {
        match self {
            Step::Link(VpcLinkRef::Made(link)) => Some(link.index()),
            Step::Link(VpcLinkRef::V2(link)) => Some(link.index()),
            Step::NetworkBalancer(BalancerRef::Made(balancer)) => Some(balancer.index()),
            Step::Listener(listener) => Some(listener.index),
            Step::TargetGroup(TargetGroupRef::Made(group)) => Some(group.index()),
            Step::ApplicationBalancer(ApplicationBalancerRef::Made(balancer)) => {
                Some(balancer.index())
            }
            Step::HttpListener {
                listener: HttpListenerStep::Created(listener),
                ..
            } => Some(listener.index),
            Step::Rule(rule) => Some(rule.index),
            Step::Function { permission, .. } => permission.map(|permission| permission.index),
            Step::Link(VpcLinkRef::Existing(_))
            | Step::NetworkBalancer(BalancerRef::Existing(_))
            | Step::TargetGroup(TargetGroupRef::Existing(_))
            | Step::ApplicationBalancer(ApplicationBalancerRef::Existing { .. })
            | Step::HttpListener {
                listener: HttpListenerStep::Existing(_),
                ..
            }
            | Step::DefaultAction
            | Step::UnknownRules
            | Step::Internet(_) => None,
        }
    }
}

impl HttpListenerStep<'_> {
    pub(crate) fn is(&self, other: &HttpListenerRef) -> bool {
        match (self, other) {
            (Self::Created(one), HttpListenerRef::Made(other)) => one.index == other.index(),
            (Self::Existing(Some(one)), HttpListenerRef::Existing(other)) => *one == other,
            (Self::Created(_) | Self::Existing(_), _) => false,
        }
    }
}
