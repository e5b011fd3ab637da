//! `gwgen init`: writes the first blueprint of a description.
//!
//! In: the working directory. Out: `gwgen.yaml`, and what to decide in it.
//! Exits 1 where one is there, and writes nothing where no blueprint would render.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::session::Session;
use crate::blueprint::{Built, Topology, built};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::init::{Draft, NAME, Scheme, Wanted, draft};
use crate::io::{descriptions, is_there, make, rim};
use crate::source::Sources;

/// Most schemes that are named.
const MAX_SCHEMES: usize = 8;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The way of a request
    #[arg(long, value_name = "NAME", default_value = Topology::NlbTargets.name(), value_parser = clap::builder::PossibleValuesParser::new(Topology::ALL.map(Topology::name)))]
    topology: String,
    /// The OpenAPI description; without, the one that is found here
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    if !session.options.blueprints.is_empty() || session.options.env.is_some() {
        session
            .complain(&format!("error: `init` writes `{NAME}` in the working directory; it takes neither `--blueprint` nor `--env`\n"))?;
        return Ok(Exit::WrongCommandLine);
    }
    let topology = Topology::ALL.into_iter().find(|it| it.name() == arguments.topology).unwrap_or(Topology::NlbTargets);
    if !is_built(topology) {
        let finding = not_built(topology);
        session.report(vec![(Sources::default(), vec![finding])])?;
        return Ok(Exit::WrongCommandLine);
    }
    let (disk, folder) = rim(&session.folder)?;
    let found = if is_there(&session.folder.join(NAME))? { Err(exists()) } else { chosen(arguments, session) };
    let spec = match found {
        Ok(spec) => spec,
        Err(finding) => return session.report(vec![(Sources::default(), vec![finding])]),
    };
    let draft = draft(&disk, &Wanted { folder, spec: spec.clone(), topology });
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
        return Ok(spec.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
    }
    let here = || Place::file(&NAME.into());
    let found = descriptions(&session.folder).map_err(|error| {
        let finding = diagnostic::UNREADABLE_FILE.at(Place::file(&".".into()));
        finding.message(format_args!("the working directory cannot be read: {error}")).help("name the description with `--spec FILE`")
    })?;
    match found.as_slice() {
        [] => Err(diagnostic::NO_DESCRIPTION
            .at(here())
            .message("there is no OpenAPI description here, nor in `api`, `docs`, `openapi` or `spec`")
            .help("name it with `--spec FILE`")),
        [only] => Ok(only.clone()),
        several => Err(diagnostic::SEVERAL_DESCRIPTIONS
            .at(here())
            .message(format_args!("there are several OpenAPI descriptions: `{}`", several.join("`, `")))
            .help(format_args!("name one, as in `gwgen init --spec {}`", several[0]))),
    }
}

/// Writes the file where there is one to write, and says what is to be decided in it.
///
/// Errors: GW0011 one is there, GW0004 it cannot be written.
fn finish(draft: Draft, spec: &str, session: &mut Session<'_>) -> io::Result<Exit> {
    let (mut diagnostics, sources) = (draft.compiled.diagnostics, draft.compiled.sources);
    let summary = Summary { operations: draft.operations, hidden: draft.hidden, undecided: draft.undecided };
    if let Some(text) = draft.text {
        // What is left to decide is said below, and everything again at every render.
        diagnostics.clear();
        match make(&session.folder.join(NAME), text.as_bytes()) {
            Ok(true) => session.say(&told(spec, &summary))?,
            Ok(false) => diagnostics.push(exists()),
            Err(error) => diagnostics.push(
                diagnostic::UNWRITABLE_FILE
                    .at(Place::file(&NAME.into()))
                    .message(format_args!("`{NAME}` cannot be written: {error}"))
                    .help("check the permissions of the working directory, and its disk"),
            ),
        }
    }
    session.report(vec![(sources, diagnostics)])
}

/// What was written, in the words of a reader.
struct Summary {
    operations: usize,
    hidden: usize,
    undecided: Vec<Scheme>,
}

fn told(spec: &str, summary: &Summary) -> String {
    let counted = |count: usize| format!("{count} operation{}", if count == 1 { "" } else { "s" });
    let mut text = format!("took {spec}: {}\n", counted(summary.operations));
    if summary.hidden > 0 {
        text += &format!("{} hidden: the comments in {NAME} say why\n", counted(summary.hidden));
    }
    for scheme in summary.undecided.iter().take(MAX_SCHEMES) {
        text += &format!("to decide: who checks {}, which protects {}\n", scheme.name, counted(scheme.operations));
    }
    let more = summary.undecided.len().saturating_sub(MAX_SCHEMES);
    if more > 0 {
        text += &format!("to decide: {more} more\n");
    }
    text += match summary.undecided.as_slice() {
        [] => "wrote gwgen.yaml; read it, then run `gwgen render`\n",
        _ => "wrote gwgen.yaml; uncomment a line of `auth` for each of them, then run `gwgen render`, which names what is left\n",
    };
    text
}

fn exists() -> Diagnostic {
    diagnostic::BLUEPRINT_EXISTS
        .at(Place::file(&NAME.into()))
        .message(format_args!("there is a `{NAME}` already; nothing was written"))
        .help("go on with it, or rename it first")
}

fn not_built(topology: Topology) -> Diagnostic {
    diagnostic::NOT_BUILT
        .at(Place::file(&diagnostic::COMMAND_LINE.into()))
        .message(format_args!("topology `{}` is not built in this release; nothing was written", topology.name()))
        .help("`gwgen init` takes a topology that is; `gwgen explain GW2004` says what there is")
}
