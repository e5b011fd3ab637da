//! `gwgen explain CODE`: the explanation of a diagnostic, which is also its documentation page.

use std::io;

use clap::Args;

use super::Exit;
use super::session::Session;
use crate::diagnostic::{CODES, Code, nearest};

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// A code such as GW3001, its number, or its name such as no-backend
    #[arg(value_name = "CODE")]
    code: String,
}

pub(crate) fn run(arguments: &ExplainArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    if let Some(code) = named(&arguments.code) {
        session.print(&format!("{}\n", code.explanation.trim_end()))?;
        return Ok(Exit::Done);
    }
    let names = CODES.iter().flat_map(|code| [code.code, code.slug]);
    let help = nearest(&normal(&arguments.code), names).map_or_else(
        || "the codes stand in every diagnostic, as in `error[GW3001]`".to_owned(),
        |suggestion| format!("did you mean `{suggestion}`?"),
    );
    session.print_error(&format!(
        "error: no diagnostic is called `{}`\n  = help: {help}\n",
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

/// `3001` and `gw3001` as `GW3001`; a slug in lower case.
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
