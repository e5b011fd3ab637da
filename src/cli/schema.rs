//! `gwgen schema`: the JSON Schema of the blueprint, or of a command's output.

use std::io;

use clap::{Args, ValueEnum};

use super::session::Session;
use super::{Exit, cost, diff, routes};

#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// The subject of the schema
    #[arg(value_name = "WHAT", value_enum, default_value_t)]
    of: SchemaSubject,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum SchemaSubject {
    /// A blueprint: complete in one file, a base, or a file that extends another
    #[default]
    Blueprint,
    /// The JSON of `gwgen cost`
    Cost,
    /// The JSON of `gwgen diff`
    Diff,
    /// The JSON of `gwgen routes`
    Routes,
}

pub(crate) fn run(arguments: &SchemaArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    match arguments.of {
        SchemaSubject::Blueprint => session.print_json(&crate::blueprint::schema())?,
        SchemaSubject::Cost => session.print_json(&cost::schema())?,
        SchemaSubject::Diff => session.print_json(&diff::schema())?,
        SchemaSubject::Routes => session.print_json(&routes::schema())?,
    }
    Ok(Exit::Done)
}
