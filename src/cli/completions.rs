//! `gwgen completions SHELL`: a completion script, generated from the definition of the parser.

use std::io;

use clap::{Args, CommandFactory};

use super::session::Session;
use super::{Cli, Exit};

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell to complete for
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(crate) fn run(arguments: &CompletionsArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "gwgen", &mut script);
    session.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
