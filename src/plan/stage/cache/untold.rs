//! Requests that differ, and that the key of a cache does not tell apart: said once for all
//! operations of a route.
//!
//! In: an operation, the key of its answers. Out: `Untold`, findings. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::openapi::{Location, Operation, Sent};

/// What a key does not tell apart, and the place that asks for the cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Untold {
    /// Parameters that a request may have several times: one value is in the key.
    Repeated { place: Place },
    /// A header that answers differ by.
    Header { place: Place, name: Arc<str> },
}

/// An operation whose requests are not told apart: the parameter or header that this is about,
/// where it stands, and what the key has to hold.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) operation: OperationName,
    name: Arc<str>,
    pub(crate) place: Place,
    keys: Vec<Arc<str>>,
}

/// What the key of an operation's answers does not tell apart, though it is there or is none of its
/// parameters.
pub(crate) fn untold(
    operation: &Operation,
    keys: &[Arc<str>],
    place: &Place,
    has_origins: bool,
) -> Vec<(Untold, Case)> {
    let is_in_key = |location: &str, name: &str| {
        let prefix = ["method.request.", location, "."].concat();
        keys.iter()
            .filter_map(|it| it.strip_prefix(&*prefix))
            .any(|it| it == name || (location == "header" && it.eq_ignore_ascii_case(name)))
    };
    let origin: Option<Arc<str>> = has_origins.then(|| "Origin".into());
    let headers: Vec<Arc<str>> = operation
        .varies
        .iter()
        .cloned()
        .chain(origin)
        .filter(|it| !is_in_key("header", it))
        .collect();
    let named = headers
        .iter()
        .filter(|it| !matches!(&***it, "Vary" | "*"))
        .map(|it| format!("method.request.header.{it}").into());
    let keys: Vec<Arc<str>> = keys.iter().cloned().chain(named).collect();
    let case = |name: &Arc<str>, place| Case {
        operation: operation.name(),
        name: Arc::clone(name),
        place,
        keys: keys.clone(),
    };
    let repeated = operation
        .parameters
        .iter()
        .filter(|it| it.location == Location::Query && it.sent == Sent::Repeated);
    let repeated = repeated.filter(|it| is_in_key("querystring", &it.name));
    let repeated = repeated.map(|it| {
        (
            Untold::Repeated {
                place: place.clone(),
            },
            case(&it.name, it.place(operation)),
        )
    });
    let headers = headers.iter().map(|name| {
        (
            Untold::Header {
                place: place.clone(),
                name: Arc::clone(name),
            },
            case(name, operation.place("")),
        )
    });
    repeated.chain(headers).collect()
}

impl Untold {
    /// The finding about these operations, each with what it is about.
    ///
    /// Errors: GW4120, GW4122 (warnings).
    pub(crate) fn finding(&self, cases: &[Case]) -> Diagnostic {
        let operations: Vec<&OperationName> = cases.iter().map(|it| &it.operation).collect();
        let operations = diagnostic::examples(&operations);
        let mut finding = match self {
            Self::Repeated { place } => {
                let names: Vec<String> = cases.iter().map(|it| format!("`{}` of {}", it.name, it.operation)).collect();
                diagnostic::REPEATED_PARAMETER_IN_KEY
                    .at(place.clone())
                    .message(format_args!(
                        "answers are kept by a query parameter that a request may repeat, and the key of the cache takes one of its values: {}",
                        diagnostic::examples(&names)
                    ))
                    .help("write `cache: off` for these operations, or describe the list with `explode: false` (2.0: `collectionFormat: csv`), so that it is one value")
            }
            Self::Header { place, name } if **name == *"Vary" => diagnostic::ANSWERS_THAT_VARY
                .at(place.clone())
                .message(format_args!(
                    "answers to {operations} are kept, and their header `Vary` says that they differ by headers, which the description does not name"
                ))
                .help("name these headers in the `key` of the cache, and in the description as the `default` of `Vary`, or write `cache: off`"),
            Self::Header { place, name } if **name == *"*" => diagnostic::ANSWERS_THAT_VARY
                .at(place.clone())
                .message(format_args!("answers to {operations} are kept, and their header `Vary: *` says that none fits another request"))
                .help("write `cache: off` for these operations"),
            Self::Header { place, name } => {
                let why = match &**name {
                    "Accept" => "their media type differs by the header `Accept`, so who asks for one gets another".to_owned(),
                    "Origin" => "`api.cors` has several origins: an answer that allows one is kept for the others, as the header `Origin` is not in the key"
                        .to_owned(),
                    other => format!("they differ by the header `{other}`, as their `Vary` says, so requests that differ in it alone get each other's"),
                };
                diagnostic::ANSWERS_THAT_VARY
                    .at(place.clone())
                    .message(format_args!("answers to {operations} are kept, and {why}"))
                    .help(format_args!("write `key: [{}]` into this `cache`, or `cache: off`", key_for(cases)))
            }
        };
        finding
            .places
            .extend(cases.iter().map(|it| it.place.clone()));
        finding
    }
}

/// What the key of a cache has to be, so that it holds what it does, and the headers.
fn key_for(cases: &[Case]) -> String {
    let part = |it: &str| {
        let (location, name) = it.strip_prefix("method.request.")?.split_once('.')?;
        match location {
            "querystring" => Some(format!("query.{name}")),
            "header" => Some(format!("header.{name}")),
            _ => None,
        }
    };
    let parts: BTreeSet<String> = cases
        .iter()
        .flat_map(|it| &it.keys)
        .filter_map(|it| part(it))
        .collect();
    parts.into_iter().collect::<Vec<_>>().join(", ")
}
