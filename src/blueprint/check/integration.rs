//! Fields of a backend that have no meaning for its integration, and its public address.
//! In: `BackendSpec`. Out: diagnostics. Pure.

use super::{Checker, child};
use crate::blueprint::backends::{BackendSpec, Protocol};
use crate::blueprint::spec::Topology;
use crate::diagnostic::FIELD_DOES_NOT_FIT;
use crate::openapi::{is_dots, is_path_character};

/// Fields about servers behind a load balancer.
const OF_SERVERS: [&str; 5] = [
    "listener_port",
    "alb_port",
    "health_check",
    "deregistration_delay",
    "security_group",
];

impl Checker<'_> {
    /// Errors: GW2011.
    pub(crate) fn fits_integration(&mut self, at: &str, backend: &BackendSpec) {
        if backend.is_function() {
            self.fits_function(at);
        } else if self.topology() == Some(Topology::Internet) {
            self.fits_internet(at, backend);
        } else if self.topology() == Some(Topology::Forwarder) {
            self.fits_forwarder(at, backend);
        }
    }

    fn fits_function(&mut self, at: &str) {
        let own = ["port", "protocol", "host", "tls", "headers", "path_prefix"];
        for field in self.written(at, own.iter().chain(&OF_SERVERS)) {
            let message = format!(
                "a function is called by the gateway itself, with the request as it came: `{field}` has no meaning for it"
            );
            self.report(&FIELD_DOES_NOT_FIT, &child(at, field), message, "remove it");
        }
    }

    fn fits_internet(&mut self, at: &str, backend: &BackendSpec) {
        // The address has `https`, and the protocol may have it, too.
        let own: &[_] = match backend.protocol {
            Protocol::Http => &["host", "protocol"],
            Protocol::Https => &["host"],
        };
        for field in self.written(at, own.iter().chain(&OF_SERVERS)) {
            let message = format!(
                "topology `internet` calls the backend at its `url`, and `{field}` has no meaning there"
            );
            self.report(&FIELD_DOES_NOT_FIT, &child(at, field), message, "remove it");
        }
    }
}

/// Returns the problem of a public address, if it has one.
///
/// Source of the ports: docs/aws-rules.md#i2 (80, 443 and 1024 to 65535).
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
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
    {
        return Some("names no host");
    }
    if port.is_some_and(|port| {
        !port
            .parse::<u16>()
            .is_ok_and(|port| matches!(port, 80 | 443 | 1024..))
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
