//! `gwgen init`: writes the first blueprint of a description.
//!
//! In: the working directory. Out: `gwgen.yaml`, and what to decide in it.
//! Exits 1 where one is there, and where errors are left that the user has to mend first.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::session::Session;
use crate::blueprint::{Built, Topology, built};
use crate::diagnostic::{self, Code, Diagnostic, OperationName, Place};
use crate::init::{Draft, NAME, Scheme, Wanted, draft};
use crate::io::{descriptions, is_there, make, rim};
use crate::printed;
use crate::source::Sources;

/// Most schemes, and most hidden operations, that are named.
const MAX_NAMED: usize = 8;

/// Most errors that are reported, and most of one code.
const MAX_ERRORS: usize = 8;
const MAX_OF_A_CODE: usize = 3;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The way of a request
    #[arg(long, value_name = "NAME", default_value = Topology::NlbTargets.name(), value_parser = clap::builder::PossibleValuesParser::new(Topology::ALL.map(Topology::name)))]
    topology: String,
    /// The OpenAPI description; without, the one that is found here
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    if !session.options.blueprints.is_empty() || session.options.env.is_some() {
        session
            .complain(&format!("error: `init` writes `{NAME}` in the working directory; it takes neither `--blueprint` nor `--env`\n"))?;
        return Ok(Exit::WrongCommandLine);
    }
    let topology = Topology::ALL
        .into_iter()
        .find(|it| it.name() == arguments.topology)
        .unwrap_or(Topology::NlbTargets);
    if !is_built(topology) {
        let finding = not_built(topology);
        session.report(vec![(Sources::default(), vec![finding])])?;
        return Ok(Exit::WrongCommandLine);
    }
    let (disk, folder) = rim(&session.folder)?;
    let found = if is_there(&session.folder.join(NAME))? {
        Err(exists())
    } else {
        chosen(arguments, session)
    };
    let spec = match found {
        Ok(spec) => spec,
        Err(finding) => return session.report(vec![(Sources::default(), vec![finding])]),
    };
    let draft = draft(
        &disk,
        &Wanted {
            folder,
            spec: spec.clone(),
            topology,
        },
    );
    finish(draft, &spec, session)
}

/// Whether this release builds a topology, as the table of what is built says.
fn is_built(topology: Topology) -> bool {
    match built("/topology") {
        Built::Whole => true,
        Built::Values(values) => values.contains(&topology.name()),
        Built::Partly | Built::Not => false,
    }
}

/// The description that is meant.
///
/// Errors: GW0001 the folder cannot be read, GW0012 none, GW0013 several.
fn chosen(arguments: &Arguments, session: &Session<'_>) -> Result<String, Diagnostic> {
    if let Some(spec) = &arguments.spec {
        return Ok(spec
            .to_string_lossy()
            .replace(std::path::MAIN_SEPARATOR, "/"));
    }
    let here = || Place::file(&NAME.into());
    let found = descriptions(&session.folder).map_err(|error| {
        let finding = diagnostic::UNREADABLE_FILE.at(Place::file(&".".into()));
        finding
            .message(format_args!(
                "the working directory cannot be read: {error}"
            ))
            .help("name the description with `--spec FILE`")
    })?;
    match found.as_slice() {
        [] => Err(diagnostic::NO_DESCRIPTION
            .at(here())
            .message(
                "there is no OpenAPI description here, nor in `api`, `docs`, `openapi` or `spec`",
            )
            .help("name it with `--spec FILE`")),
        [only] => Ok(only.clone()),
        several => Err(diagnostic::SEVERAL_DESCRIPTIONS
            .at(here())
            .message(format_args!(
                "there are several OpenAPI descriptions: `{}`",
                several.join("`, `")
            ))
            .help(format_args!(
                "name one, as in `gwgen init --spec {}`",
                several[0]
            ))),
    }
}

/// Writes the file where there is one to write, and says what is to be decided in it.
///
/// Errors: GW0011 one is there, GW0004 it cannot be written, and the first that keep the blueprint
/// from rendering.
fn finish(draft: Draft, spec: &str, session: &mut Session<'_>) -> io::Result<Exit> {
    let Draft {
        text,
        operations,
        hidden,
        undecided,
        errors,
        compiled,
    } = draft;
    let sources = compiled.sources;
    let Some(text) = text else {
        return session.report(vec![(sources, compiled.diagnostics)]);
    };
    // What is left to decide is said below, and everything again at every render.
    let (mut diagnostics, count) = (first(errors.clone()), errors.len());
    match make(&session.folder.join(NAME), text.as_bytes()) {
        Ok(true) => {
            let others = compiled.plan.map_or(0, |plan| {
                plan.operations
                    .iter()
                    .filter(|it| !it.is_public())
                    .count()
                    .saturating_sub(hidden.len())
            });
            session.say(&told(
                spec,
                &Summary {
                    operations,
                    hidden,
                    others,
                    undecided,
                    errors: count,
                    shown: diagnostics.len(),
                },
            ))?;
        }
        Ok(false) => diagnostics = vec![exists()],
        Err(error) => {
            diagnostics = vec![
                diagnostic::UNWRITABLE_FILE
                    .at(Place::file(&NAME.into()))
                    .message(format_args!("`{NAME}` cannot be written: {error}"))
                    .help("check the permissions of the working directory, and its disk"),
            ]
        }
    }
    session.report(vec![(sources, diagnostics)])
}

/// The first errors, a few of each code: thousands of operations may have the same fault. What
/// follows from others is no cause.
fn first(mut errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if errors
        .iter()
        .any(|it| *it.code != diagnostic::NOTHING_PUBLIC)
    {
        errors.retain(|it| *it.code != diagnostic::NOTHING_PUBLIC);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    errors.retain(|it| {
        let count = counts.entry(it.code.code).or_default();
        *count += 1;
        *count <= MAX_OF_A_CODE
    });
    errors.truncate(MAX_ERRORS);
    errors
}

/// What was written, in the words of a reader.
struct Summary {
    operations: usize,
    hidden: Vec<(OperationName, &'static Code)>,
    /// Operations that the description itself keeps from the gateway.
    others: usize,
    undecided: Vec<Scheme>,
    errors: usize,
    /// Errors that are reported here.
    shown: usize,
}

fn told(spec: &str, summary: &Summary) -> String {
    let counted = |count: usize| format!("{count} operation{}", if count == 1 { "" } else { "s" });
    let mut text = format!("took {spec}: {}\n", counted(summary.operations));
    if !summary.hidden.is_empty() {
        text += &format!(
            "{} hidden: the comments in {NAME} say why\n",
            counted(summary.hidden.len())
        );
    }
    for (operation, code) in summary.hidden.iter().take(MAX_NAMED) {
        text += &format!(
            "  {} {}: {} {}\n",
            operation.method,
            printed::line(&operation.path),
            code.code,
            code.slug
        );
    }
    let more = summary.hidden.len().saturating_sub(MAX_NAMED);
    if more > 0 {
        text += &format!("  {more} more\n");
    }
    if summary.others > 0 {
        text += &format!(
            "{} not public, as the description says with `x-gwgen-exposure`\n",
            counted(summary.others)
        );
    }
    for scheme in summary.undecided.iter().take(MAX_NAMED) {
        let declared = if scheme.is_declared {
            ""
        } else {
            " and which the description does not declare"
        };
        text += &format!(
            "to decide: who checks {}, which protects {}{declared}\n",
            scheme.name,
            counted(scheme.operations)
        );
    }
    let more = summary.undecided.len().saturating_sub(MAX_NAMED);
    if more > 0 {
        text += &format!("to decide: {more} more\n");
    }
    let more = summary.errors.saturating_sub(summary.shown);
    text += &match (summary.errors, summary.undecided.as_slice()) {
        (0, []) => "wrote gwgen.yaml; read it, then run `gwgen render`\n".to_owned(),
        (0, _) => {
            "wrote gwgen.yaml; uncomment a line of `auth` for each of them, then run `gwgen render`, which names what is left\n".to_owned()
        }
        (_, _) if more > 0 => {
            format!("wrote gwgen.yaml, which does not render yet: mend what stands below; `gwgen render` names {more} more\n")
        }
        (_, _) => "wrote gwgen.yaml, which does not render yet: mend what stands below, then run `gwgen render`\n".to_owned(),
    };
    text
}

fn exists() -> Diagnostic {
    diagnostic::BLUEPRINT_EXISTS
        .at(Place::file(&NAME.into()))
        .message(format_args!(
            "there is a `{NAME}` already; nothing was written"
        ))
        .help("go on with it, or rename it first")
}

fn not_built(topology: Topology) -> Diagnostic {
    diagnostic::NOT_BUILT
        .at(Place::file(&diagnostic::COMMAND_LINE.into()))
        .message(format_args!(
            "topology `{}` is not built in this release; nothing was written",
            topology.name()
        ))
        .help("`gwgen init` takes a topology that is; `gwgen explain GW2004` says what there is")
}
