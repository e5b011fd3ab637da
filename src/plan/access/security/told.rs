//! What is said of the join: errors of one operation, and warnings that each name all operations of
//! one cause.
//!
//! In: an operation and what was decided of it. Out: findings. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Case;
use crate::blueprint::{Blueprint, CommentedLine, scalar};
use crate::diagnostic::{self, Code, Diagnostic, OperationName, Place};
use crate::openapi::{Operation, Requirement};
use crate::plan::rules::Origin;
use crate::plan::rules::patterns::only;
use crate::source::pointer;

/// How a route asks for less than the description does.
pub(crate) enum Weakening<'w> {
    /// The schemes that are left out.
    Opened(String),
    Replaced {
        by: &'w str,
        of: String,
    },
    /// The scopes that no longer count.
    Scopes(Vec<Arc<str>>),
    Key,
}

/// Operations by the entry of `auth`, and where the first of them says so.
pub(crate) type ByName = BTreeMap<Arc<str>, (Place, Vec<OperationName>)>;

/// Operations by the cause of a warning.
pub(crate) struct Told<'a> {
    blueprint: &'a Blueprint,
    ignored: ByName,
    any_suffices: ByName,
    unchecked: ByName,
    /// By the scheme that has no entry.
    unmapped: ByName,
    /// By the scheme that has no entry, and that the description does not declare either.
    undeclared: ByName,
    /// By the entry that has a function decide.
    functions: ByName,
    /// By the Cognito entry: those that ask for scopes, and those that do not.
    with_scopes: ByName,
    without_scopes: ByName,
    /// By the place that weakens them, what stands there, and whether they become open.
    weakened: BTreeMap<(Place, &'static str, bool), Vec<OperationName>>,
    scopes_without_cognito: BTreeMap<Place, Vec<OperationName>>,
}

impl<'a> Told<'a> {
    pub(crate) fn new(blueprint: &'a Blueprint) -> Self {
        Self {
            blueprint,
            ignored: ByName::new(),
            any_suffices: ByName::new(),
            unchecked: ByName::new(),
            unmapped: ByName::new(),
            undeclared: ByName::new(),
            functions: ByName::new(),
            with_scopes: ByName::new(),
            without_scopes: ByName::new(),
            weakened: BTreeMap::new(),
            scopes_without_cognito: BTreeMap::new(),
        }
    }

    pub(crate) fn ignored(&mut self, name: &str, operation: &Operation) {
        note(&mut self.ignored, name, operation);
    }

    pub(crate) fn any_suffices(&mut self, name: &str, operation: &Operation) {
        note(&mut self.any_suffices, name, operation);
    }

    pub(crate) fn unchecked(&mut self, name: &str, operation: &Operation) {
        note(&mut self.unchecked, name, operation);
    }

    /// An operation that asks for a scheme without an entry.
    pub(crate) fn unmapped(&mut self, name: &str, operation: &Operation) {
        note(&mut self.unmapped, name, operation);
    }

    /// An operation that asks for a scheme without an entry, which its description does not
    /// declare.
    pub(crate) fn undeclared(&mut self, name: &str, operation: &Operation) {
        note(&mut self.undeclared, name, operation);
    }

    /// Names of schemes that have no entry, declared or not.
    pub(crate) fn without_entry(&self) -> impl Iterator<Item = &str> {
        self.unmapped
            .keys()
            .chain(self.undeclared.keys())
            .map(|it| &**it)
    }

    /// An operation that has a function decide.
    pub(crate) fn function(&mut self, name: &str, operation: &Operation) {
        note(&mut self.functions, name, operation);
    }

    /// Operations by the entry that has a function decide.
    pub(crate) fn functions(&self) -> &ByName {
        &self.functions
    }

    /// An operation that asks a Cognito entry.
    pub(crate) fn asks(&mut self, name: &str, has_scopes: bool, operation: &Operation) {
        note(
            if has_scopes {
                &mut self.with_scopes
            } else {
                &mut self.without_scopes
            },
            name,
            operation,
        );
    }

    pub(crate) fn weakened(
        &mut self,
        (origin, field): (Origin<'_>, &str),
        what: &Weakening<'_>,
        operation: &Operation,
    ) {
        let key = (
            origin.place(self.blueprint, field),
            origin.noun(),
            matches!(what, Weakening::Opened(_)),
        );
        self.weakened.entry(key).or_default().push(operation.name());
    }

    pub(crate) fn scopes_without_cognito(&mut self, origin: Origin<'_>, operation: &Operation) {
        self.scopes_without_cognito
            .entry(origin.place(self.blueprint, "scopes"))
            .or_default()
            .push(operation.name());
    }

    /// `meant` holds the names that are probably meant, by names without an entry.
    pub(crate) fn finish(mut self, meant: &BTreeMap<String, String>) -> Vec<Diagnostic> {
        let with_scopes = std::mem::take(&mut self.with_scopes);
        self.without_scopes
            .retain(|name, _| with_scopes.contains_key(name));
        let at = |name: &str| self.blueprint.place(&pointer::child("/auth", name));
        let mut findings = Vec::new();
        let mut by_name = |found: &ByName,
                           code: &'static Code,
                           message: &dyn Fn(&str, &str) -> String,
                           help: &str| {
            for (name, (first, operations)) in found {
                let mut finding = code
                    .at(at(name))
                    .message(message(name, &counted(operations)))
                    .help(help);
                finding
                    .places
                    .extend((*code != diagnostic::IGNORED_SCHEME).then(|| first.clone()));
                findings.push(finding);
            }
        };
        by_name(
            &self.ignored,
            &diagnostic::IGNORED_SCHEME,
            &|name, all| {
                format!(
                    "the gateway does not check `{name}` on {all}; whatever stands behind it has to"
                )
            },
            "keep `ignore` only where the backends check it themselves",
        );
        by_name(
            &self.any_suffices,
            &diagnostic::ANY_SCOPE_SUFFICES,
            &|name, all| {
                format!(
                    "a token of `{name}` with any one of the scopes is let through on {all}, where the description asks for all of them"
                )
            },
            "have the backend check the others, or name the one that decides in `scopes` of a route",
        );
        by_name(
            &self.unchecked,
            &diagnostic::UNCHECKED_SCOPES,
            &|name, all| {
                format!(
                    "the description asks for scopes on {all}, and the gateway checks none of `{name}`"
                )
            },
            "have the authorizer's function or the backend check them; the gateway itself knows scopes of Cognito alone",
        );
        by_name(
            &self.without_scopes,
            &diagnostic::SCOPES_OF_SOME,
            &|name, all| {
                format!(
                    "no scope of `{name}` is asked for on {all}, while other operations ask for some: ID tokens are taken here, and access tokens there"
                )
            },
            "ask for a scope here too, in the description or with `scopes` of a route, or say that none is meant with an entry of `auth` of its own",
        );
        for (name, found) in &self.unmapped {
            let misspelt = meant
                .get(&**name)
                .map(|entry| misspelt(self.blueprint, (name, entry), found));
            findings.push(misspelt.unwrap_or_else(|| {
                Missing {
                    name,
                    is_declared: true,
                    meant: None,
                }
                .finding(self.blueprint, found)
            }));
        }
        for (name, found) in &self.undeclared {
            let meant = meant.get(&**name).map(String::as_str);
            findings.push(
                Missing {
                    name,
                    is_declared: false,
                    meant,
                }
                .finding(self.blueprint, found),
            );
        }
        for ((place, noun, is_opened), operations) in &self.weakened {
            let all = counted(operations);
            let message = match is_opened {
                true => format!("this {noun} opens {all}, which the description protects"),
                false => format!("this {noun} asks less of {all} than the description does"),
            };
            let help = "the reason stands in `weakens`; remove the route once it no longer holds";
            findings.push(
                diagnostic::WEAKENED
                    .at(place.clone())
                    .message(message)
                    .help(help),
            );
        }
        for (place, operations) in &self.scopes_without_cognito {
            let mut finding = diagnostic::SCOPES_WITHOUT_COGNITO
                .at(place.clone())
                .message(format_args!(
                    "`scopes` are checked by a Cognito authorizer alone, and {} has none",
                    counted(operations)
                ))
                .help("name an `auth` of that kind for it, or match fewer operations");
            finding.operations.extend(operations.iter().cloned());
            findings.push(finding);
        }
        findings
    }
}

fn note(by: &mut ByName, name: &str, operation: &Operation) {
    let Some((_, operations)) = by.get_mut(name) else {
        by.insert(
            name.into(),
            (operation.place("/security"), vec![operation.name()]),
        );
        return;
    };
    // Under every mount anew.
    if operations.last() != Some(&operation.name()) {
        operations.push(operation.name());
    }
}

/// A scheme without an entry.
#[derive(Clone, Copy)]
struct Missing<'a> {
    name: &'a str,
    is_declared: bool,
    /// The name that is probably meant.
    meant: Option<&'a str>,
}

impl Missing<'_> {
    /// One finding for all operations that ask for it.
    ///
    /// Errors: GW3002; GW1012 where the description does not declare it either.
    fn finding(
        self,
        blueprint: &Blueprint,
        (first, operations): &(Place, Vec<OperationName>),
    ) -> Diagnostic {
        let proposed = blueprint.commented(&scalar(self.name));
        let place = proposed
            .first()
            .map_or_else(|| first.clone(), CommentedLine::place);
        let code = if self.is_declared {
            &diagnostic::UNMAPPED_SCHEME
        } else {
            &diagnostic::UNKNOWN_SECURITY_SCHEME
        };
        let mut finding = code.at(place);
        finding.places.push(if proposed.is_empty() {
            blueprint.place("/auth")
        } else {
            first.clone()
        });
        finding.operations.clone_from(operations);
        let all = counted(operations);
        let (is_or_are, hides) = if operations.len() == 1 {
            ("is", "hide the operation")
        } else {
            ("are", "hide the operations")
        };
        let missing = if self.is_declared {
            "and"
        } else {
            "which the description does not declare, and"
        };
        finding
            .message(format_args!(
                "{all} {is_or_are} protected by `{}`, {missing} the blueprint does not say what the gateway does with it",
                self.name
            ))
            .help(format_args!("{}; or {hides}", self.remedy(blueprint, &proposed)))
    }

    fn remedy(self, blueprint: &Blueprint, proposed: &[CommentedLine]) -> String {
        let entry = scalar(self.name);
        let (Some(first), Some(last)) = (proposed.first(), proposed.last()) else {
            let name = self.meant.map_or_else(
                || "its name".to_owned(),
                |it| format!("its name (did you mean `{it}`?)"),
            );
            return match self.is_declared {
                true => format!(
                    "add `{entry}` under `auth`: an authorizer that checks it, or `ignore` if the backend does"
                ),
                false => format!(
                    "declare it in the description, correct {name}, or add `{entry}` under `auth`"
                ),
            };
        };
        let lines = if first.line == last.line {
            format!("line {}", first.line)
        } else {
            format!("one of the lines {} to {}", first.line, last.line)
        };
        let auth = if blueprint.spec.auth.is_some() {
            Vec::new()
        } else {
            blueprint.commented("auth")
        };
        let also = auth.first().map_or_else(String::new, |it| {
            format!(", and `auth:` in line {}", it.line)
        });
        format!("uncomment {lines} of `{}`{also}", first.file)
    }
}

/// A scheme without an entry, beside an entry of nearly its name that nothing else uses.
fn misspelt(
    blueprint: &Blueprint,
    (name, entry): (&str, &str),
    (first, operations): &(Place, Vec<OperationName>),
) -> Diagnostic {
    let mut finding = diagnostic::UNMAPPED_SCHEME
        .at(blueprint.place(&pointer::child("/auth", entry)))
        .also(first.clone());
    finding.operations.clone_from(operations);
    let is_or_are = if operations.len() == 1 { "is" } else { "are" };
    finding
        .message(format_args!(
            "{} {is_or_are} protected by `{name}`, which has no entry in `auth`; no scheme is called `{entry}`, which has one",
            counted(operations)
        ))
        .help(format_args!("rename the entry `{entry}` to `{}`, if that is meant; else add an entry for it", scalar(name)))
}

/// Two schemes at once that would take two authorizers.
pub(crate) fn two_authorizers(
    blueprint: &Blueprint,
    case: Case<'_, '_>,
    (one, other): (&str, &str),
) -> Diagnostic {
    diagnostic::INEXPRESSIBLE_SECURITY
        .at(case.operation.place("/security"))
        .also(blueprint.place(&pointer::child("/auth", one)))
        .also(blueprint.place(&pointer::child("/auth", other)))
        .message(format_args!(
            "{} asks for `{one}` and `{other}` at once, and a method has one authorizer, with an API key beside it or without",
            shown(case.operation)
        ))
        .help("map the two to one authorizer that checks both, or one of them to `ignore` if the backend checks it")
        .keeps(case.operation.name())
}

/// Alternatives of which the gateway can check one.
pub(crate) fn several(
    blueprint: &Blueprint,
    case: Case<'_, '_>,
    alternatives: &[&Requirement],
) -> Diagnostic {
    let operation = case.operation;
    // A scheme that every alternative has picks none of them.
    let shared = |name: &Arc<str>| {
        alternatives
            .iter()
            .filter(|it| it.contains_key(name))
            .count()
    };
    let telling = alternatives
        .iter()
        .flat_map(|it| it.keys())
        .min_by_key(|name| shared(name))
        .map_or("...", |it| it);
    let written: Vec<Requirement> = alternatives.iter().copied().cloned().collect();
    diagnostic::INEXPRESSIBLE_SECURITY
        .at(operation.place("/security"))
        .also(blueprint.place("/auth"))
        .message(format_args!("{} takes {}, and a method cannot take one of several", shown(operation), names(&written)))
        .help(format_args!(
            "pick one in the blueprint, which weakens nothing: `{{match: {{paths: [{}], methods: [{}]}}, auth: {}}}`",
            only(&operation.path),
            operation.method.lower(),
            scalar(telling)
        ))
        .keeps(operation.name())
}

/// Something that asks for less, and does not say why.
pub(crate) fn without_reason(
    blueprint: &Blueprint,
    (origin, field): (Origin<'_>, &str),
    what: &Weakening<'_>,
    operation: &Operation,
) -> Diagnostic {
    let named = shown(operation);
    let (message, auth) = match what {
        Weakening::Opened(of) => (
            format!("`auth: none` opens {named}, which the description protects with {of}"),
            "none",
        ),
        Weakening::Replaced { by, of } => (
            format!(
                "`auth: {by}` lets others through to {named}, which the description protects with {of}"
            ),
            *by,
        ),
        Weakening::Scopes(scopes) => (
            format!(
                "`scopes` let others through to {named}, for which the description asks for `{}`",
                scopes.join("`, `")
            ),
            "none",
        ),
        Weakening::Key => (
            format!(
                "`api_key: false` takes the key from {named}, for which the description asks for one"
            ),
            "none",
        ),
    };
    diagnostic::WEAKENED_WITHOUT_REASON
        .at(origin.place(blueprint, field))
        .also(operation.place("/security"))
        .message(message)
        .help(origin.way_to_weaken(operation, auth))
        .keeps(operation.name())
}

/// Source: docs/aws-rules.md#a7: browsers send no credentials with a preflight.
pub(crate) fn protected_preflight(operation: &Operation) -> Diagnostic {
    diagnostic::PROTECTED_PREFLIGHT
        .at(operation.place(""))
        .message(format_args!("{} asks callers who they are, and browsers ask it before they say so", shown(operation)))
        .help("open it with `auth: none`, and `weakens` with the reason, if browsers of other origins call this path")
}

fn shown(operation: &Operation) -> String {
    format!("`{} {}`", operation.method.as_str(), operation.path)
}

/// The schemes of alternatives.
pub(crate) fn names(alternatives: &[Requirement]) -> String {
    let all = |it: &Requirement| {
        it.keys()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(" and ")
    };
    alternatives
        .iter()
        .map(all)
        .collect::<Vec<_>>()
        .join(" or ")
}

pub(crate) fn counted(operations: &[OperationName]) -> String {
    match operations {
        [only] => format!("`{} {}`", only.method, only.path),
        [first, rest @ ..] => {
            format!(
                "`{} {}` and {} more operation{}",
                first.method,
                first.path,
                rest.len(),
                if rest.len() == 1 { "" } else { "s" }
            )
        }
        [] => "no operation".into(),
    }
}
