//! Check that no backend responds to a request for an operation that is not public.
//!
//! In: the resource tree, an operation. Out: the problem, if there is one. Pure.

use crate::aws::{Integration, Method};
use crate::follow::{ResourcePlace, ResourceTree, StackNode};
use crate::openapi::HttpMethod;
use crate::plan::{OperationPlan, Segment};

/// Checks that no request for an operation that is not public reaches a backend through the
/// template of another operation.
///
/// It tries requests with all values of the variables: the literals at their places, and a text
/// that is none of them.
pub(crate) fn is_unreachable(
    tree: &ResourceTree<'_>,
    operation: &OperationPlan,
) -> Result<(), String> {
    let Some(path) = &operation.requested_path else {
        return Ok(());
    };
    let probe = Probe {
        method: operation.method,
        is_wider: false,
        is_narrower: false,
    };
    try_all(tree, &tree.places[0], path, probe)?;
    Ok(())
}

/// True where one of the requests has no method at a place; an error where a backend gets one.
type Misses = Result<bool, &'static str>;

const LEAK: &str = "is not public, but a backend answers it through another template";

/// State of the search through the tree for an operation that is not public.
#[derive(Clone, Copy)]
struct Probe {
    method: HttpMethod,
    /// The public path was the wider one where the two first differed.
    is_wider: bool,
    /// The public path has a literal where it has a variable.
    is_narrower: bool,
}

/// Tries every request for the rest of a path.
fn try_all(
    tree: &ResourceTree<'_>,
    here: &ResourcePlace<'_>,
    path: &[Segment],
    probe: Probe,
) -> Misses {
    let Some((first, rest)) = path.split_first() else {
        return try_place(here, probe);
    };
    let below = |next: usize, probe: Probe| try_all(tree, &tree.places[next], rest, probe);
    let wider = Probe {
        is_wider: true,
        ..probe
    };
    let narrower = Probe {
        is_narrower: true,
        ..probe
    };
    let misses = match first {
        Segment::Literal(text) => match (here.literals.get(&**text), here.variable) {
            (Some(next), _) => below(*next, probe)?,
            (None, Some((_, next))) => below(next, wider)?,
            (None, None) => true,
        },
        Segment::Variable(_) => {
            let variable = here.variable.map(|(_, next)| below(next, probe));
            let mut misses = variable.unwrap_or(Ok(true))?;
            // A literal beats a variable: unless an earlier segment decided, its requests are the
            // public path's own.
            for next in here.literals.values().filter(|_| probe.is_wider) {
                misses |= below(*next, narrower)?;
            }
            misses
        }
        // Unless an earlier segment decided, whatever is public below it is more particular.
        Segment::Rest(_) if probe.is_wider && is_proxy_below(tree, here, probe.method) => {
            return Err(LEAK);
        }
        Segment::Rest(_) => {
            let greedy = here.rest.map(|(_, greedy)| &tree.places[greedy]);
            return greedy.map_or(Ok(true), |greedy| try_place(greedy, probe));
        }
    };
    // Where the branch has no method the gateway falls back to a greedy variable above it (P7).
    match here.rest {
        Some((_, greedy)) if misses => try_place(&tree.places[greedy], wider),
        Some(_) | None => Ok(misses),
    }
}

fn is_proxy_below(tree: &ResourceTree<'_>, here: &ResourcePlace<'_>, method: HttpMethod) -> bool {
    let is_proxy = |found: &StackNode<'_, Method>| {
        found.node.http_method.overlaps(method) && found.node.integration.is_backend()
    };
    here.children().any(|child| {
        let child = &tree.places[child];
        child.methods.values().any(is_proxy) || is_proxy_below(tree, child, method)
    })
}

/// Tries the requests that come to a place.
fn try_place(place: &ResourcePlace<'_>, probe: Probe) -> Misses {
    let methods = &place.methods;
    let exact = methods.get(&probe.method);
    let exact = exact.or_else(|| methods.get(&HttpMethod::Any));
    // A preflight request represents no other method.
    let is_request = |found: &&StackNode<'_, Method>| {
        !matches!(found.node.integration, Integration::Preflight(_))
            && found.node.http_method.overlaps(probe.method)
    };
    let found = exact.or_else(|| methods.values().find(is_request));
    let Some(StackNode { node: found, .. }) = found else {
        return Ok(true);
    };
    // A method of its own could be refused beside ANY.
    let is_any = found.http_method == HttpMethod::Any && probe.method != HttpMethod::Any;
    if found.integration.is_backend() && (probe.is_wider || is_any) {
        return Err(LEAK);
    }
    // Any method but those that are there falls through.
    Ok(exact.is_none() && !probe.is_narrower)
}
