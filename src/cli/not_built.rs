//! Commands of the contract that are not built yet: they are refused by name, never ignored.

use std::ffi::OsString;
use std::io;

use clap::{Args, Subcommand};

use super::Exit;
use super::session::Session;
use crate::diagnostic::{self, Place};

#[derive(Debug, Subcommand)]
pub(crate) enum NotBuiltCommand {
    /// Plan the way from one topology to another (not built yet)
    #[command(hide = true)]
    Migrate(Anything),
    /// Write one HTML file for reviewers (not built yet)
    #[command(hide = true)]
    Report(Anything),
}

#[derive(Debug, Args)]
pub(crate) struct Anything {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    arguments: Vec<OsString>,
}

impl NotBuiltCommand {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Migrate(_) => "migrate",
            Self::Report(_) => "report",
        }
    }
}

/// Refuses a command or option that is not built. Errors: GW2004.
pub(crate) fn refuse(name: &str, session: &mut Session<'_>) -> io::Result<Exit> {
    let diagnostic = diagnostic::NOT_BUILT
        .at(Place::file(&diagnostic::COMMAND_LINE.into()))
        .message(format_args!(
            "`gwgen {name}` is not built yet; nothing was done"
        ))
        .help("`gwgen help` lists what this version can do");
    session.report_one(diagnostic)?;
    Ok(Exit::WrongCommandLine)
}
