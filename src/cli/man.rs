//! `gwgen man`: a page of the manual, generated from the definition of the parser.

use std::io;

use clap::{Args, CommandFactory};

use super::session::Session;
use super::{Cli, Exit};

#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// The command that the page is about; without, gwgen itself
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(crate) fn run(arguments: &ManArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let mut cli = Cli::command().disable_help_subcommand(true);
    // Gives the commands the options of all of them, and their whole names.
    cli.build();
    let named = arguments.command.as_deref();
    let mut listed = cli
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let page = match named {
        None => Some(&cli),
        Some(name) => listed.find(|command| command.get_name() == name),
    };
    let Some(page) = page else {
        let name = named.unwrap_or_default().escape_debug();
        session.print_error(&format!("error: there is no command `{name}`\n"))?;
        return Ok(Exit::WrongCommandLine);
    };
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(page.clone());
    let page = page.source(concat!("gwgen ", env!("GWGEN_VERSION")));
    page.render(&mut text)?;
    session.print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
