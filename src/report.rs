//! Findings on their way to the user: sorted, without duplicates, in the format that was asked for.
//!
//! In: diagnostics and the sources they speak of. Out: text into a writer. Pure but for the writer.
//! Nothing is decided here: what is an error, and what exit code follows, is known before.

mod github;
mod human;
mod json;
mod sarif;

use std::io;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Finding, Sources};

/// How diagnostics look.
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

/// How to report.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    pub format: MessageFormat,
    pub colour: bool,
    /// Errors only.
    pub quiet: bool,
    /// Notes are said, too: by the commands that are about findings, since they would drown the
    /// answers of others.
    pub notes: bool,
}

impl Style {
    fn shows(self, finding: &Finding) -> bool {
        let is_said = match finding.severity {
            Severity::Error => true,
            Severity::Warning => !self.quiet,
            Severity::Info => !self.quiet && self.notes,
        };
        // Code scanning keeps what is allowed as suppressed; without it, it would count as mended.
        is_said && (finding.allowed.is_none() || self.format == MessageFormat::Sarif)
    }
}

/// Reports the findings of several blueprints as one list. `folder` is the working directory as
/// seen from the repository's root.
pub(crate) fn report(
    groups: Vec<(Sources, Vec<Diagnostic>)>,
    style: Style,
    folder: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut sources: Vec<Sources> = Vec::new();
    for (of, diagnostics) in groups {
        findings.extend(of.locate(diagnostics));
        sources.push(of);
    }
    findings.retain(|finding| style.shows(finding));
    // What one blueprint allows and another does not is said, and so is the higher severity: the
    // first of equal ones stays.
    let rank = |it: &Finding| (it.severity, it.allowed.is_some());
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
