//! The resources that a request goes through, from the stage to the targets.
//!
//! In: a `Match`, the stack, where it was written. Out: `Hop`s in order. Pure.
//! A way of its own (a balancer with rules, a function that forwards) is a function here, called in
//! `integration`.

use super::Hop;
use super::access;
use super::alb::Arriving;
use super::request::Asked;
use super::route::{Match, Reached};
use super::values::{function, path, shown};
use crate::assemble::Assembled;
use crate::aws::{
    ApplicationBalancerRef, AuthorizedBy, BalancerRef, Function, FunctionCall, Header,
    HttpListenerRef, Integration, InternetProxy, Listener, Members, Node, Proxy, Stack,
    TargetGroup, TargetGroupRef, TargetType, Targets, UriHost, VpcLinkRef,
};
use crate::blueprint::OutputFormat;
use crate::emit::places::{Places, Written};
use crate::openapi::HttpMethod;
use crate::stack::Value;
use crate::walk::forwarder::exchanged;

/// Collects hops.
pub(crate) struct Hops<'a> {
    pub(crate) all: Vec<Hop>,
    /// Status and body where a balancer answers itself.
    pub(crate) answered: Option<(u16, &'static str)>,
    format: OutputFormat,
    pub(crate) stack: &'a Stack,
    pub(crate) places: &'a Places<'a>,
    /// Of the application load balancer, by port.
    listeners: &'a [(u16, Option<HttpListenerRef>)],
}

impl<'a> Hops<'a> {
    pub(crate) fn new(
        format: OutputFormat,
        assembled: &'a Assembled,
        places: &'a Places<'a>,
    ) -> Self {
        let listeners = assembled
            .network
            .as_ref()
            .map(|it| &*it.listeners)
            .unwrap_or_default();
        Self {
            all: Vec::new(),
            answered: None,
            format,
            stack: &assembled.stack,
            places,
            listeners,
        }
    }

    pub(crate) fn add(
        &mut self,
        kind: &'static str,
        (name, detail): (impl Into<String>, impl Into<String>),
        place: Option<Written>,
    ) {
        self.all.push(Hop {
            kind,
            name: name.into(),
            detail: detail.into(),
            place,
        });
    }

    pub(crate) fn shown(&self, value: &Value) -> String {
        shown(value, self.format, self.stack)
    }

    fn indexed(&self, is_it: impl Fn(&Node) -> bool) -> Option<usize> {
        self.stack.entries.iter().position(|it| is_it(&it.node))
    }

    /// The block of a node with that type and what its label has behind that of the node.
    fn part(&self, index: usize, kind: &str, ending: &str) -> Option<Written> {
        self.places.block(
            index,
            &format!("{kind}.{}{ending}", self.stack.entries[index].address.label),
        )
    }

    /// The stage and its URL.
    pub(crate) fn stage(&mut self, asked: &Asked) {
        let Some(index) = self.indexed(|it| matches!(it, Node::Stage(_))) else {
            return;
        };
        let Node::Stage(stage) = &self.stack.entries[index].node else {
            return;
        };
        let url = self
            .stack
            .outputs
            .iter()
            .find(|it| &*it.name == "invoke_url")
            .map(|it| match self.format {
                OutputFormat::Terraform | OutputFormat::TerraformJson => self.shown(&it.terraform),
                OutputFormat::Cloudformation => self.shown(&it.cloudformation),
            });
        let detail = format!("{}{}", url.unwrap_or_default(), asked.path);
        self.add(
            "stage",
            (self.shown(&stage.name), detail),
            self.places.node(index),
        );
    }

    /// The resource, what its variables take, and why it is this one.
    pub(crate) fn resource(&mut self, reached: &Reached<'_>) {
        let mut details: Vec<String> = reached
            .values()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        details.extend(
            reached
                .beats
                .map(|it| format!("the literal beats `{{{it}}}` beside it")),
        );
        details.extend(reached.fell_back_from.as_ref().map(|it| {
            format!("the gateway falls back to it, as nothing answers at or below `{it}`")
        }));
        let place = match reached.index {
            Some(index) => self.places.node(index),
            // The root comes with the API.
            None => self
                .indexed(|it| matches!(it, Node::RestApi(_)))
                .and_then(|it| self.places.node(it)),
        };
        self.add("resource", (reached.path(), details.join("; ")), place);
    }

    /// The method and who may call it.
    pub(crate) fn method(&mut self, it: &Match<'_>) {
        let method = it.found.method.http_method;
        let detail = if method == HttpMethod::Any {
            "takes every method that the path has none of its own for"
        } else {
            ""
        };
        let place = self.places.node(it.found.index);
        self.add("method", (method.as_str(), detail), place.clone());
        self.asked(it, place);
    }

    /// What the gateway asks of the caller.
    fn asked(&mut self, it: &Match<'_>, of_method: Option<Written>) {
        let asked = &it.found.method.authorization;
        let place = asked
            .authorizer()
            .map_or(of_method, |it| self.places.node(it.index()));
        let scopes = || match &asked.scopes[..] {
            [] => "a token of one of its user pools".to_owned(),
            scopes => format!(
                "an access token with one of the scopes {}",
                scopes.join(", ")
            ),
        };
        let (name, mut detail) = match &asked.by {
            AuthorizedBy::Nobody => ("NONE".to_owned(), String::new()),
            AuthorizedBy::Iam => (
                "AWS_IAM".to_owned(),
                "asks for a request signed with AWS credentials that may call the method"
                    .to_owned(),
            ),
            AuthorizedBy::Cognito(by) => (by.label().to_string(), format!("asks for {}", scopes())),
            AuthorizedBy::Custom(by) => (by.label().to_string(), "asks a function".to_owned()),
        };
        match (asked.api_key, detail.is_empty()) {
            (true, true) => {
                detail.push_str("asks for an API key of a usage plan, and for nothing else")
            }
            (true, false) => detail.push_str("; and for an API key of a usage plan"),
            (false, true) => detail.push_str(&access::unasked(self.stack)),
            (false, false) => {}
        }
        self.add("authorizer", (name, detail), place);
    }

    /// The integration and what is behind it.
    pub(crate) fn integration(&mut self, it: &Match<'_>, asked: &Asked) -> Result<(), String> {
        match &it.found.method.integration {
            Integration::Proxy(proxy) => {
                let start = format!(
                    "{}://{}:{}",
                    if proxy.is_tls { "https" } else { "http" },
                    self.shown(&proxy.uri_host()),
                    proxy.port
                );
                let sent = path(&proxy.path, &it.reached);
                let uri = format!("{start}{sent}");
                self.sent(
                    it,
                    "HTTP_PROXY",
                    &uri,
                    (proxy.timeout_ms, &proxy.headers, proxy.skips_verification),
                );
                self.balanced(proxy, (asked, &sent))
            }
            Integration::Internet(proxy) => {
                let uri = format!(
                    "{}{}",
                    self.shown(&proxy.url),
                    path(&proxy.path, &it.reached)
                );
                self.sent(
                    it,
                    "HTTP_PROXY",
                    &uri,
                    (proxy.timeout_ms, &proxy.headers, proxy.skips_verification),
                );
                self.internet(proxy);
                Ok(())
            }
            Integration::Function(call) => {
                let uri = self.shown(&call.function.uri(&it.found.method.api));
                self.sent(it, "AWS_PROXY", &uri, (call.timeout_ms, &[], false));
                self.function(call);
                self.forwarded(call, &it.reached)
            }
            Integration::Preflight(_) => {
                let place = self.part(it.found.index, "aws_api_gateway_integration", "");
                self.add(
                    "integration",
                    ("MOCK", "the gateway tells a browser what it may send"),
                    place,
                );
                Ok(())
            }
            Integration::NotFound => {
                let place = self.part(it.found.index, "aws_api_gateway_integration", "");
                self.add(
                    "integration",
                    ("MOCK", "the gateway answers 404 itself"),
                    place,
                );
                Ok(())
            }
        }
    }

    fn sent(
        &mut self,
        it: &Match<'_>,
        kind: &str,
        uri: &str,
        (timeout_ms, headers, unverified): (u32, &[Header], bool),
    ) {
        let mut detail = format!("{uri}; waits {timeout_ms} ms");
        if !headers.is_empty() {
            let names: Vec<&str> = headers.iter().map(|it| &*it.name).collect();
            detail.push_str(&format!("; sets {}", names.join(", ")));
        }
        if unverified {
            detail.push_str("; verifies no certificate");
        }
        let place = self.part(it.found.index, "aws_api_gateway_integration", "");
        self.add("integration", (kind, detail), place);
    }

    /// A public endpoint.
    fn internet(&mut self, proxy: &InternetProxy) {
        self.add(
            "internet",
            (self.shown(&proxy.url), "over the internet"),
            None,
        );
    }

    /// A function and the leave to call it.
    fn function(&mut self, call: &FunctionCall) {
        let leave = self
            .indexed(|it| matches!(it, Node::LambdaPermission(it) if it.function == call.function));
        let place = leave.and_then(|it| self.places.node(it));
        let name = function(&call.function, self.format, self.stack);
        self.add(
            "function",
            (
                name,
                "the stage may call it; it gets the request as an event",
            ),
            place,
        );
    }

    /// The servers that a function of ours calls, and with which path.
    fn forwarded(&mut self, call: &FunctionCall, reached: &Reached<'_>) -> Result<(), String> {
        let Function::Made(handle) = &call.function else {
            return Ok(());
        };
        let Node::PythonFunction(function) = &self.stack.entries[handle.index()].node else {
            return Err("the function is none".into());
        };
        let said = |name: &str| {
            function
                .environment
                .get(name)
                .map_or_else(String::new, |it| self.shown(it))
        };
        let filled = |segment: String| {
            let name = segment
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'))
                .map(|it| it.trim_end_matches('+'));
            name.and_then(|it| reached.value(it))
                .map_or_else(|| segment.clone(), str::to_owned)
        };
        let path: String = exchanged(function, &reached.path())?
            .into_iter()
            .map(|it| format!("/{}", filled(it)))
            .collect();
        let (name, detail) = (
            said("HOSTS"),
            format!(
                "{}, port {}; called in turn, with the path {path}",
                said("PROTOCOL"),
                said("PORT")
            ),
        );
        self.add("target", (name, detail), self.places.node(handle.index()));
        Ok(())
    }

    /// From the link over the network load balancer and its listener to the targets.
    fn balanced(&mut self, proxy: &Proxy, (asked, path): (&Asked, &str)) -> Result<(), String> {
        let leads_to = self.link(proxy)?;
        let host = if let UriHost::Named(Value::Literal(host)) = &proxy.host {
            Some(&**host)
        } else {
            None
        };
        let arriving = Arriving {
            method: asked.method.as_str(),
            host,
            path,
            port: proxy.port,
        };
        if let Some(balancer) = &proxy.target {
            let listener = self
                .listeners
                .iter()
                .find(|(port, _)| *port == proxy.port)
                .and_then(|(_, it)| it.as_ref());
            return self.ruled((balancer, listener), &arriving);
        }
        let is_it =
            |it: &Listener| it.port == proxy.port && leads_to.is_none_or(|to| to.is(&it.balancer));
        let index = self
            .indexed(|it| matches!(it, Node::Listener(it) if is_it(it)))
            .ok_or("no listener has the port of the integration")?;
        let Node::Listener(listener) = &self.stack.entries[index].node else {
            return Err("the listener is none".into());
        };
        match &listener.balancer {
            BalancerRef::Made(handle) => {
                let Node::LoadBalancer(it) = &self.stack.entries[handle.index()].node else {
                    return Err("the balancer is none".into());
                };
                self.add(
                    "balancer",
                    (self.shown(&it.name), "internal network load balancer"),
                    self.places.node(handle.index()),
                );
            }
            BalancerRef::Existing(it) => self.add(
                "balancer",
                (
                    self.shown(&it.arn),
                    "network load balancer that is there already",
                ),
                None,
            ),
        }
        let place = self.places.node(index);
        let (protocol, detail) = match &listener.certificate {
            Some(it) => ("TLS", format!("TLS ends here, with {}", self.shown(it))),
            None => ("TCP", String::new()),
        };
        self.add(
            "listener",
            (format!("{protocol} {}", listener.port), detail),
            place.clone(),
        );
        let why = if listener.is_switched {
            "takes every connection: a network load balancer has no other; deployments switch where it leads"
        } else {
            "takes every connection: a network load balancer has no other"
        };
        self.add("rule", ("default action", why), place);
        self.targets(&listener.forward_to)?;
        let Some((balancer, listener)) = self.balancer_of(&listener.forward_to) else {
            return Ok(());
        };
        self.ruled((balancer, listener), &arriving)
    }

    /// The application load balancer that a group holds.
    fn balancer_of(
        &self,
        group: &TargetGroupRef,
    ) -> Option<(&'a ApplicationBalancerRef, Option<&'a HttpListenerRef>)> {
        let TargetGroupRef::Made(handle) = group else {
            return None;
        };
        let Node::TargetGroup(group) = &self.stack.entries[handle.index()].node else {
            return None;
        };
        match &group.targets {
            Targets::Balancer { balancer, listener } | Targets::Kept { balancer, listener } => {
                Some((balancer, listener.as_ref()))
            }
            Targets::Registered { .. } | Targets::Scaled(_) | Targets::None => None,
        }
    }

    /// The link and, where it is made here, the balancer that it leads to.
    fn link(&mut self, proxy: &Proxy) -> Result<Option<&'a BalancerRef>, String> {
        let stack = self.stack;
        match &proxy.link {
            VpcLinkRef::Made(handle) => {
                let Node::VpcLink(link) = &stack.entries[handle.index()].node else {
                    return Err("the link is none".into());
                };
                self.add(
                    "link",
                    (self.shown(&link.name), "VPC link to the load balancer"),
                    self.places.node(handle.index()),
                );
                Ok(Some(&link.balancer))
            }
            VpcLinkRef::V2(handle) => {
                let Node::VpcLinkV2(link) = &stack.entries[handle.index()].node else {
                    return Err("the link is none".into());
                };
                let detail = "VPC link (V2); the integration names the load balancer";
                self.add(
                    "link",
                    (self.shown(&link.name), detail),
                    self.places.node(handle.index()),
                );
                Ok(None)
            }
            VpcLinkRef::Existing(id) => {
                self.add(
                    "link",
                    (self.shown(id), "VPC link that is there already"),
                    None,
                );
                Ok(None)
            }
        }
    }

    pub(crate) fn targets(&mut self, group: &TargetGroupRef) -> Result<(), String> {
        match group {
            TargetGroupRef::Existing(arn) => self.add(
                "target_group",
                (self.shown(arn), "there already, with its targets"),
                None,
            ),
            TargetGroupRef::Made(handle) => {
                let index = handle.index();
                let Node::TargetGroup(group) = &self.stack.entries[index].node else {
                    return Err("the target group is none".into());
                };
                let detail = format!(
                    "{} {}, by {}",
                    group.protocol.as_str(),
                    group.port,
                    match group.target_type {
                        TargetType::Instance => "instance",
                        TargetType::Ip => "address",
                        TargetType::Alb => "application load balancer",
                    }
                );
                self.add(
                    "target_group",
                    (handle.label().as_str(), detail),
                    self.places.node(index),
                );
                self.members(index, group);
            }
        }
        Ok(())
    }

    /// What belongs to the group.
    fn members(&mut self, index: usize, group: &TargetGroup) {
        let (kind, members, detail) = match &group.targets {
            Targets::Registered { members, .. } => (
                "aws_lb_target_group_attachment",
                members,
                format!("port {}", group.port),
            ),
            Targets::Scaled(members) => (
                "aws_autoscaling_attachment",
                members,
                "instances of this autoscaling group".to_owned(),
            ),
            // It is a hop of its own.
            Targets::Balancer { .. } => return,
            Targets::Kept { .. } => return self.kept(),
            Targets::None => {
                self.add(
                    "target",
                    (
                        "registered by others",
                        "the service or autoscaling group does it",
                    ),
                    None,
                );
                return;
            }
        };
        match members {
            Members::Listed(members) => {
                for (key, member) in members {
                    let place = self.part(index, kind, &format!("__{key}"));
                    self.add("target", (self.shown(member), detail.clone()), place);
                }
            }
            Members::Each(list) => {
                let place = self.part(index, kind, "");
                self.add(
                    "target",
                    (self.shown(list), format!("each of the list, {detail}")),
                    place,
                );
            }
        }
    }

    /// The function that registers the addresses, and when.
    fn kept(&mut self) {
        let Some(index) = self.indexed(|it| matches!(it, Node::Schedule(_))) else {
            return;
        };
        let Node::Schedule(schedule) = &self.stack.entries[index].node else {
            return;
        };
        let name = format!("kept by function {}", schedule.function.label());
        let detail = format!(
            "the addresses of the application load balancer; {}",
            schedule.expression
        );
        self.add(
            "target",
            (name, detail),
            self.places.node(schedule.function.index()),
        );
    }

    /// Where the request came out, in a sentence.
    pub(crate) fn arrival(&self) -> String {
        if self
            .all
            .iter()
            .any(|it| it.kind == "rule" && it.name == "unknown")
        {
            return "the load balancer's own rules say who answers".to_owned();
        }
        let end = self
            .all
            .iter()
            .rev()
            .find(|it| matches!(it.kind, "target_group" | "function" | "internet"));
        end.map_or_else(String::new, |it| match it.kind {
            "function" => format!("the function {} answers", it.name),
            "internet" => format!("{} answers", it.name),
            _ => format!("a target of {} answers", it.name),
        })
    }
}
