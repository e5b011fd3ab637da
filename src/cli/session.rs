//! What every command works with: options, writers, blueprints.
//!
//! In: `Options`. Out: `Compiled` by blueprint, reports. Reads blueprints through `io`.
//! One thread per blueprint, and none inside a pipeline.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use super::stacks::{self, Checked, Stack};
use super::{Exit, Options};
use crate::diagnostic::{self, Code, Diagnostic, Place};
use crate::emit::FileTree;
use crate::io::{Folder, Job, Wanted, find, rim, today};
use crate::printed::{self, Shape};
use crate::report::{self, Format, Style};
use crate::source::Sources;
use crate::{Compiled, compile_on};

/// Blueprints named by position.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Named {
    /// Blueprints, as with --blueprint
    #[arg(value_name = "BLUEPRINT", conflicts_with_all = ["blueprints", "env"])]
    positional: Vec<PathBuf>,
}

pub(crate) struct Session<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    pub folder: PathBuf,
    pub options: Options,
    pub style: Style,
}

/// A compiled blueprint and where its files go.
pub(crate) struct Ready {
    /// There only without an error.
    pub files: Option<(Folder, FileTree)>,
    pub diagnostics: Vec<Diagnostic>,
    pub sources: Sources,
    stack: Stack,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        folder: PathBuf,
        options: Options,
        style: Style,
        (out, err): (&'a mut dyn Write, &'a mut dyn Write),
    ) -> Self {
        Self {
            out,
            err,
            folder,
            options,
            style,
        }
    }

    /// The blueprints that this command is about.
    pub(crate) fn jobs(&self, named: &Named) -> (Vec<Job>, Vec<Diagnostic>) {
        let files = self
            .options
            .blueprints
            .iter()
            .chain(&named.positional)
            .cloned()
            .collect();
        let found = find(
            &self.folder,
            &Wanted {
                files,
                environment: self.options.env.clone(),
            },
        );
        (found.value.unwrap_or_default(), found.diagnostics)
    }

    /// Compiles every blueprint and finds its output folder.
    ///
    /// Errors: those of compiling, GW0001, GW0003, GW0007, GW0008 two blueprints with one output
    /// folder, GW2142 two with one stack.
    pub(crate) fn ready(&self, named: &Named) -> (Vec<Ready>, Vec<Diagnostic>) {
        let (jobs, diagnostics) = self.jobs(named);
        let mut ready = in_threads(&jobs, prepared);
        for later in 1..ready.len() {
            let (before, after) = ready.split_at_mut(later);
            let Some((folder, _)) = &after[0].files else {
                continue;
            };
            let taken = before
                .iter()
                .zip(&jobs)
                .find(|(it, _)| it.files.as_ref().is_some_and(|(other, _)| other.is(folder)));
            if let Some((other, job)) = taken {
                let diagnostic = shared_output(&folder.display, &jobs[later], job);
                after[0].diagnostics.push(diagnostic);
                // The finding names a line of the other blueprint too.
                if let Some(file) = other.sources.file(&job.request.display) {
                    after[0].sources.add(Arc::clone(file));
                }
            }
        }
        let mut checked: Vec<Checked<'_>> = ready
            .iter_mut()
            .map(|it| Checked {
                stack: &it.stack,
                sources: &mut it.sources,
                diagnostics: &mut it.diagnostics,
            })
            .collect();
        stacks::compare(&mut checked);
        // Neither of the two may be written, but only after each has been compared with all.
        let shared: Vec<Arc<str>> = ready
            .iter()
            .flat_map(|it| &it.diagnostics)
            .filter(|it| {
                *it.code == diagnostic::SHARED_OUTPUT || *it.code == diagnostic::SAME_STACK
            })
            .flat_map(|it| it.places.iter().map(|place| Arc::clone(&place.file)))
            .collect();
        for (it, job) in ready.iter_mut().zip(&jobs) {
            if shared.contains(&job.request.display) {
                it.files = None;
            }
        }
        (ready, diagnostics)
    }

    /// Reports what was found of each blueprint, on the way to its files and on the disk, and says
    /// which exit code follows.
    pub(crate) fn report_of(
        &mut self,
        ready: Vec<Ready>,
        found: Vec<Vec<Diagnostic>>,
        others: Vec<Diagnostic>,
    ) -> io::Result<Exit> {
        let with_found = |(mut it, found): (Ready, Vec<Diagnostic>)| {
            it.diagnostics.extend(found);
            (it.sources, it.diagnostics)
        };
        let mut groups: Vec<_> = ready.into_iter().zip(found).map(with_found).collect();
        groups.push((Sources::default(), others));
        self.report(groups)
    }

    /// Reports all findings and says which exit code follows from them.
    pub(crate) fn report(&mut self, groups: Vec<(Sources, Vec<Diagnostic>)>) -> io::Result<Exit> {
        let exit = groups
            .iter()
            .flat_map(|(_, diagnostics)| diagnostics)
            .map(exit_of)
            .max()
            .unwrap_or(Exit::Done);
        self.out.flush()?;
        // Only there do paths start at the repository's root. Where the folder is gone, so is what
        // could be reported of it.
        let folder = if self.style.format == Format::Sarif {
            rim(&self.folder)
                .map(|(_, below)| below)
                .unwrap_or_default()
        } else {
            String::new()
        };
        report::report(groups, self.style, &folder, self.err)?;
        Ok(exit)
    }

    /// A result that is no diagnostic, unless `--quiet`.
    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        if self.options.quiet {
            Ok(())
        } else {
            self.print(text)
        }
    }

    /// A result, in whole lines.
    pub(crate) fn print(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(Shape::Lines.visible(text).as_bytes())
    }

    /// A result as JSON over several lines.
    pub(crate) fn print_json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        writeln!(self.out, "{}", Shape::Json.visible(&text))
    }

    /// What is wrong with the command line, in whole lines.
    pub(crate) fn complain(&mut self, text: &str) -> io::Result<()> {
        self.err.write_all(Shape::Lines.visible(text).as_bytes())
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

/// Does the same for every item, each in a thread of its own; answers come in the order of the
/// items.
pub(crate) fn in_threads<'a, T: Sync, R: Send>(items: &'a [T], work: fn(&'a T) -> R) -> Vec<R> {
    if let [item] = items {
        return vec![work(item)];
    }
    thread::scope(|scope| {
        let threads: Vec<_> = items
            .iter()
            .map(|item| scope.spawn(move || work(item)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

/// Compiles a blueprint as of today.
pub(crate) fn compiled(job: &Job) -> Compiled {
    compile_on(&job.disk, &job.request, Some(&today()))
}

fn prepared(job: &Job) -> Ready {
    let Compiled {
        output,
        tree,
        stack,
        mut diagnostics,
        sources,
        plan,
        assembled,
    } = compiled(job);
    // The process ends soon; taking half a million parts apart before that would take a tenth of
    // its time.
    std::mem::forget((plan, assembled));
    let has_error = diagnostics.iter().any(Diagnostic::is_error);
    let files = match (output, tree) {
        (Some(output), Some(tree)) if !has_error => match Folder::of(job, &output) {
            Ok(folder) => Some((folder, tree)),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                None
            }
        },
        _ if has_error => None,
        _ => {
            diagnostics.push(nothing_compiled(job));
            None
        }
    };
    Ready {
        files,
        diagnostics,
        sources,
        stack,
    }
}

/// What git's index lacks of a folder that is as it is to be.
///
/// Errors: GW0015.
pub(crate) fn not_staged(folder: &Folder, tree: &FileTree) -> io::Result<Option<Diagnostic>> {
    let paths = folder.unstaged(tree)?;
    let Some(first) = paths.first() else {
        return Ok(None);
    };
    let more = paths.len() - 1;
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
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
    Ok(Some(finding))
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

fn shared_output(output: &str, job: &Job, other: &Job) -> Diagnostic {
    diagnostic::SHARED_OUTPUT
        .at(Place::pointer(&job.request.display, "/output/dir"))
        .message(format_args!(
            "`{}` and `{}` both write to `{output}`; neither was written",
            other.request.display, job.request.display
        ))
        .help("give each blueprint an `output.dir` of its own")
        .also(Place::pointer(&other.request.display, "/output/dir"))
}
