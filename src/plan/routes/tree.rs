//! The tree of public paths: one name a variable, one operation a method, and what would answer for
//! others.
//!
//! In: public templates. Out: names, collisions, refusals. Pure.
//! Source: docs/aws-rules.md#p3, docs/aws-rules.md#p6, docs/aws-rules.md#p7, docs/aws-rules.md#p18
//! (a parent has one variable child; a literal beats it).

mod asked;
mod diverted;
mod search;
mod taker;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::openapi::HttpMethod;
use crate::plan::paths::{Segment, free_name};
pub(crate) use asked::{Asked, asked, can_be_asked};
pub(crate) use search::Meeting;

/// An answer of the gateway's own: 404 for an operation that is not public.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    pub path: Vec<Segment>,
    pub method: HttpMethod,
}

#[derive(Debug, Default)]
struct Node {
    literals: BTreeMap<Arc<str>, usize>,
    variable: Option<usize>,
    rest: Option<usize>,
    spellings: BTreeMap<Arc<str>, Spelling>,
    /// The name that stands for all of them.
    name: Option<Arc<str>>,
    methods: BTreeMap<HttpMethod, usize>,
}

/// A name of a variable in the description.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spelling {
    /// The operation that used it first.
    pub(crate) first: usize,
    /// A function finds the variable by its name.
    pub(crate) is_seen: bool,
}

/// Paths of public operations.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

/// A variable whose spellings became one.
#[derive(Debug)]
pub(crate) struct Renamed {
    pub(crate) name: Arc<str>,
    pub(crate) spellings: Vec<(Arc<str>, Spelling)>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self {
            nodes: vec![Node::default()],
        }
    }

    /// Adds a public operation; tells its node, and the index of the one that has its path and
    /// method already, if any.
    pub(crate) fn insert(
        &mut self,
        path: &[Segment],
        method: HttpMethod,
        operation: usize,
    ) -> (usize, Option<usize>) {
        let mut at = 0;
        for segment in path {
            if let Some(name) = segment.variable() {
                let spelling = Spelling {
                    first: operation,
                    is_seen: false,
                };
                self.nodes[at]
                    .spellings
                    .entry(Arc::clone(name))
                    .or_insert(spelling);
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

    /// Notes that a function finds the variables of a path that was added by their names.
    pub(crate) fn see_names(&mut self, path: &[Segment]) {
        let mut at = Some(0);
        for segment in path {
            let Some(node) = at else { return };
            if let Some(spelling) = segment
                .variable()
                .and_then(|it| self.nodes[node].spellings.get_mut(it))
            {
                spelling.is_seen = true;
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
        self.nodes.push(Node::default());
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
            // The last is looked at first: literals, then variables, as `Segment` is ordered.
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

    /// Some operation below a node that answers a method.
    fn meeting_below(&self, at: usize, method: HttpMethod) -> Option<usize> {
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
                    .map(|(_, it)| *it)
                    .or_else(|| self.meeting_below(child, method))
            })
    }

    /// Gives every variable one name: the bytewise smallest of its spellings that no ancestor has,
    /// first among those that functions see.
    pub(crate) fn name_variables(&mut self) -> Vec<Renamed> {
        let mut renamed = Vec::new();
        // Shared: most nodes have the variables of their parent.
        let mut waiting: Vec<(usize, Rc<BTreeSet<Arc<str>>>)> = vec![(0, Rc::default())];
        while let Some((at, taken)) = waiting.pop() {
            let node = &mut self.nodes[at];
            let mut below = Rc::clone(&taken);
            if let Some(smallest) = node.spellings.keys().next() {
                let mut free = node.spellings.iter().filter(|(it, _)| !taken.contains(*it));
                let (first, seen) = (free.clone().next(), free.find(|(_, it)| it.is_seen));
                let free = seen.or(first).map(|(it, _)| Arc::clone(it));
                let name = free.unwrap_or_else(|| free_name(smallest, |it| taken.contains(it)));
                if node.spellings.keys().any(|it| *it != name) {
                    renamed.push(Renamed {
                        name: Arc::clone(&name),
                        spellings: node
                            .spellings
                            .iter()
                            .map(|(it, spelling)| (Arc::clone(it), *spelling))
                            .collect(),
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
