//! Objects of a git repository, which one process of `git cat-file --batch` reads.
//!
//! Source: <https://git-scm.com/docs/git-cat-file>, "Batch Output", read 2026-11-30.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::MAX_FILE_BYTES;
use super::git::command;

/// An object as git answers.
pub(super) enum GitObject {
    Tree(Vec<u8>),
    Blob(Vec<u8>),
    /// A commit or a tag.
    Other,
    /// It is not in the repository.
    Missing,
    /// A larger one than gwgen reads. Unit: bytes.
    TooLarge(u64),
}

/// A process that answers, and begins anew after a failure.
#[derive(Debug)]
pub(super) struct Objects {
    folder: PathBuf,
    process: Option<Process>,
}

#[derive(Debug)]
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// Longest line before an object. Unit: bytes.
const MAX_HEAD: u64 = 1 << 12;

impl Objects {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            process: None,
        }
    }

    /// Reads the object of an id, in hexadecimal digits.
    ///
    /// # Errors
    /// There is no git, or it breaks off: an object is damaged.
    pub(super) fn read(&mut self, id: &str) -> io::Result<GitObject> {
        // What has failed, or was not read to its end, is used no more.
        let mut process = match self.process.take() {
            Some(process) => process,
            None => Process::start(&self.folder)?,
        };
        let object = process.read(id)?;
        if !matches!(object, GitObject::TooLarge(_)) {
            self.process = Some(process);
        }
        Ok(object)
    }
}

impl Process {
    fn start(folder: &Path) -> io::Result<Self> {
        let mut child = command(folder)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.expect("both are pipes");
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    fn read(&mut self, id: &str) -> io::Result<GitObject> {
        self.input.write_all(format!("{id}\n").as_bytes())?;
        let mut head = String::new();
        (&mut self.output).take(MAX_HEAD).read_line(&mut head)?;
        let mut words = head.split_ascii_whitespace().skip(1);
        let (kind, size) = (words.next(), words.next());
        if kind == Some("missing") {
            return Ok(GitObject::Missing);
        }
        let size: Option<u64> = size.and_then(|size| size.parse().ok());
        let Some((kind, size)) = kind.zip(size) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        if size > MAX_FILE_BYTES {
            return Ok(GitObject::TooLarge(size));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size + 1).unwrap_or_default());
        (&mut self.output).take(size + 1).read_to_end(&mut bytes)?;
        // A line end stands behind an object.
        if bytes.pop() != Some(b'\n') || bytes.len() as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(match kind {
            "tree" => GitObject::Tree(bytes),
            "blob" => GitObject::Blob(bytes),
            _ => GitObject::Other,
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing is lost: git only reads.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
