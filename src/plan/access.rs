//! Access to operations: security schemes, authorizers, keys, and the promises about them.
//! In: descriptions and blueprint. Out: parts of the plan, diagnostics.

pub(crate) mod authorizers;
pub(crate) mod expect;
pub(crate) mod keys;
pub(crate) mod schemes;
pub(crate) mod security;
