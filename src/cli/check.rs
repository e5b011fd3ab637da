//! `gwgen check`: whether the files on disk are what `render` would write.
//!
//! In: blueprints. Out: unified diffs. Writes nothing.
//! Exits 1 where anything differs.

use std::io;

use clap::Args;

use super::Exit;
use super::session::{Named, Session, in_threads, not_staged};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::emit::FileTree;
use crate::io::{Differs, Folder, unified};
use crate::report::Format;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Exit 1 where git's index lacks what `render` writes, too; for commit hooks
    #[arg(long)]
    staged: bool,
}

pub(crate) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (ready, diagnostics) = session.ready(&arguments.named);
    let differs = in_threads(&ready, |it| {
        it.files.as_ref().map(|(folder, tree)| folder.compare(tree))
    });
    let mut exit = Exit::Done;
    let mut found = Vec::new();
    for (it, differs) in ready.iter().zip(differs) {
        let (Some((folder, tree)), Some(differs)) = (&it.files, differs) else {
            found.push(Vec::new());
            continue;
        };
        let (it, more) = one(folder, tree, differs, arguments, session)?;
        exit = exit.max(it);
        found.push(more);
    }
    Ok(exit.max(session.report_of(ready, found, diagnostics)?))
}

/// Prints how one folder differs.
///
/// Errors: those of comparing, GW0014 for annotations, GW0015.
fn one(
    folder: &Folder,
    tree: &FileTree,
    mut differs: Differs<'_>,
    arguments: &Arguments,
    session: &mut Session<'_>,
) -> io::Result<(Exit, Vec<Diagnostic>)> {
    let has_error = differs.has_error();
    let mut found = std::mem::take(&mut differs.diagnostics);
    let alone = differs.manifest_alone().filter(|_| !has_error);
    let count = differs.differences.len() + usize::from(alone.is_some());
    for difference in differs.differences.iter().chain(&alone) {
        session.print(&unified(folder, difference))?;
    }
    if count > 0 || !has_error {
        let plural = if count == 1 { " differs" } else { "s differ" };
        session.say(&format!(
            "{count} file{plural}, {} unchanged in {}\n",
            differs.unchanged, folder.display
        ))?;
    }
    if let Some(first) = differs.differences.iter().chain(&alone).next() {
        // A diff on standard output annotates nothing.
        if session.style.format == Format::Github {
            found.push(out_of_date(folder, &first.path, count));
        }
        return Ok((Exit::Found, found));
    }
    if arguments.staged && !has_error {
        found.extend(not_staged(folder, tree)?);
    }
    Ok((Exit::Done, found))
}

fn out_of_date(folder: &Folder, first: &str, count: usize) -> Diagnostic {
    let (plural, verb) = if count == 1 { ("", "is") } else { ("s", "are") };
    diagnostic::OUT_OF_DATE
        .at(Place::file(&folder.shown(first)))
        .message(format_args!(
            "{count} file{plural} in `{}` {verb} not what `gwgen render` writes",
            folder.display
        ))
        .help("run `gwgen render`, look at what changed, and commit it")
}
