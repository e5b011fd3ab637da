//! Common parts of the functions that gwgen brings along.
//!
//! In: fields as written. Out: decisions, findings. Pure.

use std::sync::Arc;

use crate::diagnostic;
use crate::plan::variables::Variables;

/// All variables of a function, names and values. Unit: bytes. Source: docs/aws-rules.md#z5.
pub(crate) const MAX_ENVIRONMENT_BYTES: usize = 4_096;

/// Runtimes that the functions can have. Lambda makes no new function with 3.11 or an older one since
/// 2026-07-31. Source: docs/aws-rules.md#z4.
const RUNTIMES: [&str; 3] = ["python3.12", "python3.13", "python3.14"];

/// Decides the runtime of such a function; `at` is the pointer of the field.
///
/// Errors: GW2002 one that Lambda does not give out, or no Python.
pub(crate) fn runtime(variables: &mut Variables<'_>, runtime: &str, at: &str) -> Arc<str> {
    if !RUNTIMES.contains(&runtime) {
        let message = format!(
            "the function is written in Python, and Lambda gives out {}, not `{runtime}`",
            RUNTIMES.join(", ")
        );
        report_value(variables, at, &message);
    }
    runtime.into()
}

/// Reports the value of a section's field as wrong; `at` is the pointer of the field.
pub(crate) fn report_value(variables: &mut Variables<'_>, at: &str, message: &str) {
    let field = at.trim_start_matches('/').replace('/', ".");
    variables.report(
        diagnostic::INVALID_VALUE
            .at(variables.place(at))
            .message(message)
            .help(format_args!(
                "write another one, or remove the line; `gwgen show` prints the default of `{field}`"
            )),
    );
}
