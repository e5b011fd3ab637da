//! `gwgen explain CODE`: the explanation of a diagnostic, which is also its documentation page.
//! `gwgen explain --aws TEXT`: the cause of an error of AWS, and the field that changes it.

use std::io;

use clap::Args;

use super::Exit;
use super::session::Session;
use crate::diagnostic::aws_errors::{self, AwsError};
use crate::diagnostic::{CODES, Code, nearest};

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// A code such as GW3001, its number, or its name such as no-backend
    #[arg(value_name = "CODE", required_unless_present = "aws")]
    code: Option<String>,
    /// An error text of AWS, from a log or a response; exit 1 where it is not known
    #[arg(long, value_name = "TEXT", conflicts_with = "code")]
    aws: Option<String>,
}

pub(crate) fn run(arguments: &ExplainArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    if let Some(text) = &arguments.aws {
        return explain_aws(text, session);
    }
    let name = arguments.code.as_deref().unwrap_or_default();
    if let Some(code) = named(name) {
        session.print(&format!("{}\n", code.explanation.trim_end()))?;
        return Ok(Exit::Done);
    }
    let names = CODES.iter().flat_map(|code| [code.code, code.slug]);
    let help = nearest(&normal(name), names).map_or_else(
        || "the codes stand in every diagnostic, as in `error[GW3001]`".to_owned(),
        |suggestion| format!("did you mean `{suggestion}`?"),
    );
    session.print_error(&format!(
        "error: no diagnostic is called `{}`\n  = help: {help}\n",
        name.escape_debug()
    ))?;
    Ok(Exit::WrongCommandLine)
}

fn explain_aws(text: &str, session: &mut Session<'_>) -> io::Result<Exit> {
    let found = aws_errors::search(text);
    if found.is_empty() {
        session.print_error(
            "error: no error of AWS that is known reads like this\n  = help: give the sentence of AWS alone, without what the tool says before it; docs/troubleshooting.md lists those that are known\n",
        )?;
        return Ok(Exit::Found);
    }
    let entries: Vec<String> = found.iter().map(entry).collect();
    session.print(&entries.join("\n"))?;
    Ok(Exit::Done)
}

fn entry(error: &AwsError) -> String {
    let status = error
        .status
        .map_or_else(String::new, |status| format!(" ({status})"));
    let codes = match &error.codes[..] {
        [] => String::new(),
        codes => format!("  codes:  {}\n", codes.join(", ")),
    };
    format!(
        "{}{status}\n  cause:  {}\n  mend:   {}\n{codes}  source: {}\n",
        error.text, error.cause, error.mend, error.source
    )
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
