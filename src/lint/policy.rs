//! `lint.allow` and `lint.deny`: a team's decisions about findings.
//!
//! Only advice is allowed: an error prevents harm, so no blueprint can turn it off.

use std::collections::{BTreeSet, HashMap};

use crate::blueprint::{AllowSpec, Blueprint};
use crate::diagnostic::{self, At, CODES, Code, Diagnostic, Place, Severity, nearest};
use crate::plan::{Patterns, Plan};
use crate::source::pointer;

/// Decisions of a blueprint about findings.
pub(crate) struct Policy<'a> {
    blueprint: &'a Blueprint,
    allowances: Vec<Allowance<'a>>,
    denied: BTreeSet<&'a str>,
}

/// An entry of `lint.allow` that holds.
struct Allowance<'a> {
    at: String,
    spec: &'a AllowSpec,
    /// `None`: everywhere.
    paths: Option<Patterns<()>>,
    is_used: bool,
}

impl<'a> Policy<'a> {
    /// Reads the decisions of a blueprint, on a day that is written as `2027-03-31`. Errors: GW2130
    /// allowed error, GW2131 expired allowance, GW2132 allows nothing (a warning), GW2133 unknown
    /// code.
    pub(crate) fn of(
        blueprint: &'a Blueprint,
        day: Option<&str>,
        found: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut policy = Self {
            blueprint,
            allowances: Vec::new(),
            denied: BTreeSet::new(),
        };
        let lint = &blueprint.spec.lint;
        for (index, spec) in lint.allow.iter().flatten().enumerate() {
            let at = pointer::child("/lint/allow", index);
            match refused(blueprint, &at, spec, day) {
                Some(finding) => found.push(finding),
                None => policy.allowances.push(Allowance {
                    at,
                    spec,
                    paths: spec.paths.as_deref().map(Patterns::of_paths),
                    is_used: false,
                }),
            }
        }
        for (index, code) in lint.deny.iter().flatten().enumerate() {
            if code_of(code).is_none() {
                let at = blueprint.place(&pointer::child("/lint/deny", index));
                found.push(
                    diagnostic::UNKNOWN_CODE
                        .at(at)
                        .message(format_args!("no finding has the code `{code}`"))
                        .help(known(code)),
                );
            }
        }
        policy.denied = lint.deny.iter().flatten().map(String::as_str).collect();
        policy
    }

    /// Marks findings as allowed, makes errors of denied ones, and reports entries that allow
    /// nothing. Errors: GW2132 allows nothing (a warning, and a note in a base).
    pub(crate) fn apply(mut self, plan: Option<&Plan>, findings: &mut Vec<Diagnostic>) {
        if self.allowances.is_empty() && self.denied.is_empty() {
            return;
        }
        let has_paths = self
            .allowances
            .iter()
            .any(|allowance| allowance.paths.is_some());
        let paths = if has_paths {
            Paths::of(plan)
        } else {
            Paths::default()
        };
        for finding in findings.iter_mut().filter(|finding| !finding.is_error()) {
            let mut reason = None;
            for allowance in self
                .allowances
                .iter_mut()
                .filter(|allowance| allowance.spec.code == finding.code.code)
            {
                if allowance
                    .paths
                    .as_ref()
                    .is_none_or(|patterns| paths.all_match(finding, patterns))
                {
                    allowance.is_used = true;
                    reason.get_or_insert(&allowance.spec.reason);
                }
            }
            match reason {
                Some(reason) => allow(finding, reason),
                None if self.denied.contains(finding.code.code) => {
                    finding.severity = Severity::Error
                }
                None => {}
            }
        }
        // An error may have prevented the finding that is allowed.
        if !findings.iter().any(Diagnostic::is_error) {
            findings.extend(
                self.allowances
                    .iter()
                    .filter(|allowance| !allowance.is_used && !is_of_change(&allowance.spec.code))
                    .map(|allowance| self.idle(allowance)),
            );
        }
    }

    fn idle(&self, allowance: &Allowance<'_>) -> Diagnostic {
        let code = &allowance.spec.code;
        let mut finding = diagnostic::ALLOWS_NOTHING.at(self.blueprint.place(&allowance.at));
        if self.denied.contains(finding.code.code) {
            finding.severity = Severity::Error;
        } else if self.blueprint.is_from_base(&allowance.at) {
            finding.severity = Severity::Info;
        }
        let (message, help) = match (code_of(code), &allowance.spec.paths) {
            (None, _) => (format!("no finding has the code `{code}`, so nothing is allowed"), known(code)),
            (Some(_), None) => (format!("nothing is found that `{code}` would allow"), "remove the entry".to_owned()),
            (Some(_), Some(_)) => (
                format!("no finding `{code}` is about these paths alone"),
                "compare `paths` with the places of the finding, leave `paths` out where it is about no path, or remove the entry"
                    .to_owned(),
            ),
        };
        finding.message(message).help(help)
    }
}

/// Findings that remain as notes whatever a team has decided: something is open that the inputs
/// declare closed.
const STAYS_A_NOTE: [&Code; 5] = [
    &diagnostic::IGNORED_SCHEME,
    &diagnostic::WEAKENED,
    &diagnostic::DROPPED_SAFEGUARD,
    &diagnostic::SHARED_ANSWERS,
    &diagnostic::UNCHECKED_INTERNAL,
];

/// Allows a finding; one that has to be reported at every render remains as a note.
fn allow(finding: &mut Diagnostic, reason: &str) {
    if STAYS_A_NOTE.contains(&finding.code) {
        finding.severity = Severity::Info;
        finding.help = format!("allowed by `lint.allow`: {reason}");
    } else {
        finding.extra().allowed = Some(reason.to_owned());
    }
}

/// Returns whether a code is one of `diff`, which alone knows whether it is found.
fn is_of_change(code: &str) -> bool {
    code_of(code).is_some() && code.starts_with("GW6")
}

fn code_of(text: &str) -> Option<&'static Code> {
    CODES.iter().copied().find(|code| code.code == text)
}

/// Returns the help for an unknown code.
fn known(text: &str) -> String {
    match nearest(text, CODES.iter().map(|code| code.code)).and_then(code_of) {
        Some(code) => format!(
            "did you mean `{}` ({})? `gwgen explain` lists all codes",
            code.code, code.slug
        ),
        None => "`gwgen explain` lists all codes".to_owned(),
    }
}

/// Returns the error of an entry that does not hold.
fn refused(
    blueprint: &Blueprint,
    at: &str,
    spec: &AllowSpec,
    day: Option<&str>,
) -> Option<Diagnostic> {
    if let Some(code) = code_of(&spec.code)
        .filter(|code| code.severity == Severity::Error || code.code.starts_with("GW0"))
    {
        let why = if code.severity == Severity::Error {
            "an error that keeps an API from being wrong or open"
        } else {
            "about files on the disk, which no blueprint knows"
        };
        let finding = diagnostic::ALLOWED_ERROR
            .at(blueprint.place(&pointer::child(at, "code")))
            .message(format_args!("`{}` ({}) is {why}; it cannot be allowed", code.code, code.slug))
            .help(
                "remove the entry, and mend what the finding names; an operation that cannot be served is left out with `exposure: hidden`",
            );
        return Some(finding);
    }
    // Both are year, month and day with a fixed number of digits.
    let until = spec
        .until
        .as_deref()
        .filter(|until| day.is_some_and(|day| day > *until))?;
    let finding = diagnostic::EXPIRED_ALLOWANCE
        .at(blueprint.place(&pointer::child(at, "until")))
        .message(format_args!(
            "`{}` was allowed until {until}: {}",
            spec.code, spec.reason
        ))
        .help("mend what it allows and remove the entry, or decide again and write a later day");
    Some(finding)
}

/// Paths of the description by the places of their operations and path items.
#[derive(Default)]
struct Paths<'p> {
    by_place: HashMap<(&'p str, &'p str), BTreeSet<&'p str>>,
}

impl<'p> Paths<'p> {
    fn of(plan: Option<&'p Plan>) -> Self {
        let mut by_place: HashMap<_, BTreeSet<&str>> = HashMap::new();
        for operation in plan.into_iter().flat_map(|plan| &plan.operations) {
            let At::Pointer(pointer) = &operation.place.at else {
                continue;
            };
            let item = pointer.rsplit_once('/').map_or("", |(item, _)| item);
            for at in [pointer, item] {
                by_place
                    .entry((&*operation.place.file, at))
                    .or_default()
                    .insert(&*operation.path);
            }
        }
        Self { by_place }
    }

    /// Returns the paths that a place belongs to.
    fn at<'s>(&'s self, place: &'s Place) -> Option<&'s BTreeSet<&'p str>> {
        let (At::Pointer(pointer) | At::Repeated(pointer, _)) = &place.at else {
            return None;
        };
        let mut pointer = &**pointer;
        loop {
            if let Some(paths) = self.by_place.get(&(&*place.file, pointer)) {
                return Some(paths);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }

    /// Returns whether a finding is about paths, and each of them matches.
    fn all_match(&self, finding: &Diagnostic, patterns: &Patterns<()>) -> bool {
        let of_operations = finding.operations.iter().map(|operation| &*operation.path);
        let about: BTreeSet<&str> = finding
            .places
            .iter()
            .filter_map(|place| self.at(place))
            .flatten()
            .copied()
            .chain(of_operations)
            .collect();
        !about.is_empty() && about.iter().all(|path| patterns.any(path, |()| true))
    }
}
