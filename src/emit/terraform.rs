//! Terraform as HCL, byte for byte as `terraform fmt` spells it.
//!
//! In: `Stack`. Out: files. Pure.
//! A run of attributes is buffered to align its `=`; nothing else is held back.

mod escape;
mod files;
mod package;
mod sink;

pub use escape::quoted;
pub use files::files;
pub(super) use files::written;
pub use sink::{Hcl, Terraform};
