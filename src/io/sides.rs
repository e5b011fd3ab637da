//! The two sides of a comparison: blueprints of a folder, of a file or of a revision of git, in
//! pairs.
//!
//! In: what the command line names. Out: `Sides`, whose jobs read their files from the disk or from
//! the revision.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::base::of_ci;
use super::find::{DiskFolder, Folder, display_of, find_in};
use super::nearest::nearest;
use super::revision::{Revision, RevisionFolder};
use super::{BlueprintSelection, Disk, Job};
use crate::diagnostic::{self, COMMAND_LINE, Diagnostic, Outcome, Place};
use crate::source::{Files, ReadError, RelativePath, Sources};

/// The files of a side.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Disk(Disk),
    Revision(Arc<Revision>),
}

impl From<Arc<Revision>> for Tree {
    fn from(revision: Arc<Revision>) -> Self {
        Self::Revision(revision)
    }
}

impl From<Disk> for Tree {
    fn from(disk: Disk) -> Self {
        Self::Disk(disk)
    }
}

impl Files for Tree {
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError> {
        match self {
            Self::Disk(disk) => disk.read(path),
            Self::Revision(revision) => revision.read(path),
        }
    }
}

/// A blueprint of a side. Its `display` is the same on both sides where only the revision differs.
pub(crate) type SideJob = Job<Tree>;

/// One of two sides.
#[derive(Debug)]
pub(crate) struct Side {
    /// `origin/main 3f2a91c`, `working tree`, or the path as given.
    pub label: String,
    /// Start of the names of its files in findings, such as `origin/main:`, as git writes a file of
    /// a revision; empty for files on disk.
    prefix: Arc<str>,
}

impl Side {
    /// Returns the files of a compiled blueprint, whose findings then name the revision.
    pub(crate) fn named(&self, sources: Sources) -> Sources {
        sources.of_revision(&self.prefix)
    }
}

/// A blueprint on both sides, or on one of them where the other lacks it. One of the two is there.
#[derive(Debug)]
pub(crate) struct Pair {
    pub before: Option<SideJob>,
    pub after: Option<SideJob>,
}

impl Pair {
    /// Returns whether both are one file.
    fn is_same(&self) -> bool {
        let file = |job: &SideJob| (job.files.clone(), job.request.blueprint.clone());
        self.before.as_ref().map(file) == self.after.as_ref().map(file)
    }
}

/// The sides A and B.
#[derive(Debug)]
pub(crate) struct Sides {
    pub before: Side,
    pub after: Side,
    /// In the order of `find`; those that only A has are last.
    pub pairs: Vec<Pair>,
}

/// Finds both sides, `a` and `b` as given: a path that exists, or a revision; `rev:` before a name
/// says that it is a revision. Without `a` it is the merge base with the upstream branch, without
/// `b` the working tree.
///
/// The selection is that of the command, about folders and revisions; of a revision the blueprints
/// are those of the path on the other side. Errors: those of `find`, GW0021 no path and no revision,
/// GW0022 no merge base, GW0023 git fails.
pub(crate) fn sides(
    folder: &Path,
    a: Option<&str>,
    b: Option<&str>,
    selection: &BlueprintSelection,
) -> Outcome<Sides> {
    let [given_a, given_b] = [
        a.map_or(Given::Base, |a| Given::of(folder, a)),
        b.map_or(Given::Path(""), |b| Given::of(folder, b)),
    ];
    // Where none is named, the blueprints are those that other commands take.
    let usual = match selection.files.is_empty() {
        true => Spot::of(folder, &display_of(&nearest(folder))),
        false => Spot::default(),
    };
    let spots = [&given_a, &given_b].map(|given| given.spot(folder, &usual));
    let spot = |own: usize| {
        let spot = spots[own].as_ref().or(spots[1 - own].as_ref());
        spot.unwrap_or(&usual).clone()
    };
    let (before, after) = match (
        FoundSide::of(folder, &given_a, &spot(0), selection),
        FoundSide::of(folder, &given_b, &spot(1), selection),
    ) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let failed = before.err().into_iter().chain(after.err());
            return Outcome::failed(failed.map(|diagnostic| *diagnostic).collect());
        }
    };
    let sides = paired(before, after);
    let found = sides.value.iter().flat_map(|sides| &sides.pairs);
    // What is named as A alone is compared with what it became.
    if b.is_none() && found.clone().count() > 0 && found.clone().all(Pair::is_same) {
        return Outcome::failed(vec![working_tree()]);
    }
    sides
}

/// A side as the command line gives it.
enum Given<'a> {
    /// Empty where none is named.
    Path(&'a str),
    Revision(&'a str),
    /// The merge base.
    Base,
}

impl<'a> Given<'a> {
    fn of(folder: &Path, given: &'a str) -> Self {
        match given.strip_prefix("rev:") {
            Some(name) => Self::Revision(name),
            None if given.is_empty() || fs::symlink_metadata(folder.join(given)).is_err() => {
                Self::Revision(given)
            }
            None => Self::Path(given),
        }
    }

    fn spot(&self, folder: &Path, usual: &Spot) -> Option<Spot> {
        match self {
            Self::Path("") => Some(usual.clone()),
            Self::Path(path) => Some(Spot::of(folder, path)),
            Self::Revision(_) | Self::Base => None,
        }
    }
}

/// The place of a side's blueprints, from the working directory.
#[derive(Clone, Default)]
struct Spot {
    folder: PathBuf,
    /// The name of the only blueprint, where one is named.
    file: Option<PathBuf>,
}

impl Spot {
    fn of(folder: &Path, given: &str) -> Self {
        let path = Path::new(given);
        let is_file = !folder.join(path).is_dir();
        let name = path.file_name().filter(|_| is_file);
        Self {
            folder: name.and(path.parent()).unwrap_or(path).to_owned(),
            file: name.map(PathBuf::from),
        }
    }
}

/// A side with its blueprints.
struct FoundSide {
    side: Side,
    /// Each with its name below the folder of the side.
    jobs: Vec<(PathBuf, SideJob)>,
    is_file: bool,
    diagnostics: Vec<Diagnostic>,
}

impl FoundSide {
    fn of(
        folder: &Path,
        given: &Given<'_>,
        spot: &Spot,
        selection: &BlueprintSelection,
    ) -> Result<Self, Box<Diagnostic>> {
        let named = &*spot.folder;
        let of_revision = |revision: Revision, label: Option<String>| {
            let side = Side {
                label: label.unwrap_or_else(|| revision.label()),
                prefix: revision.prefix(),
            };
            let revision = &Arc::new(revision);
            Self::below(
                side,
                &RevisionFolder {
                    revision,
                    working: folder,
                    named,
                },
                spot,
                selection,
            )
        };
        match given {
            Given::Path(path) => {
                let label = if path.is_empty() {
                    "working tree"
                } else {
                    path
                };
                let side = Side {
                    label: label.to_owned(),
                    prefix: Arc::default(),
                };
                Ok(Self::below(
                    side,
                    &DiskFolder {
                        working: folder,
                        named,
                    },
                    spot,
                    selection,
                ))
            }
            Given::Revision(name) => Revision::named(&folder.join(named), name)
                .map(|revision| of_revision(revision, None)),
            Given::Base => Revision::base(&folder.join(named), of_ci())
                .map(|(revision, label)| of_revision(revision, Some(label))),
        }
    }

    fn below<F: Folder>(side: Side, tree: &F, spot: &Spot, selection: &BlueprintSelection) -> Self
    where
        Tree: From<F::Files>,
    {
        let named = spot.file.as_ref().map(|file| BlueprintSelection {
            files: vec![file.clone()],
            environment: None,
        });
        let found = find_in(tree, named.as_ref().unwrap_or(selection));
        let key = |display: &str| {
            let path = Path::new(display);
            path.strip_prefix(&spot.folder).unwrap_or(path).to_owned()
        };
        let jobs = found.value.unwrap_or_default().into_iter();
        let jobs = jobs.map(|job| {
            let key = key(&job.request.display);
            let files = Tree::from(job.files);
            (
                key,
                Job {
                    files,
                    request: job.request,
                },
            )
        });
        Self {
            side,
            jobs: jobs.collect(),
            is_file: spot.file.is_some(),
            diagnostics: found.diagnostics,
        }
    }

    /// Leaves out blueprints that were named and are not there, where the other side has them.
    fn without_missing(&mut self, other: &[PathBuf]) {
        let is_missing = |job: &SideJob| {
            let read = job.files.read(&job.request.blueprint);
            matches!(read, Err(ReadError::Io(error)) if error.kind() == ErrorKind::NotFound)
        };
        self.jobs
            .retain(|(key, job)| !other.contains(key) || !is_missing(job));
    }
}

fn paired(mut before: FoundSide, mut after: FoundSide) -> Outcome<Sides> {
    let keys = |found: &FoundSide| Vec::from_iter(found.jobs.iter().map(|(key, _)| key.clone()));
    let (first, second) = (keys(&before), keys(&after));
    before.without_missing(&second);
    // What both lack stays, to be reported where the blueprint is compiled.
    after.without_missing(&keys(&before));
    let mut diagnostics = before.diagnostics;
    diagnostics.append(&mut after.diagnostics);
    // All blueprints of a side may be new, or gone.
    if !first.is_empty() || !second.is_empty() {
        diagnostics.retain(|diagnostic| *diagnostic.code != diagnostic::NO_BLUEPRINT);
    }
    let is_file = before.is_file || after.is_file;
    let is_one = is_file && before.jobs.len() == 1 && after.jobs.len() == 1;
    let mut pairs = Vec::new();
    for (key, job) in after.jobs {
        let mut known = before.jobs.iter();
        let index = known.position(|(other, _)| is_one || *other == key);
        pairs.push(Pair {
            before: index.map(|index| before.jobs.remove(index).1),
            after: Some(job),
        });
    }
    let gone = before.jobs.into_iter().map(|(_, job)| Pair {
        before: Some(job),
        after: None,
    });
    pairs.extend(gone);
    // One file is compared with what it was, not with its neighbours.
    let is_whole = |pair: &Pair| pair.before.is_some() && pair.after.is_some();
    if is_file && pairs.iter().any(is_whole) {
        pairs.retain(is_whole);
    }
    if pairs.is_empty() {
        return Outcome::failed(diagnostics);
    }
    let sides = Sides {
        before: before.side,
        after: after.side,
        pairs,
    };
    Outcome::new(sides, diagnostics)
}

/// Errors: GW0022.
fn working_tree() -> Diagnostic {
    diagnostic::NO_BASE
        .at(Place::file(&COMMAND_LINE.into()))
        .message("there is nothing to compare with: what is named is the working tree itself")
        .help("name the older side first, such as `gwgen diff origin/main`; `--blueprint FILE` chooses a blueprint")
}
