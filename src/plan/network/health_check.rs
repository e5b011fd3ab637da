//! Health checks of target groups. The defaults are those of `HealthCheckSpec` in `blueprint`.
//!
//! In: `HealthCheckSpec`. Out: `HealthCheckPlan`, findings. Pure.

use super::durations::whole_seconds;
use crate::blueprint::{BackendSpec, HealthCheckProtocol, HealthCheckSpec, HealthPort, Topology};
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{AlbListenerPlan, HEALTH_PATH, HealthCheckPlan};

/// Longest path of a check. Source: docs/aws-rules.md#l19.
const MAX_PATH: usize = 1024;

/// Decides the health check of a backend; `at` is the backend's pointer.
///
/// Errors: GW2002 value, GW2011 fields that do not fit.
pub(crate) fn health_check(
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> HealthCheckPlan {
    let topology = variables.blueprint().spec.topology;
    let check = &spec.health_check;
    let targets = spec.targets.as_ref();
    if targets.is_some_and(|targets| targets.target_group.is_some()) {
        // `targets` reports the other fields.
        let of_group = HealthCheckSpec {
            port: check.port,
            ..HealthCheckSpec::default()
        };
        return decided(&of_group, topology);
    }
    let plan = decided(check, topology);
    let mut checked = CheckedHealth {
        spec: check,
        plan: &plan,
        at: format!("{at}/health_check"),
        variables,
    };
    checked.whole_seconds();
    if plan.protocol == HealthCheckProtocol::Tcp {
        checked.fields_of_tcp(topology);
    } else {
        checked.fields_of_http(topology);
    }
    checked.numbers();
    plan
}

fn decided(check: &HealthCheckSpec, topology: Topology) -> HealthCheckPlan {
    HealthCheckPlan {
        protocol: check.protocol(topology),
        path: check.path.as_str().into(),
        matcher: check.matcher.as_str().into(),
        port: match check.port {
            HealthPort::Traffic => None,
            HealthPort::Number(port) => Some(port.number()),
        },
        interval_s: check.interval.seconds(),
        timeout_s: check.timeout.seconds(),
        healthy: check.healthy,
        unhealthy: check.unhealthy,
    }
}

impl AlbListenerPlan {
    /// Health check of the listener by the network load balancer: a listener with a health rule of
    /// its own has to respond 200; on a shared one, any status from 200 to 499 is healthy.
    ///
    /// Source: docs/aws-rules.md#l20, docs/aws-rules.md#l21.
    pub(crate) fn health_check(&self) -> HealthCheckPlan {
        let is_own = self.health_priority.is_some();
        HealthCheckPlan {
            protocol: if self.is_tls {
                HealthCheckProtocol::Https
            } else {
                HealthCheckProtocol::Http
            },
            path: HEALTH_PATH.into(),
            matcher: if is_own { "200" } else { "200-499" }.into(),
            ..decided(&HealthCheckSpec::default(), Topology::NlbAlb)
        }
    }
}

/// A health check as written and as decided, with its pointer.
struct CheckedHealth<'a, 'v> {
    spec: &'a HealthCheckSpec,
    plan: &'a HealthCheckPlan,
    at: String,
    variables: &'a mut Variables<'v>,
}

impl CheckedHealth<'_, '_> {
    fn report(
        &mut self,
        code: &'static diagnostic::Code,
        field: &str,
        message: String,
        help: &str,
    ) {
        let place = self.variables.place(&format!("{}/{field}", self.at));
        self.variables
            .report(code.at(place).message(message).help(help));
    }

    fn whole_seconds(&mut self) {
        for (field, duration) in [
            ("interval", self.spec.interval),
            ("timeout", self.spec.timeout),
        ] {
            whole_seconds(self.variables, duration, &format!("{}/{field}", self.at));
        }
    }

    /// Source: docs/aws-rules.md#l19, docs/aws-rules.md#l20 (status codes: 200 to 599 behind a
    /// network load balancer, 200 to 499 behind an application load balancer).
    fn fields_of_http(&mut self, topology: Topology) {
        let length = self.plan.path.len();
        if length > MAX_PATH {
            self.report(
                &diagnostic::INVALID_VALUE,
                "path",
                format!("the path has {length} characters; AWS takes {MAX_PATH}"),
                "give the servers a shorter path for checks",
            );
        }
        let (kind, last) = if topology.has_alb() {
            ("an application", 499)
        } else {
            ("a network", 599)
        };
        let matcher = &self.plan.matcher;
        let mut codes = matcher
            .split([',', '-'])
            .filter_map(|code| code.parse().ok());
        if codes.any(|code: u32| !(200..=last).contains(&code)) {
            self.report(
                &diagnostic::INVALID_VALUE,
                "matcher",
                format!("`{matcher}`: {kind} load balancer takes status codes from 200 to {last} as a good answer"),
                "write for example `200-399`",
            );
        }
    }

    /// Source: docs/aws-rules.md#l20.
    fn fields_of_tcp(&mut self, topology: Topology) {
        if topology.has_alb() {
            self.report(
                &diagnostic::FIELD_DOES_NOT_FIT,
                "protocol",
                "an application load balancer asks its targets by HTTP, never by a TCP connection alone".to_owned(),
                "write `http` or `https`, or remove the line",
            );
        }
        for field in ["path", "matcher"] {
            let at = format!("{}/{field}", self.at);
            if self.variables.blueprint().is_written(&at) {
                self.report(
                    &diagnostic::FIELD_DOES_NOT_FIT,
                    field,
                    format!("a TCP check opens a connection and asks nothing, so `{field}` has no meaning in it"),
                    "set `protocol: http`, or remove the field",
                );
            }
        }
    }

    /// Source: docs/aws-rules.md#l19, docs/aws-rules.md#l20.
    fn numbers(&mut self) {
        let plan = self.plan;
        for (field, value, low, high) in [
            ("interval", plan.interval_s, 5, 300),
            ("timeout", plan.timeout_s, 2, 120),
            ("healthy", plan.healthy, 2, 10),
            ("unhealthy", plan.unhealthy, 2, 10),
        ] {
            if !(low..=high).contains(&value) {
                self.report(
                    &diagnostic::INVALID_VALUE,
                    field,
                    format!("`{field}` is {value}; AWS takes {low} to {high}"),
                    "choose a number in that range",
                );
            }
        }
        if plan.timeout_s >= plan.interval_s {
            self.report(
                &diagnostic::INVALID_VALUE,
                "timeout",
                format!(
                    "a check may take {} s, but the next one starts after {} s",
                    plan.timeout_s, plan.interval_s
                ),
                "make `timeout` shorter than `interval`",
            );
        }
    }
}
