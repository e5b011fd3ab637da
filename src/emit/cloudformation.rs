//! CloudFormation as JSON.
//!
//! In: `Stack`. Out: files. Pure.
//! Template and properties are written in order; nothing is collected first.

mod sink;
mod template;

pub use sink::Properties;
pub(super) use template::written;
pub use template::{TEMPLATE, files, limits};
