//! Requests that differ and that the key of a cache does not distinguish, by mistake or because
//! `shared` allows that; reported once for all operations of a route.
//!
//! In: an operation, the key of its responses, `shared`. Out: diagnostics. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::openapi::{Location, Operation, Parameter, Serialization};
use crate::plan::rules::patterns::only;

/// A difference of requests that a key does not distinguish, with the place that requests the
/// cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyGap {
    /// Parameters that a request may repeat: one value is in the key.
    Repeated { place: Place },
    /// A header by which responses differ.
    Header { place: Place, name: Arc<str> },
}

/// An operation whose requests the key does not distinguish.
#[derive(Clone, Debug)]
pub(crate) struct KeyGapCase {
    pub(crate) operation: OperationName,
    /// The parameter or header.
    name: Arc<str>,
    pub(crate) place: Place,
    /// The key that would distinguish them.
    keys: Vec<Arc<str>>,
}

/// Returns the parameters and headers by which the key does not distinguish requests.
pub(crate) fn key_gaps(
    operation: &Operation,
    keys: &[Arc<str>],
    place: &Place,
    has_origins: bool,
) -> Vec<(KeyGap, KeyGapCase)> {
    let is_in_key = |location: &str, name: &str| {
        let prefix = ["method.request.", location, "."].concat();
        keys.iter()
            .filter_map(|key| key.strip_prefix(&*prefix))
            .any(|key| key == name || (location == "header" && key.eq_ignore_ascii_case(name)))
    };
    let origin: Option<Arc<str>> = has_origins.then(|| "Origin".into());
    let headers: Vec<Arc<str>> = operation
        .varies
        .iter()
        .cloned()
        .chain(origin)
        .filter(|header| !is_in_key("header", header))
        .collect();
    let named = headers
        .iter()
        .filter(|header| !matches!(&***header, "Vary" | "*"))
        .map(|header| format!("method.request.header.{header}").into());
    let keys: Vec<Arc<str>> = keys.iter().cloned().chain(named).collect();
    let case = |name: &Arc<str>, place| KeyGapCase {
        operation: operation.name(),
        name: Arc::clone(name),
        place,
        keys: keys.clone(),
    };
    let is_repeated = |parameter: &&Parameter| {
        parameter.location == Location::Query
            && parameter.serialization == Serialization::Repeated
            && is_in_key("querystring", &parameter.name)
    };
    let repeated = operation.parameters.iter().filter(is_repeated);
    let repeated = repeated.map(|parameter| {
        let place = place.clone();
        let case = case(&parameter.name, parameter.place(operation));
        (KeyGap::Repeated { place }, case)
    });
    let headers = headers.iter().map(|header| {
        let (place, name) = (place.clone(), Arc::clone(header));
        let case = case(header, operation.place(""));
        (KeyGap::Header { place, name }, case)
    });
    repeated.chain(headers).collect()
}

impl KeyGap {
    /// Reports the operations of one gap.
    ///
    /// Errors: GW4120, GW4122 (warnings).
    pub(crate) fn finding(&self, cases: &[KeyGapCase]) -> Diagnostic {
        let operations: Vec<&OperationName> = cases.iter().map(|case| &case.operation).collect();
        let operations = diagnostic::examples(&operations);
        let mut finding = match self {
            Self::Repeated { place } => {
                let names: Vec<String> = cases
                    .iter()
                    .map(|case| format!("`{}` of {}", case.name, case.operation))
                    .collect();
                diagnostic::REPEATED_PARAMETER_IN_KEY
                    .at(place.clone())
                    .message(format_args!(
                        "responses are cached by a query parameter that a request may repeat, and the cache key has one of its values: {}",
                        diagnostic::examples(&names)
                    ))
                    .help("write `cache: off` for these operations, or describe the list with `explode: false` (2.0: `collectionFormat: csv`), so that it is one value")
            }
            Self::Header { place, name } => {
                let why = match &**name {
                    "Vary" => "their header `Vary` says that they differ by headers, which the description does not name".to_owned(),
                    "*" => "their header `Vary: *` says that none fits another request".to_owned(),
                    "Accept" => "their media type differs by the header `Accept`, so a caller that accepts one gets another".to_owned(),
                    "Origin" => "`api.cors` has several origins: a response that allows one is cached for the others, as the header `Origin` is not in the key".to_owned(),
                    other => format!("they differ by the header `{other}`, as their `Vary` says, so requests that differ in it alone get each other's"),
                };
                let help = match &**name {
                    "Vary" => "name these headers in the `key` of the cache, and in the description as the `default` of `Vary`, or write `cache: off`".to_owned(),
                    "*" => "write `cache: off` for these operations".to_owned(),
                    _ => format!("write `key: [{}]` into this `cache`, or `cache: off`", key_for(cases)),
                };
                diagnostic::ANSWERS_THAT_VARY
                    .at(place.clone())
                    .message(format_args!(
                        "responses to {operations} are cached, and {why}"
                    ))
                    .help(help)
            }
        };
        finding
            .places
            .extend(cases.iter().map(|case| case.place.clone()));
        finding
    }
}

/// The key of a cache that holds its parameters and the headers, as the blueprint writes it.
fn key_for(cases: &[KeyGapCase]) -> String {
    let part = |key: &str| {
        let (location, name) = key.strip_prefix("method.request.")?.split_once('.')?;
        match location {
            "querystring" => Some(format!("query.{name}")),
            "header" => Some(format!("header.{name}")),
            _ => None,
        }
    };
    let parts: BTreeSet<String> = cases
        .iter()
        .flat_map(|case| &case.keys)
        .filter_map(|key| part(key))
        .collect();
    parts.into_iter().collect::<Vec<_>>().join(", ")
}

/// Responses that callers may see of each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SharedResponses {
    /// The place of `shared`.
    pub(super) place: Place,
    pub(super) reason: String,
    /// The operation is protected, and the key distinguishes its callers by nothing.
    pub(super) is_protected: bool,
    pub(super) is_of_description: bool,
}

impl SharedResponses {
    /// Returns the diagnostic about these operations.
    ///
    /// Errors: GW3064 where the description declares it for a protected operation; GW3065 else (a
    /// warning).
    pub(crate) fn finding(&self, operations: &[OperationName]) -> Diagnostic {
        let whose = if self.is_protected {
            "callers get each other's answers"
        } else {
            "answers that differ by a header are mixed"
        };
        let message = format!(
            "{whose} of {} from the cache, because `shared` says so: {}",
            OperationName::summary(operations),
            self.reason
        );
        if !(self.is_of_description && self.is_protected) {
            let help = "remove `shared` once the reason no longer holds";
            return diagnostic::SHARED_ANSWERS
                .at(self.place.clone())
                .message(message)
                .help(help);
        }
        let first = operations.first();
        let path = first.map_or_else(String::new, |operation| only(&operation.path));
        let method = first
            .map_or("get", |operation| operation.method)
            .to_ascii_lowercase();
        let mut finding = diagnostic::LOOSENED_BY_DESCRIPTION.at(self.place.clone()).message(message).help(format_args!(
            "the description alone cannot say so; remove it, or say it in the blueprint: `{{match: {{paths: [{path}], methods: [{method}]}}, cache: {{shared: \"...\"}}}}`"
        ));
        finding.operations = operations.to_vec();
        finding
    }
}
