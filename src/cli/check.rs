//! `gwgen check`: whether the files on disk are what `render` would write.
//!
//! In: blueprints. Out: unified diffs. Writes nothing.
//! Exits 1 where anything differs.

use std::io;

use clap::Args;

use super::Exit;
use super::session::{Named, Session, in_threads};
use crate::io::unified;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (ready, diagnostics) = session.ready(&arguments.named);
    let differs = in_threads(&ready, |it| it.files.as_ref().map(|(folder, tree)| folder.compare(tree)));
    let mut exit = Exit::Done;
    let mut found = Vec::new();
    for (it, differs) in ready.iter().zip(differs) {
        let (Some((folder, _)), Some(differs)) = (&it.files, differs) else {
            found.push(Vec::new());
            continue;
        };
        let alone = differs.manifest_alone().filter(|_| !differs.has_error());
        let count = differs.differences.len() + usize::from(alone.is_some());
        for difference in differs.differences.iter().chain(&alone) {
            session.say(&unified(folder, difference))?;
        }
        if count > 0 {
            exit = Exit::Found;
            let plural = if count == 1 { " differs" } else { "s differ" };
            session.say(&format!("{count} file{plural}, {} unchanged in {}\n", differs.unchanged, folder.display))?;
        } else if !differs.has_error() {
            session.say(&format!("0 files differ, {} unchanged in {}\n", differs.unchanged, folder.display))?;
        }
        found.push(differs.diagnostics);
    }
    let mut groups: Vec<_> = ready
        .into_iter()
        .zip(found)
        .map(|(mut it, found)| {
            it.diagnostics.extend(found);
            (it.sources, it.diagnostics)
        })
        .collect();
    groups.push((crate::source::Sources::default(), diagnostics));
    Ok(exit.max(session.report(groups)?))
}
