//! What the functions that gwgen brings along have alike.
//!
//! In: fields as written. Out: decisions, findings. Pure.

use std::sync::Arc;

use crate::blueprint::{Blueprint, defaults};
use crate::diagnostic;
use crate::plan::variables::Variables;

/// All variables of a function, names and values. Unit: bytes. Source: docs/aws-rules.md#z5.
pub(crate) const MAX_ENVIRONMENT_BYTES: usize = 4_096;

/// What Lambda runs the functions with. It makes no new function with 3.11 or an older one since
/// 2026-07-31. Source: docs/aws-rules.md#z4.
const RUNTIMES: [&str; 3] = ["python3.12", "python3.13", "python3.14"];

/// The runtime of a function of ours.
///
/// Errors: GW2002 one that Lambda does not give out, or no Python.
pub(crate) fn runtime(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    written: Option<&str>,
    section: &str,
) -> Arc<str> {
    let runtime = written.unwrap_or(defaults::FUNCTION_RUNTIME);
    if !RUNTIMES.contains(&runtime) {
        let message = format!(
            "the function is written in Python, and Lambda gives out {}, not `{runtime}`",
            RUNTIMES.join(", ")
        );
        wrong(blueprint, variables, (section, "runtime"), message);
    }
    runtime.into()
}

/// Reports a value of a section of the blueprint.
pub(crate) fn wrong(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    (section, field): (&str, &str),
    message: String,
) {
    let help = format!(
        "write another one, or remove the line; `gwgen show` prints the default of `{section}.{field}`"
    );
    variables.report(
        diagnostic::INVALID_VALUE
            .at(blueprint.place(&format!("/{section}/{field}")))
            .message(message)
            .help(help),
    );
}
