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
    if try_all(tree, &tree.places[0], path, probe).leaks {
        Err("is not public, but a backend answers it through another template".into())
    } else {
        Ok(())
    }
}

/// Tries every request for the rest of a path.
fn try_all(
    tree: &ResourceTree<'_>,
    here: &ResourcePlace<'_>,
    path: &[Segment],
    probe: Probe,
) -> Tried {
    let below = |next: usize, probe: Probe, rest: &[Segment]| {
        try_all(tree, &tree.places[next], rest, probe)
    };
    let wider = Probe {
        is_wider: true,
        ..probe
    };
    let narrower = Probe {
        is_narrower: true,
        ..probe
    };
    let Some((first, rest)) = path.split_first() else {
        return Tried::of(here, probe);
    };
    let mut tried = match first {
        Segment::Literal(text) => match (here.literals.get(&**text), here.variable) {
            (Some(next), _) => below(*next, probe, rest),
            (None, Some((_, next))) => below(next, wider, rest),
            (None, None) => Tried::MISSED,
        },
        Segment::Variable(_) => {
            let variable = here.variable;
            let other = variable.map_or(Tried::MISSED, |(_, next)| below(next, probe, rest));
            // A literal beats a variable: unless an earlier segment decided, its requests are the
            // public path's own.
            let literals = here.literals.values().filter(|_| probe.is_wider);
            let literals = literals.map(|next| below(*next, narrower, rest));
            literals.fold(other, Tried::or)
        }
        // Unless an earlier segment decided, whatever is public below it is more particular.
        Segment::Rest(_) => {
            let own = here.rest.map_or(Tried::MISSED, |(_, greedy)| {
                Tried::of(&tree.places[greedy], probe)
            });
            let is_below = probe.is_wider && is_proxy_below(tree, here, probe.method);
            return Tried {
                leaks: own.leaks || is_below,
                ..own
            };
        }
    };
    // Where the branch has no method the gateway falls back to a greedy variable above it (P7).
    if let (true, Some((_, greedy))) = (tried.misses, here.rest) {
        tried.misses = false;
        tried = tried.or(Tried::of(&tree.places[greedy], wider));
    }
    tried
}

fn is_proxy_below(tree: &ResourceTree<'_>, here: &ResourcePlace<'_>, method: HttpMethod) -> bool {
    let is_proxy = |it: &StackNode<'_, Method>| {
        it.node.http_method.overlaps(method) && it.node.integration.is_backend()
    };
    here.children().any(|child| {
        let child = &tree.places[child];
        child.methods.values().any(is_proxy) || is_proxy_below(tree, child, method)
    })
}

/// State of the search through the tree for an operation that is not public.
#[derive(Clone, Copy)]
struct Probe {
    method: HttpMethod,
    /// The public path was the wider one where the two first differed.
    is_wider: bool,
    /// The public path has a literal where it has a variable.
    is_narrower: bool,
}

/// Result for all requests for a path.
#[derive(Clone, Copy)]
struct Tried {
    /// A backend gets one of them in its place.
    leaks: bool,
    /// One of them has no method here.
    misses: bool,
}

impl Tried {
    const MISSED: Self = Self {
        leaks: false,
        misses: true,
    };

    fn or(self, other: Self) -> Self {
        Self {
            leaks: self.leaks || other.leaks,
            misses: self.misses || other.misses,
        }
    }

    fn of(place: &ResourcePlace<'_>, probe: Probe) -> Self {
        // A preflight request represents no other method.
        let is_request =
            |it: &&StackNode<'_, Method>| !matches!(it.node.integration, Integration::Preflight(_));
        let exact = place
            .methods
            .get(&probe.method)
            .or_else(|| place.methods.get(&HttpMethod::Any));
        let found = exact.or_else(|| {
            place
                .methods
                .values()
                .find(|it| is_request(it) && it.node.http_method.overlaps(probe.method))
        });
        let Some(StackNode { node: found, .. }) = found else {
            return Self::MISSED;
        };
        // Any method but those that are there falls through.
        let misses = exact.is_none() && !probe.is_narrower;
        match found.integration {
            Integration::NotFound | Integration::Preflight(_) => Self {
                leaks: false,
                misses,
            },
            // A method of its own could be refused beside ANY.
            Integration::Proxy(_) | Integration::Internet(_) | Integration::Function(_) => Self {
                leaks: probe.is_wider
                    || (found.http_method == HttpMethod::Any && probe.method != HttpMethod::Any),
                misses,
            },
        }
    }
}
