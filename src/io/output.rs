//! The output folder of a blueprint: below the root, wherever symbolic links lead.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Job;
use super::path_state::metadata;
use crate::diagnostic::{self, Code, Diagnostic, Place};
use crate::source::RelativePath;
use crate::source::reserved::why_no_output;

/// An output folder below the root, symbolic links resolved. It need not exist.
#[derive(Debug)]
pub(crate) struct OutputFolder {
    pub(crate) path: PathBuf,
    /// As the user would name it.
    pub(crate) display: Arc<str>,
}

impl OutputFolder {
    /// The output folder of a job. Errors: GW0003 outside the root, in `.git`, or no folder; GW0004
    /// it cannot be read.
    pub(crate) fn of(job: &Job, output: &RelativePath) -> Result<Self, Box<Diagnostic>> {
        let display = super::shown_output(&job.request, output);
        let refused = |why: &str| {
            let diagnostic = diagnostic::OUTPUT_OUTSIDE_ROOT
                .at(Place::pointer(&job.request.display, "/output/dir"))
                .message(format_args!("gwgen cannot write to `{display}`: {why}"))
                .help("choose an `output.dir` inside the repository, such as `generated`");
            Box::new(diagnostic)
        };
        let whole = job.files.root().join(output.as_str());
        let existing = existing_part(&whole)
            .map_err(|error| Box::new(failed(&diagnostic::UNWRITABLE_FILE, &display, &error)))?;
        let mut path = fs::canonicalize(existing)
            .map_err(|_| refused("a symbolic link on the way to it leads nowhere"))?;
        if !path.is_dir() {
            return Err(refused("there is a file where a folder is to be"));
        }
        path.extend(whole.strip_prefix(existing).unwrap_or(Path::new("")));
        let Ok(below) = path.strip_prefix(job.files.root()) else {
            return Err(refused(
                "symbolic links lead it out of the repository that holds the blueprint",
            ));
        };
        if let Some(why) = below
            .iter()
            .find_map(|name| why_no_output(&name.to_string_lossy()))
        {
            return Err(refused(why));
        }
        Ok(Self { path, display })
    }

    /// A path below the folder as the user would name it.
    pub(crate) fn shown(&self, path: &str) -> Arc<str> {
        match (&*self.display, path) {
            (_, "") => Arc::clone(&self.display),
            (".", _) => path.into(),
            (folder, _) => format!("{}/{path}", folder.trim_end_matches('/')).into(),
        }
    }
}

/// The longest part of a path that exists.
fn existing_part(path: &Path) -> io::Result<&Path> {
    for part in path.ancestors() {
        if metadata(part)?.is_some() {
            return Ok(part);
        }
    }
    Err(ErrorKind::NotFound.into())
}

pub(crate) fn failed(code: &'static Code, display: &Arc<str>, error: &io::Error) -> Diagnostic {
    let verb = if *code == diagnostic::UNREADABLE_FILE {
        "read"
    } else {
        "written"
    };
    code.at(Place::file(display))
        .message(format_args!("`{display}` cannot be {verb}: {error}"))
        .help("check the permissions and the free space of the output folder, then render again")
}
