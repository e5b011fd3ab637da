//! Findings as one SARIF document, which code scanning compares between runs.
//!
//! Paths start at the repository's root. A group is written as its findings, so that each keeps its
//! fingerprint.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0 Plus Errata
//! 01",
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html>,
//! read 2026-11-22.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};

use crate::diagnostic::{COMMAND_LINE, Code, Severity};
use crate::printed::TextFormat;
use crate::source::{Finding, Located, RelativePath, Sources};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Placeholder of the repository's root. Source: SARIF, section 3.14.14 (`originalUriBaseIds`),
/// <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html>.
const ROOT: &str = "%SRCROOT%";

/// Files of findings, which SARIF calls artifacts.
pub(crate) struct Artifacts<'a> {
    pub(crate) sources: &'a [Sources],
    /// The working directory as seen from the repository's root.
    pub(crate) folder: &'a str,
}

pub(crate) fn report(
    findings: &[Finding],
    files: &Artifacts<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let used: BTreeSet<&str> = findings.iter().map(|finding| finding.code).collect();
    let rules: Vec<&Code> = crate::diagnostic::CODES
        .iter()
        .copied()
        .filter(|code| used.contains(code.code))
        .collect();
    let mut results = Results {
        files,
        rules: &rules,
        seen: BTreeMap::new(),
        all: Vec::new(),
    };
    findings.iter().for_each(|finding| results.add(finding));
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "gwgen",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
            "columnKind": "unicodeCodePoints",
            "results": results.all,
        }],
    });
    writeln!(
        out,
        "{}",
        TextFormat::Json.visible(&serde_json::to_string_pretty(&document)?)
    )
}

/// Returns the rule of a code. The text of `gwgen explain` is its help.
fn rule(code: &Code) -> Value {
    let checked = code
        .explanation
        .split("## What is checked\n")
        .nth(1)
        .unwrap_or_default();
    json!({
        "id": code.code,
        "name": code.slug,
        "shortDescription": {"text": code.slug.replace('-', " ")},
        "fullDescription": {"text": checked.split("\n\n").next().unwrap_or_default().trim()},
        "help": {"text": code.explanation, "markdown": code.explanation},
        "defaultConfiguration": {"level": level(code.severity)},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A finding, or one of a group.
struct SarifResult<'f> {
    finding: &'f Finding,
    message: &'f str,
    help: &'f str,
    places: &'f [Located],
}

struct Results<'a> {
    files: &'a Artifacts<'a>,
    rules: &'a [&'a Code],
    /// Uses of each fingerprint.
    seen: BTreeMap<String, usize>,
    all: Vec<Value>,
}

impl Results<'_> {
    fn add(&mut self, finding: &Finding) {
        if finding.occurrences.is_empty() {
            let Finding {
                message,
                help,
                places,
                ..
            } = finding;
            return self.push(&SarifResult {
                finding,
                message,
                help,
                places,
            });
        }
        for occurrence in &finding.occurrences {
            self.push(&SarifResult {
                finding,
                message: &occurrence.message,
                help: &occurrence.help,
                places: &occurrence.places,
            });
        }
    }

    fn push(&mut self, result: &SarifResult<'_>) {
        let finding = result.finding;
        let mut locations: Vec<Value> = result
            .places
            .iter()
            .filter(|place| *place.file != *COMMAND_LINE)
            .map(|place| self.files.location(place))
            .collect();
        let mut related = locations.split_off(locations.len().min(1));
        // The standard allows each once.
        let mut seen = BTreeSet::new();
        related.retain(|location| seen.insert(location.to_string()));
        let mut document = json!({
            "ruleId": finding.code,
            "ruleIndex": self.rules.iter().position(|rule| rule.code == finding.code),
            "level": level(finding.severity),
            "message": {"text": text(result)},
            "locations": locations,
            "partialFingerprints": {"codeAndPointer/v1": self.fingerprint(result)},
        });
        if !related.is_empty() {
            document["relatedLocations"] = Value::Array(related);
        }
        if let Some(reason) = &finding.allowed {
            document["suppressions"] =
                json!([{"kind": "external", "status": "accepted", "justification": reason}]);
        }
        self.all.push(document);
    }

    /// Returns a name for a finding that stays when lines move.
    fn fingerprint(&mut self, result: &SarifResult<'_>) -> String {
        let place = result.places.first();
        let at = place
            .and_then(|place| place.pointer.as_deref())
            .unwrap_or(result.message);
        let file = place
            .map(|place| self.files.uri(&place.file))
            .unwrap_or_default();
        let hash =
            blake3::hash(format!("{}\0{file}\0{at}", result.finding.code).as_bytes()).to_hex();
        let fingerprint = hash[..16].to_owned();
        let times = self.seen.entry(fingerprint.clone()).or_default();
        *times += 1;
        format!("{fingerprint}:{times}")
    }
}

/// Returns the message, the operations that are not served, and the help: a line each.
fn text(result: &SarifResult<'_>) -> String {
    let mut lines = vec![result.message.to_owned()];
    let finding = result.finding;
    if !finding.operations.is_empty() && finding.occurrences.is_empty() {
        lines.push(format!("not served: {}", super::operations(finding)));
    }
    if !result.help.is_empty() {
        lines.push(format!("help: {}", result.help));
    }
    lines.join("\n")
}

impl Artifacts<'_> {
    fn location(&self, place: &Located) -> Value {
        let uri = self.uri(&place.file);
        let artifact = if uri.starts_with("file:") {
            json!({"uri": uri})
        } else {
            json!({"uri": uri, "uriBaseId": ROOT})
        };
        let physical = json!({"artifactLocation": artifact, "region": {"startLine": place.line, "startColumn": place.column}});
        match &place.pointer {
            Some(pointer) if !pointer.is_empty() => {
                json!({"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": pointer}]})
            }
            _ => json!({"physicalLocation": physical}),
        }
    }

    /// Returns a file relative to the repository's root; one outside of it by its whole path.
    fn uri(&self, file: &str) -> String {
        let read = || {
            self.sources
                .iter()
                .find_map(|sources| sources.file(file))
                .map(|file| file.path.clone())
        };
        match RelativePath::join(self.folder, file).or_else(read) {
            Some(path) => escaped(path.as_str()),
            None => format!(
                "file://{}{}",
                if file.starts_with('/') { "" } else { "/" },
                escaped(file)
            ),
        }
    }
}

/// A path as part of a URI. Source: RFC 3986, sections 2.1 and 2.3: all but unreserved characters
/// is written in hexadecimal digits.
fn escaped(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
