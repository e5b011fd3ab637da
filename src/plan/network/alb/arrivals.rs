//! Operations as they arrive at a listener.
//!
//! In: operations, backends. Out: `ArrivingOperation`s. Pure.
//! Hidden operations are refused on every listener; internal ones have a rule like public ones.

use std::collections::BTreeSet;

use super::paths::{described_path, other_slash, public_path, unnamed};
use crate::blueprint::Exposure;
use crate::openapi::HttpMethod;
use crate::plan::network::listener_rules::{Destination, Pattern, Templates};
use crate::plan::{BackendPlan, OperationPlan};

/// An operation as it arrives at a listener.
pub(crate) struct ArrivingOperation<'a> {
    /// Index among all operations.
    pub(crate) index: usize,
    pub(crate) operation: &'a OperationPlan,
    pub(crate) path: String,
    pub(crate) to: Destination,
}

/// Operations that the listener of a port serves, and those that it refuses.
pub(crate) fn arrivals<'a>(
    port: u16,
    backends: &[BackendPlan],
    operations: &'a [OperationPlan],
) -> Vec<ArrivingOperation<'a>> {
    let is_here = |backend: &BackendPlan| {
        let balanced = backend.balanced();
        balanced.is_some_and(|balanced| balanced.listener_port == port)
    };
    let mut served = ServedArrivals::default();
    for (index, operation) in operations.iter().enumerate() {
        let backend = operation.backend.filter(|index| is_here(&backends[*index]));
        if operation.exposure != Exposure::Hidden
            && let Some(backend) = backend
        {
            let to = Destination::Backend(backend);
            served.add(index, operation, to, backends[backend].prefix());
        }
    }
    let here = backends.iter().filter(|backend| is_here(backend));
    let prefixes: BTreeSet<String> = here.map(BackendPlan::prefix).collect();
    let mut refused = Vec::new();
    let mut index_of_served = ServedIndex::of(&served);
    for (index, operation) in operations.iter().enumerate() {
        let Some(path) = &operation.private_path else {
            continue;
        };
        if operation.exposure != Exposure::Hidden {
            continue;
        }
        let backend = operation.backend.map(|index| &backends[index]);
        let own = backend
            .filter(|backend| backend.balanced().is_some())
            .map(BackendPlan::prefix);
        let foreign = prefixes
            .iter()
            .filter(|prefix| Some(*prefix) != own.as_ref());
        let foreign = foreign.map(|prefix| (prefix, Some(prefix.as_str())));
        for (prefix, foreign) in own.iter().map(|prefix| (prefix, None)).chain(foreign) {
            let path = format!("{prefix}{path}");
            let paths = index_of_served.refused(operation.method, &path, foreign);
            refused.extend(paths.into_iter().map(|path| ArrivingOperation {
                index,
                operation,
                path,
                to: Destination::Nothing,
            }));
        }
    }
    served.arrivals.extend(refused);
    served.arrivals
}

/// Operations that a listener serves.
#[derive(Default)]
struct ServedArrivals<'a> {
    arrivals: Vec<ArrivingOperation<'a>>,
    /// Methods and paths without the names of variables.
    paths: BTreeSet<(HttpMethod, String)>,
    templates: Vec<ServedTemplate>,
}

struct ServedTemplate {
    /// Prefix of the backend.
    prefix: String,
    pattern: Pattern,
}

impl<'a> ServedArrivals<'a> {
    fn add(&mut self, index: usize, operation: &'a OperationPlan, to: Destination, prefix: String) {
        let path = match &operation.private_path {
            Some(path) => format!("{prefix}{path}"),
            // A path that the gateway cannot hold has none behind it, and a finding of its own.
            None if operation.backend_path.is_empty()
                && !operation.path.trim_matches('/').is_empty() =>
            {
                return;
            }
            None => public_path(operation),
        };
        self.paths.insert((operation.method, unnamed(&path)));
        self.templates.push(ServedTemplate {
            prefix,
            pattern: Pattern::of(&path),
        });
        // The gateway's variable matches more requests than the description declares; the declared
        // ones belong to the operation before any other.
        let described = if operation.private_path.is_none() {
            described_path(operation, &path)
        } else {
            None
        };
        let paths = described.into_iter().chain([path]);
        self.arrivals.extend(paths.map(|path| ArrivingOperation {
            index,
            operation,
            path,
            to,
        }));
    }
}

/// Operations that a listener serves, to look paths of hidden ones up.
struct ServedIndex<'s> {
    served: &'s ServedArrivals<'s>,
    by_segments: Templates<'s, &'s str>,
}

impl<'s> ServedIndex<'s> {
    fn of(served: &'s ServedArrivals<'_>) -> Self {
        let templates = served.templates.iter();
        let tagged = templates.map(|template| (&template.pattern, &*template.prefix));
        Self {
            served,
            by_segments: Templates::new(tagged),
        }
    }

    fn has(&self, method: HttpMethod, path: &str) -> bool {
        self.served.paths.contains(&(method, unnamed(path)))
    }

    /// Paths that are refused for a hidden operation; `foreign` is the prefix of another backend.
    fn refused(&mut self, method: HttpMethod, path: &str, foreign: Option<&'s str>) -> Vec<String> {
        // Behind another prefix another backend would respond in its place, unless the path is one
        // of a third's own.
        let is_foreign = foreign.is_some_and(|prefix| self.is_of_third(path, prefix));
        // The same path under another mount is served here.
        if is_foreign || self.has(method, path) {
            return Vec::new();
        }
        // Many servers take a path with a slash behind it for the one without, and a `*` takes
        // both.
        let other = other_slash(path).filter(|other| {
            let methods = [method, HttpMethod::Any];
            !methods.iter().any(|method| self.has(*method, other)) && !self.meets_others(other)
        });
        other.into_iter().chain([path.to_owned()]).collect()
    }

    fn is_of_third(&mut self, path: &str, prefix: &'s str) -> bool {
        let pattern = Pattern::of(path);
        let templates = &self.served.templates;
        let is_met = |index: usize| pattern.meets(&templates[index].pattern);
        self.by_segments
            .any(&pattern, |_, other| *other == prefix, is_met)
    }

    fn meets_others(&mut self, path: &str) -> bool {
        let pattern = Pattern::of(path);
        let templates = &self.served.templates;
        let is_met = |index: usize| {
            let other = &templates[index].pattern;
            pattern.meets(other) && pattern.text != other.text
        };
        self.by_segments.any(&pattern, |_, _| false, is_met)
    }
}
