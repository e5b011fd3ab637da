//! Requests that a fixed text leads away from the path that they fit.
//! In: the tree, a path with variables. Out: whether a greedy variable further up takes some of
//! them.
//!
//! Source: docs/aws-rules.md#p7: a fixed text always beats the variable beside it, and a request
//! without a method in its branch goes to a greedy variable above.

use super::RouteTree;
use crate::openapi::HttpMethod;
use crate::plan::paths::Segment;

/// Position of a request in the tree.
#[derive(Clone, Copy)]
struct RequestPosition {
    node: usize,
    /// A passed greedy variable is that of the operation, and no nearer one serves the request.
    is_below: bool,
    /// A fixed text was where the path has a variable.
    is_away: bool,
}

impl RouteTree {
    /// Returns whether an operation with a greedy variable takes a request of the path, since a
    /// fixed text is in the place of a variable.
    pub(crate) fn diverts(&self, path: &[Segment], method: HttpMethod, operation: usize) -> bool {
        let start = RequestPosition {
            node: 0,
            is_below: false,
            is_away: false,
        };
        self.leads_away(start, path, method, operation)
    }

    fn leads_away(
        &self,
        position: RequestPosition,
        path: &[Segment],
        method: HttpMethod,
        operation: usize,
    ) -> bool {
        let here = &self.nodes[position.node];
        let mut answering = here
            .rest
            .into_iter()
            .flat_map(|rest| &self.nodes[rest].methods)
            .filter(|(served, _)| served.overlaps(method));
        let answer = answering
            .next()
            .map(|first| *first.1 == operation || answering.any(|(_, other)| *other == operation));
        let position = RequestPosition {
            is_below: answer.unwrap_or(position.is_below),
            ..position
        };
        let is_taken = position.is_below && position.is_away;
        let Some((first, rest)) = path.split_first() else {
            return is_taken && here.answering(method).is_none();
        };
        let follows = |node: Option<usize>, is_away: bool| match node {
            Some(node) => {
                let position = RequestPosition {
                    node,
                    is_away,
                    ..position
                };
                self.leads_away(position, rest, method, operation)
            }
            None => is_taken,
        };
        match first {
            Segment::Literal(text) => follows(
                here.literals.get(text).copied().or(here.variable),
                position.is_away,
            ),
            Segment::Variable(_) => {
                let mut fixed = here.literals.values().filter(|_| position.is_below);
                fixed.any(|child| follows(Some(*child), true))
                    || follows(here.variable, position.is_away)
            }
            Segment::Rest(_) => is_taken,
        }
    }
}
