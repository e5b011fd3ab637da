//! Shared parts of golden and invariant tests: cases, examples, the corpus, compiling in memory.
//!
//! In: folders of this repository, and `shared/corpus` where it exists. Out: `Case`, `Fixture`,
//! `Compiled`.

pub(crate) mod corpus;
pub(crate) mod each;
pub(crate) mod emitted;
pub(crate) mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

use gwgen::diagnostic::{At, Diagnostic, Severity};
use gwgen::source::{FilesInMemory, RelativePath, SourceFile};
use gwgen::{Compiled, Request};
use serde_json::{Value, json};

/// The formats that every case goes through.
pub(crate) const FORMATS: [&str; 3] = ["terraform", "terraform-json", "cloudformation"];

/// A template as YAML, whatever syntax the case asks for.
pub(crate) const YAML: &str = "cloudformation-yaml";

/// All ways in which a stack is written.
pub(crate) const SPELLINGS: [&str; 4] = ["terraform", "terraform-json", "cloudformation", YAML];

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A blueprint with its files.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The blueprint, as data.
    pub(crate) blueprint: Value,
    /// Path of the description among the files, the first where there are several.
    pub(crate) spec: String,
}

impl Case {
    /// Path of the memory of earlier renders, where the case has one.
    pub(crate) fn memory(&self) -> Option<&str> {
        let mut names = self.files.keys();
        names
            .find(|name| name.ends_with("/.gwgen.json"))
            .map(String::as_str)
    }

    /// Reads the folder of a case.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(folder, "", &mut files);
        let blueprint: Value =
            serde_json::from_str(&json_of("gwgen.yaml", files["gwgen.yaml"].clone())).unwrap();
        let spec = blueprint["spec"]
            .as_str()
            .or(blueprint["spec"][0].as_str())
            .unwrap_or("openapi.yaml")
            .to_owned();
        Self {
            name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            files,
            blueprint,
            spec,
        }
    }

    /// Compiles it to a format, or to `YAML`. A template has the case's own syntax, and only a
    /// template has one.
    pub(crate) fn compile(&self, format: &str) -> Compiled {
        self.compile_with(format, None)
    }

    /// Compiles it with another description in place of its own.
    pub(crate) fn compile_with(&self, format: &str, description: Option<Vec<u8>>) -> Compiled {
        let mut blueprint = self.blueprint.clone();
        let root = blueprint.as_object_mut().unwrap();
        let output = root
            .entry("output")
            .or_insert_with(|| json!({}))
            .as_object_mut()
            .unwrap();
        if format == YAML {
            output.insert("template".into(), json!("yaml"));
        } else if format != "cloudformation" {
            output.shift_remove("template");
        }
        output.insert(
            "format".into(),
            json!(if format == YAML {
                "cloudformation"
            } else {
                format
            }),
        );
        let mut files = self.files.clone();
        files.insert("gwgen.yaml".into(), serde_json::to_vec(&blueprint).unwrap());
        if let Some(description) = description {
            files.insert(self.spec.clone(), description);
        }
        compile(files)
    }

    /// The description, as data.
    pub(crate) fn description(&self) -> Value {
        serde_json::from_str(&json_of(&self.spec, self.files[&self.spec].clone())).unwrap()
    }
}

/// The files of a folder and of those in it, but for what the README's first command writes.
fn collect(folder: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() && path.ends_with("generated") {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// Compiles `gwgen.yaml` among the files.
pub(crate) fn compile(files: BTreeMap<String, Vec<u8>>) -> Compiled {
    let blueprint = RelativePath::join("", "gwgen.yaml").unwrap();
    gwgen::compile(
        &FilesInMemory(files),
        &Request {
            blueprint,
            display: Arc::from("gwgen.yaml"),
        },
    )
}

/// A file as JSON text, read as gwgen reads it.
pub(crate) fn json_of(name: &str, bytes: Vec<u8>) -> String {
    let file = SourceFile::of(
        bytes,
        RelativePath::join("", name).unwrap(),
        Arc::from(name),
    )
    .unwrap();
    file.json.to_string()
}

/// The folders of a folder, in order.
pub(crate) fn folders(parent: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(parent)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.is_dir())
        .collect();
    folders.sort();
    folders
}

/// An example or a case as it stands, with what it compiles to: each spelling once in a process.
pub(crate) struct Fixture {
    case: Case,
    pub(crate) folder: PathBuf,
    /// It is one of `blueprints/`.
    pub(crate) is_example: bool,
    compiled: [OnceLock<Compiled>; SPELLINGS.len()],
}

impl Fixture {
    fn read(folder: PathBuf) -> Self {
        let is_example = folder.starts_with(repository().join("blueprints"));
        Self {
            case: Case::read(&folder),
            folder,
            is_example,
            compiled: Default::default(),
        }
    }

    /// Returns the result of `Case::compile` for one of the spellings.
    pub(crate) fn compiled(&self, spelling: &str) -> &Compiled {
        let index = SPELLINGS
            .iter()
            .position(|known| *known == spelling)
            .unwrap();
        self.compiled[index].get_or_init(|| self.case.compile(spelling))
    }
}

impl Deref for Fixture {
    type Target = Case;

    fn deref(&self) -> &Case {
        &self.case
    }
}

/// Every example and every case.
pub(crate) fn fixtures() -> &'static [Fixture] {
    static FIXTURES: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
        let parents = [
            repository().join("blueprints"),
            repository().join("tests/cases"),
        ];
        parents
            .iter()
            .flat_map(|parent| folders(parent))
            .map(Fixture::read)
            .collect()
    });
    &FIXTURES
}

/// Snapshots in a folder and those in it, by their path from there.
pub(crate) fn snapshots_below(folder: &Path) -> BTreeSet<String> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files);
    files
        .into_keys()
        .filter(|name| name.ends_with(".snap"))
        .collect()
}

/// Returns whether tests look at everything, and not at the part that shows most:
/// `GWGEN_TESTS=full`.
pub(crate) fn is_full() -> bool {
    std::env::var_os("GWGEN_TESTS").is_some_and(|value| value == "full")
}

/// Diagnostics, a paragraph each; places by pointer, since the blueprint was brought to
/// JSON.
pub(crate) fn findings(diagnostics: &[Diagnostic]) -> String {
    let mut lines: Vec<String> = diagnostics
        .iter()
        .map(|it| {
            let mut text = format!(
                "{} {} ({})\n",
                it.code.code,
                it.code.slug,
                if it.is_error() { "error" } else { "warning" }
            );
            for place in &it.places {
                let at = match &place.at {
                    At::Pointer(pointer) | At::Repeated(pointer, _) => pointer.as_str(),
                    At::File | At::Position { .. } => "",
                };
                writeln!(text, "  at {}#{at}", place.file).unwrap();
            }
            writeln!(text, "  {}\n  help: {}", it.message, it.help).unwrap();
            text
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// The codes of the errors, or of the warnings; sorted, each once.
pub(crate) fn codes(diagnostics: &[Diagnostic], errors: bool) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = diagnostics
        .iter()
        .filter(|it| {
            it.severity
                == if errors {
                    Severity::Error
                } else {
                    Severity::Warning
                }
        })
        .map(|it| it.code.code)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Does the work for every item on two threads; answers in the order of the items.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let done = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(item) = items.get(index) else { return };
                    let result = work(item);
                    done.lock().unwrap().push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
