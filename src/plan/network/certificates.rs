//! Verification of the servers' certificates.
//!
//! In: `BackendSpec`. Out: decisions, findings. Pure.

use crate::blueprint::{ApiStyle, BackendSpec, BlueprintSpec, OutputFormat, defaults};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::variables::Variables;
use crate::source::pointer;

pub(crate) fn verifies(spec: &BackendSpec) -> bool {
    let tls = spec.tls.as_ref();
    tls.and_then(|tls| tls.verify)
        .unwrap_or(defaults::TLS_VERIFY)
}

/// Returns whether any certificate will do.
///
/// Errors: GW4025 TLS in CloudFormation.
pub(crate) fn skips_verification(
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> bool {
    let verifies = verifies(spec);
    if !verifies && cannot_skip_verification(&variables.blueprint().spec) {
        variables.report(
            diagnostic::TLS_IN_CLOUDFORMATION
                .at(variables.place(&format!("{at}/tls/verify")))
                .message("CloudFormation cannot turn the verification of certificates off, resource by resource")
                .help("write `output.api_style: body`, use a certificate of a public authority and `host`, or Terraform"),
        );
    }
    !verifies
}

/// Only a body can say it in CloudFormation (I13).
fn cannot_skip_verification(spec: &BlueprintSpec) -> bool {
    let output = spec.output.as_ref();
    let style = output.and_then(|output| output.api_style);
    output.and_then(|output| output.format) == Some(OutputFormat::Cloudformation)
        && style.unwrap_or(defaults::API_STYLE) == ApiStyle::Resources
}

/// Reports a backend whose certificate can hold no name that the gateway calls.
///
/// The certificate that the gateway sees is the balancer's where it ends TLS, else the servers'.
pub(crate) fn unverifiable(variables: &Variables<'_>, name: &str, ends_tls: bool) -> Diagnostic {
    let at = pointer::child("/backends", name);
    let (at, help) = if !ends_tls {
        (
            format!("{at}/protocol"),
            "set `host` to the name in the servers' certificate, or `tls: {verify: false}`",
        )
    } else if variables.blueprint().spec.topology.has_alb() {
        (
            at,
            "set the backend's `host`, or `alb.hosts`, to a name in the listener's certificate, or `tls: {verify: false}`",
        )
    } else {
        (
            at,
            "set the backend's `host` to a name in the certificate of `nlb.tls`, or `tls: {verify: false}`",
        )
    };
    diagnostic::UNVERIFIABLE_CERTIFICATE
        .at(variables.place(&at))
        .message(format_args!("no certificate can name the load balancer that `{name}` is reached through, so every https call would fail"))
        .help(help)
}
