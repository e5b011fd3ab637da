//! gwgen is a compiler: an OpenAPI description and a blueprint in, Terraform or CloudFormation out.

pub mod cli;
pub mod diagnostic;
pub mod emit;
mod io;
mod report;
pub mod source;

use std::sync::Arc;

use diagnostic::Diagnostic;
use emit::FileTree;
use source::{Files, RelativePath, Sources};

/// What is to be compiled.
#[derive(Clone, Debug)]
pub struct Request {
    /// The blueprint, relative to the root.
    pub blueprint: RelativePath,
    /// The blueprint's path as the user gave it.
    pub display: Arc<str>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The output folder, relative to the root.
    pub output: Option<RelativePath>,
    /// The files to write; there only without an error.
    pub tree: Option<FileTree>,
    pub diagnostics: Vec<Diagnostic>,
    /// What was read, to find lines in.
    pub sources: Sources,
}

/// The whole pipeline, without side effects.
pub fn compile(_files: &dyn Files, _request: &Request) -> Compiled {
    Compiled::default()
}
