//! The text of the script.
//!
//! In: `Measured`, numbers. Out: POSIX sh. Pure.
//! What others wrote stands in single quotes alone, or in a comment as one printed line.

use std::fmt::Write as _;

use super::{BenchRequest, Measured};
use crate::printed;

/// Most seconds for each of the two, unless the script is told otherwise.
const MAX_SECONDS: u32 = 600;

/// The part that is the same for every API.
const BODY: &str = include_str!("../../templates/bench.sh");

pub(crate) fn text(measured: &Measured<'_>, request: &BenchRequest) -> String {
    let servers = &measured.servers;
    // `ab` refuses more at one time than in all.
    let concurrency = request.concurrency.min(request.requests);
    // A little more than the gateway waits, so that its own 504 is counted as one.
    let each = servers.timeout_ms.div_ceil(1_000).saturating_add(1);
    let rounds = request.requests.div_ceil(concurrency.max(1));
    let whole = rounds
        .saturating_mul(each)
        .saturating_add(5)
        .min(MAX_SECONDS);
    let mut text = format!(
        "#!/bin/sh\n# Written by `gwgen bench-script`.\n# Compares `GET {}` through the gateway and straight at its servers.\n# shellcheck disable=SC2016 # nothing is to expand in single quotes\n",
        printed::line(&measured.path)
    );
    let mut set = |name: &str, value: &str| {
        writeln!(text, "{name}={value}").expect("writing to a String cannot fail")
    };
    set("path", &quoted(&measured.path));
    set("server_path", &quoted(&measured.server_path));
    set("server", &quoted(&servers.url));
    set("requests", &request.requests.to_string());
    set("concurrency", &concurrency.to_string());
    set("each", &format!("{each} # seconds for one request"));
    set("whole", &format!("{whole} # seconds for all of one side"));
    set(
        "insecure",
        if servers.skips_verification {
            "--insecure"
        } else {
            "''"
        },
    );
    let headers: String = servers
        .headers
        .iter()
        .map(|header| format!(" -H {}", quoted(header)))
        .collect();
    text += &format!(
        "\n# What the gateway sends to the servers with each request.\nat_servers() {{\n  measure \"$1\" \"$2\"{headers}\n}}\n\nnotes() {{\n"
    );
    for note in notes(measured) {
        text += &format!("  printf 'note: %s\\n' {}\n", quoted(&note));
    }
    text + "  :\n}\n\n" + BODY
}

/// What a reader has to know of the numbers.
fn notes(measured: &Measured<'_>) -> Vec<String> {
    let mut notes = measured.servers.notes.clone();
    let Some(operation) = measured.operation else {
        return notes;
    };
    if operation.cache.is_some() {
        notes
            .push("the gateway caches this response, so few requests reach the servers".to_owned());
    }
    if let Some(throttle) = operation.throttle {
        notes.push(format!(
            "the gateway lets {} requests a second through, {} at once, and answers 429 to more",
            throttle.rate, throttle.burst
        ));
    }
    notes
}

/// Returns a text as one word of a shell, which expands nothing in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
