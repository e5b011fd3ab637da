//! `gwgen schema`: the JSON Schema of the blueprint, or of what a command prints.
//!
//! In: nothing. Out: JSON. Pure but for the writer.
//! Made from the types that read the blueprint, and that are printed.

use std::io;

use clap::{Args, ValueEnum};

use super::session::Session;
use super::{Exit, not_built, routes};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What the schema is of
    #[arg(value_name = "WHAT", value_enum, default_value_t)]
    of: Of,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Of {
    /// A blueprint: complete in one file, a base, or a file that extends another
    #[default]
    Blueprint,
    /// The JSON of `gwgen diff` (not built yet)
    Diff,
    /// The JSON of `gwgen routes`
    Routes,
}

pub(crate) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    match arguments.of {
        Of::Blueprint => session.print_json(&crate::blueprint::schema())?,
        Of::Diff => return not_built::refuse("schema diff", session),
        Of::Routes => session.print_json(&routes::schema())?,
    }
    Ok(Exit::Done)
}
