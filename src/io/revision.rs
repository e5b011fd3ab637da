//! A revision of git as files: its objects are read, nothing is checked out.
//!
//! Symbolic links lead where they lead on disk, within the revision alone.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::find::{Folder, display_of};
use super::git::{run, words};
use super::nearest::is_blueprint;
use super::objects::{GitObject, Objects};
use super::{Job, too_large};
use crate::Request;
use crate::diagnostic::{self, COMMAND_LINE, Diagnostic, Place};
use crate::source::reserved::is_of_git;
use crate::source::{Files, ReadError, RelativePath, unreadable};

/// Most symbolic links on the way to a file, as on Linux.
const MAX_LINKS: usize = 40;

/// Longest target of a symbolic link, as on Linux. Unit: bytes.
const MAX_TARGET: usize = 4096;

/// Digits of an id that messages show.
const SHOWN_DIGITS: usize = 7;

/// A commit of the repository around a folder.
#[derive(Debug)]
pub(crate) struct Revision {
    /// In hexadecimal digits.
    commit: String,
    /// As the user names it.
    name: String,
    /// The folder, below the root of the repository.
    below: String,
    trees: Mutex<Trees>,
}

/// The folders of a revision, each read once.
#[derive(Debug)]
struct Trees {
    objects: Objects,
    known: HashMap<String, Arc<TreeEntries>>,
}

/// What a folder holds.
type TreeEntries = BTreeMap<Vec<u8>, TreeEntry>;

#[derive(Clone, Debug)]
struct TreeEntry {
    kind: EntryKind,
    /// In hexadecimal digits, or an expression of git.
    id: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum EntryKind {
    Folder,
    File,
    Link,
    /// A commit of another repository.
    Submodule,
}

impl Revision {
    /// The revision of a name, in the repository around a folder. Errors: GW0021 no revision has
    /// the name, GW0023 git fails.
    pub(crate) fn named(folder: &Path, name: &str) -> Result<Self, Box<Diagnostic>> {
        Self::of(folder, name, name)
    }

    /// The revision that git knows as `revision`, under a name for messages. Errors: those of
    /// `named`.
    pub(super) fn of(folder: &Path, name: &str, revision: &str) -> Result<Self, Box<Diagnostic>> {
        let commit = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--show-prefix", "--verify", "--end-of-options"];
        let output = run(folder, &[&arguments[..], &[&commit]].concat())
            .map_err(|error| Box::new(no_git(&error)))?;
        // The folder comes first: git found the repository.
        let printed = String::from_utf8_lossy(&output.stdout);
        let (below, commit) = printed.trim_end().rsplit_once('\n').unwrap_or_default();
        let is_id = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !output.status.success() || !is_id {
            return Err(Box::new(if printed.is_empty() {
                refused(&words(&output))
            } else {
                unknown(name)
            }));
        }
        Ok(Self {
            commit: commit.to_owned(),
            name: name.to_owned(),
            below: below.to_owned(),
            trees: Mutex::new(Trees {
                objects: Objects::new(folder),
                known: HashMap::new(),
            }),
        })
    }

    /// Its name with the first digits of its commit.
    pub(super) fn label(&self) -> String {
        let digits = short(&self.commit);
        if self.name.len() >= SHOWN_DIGITS && self.commit.starts_with(&self.name) {
            return digits.to_owned();
        }
        format!("{} {digits}", self.name)
    }

    /// Start of the name of a file, as git reads it in the folder.
    pub(super) fn prefix(&self) -> Arc<str> {
        let here = if self.below.is_empty() { "" } else { "./" };
        format!("{}:{here}", self.name).into()
    }

    /// Follows a path to what is there.
    fn find(&self, trees: &mut Trees, path: &str) -> Result<TreeEntry, ReadError> {
        let mut folders = vec![TreeEntry {
            kind: EntryKind::Folder,
            id: format!("{}^{{tree}}", self.commit),
        }];
        let mut names: VecDeque<Vec<u8>> = segments(path.as_bytes()).collect();
        let mut links = 0;
        while let Some(name) = names.pop_front() {
            if name == b".." {
                folders.pop();
                if folders.is_empty() {
                    return Err(ReadError::OutsideRoot);
                }
                continue;
            }
            if is_of_git(&String::from_utf8_lossy(&name)) {
                return Err(ReadError::OfGit);
            }
            let folder = folders.last().ok_or(ReadError::OutsideRoot)?;
            let entries = trees.entries(&folder.id)?;
            let entry = entries.get(&name[..]).cloned();
            let entry = entry.ok_or_else(|| ReadError::Io(ErrorKind::NotFound.into()))?;
            match entry.kind {
                EntryKind::Folder => folders.push(entry),
                EntryKind::File if names.is_empty() => return Ok(entry),
                EntryKind::File => return Err(ReadError::Io(ErrorKind::NotADirectory.into())),
                EntryKind::Submodule => return Err(of_submodule(&name)),
                EntryKind::Link => {
                    links += 1;
                    if links > MAX_LINKS {
                        let text = "its symbolic links lead in a circle";
                        return Err(ReadError::Io(io::Error::other(text)));
                    }
                    let target = trees.blob(&entry.id)?;
                    if target.starts_with(b"/") {
                        return Err(ReadError::OutsideRoot);
                    }
                    if target.len() > MAX_TARGET {
                        return Err(ReadError::Io(ErrorKind::InvalidFilename.into()));
                    }
                    for name in Vec::from_iter(segments(&target)).into_iter().rev() {
                        names.push_front(name);
                    }
                }
            }
        }
        folders.pop().ok_or(ReadError::OutsideRoot)
    }

    /// Runs `work` on the trees, one thread at a time.
    fn with<T>(&self, work: impl FnOnce(&mut Trees) -> T) -> T {
        work(&mut self.trees.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Names of a path, `..` too.
fn segments(path: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let names = path.split(|byte| *byte == b'/');
    names
        .filter(|name| !matches!(*name, b"" | b"."))
        .map(<[u8]>::to_vec)
}

pub(super) fn short(id: &str) -> &str {
    id.get(..SHOWN_DIGITS).unwrap_or(id)
}

impl Files for Revision {
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError> {
        self.with(|trees| {
            let entry = self.find(trees, path.as_str())?;
            if entry.kind != EntryKind::File {
                let text = "it is no regular file";
                let error = io::Error::new(ErrorKind::InvalidInput, text);
                return Err(ReadError::Io(error));
            }
            trees.blob(&entry.id)
        })
    }
}

impl Trees {
    /// What a folder holds.
    fn entries(&mut self, id: &str) -> Result<Arc<TreeEntries>, ReadError> {
        if let Some(known) = self.known.get(id) {
            return Ok(Arc::clone(known));
        }
        let GitObject::Tree(bytes) = self.object(id)? else {
            return Err(damaged(id));
        };
        let length = id.split('^').next().unwrap_or_default().len() / 2;
        let entries = Arc::new(entries(&bytes, length).ok_or_else(|| damaged(id))?);
        self.known.insert(id.to_owned(), Arc::clone(&entries));
        Ok(entries)
    }

    fn blob(&mut self, id: &str) -> Result<Vec<u8>, ReadError> {
        match self.object(id)? {
            GitObject::Blob(bytes) => Ok(bytes),
            _ => Err(damaged(id)),
        }
    }

    fn object(&mut self, id: &str) -> Result<GitObject, ReadError> {
        match self.objects.read(id) {
            Ok(GitObject::Missing) => Err(ReadError::Git {
                cause: format!("cannot be read: git has no object `{}` here", short(id)),
                help: "run `git fetch --refetch --no-filter`, which brings what a partial clone left out; `git fsck` names what a damaged one lacks",
            }),
            Ok(GitObject::TooLarge(size)) => Err(ReadError::Io(too_large(size))),
            Ok(object) => Ok(object),
            Err(_) => Err(damaged(id)),
        }
    }
}

/// Takes a folder apart. Unit of `length`, that of an id: bytes.
///
/// Source: <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>, "Tree Objects", read
/// 2026-11-30: mode, name and id of each entry, the first two as text.
fn entries(mut bytes: &[u8], length: usize) -> Option<TreeEntries> {
    let mut entries = TreeEntries::new();
    while !bytes.is_empty() {
        let space = memchr::memchr(b' ', bytes)?;
        let end = memchr::memchr(0, bytes)?;
        let (mode, name) = (bytes.get(..space)?, bytes.get(space + 1..end)?);
        let id = bytes.get(end + 1..end + 1 + length)?;
        let kind = match mode {
            b"40000" | b"040000" => EntryKind::Folder,
            b"120000" => EntryKind::Link,
            b"160000" => EntryKind::Submodule,
            _ => EntryKind::File,
        };
        let id = data_encoding::HEXLOWER.encode(id);
        // Of two with one name git reads the first.
        let entry = entries.entry(name.to_vec());
        entry.or_insert(TreeEntry { kind, id });
        bytes = &bytes[end + 1 + length..];
    }
    Some(entries)
}

/// A folder of a revision, in which blueprints are searched.
pub(super) struct RevisionFolder<'a> {
    pub revision: &'a Arc<Revision>,
    /// The working directory.
    pub working: &'a Path,
    /// As the user names it, from the working directory; empty for that itself.
    pub named: &'a Path,
}

impl Folder for RevisionFolder<'_> {
    type Files = Arc<Revision>;

    fn named(&self) -> &Path {
        self.named
    }

    fn names(&self) -> Result<Vec<String>, Box<Diagnostic>> {
        let revision = self.revision;
        let listed = revision.with(|trees| {
            let folder = revision.find(trees, &revision.below)?;
            trees.entries(&folder.id)
        });
        let entries = match listed {
            Ok(entries) => entries,
            // The folder is newer than the revision.
            Err(ReadError::Io(error)) if error.kind() == ErrorKind::NotFound => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(Box::new(self.unreadable(&display_of(self.named), &error))),
        };
        let files = entries
            .iter()
            .filter(|(_, entry)| entry.kind != EntryKind::Folder);
        let names = files.filter_map(|(name, _)| str::from_utf8(name).ok());
        Ok(names
            .filter(|name| is_blueprint(name))
            .map(str::to_owned)
            .collect())
    }

    fn job(&self, given: &Path) -> Result<Job<Arc<Revision>>, Box<Diagnostic>> {
        let given = given.strip_prefix(self.working).unwrap_or(given);
        let display = display_of(&self.named.join(given));
        let blueprint = RelativePath::join(&self.revision.below, &display_of(given));
        let blueprint = blueprint
            .ok_or_else(|| Box::new(self.unreadable(&display, &ReadError::OutsideRoot)))?;
        Ok(Job {
            files: Arc::clone(self.revision),
            request: Request { blueprint, display },
        })
    }
}

impl RevisionFolder<'_> {
    fn unreadable(&self, display: &str, error: &ReadError) -> Diagnostic {
        let display = if display.is_empty() { "." } else { display };
        unreadable(
            &format!("{}{display}", self.revision.prefix()).into(),
            error,
        )
    }
}

fn of_submodule(name: &[u8]) -> ReadError {
    let name = String::from_utf8_lossy(name);
    ReadError::Git {
        cause: format!("is in the submodule `{name}`, of which the revision holds no files"),
        help: "copy the file into the repository, or compare folders in which the submodule is checked out",
    }
}

fn damaged(id: &str) -> ReadError {
    ReadError::Git {
        cause: format!("cannot be read: git fails at the object `{}`", short(id)),
        help: "run `git fsck`, which names what is damaged; a new clone mends it",
    }
}

/// What git says before the command by which it reads a repository of another user.
const TO_TRUST: &str = " To add an exception for this directory, call: ";

/// Errors: GW0023.
pub(super) fn refused(words: &str) -> Diagnostic {
    let (cause, command) = words.split_once(TO_TRUST).unzip();
    let mend = command.map_or_else(
        || "mend what git says".to_owned(),
        |command| format!("run `{command}` if you trust the folder, which belongs to another user"),
    );
    let cause = cause.unwrap_or(words);
    diagnostic::UNREADABLE_REVISION
        .at(Place::file(&COMMAND_LINE.into()))
        .message(format_args!("git cannot read a revision here: {cause}"))
        .help(format_args!(
            "{mend}, or compare two folders: `gwgen diff OLD NEW`"
        ))
}

/// Errors: GW0023.
pub(super) fn no_git(error: &io::Error) -> Diagnostic {
    diagnostic::UNREADABLE_REVISION
        .at(Place::file(&COMMAND_LINE.into()))
        .message(format_args!(
            "`git`, which reads revisions, cannot be run: {error}"
        ))
        .help("install git, or compare two folders: `gwgen diff OLD NEW`")
}

/// Errors: GW0021.
fn unknown(name: &str) -> Diagnostic {
    diagnostic::UNKNOWN_REVISION
        .at(Place::file(&COMMAND_LINE.into()))
        .message(format_args!("`{name}` is no path here, and git knows no commit of that name"))
        .help(format_args!("write a path that exists, or a revision that `git rev-parse` knows; what is only at the remote comes with `git fetch`, in a CI with the whole history (`fetch-depth: 0`)"))
}

impl PartialEq for Revision {
    fn eq(&self, other: &Self) -> bool {
        (&self.commit, &self.below) == (&other.commit, &other.below)
    }
}
