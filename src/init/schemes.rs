//! What is proposed for each security scheme that operations ask for.
//!
//! In: `Api`, which of its operations are served. Out: `Schemes`. Pure.
//! Nothing is opened here: an `x-api-key` becomes an API key, and what else there is stays closed
//! until somebody decides it.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::{defaults, identity_source, is_same_source, scalar};
use crate::openapi::{Api, Operation, Security};
use crate::plan::Declared;

/// The header that API Gateway reads its own keys from, as a source of identity.
const KEY_HEADER: &str = "header.x-api-key";

/// Words of the blueprint that no entry of `auth` may have as its name.
const RESERVED: [&str; 2] = ["none", "any"];

/// Schemes by what is proposed for them, each list by name.
#[derive(Debug, Default)]
pub(crate) struct Schemes {
    /// Those that become an API key of the gateway.
    pub(crate) keys: Vec<Scheme>,
    /// Those that somebody has to decide.
    pub(crate) undecided: Vec<Scheme>,
}

/// A security scheme that operations ask for.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// As a key of the blueprint.
    pub name: String,
    /// How many of the operations that are served ask for it.
    pub operations: usize,
    /// The description says what it is.
    pub is_declared: bool,
    /// Entries of `auth` that fit it.
    pub(crate) entries: Vec<String>,
}

impl Schemes {
    /// The schemes of the operations that are served.
    pub(crate) fn of(api: &Api, is_served: impl Fn(&Operation) -> bool) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for operation in api.operations.iter().filter(|it| is_served(it)) {
            let Security::Needs(alternatives) = &operation.security else {
                continue;
            };
            let names: BTreeSet<&str> = alternatives
                .iter()
                .flat_map(|it| it.keys())
                .map(|it| &**it)
                .collect();
            names
                .into_iter()
                .for_each(|name| *counts.entry(name).or_default() += 1);
        }
        let mut schemes = Self::default();
        for (name, operations) in counts
            .into_iter()
            .filter(|(name, _)| !RESERVED.contains(name))
        {
            let declared = Declared::of(api, name);
            let source = declared.as_ref().and_then(Declared::credential);
            let is_key = declared.as_ref().is_some_and(|it| it.kind() == "apiKey")
                && source
                    .as_ref()
                    .is_some_and(|it| is_same_source(it, KEY_HEADER));
            let scheme = Scheme {
                name: scalar(name),
                operations,
                is_declared: declared.is_some(),
                entries: entries(source.as_deref()),
            };
            if is_key {
                schemes.keys.push(scheme)
            } else {
                schemes.undecided.push(scheme)
            }
        }
        schemes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.undecided.is_empty()
    }
}

impl Scheme {
    pub(crate) fn context(&self) -> minijinja::Value {
        minijinja::context! { name => self.name.as_str(), count => self.operations, is_declared => self.is_declared, entries => &self.entries }
    }
}

/// Entries of `auth` that look for a credential where callers show it.
fn entries(source: Option<&str>) -> Vec<String> {
    let mut entries = Vec::new();
    if source.is_some_and(|it| is_same_source(it, defaults::IDENTITY)) {
        entries.push("{cognito: {user_pools: [{var: user_pool_arn}]}}".to_owned());
    }
    let identity = match source.filter(|it| identity_source(it).is_some()) {
        Some(source) => format!("identity: [{}]", scalar(source)),
        None => "identity: [], ttl: 0s".to_owned(),
    };
    entries.push(format!(
        "{{lambda: {{function: {{var: authorizer_arn}}, {identity}}}}}"
    ));
    entries.push("iam".to_owned());
    entries
}
