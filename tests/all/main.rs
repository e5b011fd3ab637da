//! All tests that use the crate and the program from outside: one binary, since each one links all
//! of the crate and its dependencies.
//!
//! `cargo test --test all golden::` runs one module, `cargo test --test all` all of them. Unit
//! tests stand beside the code.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests read their cases from the disk, and lay out folders of their own"
)]

mod bench_script;
mod blueprint;
mod cli;
mod closed;
mod closed_plans;
mod cost;
mod diagnostics;
mod diagnostics_cli;
mod diff;
mod docs;
mod golden;
mod hostile;

mod init;
mod invariants;
mod lint;
mod measure;
mod memory;
mod monorepo;
mod mutation;
mod newcomer;
mod own_options;
mod pairs;
mod parameters;
mod policy;
mod predict;
mod printed;
mod provider;
mod reach;
mod release;
mod renamed;
mod routes;
mod rules;
mod sarif;
mod styles;
mod support;
mod terraform_json;
mod tflint;
mod trace;
mod usage;
mod writer;
