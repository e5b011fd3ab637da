//! Findings on their way to the user: sorted, without duplicates, in the format that was asked for.
//!
//! In: diagnostics and the sources they speak of. Out: text into a writer. Pure but for the writer.
//! Nothing is decided here: what is an error, and what exit code follows, is known before.

mod github;
mod human;
mod json;

use std::io;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Finding, Sources};

/// How diagnostics look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Text with the line that is meant.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
    /// Annotations of GitHub Actions.
    Github,
}

/// How to report.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    pub format: Format,
    pub colour: bool,
    /// Errors only.
    pub quiet: bool,
}

/// Reports the findings of several blueprints as one list.
pub(crate) fn report(groups: Vec<(Sources, Vec<Diagnostic>)>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut sources: Vec<Sources> = Vec::new();
    for (of, diagnostics) in groups {
        findings.extend(of.locate(diagnostics));
        sources.push(of);
    }
    findings.retain(|finding| !style.quiet || finding.severity == Severity::Error);
    findings.sort_by(|a, b| (&a.places, a.code, &a.message).cmp(&(&b.places, b.code, &b.message)));
    // Blueprints that share a description find the same faults in it.
    findings.dedup_by(|a, b| (a.code, &a.message, &a.places) == (b.code, &b.message, &b.places));
    match style.format {
        Format::Human => human::report(&findings, &sources, style.colour, out),
        Format::Json => json::report(&findings, out),
        Format::Github => github::report(&findings, out),
    }
}
