//! What the functions that gwgen brings along have alike.
//!
//! In: fields as written. Out: decisions, findings. Pure.

use std::sync::Arc;

use super::variables::Variables;
use crate::blueprint::{Blueprint, defaults};
use crate::diagnostic;

/// All variables of a function, names and values. Unit: bytes. Source: AWS-RULES Z5.
pub(super) const MAX_ENVIRONMENT_BYTES: usize = 4_096;

/// The functions are written for Python 3.10 and later; older runtimes are no longer given out. Source: AWS-RULES Z4.
pub(super) fn runtime(blueprint: &Blueprint, variables: &mut Variables<'_>, written: Option<&str>, section: &str) -> Arc<str> {
    let runtime = written.unwrap_or(defaults::FUNCTION_RUNTIME);
    let minor = runtime.strip_prefix("python3.").filter(|it| it.len() == 2).and_then(|it| it.parse::<u8>().ok());
    if minor.is_none_or(|it| it < 10) {
        let message = format!("the function is written in Python, and `{runtime}` does not run it");
        wrong(blueprint, variables, (section, "runtime"), message);
    }
    runtime.into()
}

/// Reports a value of a section of the blueprint.
pub(super) fn wrong(blueprint: &Blueprint, variables: &mut Variables<'_>, (section, field): (&str, &str), message: String) {
    let help = format!("write another one, or remove the line; `gwgen show` prints the default of `{section}.{field}`");
    variables.report(diagnostic::INVALID_VALUE.at(blueprint.place(&format!("/{section}/{field}"))).message(message).help(help));
}
