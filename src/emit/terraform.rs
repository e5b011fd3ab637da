//! Terraform in its native syntax, byte for byte as `terraform fmt` spells it, or as JSON.
//!
//! In: `Stack`. Out: files. Pure.
//! Kinds write into one sink, which spells both (`sink/terraform.rs`).

mod files;
mod package;
pub mod provider;

pub use files::files;
pub(crate) use files::{variable_type, written};
