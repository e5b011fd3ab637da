//! The servers behind an integration, as a caller without the gateway reaches them.
//!
//! In: a route, the stack. Out: `DirectServers`. Pure.

use crate::aws::{Function, FunctionCall, Header, HeaderSource, Integration, Stack, UriHost};
use crate::follow::{ResourcePath, RouteMatch, forwarded_path, literal_host, uri_path};
use crate::stack::Value;

/// Where a request goes, and with what.
pub(crate) struct DirectServers {
    /// The URL in front of the path, for readers: capital letters stand for what is not known.
    pub(crate) url: String,
    pub(crate) path: String,
    /// Headers that the gateway sets: `Name: value`.
    pub(crate) headers: Vec<String>,
    /// Their certificate is for no name that a caller types.
    pub(crate) skips_verification: bool,
    /// Time that the gateway waits.
    pub(crate) timeout_ms: u32,
    pub(crate) notes: Vec<String>,
}

impl DirectServers {
    /// Errors: why nobody reaches them, as the end of a sentence.
    pub(crate) fn of(route: &RouteMatch<'_>, stack: &Stack) -> Result<Self, String> {
        match &route.method.node.integration {
            Integration::Proxy(proxy) => {
                let scheme = if proxy.is_tls { "https" } else { "http" };
                let mut servers = Self {
                    url: format!("{scheme}://BALANCER:{}", proxy.port),
                    path: uri_path(&proxy.path, |name| route.path.value(name)),
                    headers: Vec::new(),
                    skips_verification: proxy.skips_verification,
                    timeout_ms: proxy.timeout_ms,
                    notes: Vec::new(),
                };
                servers.add(&proxy.headers);
                match (&proxy.host, literal_host(proxy)) {
                    (_, Some(host)) => {
                        servers.headers.push(format!("Host: {host}"));
                        // The certificate is for the host, and the URL names the balancer.
                        servers.skips_verification |= proxy.is_tls;
                    }
                    (UriHost::Named(_), None) => servers.notes.push(
                        "the gateway calls the balancer by a host that is known at deploy time \
                         alone: type that one in the second URL"
                            .to_owned(),
                    ),
                    _ => {}
                }
                Ok(servers)
            }
            Integration::Internet(proxy) => {
                let mut servers = Self {
                    url: literal(&proxy.url).unwrap_or("https://HOST").to_owned(),
                    path: uri_path(&proxy.path, |name| route.path.value(name)),
                    headers: Vec::new(),
                    skips_verification: proxy.skips_verification,
                    timeout_ms: proxy.timeout_ms,
                    notes: Vec::new(),
                };
                servers.add(&proxy.headers);
                Ok(servers)
            }
            Integration::Function(call) => Self::forwarded(call, &route.path, stack),
            Integration::Preflight(_) | Integration::NotFound => {
                Err("the gateway answers it itself".to_owned())
            }
        }
    }

    /// The servers that a function of the stack calls.
    fn forwarded(
        call: &FunctionCall,
        routed: &ResourcePath<'_>,
        stack: &Stack,
    ) -> Result<Self, String> {
        let Function::Made(handle) = &call.function else {
            return Err("a function answers it, which has no other address".to_owned());
        };
        let function = stack.get(handle);
        let variable = |name, other| {
            let value = function.environment.get(name);
            value.and_then(literal).unwrap_or(other)
        };
        Ok(Self {
            url: format!(
                "{}://SERVER:{}",
                variable("PROTOCOL", "http"),
                variable("PORT", "PORT")
            ),
            path: forwarded_path(function, routed)?,
            headers: Vec::new(),
            skips_verification: false,
            timeout_ms: call.timeout_ms,
            notes: Vec::new(),
        })
    }

    /// Adds the headers that are the same for every request.
    fn add(&mut self, headers: &[Header]) {
        for header in headers {
            match &header.source {
                HeaderSource::Static(Value::Literal(text)) => {
                    self.headers.push(format!("{}: {text}", header.name))
                }
                HeaderSource::Static(_) | HeaderSource::Mapping(_) => self.notes.push(format!(
                    "the gateway sets the header {}, which is not sent straight to the servers",
                    header.name
                )),
            }
        }
    }
}

fn literal(value: &Value) -> Option<&str> {
    match value {
        Value::Literal(text) => Some(text),
        _ => None,
    }
}
