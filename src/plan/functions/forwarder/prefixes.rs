//! Prefixes of the gateway's paths, and those that replace them behind the gateway.
//!
//! In: mounts, base paths, operations of a backend. Out: prefixes, findings. Pure.
//! The function takes the longest prefix that fits. Where that is wrong for an operation, one more,
//! longer prefix is written for it.

use std::collections::BTreeMap;

use crate::blueprint::{Blueprint, BlueprintSpec, MountSpec};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::paths::{Segment, text_of};
use crate::plan::{BackendPlan, OperationPlan};
use crate::source::pointer::child;

/// Prefixes behind the gateway, by those on the gateway.
pub(crate) struct ForwardedPrefixes(BTreeMap<Vec<Segment>, Vec<Segment>>);

/// A prefix for each mount that leads to the backend, whatever is served there: one more endpoint
/// changes none.
pub(crate) fn of_mounts(
    spec: &BlueprintSpec,
    bases: &[[Vec<Segment>; 2]],
    backend: &BackendPlan,
) -> ForwardedPrefixes {
    let mounts: Vec<&str> = match spec.mounts.as_deref() {
        None => vec!["/"],
        Some(mounts) => mounts
            .iter()
            .filter(|mount| leads_to(mount, &backend.name))
            .map(|mount| mount.at.as_str())
            .collect(),
    };
    let literal = |text: &str| Segment::Literal(text.into());
    let mut prefixes = BTreeMap::new();
    // Of two descriptions with one prefix the last decides; what that misleads gets a longer one.
    for mount in mounts {
        let mount = mount.split('/').filter(|segment| !segment.is_empty());
        for [on_gateway, behind] in bases {
            let from = mount.clone().map(literal);
            let to = backend.path_prefix.iter().map(|segment| literal(segment));
            prefixes.insert(
                from.chain(on_gateway.iter().cloned()).collect(),
                to.chain(behind.iter().cloned()).collect(),
            );
        }
    }
    ForwardedPrefixes(prefixes)
}

fn leads_to(mount: &MountSpec, backend: &str) -> bool {
    match (&mount.backend, &mount.backends) {
        (Some(only), _) => only == backend,
        (None, None) => true,
        (None, Some(backends)) => {
            !backends.contains_key(backend) || backends.values().any(|target| target == backend)
        }
    }
}

impl ForwardedPrefixes {
    /// Adds prefixes for operations that those of the mounts mislead.
    pub(crate) fn complete(&mut self, operations: &[&OperationPlan]) {
        let is_served = |operation: &&&OperationPlan| operation.gateway_path.is_some();
        let served = || operations.iter().filter(is_served);
        // Each round adds a prefix or is the last; there are as many prefixes as paths have
        // segments.
        while let Some((from, to)) = served().find_map(|operation| self.missing(operation)) {
            self.0.insert(from, to);
        }
    }

    /// Refuses operations that no prefix leads to their path.
    ///
    /// Errors: GW4070.
    pub(crate) fn unforwardable(
        &self,
        blueprint: &Blueprint,
        operations: &[&OperationPlan],
        backend: &str,
    ) -> Vec<Diagnostic> {
        let finding = |operation: &&OperationPlan| {
            let path = operation.gateway_path.as_deref()?;
            (!self.holds(operation)).then(|| diagnostic::UNFORWARDABLE_PATH
                .at(operation.place.clone())
                .also(blueprint.place(&child("/backends", backend)))
                .message(format_args!(
                    "the function of `{backend}` cannot tell that `{} {}` is to become `{}`: another operation gives the same path another one",
                    operation.method.as_str(),
                    text_of(path),
                    text_of(&operation.backend_path)
                ))
                .help("give one of the two mounts a backend of its own, with the same targets, or leave the operation out with `exposure: hidden`")
                .keeps(operation.name()))
        };
        operations.iter().filter_map(finding).collect()
    }

    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        let text = |(from, to): (&Vec<Segment>, &Vec<Segment>)| (text_of(from), text_of(to));
        self.0.iter().map(text).collect()
    }

    /// The longest prefix that fits, as the function takes it.
    fn longest(&self, path: &[Segment]) -> Option<(&[Segment], &[Segment])> {
        (0..=path.len())
            .rev()
            .find_map(|length| self.0.get_key_value(&path[..length]))
            .map(|(from, to)| (&**from, &**to))
    }

    fn holds(&self, operation: &OperationPlan) -> bool {
        let path = operation.gateway_path.as_deref().unwrap_or_default();
        self.longest(path).is_some_and(|(from, to)| {
            to.iter()
                .chain(&path[from.len()..])
                .eq(&operation.backend_path)
        })
    }

    /// The shortest prefix that would correct the path of an operation, where one can.
    fn missing(&self, operation: &OperationPlan) -> Option<(Vec<Segment>, Vec<Segment>)> {
        if self.holds(operation) {
            return None;
        }
        let (path, behind) = (operation.gateway_path.as_deref()?, &operation.backend_path);
        let known = self.longest(path).map_or(0, |(from, _)| from.len() + 1);
        (known..=path.len()).find_map(|length| {
            let rest = path.len() - length;
            let (from, to) = (&path[..length], &behind[..behind.len().checked_sub(rest)?]);
            let is_plain = from
                .iter()
                .chain(to)
                .all(|segment| segment.variable().is_none());
            (is_plain && path[length..] == behind[to.len()..]).then(|| (from.to_vec(), to.to_vec()))
        })
    }
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
            requested_path: None,
            private_path: None,
            backend_path: path(to),
            has_trailing_slash: false,
            request_parameters: Default::default(),
            checks: Default::default(),
            coverage: Default::default(),
            declared: crate::openapi::Security::Open,
            auth: Default::default(),
            browser_headers: Vec::new(),
            sources: Default::default(),
        }
    }

    fn prefixes(list: &[(&str, &str)]) -> ForwardedPrefixes {
        let pairs = list.iter().map(|(from, to)| (path(from), path(to)));
        ForwardedPrefixes(pairs.collect())
    }

    #[test]
    fn a_longer_prefix_corrects_what_a_mount_would_take() {
        let known = prefixes(&[("/", "/v1"), ("/dev", "/v1")]);
        assert!(known.holds(&operation("/dev/orders/{id}", "/v1/orders/{id}")));
        assert!(known.holds(&operation("/device", "/v1/device")));
        let taken = operation("/dev/status", "/v1/dev/status");
        assert!(!known.holds(&taken));
        assert_eq!(
            known.missing(&taken),
            Some((path("/dev/status"), path("/v1/dev/status")))
        );
        // Behind a variable no prefix of plain text can be.
        assert_eq!(known.missing(&operation("/dev/{id}", "/v1/dev/{id}")), None);
        // All of the path is known already, and leads elsewhere.
        let known = prefixes(&[("/a", "/b")]);
        assert_eq!(known.missing(&operation("/a", "/c")), None);
    }
}
