//! Common parts of the functions that gwgen brings along.
//!
//! In: fields as written. Out: decisions, findings. Pure.

use std::sync::Arc;

use crate::blueprint::defaults;
use crate::diagnostic;
use crate::plan::variables::Variables;

/// All variables of a function, names and values. Unit: bytes. Source: docs/aws-rules.md#z5.
pub(crate) const MAX_ENVIRONMENT_BYTES: usize = 4_096;

/// Runtimes that the functions can have. Lambda makes no new function with 3.11 or an older one since
/// 2026-07-31. Source: docs/aws-rules.md#z4.
const RUNTIMES: [&str; 3] = ["python3.12", "python3.13", "python3.14"];

/// The runtime of such a function.
///
/// Errors: GW2002 one that Lambda does not give out, or no Python.
pub(crate) fn runtime(
    variables: &mut Variables<'_>,
    written: Option<&str>,
    section: &'static str,
) -> Arc<str> {
    let runtime = written.unwrap_or(defaults::FUNCTION_RUNTIME);
    if !RUNTIMES.contains(&runtime) {
        let message = format!(
            "the function is written in Python, and Lambda gives out {}, not `{runtime}`",
            RUNTIMES.join(", ")
        );
        let field = SectionField {
            section,
            name: "runtime",
        };
        report_value(variables, field, message);
    }
    runtime.into()
}

/// A field of a section of the blueprint.
#[derive(Clone, Copy)]
pub(crate) struct SectionField {
    pub(crate) section: &'static str,
    pub(crate) name: &'static str,
}

/// Reports the value of a field as wrong.
pub(crate) fn report_value(variables: &mut Variables<'_>, field: SectionField, message: String) {
    let SectionField { section, name } = field;
    let help = format!(
        "write another one, or remove the line; `gwgen show` prints the default of `{section}.{name}`"
    );
    variables.report(
        diagnostic::INVALID_VALUE
            .at(variables.place(&format!("/{section}/{name}")))
            .message(message)
            .help(help),
    );
}
