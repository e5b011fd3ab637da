//! Differences as JSON, and the schema of it.
//! In: comparisons. Out: one document.

use serde::Serialize;

use super::compared::{ReportRow, StackDiff};
use crate::diff::Subject;
use crate::listing::field::Heading;
use crate::predict::Action;
use crate::source::Located;

/// What `gwgen diff --format json` prints.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Diff")]
pub(super) struct DiffDocument {
    version: u8,
    /// Every blueprint that one of the states has.
    blueprints: Vec<BlueprintRows>,
}

/// What differs of one stack.
#[derive(Serialize, schemars::JsonSchema)]
struct BlueprintRows {
    /// The blueprint, as it was named.
    blueprint: String,
    /// The name of the stack.
    name: String,
    /// The state before, such as `origin/main 3f2a91c`.
    before: String,
    after: String,
    /// Count of routes that differ.
    differ: usize,
    /// Count of routes that either state serves.
    routes: usize,
    loosened: Vec<RowColumns>,
    waits: Vec<RowColumns>,
    removed: Vec<RowColumns>,
    moved: Vec<RowColumns>,
    relaxed: Vec<RowColumns>,
    changed: Vec<RowColumns>,
    tightened: Vec<RowColumns>,
    added: Vec<RowColumns>,
    /// What Terraform or CloudFormation will do.
    actions: Vec<Action>,
}

/// A difference.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Row")]
struct RowColumns {
    /// Upper-case HTTP method, or `ANY`; `null` where it is about no route.
    method: Option<&'static str>,
    /// Path on the gateway; `null` where it is about no route.
    path: Option<String>,
    /// The part of the stack; `null` where it is about a route.
    part: Option<String>,
    field: &'static str,
    before: String,
    after: String,
    /// Where it is written now.
    place: Option<PlaceColumns>,
    /// Where it was written.
    was: Option<PlaceColumns>,
    /// The reason that answers it.
    reason: Option<ReasonColumns>,
    /// Resources that it is about.
    addresses: Vec<String>,
    /// Codes that `lint.allow` takes.
    codes: [&'static str; 1],
    /// A name that survives other commits.
    fingerprint: String,
}

#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Reason")]
struct ReasonColumns {
    /// `weakens`, `shared` or `lint.allow`.
    by: &'static str,
    text: String,
    place: Option<PlaceColumns>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Place")]
struct PlaceColumns {
    file: String,
    line: u32,
    column: u32,
}

impl PlaceColumns {
    fn of(place: &Located) -> Self {
        Self {
            file: place.file.to_string(),
            line: place.line,
            column: place.column,
        }
    }
}

pub(super) fn document(comparisons: &[StackDiff]) -> DiffDocument {
    DiffDocument {
        version: 1,
        blueprints: comparisons.iter().map(blueprint).collect(),
    }
}

fn blueprint(comparison: &StackDiff) -> BlueprintRows {
    let under = |heading: Heading| {
        let rows = comparison
            .rows
            .iter()
            .filter(|row| row.row.heading == heading);
        rows.map(|row| columns(row, &comparison.name)).collect()
    };
    BlueprintRows {
        blueprint: comparison.blueprint.clone(),
        name: comparison.name.clone(),
        before: comparison.before.clone(),
        after: comparison.after.clone(),
        differ: comparison.differ,
        routes: comparison.routes,
        loosened: under(Heading::Loosened),
        waits: under(Heading::Waits),
        removed: under(Heading::Removed),
        moved: under(Heading::Moved),
        relaxed: under(Heading::Relaxed),
        changed: under(Heading::Changed),
        tightened: under(Heading::Tightened),
        added: under(Heading::Added),
        actions: comparison.actions.clone(),
    }
}

fn columns(of: &ReportRow, name: &str) -> RowColumns {
    let row = &of.row;
    let (method, path, part) = match &row.subject {
        Subject::Route { path, method } => (Some(*method), Some(path.to_string()), None),
        Subject::Part(part) => (None, None, Some(part.clone())),
    };
    RowColumns {
        method,
        path,
        part,
        field: row.field.name,
        before: row.before.clone(),
        after: row.after.clone(),
        place: of.place.as_ref().map(PlaceColumns::of),
        was: of.was.as_ref().map(PlaceColumns::of),
        reason: row.reason.as_ref().map(|reason| ReasonColumns {
            by: reason.by,
            text: reason.text.to_string(),
            place: of.because.as_ref().map(PlaceColumns::of),
        }),
        addresses: row.addresses.clone(),
        codes: [row.heading.code().code],
        fingerprint: row.fingerprint(name),
    }
}

/// The JSON Schema of the document.
pub(crate) fn schema() -> serde_json::Value {
    let mut schema = crate::blueprint::schema_of_type::<DiffDocument>();
    schema["title"] = "gwgen diff".into();
    schema["description"] =
        "What `gwgen diff --format json` prints: what a change means for the running API.".into();
    schema
}
