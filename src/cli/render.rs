//! `gwgen render`: writes what the blueprints describe.
//!
//! In: blueprints. Out: files, one line a file that changed, a summary.
//! A blueprint with an error writes nothing; the others are written all the same.

use std::fmt::Write as _;
use std::io;

use clap::Args;

use super::Exit;
use super::session::{Named, Session, in_threads, not_staged};
use crate::diagnostic::Diagnostic;
use crate::io::{Change, Folder, Written, unified};
use crate::printed;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Print the changes of every file too
    #[arg(long)]
    diff: bool,
    /// Exit 1 where git's index lacks what was written; for commit hooks
    #[arg(long)]
    staged: bool,
}

pub(crate) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (ready, diagnostics) = session.ready(&arguments.named);
    let written = in_threads(&ready, |it| {
        it.files.as_ref().map(|(folder, tree)| folder.write(tree))
    });
    let mut found = Vec::new();
    for (it, written) in ready.iter().zip(written) {
        let (Some((folder, tree)), Some(mut written)) = (&it.files, written) else {
            found.push(Vec::new());
            continue;
        };
        if arguments.diff {
            session.print(&changes(folder, &written))?;
        }
        session.say(&told(folder, &written))?;
        if arguments.staged && !written.diagnostics.iter().any(Diagnostic::is_error) {
            written.diagnostics.extend(not_staged(folder, tree)?);
        }
        found.push(written.diagnostics);
    }
    session.report_of(ready, found, diagnostics)
}

/// The changes of every file that was written.
fn changes(folder: &Folder, written: &Written<'_>) -> String {
    let changes = written
        .differs
        .differences
        .iter()
        .filter(|it| written.changed.iter().any(|(path, _)| *path == it.path));
    changes
        .map(|difference| unified(folder, difference))
        .collect()
}

/// A line a file that changed, and a summary.
fn told(folder: &Folder, written: &Written<'_>) -> String {
    let mut text = String::new();
    let append = |text: &mut String, line: std::fmt::Arguments<'_>| {
        text.write_fmt(line)
            .expect("writing to a String cannot fail")
    };
    for (path, change) in &written.changed {
        let verb = match change {
            Change::Created => "created",
            Change::Updated => "updated",
            Change::Removed => "removed",
        };
        append(
            &mut text,
            format_args!("{verb} {}\n", printed::line(&folder.shown(path))),
        );
    }
    if written.diagnostics.iter().all(|it| !it.is_error()) {
        append(
            &mut text,
            format_args!(
                "{}, {} unchanged in {}\n",
                counted(written.changed.len()),
                written.unchanged,
                folder.display
            ),
        );
    }
    text
}

fn counted(changed: usize) -> String {
    format!(
        "{changed} file{} changed",
        if changed == 1 { "" } else { "s" }
    )
}
