//! Extensions `x-gwgen-*` of an operation and of its path item, read as entries of `routes`.
//!
//! In: the settings of operations. Out: a `RouteSpec` for each level, and diagnostics. Pure.
//! Checked as the blueprint is: by the same types, and by the same table of what is built.

use std::collections::BTreeMap;

use crate::blueprint::{Blueprint, RouteFieldFault, RouteSpec};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Operation, Setting, SettingOf};

/// Prefix of every extension.
const PREFIX: &str = "x-gwgen-";

/// Fields of a route that have an extension; those that lift a restriction have none.
const FIELDS: [&str; 7] = [
    "backend",
    "exposure",
    "auth",
    "cache",
    "throttle",
    "timeout",
    "validation",
];

/// The extensions of one level, as a route.
#[derive(Debug)]
pub(crate) struct ExtensionRoute {
    pub(crate) of: SettingOf,
    pub(crate) spec: RouteSpec,
    /// By the field of the route.
    places: BTreeMap<&'static str, Place>,
}

impl ExtensionRoute {
    /// The place of a field in the description.
    pub(crate) fn place(&self, field: &str) -> Option<&Place> {
        self.places.get(field)
    }
}

/// The extensions of an operation: those of its path item, then its own.
#[derive(Debug, Default)]
pub(crate) struct Extensions {
    pub(crate) levels: Vec<ExtensionRoute>,
    /// Reported unless the operation is hidden.
    pub(crate) findings: Vec<Diagnostic>,
}

/// Reads the extensions of an operation.
///
/// Errors: GW1030 unknown extension, GW1032 invalid value, GW2004 not built, GW2005 unknown
/// backend, GW2010 unknown auth.
pub(crate) fn extensions(operation: &Operation, blueprint: &Blueprint) -> Extensions {
    let mut found = Extensions::default();
    if operation.settings.is_empty() {
        return found;
    }
    for of in [SettingOf::Path, SettingOf::Operation] {
        let settings: Vec<&Setting> = operation
            .settings
            .iter()
            .filter(|setting| setting.of == of)
            .collect();
        if let Some(route) = level(of, &settings, blueprint, &mut found.findings) {
            found.levels.push(route);
        }
    }
    for finding in &mut found.findings {
        finding.operations.push(operation.name());
    }
    found
}

fn level(
    of: SettingOf,
    settings: &[&Setting],
    blueprint: &Blueprint,
    findings: &mut Vec<Diagnostic>,
) -> Option<ExtensionRoute> {
    let mut places = BTreeMap::new();
    let mut fields = serde_json::Map::new();
    for (index, setting) in settings.iter().enumerate() {
        let name = setting.name.strip_prefix(PREFIX).unwrap_or_default();
        let Some(field) = FIELDS.into_iter().find(|field| *field == name) else {
            findings.push(unknown(&setting.name, &setting.place));
            continue;
        };
        let is_repeated = settings[..index]
            .iter()
            .any(|before| before.place == setting.place);
        if is_repeated {
            findings.push(
                diagnostic::INVALID_EXTENSION
                    .at(setting.place.clone())
                    .message(format_args!("`{}` is here twice", setting.name))
                    .help("remove one of the two"),
            );
        }
        match blueprint.route_field(field, &setting.json) {
            Ok(value) => {
                fields.insert(field.to_owned(), value);
                places.insert(field, setting.place.clone());
            }
            Err(fault) => findings.push(invalid(setting, fault)),
        }
    }
    let spec = RouteSpec::of_fields(fields)?;
    Some(ExtensionRoute { of, spec, places })
}

/// Reports a value that the field of a route does not take, or that is not built.
fn invalid(setting: &Setting, fault: RouteFieldFault) -> Diagnostic {
    let mut place = setting.place.clone();
    if let diagnostic::At::Pointer(pointer) = &mut place.at {
        pointer.push_str(&fault.below);
    }
    fault
        .code
        .at(place)
        .message(format_args!("`{}`: {}", setting.name, fault.message))
        .help(fault.help)
}

fn unknown(name: &str, place: &Place) -> Diagnostic {
    diagnostic::UNKNOWN_EXTENSION
        .at(place.clone())
        .message(format_args!("no extension is called `{name}`"))
        .help(help_with(&normal(name)))
}

/// A name in the notation of extensions: `x_gwgen_exposure` is `x-gwgen-exposure`.
fn normal(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace(['_', '.', ' '], "-");
    let field = lower
        .split_once("gwgen")
        .map_or(&*lower, |(_, field)| field.trim_matches('-'));
    [PREFIX, field].concat()
}

fn help_with(name: &str) -> String {
    if matches!(
        name,
        "x-gwgen-weakens" | "x-gwgen-scopes" | "x-gwgen-api-key" | "x-gwgen-api_key"
    ) {
        return "say it in the blueprint, with a route that matches this operation".to_owned();
    }
    let likeness =
        |field: &&str| strsim::jaro_winkler(name.strip_prefix(PREFIX).unwrap_or(name), field);
    let suggestion = FIELDS
        .into_iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .filter(|field| likeness(field) >= 0.75);
    match suggestion {
        Some(field) => format!("did you mean `{PREFIX}{field}`?"),
        None => format!("known: `{PREFIX}{}`", FIELDS.join(&format!("`, `{PREFIX}"))),
    }
}

/// Reports an extension on the document itself, where it means nothing.
///
/// Errors: GW1030 unknown extension, GW1031 misplaced extension.
pub(crate) fn misplaced(name: &str, place: &Place) -> Diagnostic {
    let field = name.strip_prefix(PREFIX).unwrap_or_default();
    if !FIELDS.contains(&field) {
        return unknown(name, place);
    }
    diagnostic::MISPLACED_EXTENSION
        .at(place.clone())
        .message(format_args!("`{name}` is on no operation and on no path item, so it has no effect"))
        .help("move it to the operations or path items that are meant, or say it in the blueprint with `routes`")
}
