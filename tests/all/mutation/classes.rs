//! Every way to take one thing of a case away, by what it is.
//!
//! In: a blueprint and its description as data. Out: `Mutation`s with their documents. Pure.

use serde_json::{Value, json};

use super::{escaped, of_description, without};

/// Part of the inputs that is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// An entry of `auth`.
    AuthEntry,
    /// The last source of identity that is the credential.
    Credential,
    /// A source of identity beside the credential.
    FurtherIdentity,
    /// The reason of a route that asks for less.
    Reason,
    /// A part for which a reason was given.
    ReasonedField,
    /// All entries of one key of a `match` name something that is not there.
    MissedMatch,
    /// One of several entries does.
    MissedEntry,
    /// A requirement of the description, one of its schemes or scopes, or a declaration.
    Security,
    /// A field of a route, an extension or a setting of the stage that restricts.
    Restricting,
    /// A promise.
    Promise,
}

impl Class {
    pub(super) const ALL: [Self; 10] = [
        Self::AuthEntry,
        Self::Credential,
        Self::FurtherIdentity,
        Self::Reason,
        Self::ReasonedField,
        Self::MissedMatch,
        Self::MissedEntry,
        Self::Security,
        Self::Restricting,
        Self::Promise,
    ];

    /// Returns whether only an error or a new diagnostic is right: the blueprint alone shows that
    /// something is missing.
    pub(super) fn has_to_be_said(self) -> bool {
        match self {
            Self::AuthEntry
            | Self::Credential
            | Self::Reason
            | Self::ReasonedField
            | Self::MissedMatch => true,
            Self::FurtherIdentity
            | Self::MissedEntry
            | Self::Security
            | Self::Restricting
            | Self::Promise => false,
        }
    }
}

/// One thing less.
#[derive(Clone, Debug)]
pub(super) struct Mutation {
    pub(super) class: Class,
    /// Place of the removed part.
    pub(super) what: String,
    pub(super) document: Value,
    pub(super) of_blueprint: bool,
}

/// Fields of a route that restrict what a request may do.
const RESTRICTING: [&str; 5] = ["exposure", "auth", "scopes", "api_key", "throttle"];

/// Lists of a `match` whose entries may name anything.
const MATCHED: [&str; 3] = ["paths", "tags", "operation_ids"];

/// A path, a tag and an id that no case has.
const NOWHERE: &str = "/there/is/nothing/here";

/// Every way to take one thing away.
pub(super) fn mutations(blueprint: &Value, description: &Value) -> Vec<Mutation> {
    let mut found = of_auth(blueprint);
    found.extend(of_routes(blueprint));
    for at in ["/routes", "/expect"] {
        found.extend(of_matches(blueprint, at));
    }
    let plans = blueprint["usage_plans"].as_object();
    for (name, _) in plans.into_iter().flatten() {
        found.extend(of_matches(
            blueprint,
            &format!("/usage_plans/{}/routes", escaped(name)),
        ));
    }
    let promises = blueprint["expect"].as_array().map_or(0, Vec::len);
    found.extend(
        (0..promises).map(|index| less(Class::Promise, blueprint, format!("/expect/{index}"))),
    );
    let throttle = "/stage/throttle".to_owned();
    found.extend(
        blueprint
            .pointer(&throttle)
            .map(|_| less(Class::Restricting, blueprint, throttle)),
    );
    found.extend(
        of_description(description)
            .into_iter()
            .map(|what| of_api(Class::Security, description, what)),
    );
    found.extend(
        extensions(description)
            .into_iter()
            .map(|what| of_api(Class::Restricting, description, what)),
    );
    found
}

fn less(class: Class, blueprint: &Value, what: String) -> Mutation {
    Mutation {
        class,
        document: without(blueprint, &what),
        what,
        of_blueprint: true,
    }
}

fn of_api(class: Class, description: &Value, what: String) -> Mutation {
    Mutation {
        class,
        document: without(description, &what),
        what,
        of_blueprint: false,
    }
}

/// Entries of `auth`, and the sources of identity of those that have a function decide.
fn of_auth(blueprint: &Value) -> Vec<Mutation> {
    let mut found = Vec::new();
    for (name, entry) in blueprint["auth"].as_object().into_iter().flatten() {
        let at = format!("/auth/{}", escaped(name));
        found.push(less(Class::AuthEntry, blueprint, at.clone()));
        let sources = entry.pointer("/lambda/identity").and_then(Value::as_array);
        let is_credential = |source: &Value| {
            source
                .as_str()
                .is_some_and(|it| it.starts_with("header.Authorization") || it == "query.ticket")
        };
        for (index, source) in sources.into_iter().flatten().enumerate() {
            let class = if is_credential(source) {
                Class::Credential
            } else {
                Class::FurtherIdentity
            };
            found.push(less(
                class,
                blueprint,
                format!("{at}/lambda/identity/{index}"),
            ));
        }
    }
    found
}

/// Reasons and what they are given for; fields that restrict.
fn of_routes(blueprint: &Value) -> Vec<Mutation> {
    let mut found = Vec::new();
    for (index, route) in blueprint["routes"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let at = format!("/routes/{index}");
        let has_reason = route.get("weakens").is_some();
        if has_reason {
            found.push(less(Class::Reason, blueprint, format!("{at}/weakens")));
        }
        for field in RESTRICTING.into_iter().filter(|it| route.get(it).is_some()) {
            let is_reasoned = has_reason && matches!(field, "auth" | "scopes" | "api_key");
            let class = if is_reasoned {
                Class::ReasonedField
            } else {
                Class::Restricting
            };
            found.push(less(class, blueprint, format!("{at}/{field}")));
        }
    }
    found
}

/// Every `match` of a list, made to miss.
fn of_matches(blueprint: &Value, list: &str) -> Vec<Mutation> {
    let mut found = Vec::new();
    let rules = blueprint.pointer(list).and_then(Value::as_array);
    for (index, rule) in rules.into_iter().flatten().enumerate() {
        for key in MATCHED {
            let at = format!("{list}/{index}/match/{key}");
            let Some(entries) = rule["match"].get(key).and_then(Value::as_array) else {
                continue;
            };
            found.push(instead(
                Class::MissedMatch,
                blueprint,
                at.clone(),
                json!([NOWHERE]),
            ));
            if entries.len() > 1 {
                let entry = |entry: usize| {
                    instead(
                        Class::MissedEntry,
                        blueprint,
                        format!("{at}/{entry}"),
                        json!(NOWHERE),
                    )
                };
                found.extend((0..entries.len()).map(entry));
            }
        }
    }
    found
}

fn instead(class: Class, blueprint: &Value, what: String, value: Value) -> Mutation {
    let mut document = blueprint.clone();
    *document.pointer_mut(&what).unwrap() = value;
    Mutation {
        class,
        what,
        document,
        of_blueprint: true,
    }
}

/// Extensions of operations and path items that restrict.
fn extensions(description: &Value) -> Vec<String> {
    let names = ["x-gwgen-exposure", "x-gwgen-throttle"];
    let mut found = Vec::new();
    let mut add = |of: &Value, at: &str| {
        found.extend(
            names
                .iter()
                .filter(|it| of.get(**it).is_some())
                .map(|it| format!("{at}/{it}")),
        )
    };
    for (path, item) in description["paths"].as_object().into_iter().flatten() {
        let at = format!("/paths/{}", escaped(path));
        add(item, &at);
        item.as_object()
            .into_iter()
            .flatten()
            .for_each(|(method, operation)| add(operation, &format!("{at}/{method}")));
    }
    found
}
