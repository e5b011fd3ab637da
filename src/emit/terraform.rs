//! Terraform in its native syntax, byte for byte as `terraform fmt` spells it, or as JSON.
//!
//! In: `Stack`. Out: files. Pure.
//! Kinds write into one sink, which spells both.

mod escape;
mod files;
mod package;
pub mod provider;
mod sink;

pub use escape::{key, quoted};
pub use files::files;
pub(crate) use files::{variable_type, written};
pub(crate) use sink::position;
pub use sink::{Hcl, Syntax, Terraform};
