//! The tree of public paths: one name a variable, one operation a method.
//!
//! In: public templates. Out: names, conflicts, refusals. Pure.
//! Source: docs/aws-rules.md#p3, docs/aws-rules.md#p6, docs/aws-rules.md#p7, docs/aws-rules.md#p18
//! (a parent has one variable child; a literal beats it).

mod conflicts;
mod diverted;
mod requested;
mod taker;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::openapi::HttpMethod;
use crate::plan::paths::{Segment, free_name};
pub(crate) use conflicts::Conflict;
pub(crate) use requested::{RequestedSegment, can_be_requested, requested};

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
    /// The name that replaces all of them.
    name: Option<Arc<str>>,
    methods: BTreeMap<HttpMethod, usize>,
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
                let used = VariableName {
                    first: operation,
                    is_seen: false,
                };
                let names = &mut self.nodes[at].names;
                names.entry(Arc::clone(name)).or_insert(used);
            }
            at = self
                .child(at, segment)
                .unwrap_or_else(|| self.grow(at, segment));
        }
        let methods = &mut self.nodes[at].methods;
        if let Some(first) = methods.get(&method) {
            return (at, Some(*first));
        }
        methods.insert(method, operation);
        (at, None)
    }

    /// Notes that a function finds the variables of an added path by their names.
    pub(crate) fn see_names(&mut self, path: &[Segment]) {
        let mut at = Some(0);
        for segment in path {
            let Some(node) = at else { return };
            let names = &mut self.nodes[node].names;
            let used = segment.variable().and_then(|name| names.get_mut(name));
            if let Some(used) = used {
                used.is_seen = true;
            }
            at = self.child(node, segment);
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
            let node = &self.nodes[at];
            // The last is visited first: literals, then variables, as `Segment` is ordered.
            waiting.extend(
                node.rest
                    .into_iter()
                    .chain(node.variable)
                    .chain(node.literals.values().rev().copied()),
            );
        }
        ranks
    }

    /// A parent that has a variable and a greedy one: API Gateway takes one of them (P3).
    pub(crate) fn crowded(&self) -> Vec<(usize, usize)> {
        self.nodes
            .iter()
            .filter_map(|node| Some((self.first(node.variable?)?, self.first(node.rest?)?)))
            .collect()
    }

    /// Some operation at or below a node.
    fn first(&self, at: usize) -> Option<usize> {
        let node = &self.nodes[at];
        let below = node
            .literals
            .values()
            .copied()
            .chain(node.variable)
            .chain(node.rest);
        node.methods
            .values()
            .next()
            .copied()
            .or_else(|| below.into_iter().find_map(|child| self.first(child)))
    }

    /// Some operation below a node whose method overlaps.
    fn overlapping_below(&self, at: usize, method: HttpMethod) -> Option<usize> {
        let node = &self.nodes[at];
        node.literals
            .values()
            .copied()
            .chain(node.variable)
            .chain(node.rest)
            .find_map(|child| {
                let mut methods = self.nodes[child].methods.iter();
                methods
                    .find(|(served, _)| served.overlaps(method))
                    .map(|(_, operation)| *operation)
                    .or_else(|| self.overlapping_below(child, method))
            })
    }

    /// Gives every variable one name: the bytewise smallest of its names that no ancestor has, first
    /// among those that functions see.
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
                if node.names.keys().any(|written| *written != name) {
                    let written = node.names.iter();
                    let written = written.map(|(name, used)| (Arc::clone(name), *used));
                    renamed.push(Renamed {
                        name: Arc::clone(&name),
                        written: written.collect(),
                    });
                }
                Rc::make_mut(&mut below).insert(Arc::clone(&name));
                node.name = Some(name);
            }
            waiting.extend(
                node.literals
                    .values()
                    .map(|child| (*child, Rc::clone(&taken))),
            );
            waiting.extend(
                node.variable
                    .into_iter()
                    .chain(node.rest)
                    .map(|child| (child, Rc::clone(&below))),
            );
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
