//! Operations that cannot be served, and the routes that hide them.
//!
//! In: errors that name operations. Out: `Stuck`. Pure.
//! What is hidden are exactly these operations, by their paths and methods.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::blueprint::scalar;
use crate::diagnostic::{Code, Diagnostic, OperationName};
use crate::openapi::{Api, Operation};
use crate::plan::exact;
use crate::printed;

/// Operations that cannot be served, with the error that says why.
#[derive(Debug, Default)]
pub(crate) struct Stuck(BTreeMap<(Arc<str>, &'static str), Why>);

/// The error that keeps an operation from being served.
#[derive(Clone, Debug)]
struct Why {
    code: &'static Code,
    help: Arc<str>,
}

impl Stuck {
    pub(crate) fn holds(&self, operation: &Operation) -> bool {
        self.0
            .contains_key(&(Arc::clone(&operation.path), operation.method.as_str()))
    }

    pub(crate) fn holds_all(&self, api: &Api) -> bool {
        api.operations.iter().all(|it| self.holds(it))
    }

    /// Takes over what errors name; whether that was anything new.
    pub(crate) fn take<'d>(&mut self, errors: impl Iterator<Item = &'d Diagnostic>) -> bool {
        let before = self.0.len();
        for finding in errors {
            let help: Arc<str> = finding.help.as_str().into();
            for operation in &finding.operations {
                let why = || Why {
                    code: finding.code,
                    help: Arc::clone(&help),
                };
                self.0
                    .entry((Arc::clone(&operation.path), operation.method))
                    .or_insert_with(why);
            }
        }
        self.0.len() > before
    }

    /// Lets go of the operations with that code; whether there was any.
    pub(crate) fn release(&mut self, code: &Code) -> bool {
        let before = self.0.len();
        self.0.retain(|_, why| why.code != code);
        self.0.len() < before
    }

    /// The operations, each with the code that says why.
    pub(crate) fn operations(&self) -> Vec<(OperationName, &'static Code)> {
        self.0
            .iter()
            .map(|((path, method), why)| {
                (
                    OperationName {
                        method,
                        path: Arc::clone(path),
                    },
                    why.code,
                )
            })
            .collect()
    }

    /// One route for all paths with the same code and methods: it matches each path with each
    /// method, and no other path.
    pub(crate) fn groups(&self) -> Vec<minijinja::Value> {
        let mut paths: BTreeMap<(&str, &str), (&Why, Methods<'_>)> = BTreeMap::new();
        for ((path, method), why) in &self.0 {
            paths
                .entry((why.code.code, &**path))
                .or_insert((why, Methods::new()))
                .1
                .insert(method);
        }
        let mut groups: BTreeMap<(&str, Methods<'_>), Group<'_>> = BTreeMap::new();
        for ((code, path), (why, methods)) in paths {
            let group = Group {
                why,
                methods: methods.clone(),
                paths: Vec::new(),
            };
            groups
                .entry((code, methods))
                .or_insert(group)
                .paths
                .push(scalar(&exact(path)));
        }
        groups.into_values().map(Group::context).collect()
    }
}

/// Methods of a path, as API Gateway spells them.
type Methods<'a> = BTreeSet<&'a str>;

/// Operations that one route hides.
struct Group<'a> {
    why: &'a Why,
    methods: Methods<'a>,
    paths: Vec<String>,
}

impl Group<'_> {
    fn context(self) -> minijinja::Value {
        let methods: Vec<String> = self
            .methods
            .into_iter()
            .map(str::to_ascii_lowercase)
            .collect();
        let Why { code, help } = self.why;
        minijinja::context! { code => code.code, slug => code.slug, help => printed::line(help), methods, paths => self.paths }
    }
}
