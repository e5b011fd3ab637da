//! The surroundings of a command: options, writers, blueprints.
//!
//! Blueprints are compiled side by side, as many as there are processors; a pipeline has one thread.

use std::io::{self, Write};
use std::path::PathBuf;

use unicode_width::UnicodeWidthStr as _;

use super::parallel::in_threads;
use super::{Exit, Options, stacks};
use crate::diagnostic::{self, Code, Diagnostic, Place};
use crate::diff;
use crate::emit::FileTree;
use crate::io::{BlueprintSelection, Disk, Job, OutputFolder, find, today};
use crate::printed::{self, TextFormat};
use crate::report::{self, MessageFormat, SourceReport, Style};
use crate::source::{Located, Sources};
use crate::{Circumstances, Compiled, StackDeclaration, compile_in};

/// Blueprints that the command line names by position, such as those of a shell's pattern.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct BlueprintArguments {
    /// Blueprints and folders, as with --blueprint
    #[arg(value_name = "BLUEPRINT", conflicts_with = "env")]
    positional: Vec<PathBuf>,
}

pub(crate) struct Session<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    pub folder: PathBuf,
    pub options: Options,
    pub style: Style,
    /// Standard output shows colours.
    pub colour: bool,
}

/// An output folder, and what to write into it.
pub(crate) struct OutputFiles {
    pub folder: OutputFolder,
    pub tree: FileTree,
    /// What the change loosens, a line each.
    pub loosened: Vec<String>,
}

/// The compiled blueprints of a command.
pub(crate) struct Prepared {
    /// By blueprint; `None` for one with an error.
    pub outputs: Vec<Option<OutputFiles>>,
    /// In the order of `outputs`, then those of the search for blueprints.
    pub reports: Vec<SourceReport>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        folder: PathBuf,
        options: Options,
        style: Style,
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Self {
        Self {
            out,
            err,
            folder,
            options,
            style,
            colour: false,
        }
    }

    /// The blueprints that the command line names.
    pub(crate) fn selection(&self, blueprints: &BlueprintArguments) -> BlueprintSelection {
        BlueprintSelection {
            files: [&*self.options.blueprints, &*blueprints.positional].concat(),
            environment: self.options.env.clone(),
        }
    }

    /// The blueprints that this command is about, and the diagnostics of their search.
    pub(crate) fn jobs(&self, blueprints: &BlueprintArguments) -> (Vec<Job>, Vec<SourceReport>) {
        let found = find(&self.folder, &self.selection(blueprints));
        let reports = vec![(Sources::default(), found.diagnostics)];
        (found.value.unwrap_or_default(), reports)
    }

    /// Compiles every blueprint and finds its output folder. Errors: those of compiling, GW0001,
    /// GW0003, GW0007, GW0008 two blueprints with one output folder, GW2142 two with one stack.
    pub(crate) fn prepare(&self, blueprints: &BlueprintArguments, forgets: bool) -> Prepared {
        let (jobs, of_search) = self.jobs(blueprints);
        let (mut outputs, mut reports, stacks): (Vec<_>, Vec<_>, Vec<_>) =
            in_threads(&jobs, |job| prepare_blueprint(job, forgets))
                .into_iter()
                .collect();
        let folders: Vec<_> = outputs
            .iter()
            .map(|output: &Option<OutputFiles>| Some(&output.as_ref()?.folder))
            .collect();
        stacks::compare_outputs(&folders, &jobs, &mut reports);
        stacks::compare(&stacks, &mut reports);
        // Neither of the two may be written, but only after each has been compared with all.
        let shared: Vec<&str> = reports
            .iter()
            .flat_map(|(_, diagnostics)| diagnostics)
            .filter(|diagnostic| {
                [&diagnostic::SHARED_OUTPUT, &diagnostic::SAME_STACK].contains(&diagnostic.code)
            })
            .flat_map(|diagnostic| &diagnostic.places)
            .map(|place| &*place.file)
            .collect();
        for (output, job) in outputs.iter_mut().zip(&jobs) {
            output.take_if(|_| shared.contains(&&*job.request.display));
        }
        reports.extend(of_search);
        Prepared { outputs, reports }
    }

    /// Refuses a command that is about one blueprint where there are several. Errors: GW0025.
    pub(crate) fn refuse_several(&mut self, result: &str, count: usize) -> io::Result<Exit> {
        let refusal = diagnostic::SEVERAL_BLUEPRINTS
            .at(Place::file(&diagnostic::COMMAND_LINE.into()))
            .message(format_args!(
                "{result} is of one blueprint, and there are {count}"
            ))
            .help("name one of them with `--blueprint` or `--env`");
        self.report_one(refusal)?;
        Ok(Exit::WrongCommandLine)
    }

    /// Reports one diagnostic that is about no line of a file; returns the exit code.
    pub(crate) fn report_one(&mut self, diagnostic: Diagnostic) -> io::Result<Exit> {
        self.report(vec![(Sources::default(), vec![diagnostic])])
    }

    /// Reports all diagnostics; returns the exit code.
    pub(crate) fn report(&mut self, reports: Vec<SourceReport>) -> io::Result<Exit> {
        let exit = reports
            .iter()
            .flat_map(|(_, diagnostics)| diagnostics)
            .map(exit_of)
            .max()
            .unwrap_or(Exit::Done);
        self.out.flush()?;
        // Paths of the other formats do not start at the repository's root.
        let folder = if self.style.format == MessageFormat::Sarif {
            Disk::around(&self.folder)
                .map(|(_, below)| below)
                .unwrap_or_default()
        } else {
            String::new()
        };
        report::report(reports, self.style, &folder, self.err)?;
        Ok(exit)
    }

    /// Prints a summary, unless `--quiet`.
    pub(crate) fn summarize(&mut self, text: &str) -> io::Result<()> {
        if self.options.quiet {
            Ok(())
        } else {
            self.print(text)
        }
    }

    /// Prints a result, in whole lines.
    pub(crate) fn print(&mut self, text: &str) -> io::Result<()> {
        self.out
            .write_all(TextFormat::Lines.visible(text).as_bytes())
    }

    /// Prints a result in whole lines, each in its style where standard output shows colours.
    pub(crate) fn print_styled(
        &mut self,
        text: &str,
        style_of: impl Fn(&str) -> anstyle::Style,
    ) -> io::Result<()> {
        if !self.colour {
            return self.print(text);
        }
        let text = TextFormat::Lines.visible(text);
        text.lines().try_for_each(|line| {
            let style = style_of(line);
            writeln!(self.out, "{style}{line}{style:#}")
        })
    }

    /// Prints a result as JSON over several lines.
    pub(crate) fn print_json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        writeln!(self.out, "{}", TextFormat::Json.visible(&text))
    }

    /// Prints lines that a CI runner is to obey, whose parts are escaped.
    pub(crate) fn print_commands(&mut self, lines: &[u8]) -> io::Result<()> {
        self.out.write_all(lines)
    }

    /// Prints an error of the command line, in whole lines.
    pub(crate) fn print_error(&mut self, text: &str) -> io::Result<()> {
        self.err
            .write_all(TextFormat::Lines.visible(text).as_bytes())
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.err.flush()
    }
}

/// Text about a blueprint, below its name where there are several.
pub(crate) fn headed(job: &Job, is_one_of_several: bool, text: String) -> String {
    if is_one_of_several {
        format!("{}\n{text}\n", printed::line(&job.request.display))
    } else {
        text
    }
}

/// Lines of a table with aligned columns, two spaces apart.
pub(crate) fn aligned<const N: usize>(rows: Vec<[String; N]>) -> Vec<String> {
    let visible = |cell: String| printed::line(&cell).into_owned();
    let rows: Vec<[String; N]> = rows.into_iter().map(|row| row.map(visible)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max();
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let padding = " ".repeat(width - cell.width());
            format!("{cell}{padding}  ")
        });
        cells.collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Compiles a blueprint as of today.
pub(crate) fn compiled(job: &Job) -> Compiled {
    compiled_today(job, Circumstances::default())
}

/// Compiles a blueprint in the circumstances of a run, which is today.
fn compiled_today(job: &Job, run: Circumstances<'_>) -> Compiled {
    let day = today();
    let run = Circumstances {
        day: Some(&day),
        ..run
    };
    compile_in(&job.files, &job.request, run)
}

/// Compiles a blueprint and finds its output folder.
fn prepare_blueprint(
    job: &Job,
    forgets: bool,
) -> (Option<OutputFiles>, SourceReport, Option<StackDeclaration>) {
    let run = Circumstances {
        forgets,
        // For the lines of what is loosened.
        keeps_sources: true,
        ..Circumstances::default()
    };
    let compiled = compiled_today(job, run);
    let loosened = loosened(&compiled);
    // The process ends soon; to drop half a million parts before would take a tenth of its time.
    std::mem::forget((compiled.plan, compiled.assembled));
    let mut diagnostics = compiled.diagnostics;
    let output = match (compiled.output, compiled.tree) {
        _ if diagnostics.iter().any(Diagnostic::is_error) => None,
        (Some(output), Some(tree)) => OutputFolder::of(job, &output)
            .map_err(|diagnostic| diagnostics.push(*diagnostic))
            .ok()
            .map(|folder| OutputFiles {
                folder,
                tree,
                loosened,
            }),
        _ => {
            diagnostics.push(nothing_compiled(job));
            None
        }
    };
    (output, (compiled.sources, diagnostics), compiled.stack)
}

/// The routes that let more pass than after the last render.
fn loosened(compiled: &Compiled) -> Vec<String> {
    let Some(state) = diff::DiffState::of(compiled) else {
        return Vec::new();
    };
    // Nearly every render changes nothing of it.
    let written = compiled.tree.as_ref().map(|tree| &tree.memory.access);
    if written == Some(&compiled.memory.access) {
        return Vec::new();
    }
    let rows = diff::loosened_since(&compiled.memory, state);
    let places = rows.iter().filter_map(|row| row.place.clone()).collect();
    let lines = compiled.sources.lines(places);
    let line = |(row, place): (&diff::DiffRow, Located)| {
        let reason = row.reason.as_ref();
        let reason = reason.map(|reason| format!(", {}: {}", reason.by, reason.text));
        printed::line(&format!(
            "loosened {}: {} {} ({}:{}{})",
            row.subject,
            row.field.name,
            row.change(),
            place.file,
            place.line,
            reason.unwrap_or_default()
        ))
        .into_owned()
    };
    rows.iter().zip(lines).map(line).collect()
}

/// Reports generated files that git's index does not hold. Errors: GW0015; GW0001 git cannot tell.
pub(crate) fn not_staged(folder: &OutputFolder, tree: &FileTree) -> Option<Diagnostic> {
    let paths = match folder.unstaged(tree) {
        Ok(paths) => paths,
        Err(error) => {
            let diagnostic = diagnostic::UNREADABLE_FILE
                .at(Place::file(&folder.display))
                .message(format_args!("git cannot tell what is staged: {error}"))
                .help("install git and work in a repository, or leave `--staged` out");
            return Some(diagnostic);
        }
    };
    let first = paths.first()?;
    let rest = match paths.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let finding = diagnostic::NOT_STAGED
        .at(Place::file(&folder.shown(first)))
        .message(format_args!(
            "the commit would not hold `{}`{rest} as generated",
            folder.shown(first)
        ))
        .help(format_args!(
            "look at it, run `git add {}`, and commit again",
            folder.display
        ));
    Some(finding)
}

fn exit_of(diagnostic: &Diagnostic) -> Exit {
    let is = |codes: &[&Code]| codes.contains(&diagnostic.code);
    if !diagnostic.is_error() {
        Exit::Done
    } else if is(&[
        &diagnostic::UNREADABLE_FILE,
        &diagnostic::FILE_OUTSIDE_ROOT,
        &diagnostic::UNWRITABLE_FILE,
        &diagnostic::OUTPUT_IN_USE,
        &diagnostic::UNREADABLE_REVISION,
    ]) {
        Exit::Unreachable
    } else {
        Exit::Found
    }
}

fn nothing_compiled(job: &Job) -> Diagnostic {
    diagnostic::NO_OUTPUT
        .at(Place::file(&job.request.display))
        .message(
            "this version of gwgen made no files of the blueprint, and found no error in it either",
        )
        .help("this is a mistake in gwgen: please report it with the blueprint")
}
