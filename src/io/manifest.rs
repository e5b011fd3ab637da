//! The list of files that gwgen wrote: `.gwgen.json` in the output folder.
//!
//! A manifest with a path outside the output folder is refused as a whole, since listed files may
//! be removed.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::source::reserved::is_of_git;
pub(crate) use crate::source::reserved::{MANIFEST as NAME, STAGING};
use crate::source::{RelativePath, raw};

/// BLAKE3 hashes in hexadecimal, by path.
pub(crate) type FileHashes = BTreeMap<String, String>;

/// First bytes of every manifest.
const START: &str = "{\n  \"version\": 1,\n  \"files\": ";

/// The files that gwgen wrote into an output folder.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) files: FileHashes,
    /// While a run writes, the files before it: each file on disk has one of its two hashes.
    pub(crate) before: FileHashes,
}

impl Manifest {
    /// Reads a manifest, or returns the reason why it cannot be trusted.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        let manifest: ManifestJson<'_> =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        if manifest.version != 1 {
            return Err(format!(
                "its version is {}, and this gwgen knows version 1",
                manifest.version
            ));
        }
        let before = manifest.before.map(|before| hashes(before.get()));
        Ok(Self {
            before: before.transpose()?.unwrap_or_default(),
            files: hashes(manifest.files.get())?,
        })
    }

    /// The manifest as it is written: sorted, one file a line.
    pub(crate) fn printed(&self) -> Vec<u8> {
        let mut text = String::from(START);
        push_hashes(&mut text, &self.files);
        if !self.before.is_empty() {
            text.push_str(",\n  \"before\": ");
            push_hashes(&mut text, &self.before);
        }
        text.push_str("\n}\n");
        text.into_bytes()
    }

    /// Returns whether gwgen wrote these bytes to a path.
    pub(crate) fn has_content(&self, path: &str, bytes: &[u8]) -> bool {
        let hash = hash(bytes);
        [&self.files, &self.before]
            .into_iter()
            .any(|hashes| hashes.get(path) == Some(&hash))
    }
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[derive(serde::Deserialize)]
struct ManifestJson<'a> {
    version: u64,
    #[serde(borrow)]
    files: &'a serde_json::value::RawValue,
    #[serde(borrow, default)]
    before: Option<&'a serde_json::value::RawValue>,
}

fn hashes(json: &str) -> Result<FileHashes, String> {
    let files: raw::ObjectMembers<'_, String> =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut hashes = FileHashes::new();
    for (path, hash) in files.0 {
        if !is_below(&path) {
            return Err(format!(
                "it lists `{}`, which is no file below the output folder",
                &*path
            ));
        }
        if hash.len() != blake3::OUT_LEN * 2
            || !hash
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(format!("what it says of `{}` is no hash", &*path));
        }
        if hashes.insert(path.to_string(), hash).is_some() {
            return Err(format!("it lists `{}` twice", &*path));
        }
    }
    Ok(hashes)
}

fn push_hashes(text: &mut String, hashes: &FileHashes) {
    let mut separator = "{\n";
    for (path, hash) in hashes {
        let path = serde_json::Value::from(path.as_str());
        write!(text, "{separator}    {path}: \"{hash}\"").expect("writing to a String cannot fail");
        separator = ",\n";
    }
    text.push_str(if hashes.is_empty() { "{}" } else { "\n  }" });
}

/// Returns whether bytes are a manifest, or the start of one.
pub(crate) fn is_start(bytes: &[u8]) -> bool {
    let start = START.as_bytes();
    bytes.starts_with(start) || start.starts_with(bytes)
}

/// Returns whether a name is that of a staging folder: the process's id and a number.
pub(crate) fn is_staging_folder(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_prefix(STAGING)
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(process, number)| is_number(process) && is_number(number))
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
