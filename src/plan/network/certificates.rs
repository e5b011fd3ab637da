//! Verification of the servers' certificates.
//!
//! In: `BackendSpec`. Out: decisions, findings. Pure.

use crate::blueprint::{ApiStyle, BackendSpec, BlueprintSpec, OutputFormat};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::variables::Variables;
use crate::plan::{BackendPlan, IntegrationPlan};
use crate::source::pointer;

/// Decides which backends' certificates the gateway verifies.
///
/// Errors: GW4021 no name that a certificate could hold, GW4025 TLS in CloudFormation.
pub(crate) fn verification(variables: &mut Variables<'_>, backends: &mut [BackendPlan]) {
    let blueprint = &variables.blueprint().spec;
    let nlb_ends_tls = blueprint.nlb.tls.is_some();
    let ends_tls = blueprint.topology.has_alb() || nlb_ends_tls;
    for backend in backends {
        let IntegrationPlan::Balanced(balanced) = &mut backend.integration else {
            continue;
        };
        let Some(spec) = blueprint
            .backends
            .get(&**balanced.name)
            .filter(|_| balanced.is_tls)
        else {
            continue;
        };
        let at = pointer::child("/backends", &balanced.name);
        balanced.skips_verification = skips_verification(variables, spec, &at);
        if !balanced.skips_verification && balanced.host.is_none() {
            variables.report(unverifiable(variables, &balanced.name, ends_tls));
        }
    }
}

/// Returns whether any certificate will do.
///
/// Errors: GW4025 TLS in CloudFormation.
pub(crate) fn skips_verification(
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> bool {
    let verifies = spec.tls.verify;
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

/// Only a body can have it in CloudFormation (I13).
fn cannot_skip_verification(spec: &BlueprintSpec) -> bool {
    spec.output.format == OutputFormat::Cloudformation
        && spec.output.api_style == ApiStyle::Resources
}

/// Reports a backend whose certificate can hold no name that the gateway calls.
///
/// The certificate that the gateway sees is the balancer's where it ends TLS, else the servers'.
fn unverifiable(variables: &Variables<'_>, name: &str, ends_tls: bool) -> Diagnostic {
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
