//! Corrupted stacks are caught, and no request for a hidden operation reaches a backend.
//!
//! In: the examples, and random small APIs. The router of the second part is written from AWS's
//! rules alone.

mod changes;
mod corruption;
mod fields;
mod forwarder;
mod routing;
mod sync;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{FilesInMemory, RelativePath};
use crate::{Compiled, Request, compile};

/// Compiles `gwgen.yaml` among the files.
fn compiled(files: BTreeMap<String, Vec<u8>>) -> Compiled {
    let blueprint = RelativePath::join("", "gwgen.yaml").expect("a plain name");
    compile(
        &FilesInMemory(files),
        &Request {
            blueprint,
            display: Arc::from("gwgen.yaml"),
        },
    )
}
