//! `gwgen routes`: every operation with its backend, authorization and settings.
//!
//! In: blueprints. Out: a table or Markdown for each, or one JSON document for all.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;

use clap::{Args, ValueEnum};

use super::Exit;
use super::parallel::in_threads;
use super::session::{BlueprintArguments, Session, aligned, compiled, headed};
use crate::diagnostic::Diagnostic;
use crate::io::Job;
use crate::listing::{NOTHING, RouteRow, SETTINGS, UrlColumn};
use crate::plan::{Check, Plan};
use crate::printed;

#[derive(Debug, Args)]
pub(crate) struct RoutesArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
    /// Format of the list
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: RouteFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum RouteFormat {
    #[default]
    Table,
    Json,
    Markdown,
}

pub(crate) fn run(arguments: &RoutesArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, mut reports) = session.jobs(&arguments.blueprints);
    let compiled = in_threads(&jobs, compiled);
    let mut all = Vec::new();
    let is_one_of_several = jobs.len() > 1;
    for (job, compiled) in jobs.iter().zip(&compiled) {
        let Some(plan) = &compiled.plan else {
            continue;
        };
        let own = rows(plan, &unserved(&compiled.diagnostics));
        let cells = || own.iter().map(cells).collect();
        match arguments.format {
            RouteFormat::Json => all.extend(own.into_iter().map(|route| Row {
                blueprint: &job.request.display,
                route,
            })),
            RouteFormat::Table => {
                session.print(&headed(job, is_one_of_several, table(cells())))?;
            }
            RouteFormat::Markdown => {
                session.print(&titled(job, is_one_of_several, &markdown(cells())))?;
            }
        }
    }
    match arguments.format {
        RouteFormat::Json => session.print_json(&all)?,
        RouteFormat::Table | RouteFormat::Markdown => {}
    }
    let compiled = compiled.into_iter();
    reports.extend(compiled.map(|compiled| (compiled.sources, compiled.diagnostics)));
    session.report(reports)
}

/// A table on a page, below the blueprint's name where there are several.
fn titled(job: &Job, is_one_of_several: bool, table: &str) -> String {
    if is_one_of_several {
        format!("## {}\n\n{table}\n", printed::code(&job.request.display))
    } else {
        table.to_owned()
    }
}

/// Method and path of the operations that an error keeps from being served.
fn unserved(diagnostics: &[Diagnostic]) -> BTreeSet<(&str, &str)> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .flat_map(|diagnostic| &diagnostic.operations)
        .map(|operation| (operation.method, &*operation.path))
        .collect()
}

/// An operation of a blueprint; `null` where a column does not apply.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct Row<'a> {
    /// The blueprint, as it was named.
    blueprint: &'a str,
    #[serde(flatten)]
    route: RouteRow<'a>,
}

/// The JSON Schema of the list.
pub(crate) fn schema() -> serde_json::Value {
    let mut schema = crate::blueprint::schema_of_type::<Vec<Row<'_>>>();
    schema["title"] = "gwgen routes".into();
    schema["description"] =
        "What `gwgen routes --format json` prints: every operation of every blueprint.".into();
    schema
}

/// The operations of a blueprint, then the closed routes of earlier templates.
fn rows<'a>(plan: &'a Plan, unserved: &BTreeSet<(&str, &str)>) -> Vec<RouteRow<'a>> {
    let operations = plan.operations.iter();
    let operations = operations.map(|operation| {
        let mut row = RouteRow::of(plan, operation);
        // An operation that an error leaves undecided is not listed as open.
        if operation.auth.check == Check::Nobody
            && row.url.is_some()
            && unserved.contains(&(row.method, &*row.path))
        {
            row.auth = None;
        }
        row
    });
    let closed = plan.closed.routes.iter();
    let closed = closed.map(|route| RouteRow::closed(plan, route));
    operations.chain(closed).collect()
}

const HEADER: [&str; 15] = {
    let [
        declared,
        auth,
        why,
        scopes,
        key,
        throttle,
        cache,
        validation,
    ] = SETTINGS;
    [
        "method",
        "path",
        "exposure",
        "url",
        "backend",
        "backend url",
        declared,
        auth,
        why,
        scopes,
        key,
        throttle,
        cache,
        validation,
        "timeout",
    ]
};

/// A row of a table.
type Cells = [String; HEADER.len()];

fn cells(row: &RouteRow<'_>) -> Cells {
    let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    let url = |url: Option<UrlColumn<'_>>| or_nothing(url.map(|url| url.to_string()));
    let settings = row.settings().map(Cow::into_owned);
    let [
        declared,
        auth,
        why,
        scopes,
        key,
        throttle,
        cache,
        validation,
    ] = settings;
    [
        row.method.to_owned(),
        row.path.to_string(),
        row.exposure.name().to_owned(),
        url(row.url),
        or_nothing(row.backend.map(str::to_owned)),
        url(row.backend_url),
        declared,
        auth,
        why,
        scopes,
        key,
        throttle,
        cache,
        validation,
        or_nothing(row.timeout_ms.map(|timeout| format!("{timeout}ms"))),
    ]
}

fn table(mut rows: Vec<Cells>) -> String {
    rows.insert(0, HEADER.map(str::to_owned));
    aligned(rows).into_iter().map(|line| line + "\n").collect()
}

fn markdown(rows: Vec<Cells>) -> String {
    let line = |cells: &Cells| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", " --- |".repeat(HEADER.len()));
    // A dash alone is an empty cell; Markdown does not take it for a list.
    let escaped = |cell: String| {
        if cell == NOTHING {
            cell
        } else {
            printed::markdown(&cell)
        }
    };
    let head = line(&HEADER.map(str::to_owned)) + &rule;
    rows.into_iter()
        .fold(head, |text, row| text + &line(&row.map(escaped)))
}
