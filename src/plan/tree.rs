//! The tree of public paths: one name a variable, one operation a method, and what would answer for others.
//!
//! In: public templates. Out: names, collisions, refusals. Pure.
//! Source: AWS-RULES P3, P6, P7, P18 (a parent has one variable child; a literal beats it).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::paths::{Segment, free_name};
use crate::openapi::HttpMethod;

/// An answer of the gateway's own: 404 for an operation that is not public.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    pub path: Vec<Segment>,
    pub method: HttpMethod,
}

/// Whether a method that is served answers requests of another.
pub fn meets(served: HttpMethod, asked: HttpMethod) -> bool {
    served == asked || served == HttpMethod::Any || asked == HttpMethod::Any
}

/// A segment of an operation that is not served.
#[derive(Clone, Debug)]
pub(super) enum Asked<'a> {
    Literal(&'a str),
    Variable,
    Rest,
    /// Something that no resource can be: part of a segment, or an illegal character.
    Opaque,
}

/// Longest path that gets an answer other than 414: it is part of the ARN of the method.
///
/// Unit: bytes. Source: AWS, "Quotas for configuring and running a REST API" (AWS-RULES P15).
const MAX_ASKED_BYTES: i64 = 1_600;

/// Whether any request for the path is short enough to be answered. A variable can be one character, an escape too.
pub(super) fn can_be_asked(path: &str) -> bool {
    let (mut slashes, mut bytes, mut is_variable) = (0, 0, false);
    for byte in path.bytes() {
        match byte {
            b'?' | b'#' => break,
            b'/' => (slashes, bytes, is_variable) = (slashes + 1, bytes + 1, false),
            b'{' => (bytes, is_variable) = (bytes + 1, true),
            b'}' => is_variable = false,
            _ if is_variable => {}
            b'%' => bytes -= 1,
            _ => bytes += 1,
        }
    }
    slashes.max(bytes) <= MAX_ASKED_BYTES
}

/// Splits a path that is not served, whatever it is made of. A query or fragment is no part of what the gateway matches.
pub(super) fn asked(path: &str, widen: bool) -> Vec<Asked<'_>> {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let path = path.trim_start_matches('/');
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Vec::new();
    }
    let segment = |text| match super::paths::template(&format!("/{text}"), widen).map(|it| it.segments) {
        Ok(segments) => match segments.as_slice() {
            [Segment::Literal(_)] => Asked::Literal(text),
            [Segment::Variable(_)] => Asked::Variable,
            [Segment::Rest(_)] => Asked::Rest,
            _ => Asked::Opaque,
        },
        Err(_) => Asked::Opaque,
    };
    path.split('/').map(segment).collect()
}

/// How an operation that is not served meets one that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meeting {
    /// The public operation would answer; a resource of its own can refuse instead.
    Refuse(Refusal),
    /// The public operation, by index, would answer, and no resource can be in its place.
    Unavoidable(usize),
    /// Both have the same path: the public operation, by index, is what callers reach.
    Same(usize),
}

#[derive(Debug, Default)]
struct Node {
    literals: BTreeMap<Arc<str>, usize>,
    variable: Option<usize>,
    rest: Option<usize>,
    /// Spellings of the variable, each with the operation that used it first.
    spellings: BTreeMap<Arc<str>, usize>,
    /// The name that stands for all of them.
    name: Option<Arc<str>>,
    methods: BTreeMap<HttpMethod, usize>,
}

/// Paths of public operations.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// A variable whose spellings became one.
#[derive(Debug)]
pub(super) struct Renamed {
    pub(super) name: Arc<str>,
    /// Each spelling with the operation that used it first.
    pub(super) spellings: Vec<(Arc<str>, usize)>,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::default()] }
    }

    /// Adds a public operation; tells its node, and the index of the one that has its path and method already, if any.
    pub(super) fn insert(&mut self, path: &[Segment], method: HttpMethod, operation: usize) -> (usize, Option<usize>) {
        let mut at = 0;
        for segment in path {
            if let Some(name) = segment.variable() {
                self.nodes[at].spellings.entry(Arc::clone(name)).or_insert(operation);
            }
            at = self.child(at, segment).unwrap_or_else(|| self.grow(at, segment));
        }
        let methods = &mut self.nodes[at].methods;
        if let Some(first) = methods.get(&method) {
            return (at, Some(*first));
        }
        methods.insert(method, operation);
        (at, None)
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
    pub(super) fn ranks(&self) -> Vec<usize> {
        let mut ranks = vec![0; self.nodes.len()];
        let mut waiting = vec![0];
        for rank in 0..ranks.len() {
            let at = waiting.pop().expect("every node is below the root");
            ranks[at] = rank;
            let node = &self.nodes[at];
            // The last is looked at first: literals, then variables, as `Segment` is ordered.
            waiting.extend(node.rest.into_iter().chain(node.variable).chain(node.literals.values().rev().copied()));
        }
        ranks
    }

    /// A parent that has a variable and a greedy one: API Gateway takes one of them (P3).
    pub(super) fn crowded(&self) -> Vec<(usize, usize)> {
        self.nodes.iter().filter_map(|node| Some((self.first(node.variable?)?, self.first(node.rest?)?))).collect()
    }

    /// Some operation at or below a node.
    fn first(&self, at: usize) -> Option<usize> {
        let node = &self.nodes[at];
        let below = node.literals.values().copied().chain(node.variable).chain(node.rest);
        node.methods.values().next().copied().or_else(|| below.into_iter().find_map(|child| self.first(child)))
    }

    /// Some operation below a node that answers a method.
    fn meeting_below(&self, at: usize, method: HttpMethod) -> Option<usize> {
        let node = &self.nodes[at];
        node.literals.values().copied().chain(node.variable).chain(node.rest).find_map(|child| {
            let mut methods = self.nodes[child].methods.iter();
            methods.find(|(served, _)| meets(**served, method)).map(|(_, it)| *it).or_else(|| self.meeting_below(child, method))
        })
    }

    /// Gives every variable one name: the bytewise smallest of its spellings that no ancestor has.
    pub(super) fn name_variables(&mut self) -> Vec<Renamed> {
        let mut renamed = Vec::new();
        // Shared: most nodes have the variables of their parent.
        let mut waiting: Vec<(usize, Rc<BTreeSet<Arc<str>>>)> = vec![(0, Rc::default())];
        while let Some((at, taken)) = waiting.pop() {
            let node = &mut self.nodes[at];
            let mut below = Rc::clone(&taken);
            if let Some(smallest) = node.spellings.keys().next() {
                let free = node.spellings.keys().find(|it| !taken.contains(*it)).cloned();
                let name = free.unwrap_or_else(|| free_name(smallest, |it| taken.contains(it)));
                if node.spellings.keys().any(|it| *it != name) {
                    renamed.push(Renamed {
                        name: Arc::clone(&name),
                        spellings: node.spellings.iter().map(|(it, operation)| (Arc::clone(it), *operation)).collect(),
                    });
                }
                Rc::make_mut(&mut below).insert(Arc::clone(&name));
                node.name = Some(name);
            }
            waiting.extend(node.literals.values().map(|child| (*child, Rc::clone(&taken))));
            waiting.extend(node.variable.into_iter().chain(node.rest).map(|child| (child, Rc::clone(&below))));
        }
        renamed
    }

    /// The path with the names that were given.
    pub(super) fn named(&self, path: &[Segment]) -> Vec<Segment> {
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

    /// Every way in which an operation that is not served would be answered by one that is.
    pub(super) fn meetings(&self, path: &[Asked<'_>], method: HttpMethod) -> Vec<Meeting> {
        let mut search = Search { tree: self, method, at: Vec::new(), is_wider: false, is_opaque: false, is_same: true, found: Vec::new() };
        search.walk(0, path);
        // Where both have one path, every request is the public operation's.
        let same = search.found.iter().find(|it| matches!(it, Meeting::Same(_))).cloned();
        same.map_or(search.found, |it| vec![it])
    }
}

/// A walk through the tree along a path that is not served.
struct Search<'a> {
    tree: &'a Tree,
    method: HttpMethod,
    /// The most general path that both match, so far.
    at: Vec<Segment>,
    /// The other path is the more particular one where the two first differ: were it public, the request would be its own.
    is_wider: bool,
    /// No resource can be what the other has here.
    is_opaque: bool,
    /// Both have the same shape so far.
    is_same: bool,
    found: Vec<Meeting>,
}

impl Search<'_> {
    fn walk(&mut self, node: usize, path: &[Asked<'_>]) {
        let tree = self.tree;
        let here = &tree.nodes[node];
        let Some((first, rest)) = path.split_first() else { return self.arrive(node) };
        if let Some(child) = here.rest {
            self.take_rest(child, path);
        }
        match first {
            Asked::Literal(text) => {
                let segment = Segment::Literal((*text).into());
                // Nothing falls back from a literal to the variable beside it (P7).
                if let Some(child) = here.literals.get(*text) {
                    self.step(*child, rest, segment, |_| {});
                } else if let Some(child) = here.variable {
                    self.step(child, rest, segment, |it| (it.is_wider, it.is_same) = (true, false));
                }
            }
            Asked::Variable => {
                // Named by its place alone, so that two meetings cannot give it two names; `named` knows the public one.
                let name = self.part(self.at.len() + 1);
                // A literal beats a variable: unless an earlier segment decided, its requests are the public path's own.
                // The refusal keeps the variable: a literal would take requests of other operations with one in its place.
                let literals = if self.is_wider { Some(&here.literals) } else { None };
                for child in literals.into_iter().flat_map(BTreeMap::values) {
                    self.step(*child, rest, Segment::Variable(Arc::clone(&name)), |it| it.is_same = false);
                }
                if let Some(child) = here.variable {
                    self.step(child, rest, Segment::Variable(name), |_| {});
                }
            }
            Asked::Opaque => {
                if let (Some(child), Some(name)) = (here.variable, &here.name) {
                    self.step(child, rest, Segment::Variable(Arc::clone(name)), |it| {
                        (it.is_wider, it.is_opaque, it.is_same) = (true, true, false)
                    });
                }
            }
            // Unless an earlier segment decided, whatever is public below it is more particular.
            Asked::Rest if self.is_wider => self.below(node),
            Asked::Rest => {}
        }
    }

    fn step(&mut self, child: usize, rest: &[Asked<'_>], segment: Segment, change: impl FnOnce(&mut Self)) {
        let before = (self.is_wider, self.is_opaque, self.is_same);
        self.at.push(segment);
        change(self);
        self.walk(child, rest);
        self.at.pop();
        (self.is_wider, self.is_opaque, self.is_same) = before;
    }

    /// A public greedy variable takes all that is left.
    fn take_rest(&mut self, child: usize, path: &[Asked<'_>]) {
        let before = (self.is_wider, self.is_opaque, self.is_same);
        let depth = self.at.len();
        let is_rest = matches!(path, [Asked::Rest]);
        self.is_wider |= !is_rest;
        self.is_same &= is_rest;
        for (index, segment) in path.iter().enumerate() {
            let name = self.part(depth + index + 1);
            let segment = match segment {
                Asked::Literal(text) => Segment::Literal((*text).into()),
                Asked::Variable => Segment::Variable(name),
                Asked::Rest => Segment::Rest(name),
                Asked::Opaque => {
                    self.is_opaque = true;
                    Segment::Variable(name)
                }
            };
            self.at.push(segment);
        }
        self.arrive(child);
        self.at.truncate(depth);
        (self.is_wider, self.is_opaque, self.is_same) = before;
    }

    /// What is public below a wider path takes requests of a greedy one.
    fn below(&mut self, node: usize) {
        let Some(operation) = self.tree.meeting_below(node, self.method) else { return };
        if self.is_opaque {
            return self.found.push(Meeting::Unavoidable(operation));
        }
        let name = self.part(self.at.len() + 1);
        self.at.push(Segment::Rest(name));
        if !self.is_public_at(&self.at) {
            self.refuse();
        }
        self.at.pop();
    }

    fn arrive(&mut self, node: usize) {
        let methods = &self.tree.nodes[node].methods;
        let exact = methods.get_key_value(&self.method);
        let Some((served, operation)) = exact.or_else(|| methods.iter().find(|(served, _)| meets(**served, self.method))) else { return };
        if self.is_opaque {
            self.found.push(Meeting::Unavoidable(*operation));
        } else if self.is_wider {
            if !self.is_public_at(&self.at) {
                self.refuse();
            }
        } else if self.is_same && served == &self.method {
            self.found.push(Meeting::Same(*operation));
        } else if self.is_same && *served == HttpMethod::Any {
            // A method of its own beats ANY; the other way round each has requests of its own.
            self.refuse();
        }
    }

    /// A variable's name that no ancestor has.
    fn part(&self, number: usize) -> Arc<str> {
        free_name(&format!("part_{number}"), |name| self.at.iter().filter_map(Segment::variable).any(|it| **it == *name))
    }

    fn refuse(&mut self) {
        self.found.push(Meeting::Refuse(Refusal { path: self.tree.named(&self.at), method: self.method }));
    }

    /// A public operation at exactly that path takes all requests of the method there.
    ///
    /// ANY beside a public method still has the others.
    fn is_public_at(&self, path: &[Segment]) -> bool {
        let mut at = 0;
        for segment in path {
            match self.tree.child(at, segment) {
                Some(child) => at = child,
                None => return false,
            }
        }
        self.tree.nodes[at].methods.keys().any(|served| *served == self.method || *served == HttpMethod::Any)
    }
}
