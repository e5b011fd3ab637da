//! Fields that topology `forwarder` restricts, and fields that have no meaning in it.
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use super::{Checker, child};
use crate::blueprint::backends::BackendSpec;
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
        let longest = spec.forwarder.timeout;
        for (index, route) in spec.routes.iter().flatten().enumerate() {
            let called = route
                .backend
                .as_ref()
                .and_then(|name| spec.backends.get(name));
            let is_function = called.is_some_and(BackendSpec::is_function);
            let Some(timeout) = route
                .timeout
                .filter(|timeout| !is_function && *timeout > longest)
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
        if backend.targets.is_none() || backend.is_function() {
            return;
        }
        let fields = [
            "listener_port",
            "alb_port",
            "health_check",
            "deregistration_delay",
            "outside_vpc",
        ];
        for field in self.written(at, fields.iter()) {
            let message =
                format!("topology `forwarder` has no balancer, and `{field}` has no meaning there");
            self.report(&FIELD_DOES_NOT_FIT, &child(at, field), message, "remove it");
        }
    }
}
