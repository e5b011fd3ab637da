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
    let mut listed = listed(&Cli::command()).version(env!("GWGEN_VERSION"));
    clap_complete::generate(arguments.shell, &mut listed, "gwgen", &mut script);
    session.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// The command without what is hidden, which a shell would offer all the same.
fn listed(command: &clap::Command) -> clap::Command {
    // The process ends with the script.
    let name: &'static str = command.get_name().to_owned().leak();
    let arguments = command.get_arguments();
    let commands = command.get_subcommands();
    clap::Command::new(name)
        .about(command.get_about().cloned().unwrap_or_default())
        .args(
            arguments
                .filter(|argument| !argument.is_hide_set())
                .cloned(),
        )
        .subcommands(
            commands
                .filter(|command| !command.is_hide_set())
                .map(listed),
        )
}
