//! Real descriptions, which are not part of this repository: read where they exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gwgen::openapi::{self, Api};
use gwgen::source::{FilesInMemory, Library, RelativePath};
use gwgen::{Compiled, diagnostic::Diagnostic};
use serde_json::{Value, json};

use super::{Case, codes, in_parallel, is_full, repository};

/// The folder of the corpus: `shared/corpus` beside this repository, or further up where this is a
/// worktree.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("GWGEN_CORPUS").map(PathBuf::from);
    let near = repository()
        .ancestors()
        .skip(1)
        .take(3)
        .map(|it| it.join("shared/corpus"));
    let found = named.into_iter().chain(near).find(|it| it.is_dir());
    if found.is_none() {
        use std::io::Write as _;
        // Straight to the stream: what the harness captures of a passing test is never shown.
        let text = "\nno corpus: shared/corpus is neither beside nor above this repository, so nothing was tried on real descriptions\n";
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
    found
}

/// An entry and what becomes of it.
pub(crate) struct Entry {
    pub(crate) case: Case,
    /// As gwgen reads it; `None` where it cannot be read at all.
    pub(crate) api: Option<Api>,
    /// JSON text of the description.
    pub(crate) json: Arc<String>,
    /// Codes of the errors before anything was hidden.
    pub(crate) first_errors: Vec<&'static str>,
    /// Operations that are hidden so that the rest renders.
    pub(crate) hidden: BTreeSet<(String, String)>,
    /// The last attempt, as Terraform.
    pub(crate) compiled: Compiled,
}

impl Entry {
    pub(crate) fn is_rendered(&self) -> bool {
        self.compiled.tree.is_some()
    }

    /// Too large to be compiled many times in a test.
    pub(crate) fn is_heavy(&self) -> bool {
        self.json.len() > HEAVY_BYTES
    }
}

/// From here on a description is left out where each is compiled many times.
pub(crate) const HEAVY_BYTES: usize = 2_500_000;

/// Every entry, compiled once in a process.
pub(crate) fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let paths = paths();
        let mut entries = in_parallel(&paths, |it| entry(it));
        entries.sort_by(|a, b| a.case.name.cmp(&b.case.name));
        entries
    })
}

/// The files and folders of the corpus; the large ones first, so that no thread is left alone with
/// one.
fn paths() -> Vec<PathBuf> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    paths.retain(|it| {
        let name = it.file_name().unwrap().to_str().unwrap();
        name != "INDEX.md" && !name.starts_with('.')
    });
    paths.sort_by_key(|it| {
        (
            std::cmp::Reverse(fs::metadata(it).unwrap().len()),
            it.clone(),
        )
    });
    paths
}

/// Entries of one file of at most so many bytes that are rendered: for tests that compile each again
/// and again, and need no other.
pub(crate) fn of_at_most(bytes: u64) -> Vec<Entry> {
    let mut paths = paths();
    paths.retain(|it| it.is_file() && fs::metadata(it).unwrap().len() <= bytes);
    paths.sort();
    let mut entries = in_parallel(&paths, |it| entry(it));
    entries.retain(Entry::is_rendered);
    entries
}

/// Entries that are rendered, for tests that compile each again and again; the heavy ones with
/// `GWGEN_TESTS=full` alone.
pub(crate) fn rendered_entries() -> Vec<&'static Entry> {
    entries()
        .iter()
        .filter(|entry| entry.is_rendered() && (is_full() || !entry.is_heavy()))
        .collect()
}

fn entry(path: &Path) -> Entry {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut files = BTreeMap::new();
    let spec = if path.is_dir() {
        collect(path, "api", &mut files);
        format!(
            "api/{}",
            fs::read_to_string(path.join("ENTRY")).unwrap().trim()
        )
    } else {
        files.insert(name.clone(), fs::read(path).unwrap());
        name.clone()
    };
    let memory = FilesInMemory(files);
    let library = Library::new(&memory);
    let file = library
        .open(&RelativePath::join("", &spec).unwrap(), || {
            Arc::from(spec.as_str())
        })
        .ok();
    let api = file.and_then(|it| openapi::read(it, &library).value);
    let json = file.map(|it| Arc::clone(&it.json)).unwrap_or_default();
    drop(library);
    let files = memory.0;
    let blueprint = blueprint(&spec, api.as_ref());
    let mut case = Case {
        name,
        files,
        blueprint,
        spec,
    };
    let mut compiled = case.compile("terraform");
    let first_errors = codes(&compiled.diagnostics, true);
    let hidden = stuck(&compiled.diagnostics);
    if !hidden.is_empty() {
        let routes = case.blueprint["routes"].as_array_mut().unwrap();
        routes.extend(hidden.iter().map(|(method, path)| json!({"match": {"paths": [path], "methods": [method]}, "exposure": "hidden"})));
        compiled = case.compile("terraform");
    }
    Entry {
        case,
        api,
        json,
        first_errors,
        hidden,
        compiled,
    }
}

/// Every operation that an error keeps from being served.
fn stuck(diagnostics: &[Diagnostic]) -> BTreeSet<(String, String)> {
    let errors = diagnostics.iter().filter(|it| it.is_error());
    errors
        .flat_map(|it| &it.operations)
        .map(|it| (it.method.to_owned(), it.path.to_string()))
        .collect()
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let below = format!("{prefix}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &below, files);
        } else {
            files.insert(below, fs::read(&path).unwrap());
        }
    }
}

/// Three backends, the two largest first segments on their own; every declared scheme is ignored.
fn blueprint(spec: &str, api: Option<&Api>) -> Value {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for operation in api.iter().flat_map(|it| &it.operations) {
        let Some(segment) = operation.path.split('/').nth(1) else {
            continue;
        };
        match counts.iter_mut().find(|(name, _)| name == segment) {
            Some((_, count)) => *count += 1,
            None => counts.push((segment.to_owned(), 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let is_plain = |it: &str| {
        !it.is_empty()
            && it
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it))
    };
    let own = counts
        .iter()
        .map(|(name, _)| name)
        .filter(|it| is_plain(it))
        .take(2);
    let mut backends = json!({"rest": {"port": 8080, "targets": {"ecs": true}}});
    let mut routes = vec![json!({"match": {}, "backend": "rest"})];
    for (index, (name, segment)) in ["first", "second"].into_iter().zip(own).enumerate() {
        backends[name] = json!({"port": 8081 + index, "targets": {"ecs": true}});
        routes.push(json!({"match": {"paths": [format!("/{segment}"), format!("/{segment}/**")]}, "backend": name}));
    }
    let auth: serde_json::Map<String, Value> = api
        .iter()
        .flat_map(|it| &it.schemes)
        .map(|(name, _)| (name.to_string(), json!("ignore")))
        .collect();
    json!({
        "version": 1, "name": "corpus", "spec": spec, "topology": "nlb-targets", "backends": backends, "routes": routes, "auth": auth,
        "limits": {"resources": 100_000},
        "network": {"vpc": {"var": "vpc_id"}, "subnets": {"var": "private_subnet_ids"}},
    })
}
