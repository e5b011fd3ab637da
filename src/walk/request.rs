//! What happens to one request in a stack.

use super::tree::{Found, Place, Tree};
use super::way::{Arrival, Way};
use crate::assemble::Assembled;
use crate::aws::{FunctionCall, Integration, InternetProxy, Method};
use crate::openapi::HttpMethod;
use crate::plan::{OperationPlan, Plan, Segment};

/// What answers a request.
pub(crate) enum Answer<'a, 'w> {
    Backend(Arrival<'a, 'w>),
    Internet(&'a Method, &'a InternetProxy),
    Function(&'a Method, &'a FunctionCall),
    /// The gateway, with 404.
    NotFound,
    /// The gateway, to a browser that asks what it may send.
    Preflight(&'a Method),
    /// Nothing: the gateway has no such method.
    Nothing,
    Broken(String),
}

/// The API as its resources, methods and the way behind them say.
pub(crate) struct Api<'a> {
    tree: Tree<'a>,
    way: Way<'a>,
}

impl<'a> Api<'a> {
    pub(crate) fn of(plan: &'a Plan, assembled: &'a Assembled) -> Result<Self, String> {
        Ok(Self {
            tree: Tree::of(&assembled.stack)?,
            way: Way::of(plan, assembled)?,
        })
    }

    /// Whether private callers reach what is internal, and nothing that is hidden.
    pub(crate) fn private_holds(
        &self,
        plan: &Plan,
        operation: &OperationPlan,
    ) -> Result<(), String> {
        self.way.private_holds(plan, operation)
    }

    pub(crate) fn methods(&self) -> usize {
        self.tree.methods
    }

    /// What answers a request for the path's own template.
    pub(crate) fn answer<'w>(&'w self, method: HttpMethod, path: &[Segment]) -> Answer<'a, 'w> {
        self.method(method, path)
            .map_or(Answer::Nothing, |found| self.forward(found))
    }

    /// The method of the path's own template.
    pub(crate) fn method(&self, method: HttpMethod, path: &[Segment]) -> Option<&'a Method> {
        let mut place = 0;
        for segment in path {
            let here = &self.tree.places[place];
            let next = match segment {
                Segment::Literal(text) => here.literals.get(&**text).copied(),
                Segment::Variable(name) => here
                    .variable
                    .filter(|(spelt, _)| *spelt == &**name)
                    .map(|(_, place)| place),
                Segment::Rest(name) => here
                    .rest
                    .filter(|(spelt, _)| *spelt == &**name)
                    .map(|(_, place)| place),
            };
            place = next?;
        }
        self.tree.places[place]
            .methods
            .get(&method)
            .map(|found| found.method)
    }

    /// From the integration through link, listener and rule to the targets.
    fn forward<'w>(&'w self, method: &'a Method) -> Answer<'a, 'w> {
        match &method.integration {
            Integration::Proxy(proxy) => self
                .way
                .arrival(method, proxy)
                .map_or_else(Answer::Broken, Answer::Backend),
            Integration::Internet(proxy) => Answer::Internet(method, proxy),
            Integration::Function(call) => Answer::Function(method, call),
            Integration::NotFound => Answer::NotFound,
            Integration::Preflight(_) => Answer::Preflight(method),
        }
    }

    /// Whether no request for an operation that is not public is answered by a backend through
    /// another's template.
    ///
    /// A request is tried for each way to fill the variables: with the literals that stand there,
    /// and with text that none of them has.
    pub(crate) fn is_unreachable(&self, operation: &OperationPlan) -> Result<(), String> {
        let Some(path) = &operation.asked_path else {
            return Ok(());
        };
        let tried = self.try_all(
            0,
            path,
            Asked {
                method: operation.method,
                is_wider: false,
                is_narrower: false,
            },
        );
        if tried.leaks {
            Err("is not public, but a backend answers it through another template".into())
        } else {
            Ok(())
        }
    }

    /// Tries every request for the rest of a path.
    fn try_all(&self, place: usize, path: &[Segment], asked: Asked) -> Tried {
        let here = &self.tree.places[place];
        let Some((first, rest)) = path.split_first() else {
            return Tried::of(here, asked);
        };
        let mut tried = match first {
            Segment::Literal(text) => match (here.literals.get(&**text), here.variable) {
                (Some(next), _) => self.try_all(*next, rest, asked),
                (None, Some((_, next))) => self.try_all(
                    next,
                    rest,
                    Asked {
                        is_wider: true,
                        ..asked
                    },
                ),
                (None, None) => Tried::MISSED,
            },
            Segment::Variable(_) => {
                let other = here
                    .variable
                    .map_or(Tried::MISSED, |(_, next)| self.try_all(next, rest, asked));
                // A literal beats a variable: unless an earlier segment decided, its requests are
                // the public path's own.
                let literals = if asked.is_wider {
                    Some(&here.literals)
                } else {
                    None
                };
                literals
                    .into_iter()
                    .flat_map(|it| it.values())
                    .map(|next| {
                        self.try_all(
                            *next,
                            rest,
                            Asked {
                                is_narrower: true,
                                ..asked
                            },
                        )
                    })
                    .fold(other, Tried::or)
            }
            // Unless an earlier segment decided, whatever is public below it is more particular.
            Segment::Rest(_) => {
                let own = here.rest.map_or(Tried::MISSED, |(_, greedy)| {
                    Tried::of(&self.tree.places[greedy], asked)
                });
                return Tried {
                    leaks: own.leaks
                        || (asked.is_wider && self.is_proxy_below(place, asked.method)),
                    ..own
                };
            }
        };
        // Where the branch has no answer the gateway falls back to a greedy variable above it (P7).
        if let (true, Some((_, greedy))) = (tried.misses, here.rest) {
            tried.misses = false;
            tried = tried.or(Tried::of(
                &self.tree.places[greedy],
                Asked {
                    is_wider: true,
                    ..asked
                },
            ));
        }
        tried
    }

    fn is_proxy_below(&self, place: usize, method: HttpMethod) -> bool {
        let here = &self.tree.places[place];
        let is_proxy = |it: &Found<'_>| {
            it.method.http_method.overlaps(method) && it.method.integration.is_backend()
        };
        here.children().any(|child| {
            self.tree.places[child].methods.values().any(is_proxy)
                || self.is_proxy_below(child, method)
        })
    }
}

/// What is tried of an operation that is not public.
#[derive(Clone, Copy)]
struct Asked {
    method: HttpMethod,
    /// The public path was the wider one where the two first differed.
    is_wider: bool,
    /// A public literal stands where it has a variable.
    is_narrower: bool,
}

/// What became of all requests for a path.
#[derive(Clone, Copy)]
struct Tried {
    /// A backend answers one of them in its place.
    leaks: bool,
    /// One of them has no answer here.
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

    fn of(place: &Place<'_>, asked: Asked) -> Self {
        // What a browser asks first stands for no other method.
        let is_asked =
            |it: &&Found<'_>| !matches!(it.method.integration, Integration::Preflight(_));
        let exact = place
            .methods
            .get(&asked.method)
            .or_else(|| place.methods.get(&HttpMethod::Any));
        let found = exact.or_else(|| {
            place
                .methods
                .values()
                .find(|it| is_asked(it) && it.method.http_method.overlaps(asked.method))
        });
        let Some(Found { method: found, .. }) = found else {
            return Self::MISSED;
        };
        // Any method but those that are there falls through.
        let misses = exact.is_none() && !asked.is_narrower;
        match found.integration {
            Integration::NotFound | Integration::Preflight(_) => Self {
                leaks: false,
                misses,
            },
            // A method of its own could be refused beside ANY.
            Integration::Proxy(_) | Integration::Internet(_) | Integration::Function(_) => Self {
                leaks: asked.is_wider
                    || (found.http_method == HttpMethod::Any && asked.method != HttpMethod::Any),
                misses,
            },
        }
    }
}
