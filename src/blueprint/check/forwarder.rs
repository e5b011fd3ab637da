//! What topology `forwarder` takes, and what it has no use for.
//!
//! In: `BlueprintSpec`. Out: diagnostics. Pure.
//! The rest of a blueprint stays as it is from one topology to the next, or the field that does not
//! fit is named.

use super::{Checker, child};
use crate::blueprint::backends::{BackendSpec, TargetsSpec};
use crate::blueprint::defaults;
use crate::blueprint::spec::Topology;
use crate::diagnostic::{FIELD_DOES_NOT_FIT, TIMEOUT_ABOVE_FORWARDER};

impl Checker<'_> {
    /// Errors: GW2050 a route that waits longer than the function.
    pub(crate) fn forwarder(&mut self) {
        if self.topology() == Some(Topology::Forwarder) {
            self.waits_of_routes();
        }
    }

    fn waits_of_routes(&mut self) {
        let spec = self.spec();
        let longest = spec
            .forwarder
            .as_ref()
            .and_then(|it| it.timeout)
            .unwrap_or(defaults::FORWARDER_TIMEOUT);
        for (index, route) in spec.routes.iter().flatten().enumerate() {
            let called = route
                .backend
                .as_ref()
                .and_then(|it| spec.backends.get(it))
                .and_then(|it| it.targets.as_ref());
            let is_function = called.is_some_and(|it| it.function.is_some());
            let Some(timeout) = route
                .timeout
                .filter(|it| !is_function && it.milliseconds() > longest.milliseconds())
            else {
                continue;
            };
            let (wait, longest) = (timeout.milliseconds(), longest.milliseconds());
            let finding = TIMEOUT_ABOVE_FORWARDER
                .at(self.blueprint.place(&format!("/routes/{index}/timeout")))
                .also(self.blueprint.place("/forwarder/timeout"))
                .message(format_args!("the gateway would wait {wait} ms, but the function that forwards gives up after {longest} ms"))
                .help("shorten it, or make `forwarder.timeout` as long");
            self.found.push(finding);
        }
    }

    /// Errors: GW2011.
    pub(crate) fn fits_forwarder(&mut self, at: &str, backend: &BackendSpec) {
        if backend
            .targets
            .as_ref()
            .is_none_or(|it: &TargetsSpec| it.function.is_some())
        {
            return;
        }
        let written = [
            ("listener_port", backend.listener_port.is_some()),
            ("alb_port", backend.alb_port.is_some()),
            ("health_check", backend.health_check.is_some()),
            (
                "deregistration_delay",
                backend.deregistration_delay.is_some(),
            ),
            ("outside_vpc", backend.outside_vpc.is_some()),
        ];
        for (field, _) in written.into_iter().filter(|(_, is_written)| *is_written) {
            let message =
                format!("topology `forwarder` has no balancer, and `{field}` has no meaning there");
            self.report(&FIELD_DOES_NOT_FIT, &child(at, field), message, "remove it");
        }
    }
}
