//! What earlier renders wrote and decided: `.gwgen.json` in the output folder.
//!
//! In: bytes. Out: `Memory`. Pure.
//! A fact may have several values: while files are written, those before and after; after a merge
//! with conflicts, those of both sides. A memory with a path outside the output folder is refused as
//! a whole, since listed files may be removed.

mod conflicts;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Outcome, Place};
pub(crate) use crate::source::reserved::MANIFEST as NAME;
use crate::source::reserved::{STAGING, is_of_git};
use crate::source::{Files, ReadError, RelativePath, raw, unreadable};

/// Values by key; a key has one value, unless a run was killed or branches were merged.
pub type FactMap = BTreeMap<String, BTreeSet<String>>;

/// Key of the fact whether the API is one body.
pub(crate) const API_STYLE: &str = "api_style";

/// First bytes of every memory.
const START: &str = "{\n  \"version\": 1,\n  \"files\": ";

/// Lists the parts of a memory once, for the struct, for reading and for writing.
macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident,)*) => {
        /// Facts of earlier renders.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Memory {
            $($(#[$doc])* pub $part: FactMap,)*
            /// Routes that are served no more are to be forgotten; never written.
            pub forgets: bool,
            /// Hash of the bytes that it was read from, of nothing where there were none; never
            /// written.
            pub read_from: Option<String>,
        }

        impl Memory {
            /// Each part with its name, in the order of writing.
            fn parts(&self) -> impl Iterator<Item = (&'static str, &FactMap)> {
                [$((stringify!($part), &self.$part),)*].into_iter()
            }

            fn part_mut(&mut self, name: &str) -> Option<&mut FactMap> {
                match name {
                    $(stringify!($part) => Some(&mut self.$part),)*
                    _ => None,
                }
            }
        }
    };
}

parts! {
    /// BLAKE3 hashes of the written files, in hexadecimal, by path.
    files,
    /// Digests of the API, by the names of the deployments that Terraform was to take of it; the
    /// last eight.
    deployments,
    /// Paths of the methods that earlier templates of CloudFormation have, with the names of their
    /// variables, by path and method.
    routes,
    /// Digests by `backends/orders`, `usage_plans/partner`, `auth/jwt`: equal for two that are alike.
    names,
    /// First names where they are others than today's, by the same keys.
    first_names,
    /// Names that followed them, by names of earlier renders that a state may still have.
    moves,
    /// First names of the backends that listeners lead to, by balancer and port.
    listeners,
    /// Values whose change needs more than an update in place, such as the stage's name, by what has
    /// them.
    settled,
    /// Path variables without children, by their labels.
    variables,
    /// Names of usage plans that Terraform has, by their keys.
    api_keys,
    /// Paths with an OPTIONS method that is no preflight, in Terraform, by their labels.
    own_options,
    /// What callers of public routes have to show, and what else a change could loosen, by the labels
    /// of operations.
    access,
}

impl Memory {
    /// Forgets what was deployed everywhere: routes that are served no more, usage plans that nobody
    /// needs, and names that nothing has any more, which may be used again. First names stay, since
    /// AWS knows them.
    pub(crate) fn forget(&mut self) {
        self.forgets = true;
        self.moves.clear();
        self.api_keys.clear();
        self.settled.remove(API_STYLE);
    }

    /// Reads a memory, or returns the reason why it cannot be trusted.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        let mut memory = Self::default();
        for side in conflicts::sides(text) {
            memory.add(&side)?;
        }
        Ok(memory)
    }

    /// Adds the facts of a JSON text.
    fn add(&mut self, json: &str) -> Result<(), String> {
        let members: raw::ObjectMembers<'_, &serde_json::value::RawValue> =
            serde_json::from_str(json).map_err(|error| error.to_string())?;
        let mut version = None;
        for (name, value) in members.0 {
            if name == "version" {
                version = Some(value.get());
            } else if let Some(part) = self.part_mut(&name) {
                let facts: raw::ObjectMembers<'_, String> =
                    serde_json::from_str(value.get()).map_err(|error| error.to_string())?;
                for (key, value) in facts.0 {
                    part.entry(key.to_string()).or_default().insert(value);
                }
            }
        }
        match version {
            Some("1") => {}
            None => return Err("it has no version".to_owned()),
            Some(version) => {
                return Err(format!(
                    "its version is {version}, and this gwgen knows version 1"
                ));
            }
        }
        let mut files = self.files.iter();
        files.try_for_each(|(path, hashes)| check_file(path, hashes))
    }

    /// The memory as it is written: sorted, one fact a line.
    pub(crate) fn printed(&self) -> Vec<u8> {
        let mut text = String::from("{\n  \"version\": 1");
        for (name, facts) in self.parts() {
            if name != "files" && facts.is_empty() {
                continue;
            }
            write!(text, ",\n  \"{name}\": {{").expect("writing to a String cannot fail");
            let mut separator = "\n";
            for (key, values) in facts {
                for value in values {
                    let [key, value] =
                        [key, value].map(|text| serde_json::Value::from(text.as_str()));
                    write!(text, "{separator}    {key}: {value}")
                        .expect("writing to a String cannot fail");
                    separator = ",\n";
                }
            }
            text.push_str(if facts.is_empty() { "}" } else { "\n  }" });
        }
        text.push_str("\n}\n");
        text.into_bytes()
    }

    /// Returns whether gwgen wrote these bytes to a path.
    pub(crate) fn has_content(&self, path: &str, bytes: &[u8]) -> bool {
        self.files
            .get(path)
            .is_some_and(|hashes| hashes.contains(&hash(bytes)))
    }
}

/// Reads the memory of an output folder; an empty one where there is none. Errors: GW0001
/// unreadable, GW0010 damaged, GW0016 (note) merged.
pub(crate) fn read(files: &dyn Files, folder: &RelativePath, display: &str) -> Outcome<Memory> {
    let shown: Arc<str> = format!("{}/{NAME}", display.trim_end_matches('/')).into();
    let bytes = match RelativePath::join(folder.as_str(), NAME).map(|path| files.read(&path)) {
        Some(Ok(bytes)) => bytes,
        // What is no file is reported where the folder is compared.
        Some(Err(ReadError::Io(_) | ReadError::OutsideRoot | ReadError::OfGit)) | None => {
            let memory = Memory {
                read_from: Some(hash(b"")),
                ..Memory::default()
            };
            return Outcome::new(memory, Vec::new());
        }
        Some(Err(error @ ReadError::Git { .. })) => {
            return Outcome::failed(vec![unreadable(&shown, &error)]);
        }
    };
    match Memory::parse(&bytes) {
        Ok(mut memory) => {
            memory.read_from = Some(hash(&bytes));
            let is_merged = conflicts::is_merged(&bytes);
            let note = is_merged.then(|| merged(&shown));
            Outcome::new(memory, note.into_iter().collect())
        }
        Err(why) => Outcome::failed(vec![damaged(&shown, &why)]),
    }
}

/// A memory that cannot be trusted.
pub(crate) fn damaged(display: &Arc<str>, why: &str) -> Diagnostic {
    diagnostic::DAMAGED_MANIFEST
        .at(Place::file(display))
        .message(format_args!("`{display}` is no manifest that can be trusted: {why}; nothing was written"))
        .help("restore it from version control, or delete it and the files that gwgen wrote beside it, and render again")
}

fn merged(display: &Arc<str>) -> Diagnostic {
    diagnostic::MERGED_MANIFEST
        .at(Place::file(display))
        .message(format_args!("`{display}` has the conflict markers of a merge: what either side wrote is taken for written by gwgen"))
        .help("run `gwgen render`, which writes it anew, and commit what it wrote")
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn check_file(path: &str, hashes: &BTreeSet<String>) -> Result<(), String> {
    if !is_below(path) {
        return Err(format!(
            "it lists `{path}`, which is no file below the output folder"
        ));
    }
    let is_hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_hash =
        |hash: &String| hash.len() == blake3::OUT_LEN * 2 && hash.bytes().all(is_hexadecimal);
    if hashes.iter().all(is_hash) {
        Ok(())
    } else {
        Err(format!("what it says of `{path}` is no hash"))
    }
}

/// Returns whether bytes are a memory, or the start of one.
pub(crate) fn is_start(bytes: &[u8]) -> bool {
    let start = START.as_bytes();
    bytes.starts_with(start) || start.starts_with(bytes)
}

/// Returns whether a path names a file below the output folder that gwgen may write or remove.
pub(crate) fn is_below(path: &str) -> bool {
    let is_plain = RelativePath::join("", path).is_some_and(|plain| plain.as_str() == path);
    let is_reserved = |name: &str| name == NAME || name.starts_with(STAGING) || is_of_git(name);
    is_plain
        && !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && !path.split('/').any(is_reserved)
}
