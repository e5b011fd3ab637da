//! Sizes, names and dependencies of the code in `src/`.
//!
//! `just measure` prints the table. The code is read line by line, as rustfmt formats it.

mod modules;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use modules::Modules;
use text::{Function, functions, without_tests};

/// A file of `src/`.
struct SourceFile {
    /// Below `src/`, with `/`.
    path: String,
    text: String,
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Files below a folder of the package, sorted by path.
fn read_files(folder: &str) -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths = Vec::new();
    rust_files(&root, &mut paths);
    paths.sort();
    let name = |path: &Path| {
        path.strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/")
    };
    paths
        .iter()
        .map(|path| SourceFile {
            path: name(path),
            text: fs::read_to_string(path).unwrap(),
        })
        .collect()
}

/// Returns whether a file has unit tests alone.
fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// Files of `src/`, without unit tests.
fn source_files() -> Vec<SourceFile> {
    let mut files = read_files("src");
    files.retain(|file| !is_test_file(&file.path));
    for file in &mut files {
        file.text = without_tests(&file.text);
    }
    files
}

/// First words of a doc comment that is a question.
const QUESTION_WORDS: [&str; 6] = ["What ", "Whether ", "Which ", "How ", "Where ", "Who "];

struct Measures {
    lines: usize,
    functions: Vec<Function>,
    /// Files by the names of the types that they define.
    types: BTreeMap<String, BTreeSet<String>>,
    it_count: usize,
    doc_comments: usize,
    questions: usize,
    sources_without_link: Vec<String>,
    cycles: Vec<String>,
    /// Dependencies of a stage on a later one.
    against_order: Vec<String>,
    long_files: Vec<String>,
}

impl Measures {
    fn of_sources() -> Self {
        let files = source_files();
        let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut functions_found = Vec::new();
        let (mut it_count, mut doc_comments, mut questions) = (0, 0, 0);
        let mut sources_without_link = Vec::new();
        for file in &files {
            functions_found.extend(functions(&file.path, &file.text));
            for name in text::types(&file.text) {
                types.entry(name).or_default().insert(file.path.clone());
            }
            it_count += text::count_word(&file.text, "it");
            for comment in text::comments(&file.text) {
                doc_comments += usize::from(comment.is_doc);
                questions += usize::from(
                    comment.is_doc
                        && QUESTION_WORDS
                            .iter()
                            .any(|word| comment.text.starts_with(word)),
                );
                if comment.text.contains("Source:") && !comment.has_link() {
                    sources_without_link.push(format!("{}:{}", file.path, comment.line));
                }
            }
        }
        let library = files
            .iter()
            .find(|file| file.path == "lib.rs")
            .expect("the crate has a root");
        let modules = Modules::of(&files);
        let long = |file: &&SourceFile| file.text.lines().count() > MAX_FILE_LINES;
        Self {
            lines: files.iter().map(|file| file.text.lines().count()).sum(),
            functions: functions_found,
            types,
            it_count,
            doc_comments,
            questions,
            sources_without_link,
            cycles: modules.cycles(),
            against_order: modules.against_order(&text::submodules(&library.text)),
            long_files: files
                .iter()
                .filter(long)
                .map(|file| file.path.clone())
                .collect(),
        }
    }

    fn long_functions(&self) -> Vec<String> {
        let long = self
            .functions
            .iter()
            .filter(|function| function.lines > MAX_FUNCTION_LINES);
        long.map(|function| format!("{} {} ({})", function.file, function.name, function.lines))
            .collect()
    }

    fn tuple_parameters(&self) -> Vec<String> {
        let found = self
            .functions
            .iter()
            .filter(|function| function.has_tuple_parameter);
        found
            .map(|function| format!("{} {}", function.file, function.name))
            .collect()
    }

    fn shared_types(&self) -> Vec<String> {
        let shared = self.types.iter().filter(|(_, files)| files.len() > 1);
        shared
            .map(|(name, files)| {
                format!(
                    "{name}: {}",
                    files.iter().cloned().collect::<Vec<_>>().join(" ")
                )
            })
            .collect()
    }
}

/// Unit: lines.
const MAX_FILE_LINES: usize = 400;
/// Unit: lines of a body that are neither empty nor comments.
const MAX_FUNCTION_LINES: usize = 70;

/// Prints the table of `just measure`, with each place where `GWGEN_MEASURE=places`.
#[test]
fn the_table() {
    let measures = Measures::of_sources();
    let (long, tuples, shared) = (
        measures.long_functions(),
        measures.tuple_parameters(),
        measures.shared_types(),
    );
    let rows: [(&str, String, &[String]); 10] = [
        (
            "lines of src/ without tests",
            measures.lines.to_string(),
            &[],
        ),
        (
            "functions above 70 lines",
            format!("{} of {}", long.len(), measures.functions.len()),
            &long,
        ),
        (
            "functions with a tuple parameter",
            tuples.len().to_string(),
            &tuples,
        ),
        (
            "type names in more than one file",
            format!("{} of {}", shared.len(), measures.types.len()),
            &shared,
        ),
        (
            "`it`, per 1,000 lines",
            (measures.it_count * 1000 / measures.lines).to_string(),
            &[],
        ),
        (
            "doc comments that open with a question",
            format!("{} of {}", measures.questions, measures.doc_comments),
            &[],
        ),
        (
            "sources without a link",
            measures.sources_without_link.len().to_string(),
            &measures.sources_without_link,
        ),
        (
            "stages that name a later one",
            measures.against_order.len().to_string(),
            &measures.against_order,
        ),
        (
            "cycles",
            measures.cycles.len().to_string(),
            &measures.cycles,
        ),
        (
            "files above 400 lines",
            measures.long_files.len().to_string(),
            &measures.long_files,
        ),
    ];
    let names_places = std::env::var("GWGEN_MEASURE").is_ok_and(|value| value == "places");
    let mut table = String::new();
    for (what, value, places) in rows {
        table.push_str(&format!("{what:<42} {value}\n"));
        let places = places.iter().filter(|_| names_places);
        places.for_each(|place| table.push_str(&format!("    {place}\n")));
    }
    // Shown where the tests run with `--nocapture`.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    assert!(measures.lines > 0 && !measures.functions.is_empty() && !measures.types.is_empty());
}
