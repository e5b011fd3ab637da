//! Where an integration sends its requests.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::aws::apigateway::VpcLinkRef;
use crate::aws::apigateway::direct::Header;
use crate::aws::{ApplicationBalancerRef, BalancerRef};
use crate::stack::Value;

/// What a URI names as its host.
#[derive(Clone, Debug, Serialize)]
pub enum UriHost {
    /// The balancer itself.
    Balancer(BalancerRef),
    /// The same, where it is an application load balancer.
    Application(ApplicationBalancerRef),
    /// A name that the backend is to see, and its certificate is checked for.
    Named(Value),
}

/// A segment of a URI's path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum UriSegment {
    Literal(Arc<str>),
    /// Filled from the method's path parameter of that name.
    Variable(Arc<str>),
}

/// A request that is sent on as it came.
#[derive(Debug, Serialize)]
pub struct Proxy {
    pub link: VpcLinkRef,
    /// What a link of the second version leads to; one of the first knows it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<ApplicationBalancerRef>,
    /// `https`, else `http`.
    pub is_tls: bool,
    pub host: UriHost,
    /// Picks the balancer's listener (V4).
    pub port: u16,
    pub path: Vec<UriSegment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    pub skips_verification: bool,
    pub timeout_ms: u32,
}

impl Proxy {
    /// The URI's host: all of it that is known only at deploy time.
    pub fn uri_host(&self) -> Value {
        match &self.host {
            UriHost::Balancer(balancer) => balancer.dns_name(),
            UriHost::Application(balancer) => balancer.dns_name(),
            UriHost::Named(host) => host.clone(),
        }
    }

    /// The whole URI.
    pub fn uri(&self) -> Value {
        let rest = format!(":{}{}", self.port, path_of(&self.path));
        Value::Text(vec![
            Value::literal(if self.is_tls { "https://" } else { "http://" }),
            self.uri_host(),
            Value::literal(rest),
        ])
    }
}

/// The path of a URI.
pub(crate) fn path_of(segments: &[UriSegment]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        match segment {
            UriSegment::Literal(text) => path.push_str(text),
            UriSegment::Variable(name) => path.extend(["{", name, "}"]),
        }
    }
    path
}

/// What the integration's request is made of: the headers that are set, and
/// `integration.request.path.x` for every variable of the URI.
pub(crate) fn mappings(path: &[UriSegment], headers: &[Header]) -> BTreeMap<String, Value> {
    let variables = path.iter().filter_map(|segment| match segment {
        UriSegment::Variable(name) => Some((
            ["integration.request.path.", name].concat(),
            Value::literal(["method.request.path.", name].concat()),
        )),
        UriSegment::Literal(_) => None,
    });
    headers
        .iter()
        .map(Header::mapping)
        .chain(variables)
        .collect()
}
