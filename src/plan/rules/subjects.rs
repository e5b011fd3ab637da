//! Texts that `match` can name: paths, tags, operation ids, and prefixes of mounts.
//!
//! In: descriptions, `MatchSpec`s. Out: entries that match nothing, with suggestions. Pure.

use std::collections::BTreeSet;

use crate::blueprint::{Blueprint, MatchSpec};
use crate::openapi::Operation;
use crate::plan::rules::patterns::{PatternKind, Patterns, path_matches};

/// Most entries that are compared with every name; the others have no suggestion.
const MAX_COMPARED: usize = 8;

/// Least likeness of a name that is suggested.
const LIKENESS: f64 = 0.75;

/// Texts that patterns of `match` can name.
pub(crate) struct Subjects<'a> {
    paths: BTreeSet<&'a str>,
    tags: BTreeSet<&'a str>,
    ids: BTreeSet<&'a str>,
    mounts: BTreeSet<&'a str>,
    compared: std::cell::Cell<usize>,
}

/// An entry of a `match` that no operation has.
#[derive(Debug)]
pub(crate) struct Idle {
    /// The key of `match` that holds it.
    pub(crate) key: &'static str,
    pub(crate) entry: String,
    /// Pattern or name that is most like it.
    suggestion: Option<String>,
}

impl Idle {
    /// Returns the help of a diagnostic about such entries.
    pub(crate) fn help(all: &[Self]) -> String {
        let suggested: Vec<String> = all
            .iter()
            .filter_map(|idle| idle.suggestion.as_ref())
            .map(|suggestion| format!("did you mean `{suggestion}`?"))
            .collect();
        let start = if suggested.is_empty() {
            "compare its patterns with the paths, methods, tags and operation ids of the description.".to_owned()
        } else {
            suggested.join(" ")
        };
        format!(
            "{start} Correct it, remove it, or write `optional: true` where it may match nothing"
        )
    }
}

impl<'a> Subjects<'a> {
    /// Collects the texts of the operations of all descriptions.
    pub(crate) fn of(
        operations: impl Iterator<Item = &'a Operation>,
        blueprint: &'a Blueprint,
    ) -> Self {
        let mut subjects = Self {
            paths: BTreeSet::new(),
            tags: BTreeSet::new(),
            ids: BTreeSet::new(),
            mounts: blueprint
                .spec
                .mounts
                .iter()
                .flatten()
                .map(|mount| &*mount.at)
                .collect(),
            compared: std::cell::Cell::new(0),
        };
        for operation in operations {
            subjects.paths.insert(&operation.path);
            subjects
                .tags
                .extend(operation.tags.iter().map(|tag| &**tag));
            subjects.ids.extend(operation.id.as_deref());
        }
        subjects
    }

    /// Returns the entries of each `match` that name nothing there is, by the index of the `match`.
    pub(crate) fn idle(&self, matches: &[&MatchSpec]) -> Vec<Vec<Idle>> {
        let mut idle: Vec<Vec<Idle>> = matches.iter().map(|_| Vec::new()).collect();
        let keys: [(&'static str, PatternKind, &BTreeSet<&str>); 3] = [
            ("paths", PatternKind::Paths, &self.paths),
            ("tags", PatternKind::Texts, &self.tags),
            ("operation_ids", PatternKind::Texts, &self.ids),
        ];
        for (key, kind, names) in keys {
            let entries: Vec<(usize, &String)> = matches
                .iter()
                .enumerate()
                .flat_map(|(index, spec)| list(spec, key).iter().map(move |entry| (index, entry)))
                .collect();
            let mut patterns = Patterns::new(kind);
            for (number, (_, entry)) in entries.iter().enumerate() {
                patterns.insert(entry, number);
            }
            let mut is_used = vec![false; entries.len()];
            for name in names {
                patterns.any(name, |number| {
                    is_used[number] = true;
                    false
                });
            }
            for ((index, entry), _) in entries.iter().zip(is_used).filter(|(_, is_used)| !is_used) {
                idle[*index].push(Idle {
                    key,
                    entry: (*entry).clone(),
                    suggestion: self.suggestion(key, entry, names),
                });
            }
        }
        for (index, spec) in matches.iter().enumerate() {
            for entry in spec.mounts.iter().flatten() {
                let plain = entry.trim_matches('/');
                let is_mount = |mount: &&str| mount.trim_matches('/') == plain;
                if !plain.is_empty() && !self.mounts.iter().any(is_mount) {
                    idle[index].push(Idle {
                        key: "mounts",
                        entry: entry.clone(),
                        suggestion: self.suggestion("mounts", entry, &self.mounts),
                    });
                }
            }
        }
        idle
    }

    /// Returns the text that is most like an entry that names nothing.
    fn suggestion(&self, key: &str, entry: &str, names: &BTreeSet<&str>) -> Option<String> {
        self.compared.set(self.compared.get() + 1);
        if self.compared.get() > MAX_COMPARED {
            return None;
        }
        let moved = (key == "paths").then(|| moved(entry, names)).flatten();
        moved.or_else(|| alike(entry, names))
    }
}

fn list<'m>(spec: &'m MatchSpec, key: &str) -> &'m [String] {
    let list = match key {
        "paths" => &spec.paths,
        "tags" => &spec.tags,
        _ => &spec.operation_ids,
    };
    list.as_deref().unwrap_or_default()
}

/// Returns the same pattern under another prefix: `/v2/admin/**` for `/admin/**`.
fn moved(entry: &str, paths: &BTreeSet<&str>) -> Option<String> {
    if !entry.starts_with('/') || entry.starts_with("/**") || entry.starts_with("/*") {
        return None;
    }
    let below = format!("/**{entry}");
    let path = paths.iter().find(|path| path_matches(&below, path))?;
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
    let prefix = ends
        .filter(|at| path_matches(entry, &path[*at..]))
        .map(|at| &path[..at])
        .last()?;
    Some(format!("{prefix}{entry}"))
}

/// Returns the name that is most like an entry, wildcards aside.
fn alike(entry: &str, names: &BTreeSet<&str>) -> Option<String> {
    let text = entry.replace("/**", "").replace('*', "").to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&text, &name.to_lowercase());
    let ranked = names
        .iter()
        .map(|name| (likeness(name), *name))
        .filter(|(likeness, _)| *likeness >= LIKENESS);
    ranked
        .max_by(|one, other| one.0.total_cmp(&other.0).then_with(|| other.1.cmp(one.1)))
        .map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{alike, moved};

    #[test]
    fn a_pattern_whose_paths_moved_is_found_again() {
        let paths = BTreeSet::from(["/up", "/v2/admin/users", "/v2/admin/users/{id}"]);
        assert_eq!(moved("/admin/**", &paths).as_deref(), Some("/v2/admin/**"));
        assert_eq!(
            moved("/admin/users", &paths).as_deref(),
            Some("/v2/admin/users")
        );
        assert_eq!(moved("/staff/**", &paths), None);
        assert_eq!(moved("**", &paths), None);
    }

    #[test]
    fn names_are_compared_in_any_case() {
        let tags = BTreeSet::from(["admin", "billing"]);
        assert_eq!(alike("ADMIN", &tags).as_deref(), Some("admin"));
        assert_eq!(alike("adm*", &tags).as_deref(), Some("admin"));
        assert_eq!(alike("xyz", &tags), None);
    }
}
