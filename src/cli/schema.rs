//! `gwgen schema`: the JSON Schema of the blueprint.
//!
//! In: nothing. Out: JSON. Pure but for the writer.
//! Made from the types that read the blueprint.

use std::io;

use super::Exit;
use super::session::Session;

pub(super) fn run(session: &mut Session<'_>) -> io::Result<Exit> {
    session.print_json(&crate::blueprint::schema())?;
    Ok(Exit::Done)
}
