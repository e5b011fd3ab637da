//! CloudFormation as JSON or YAML.
//!
//! In: `Stack`. Out: files. Pure.
//! Template and properties are written in order; nothing is collected first.

mod template;

pub use template::{files, name};
pub(crate) use template::{parameter_type, written};
