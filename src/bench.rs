//! A POSIX script that measures one request through the gateway and straight at the servers.
//!
//! In: `Plan`, `Assembled`, what is to be measured. Out: the script. Pure.
//! The request is routed by the resources, so its path at the servers is the one that integrations
//! write.

mod script;
mod servers;

use crate::assemble::Assembled;
use crate::aws::{AuthorizedBy, Method, Stack};
use crate::follow::{Follower, Router, request_segments};
use crate::openapi::HttpMethod;
use crate::plan::{OperationPlan, Plan, Segment, text_of};
use servers::DirectServers;

/// Most requests to each of the two.
pub const MAX_REQUESTS: u32 = 100_000;
/// Most requests at one time.
pub const MAX_CONCURRENCY: u32 = 1_000;

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct BenchRequest {
    /// Path below the stage, with or without a query string; without one an operation is chosen.
    pub path: Option<String>,
    pub requests: u32,
    pub concurrency: u32,
}

/// Why there is no script: the error, and a way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NothingToMeasure {
    pub message: String,
    pub help: String,
}

/// Returns the script.
///
/// # Errors
/// The request, or every request where none is named, needs what a script does not have, or no
/// server answers it.
pub fn script(
    plan: &Plan,
    assembled: &Assembled,
    request: &BenchRequest,
) -> Result<String, NothingToMeasure> {
    let follower = Follower::of(assembled).map_err(|problem| NothingToMeasure {
        message: format!("the finished stack cannot be followed: {problem}"),
        help: "this is a bug of gwgen; please report it".to_owned(),
    })?;
    let bench = Bench {
        plan,
        stack: &assembled.stack,
        router: Router::of(&follower.tree),
    };
    let measured = match &request.path {
        _ if assembled.api.is_none() => Err(NothingToMeasure {
            message: "no operation is public, so there is no API".to_owned(),
            help: "make an operation public, with `exposure` of a route".to_owned(),
        }),
        Some(path) => bench.measured(path).map_err(|why| NothingToMeasure {
            message: format!("`GET {path}` cannot be measured: {why}"),
            help: "name another path with `--path`; `gwgen routes` lists them".to_owned(),
        }),
        None => bench.chosen().ok_or_else(|| bench.nothing()),
    }?;
    Ok(script::text(&measured, request))
}

struct Bench<'a> {
    plan: &'a Plan,
    stack: &'a Stack,
    router: Router<'a, 'a>,
}

/// A request, and the same as its servers get it.
struct Measured<'a> {
    /// Path and query string below the stage.
    path: String,
    /// Path and query string at the servers.
    server_path: String,
    servers: DirectServers,
    operation: Option<&'a OperationPlan>,
}

impl<'a> Bench<'a> {
    /// The operation that is measured where none is named: of the public GETs that a caller needs
    /// nothing for, one that is not cached; the first by path.
    fn chosen(&self) -> Option<Measured<'a>> {
        let paths = self.gets().filter_map(|operation| {
            let path = operation.gateway_path.as_ref()?;
            let is_literal = path.iter().all(|part| matches!(part, Segment::Literal(_)));
            // What the gateway does not check may be required all the same.
            let is_certain = operation.coverage.parameters.is_empty();
            (is_literal && is_certain).then(|| text_of(path))
        });
        let measured = paths.filter_map(|path| self.measured(&path).ok());
        measured.min_by_key(|measured| {
            let operation = measured.operation;
            let is_cached = operation.is_some_and(|operation| operation.cache.is_some());
            (is_cached, measured.path.clone())
        })
    }

    fn gets(&self) -> impl Iterator<Item = &'a OperationPlan> {
        let operations = self.plan.operations.iter();
        operations.filter(|operation| operation.is_public() && operation.method == HttpMethod::Get)
    }

    /// The diagnostic where no operation can be chosen, with one that needs values alone.
    fn nothing(&self) -> NothingToMeasure {
        let paths = self.gets().filter_map(|operation| {
            let parts = operation.gateway_path.as_ref()?.iter();
            let path: String = parts
                .map(|part| match part {
                    Segment::Literal(text) => format!("/{text}"),
                    _ => "/VALUE".to_owned(),
                })
                .collect();
            self.measured(&path).is_ok().then_some(path)
        });
        let help = paths.min().map_or_else(
            || {
                "a script holds no secrets, so measure what needs some by hand; where a parameter \
                 is missing, name a path with it: `--path '/x?name=value'`"
                    .to_owned()
            },
            |path| format!("name a path with values that exist, as in `--path {path}`"),
        );
        NothingToMeasure {
            message: "no public GET goes without credentials, path variables and required \
                      parameters"
                .to_owned(),
            help,
        }
    }

    /// Routes a request. Errors: why it cannot be measured, as the end of a sentence.
    fn measured(&self, text: &str) -> Result<Measured<'a>, String> {
        let text = text.split('#').next().unwrap_or_default();
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, format!("?{}", encoded(query))),
            None => (text, String::new()),
        };
        if path.contains(['{', '}']) {
            return Err("it has variables; give them values".to_owned());
        }
        let path = encoded(path);
        let route = self
            .router
            .route(HttpMethod::Get, &request_segments(&path))
            .ok_or("the gateway has no GET of that path")?;
        let method = route.method.node;
        needs_nothing(method, &query)?;
        let servers = DirectServers::of(&route, self.stack)?;
        let template = route.path.path();
        let has_template = |operation: &&OperationPlan| {
            let path = operation.gateway_path.as_ref();
            operation.method == method.http_method
                && path.is_some_and(|path| text_of(path) == template)
        };
        let server_path = encoded(&servers.path);
        let slash = if server_path.is_empty() { "/" } else { "" };
        Ok(Measured {
            path: format!("{path}{query}"),
            server_path: format!("{server_path}{slash}{query}"),
            servers,
            operation: self.plan.operations.iter().find(has_template),
        })
    }
}

/// Errors: what a caller needs that a script does not have, as the end of a sentence.
fn needs_nothing(method: &Method, query: &str) -> Result<(), String> {
    let required = &method.authorization;
    if required.by != AuthorizedBy::Nobody {
        return Err(format!(
            "it needs credentials ({}), and a script holds none",
            required.type_name()
        ));
    }
    if required.api_key {
        return Err("it needs an API key, and a script holds none".to_owned());
    }
    let has = |name: &str| {
        let mut pairs = query.trim_start_matches('?').split('&');
        pairs.any(|pair| pair.split('=').next() == Some(&*encoded(name)))
    };
    let parameters = method.request_parameters.iter();
    for (parameter, _) in parameters.filter(|(_, is_required)| **is_required) {
        if let Some(name) = parameter.strip_prefix("method.request.header.") {
            return Err(format!("it needs the header `{name}`"));
        }
        if let Some(name) = parameter.strip_prefix("method.request.querystring.")
            && !has(name)
        {
            return Err(format!(
                "it needs the parameter `{name}`; put it behind the path, as in `?{name}=value`"
            ));
        }
    }
    Ok(())
}

/// Returns a path or query string with `%XX` for what may not stand in a URL, quotes among it.
/// Source: RFC 3986, section 3.3, <https://www.rfc-editor.org/rfc/rfc3986#section-3.3>.
fn encoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_escape = |index: usize| {
        let digits = bytes.get(index + 1..index + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let mut url = String::with_capacity(text.len());
    for (index, &byte) in bytes.iter().enumerate() {
        let is_kept = match byte {
            b'%' => is_escape(index),
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@/?".contains(&byte),
        };
        if is_kept {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}
