//! `gwgen explain CODE`: what a diagnostic means.
//!
//! In: a code or slug. Out: its explanation. Pure but for the writers.
//! The same text is the documentation page.

use std::io;

use clap::Args;

use super::Exit;
use super::session::Session;
use crate::diagnostic::{CODES, Code, nearest};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A code such as GW3001, its number, or its name such as no-backend
    #[arg(value_name = "CODE")]
    code: String,
}

pub(crate) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    if let Some(code) = named(&arguments.code) {
        session.print(&format!("{}\n", code.explanation.trim_end()))?;
        return Ok(Exit::Done);
    }
    let wanted = normal(&arguments.code);
    let hint = nearest(
        &wanted,
        CODES.iter().flat_map(|code| [code.code, code.slug]),
    );
    let hint = hint.map_or_else(
        || "the codes stand in every diagnostic, as in `error[GW3001]`".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    session.complain(&format!(
        "error: no diagnostic is called `{}`\n  = help: {hint}\n",
        arguments.code.escape_debug()
    ))?;
    Ok(Exit::WrongCommandLine)
}

fn named(name: &str) -> Option<&'static Code> {
    let name = normal(name);
    CODES
        .iter()
        .copied()
        .find(|code| code.code == name || code.slug == name)
}

/// `3001` and `gw3001` are `GW3001`; a slug stays what it is.
fn normal(name: &str) -> String {
    let name = name.trim();
    let digits = name
        .get(..2)
        .filter(|start| start.eq_ignore_ascii_case("gw"))
        .map_or(name, |_| &name[2..]);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("GW{digits}")
    } else {
        name.to_ascii_lowercase()
    }
}
