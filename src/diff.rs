//! Differences between two states of a stack, by route and field: what a change means for callers.
//!
//! In: two states, each a plan and its blueprint. Out: rows under headings. Pure.
//! The plan is taken apart by name, as in `listing/facts.rs`.

mod access;
mod api;
mod backends;
mod network;
mod part;
mod promises;
mod reason;
mod route;
mod routes;
mod stack;
mod stage;
mod taken;
mod waits;

pub use reason::RowReason;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::Compiled;
use crate::aws::Stack;
use crate::blueprint::Blueprint;
use crate::diagnostic::Place;
use crate::listing::field::{self, FieldValue, Heading, PlanField};
use crate::memory::Memory;
use crate::plan::Plan;
use crate::predict::Action;

/// One state of a stack.
#[derive(Clone, Copy)]
pub struct DiffState<'a> {
    pub plan: &'a Plan,
    pub stack: &'a Stack,
    pub blueprint: &'a Blueprint,
}

impl<'a> DiffState<'a> {
    /// The state that a blueprint describes; `None` where an error is in the way.
    pub fn of(compiled: &'a Compiled) -> Option<Self> {
        Some(Self {
            plan: compiled.plan.as_ref()?,
            stack: &compiled.assembled.as_ref()?.stack,
            blueprint: compiled.blueprint.as_ref()?,
        })
    }
}

/// The two states of a stack; a stack that is new or gone has one.
#[derive(Clone, Copy)]
pub struct DiffStates<'a> {
    pub before: Option<DiffState<'a>>,
    pub after: Option<DiffState<'a>>,
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffRow {
    pub heading: Heading,
    pub subject: Subject,
    pub field: &'static PlanField,
    pub before: String,
    pub after: String,
    /// Where it is written now.
    pub place: Option<Place>,
    /// Where it was written.
    pub was: Option<Place>,
    /// The reason that answers it.
    pub reason: Option<RowReason>,
    /// Resources that it is about.
    pub addresses: Vec<String>,
}

/// The thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A part of the stack, such as `backend orders`.
    Part(String),
    Route {
        path: Arc<str>,
        /// Upper-case HTTP method, or `ANY`.
        method: &'static str,
    },
}

impl Subject {
    /// What distinguishes it from others, in a text that is there already.
    pub(crate) fn key(&self) -> [&str; 2] {
        match self {
            Self::Part(name) => [name, ""],
            Self::Route { path, method } => [path, method],
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(name) => formatter.write_str(name),
            Self::Route { path, method } => write!(formatter, "{method} {path}"),
        }
    }
}

impl DiffRow {
    /// Before and after, in a few words.
    pub fn change(&self) -> String {
        match (&*self.before, &*self.after) {
            ("", after) => after.to_owned(),
            (before, "") => before.to_owned(),
            (before, after) if self.field == &field::ROUTE => format!("{before}; {after}"),
            (before, after) => format!("{before} -> {after}"),
        }
    }

    /// A name for it that survives other commits, within its blueprint.
    pub fn fingerprint(&self, blueprint: &str) -> String {
        let subject = self.subject.to_string();
        let parts = [
            blueprint,
            &subject,
            self.field.name,
            &self.before,
            &self.after,
        ];
        blake3::hash(parts.join("\0").as_bytes()).to_hex()[..16].to_owned()
    }
}

/// What differs.
#[derive(Clone, Debug)]
pub struct Differences {
    /// By heading, then by what differs.
    pub rows: Vec<DiffRow>,
    /// Count of routes that have a row.
    pub differ: usize,
    /// Count of routes that either state serves.
    pub routes: usize,
}

/// Compares two states; `actions` is what Terraform or CloudFormation will do.
pub fn compare(states: DiffStates<'_>, actions: &[Action]) -> Differences {
    let pairs = routes::pairs(states);
    let mut rows = routes::rows(states, &pairs);
    if let (Some(before), Some(after)) = (states.before, states.after) {
        rows.extend(stack::rows(before, after));
    }
    rows.extend(waits::rows(states, actions));
    reason::answer(&mut rows, states);
    rows.sort_by(|a, b| {
        (a.heading, &a.subject, a.field.name).cmp(&(b.heading, &b.subject, b.field.name))
    });
    let subjects = rows.iter().map(|row| &row.subject);
    let of_routes = subjects.filter(|subject| matches!(subject, Subject::Route { .. }));
    Differences {
        differ: of_routes.collect::<BTreeSet<_>>().len(),
        routes: pairs.len(),
        rows,
    }
}

/// Rows of routes that let more pass than the memory of the last render says.
pub(crate) fn loosened_since(memory: &Memory, after: DiffState<'_>) -> Vec<DiffRow> {
    let mut rows = routes::loosened_since(memory, after);
    let states = DiffStates {
        before: None,
        after: Some(after),
    };
    reason::answer(&mut rows, states);
    rows
}

/// The value of one field of a subject, and where it is written.
struct Fact<'a> {
    field: &'static PlanField,
    value: FieldValue<'a>,
    /// A pointer below the part's place in the blueprint.
    at: &'static str,
}

impl<'a> Fact<'a> {
    fn new(field: &'static PlanField, value: FieldValue<'a>, at: &'static str) -> Self {
        Self { field, value, at }
    }

    /// The value; that of a setting with its name, which the field does not say.
    fn text(&self) -> String {
        let text = self.value.text();
        match self.at.rsplit('/').next() {
            Some(name) if self.field == &field::SETTING && !name.is_empty() => {
                format!("{name} {text}")
            }
            _ => text,
        }
    }
}
