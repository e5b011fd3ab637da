//! Reports diagnostics: sorted, without duplicates, in the requested format.

mod github;
mod human;
mod json;
mod sarif;

use std::io;

use crate::diagnostic::{Diagnostic, Severity, first_of};
use crate::source::{Finding, Sources};

/// Most operations of a finding that are named; the others are counted.
const MAX_OPERATIONS: usize = 5;

/// Format of diagnostics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum MessageFormat {
    /// Text with the line that is meant.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// One SARIF 2.1.0 document, for code scanning.
    Sarif,
}

/// Options of a report.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    pub format: MessageFormat,
    pub colour: bool,
    /// Errors only.
    pub quiet: bool,
    /// Notes too: for the commands that are about findings.
    pub notes: bool,
}

impl Style {
    fn shows(self, finding: &Finding) -> bool {
        let is_reported = match finding.severity {
            Severity::Error => true,
            Severity::Warning => !self.quiet,
            Severity::Info => !self.quiet && self.notes,
        };
        // Code scanning keeps what is allowed as suppressed; without it, it would count as mended.
        is_reported && (finding.allowed.is_none() || self.format == MessageFormat::Sarif)
    }
}

/// Diagnostics of a blueprint, with the files that their lines are in.
pub(crate) type SourceReport = (Sources, Vec<Diagnostic>);

/// Reports the diagnostics of several blueprints as one list. `folder` is the working directory as
/// seen from the repository's root.
pub(crate) fn report(
    reports: Vec<SourceReport>,
    style: Style,
    folder: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut sources: Vec<Sources> = Vec::new();
    for (of, diagnostics) in reports {
        findings.extend(of.locate(diagnostics));
        sources.push(of);
    }
    findings.retain(|finding| style.shows(finding));
    // Of equal findings the first stays: of the higher severity, and not allowed.
    let rank = |finding: &Finding| (finding.severity, finding.allowed.is_some());
    findings.sort_by(|a, b| {
        (&a.places, a.code, &a.message, rank(a)).cmp(&(&b.places, b.code, &b.message, rank(b)))
    });
    // Blueprints that share a description find the same faults in it.
    findings.dedup_by(|a, b| (a.code, &a.message, &a.places) == (b.code, &b.message, &b.places));
    match style.format {
        MessageFormat::Human => human::report(&findings, &sources, style.colour, out),
        MessageFormat::Json => json::report(&findings, out),
        MessageFormat::Github => github::report(&findings, out),
        MessageFormat::Sarif => sarif::report(
            &findings,
            &sarif::Artifacts {
                sources: &sources,
                folder,
            },
            out,
        ),
    }
}

/// Returns the operations that a finding keeps from being served.
fn operations(finding: &Finding) -> String {
    let names = finding.operations.iter();
    let names = names.map(|operation| format!("{} {}", operation.method, operation.path));
    first_of(names, MAX_OPERATIONS)
}
