//! What happens to one request in a stack.

use std::collections::BTreeMap;

use crate::assemble::Assembled;
use crate::aws::{
    ApiRoot, Integration, Listener, LoadBalancer, Method, Node, Proxy, TargetGroup, TargetType, Targets, UriHost, UriSegment, VpcLink,
};
use crate::openapi::HttpMethod;
use crate::plan::{BackendPlan, OperationPlan, Plan, Segment, TargetsPlan, Value as PlanValue, meets};
use crate::stack::{Handle, Value};

/// What answers a request.
pub(super) enum Answer<'a> {
    Backend(Arrival<'a>),
    /// The gateway, with 404.
    NotFound,
    /// Nothing: the gateway has no such method.
    Nothing,
    Broken(String),
}

/// Where a request comes out.
pub(super) struct Arrival<'a> {
    method: &'a Method,
    proxy: &'a Proxy,
    group: &'a TargetGroup,
    label: &'a str,
}

/// A place of the resource tree.
#[derive(Default)]
struct Place<'a> {
    literals: BTreeMap<&'a str, usize>,
    /// The variable and its name.
    variable: Option<(&'a str, usize)>,
    rest: Option<(&'a str, usize)>,
    methods: BTreeMap<HttpMethod, &'a Method>,
}

/// The API as its resources, methods and the way behind them say.
pub(super) struct Api<'a> {
    assembled: &'a Assembled,
    places: Vec<Place<'a>>,
    count: usize,
}

impl<'a> Api<'a> {
    /// Reads the resource tree from the handles.
    pub(super) fn of(_: &Plan, assembled: &'a Assembled) -> Result<Self, String> {
        let mut api = Self { assembled, places: vec![Place::default()], count: 0 };
        let mut place_of: BTreeMap<usize, usize> = BTreeMap::new();
        for (index, entry) in assembled.stack.entries.iter().enumerate() {
            match &entry.node {
                Node::Resource(resource) => {
                    let parent = at(&resource.parent, &place_of)
                        .ok_or_else(|| format!("resource {} stands before its parent", entry.address.label))?;
                    let place = api.places.len();
                    api.places.push(Place::default());
                    place_of.insert(index, place);
                    if !api.grow(parent, &resource.path_part, place) {
                        return Err(format!("resource {} takes the place of another", entry.address.label));
                    }
                }
                Node::Method(method) => {
                    let place =
                        at(&method.on, &place_of).ok_or_else(|| format!("method {} stands before its resource", entry.address.label))?;
                    api.count += 1;
                    if api.places[place].methods.insert(method.http_method, method).is_some() {
                        return Err(format!("method {} takes the place of another", entry.address.label));
                    }
                }
                Node::RestApi(_) | Node::Deployment(_) | Node::Stage(_) | Node::VpcLink(_) => {}
                Node::SecurityGroup(_)
                | Node::EgressRule(_)
                | Node::IngressRule(_)
                | Node::LoadBalancer(_)
                | Node::TargetGroup(_)
                | Node::Listener(_) => {}
            }
        }
        Ok(api)
    }

    pub(super) fn methods(&self) -> usize {
        self.count
    }

    fn grow(&mut self, parent: usize, part: &'a str, place: usize) -> bool {
        let parent = &mut self.places[parent];
        let name = part.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        match name.map(|name| (name, name.strip_suffix('+'))) {
            None => parent.literals.insert(part, place).is_none(),
            Some((_, Some(name))) => parent.variable.is_none() && parent.rest.replace((name, place)).is_none(),
            Some((name, None)) => parent.rest.is_none() && parent.variable.replace((name, place)).is_none(),
        }
    }

    /// What answers a request for the path's own template.
    pub(super) fn answer(&self, method: HttpMethod, path: &[Segment]) -> Answer<'a> {
        let mut place = 0;
        for segment in path {
            let here = &self.places[place];
            let next = match segment {
                Segment::Literal(text) => here.literals.get(&**text).copied(),
                Segment::Variable(name) => here.variable.filter(|(spelt, _)| *spelt == &**name).map(|(_, place)| place),
                Segment::Rest(name) => here.rest.filter(|(spelt, _)| *spelt == &**name).map(|(_, place)| place),
            };
            match next {
                Some(next) => place = next,
                None => return Answer::Nothing,
            }
        }
        self.places[place].methods.get(&method).map_or(Answer::Nothing, |method| self.forward(method))
    }

    /// From the integration through link, listener and rule to the targets.
    fn forward(&self, method: &'a Method) -> Answer<'a> {
        let Integration::Proxy(proxy) = &method.integration else { return Answer::NotFound };
        let (link, listener);
        match self.node(&proxy.link) {
            Some(Node::VpcLink(node)) => link = node as &VpcLink,
            _ => return Answer::Broken("its integration names no VPC link".into()),
        }
        match self.node(&link.balancer) {
            Some(Node::LoadBalancer(_)) => {}
            _ => return Answer::Broken("its VPC link names no load balancer".into()),
        }
        if let UriHost::Balancer(named) = &proxy.host
            && named.index() != link.balancer.index()
        {
            return Answer::Broken("its URI names another balancer than its link".into());
        }
        match self.listener(&link.balancer, proxy.port) {
            Ok(found) => listener = found,
            Err(problem) => return Answer::Broken(problem),
        }
        match (self.node(&listener.forward_to), self.assembled.stack.entries.get(listener.forward_to.index())) {
            (Some(Node::TargetGroup(group)), Some(entry)) => {
                Answer::Backend(Arrival { method, proxy, group, label: entry.address.label.as_str() })
            }
            _ => Answer::Broken("its listener names no target group".into()),
        }
    }

    fn node<K>(&self, handle: &Handle<K>) -> Option<&'a Node>
    where
        K: crate::aws::Kind,
    {
        self.assembled.stack.entries.get(handle.index()).filter(|entry| entry.address == *handle.address()).map(|entry| &entry.node)
    }

    /// The one listener of the balancer on that port.
    fn listener(&self, balancer: &Handle<LoadBalancer>, port: u16) -> Result<&'a Listener, String> {
        let mut found = self.assembled.backends.iter().filter_map(|backend| match self.node(&backend.listener) {
            Some(Node::Listener(listener)) if listener.port == port && listener.balancer.index() == balancer.index() => Some(listener),
            _ => None,
        });
        match (found.next(), found.next()) {
            (Some(listener), None) => Ok(listener),
            (None, _) => Err(format!("no listener has port {port}")),
            (Some(_), Some(_)) => Err(format!("two listeners have port {port}")),
        }
    }

    /// Whether no request for an operation that is not public is answered by a backend through another's template.
    ///
    /// A request is tried for each way to fill the variables: with the literals that stand there, and with text that none of them has.
    pub(super) fn is_unreachable(&self, operation: &OperationPlan) -> Result<(), String> {
        let Some(path) = &operation.asked_path else { return Ok(()) };
        let tried = self.try_all(0, path, (operation.method, false));
        if tried.leaks { Err("is not public, but a backend answers it through another template".into()) } else { Ok(()) }
    }

    /// Tries every request for the rest of a path; the flag says that the public path was the wider one where the two first differed.
    fn try_all(&self, place: usize, path: &[Segment], (method, is_wider): (HttpMethod, bool)) -> Tried {
        let here = &self.places[place];
        let Some((first, rest)) = path.split_first() else { return Tried::of(here, method, is_wider) };
        let mut tried = match first {
            Segment::Literal(text) => match (here.literals.get(&**text), here.variable) {
                (Some(next), _) => self.try_all(*next, rest, (method, is_wider)),
                (None, Some((_, next))) => self.try_all(next, rest, (method, true)),
                (None, None) => Tried::MISSED,
            },
            Segment::Variable(_) => {
                let other = here.variable.map_or(Tried::MISSED, |(_, next)| self.try_all(next, rest, (method, is_wider)));
                // A literal beats a variable: unless an earlier segment decided, its requests are the public path's own.
                let literals = if is_wider { Some(&here.literals) } else { None };
                literals
                    .into_iter()
                    .flat_map(|it| it.values())
                    .map(|next| self.try_all(*next, rest, (method, is_wider)))
                    .fold(other, Tried::or)
            }
            // Whatever is public below it is more particular.
            Segment::Rest(_) => return Tried { leaks: false, misses: false },
        };
        // Where the branch has no answer the gateway falls back to a greedy variable above it (P7).
        if let (true, Some((_, greedy))) = (tried.misses, here.rest) {
            tried.misses = false;
            tried = tried.or(Tried::of(&self.places[greedy], method, true));
        }
        tried
    }
}

/// What became of all requests for a path.
#[derive(Clone, Copy)]
struct Tried {
    /// A backend answers one of them through a wider template.
    leaks: bool,
    /// One of them has no answer here.
    misses: bool,
}

impl Tried {
    const MISSED: Self = Self { leaks: false, misses: true };

    fn or(self, other: Self) -> Self {
        Self { leaks: self.leaks || other.leaks, misses: self.misses || other.misses }
    }

    fn of(place: &Place<'_>, method: HttpMethod, is_wider: bool) -> Self {
        let exact = place.methods.get(&method).or_else(|| place.methods.get(&HttpMethod::Any));
        let any = exact.or_else(|| place.methods.values().find(|it| meets(it.http_method, method)));
        match any.map(|it| &it.integration) {
            None => Self::MISSED,
            Some(Integration::NotFound) => Self { leaks: false, misses: false },
            Some(Integration::Proxy(_)) => Self { leaks: is_wider, misses: false },
        }
    }
}

fn at(root: &ApiRoot, place_of: &BTreeMap<usize, usize>) -> Option<usize> {
    match root {
        ApiRoot::Root(_) => Some(0),
        ApiRoot::Below(handle) => place_of.get(&handle.index()).copied(),
    }
}

impl Arrival<'_> {
    /// Compares with what the plan says.
    pub(super) fn holds(&self, operation: &OperationPlan, backend: &BackendPlan) -> Result<(), String> {
        let expected: Vec<UriSegment> = operation
            .backend_path
            .iter()
            .map(|segment| match segment {
                Segment::Literal(text) => UriSegment::Literal(text.clone()),
                Segment::Variable(name) | Segment::Rest(name) => UriSegment::Variable(name.clone()),
            })
            .collect();
        let sent: Vec<&UriSegment> = self.proxy.path.iter().filter(|it| **it != UriSegment::Literal("".into())).collect();
        if self.label != &*backend.name || self.group.port != backend.port {
            return Err(format!("arrives at `{}` port {}, not at `{}` port {}", self.label, self.group.port, backend.name, backend.port));
        }
        if !sent.iter().copied().eq(&expected) {
            return Err("reaches its backend under another path".into());
        }
        if self.method.http_method != operation.method || self.proxy.timeout_ms != operation.timeout_ms {
            return Err("is sent on with another method or timeout".into());
        }
        if self.method.request_parameters != operation.request_parameters {
            return Err("declares other parameters".into());
        }
        let is_declared = |name: &str| self.method.request_parameters.get(&format!("method.request.path.{name}")) == Some(&true);
        let lost = self.proxy.path.iter().find_map(|it| match it {
            UriSegment::Variable(name) if !is_declared(name) => Some(name),
            UriSegment::Variable(_) | UriSegment::Literal(_) => None,
        });
        if let Some(name) = lost {
            return Err(format!("sends on `{{{name}}}`, which its method does not declare"));
        }
        self.targets_hold(backend)
    }

    fn targets_hold(&self, backend: &BackendPlan) -> Result<(), String> {
        let (target_type, count) = match &backend.targets {
            TargetsPlan::Instances(crate::plan::Values::List(list)) => (TargetType::Instance, Some(list.len())),
            TargetsPlan::Instances(crate::plan::Values::One(_)) => (TargetType::Instance, None),
            TargetsPlan::Ecs { by_address: true } => (TargetType::Ip, Some(0)),
            TargetsPlan::Ecs { by_address: false } => (TargetType::Instance, Some(0)),
        };
        let registered = match &self.group.targets {
            Targets::Listed(list) => Some(list.len()),
            Targets::Each(_) => None,
            Targets::None => Some(0),
        };
        if self.group.target_type != target_type || registered != count {
            return Err(format!("arrives at other targets than those of `{}`", backend.name));
        }
        let named = match &self.proxy.host {
            UriHost::Balancer(_) => None,
            UriHost::Named(host) => Some(host),
        };
        let same = match (named, &backend.host) {
            (None, None) => true,
            (Some(Value::Literal(sent)), Some(PlanValue::Literal(planned))) => sent == planned,
            (Some(Value::Input(sent)), Some(PlanValue::Input(planned))) => sent == planned,
            (Some(Value::Expression(sent)), Some(PlanValue::Expression(planned))) => sent == planned,
            _ => false,
        };
        if same && self.proxy.is_tls == backend.is_tls && self.proxy.skips_verification == backend.skips_verification {
            Ok(())
        } else {
            Err("is sent on to another host, or with other TLS".into())
        }
    }
}
