//! Load balancers and target groups that exist: their names, and fields that only new ones have.
//!
//! In: fields as written. Out: values, diagnostics. Pure.

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
    dns_name: Option<&blueprint::ValueSpec>,
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

/// Reports fields of a new balancer beside `existing`; `section` is `nlb` or `alb`.
pub(crate) fn report_fields_of_new(variables: &mut Variables<'_>, section: &str, fields: &[&str]) {
    for field in fields {
        let at = format!("/{section}/{field}");
        if !variables.blueprint().is_written(&at) {
            continue;
        }
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(variables.place(&at))
                .message(format_args!("`{section}.{field}` belongs to a balancer that is made, and `{section}.existing` names one that is there"))
                .help("set it where the balancer is made, and remove the line here"),
        );
    }
}

/// Reports fields that the resource decides by itself; each is a path below `at`.
pub(crate) fn report_without_effect(
    variables: &mut Variables<'_>,
    at: &str,
    fields: &[&str],
    resource: &str,
) {
    for field in fields {
        let at = format!("{at}/{field}");
        if !variables.blueprint().is_written(&at) {
            continue;
        }
        variables.report(
            diagnostic::NO_EFFECT
                .at(variables.place(&at))
                .message(format_args!(
                    "`{}` has no effect on a {resource} that is there",
                    field.replace('/', ".")
                ))
                .help(format_args!(
                    "set it where the {resource} is made, and remove the line here"
                )),
        );
    }
}
