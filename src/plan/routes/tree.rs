//! The tree of public paths: one name a variable, one operation a method.
//! In: public templates. Out: names, conflicts, refusals.
//!
//! Source: docs/aws-rules.md#p3, docs/aws-rules.md#p6, docs/aws-rules.md#p7, docs/aws-rules.md#p18
//! (a parent has one variable child; a literal beats it, and nothing falls back from it to the
//! variable).

mod beside;
mod conflicts;
mod diverted;
mod requested;

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::rc::Rc;
use std::sync::Arc;

use crate::openapi::HttpMethod;
use crate::plan::paths::{Segment, free_name};
pub(crate) use beside::{Beside, EarlierRoute};
pub(crate) use conflicts::Conflict;
pub(crate) use requested::{PathSegment, can_be_requested, requested};

/// A response of the gateway's own: 404 for an operation that is not public.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    pub path: Vec<Segment>,
    pub method: HttpMethod,
}

#[derive(Debug, Default)]
struct RouteNode {
    literals: BTreeMap<Arc<str>, usize>,
    variable: Option<usize>,
    rest: Option<usize>,
    /// Names of the variable below, as descriptions have them.
    names: BTreeMap<Arc<str>, VariableName>,
    /// The name that an earlier template gave it, which cannot be changed.
    kept: Option<Arc<str>>,
    /// The name that replaces all of them.
    name: Option<Arc<str>>,
    methods: BTreeMap<HttpMethod, usize>,
}

impl RouteNode {
    fn children(&self) -> impl Iterator<Item = usize> {
        let literals = self.literals.values().copied();
        literals.chain(self.variable).chain(self.rest)
    }

    /// The operation that gets all requests of a method here. ANY gets those that have none of
    /// their own.
    fn answering(&self, method: HttpMethod) -> Option<usize> {
        let own = self.methods.get(&method);
        own.or_else(|| self.methods.get(&HttpMethod::Any)).copied()
    }
}

/// Use of a variable's name in the descriptions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VariableName {
    /// The operation that used it first.
    pub(crate) first: usize,
    /// A function finds the variable by its name.
    pub(crate) is_seen: bool,
}

/// Paths of public operations.
#[derive(Debug)]
pub(crate) struct RouteTree {
    nodes: Vec<RouteNode>,
}

/// A variable whose names became one.
#[derive(Debug)]
pub(crate) struct Renamed {
    pub(crate) name: Arc<str>,
    /// An earlier template has that name.
    pub(crate) is_kept: bool,
    pub(crate) written: Vec<(Arc<str>, VariableName)>,
}

impl RouteTree {
    pub(crate) fn new() -> Self {
        Self {
            nodes: vec![RouteNode::default()],
        }
    }

    /// Adds a public operation. Returns its node, and the index of the operation that has its path
    /// and method already, if any.
    pub(crate) fn insert(
        &mut self,
        path: &[Segment],
        method: HttpMethod,
        operation: usize,
    ) -> (usize, Option<usize>) {
        let mut at = 0;
        for segment in path {
            if let Some(name) = segment.variable() {
                let names = &mut self.nodes[at].names;
                names.entry(Arc::clone(name)).or_insert(VariableName {
                    first: operation,
                    is_seen: false,
                });
            }
            let child = self.child(at, segment);
            at = child.unwrap_or_else(|| self.grow(at, segment));
        }
        match self.nodes[at].methods.entry(method) {
            Entry::Occupied(first) => (at, Some(*first.get())),
            Entry::Vacant(free) => {
                free.insert(operation);
                (at, None)
            }
        }
    }

    /// Notes that a function finds the variables of an added path by their names.
    pub(crate) fn see_names(&mut self, path: &[Segment]) {
        let mut at = 0;
        for segment in path {
            let names = &mut self.nodes[at].names;
            if let Some(used) = segment.variable().and_then(|name| names.get_mut(name)) {
                used.is_seen = true;
            }
            let Some(child) = self.child(at, segment) else {
                return;
            };
            at = child;
        }
    }

    /// Keeps the names that an earlier template gave to the variables of a path.
    pub(crate) fn keep_names(&mut self, path: &[Segment]) {
        let mut at = 0;
        for segment in path {
            let Some(child) = self.child(at, segment) else {
                return;
            };
            if let Some(name) = segment.variable() {
                self.nodes[at].kept = Some(Arc::clone(name));
            }
            at = child;
        }
    }

    fn child(&self, at: usize, segment: &Segment) -> Option<usize> {
        let node = &self.nodes[at];
        match segment {
            Segment::Literal(text) => node.literals.get(text).copied(),
            Segment::Variable(_) => node.variable,
            Segment::Rest(_) => node.rest,
        }
    }

    fn grow(&mut self, at: usize, segment: &Segment) -> usize {
        let child = self.nodes.len();
        self.nodes.push(RouteNode::default());
        let node = &mut self.nodes[at];
        match segment {
            Segment::Literal(text) => drop(node.literals.insert(Arc::clone(text), child)),
            Segment::Variable(_) => node.variable = Some(child),
            Segment::Rest(_) => node.rest = Some(child),
        }
        child
    }

    /// The position of each node among all, in the order of their paths.
    pub(crate) fn ranks(&self) -> Vec<usize> {
        let mut ranks = vec![0; self.nodes.len()];
        let mut waiting = vec![0];
        for rank in 0..ranks.len() {
            let at = waiting.pop().expect("every node is below the root");
            ranks[at] = rank;
            // The last is visited first: literals, then variables, as `Segment` is ordered.
            let children: Vec<usize> = self.nodes[at].children().collect();
            waiting.extend(children.into_iter().rev());
        }
        ranks
    }

    /// Operations below a variable and below a greedy one of the same parent: API Gateway takes one
    /// of the two (P3).
    pub(crate) fn competing_variables(&self) -> impl Iterator<Item = (usize, usize)> {
        let first = |child: Option<usize>| self.first(child?, |_| true);
        self.nodes
            .iter()
            .filter_map(move |node| Some((first(node.variable)?, first(node.rest)?)))
    }

    /// Some operation at or below a node whose method is accepted.
    fn first(&self, at: usize, accepts: impl Fn(HttpMethod) -> bool + Copy) -> Option<usize> {
        let node = &self.nodes[at];
        let mut methods = node.methods.iter();
        methods
            .find(|(method, _)| accepts(**method))
            .map(|(_, operation)| *operation)
            .or_else(|| node.children().find_map(|child| self.first(child, accepts)))
    }

    /// The operation that gets a request, where literals in the path are those of resources, and
    /// variables are texts that no resource has.
    pub(crate) fn taker(&self, path: &[Segment], method: HttpMethod) -> Option<usize> {
        let (own, greedy) = self.getting(path);
        // A greedy variable further up takes the requests that the branches below it have no method
        // for.
        let mut nodes = own.into_iter().chain(greedy).map(|at| &self.nodes[at]);
        nodes.find_map(|node| node.answering(method))
    }

    /// The node that would get the requests that come to a path, and the greedy ones above, nearest
    /// first.
    fn getting(&self, path: &[Segment]) -> (Option<usize>, Vec<usize>) {
        let mut greedy = Vec::new();
        let mut reachable = Some(0);
        for segment in path {
            let Some(at) = reachable else { break };
            let node = &self.nodes[at];
            greedy.extend(node.rest);
            reachable = match segment {
                Segment::Literal(text) => node.literals.get(text).copied().or(node.variable),
                Segment::Variable(_) => node.variable,
                Segment::Rest(_) => None,
            };
        }
        greedy.reverse();
        (reachable, greedy)
    }

    /// Gives every variable one name: the bytewise smallest of its names that no ancestor has,
    /// first among those that functions see.
    pub(crate) fn name_variables(&mut self) -> Vec<Renamed> {
        let mut renamed = Vec::new();
        // Shared: most nodes have the variables of their parent.
        let mut waiting: Vec<(usize, Rc<BTreeSet<Arc<str>>>)> = vec![(0, Rc::default())];
        while let Some((at, taken)) = waiting.pop() {
            let node = &mut self.nodes[at];
            let mut below = Rc::clone(&taken);
            if let Some(smallest) = node.names.keys().next() {
                let mut free = node.names.iter().filter(|(name, _)| !taken.contains(*name));
                let first = free.clone().next();
                let seen = free.find(|(_, used)| used.is_seen);
                let name = seen.or(first).map_or_else(
                    || free_name(smallest, |name| taken.contains(name)),
                    |(name, _)| Arc::clone(name),
                );
                let name = node.kept.clone().unwrap_or(name);
                if node.names.keys().any(|written| *written != name) {
                    let written = node.names.clone().into_iter().collect();
                    renamed.push(Renamed {
                        name: Arc::clone(&name),
                        is_kept: node.kept.is_some(),
                        written,
                    });
                }
                Rc::make_mut(&mut below).insert(Arc::clone(&name));
                node.name = Some(name);
            }
            let literals = node.literals.values();
            waiting.extend(literals.map(|child| (*child, Rc::clone(&taken))));
            let variables = node.variable.into_iter().chain(node.rest);
            waiting.extend(variables.map(|child| (child, Rc::clone(&below))));
        }
        renamed
    }

    /// The path with the names that were given.
    pub(crate) fn named(&self, path: &[Segment]) -> Vec<Segment> {
        let mut at = Some(0);
        let mut named = Vec::with_capacity(path.len());
        for segment in path {
            let name = at.and_then(|at| self.nodes[at].name.clone());
            named.push(match (segment, name) {
                (Segment::Variable(_), Some(name)) => Segment::Variable(name),
                (Segment::Rest(_), Some(name)) => Segment::Rest(name),
                (segment, _) => segment.clone(),
            });
            at = at.and_then(|at| self.child(at, segment));
        }
        named
    }
}
