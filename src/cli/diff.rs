//! `gwgen diff`: what a change does to the running stack.
//!
//! In: two folders with blueprints. Out: JSON on standard output.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Exit;
use super::session::Session;
use crate::io::{BlueprintSelection, Job, find};
use crate::predict::{Action, StackState, predict};
use crate::{Circumstances, Compiled, compile_in};

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The folder as it is deployed
    #[arg(value_name = "A")]
    before: PathBuf,
    /// The folder that is deployed over it
    #[arg(value_name = "B")]
    after: PathBuf,
    /// How the result looks
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: DiffFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum DiffFormat {
    #[default]
    Json,
}

#[derive(Serialize)]
struct Report {
    version: u8,
    blueprints: Vec<BlueprintDiff>,
}

#[derive(Serialize)]
struct BlueprintDiff {
    name: String,
    actions: Vec<Action>,
}

pub(crate) fn run(arguments: &DiffArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let DiffFormat::Json = arguments.format;
    let jobs = [&arguments.before, &arguments.after].map(|folder| {
        let selection = BlueprintSelection {
            files: Vec::new(),
            environment: None,
        };
        let found = find(&session.folder.join(folder), &selection);
        found.value.unwrap_or_default()
    });
    let mut reports = Vec::new();
    let mut blueprints = Vec::new();
    for job in &jobs[1] {
        let same = |other: &&Job| other.request.display == job.request.display;
        let Some(other) = jobs[0].iter().find(same) else {
            continue;
        };
        let before = compile_in(&other.disk, &other.request, Circumstances::default());
        let memory = before.tree.as_ref().map(|tree| &tree.memory);
        let run = Circumstances {
            after: memory,
            ..Circumstances::default()
        };
        let after = compile_in(&job.disk, &job.request, run);
        if let (Some(old), Some(new)) = (state(&before), state(&after)) {
            blueprints.push(BlueprintDiff {
                name: new.plan.prefix.name.to_string(),
                actions: predict(old, new),
            });
        }
        reports.push((before.sources, before.diagnostics));
        reports.push((after.sources, after.diagnostics));
    }
    session.print_json(&Report {
        version: 1,
        blueprints,
    })?;
    session.report(reports)
}

fn state(compiled: &Compiled) -> Option<StackState<'_>> {
    compiled.tree.as_ref()?;
    Some(StackState {
        plan: compiled.plan.as_ref()?,
        stack: &compiled.assembled.as_ref()?.stack,
    })
}
