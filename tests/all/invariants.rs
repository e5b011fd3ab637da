//! Invariants of every example, every case and every real description.
//!
//! In: cases, and the corpus where it exists. Out: plain assertions; `tests/corpus.tsv` pins what
//! becomes of each real description.

mod groups;
mod models;
mod one_endpoint;
mod order;
mod read_back;
mod same_bytes;
mod security_groups;
mod table;
