//! `gwgen schema`: the JSON Schema of the blueprint.
//!
//! In: nothing. Out: JSON. Pure but for the writer.
//! Made from the types that read the blueprint.

use std::io;

use super::session::Session;
use super::{Exit, not_built};

pub(super) fn run(session: &mut Session<'_>) -> io::Result<Exit> {
    let Some(text) = schema() else { return not_built::refuse("schema", session) };
    writeln!(session.out, "{}", text.trim_end())?;
    Ok(Exit::Done)
}

/// The schema as JSON text; `None` where this version has none.
fn schema() -> Option<String> {
    None // wired in lib
}
