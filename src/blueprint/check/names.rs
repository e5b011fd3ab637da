//! Names that refer to others: backends and authorization.
//! In: routes, mounts, promises. Out: diagnostics. Pure.
//! A name whose own entry is wrong still counts as known: one mistake, one finding.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checker, child};
use crate::blueprint::RouteSpec;
use crate::diagnostic::{
    CONFLICTING_MOUNTS, MISSING_FIELD, REASON_FOR_NOTHING, REPEATED_DESCRIPTION, UNKNOWN_AUTH,
    UNKNOWN_BACKEND, UNKNOWN_DESCRIPTION, nearest,
};
use crate::openapi::is_dots;

/// Methods of HTTP that a description can have.
const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query", "any",
];

impl<'a> Checker<'a> {
    /// Errors: GW2002, GW2003, GW2005 unknown backend, GW2010 unknown auth, GW2013 conflicting
    /// mounts.
    pub(crate) fn names(&mut self) {
        for (index, route) in self.spec().routes.iter().flatten().enumerate() {
            let at = child("/routes", index);
            if let Some(backend) = &route.backend {
                self.is_backend(&child(&at, "backend"), backend);
            }
            if let Some(auth) = route.auth.as_ref().filter(|auth| *auth != "none") {
                self.is_auth(&child(&at, "auth"), auth);
            }
            self.says_something(&child(&at, "weakens"), route.weakens.as_ref());
            self.has_what_it_weakens(&child(&at, "weakens"), route);
            self.methods(&child(&at, "match"), route.r#match.methods.as_ref());
            self.descriptions(&child(&at, "match"), route.r#match.specs.as_ref());
        }
        for (index, expect) in self.spec().expect.iter().flatten().enumerate() {
            let at = child("/expect", index);
            if expect.exposure.is_none() && expect.auth.is_none() && expect.throttle.is_none() {
                let help = "add `auth`, `exposure` or `throttle`, or remove it";
                self.report(
                    &MISSING_FIELD,
                    &at,
                    format_args!("{}: it promises nothing", super::subject(&at)),
                    help,
                );
            }
            if let Some(auth) = expect
                .auth
                .as_ref()
                .filter(|auth| !matches!(auth.as_str(), "none" | "any"))
            {
                self.is_auth(&child(&at, "auth"), auth);
            }
            self.methods(&child(&at, "match"), expect.r#match.methods.as_ref());
            self.descriptions(&child(&at, "match"), expect.r#match.specs.as_ref());
        }
        self.mounts();
        self.specs();
        let auth = self.spec().auth.as_ref();
        if auth.is_some_and(|auth| auth.contains_key("none")) {
            self.wrong(
                "/auth/none",
                "`none` is no name of one's own",
                "a route writes `auth: none` for no authorization; rename this entry",
            );
        }
    }

    /// A reason is in the route that requires less, and counts for that route alone.
    ///
    /// Errors: GW2110 (a warning).
    fn has_what_it_weakens(&mut self, at: &str, route: &RouteSpec) {
        if route.weakens.is_some()
            && route.auth.is_none()
            && route.scopes.is_none()
            && route.api_key.is_none()
        {
            let message = "`weakens` gives a reason, and the route says nothing of `auth`, `scopes` or `api_key` that it could be a reason for";
            self.report(
                &REASON_FOR_NOTHING,
                at,
                message,
                "move it to the route that asks for less, or remove it",
            );
        }
    }

    fn mounts(&mut self) {
        let mut prefixes: BTreeMap<&str, String> = BTreeMap::new();
        for (index, mount) in self.spec().mounts.iter().flatten().enumerate() {
            let at = child("/mounts", index);
            self.starts_with_slash(&child(&at, "at"), &mount.at);
            self.prefix(&at, &mount.at, &mut prefixes);
            match (&mount.backend, &mount.backends) {
                (Some(backend), None) => self.is_backend(&child(&at, "backend"), backend),
                (None, Some(backends)) => {
                    for (name, other) in backends {
                        let at = child(&child(&at, "backends"), name);
                        self.is_backend(&at, name);
                        self.is_backend(&at, other);
                    }
                }
                (Some(_), Some(_)) => {
                    self.wrong(
                        &at,
                        "a mount has either `backend` or `backends`",
                        "keep the one that is meant",
                    );
                }
                // `/` alone serves the API as it is.
                (None, None) if mount.at == "/" => {}
                (None, None) => {
                    let message = format!("{} has no `backend`", super::subject(&at));
                    self.report(
                        &MISSING_FIELD,
                        &at,
                        message,
                        "add `backend`, or `backends` with another one for each that differs",
                    );
                }
            }
        }
    }

    /// Errors: GW2002 a prefix that no resource can be, GW2013 a prefix that another mount has.
    fn prefix(&mut self, at: &str, prefix: &'a str, prefixes: &mut BTreeMap<&'a str, String>) {
        let at = child(at, "at");
        let prefix = prefix.trim_matches('/');
        let is_legal =
            |character: char| character.is_ascii_alphanumeric() || "._:-".contains(character);
        if !prefix.is_empty()
            && prefix
                .split('/')
                .any(|segment| segment.is_empty() || !segment.chars().all(is_legal))
        {
            let message = format!("`/{prefix}` is no path that API Gateway can hold");
            self.wrong(
                &at,
                message,
                "write segments of letters, digits, `.`, `_`, `:` and `-`",
            );
        }
        if let Some(dots) = prefix.split('/').find(|segment| is_dots(segment)) {
            let message = format!(
                "`/{prefix}` has the segment `{dots}`, which clients take away: nothing below it is reached"
            );
            self.wrong(&at, message, "write the path without it");
        }
        if let Some(first) = prefixes.get(prefix) {
            let found = CONFLICTING_MOUNTS
                .at(self.blueprint.place(&at))
                .also(self.blueprint.place(first))
                .message(format_args!(
                    "{}: another mount stands at `/{prefix}` already",
                    super::subject(&at)
                ))
                .help("give one of the two another prefix, or remove it");
            self.found.push(found);
        } else {
            prefixes.insert(prefix, at);
        }
    }

    fn is_backend(&mut self, at: &str, name: &str) {
        let known = &self.declared.backends;
        if !known.contains(name) && self.blueprint.layers.is_whole {
            self.report(
                &UNKNOWN_BACKEND,
                at,
                format_args!("{}: no backend is called `{name}`", super::subject(at)),
                choices(name, known),
            );
        }
    }

    fn is_auth(&mut self, at: &str, name: &str) {
        let known = &self.declared.auth;
        if !known.contains(name) && self.blueprint.layers.is_whole {
            let help = match known.is_empty() {
                true => format!("write an entry for it: `auth: {{{name}: ...}}`"),
                false => {
                    let choices = choices(name, known);
                    format!(
                        "{choices}{} add an entry for it",
                        if choices.ends_with('?') {
                            " Or"
                        } else {
                            "; or"
                        }
                    )
                }
            };
            self.report(
                &UNKNOWN_AUTH,
                at,
                format_args!(
                    "{}: no entry of `auth` is called `{name}`",
                    super::subject(at)
                ),
                help,
            );
        }
    }

    /// Errors: GW2014 a path that `spec` does not name.
    pub(crate) fn descriptions(&mut self, at: &str, paths: Option<&Vec<String>>) {
        let known = &self.spec().spec;
        for (index, path) in paths.into_iter().flatten().enumerate() {
            if self.is_own("spec") && self.blueprint.description(path).is_none() {
                let at = child(&child(at, "specs"), index);
                let help = match nearest(path, known.iter().map(String::as_str)) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("write one of `{}`", known.join("`, `")),
                };
                self.report(
                    &UNKNOWN_DESCRIPTION,
                    &at,
                    format_args!("{}: `spec` names no `{path}`", super::subject(&at)),
                    help,
                );
            }
        }
    }

    /// Errors: GW2015 a description that is in `spec` twice.
    pub(crate) fn specs(&mut self) {
        for (index, path) in self.spec().spec.iter().enumerate() {
            let first = self
                .blueprint
                .description(path)
                .filter(|first| *first < index && !path.is_empty());
            if let Some(first) = first {
                let found = REPEATED_DESCRIPTION
                    .at(self.blueprint.place_of_spec(index))
                    .also(self.blueprint.place_of_spec(first))
                    .message(format_args!("`spec` names `{path}` twice"))
                    .help("remove one of the two");
                self.found.push(found);
            }
        }
    }

    pub(crate) fn methods(&mut self, at: &str, methods: Option<&Vec<String>>) {
        for (index, method) in methods.into_iter().flatten().enumerate() {
            // One of `additionalOperations` is written as it is reported, in upper case; then it is
            // no slip.
            let is_other = !method.is_empty() && *method == method.to_ascii_uppercase();
            if !is_other && !METHODS.contains(&method.to_ascii_lowercase().as_str()) {
                let help = "write one of `get`, `put`, `post`, `delete`, `options`, `head`, `patch`, or another one in upper case";
                self.wrong(
                    &child(&child(at, "methods"), index),
                    format_args!("`{method}` is no method of HTTP"),
                    help,
                );
            }
        }
    }
}

fn choices(name: &str, known: &BTreeSet<String>) -> String {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "add it to `backends`".to_owned(),
        None => format!(
            "write one of `{}`",
            known.iter().cloned().collect::<Vec<_>>().join("`, `")
        ),
    }
}
