//! The name of a load balancer that exists already.
//!
//! In: `dns_name` as written. Out: its value, diagnostics. Pure.

use crate::blueprint;
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Value};
use crate::source::pointer;

/// Decides the name of the balancer, for URIs that have no other host.
///
/// `existing` is the pointer of the balancer, such as `/nlb/existing`.
///
/// Errors: GW2003 neither the balancer nor a backend has a name.
pub(crate) fn balancer_name(
    variables: &mut Variables<'_>,
    existing: &str,
    dns_name: Option<&blueprint::Value>,
    has_host: bool,
    help: &str,
) -> Option<Value> {
    let mut balanced = variables.blueprint().spec.balanced();
    let unnamed = balanced.find(|(_, backend)| backend.host.is_none() && !has_host);
    if let (None, Some((backend, _))) = (dns_name, unnamed) {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(variables.place(existing))
                .also(variables.place(&pointer::child("/backends", backend)))
                .message(format_args!("the balancer has no `dns_name`, and the backend `{backend}` no `host`: a URI needs one of the two"))
                .help(help),
        );
    }
    let at = pointer::child(existing, "dns_name");
    let value = dns_name.map(|name| variables.value(name, InputType::BalancerName, &at));
    value.filter(|_| unnamed.is_some())
}
