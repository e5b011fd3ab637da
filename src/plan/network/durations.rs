//! Durations of target groups, which count in seconds.
//!
//! In: durations as written. Out: seconds, findings. Pure.

use crate::blueprint::{self, BackendSpec};
use crate::diagnostic;
use crate::plan::variables::Variables;

/// Longest time in which deregistered targets may finish their requests. Source:
/// docs/aws-rules.md#l28.
const MAX_DELAY_S: u32 = 3600;

/// Refuses a duration that is no whole number of seconds.
pub(crate) fn whole_seconds(
    variables: &mut Variables<'_>,
    duration: blueprint::Duration,
    at: &str,
) -> u32 {
    let milliseconds = duration.milliseconds();
    if !milliseconds.is_multiple_of(1_000) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(variables.place(at))
                .message(format_args!(
                    "{milliseconds} ms are no whole seconds, and target groups count in seconds"
                ))
                .help("write whole seconds, for example `30s`"),
        );
    }
    duration.seconds()
}

/// Time in which deregistered targets may finish their requests.
pub(crate) fn deregistration_delay(
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> u32 {
    let at = format!("{at}/deregistration_delay");
    let seconds = whole_seconds(variables, spec.deregistration_delay, &at);
    if seconds > MAX_DELAY_S {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(variables.place(&at))
                .message(format_args!(
                    "`deregistration_delay` is {seconds} s; AWS takes 0 to {MAX_DELAY_S}"
                ))
                .help("choose a time in that range"),
        );
    }
    seconds
}
