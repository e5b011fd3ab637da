//! CloudFormation as JSON or YAML.
//!
//! In: `Stack`. Out: files. Pure.
//! Template and properties are written in order; nothing is collected first.

mod sink;
mod template;

pub use sink::Properties;
pub(super) use sink::yaml_key;
pub(super) use template::written;
pub use template::{files, limits, name};
