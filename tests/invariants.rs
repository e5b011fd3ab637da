//! What holds for every example, every case and every real description, whatever it says.
//!
//! In: cases, and the corpus where it exists. Out: plain assertions; `tests/corpus.tsv` pins what becomes of each real description.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own files has to stop")]
#![allow(clippy::disallowed_methods, reason = "tests read their files from the disk")]

mod support;

#[path = "invariants/models.rs"]
mod models;
#[path = "invariants/one_endpoint.rs"]
mod one_endpoint;
#[path = "invariants/read_back.rs"]
mod read_back;
#[path = "invariants/same_bytes.rs"]
mod same_bytes;
#[path = "invariants/table.rs"]
mod table;
