//! CloudFormation as JSON or YAML.
//!
//! In: `Stack`. Out: files. Pure.
//! Template and properties are written in order; nothing is collected first.

mod sink;
mod template;

pub use sink::Properties;
pub(crate) use sink::yaml_key;
pub use template::{files, limits, name};
pub(crate) use template::{parameter_type, written};
