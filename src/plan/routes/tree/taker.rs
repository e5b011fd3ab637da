//! The operation that the gateway takes a request to.
//!
//! In: the tree, a path whose variables are texts that no resource has. Out: the operation's index.
//! Pure.
//! Source: docs/aws-rules.md#p6, docs/aws-rules.md#p7: a literal beats a variable, and a greedy
//! variable above takes what its branches do not answer.

use super::{RouteNode, RouteTree};
use crate::openapi::HttpMethod;
use crate::plan::paths::Segment;

impl RouteTree {
    /// The index of the operation that answers such a request.
    pub(crate) fn taker(&self, path: &[Segment], method: HttpMethod) -> Option<usize> {
        let mut greedy: Vec<usize> = Vec::new();
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
        let nearest_first = reachable.into_iter().chain(greedy.into_iter().rev());
        nearest_first
            .map(|at| &self.nodes[at])
            .find_map(|node| answering(node, method))
    }
}

fn answering(node: &RouteNode, method: HttpMethod) -> Option<usize> {
    node.methods
        .get(&method)
        .or_else(|| node.methods.get(&HttpMethod::Any))
        .copied()
}
