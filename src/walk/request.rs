//! What happens to one request in a stack.

use std::collections::BTreeMap;

use super::way::{Arrival, Way};
use crate::assemble::Assembled;
use crate::aws::{ApiRoot, FunctionCall, Integration, InternetProxy, Method, Node};
use crate::openapi::HttpMethod;
use crate::plan::{OperationPlan, Plan, Segment, meets};

/// What answers a request.
pub(super) enum Answer<'a> {
    Backend(Arrival<'a>),
    Internet(&'a Method, &'a InternetProxy),
    Function(&'a Method, &'a FunctionCall),
    /// The gateway, with 404.
    NotFound,
    /// Nothing: the gateway has no such method.
    Nothing,
    Broken(String),
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
    places: Vec<Place<'a>>,
    way: Way<'a>,
    count: usize,
}

impl<'a> Api<'a> {
    /// Reads the resource tree from the handles.
    pub(super) fn of(plan: &'a Plan, assembled: &'a Assembled) -> Result<Self, String> {
        let mut api = Self { places: vec![Place::default()], way: Way::of(plan, assembled), count: 0 };
        let mut place_of: Vec<Option<usize>> = vec![None; assembled.stack.entries.len()];
        for (index, entry) in assembled.stack.entries.iter().enumerate() {
            match &entry.node {
                Node::Resource(resource) => {
                    let parent = at(&resource.parent, &place_of)
                        .ok_or_else(|| format!("resource {} stands before its parent", entry.address.label))?;
                    let place = api.places.len();
                    api.places.push(Place::default());
                    place_of[index] = Some(place);
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
                Node::RestApi(_) | Node::Deployment(_) | Node::Stage(_) | Node::VpcLink(_) | Node::LambdaPermission(_) => {}
                Node::SecurityGroup(_) | Node::EgressRule(_) | Node::IngressRule(_) => {}
                // `Way` reads them.
                Node::LoadBalancer(_) | Node::TargetGroup(_) | Node::Listener(_) => {}
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
        match &method.integration {
            Integration::Proxy(proxy) => self.way.arrival(method, proxy).map_or_else(Answer::Broken, Answer::Backend),
            Integration::Internet(proxy) => Answer::Internet(method, proxy),
            Integration::Function(call) => Answer::Function(method, call),
            Integration::NotFound => Answer::NotFound,
        }
    }

    /// Whether no request for an operation that is not public is answered by a backend through another's template.
    ///
    /// A request is tried for each way to fill the variables: with the literals that stand there, and with text that none of them has.
    pub(super) fn is_unreachable(&self, operation: &OperationPlan) -> Result<(), String> {
        let Some(path) = &operation.asked_path else { return Ok(()) };
        let tried = self.try_all(0, path, Asked { method: operation.method, is_wider: false, is_narrower: false });
        if tried.leaks { Err("is not public, but a backend answers it through another template".into()) } else { Ok(()) }
    }

    /// Tries every request for the rest of a path.
    fn try_all(&self, place: usize, path: &[Segment], asked: Asked) -> Tried {
        let here = &self.places[place];
        let Some((first, rest)) = path.split_first() else { return Tried::of(here, asked) };
        let mut tried = match first {
            Segment::Literal(text) => match (here.literals.get(&**text), here.variable) {
                (Some(next), _) => self.try_all(*next, rest, asked),
                (None, Some((_, next))) => self.try_all(next, rest, Asked { is_wider: true, ..asked }),
                (None, None) => Tried::MISSED,
            },
            Segment::Variable(_) => {
                let other = here.variable.map_or(Tried::MISSED, |(_, next)| self.try_all(next, rest, asked));
                // A literal beats a variable: unless an earlier segment decided, its requests are the public path's own.
                let literals = if asked.is_wider { Some(&here.literals) } else { None };
                literals
                    .into_iter()
                    .flat_map(|it| it.values())
                    .map(|next| self.try_all(*next, rest, Asked { is_narrower: true, ..asked }))
                    .fold(other, Tried::or)
            }
            // Unless an earlier segment decided, whatever is public below it is more particular.
            Segment::Rest(_) => {
                let own = here.rest.map_or(Tried::MISSED, |(_, greedy)| Tried::of(&self.places[greedy], asked));
                return Tried { leaks: own.leaks || (asked.is_wider && self.is_proxy_below(place, asked.method)), ..own };
            }
        };
        // Where the branch has no answer the gateway falls back to a greedy variable above it (P7).
        if let (true, Some((_, greedy))) = (tried.misses, here.rest) {
            tried.misses = false;
            tried = tried.or(Tried::of(&self.places[greedy], Asked { is_wider: true, ..asked }));
        }
        tried
    }

    fn is_proxy_below(&self, place: usize, method: HttpMethod) -> bool {
        let here = &self.places[place];
        let mut children = here.literals.values().copied().chain(here.variable.map(|it| it.1)).chain(here.rest.map(|it| it.1));
        let is_proxy = |it: &Method| meets(it.http_method, method) && it.integration.is_backend();
        children.any(|child| self.places[child].methods.values().copied().any(is_proxy) || self.is_proxy_below(child, method))
    }
}

/// What is tried of an operation that is not public.
#[derive(Clone, Copy)]
struct Asked {
    method: HttpMethod,
    /// The public path was the wider one where the two first differed.
    is_wider: bool,
    /// A public literal stands where it has a variable.
    is_narrower: bool,
}

/// What became of all requests for a path.
#[derive(Clone, Copy)]
struct Tried {
    /// A backend answers one of them in its place.
    leaks: bool,
    /// One of them has no answer here.
    misses: bool,
}

impl Tried {
    const MISSED: Self = Self { leaks: false, misses: true };

    fn or(self, other: Self) -> Self {
        Self { leaks: self.leaks || other.leaks, misses: self.misses || other.misses }
    }

    fn of(place: &Place<'_>, asked: Asked) -> Self {
        let exact = place.methods.get(&asked.method).or_else(|| place.methods.get(&HttpMethod::Any));
        let found = exact.or_else(|| place.methods.values().find(|it| meets(it.http_method, asked.method)));
        let Some(found) = found else { return Self::MISSED };
        // Any method but those that are there falls through.
        let misses = exact.is_none() && !asked.is_narrower;
        match found.integration {
            Integration::NotFound => Self { leaks: false, misses },
            // A method of its own could be refused beside ANY.
            Integration::Proxy(_) | Integration::Internet(_) | Integration::Function(_) => {
                Self { leaks: asked.is_wider || (found.http_method == HttpMethod::Any && asked.method != HttpMethod::Any), misses }
            }
        }
    }
}

fn at(root: &ApiRoot, place_of: &[Option<usize>]) -> Option<usize> {
    match root {
        ApiRoot::Root(_) => Some(0),
        ApiRoot::Below(handle) => place_of.get(handle.index()).copied().flatten(),
    }
}
