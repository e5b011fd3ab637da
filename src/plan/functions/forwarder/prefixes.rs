//! Which prefix of the gateway's path stands for which one behind it.
//!
//! In: mounts, base path, operations of a backend. Out: prefixes, findings. Pure.
//! The function takes the longest prefix that fits. Where that is wrong for an operation, one more,
//! longer prefix is written for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::{Blueprint, MountSpec};
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::plan::paths::{Segment, text_of};
use crate::plan::routes::Routes;
use crate::plan::{BackendPlan, OperationPlan};
use crate::source::pointer::child;

type Prefixes = BTreeMap<Vec<Segment>, Vec<Segment>>;

/// Decides the prefixes of a backend.
///
/// Errors: GW4070 an operation that no prefix leads to its path.
pub(crate) fn prefixes(
    blueprint: &Blueprint,
    routes: &Routes,
    (index, backend): (usize, &BackendPlan),
) -> (BTreeMap<String, String>, Vec<Diagnostic>) {
    let mut prefixes = of_mounts(blueprint, routes, backend);
    let operations: Vec<&OperationPlan> = routes
        .operations
        .iter()
        .filter(|it| it.backend == Some(index) && it.gateway_path.is_some())
        .collect();
    // Each round adds a prefix or is the last; there are as many prefixes as paths have segments.
    while let Some((from, to)) = operations.iter().find_map(|it| missing(&prefixes, it)) {
        prefixes.insert(from, to);
    }
    let wrong = operations.iter().filter(|it| !holds(&prefixes, it)).map(|it| {
        let path = text_of(it.gateway_path.as_deref().unwrap_or_default());
        diagnostic::UNFORWARDABLE_PATH
            .at(it.place.clone())
            .also(blueprint.place(&child("/backends", &*backend.name)))
            .message(format_args!(
                "the function of `{}` cannot tell that `{} {path}` is to become `{}`: another operation gives the same path another one",
                backend.name,
                it.method.as_str(),
                text_of(&it.backend_path)
            ))
            .help("give one of the two mounts a backend of its own, with the same targets, or leave the operation out with `exposure: hidden`")
            .keeps(OperationName { method: it.method.as_str(), path: Arc::clone(&it.path) })
    });
    let wrong = wrong.collect();
    (
        prefixes
            .iter()
            .map(|(from, to)| (text_of(from), text_of(to)))
            .collect(),
        wrong,
    )
}

/// A prefix for each mount that leads to the backend, whatever is served there: an endpoint more
/// changes none.
fn of_mounts(blueprint: &Blueprint, routes: &Routes, backend: &BackendPlan) -> Prefixes {
    let mounts = blueprint.spec.mounts.as_deref();
    let places: Vec<&str> = match mounts {
        None => vec!["/"],
        Some(mounts) => mounts
            .iter()
            .filter(|it| leads_to(it, &backend.name))
            .map(|it| it.at.as_str())
            .collect(),
    };
    let literal = |it: &str| Segment::Literal(it.into());
    // Of two descriptions with one prefix the last decides; what that misleads gets a longer one.
    let each = places
        .into_iter()
        .flat_map(|at| routes.bases.iter().map(move |bases| (at, bases)));
    let prefix = each.map(|(at, [on_gateway, behind])| {
        let from = at
            .split('/')
            .filter(|it| !it.is_empty())
            .map(literal)
            .chain(on_gateway.iter().cloned())
            .collect();
        let to = backend
            .path_prefix
            .iter()
            .map(|it| literal(it))
            .chain(behind.iter().cloned())
            .collect();
        (from, to)
    });
    prefix.collect()
}

fn leads_to(mount: &MountSpec, backend: &str) -> bool {
    match (&mount.backend, &mount.backends) {
        (Some(only), _) => only == backend,
        (None, None) => true,
        (None, Some(backends)) => {
            !backends.contains_key(backend) || backends.values().any(|it| it == backend)
        }
    }
}

/// The longest prefix that fits, as the function takes it.
fn longest<'a>(prefixes: &'a Prefixes, path: &[Segment]) -> Option<(&'a [Segment], &'a [Segment])> {
    (0..=path.len())
        .rev()
        .find_map(|length| prefixes.get_key_value(&path[..length]))
        .map(|(from, to)| (&**from, &**to))
}

fn holds(prefixes: &Prefixes, operation: &OperationPlan) -> bool {
    let path = operation.gateway_path.as_deref().unwrap_or_default();
    longest(prefixes, path).is_some_and(|(from, to)| {
        to.iter()
            .chain(&path[from.len()..])
            .eq(&operation.backend_path)
    })
}

/// The shortest prefix that would mend an operation, where one can.
fn missing(prefixes: &Prefixes, operation: &OperationPlan) -> Option<(Vec<Segment>, Vec<Segment>)> {
    if holds(prefixes, operation) {
        return None;
    }
    let (path, behind) = (operation.gateway_path.as_deref()?, &operation.backend_path);
    let known = longest(prefixes, path).map_or(0, |(from, _)| from.len() + 1);
    (known..=path.len()).find_map(|length| {
        let rest = path.len() - length;
        let (from, to) = (&path[..length], &behind[..behind.len().checked_sub(rest)?]);
        let is_plain = from.iter().chain(to).all(|it| it.variable().is_none());
        (is_plain && path[length..] == behind[to.len()..]).then(|| (from.to_vec(), to.to_vec()))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::openapi::HttpMethod;

    fn path(text: &str) -> Vec<Segment> {
        crate::plan::paths::template(text, false)
            .expect("a path that a REST API holds")
            .segments
    }

    pub(crate) fn operation(from: &str, to: &str) -> OperationPlan {
        OperationPlan {
            method: HttpMethod::Get,
            description: 0,
            path: from.into(),
            place: diagnostic::Place::file(&"openapi.yaml".into()),
            exposure: crate::blueprint::Exposure::Public,
            backend: Some(0),
            throttle: None,
            cache: None,
            timeout_ms: 29_000,
            gateway_path: Some(path(from)),
            asked_path: None,
            private_path: None,
            backend_path: path(to),
            has_trailing_slash: false,
            request_parameters: Default::default(),
            checks: Default::default(),
            coverage: Default::default(),
            declared: crate::openapi::Security::Open,
            auth: Default::default(),
            browser_headers: Vec::new(),
        }
    }

    #[test]
    fn a_longer_prefix_mends_what_a_mount_would_take() {
        let prefixes = Prefixes::from([(path("/"), path("/v1")), (path("/dev"), path("/v1"))]);
        assert!(holds(
            &prefixes,
            &operation("/dev/orders/{id}", "/v1/orders/{id}")
        ));
        assert!(holds(&prefixes, &operation("/device", "/v1/device")));
        let taken = operation("/dev/status", "/v1/dev/status");
        assert!(!holds(&prefixes, &taken));
        assert_eq!(
            missing(&prefixes, &taken),
            Some((path("/dev/status"), path("/v1/dev/status")))
        );
        // Behind a variable no prefix of plain text can stand.
        assert_eq!(
            missing(&prefixes, &operation("/dev/{id}", "/v1/dev/{id}")),
            None
        );
        // All of it is known already, and leads elsewhere.
        let prefixes = Prefixes::from([(path("/a"), path("/b"))]);
        assert_eq!(missing(&prefixes, &operation("/a", "/c")), None);
    }
}
