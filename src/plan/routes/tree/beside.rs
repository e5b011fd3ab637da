//! Methods that stay in a template beside those of the plan.
//! In: the tree of the plan, methods of an earlier template. Out: what each of them does, so that
//! every request gets what it would get without them.
//!
//! Source: docs/aws-rules.md#w2 (CloudFormation deletes last, so a method that goes stays served),
//! docs/aws-rules.md#p7 (nothing falls back from a literal to the variable beside it).

use std::collections::{BTreeMap, BTreeSet};

use super::{RouteNode, RouteTree};
use crate::openapi::HttpMethod;
use crate::plan::paths::Segment;

/// A method of an earlier template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EarlierRoute {
    pub(crate) path: Vec<Segment>,
    pub(crate) method: HttpMethod,
}

/// Methods beside those of the plan, each with the one of the plan that takes its requests.
pub(crate) type Beside = BTreeMap<EarlierRoute, Option<usize>>;

/// A search for what methods of an earlier template take from those of the plan.
struct BesideSearch<'a, N> {
    tree: &'a RouteTree,
    /// Gives the variables of a path their names.
    named: N,
    found: Beside,
    copied: BTreeSet<Vec<Segment>>,
}

impl RouteTree {
    /// Returns the methods that have to stay for the earlier ones that the tree lacks.
    pub(crate) fn beside(
        &self,
        earlier: &BTreeSet<EarlierRoute>,
        named: impl Fn(&[Segment]) -> Vec<Segment>,
    ) -> Beside {
        let mut search = BesideSearch {
            tree: self,
            named,
            found: Beside::new(),
            copied: BTreeSet::new(),
        };
        let gone = earlier.iter().filter(|route| !self.has(route));
        gone.for_each(|route| search.stay(route));
        search.found
    }

    fn at(&self, path: &[Segment]) -> Option<usize> {
        let mut segments = path.iter();
        segments.try_fold(0, |at, segment| self.child(at, segment))
    }

    fn has(&self, route: &EarlierRoute) -> bool {
        let at = self.at(&route.path);
        at.is_some_and(|at| self.nodes[at].methods.contains_key(&route.method))
    }
}

impl<N: Fn(&[Segment]) -> Vec<Segment>> BesideSearch<'_, N> {
    /// Has a method stay that the plan does not have.
    fn stay(&mut self, route: &EarlierRoute) {
        let tree = self.tree;
        let (own, greedy) = tree.getting(&route.path);
        let nodes = || own.into_iter().chain(greedy.iter().copied());
        let nodes = || nodes().map(|at| &tree.nodes[at]);
        let taker = nodes().find_map(|node: &RouteNode| node.answering(route.method));
        self.found.insert(route.clone(), taker);
        if route.method == HttpMethod::Any {
            // ANY would take what a greedy variable further up gets without it.
            for node in nodes() {
                for (method, operation) in &node.methods {
                    self.add(&route.path, *method, *operation);
                }
                if node.methods.contains_key(&HttpMethod::Any) {
                    break;
                }
            }
        }
        for depth in 1..=route.path.len() {
            let path = &route.path[..depth];
            if tree.at(path).is_none()
                && let (Some(at), _) = tree.getting(path)
            {
                self.copy(path, at);
            }
        }
    }

    /// Has a resource answer as a node of the plan does, whose requests it takes, and all below.
    fn copy(&mut self, path: &[Segment], at: usize) {
        let path = (self.named)(path);
        if !self.copied.insert(path.clone()) {
            return;
        }
        let node = &self.tree.nodes[at];
        for (method, operation) in &node.methods {
            self.add(&path, *method, *operation);
        }
        let name = || node.name.clone().unwrap_or_else(|| "rest".into());
        let literals = node.literals.iter();
        let literals = literals.map(|(text, child)| (Segment::Literal(text.clone()), *child));
        let variable = node
            .variable
            .map(|child| (Segment::Variable(name()), child));
        let rest = node.rest.map(|child| (Segment::Rest(name()), child));
        for (segment, child) in literals.chain(variable).chain(rest) {
            self.copy(&[&path[..], &[segment]].concat(), child);
        }
    }

    /// Adds a method for an operation of the plan, unless the plan or an earlier template has one.
    fn add(&mut self, path: &[Segment], method: HttpMethod, operation: usize) {
        let path = (self.named)(path);
        let route = EarlierRoute { path, method };
        if !self.tree.has(&route) {
            self.found.entry(route).or_insert(Some(operation));
        }
    }
}
