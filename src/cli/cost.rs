//! `gwgen cost`: the monthly bill in every topology.
//!
//! In: blueprints. Out: tables or Markdown for each, or one JSON document for all.

mod sections;

use std::io;

use clap::{Args, ValueEnum};

use super::Exit;
use super::session::{BlueprintArguments, Session, compiled};
use crate::cost::{self, Bill};
use crate::diagnostic::Diagnostic;
use sections::{markdown, table};

#[derive(Debug, Args)]
pub(crate) struct CostArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
    /// Format of the bill
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: BillFormat,
    /// Print each price of the region, too, with its source, date and certainty
    #[arg(long)]
    sources: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum BillFormat {
    #[default]
    Table,
    Json,
    Markdown,
}

pub(crate) fn run(arguments: &CostArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, mut reports) = session.jobs(&arguments.blueprints);
    let mut bills: Vec<Bill> = Vec::new();
    for job in &jobs {
        let mut compiled = compiled(job);
        // A part of the blueprint that was wrong could be one that is billed.
        if !compiled.diagnostics.iter().any(Diagnostic::is_error) {
            match cost::bill(&job.files, &job.request, &compiled) {
                Ok(bill) => bills.extend(bill),
                Err(missing) => compiled.diagnostics.extend(missing),
            }
        }
        reports.push((compiled.sources, compiled.diagnostics));
    }
    if !arguments.sources {
        bills.iter_mut().for_each(|bill| bill.prices = None);
    }
    match arguments.format {
        BillFormat::Json => session.print_json(&bills)?,
        BillFormat::Table => {
            let texts: Vec<String> = bills.iter().map(table).collect();
            session.print(&texts.join("\n"))?;
        }
        BillFormat::Markdown => {
            let texts: Vec<String> = bills.iter().map(markdown).collect();
            session.print(&texts.join("\n"))?;
        }
    }
    session.report(reports)
}

/// The JSON Schema of the bills.
pub(crate) fn schema() -> serde_json::Value {
    let mut schema = crate::blueprint::schema_of_type::<Vec<Bill>>();
    schema["title"] = "gwgen cost".into();
    schema["description"] =
        "What `gwgen cost --format json` prints: the bill of every blueprint.".into();
    schema
}
