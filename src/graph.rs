//! The picture of a stack: callers, gateway, link, balancers and targets.
//!
//! In: `Plan`, and what a change does to its routes. Out: SVG, Mermaid or DOT. Pure.
//! Identifiers are labels and boxes are placed relative to the one before, so that one more route
//! changes few lines.

mod dot;
mod edges;
mod mermaid;
mod parts;
mod routes;
mod svg;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::plan::Plan;
pub(crate) use dot::dot;
pub(crate) use mermaid::mermaid;
pub(crate) use svg::svg;

/// What a change does to a route, the more important one last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    Added,
    Removed,
    /// A new route that asks callers for nothing, where others ask.
    AddedOpen,
    Loosened,
}

impl Change {
    const ALL: [Self; 4] = [Self::Loosened, Self::AddedOpen, Self::Removed, Self::Added];

    fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::AddedOpen => "added, loosened",
            Self::Loosened => "loosened",
        }
    }

    /// Its class in the SVG.
    fn class(self) -> &'static str {
        match self {
            Self::AddedOpen => Self::Loosened.word(),
            Self::Added | Self::Removed | Self::Loosened => self.word(),
        }
    }

    /// A shape beside the word.
    fn sign(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Removed => "−",
            Self::AddedOpen | Self::Loosened => "!",
        }
    }
}

/// What a change does to a stack.
#[derive(Clone, Debug, Default)]
pub(crate) struct GraphChanges {
    /// By path and method.
    pub(crate) routes: BTreeMap<(Arc<str>, &'static str), Change>,
    /// Parts of the stack that let more pass, such as `alb` or `backend orders`.
    pub(crate) loosened: BTreeSet<String>,
}

/// The outline of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outline {
    Open,
    Protected,
    Internal,
    Hidden,
    Closed,
    /// A part of the network.
    Part,
}

impl Outline {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Protected => "protected",
            Self::Internal => "internal",
            Self::Hidden => "hidden",
            Self::Closed => "closed",
            Self::Part => "part",
        }
    }

    /// Whether the gateway answers there.
    fn is_called(self) -> bool {
        matches!(self, Self::Open | Self::Protected | Self::Closed)
    }
}

/// A box of the picture.
#[derive(Clone, Debug)]
struct GraphBox {
    /// A label, which no other box has.
    id: String,
    name: String,
    /// What is known of it, in words.
    details: Vec<String>,
    outline: Outline,
    cached: Option<String>,
    throttled: Option<String>,
    change: Option<(Change, String)>,
    /// Targets of a group of routes, by the names of backends.
    backends: Vec<Arc<str>>,
    /// A target that the gateway calls itself.
    is_direct: bool,
    /// A target that no request of a caller comes to.
    is_idle: bool,
}

impl GraphBox {
    fn part(id: impl Into<String>, name: impl Into<String>, details: Vec<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            details,
            outline: Outline::Part,
            cached: None,
            throttled: None,
            change: None,
            backends: Vec::new(),
            is_direct: false,
            is_idle: false,
        }
    }

    /// The box with its change, in a word.
    fn with(self, change: Option<Change>) -> Self {
        let change = change.map(|change| (change, change.word().to_owned()));
        Self { change, ..self }
    }

    /// All that is told of the box, a line each.
    fn lines(&self) -> Vec<&str> {
        let marks = [&self.cached, &self.throttled].into_iter().flatten();
        let change = self.change.iter().map(|(_, text)| text);
        let all = std::iter::once(&self.name).chain(&self.details);
        all.chain(marks).chain(change).map(|text| &**text).collect()
    }

    /// No request passes it.
    fn is_beside(&self) -> bool {
        self.id == parts::SYNC
    }
}

/// The picture, before it is written in a format.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    name: String,
    summary: String,
    /// Parts without a box that let more pass.
    loosened: Vec<String>,
    callers: Vec<GraphBox>,
    /// Title of the lane of routes.
    gateway: &'static str,
    routes: Vec<GraphBox>,
    /// Between the gateway and the targets, in the order of a request: lanes of a title and boxes.
    between: Vec<(&'static str, Vec<GraphBox>)>,
    /// Those behind the balancers first.
    targets: Vec<GraphBox>,
}

/// Backends with boxes of their own; those that are over have one in common.
const MAX_BACKENDS: usize = 40;

impl Graph {
    /// The picture of a plan, with the routes of the state before where a change is shown.
    pub(crate) fn of(plan: &Plan, changes: &GraphChanges, before: Option<&Plan>) -> Self {
        let all = routes::all(plan, changes, before);
        let routes = routes::boxes(&all);
        let has_private_callers = all.iter().any(|route| route.is_private);
        Self {
            name: plan.prefix.name.to_string(),
            summary: routes::summary(&all),
            loosened: parts::without_box(changes),
            callers: parts::callers(plan, has_private_callers),
            gateway: if plan.has_gateway {
                "API Gateway"
            } else {
                "Operations"
            },
            targets: parts::targets(plan, changes, before, &routes),
            routes,
            between: parts::between(plan, changes),
        }
    }

    fn has_private_callers(&self) -> bool {
        self.callers.iter().any(|one| one.id == parts::PRIVATE)
    }

    /// Whether a target is behind the last lane between.
    fn has_targets_behind(&self) -> bool {
        self.targets.iter().any(|target| !target.is_direct)
    }
}

/// A text in at most so many columns of a terminal or of a font of equal widths.
fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let is_in = |character: &char| {
        used += character.width().unwrap_or(0);
        used <= columns
    };
    let mut start: String = text.chars().take_while(is_in).collect();
    start.push('…');
    Cow::Owned(start)
}

#[cfg(test)]
mod tests;
