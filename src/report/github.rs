//! Findings as GitHub's workflow commands, which it shows beside the lines of a pull request.
//!
//! Text of the user's files cannot start a command: line breaks and `%` are escaped.
//!
//! Source: GitHub, "Workflow commands for GitHub Actions", section "Setting an error message",
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>; the escapes
//! are those of `escapeData` and `escapeProperty`,
//! <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>, read 2026-11-22.

use std::io;

use crate::diagnostic::{COMMAND_LINE, Severity};
use crate::printed;
use crate::source::Finding;

pub(crate) fn report(findings: &[Finding], out: &mut dyn io::Write) -> io::Result<()> {
    findings
        .iter()
        .try_for_each(|finding| writeln!(out, "{}", command(finding)))
}

fn command(finding: &Finding) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let place = finding
        .places
        .first()
        .filter(|place| *place.file != *COMMAND_LINE);
    let mut properties: Vec<String> = Vec::new();
    if let Some(place) = place {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={},col={}", place.line, place.column));
    }
    properties.push(format!(
        "title={}",
        property(&format!("{} {}", finding.code, finding.slug))
    ));
    format!(
        "::{name} {}::{}",
        properties.join(","),
        data(&message(finding))
    )
}

/// Returns the message, the operations that are not served, other places and the help: a line each.
fn message(finding: &Finding) -> String {
    let mut lines = vec![printed::line(&finding.message).into_owned()];
    if !finding.operations.is_empty() {
        let operations = super::operations(finding);
        lines.push(format!("not served: {}", printed::line(&operations)));
    }
    for place in finding.places.iter().skip(1) {
        lines.push(format!(
            "also: {}:{}:{}",
            printed::line(&place.file),
            place.line,
            place.column
        ));
    }
    if !finding.help.is_empty() {
        lines.push(format!("help: {}", printed::line(&finding.help)));
    }
    lines.join("\n")
}

fn data(text: &str) -> String {
    // Only line breaks between the parts are left; each part was escaped before.
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&printed::line(text))
        .replace(':', "%3A")
        .replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::diagnostic::{NO_BACKEND, OperationName, Place, UNUSED_EXTENSION};
    use crate::report::{MessageFormat, Style, report};
    use crate::source::Sources;

    fn said(diagnostic: crate::diagnostic::Diagnostic) -> String {
        let mut out = Vec::new();
        let style = Style {
            format: MessageFormat::Github,
            ..Style::default()
        };
        report(
            vec![(Sources::default(), vec![diagnostic])],
            style,
            "",
            &mut out,
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finding_is_one_line_that_names_its_place() {
        let path: Arc<str> = "/orders".into();
        let found = NO_BACKEND
            .at(Place::position(&"api/openapi.yaml".into(), 31, 7))
            .also(Place::position(&"gwgen.yaml".into(), 4, 1))
            .message("nothing answers")
            .help("name one")
            .keeps(OperationName {
                method: "GET",
                path,
            });
        let expected = "::error file=api/openapi.yaml,line=31,col=7,title=GW3001 no-backend::nothing answers\
            %0Anot served: GET /orders%0Aalso: gwgen.yaml:4:1%0Ahelp: name one\n";
        assert_eq!(said(found), expected);
    }

    #[test]
    fn text_of_the_user_starts_no_command_and_ends_no_property() {
        let found = UNUSED_EXTENSION
            .at(Place::file(&"a,line=1::b%0A.yaml".into()))
            .message("x\r\n::stop-commands::y 100%")
            .help("");
        let expected = "::warning file=a%2Cline=1%3A%3Ab%250A.yaml,line=1,col=1,title=GW1016 unused-extension::x␍␊::stop-commands::y 100%25\n";
        assert_eq!(said(found), expected);
    }

    #[test]
    fn what_is_about_the_command_line_names_no_file() {
        let found = NO_BACKEND
            .at(Place::file(&crate::diagnostic::COMMAND_LINE.into()))
            .message("x");
        assert_eq!(said(found), "::error title=GW3001 no-backend::x\n");
    }
}
