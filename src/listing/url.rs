//! URLs of a route, written where they are read.
//! In: a route's parts of the plan. Out: texts. Pure.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{value_text, values_text};
use crate::blueprint::Exposure;
use crate::plan::{
    AlbBalancerPlan, AlbPlan, BackendPlan, BalancedPlan, BalancerPlan, FunctionPlan,
    IntegrationPlan, OperationPlan, Plan, Segment, Value, text_of,
};

/// A path on the gateway, or a URL behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UrlColumn<'a> {
    Path(&'a [Segment]),
    Backend(BackendUrl<'a>),
    Private(PrivateRoute<'a>),
}

impl<'a> UrlColumn<'a> {
    pub(super) fn behind(
        plan: &'a Plan,
        backend: &'a BackendPlan,
        path: ForwardedPath<'a>,
    ) -> Self {
        Self::Backend(BackendUrl {
            plan,
            backend,
            path,
        })
    }
}

impl fmt::Display for UrlColumn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Path(path) => text_of(path),
            Self::Backend(url) => url.text(),
            Self::Private(route) => route.url(),
        })
    }
}

impl Serialize for UrlColumn<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What private callers of an internal operation request at the application load balancer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrivateRoute<'a> {
    pub(crate) alb: &'a AlbPlan,
    pub(crate) backend: &'a BackendPlan,
    pub(crate) balanced: &'a BalancedPlan,
    /// Without the backend's prefix.
    pub(crate) path: &'a str,
}

impl<'a> PrivateRoute<'a> {
    /// `None` where no private caller reaches the operation.
    pub(crate) fn of(plan: &'a Plan, operation: &'a OperationPlan) -> Option<Self> {
        if operation.exposure != Exposure::Internal {
            return None;
        }
        let backend = &plan.backends[operation.backend?];
        Some(Self {
            alb: plan.alb()?,
            backend,
            balanced: backend.balanced()?,
            path: operation.private_path.as_deref()?,
        })
    }

    /// The path as it comes to the load balancer.
    pub(crate) fn full_path(self) -> String {
        self.backend.prefix() + self.path
    }

    fn url(self) -> String {
        let host = self.alb.hosts.first().map_or("(alb)", |host| host);
        let (scheme, port) = (scheme(self.balanced.is_tls), self.balanced.listener_port);
        format!("{scheme}://{host}:{port}{}", self.full_path())
    }
}

/// What a backend gets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BackendUrl<'a> {
    plan: &'a Plan,
    backend: &'a BackendPlan,
    path: ForwardedPath<'a>,
}

/// The path that a backend gets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ForwardedPath<'a> {
    segments: &'a [Segment],
    has_trailing_slash: bool,
}

impl<'a> ForwardedPath<'a> {
    pub(super) fn of(segments: &'a [Segment], has_trailing_slash: bool) -> Self {
        Self {
            segments,
            has_trailing_slash,
        }
    }

    pub(crate) fn text(self) -> String {
        let has_slash = self.has_trailing_slash && !self.segments.is_empty();
        text_of(self.segments) + if has_slash { "/" } else { "" }
    }
}

impl BackendUrl<'_> {
    fn text(self) -> String {
        let path = || self.path.text();
        match &self.backend.integration {
            IntegrationPlan::Balanced(balanced) => {
                let (dns_name, balancer) = entry_balancer(self.plan);
                let host = balanced
                    .host
                    .as_ref()
                    .or(dns_name)
                    .map_or_else(|| balancer.to_owned(), value_text);
                let scheme = scheme(balanced.is_tls);
                format!("{scheme}://{host}:{}{}", balanced.listener_port, path())
            }
            IntegrationPlan::Forwarder(forwarder) => {
                let scheme = scheme(forwarder.is_tls);
                let hosts = values_text(&forwarder.hosts);
                format!("{scheme}://{hosts}:{}{}", forwarder.port, path())
            }
            IntegrationPlan::Internet(internet) => {
                format!("{}{}", value_text(&internet.url), path())
            }
            IntegrationPlan::Function(function) => format!("lambda:{}", function_text(function)),
        }
    }
}

fn scheme(is_tls: bool) -> &'static str {
    if is_tls { "https" } else { "http" }
}

/// A function, by what is known of it.
pub(crate) fn function_text(function: &FunctionPlan) -> String {
    let (name, qualifier) = match function {
        FunctionPlan::Name { name, qualifier } => (name, qualifier),
        FunctionPlan::Arn { arn, qualifier } => (arn, qualifier),
        FunctionPlan::Given(arn) => return value_text(arn),
    };
    let qualifier = qualifier.as_ref().map(|qualifier| format!(":{qualifier}"));
    format!("{name}{}", qualifier.unwrap_or_default())
}

/// The DNS name of the balancer that the gateway calls, where it is known, and a text in its place.
fn entry_balancer(plan: &Plan) -> (Option<&Value>, &'static str) {
    let network = plan.network.as_ref();
    let nlb = network.and_then(|network| network.nlb.as_ref());
    let alb = plan.alb();
    match (nlb.map(|nlb| &nlb.balancer), alb.map(|alb| &alb.balancer)) {
        (Some(BalancerPlan::Existing { dns_name, .. }), _) => (dns_name.as_ref(), "(nlb)"),
        (Some(BalancerPlan::Made { .. }), _) | (None, None) => (None, "(nlb)"),
        (None, Some(AlbBalancerPlan::Existing { dns_name, .. })) => (dns_name.as_ref(), "(alb)"),
        (None, Some(AlbBalancerPlan::Made { .. })) => (None, "(alb)"),
    }
}
