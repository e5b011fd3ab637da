//! Proposals for the security schemes that operations require.
//!
//! Nothing is opened here: a scheme in the header `x-api-key` becomes an API key, and all others
//! stay closed until the user decides.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::{AUTHORIZATION, identity_source, is_same_source, scalar};
use crate::openapi::{Api, Operation, Security};
use crate::plan::Declared;

/// The header that API Gateway reads its own keys from, as a source of identity.
const KEY_HEADER: &str = "header.x-api-key";

/// Words of the blueprint that no entry of `auth` may have as its name.
const RESERVED: [&str; 2] = ["none", "any"];

/// Schemes by their proposal, each list in the order of names.
#[derive(Debug, Default)]
pub(crate) struct Schemes {
    /// Those that become an API key of the gateway.
    pub(crate) keys: Vec<Scheme>,
    /// Those that the user has to decide.
    pub(crate) undecided: Vec<Scheme>,
}

/// A security scheme that operations require.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// As a key of the blueprint.
    pub name: String,
    /// Count of served operations that require it.
    pub operations: usize,
    /// The description declares its type.
    pub is_declared: bool,
    /// Entries of `auth` that fit it.
    pub(crate) entries: Vec<String>,
}

impl Schemes {
    /// The schemes of the operations that are served.
    pub(crate) fn of(api: &Api, is_served: impl Fn(&Operation) -> bool) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for operation in api
            .operations
            .iter()
            .filter(|operation| is_served(operation))
        {
            let Security::Needs(alternatives) = &operation.security else {
                continue;
            };
            let names: BTreeSet<&str> = alternatives
                .iter()
                .flat_map(|alternative| alternative.keys())
                .map(|name| &**name)
                .collect();
            for name in names {
                *counts.entry(name).or_default() += 1;
            }
        }
        let mut schemes = Self::default();
        counts.retain(|name, _| !RESERVED.contains(name));
        for (name, operations) in counts {
            let declared = Declared::of(api, name);
            let source = declared.as_ref().and_then(Declared::credential);
            let is_key = declared
                .as_ref()
                .is_some_and(|declared| declared.kind() == "apiKey")
                && source
                    .as_ref()
                    .is_some_and(|source| is_same_source(source, KEY_HEADER));
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

/// Entries of `auth` that read the credential from its source.
fn entries(source: Option<&str>) -> Vec<String> {
    let mut entries = Vec::new();
    if source.is_some_and(|source| is_same_source(source, AUTHORIZATION)) {
        entries.push("{cognito: {user_pools: [{var: user_pool_arn}]}}".to_owned());
    }
    let identity = match source.filter(|source| identity_source(source).is_some()) {
        Some(source) => format!("identity: [{}]", scalar(source)),
        None => "identity: [], ttl: 0s".to_owned(),
    };
    entries.push(format!(
        "{{lambda: {{function: {{var: authorizer_arn}}, {identity}}}}}"
    ));
    entries.push("iam".to_owned());
    entries
}
