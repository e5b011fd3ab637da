//! The arrows of the picture, as pairs of boxes.
//! In: `Graph`. Out: identifiers. Pure.

use super::{Graph, GraphBox, Outline, parts};

/// The lane of all targets, for a group with more of them than are drawn.
pub(super) const TARGETS: &str = "lane_targets";

/// Arrows from a group of routes to targets that the gateway calls itself.
const MAX_DIRECT: usize = 2;

pub(super) fn all(graph: &Graph) -> Vec<(&str, &str)> {
    let called: Vec<&GraphBox> = graph
        .routes
        .iter()
        .filter(|one| one.outline.is_called())
        .collect();
    let mut edges: Vec<(&str, &str)> = called.iter().map(|one| ("callers", &*one.id)).collect();
    let first = graph.between.first().and_then(|(_, boxes)| boxes.first());
    for one in called.iter().filter(|one| one.outline != Outline::Closed) {
        let mut direct: Vec<&str> = Vec::new();
        let mut is_behind = false;
        for target in &graph.targets {
            if target
                .backends
                .iter()
                .any(|name| one.backends.contains(name))
            {
                match target.is_direct {
                    true => direct.push(&target.id),
                    false => is_behind = true,
                }
            }
        }
        if let Some(first) = first.filter(|_| is_behind) {
            edges.push((&one.id, &first.id));
        }
        if direct.len() > MAX_DIRECT {
            direct = vec![TARGETS];
        }
        edges.extend(direct.into_iter().map(|target| (&*one.id, target)));
    }
    let passed = graph.between.iter().flat_map(|(_, boxes)| boxes);
    let passed: Vec<&GraphBox> = passed.filter(|one| !one.is_beside()).collect();
    edges.extend(passed.windows(2).map(|pair| (&*pair[0].id, &*pair[1].id)));
    let last = passed.last();
    if let (true, Some(balancer)) = (graph.has_private_callers(), last) {
        edges.push((parts::PRIVATE, &balancer.id));
    }
    let behind = graph.targets.iter().filter(|target| !target.is_direct);
    edges.extend(behind.filter_map(|target| Some((&*last?.id, &*target.id))));
    edges
}
