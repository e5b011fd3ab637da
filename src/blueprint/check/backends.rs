//! Backends: ports, targets, health checks.
//! In: `BackendSpec`. Out: diagnostics. Pure.

use std::collections::BTreeMap;

use super::{Checker, child, is_name};
use crate::blueprint::backends::{BackendSpec, TargetsSpec};
use crate::blueprint::scalars::Port;
use crate::blueprint::spec::Topology;
use crate::blueprint::values::{ValueSpec, ValuesSpec};
use crate::diagnostic::{FIELD_DOES_NOT_FIT, MISSING_FIELD, PORT_TAKEN};
use crate::openapi::{is_dots, is_path_character};

/// The kinds of targets that a topology takes; `function` goes with any.
fn accepted(topology: Topology) -> &'static [&'static str] {
    match topology {
        Topology::NlbTargets | Topology::NlbAlbSync | Topology::NlbAlb | Topology::Alb => &[
            "instances",
            "autoscaling_groups",
            "ips",
            "ecs",
            "target_group",
            "function",
        ],
        Topology::Forwarder => &["ips", "hosts", "function"],
        Topology::Internet => &["function"],
    }
}

impl Checker<'_> {
    /// Errors: GW2002, GW2003, GW2009 two backends on a listener's port, GW2011 targets that the
    /// topology does not take.
    pub(crate) fn backends(&mut self) {
        let mut ports: BTreeMap<Port, String> = BTreeMap::new();
        for (name, backend) in &self.spec().backends {
            let at = child("/backends", name);
            if !is_name(name) {
                let help =
                    "start with a lower-case letter; then lower-case letters, digits and `-`";
                self.wrong(&at, "this is no name of a backend", help);
            }
            self.where_it_runs(&at, backend);
            self.listener(&at, backend, &mut ports);
            self.how_it_is_asked(&at, backend);
        }
    }

    fn where_it_runs(&mut self, at: &str, backend: &BackendSpec) {
        let at_targets = child(at, "targets");
        let targets = backend.targets.as_ref();
        let kinds = targets.map(|_| self.written(&at_targets, TargetsSpec::FIELDS.iter()));
        let reported = |field: &str| {
            let left_out = &self.blueprint.left_out;
            left_out
                .pointers
                .contains(&left_out.original(&child(at, field)))
        };
        let (no_targets, no_port) = (reported("targets") || reported("url"), reported("port"));
        match (&backend.url, &kinds) {
            (Some(_), _) if backend.port.is_some() || kinds.is_some() => {
                self.wrong(
                    &child(at, "url"),
                    "`url` stands in place of `port` and `targets`",
                    "remove one or the other",
                );
            }
            (None, None) if !no_targets => {
                let (field, example) = if self.topology() == Some(Topology::Internet) {
                    ("url", "url: https://orders.example.com")
                } else {
                    ("targets", "targets: {instances: [{var: orders_instance}]}")
                };
                let message = format!("{} has no `{field}`", super::subject(at));
                self.report(
                    &MISSING_FIELD,
                    at,
                    message,
                    format_args!("add for example `{example}`"),
                );
            }
            (None, Some(kinds)) if kinds.len() != 1 => {
                let written = if kinds.is_empty() {
                    "none".to_owned()
                } else {
                    format!("`{}`", kinds.join("`, `"))
                };
                let help = "keep one of `instances`, `autoscaling_groups`, `ips`, `ecs`, `hosts`, `target_group`, `function`";
                self.wrong(
                    &child(at, "targets"),
                    format_args!("exactly one kind of targets is due, {written} written"),
                    help,
                );
            }
            _ => {}
        }
        let needs_port = kinds.as_ref().is_some_and(|kinds| *kinds != ["function"]);
        if needs_port && backend.url.is_none() && backend.port.is_none() && !no_port {
            let message = format!("{} has no `port`", super::subject(at));
            self.report(
                &MISSING_FIELD,
                at,
                message,
                "add the port that its servers listen on, for example `port: 8080`",
            );
        }
        self.fits(at, backend, kinds.as_deref().unwrap_or_default());
        self.fits_integration(at, backend);
        self.literals(at, backend);
    }

    fn fits(&mut self, at: &str, backend: &BackendSpec, kinds: &[&str]) {
        let Some(topology) = self.topology() else {
            return;
        };
        let accepted = accepted(topology);
        let name = topology.name();
        for kind in kinds.iter().filter(|kind| !accepted.contains(kind)) {
            let at = child(&child(at, "targets"), kind);
            let instead = if topology == Topology::Internet {
                "write `url` instead".to_owned()
            } else {
                format!("write `{}`", accepted.join("`, `"))
            };
            self.report(
                &FIELD_DOES_NOT_FIT,
                &at,
                format_args!("topology `{name}` takes no targets of the kind `{kind}`"),
                instead,
            );
        }
        if backend.url.is_some() && topology != Topology::Internet {
            let message = format!("topology `{name}` takes no `url`");
            self.report(
                &FIELD_DOES_NOT_FIT,
                &child(at, "url"),
                message,
                "write `port` and `targets`, or topology `internet`",
            );
        }
    }

    fn literals(&mut self, at: &str, backend: &BackendSpec) {
        if let Some(ValueSpec::Literal(url)) = &backend.url
            && let Some(problem) = super::integration::url_problem(url)
        {
            let help = "write for example `https://orders.example.com`";
            self.wrong(&child(at, "url"), format_args!("`{url}` {problem}"), help);
        }
        let Some(targets) = &backend.targets else {
            return;
        };
        let lists = [
            ("instances", &targets.instances),
            ("autoscaling_groups", &targets.autoscaling_groups),
            ("ips", &targets.ips),
            ("hosts", &targets.hosts),
        ];
        for (kind, values) in lists {
            let at = child(&child(at, "targets"), kind);
            let Some(ValuesSpec::List(values)) = values else {
                continue;
            };
            if values.is_empty() {
                self.wrong(
                    &at,
                    "the list is empty",
                    "name at least one, or write a reference that yields them",
                );
            }
            for (index, value) in values.iter().enumerate() {
                if values[..index].contains(value) {
                    self.wrong(
                        &child(&at, index),
                        "this target stands in the list twice",
                        "remove one of the two",
                    );
                }
            }
        }
    }

    fn listener(&mut self, at: &str, backend: &BackendSpec, ports: &mut BTreeMap<Port, String>) {
        let Some(port) = backend.nlb_port().filter(|_| !backend.is_function()) else {
            return;
        };
        if self.topology() != Some(Topology::NlbTargets) {
            return;
        }
        let field = child(
            at,
            if backend.listener_port.is_some() {
                "listener_port"
            } else {
                "port"
            },
        );
        if let Some(first) = ports.get(&port) {
            let found = PORT_TAKEN
                .at(self.blueprint.place(&field))
                .also(self.blueprint.place(first))
                .message(format_args!("{}: the listener on port {port} belongs to {}", super::subject(at), super::subject(first)))
                .help("give one of the two another `listener_port`; `port`, on which the servers listen, stays");
            self.found.push(found);
        } else {
            ports.insert(port, field);
        }
    }

    fn how_it_is_asked(&mut self, at: &str, backend: &BackendSpec) {
        let (prefix, at_prefix) = (&backend.path_prefix, child(at, "path_prefix"));
        self.starts_with_slash(&at_prefix, prefix);
        if !prefix.chars().all(is_path_character) {
            self.wrong(
                &at_prefix,
                format_args!("`{prefix}` holds what cannot stand in a path"),
                "write a plain path, for example `/v1`",
            );
        }
        if prefix.contains("//") {
            self.wrong(
                &at_prefix,
                "`path_prefix` has an empty segment, which servers read in several ways",
                "write one `/`",
            );
        }
        if let Some(dots) = prefix.split('/').find(|segment| is_dots(segment)) {
            let message = format_args!(
                "`path_prefix` has the segment `{dots}`, which servers take away: another path is reached"
            );
            self.wrong(&at_prefix, message, "write the path without it");
        }
        if let Some(ValueSpec::Literal(host)) = &backend.host {
            let legal =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
            if host.is_empty() || !host.bytes().all(legal) {
                self.wrong(
                    &child(at, "host"),
                    format_args!("`{host}` is no host"),
                    "write the name alone, for example `orders.internal`",
                );
            }
        }
        let (health, at) = (&backend.health_check, child(at, "health_check"));
        self.starts_with_slash(&child(&at, "path"), &health.path);
        if !is_matcher(&health.matcher) {
            self.wrong(
                &child(&at, "matcher"),
                format_args!("`{}` names no status codes", health.matcher),
                "write status codes, for example `\"200-399\"` or `\"200,204\"`",
            );
        }
    }
}

/// Status codes and ranges of them, with commas between.
fn is_matcher(matcher: &str) -> bool {
    let code = |text: &str| {
        Some(text)
            .filter(|text| text.len() == 3)
            .and_then(|text| text.parse::<u16>().ok())
            .filter(|status| (100..600).contains(status))
    };
    matcher.split(',').all(|part| match part.split_once('-') {
        Some((from, to)) => code(from).is_some_and(|from| code(to).is_some_and(|to| from <= to)),
        None => code(part).is_some(),
    })
}
