//! The list of what gwgen wrote: `.gwgen.json` in the output folder.
//!
//! In: bytes of a manifest. Out: hash by path, and back. Pure.
//! A path that leaves the output folder makes the whole manifest damaged: what it lists may be
//! removed.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::source::reserved::is_of_git;
pub(crate) use crate::source::reserved::{MANIFEST as NAME, STAGING};
use crate::source::{RelativePath, raw};

/// BLAKE3 in hexadecimal by path.
pub(crate) type Entries = BTreeMap<String, String>;

/// What every manifest starts with.
const START: &str = "{\n  \"version\": 1,\n  \"files\": ";

/// What a manifest lists.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) files: Entries,
    /// While a run writes: what stood there before it. A run that is killed leaves files of which
    /// each is one of the two.
    pub(crate) before: Entries,
}

impl Listed {
    pub(crate) fn holds(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether the bytes are those that gwgen wrote.
    pub(crate) fn is_as_written(&self, path: &str, bytes: &[u8]) -> bool {
        let hash = hash(bytes);
        [&self.files, &self.before]
            .into_iter()
            .any(|entries| entries.get(path) == Some(&hash))
    }
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[derive(serde::Deserialize)]
struct Manifest<'a> {
    version: u64,
    #[serde(borrow)]
    files: &'a serde_json::value::RawValue,
    #[serde(borrow, default)]
    before: Option<&'a serde_json::value::RawValue>,
}

/// What a manifest lists, or why it cannot be trusted.
pub(crate) fn parsed(bytes: &[u8]) -> Result<Listed, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let manifest: Manifest<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if manifest.version != 1 {
        return Err(format!(
            "its version is {}, and this gwgen knows version 1",
            manifest.version
        ));
    }
    let before = manifest
        .before
        .map_or_else(|| Ok(Entries::new()), |it| entries(it.get()))?;
    Ok(Listed {
        files: entries(manifest.files.get())?,
        before,
    })
}

fn entries(json: &str) -> Result<Entries, String> {
    let files: raw::Members<'_, String> =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut entries = Entries::new();
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
        if entries.insert(path.to_string(), hash).is_some() {
            return Err(format!("it lists `{}` twice", &*path));
        }
    }
    Ok(entries)
}

/// The manifest as it is written: sorted, a line a file.
pub(crate) fn printed(listed: &Listed) -> Vec<u8> {
    let mut text = String::from(START);
    push_entries(&mut text, &listed.files);
    if !listed.before.is_empty() {
        text.push_str(",\n  \"before\": ");
        push_entries(&mut text, &listed.before);
    }
    text.push_str("\n}\n");
    text.into_bytes()
}

fn push_entries(text: &mut String, entries: &Entries) {
    let mut separator = "{\n";
    for (path, hash) in entries {
        let path = serde_json::Value::from(path.as_str());
        write!(text, "{separator}    {path}: \"{hash}\"").expect("writing to a String cannot fail");
        separator = ",\n";
    }
    text.push_str(if entries.is_empty() { "{}" } else { "\n  }" });
}

/// Whether bytes are a manifest, or the start of one.
pub(crate) fn is_start(bytes: &[u8]) -> bool {
    let start = START.as_bytes();
    bytes.starts_with(start) || start.starts_with(bytes)
}

/// Whether a path names a file below the output folder that gwgen may write or remove.
pub(crate) fn is_below(path: &str) -> bool {
    let is_plain = RelativePath::join("", path).is_some_and(|plain| plain.as_str() == path);
    let is_reserved = |name: &str| name == NAME || name.starts_with(STAGING) || is_of_git(name);
    is_plain
        && !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && !path.split('/').any(is_reserved)
}
