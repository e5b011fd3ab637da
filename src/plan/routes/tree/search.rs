//! What would answer an operation that is not served.
//!
//! In: the tree, a path that is not public. Out: how it meets what is. Pure.
//! Source: docs/aws-rules.md#p6, docs/aws-rules.md#p7 (a literal beats a variable, and nothing
//! falls back to the variable beside it).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::asked::Asked;
use super::{Refusal, Tree};
use crate::openapi::HttpMethod;
use crate::plan::paths::{Segment, free_name};

/// How an operation that is not served meets one that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// The public operation would answer; a resource of its own can refuse instead.
    Refuse(Refusal),
    /// The public operation, by index, would answer, and no resource can be in its place.
    Unavoidable(usize),
    /// Both have the same path: the public operation, by index, is what callers reach.
    Same(usize),
}

impl Tree {
    /// Every way in which an operation that is not served would be answered by one that is.
    pub(crate) fn meetings(&self, path: &[Asked<'_>], method: HttpMethod) -> Vec<Meeting> {
        let mut search = Search {
            tree: self,
            method,
            at: Vec::new(),
            is_wider: false,
            is_opaque: false,
            is_same: true,
            found: Vec::new(),
        };
        search.walk(0, path);
        // Where both have one path, every request is the public operation's.
        let same = search
            .found
            .iter()
            .find(|it| matches!(it, Meeting::Same(_)))
            .cloned();
        same.map_or(search.found, |it| vec![it])
    }
}

/// A walk through the tree along a path that is not served.
struct Search<'a> {
    tree: &'a Tree,
    method: HttpMethod,
    /// The most general path that both match, so far.
    at: Vec<Segment>,
    /// The other path is the more particular one where the two first differ: were it public, the
    /// request would be its own.
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
        let Some((first, rest)) = path.split_first() else {
            return self.arrive(node);
        };
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
                    self.step(child, rest, segment, |it| {
                        (it.is_wider, it.is_same) = (true, false)
                    });
                }
            }
            Asked::Variable => {
                // Named by its place alone, so that two meetings cannot give it two names; `named`
                // knows the public one.
                let name = self.part(self.at.len() + 1);
                // A literal beats a variable: unless an earlier segment decided, its requests are
                // the public path's own.
                // The refusal keeps the variable: a literal would take requests of other operations
                // with one in its place.
                let literals = if self.is_wider {
                    Some(&here.literals)
                } else {
                    None
                };
                for child in literals.into_iter().flat_map(BTreeMap::values) {
                    self.step(*child, rest, Segment::Variable(Arc::clone(&name)), |it| {
                        it.is_same = false
                    });
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

    fn step(
        &mut self,
        child: usize,
        rest: &[Asked<'_>],
        segment: Segment,
        change: impl FnOnce(&mut Self),
    ) {
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
        let Some(operation) = self.tree.meeting_below(node, self.method) else {
            return;
        };
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
        let Some((served, operation)) = exact.or_else(|| {
            methods
                .iter()
                .find(|(served, _)| served.overlaps(self.method))
        }) else {
            return;
        };
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
        free_name(&format!("part_{number}"), |name| {
            self.at
                .iter()
                .filter_map(Segment::variable)
                .any(|it| **it == *name)
        })
    }

    fn refuse(&mut self) {
        self.found.push(Meeting::Refuse(Refusal {
            path: self.tree.named(&self.at),
            method: self.method,
        }));
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
        self.tree.nodes[at]
            .methods
            .keys()
            .any(|served| *served == self.method || *served == HttpMethod::Any)
    }
}
