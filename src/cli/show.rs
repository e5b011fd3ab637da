//! `gwgen show`: the blueprint with every default filled in; several as YAML documents.

use std::io;
use std::sync::Arc;

use clap::Args;

use super::Exit;
use super::session::{BlueprintArguments, Session};
use crate::blueprint;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::io::Job;
use crate::source::Sources;

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
}

pub(crate) fn run(arguments: &ShowArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, mut reports) = session.jobs(&arguments.blueprints);
    let mut separator = "";
    for job in &jobs {
        let (shown, sources) = show(job);
        if let Some(text) = shown
            .value
            .filter(|_| !shown.diagnostics.iter().any(Diagnostic::is_error))
        {
            session.print(&format!("{separator}{}\n", text.trim_end()))?;
            separator = "---\n";
        }
        reports.push((sources, shown.diagnostics));
    }
    session.report(reports)
}

/// The blueprint as text, and the files that were read.
fn show(job: &Job) -> (Outcome<String>, Sources) {
    let mut sources = Sources::default();
    let request = &job.request;
    let read = blueprint::read(
        &job.files,
        request.blueprint.clone(),
        Arc::clone(&request.display),
        &mut sources,
    );
    (
        Outcome {
            value: read.value.as_ref().map(blueprint::show),
            diagnostics: read.diagnostics,
        },
        sources,
    )
}
