//! Fields that mean nothing on the way that a backend is reached.
//!
//! In: `BackendSpec`. Out: diagnostics. Pure.
//! Functions and public endpoints have no servers behind a load balancer of ours.

use super::{Checker, child};
use crate::blueprint::backends::{BackendSpec, Protocol};
use crate::blueprint::spec::Topology;
use crate::diagnostic::FIELD_DOES_NOT_FIT;
use crate::openapi::{is_dots, is_path_character};

impl Checker<'_> {
    /// Errors: GW2011.
    pub(crate) fn fits_its_way(&mut self, at: &str, backend: &BackendSpec) {
        if backend
            .targets
            .as_ref()
            .is_some_and(|it| it.function.is_some())
        {
            self.fits_function(at, backend);
        } else if self.topology() == Some(Topology::Internet) {
            self.fits_internet(at, backend);
        } else if self.topology() == Some(Topology::Forwarder) {
            self.fits_forwarder(at, backend);
        }
    }

    fn fits_function(&mut self, at: &str, backend: &BackendSpec) {
        let written = [
            ("port", backend.port.is_some()),
            ("protocol", backend.protocol.is_some()),
            ("host", backend.host.is_some()),
            ("tls", backend.tls.is_some()),
            ("headers", backend.headers.is_some()),
            ("path_prefix", backend.path_prefix.is_some()),
        ];
        for (field, _) in written
            .into_iter()
            .chain(of_servers(backend))
            .filter(|(_, is_written)| *is_written)
        {
            let message = format!(
                "a function is called by the gateway itself, with the request as it came: `{field}` has no meaning for it"
            );
            self.report(&FIELD_DOES_NOT_FIT, &child(at, field), message, "remove it");
        }
    }

    fn fits_internet(&mut self, at: &str, backend: &BackendSpec) {
        let written = [
            ("host", backend.host.is_some()),
            ("protocol", backend.protocol == Some(Protocol::Http)),
        ];
        for (field, _) in written
            .into_iter()
            .chain(of_servers(backend))
            .filter(|(_, is_written)| *is_written)
        {
            let message = format!(
                "topology `internet` calls the backend at its `url`, and `{field}` has no meaning there"
            );
            self.report(&FIELD_DOES_NOT_FIT, &child(at, field), message, "remove it");
        }
    }
}

/// Fields about servers behind a load balancer.
fn of_servers(backend: &BackendSpec) -> [(&'static str, bool); 5] {
    [
        ("listener_port", backend.listener_port.is_some()),
        ("alb_port", backend.alb_port.is_some()),
        ("health_check", backend.health_check.is_some()),
        (
            "deregistration_delay",
            backend.deregistration_delay.is_some(),
        ),
        ("security_group", backend.security_group.is_some()),
    ]
}

/// What is wrong with a public address. Source of the ports: docs/aws-rules.md#i2 (80, 443 and 1024
/// to 65535).
pub(crate) fn url_problem(url: &str) -> Option<&'static str> {
    let Some(rest) = url.strip_prefix("https://") else {
        return Some("is no HTTPS address");
    };
    let (authority, path) = rest
        .split_once('/')
        .map_or((rest, ""), |(authority, path)| (authority, path));
    let (host, port) = authority
        .split_once(':')
        .map_or((authority, None), |(host, port)| (host, Some(port)));
    if host.is_empty()
        || host.len() > 253
        || !host
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-'))
    {
        return Some("names no host");
    }
    if port.is_some_and(|port| {
        !port
            .parse::<u16>()
            .is_ok_and(|it| matches!(it, 80 | 443 | 1024..))
    }) {
        return Some(
            "has a port that the gateway does not call: it takes 80, 443 and 1024 to 65535",
        );
    }
    if url.contains(['?', '#']) {
        return Some("has a query or a fragment, which cannot stand before a path");
    }
    if path.split('/').any(is_dots) {
        return Some("has the segment `.` or `..` in its path, which servers take away");
    }
    let is_plain = path.chars().all(is_path_character)
        && !path.contains(['{', '}'])
        && !path.starts_with('/')
        && !path.contains("//");
    (!is_plain).then_some("holds what cannot stand in a path")
}

#[cfg(test)]
mod tests {
    use super::url_problem;

    #[test]
    fn addresses_are_plain() {
        for right in [
            "https://a.example",
            "https://a.example/",
            "https://a.example:8443/v1/x",
        ] {
            assert_eq!(url_problem(right), None, "{right}");
        }
        for wrong in [
            "http://a.example",
            "https://",
            "https:///x",
            "https://u@a.example",
            "https://a:22",
            "https://a/?x",
            "https://a/#x",
            "https://a//x",
            "https://a/{x}",
            "https://a/v1/../x",
            "https://a/.",
        ] {
            assert!(url_problem(wrong).is_some(), "{wrong}");
        }
    }
}
