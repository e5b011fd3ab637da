//! Operations that cannot be served, and the routes that hide exactly these.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::blueprint::scalar;
use crate::diagnostic::{Code, Diagnostic, OperationName};
use crate::openapi::{Api, Operation};
use crate::plan::exact;
use crate::printed;

/// Operations that cannot be served, each with its first error.
#[derive(Debug, Default)]
pub(crate) struct Unserved(BTreeMap<(Arc<str>, &'static str), Reason>);

/// The error that keeps an operation from being served.
#[derive(Clone, Debug)]
struct Reason {
    code: &'static Code,
    help: Arc<str>,
}

impl Unserved {
    pub(crate) fn holds(&self, operation: &Operation) -> bool {
        self.0
            .contains_key(&(Arc::clone(&operation.path), operation.method.as_str()))
    }

    pub(crate) fn holds_all(&self, api: &Api) -> bool {
        api.operations.iter().all(|operation| self.holds(operation))
    }

    /// Adds the operations that errors name; returns whether there was a new one.
    pub(crate) fn add<'d>(&mut self, errors: impl Iterator<Item = &'d Diagnostic>) -> bool {
        let before = self.0.len();
        for error in errors {
            let help: Arc<str> = error.help.as_str().into();
            for operation in &error.operations {
                let reason = || Reason {
                    code: error.code,
                    help: Arc::clone(&help),
                };
                self.0
                    .entry((Arc::clone(&operation.path), operation.method))
                    .or_insert_with(reason);
            }
        }
        self.0.len() > before
    }

    /// Removes the operations with a code; returns whether there was any.
    pub(crate) fn release(&mut self, code: &Code) -> bool {
        let before = self.0.len();
        self.0.retain(|_, reason| reason.code != code);
        self.0.len() < before
    }

    /// The operations, each with the code of its error.
    pub(crate) fn operations(&self) -> Vec<(OperationName, &'static Code)> {
        self.0
            .iter()
            .map(|((path, method), reason)| {
                let path = Arc::clone(path);
                (OperationName { method, path }, reason.code)
            })
            .collect()
    }

    /// Routes that hide them, one for all paths with the same code and methods.
    pub(crate) fn routes(&self) -> Vec<minijinja::Value> {
        let mut paths: BTreeMap<(&str, &str), (&Reason, Methods<'_>)> = BTreeMap::new();
        for ((path, method), reason) in &self.0 {
            paths
                .entry((reason.code.code, &**path))
                .or_insert((reason, Methods::new()))
                .1
                .insert(method);
        }
        let mut routes: BTreeMap<(&str, Methods<'_>), (&Reason, Vec<String>)> = BTreeMap::new();
        for ((code, path), (reason, methods)) in paths {
            let route = routes
                .entry((code, methods))
                .or_insert((reason, Vec::new()));
            route.1.push(scalar(&exact(path)));
        }
        let context = |((_, methods), (reason, paths)): ((_, Methods<'_>), (&Reason, _))| {
            let methods: Vec<String> = methods.into_iter().map(str::to_ascii_lowercase).collect();
            let Reason { code, help } = reason;
            minijinja::context! { code => code.code, slug => code.slug, help => printed::line(help), methods, paths }
        };
        routes.into_iter().map(context).collect()
    }
}

/// Methods of a path, as API Gateway writes them.
type Methods<'a> = BTreeSet<&'a str>;
