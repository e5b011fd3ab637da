//! Lambda functions: those that the user names, and those that gwgen brings along.
//!
//! In: blueprint. Out: parts of the plan, diagnostics. Pure.

pub(crate) mod forwarder;
pub(crate) mod python;
pub(crate) mod sync;
