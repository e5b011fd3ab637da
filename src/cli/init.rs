//! `gwgen init`: writes the first blueprint of a description.
//!
//! Exits 1 where there is one already, and where errors are left that the user has to mend first.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::session::Session;
use crate::blueprint::Topology;
use crate::diagnostic::{self, Code, Diagnostic, OperationName, Place};
use crate::init::{BlueprintDraft, InitRequest, NAME, Scheme, draft};
use crate::io::{Disk, create, descriptions, exists};
use crate::printed;

/// Most schemes, and most hidden operations, that are named.
const MAX_NAMED: usize = 8;

/// Most errors that are reported, and most of one code.
const MAX_ERRORS: usize = 8;
const MAX_OF_A_CODE: usize = 3;

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The way of a request
    #[arg(long, value_name = "NAME", default_value = Topology::NlbTargets.name(), value_parser = clap::builder::PossibleValuesParser::new(Topology::ALL.map(Topology::name)))]
    topology: String,
    /// The OpenAPI description; without, the one that is found here
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
}

pub(crate) fn run(arguments: &InitArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    if !session.options.blueprints.is_empty() || session.options.env.is_some() {
        session
            .print_error(&format!("error: `init` writes `{NAME}` in the working directory; it takes neither `--blueprint` nor `--env`\n"))?;
        return Ok(Exit::WrongCommandLine);
    }
    let topology = Topology::ALL
        .into_iter()
        .find(|topology| topology.name() == arguments.topology)
        .unwrap_or(Topology::NlbTargets);
    let (disk, folder) = Disk::around(&session.folder)?;
    let description = if exists(&session.folder.join(NAME))? {
        Err(blueprint_exists())
    } else {
        description(arguments, session)
    };
    let spec = match description {
        Ok(spec) => spec,
        Err(diagnostic) => return session.report_one(diagnostic),
    };
    let request = InitRequest {
        folder,
        spec,
        topology,
    };
    write_draft(draft(&disk, &request), &request.spec, session)
}

/// The path of the description that the blueprint is for. Errors: GW0001 the folder cannot be read,
/// GW0012 none, GW0013 several.
fn description(arguments: &InitArguments, session: &Session<'_>) -> Result<String, Diagnostic> {
    if let Some(spec) = &arguments.spec {
        return Ok(spec
            .to_string_lossy()
            .replace(std::path::MAIN_SEPARATOR, "/"));
    }
    let here = || Place::file(&NAME.into());
    let found = descriptions(&session.folder).map_err(|error| {
        diagnostic::UNREADABLE_FILE
            .at(Place::file(&".".into()))
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

/// Writes the draft, if there is one, and prints the decisions that are left in it. Errors: GW0011
/// there is a file, GW0004 it cannot be written, and the first errors of the blueprint.
fn write_draft(draft: BlueprintDraft, spec: &str, session: &mut Session<'_>) -> io::Result<Exit> {
    let sources = draft.compiled.sources;
    let Some(text) = draft.text else {
        return session.report(vec![(sources, draft.compiled.diagnostics)]);
    };
    let error_count = draft.errors.len();
    let mut diagnostics = first(draft.errors);
    match create(&session.folder.join(NAME), text.as_bytes()) {
        Ok(true) => {
            let operations = draft.compiled.plan.iter().flat_map(|plan| &plan.operations);
            let not_public = operations
                .filter(|operation| !operation.is_public())
                .count();
            let summary = Summary {
                operations: draft.operations,
                others: not_public.saturating_sub(draft.hidden.len()),
                hidden: draft.hidden,
                undecided: draft.undecided,
                errors: error_count,
                shown: diagnostics.len(),
            };
            session.summarize(&summary.text(spec))?;
        }
        Ok(false) => diagnostics = vec![blueprint_exists()],
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

/// The first errors, a few of each code, as thousands of operations may have the same fault; without
/// those that follow from others.
fn first(mut errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_cause = |error: &Diagnostic| *error.code != diagnostic::NOTHING_PUBLIC;
    if errors.iter().any(is_cause) {
        errors.retain(is_cause);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    errors.retain(|error| {
        let count = counts.entry(error.code.code).or_default();
        *count += 1;
        *count <= MAX_OF_A_CODE
    });
    errors.truncate(MAX_ERRORS);
    errors
}

/// A summary of the new blueprint.
struct Summary {
    operations: usize,
    hidden: Vec<(OperationName, &'static Code)>,
    /// Operations that the description itself hides.
    others: usize,
    undecided: Vec<Scheme>,
    errors: usize,
    /// Errors that are reported with the summary.
    shown: usize,
}

impl Summary {
    fn text(&self, spec: &str) -> String {
        let counted =
            |count: usize| format!("{count} operation{}", if count == 1 { "" } else { "s" });
        let mut text = format!("took {spec}: {}\n", counted(self.operations));
        if !self.hidden.is_empty() {
            text += &format!(
                "{} hidden: the comments in {NAME} say why\n",
                counted(self.hidden.len())
            );
        }
        for (operation, code) in self.hidden.iter().take(MAX_NAMED) {
            text += &format!(
                "  {} {}: {} {}\n",
                operation.method,
                printed::line(&operation.path),
                code.code,
                code.slug
            );
        }
        let more = self.hidden.len().saturating_sub(MAX_NAMED);
        if more > 0 {
            text += &format!("  {more} more\n");
        }
        if self.others > 0 {
            text += &format!(
                "{} not public, as the description says with `x-gwgen-exposure`\n",
                counted(self.others)
            );
        }
        for scheme in self.undecided.iter().take(MAX_NAMED) {
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
        let more = self.undecided.len().saturating_sub(MAX_NAMED);
        if more > 0 {
            text += &format!("to decide: {more} more\n");
        }
        let more = self.errors.saturating_sub(self.shown);
        text += &match (self.errors, self.undecided.as_slice()) {
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
}

fn blueprint_exists() -> Diagnostic {
    diagnostic::BLUEPRINT_EXISTS
        .at(Place::file(&NAME.into()))
        .message(format_args!(
            "there is a `{NAME}` already; nothing was written"
        ))
        .help("go on with it, or rename it first")
}
