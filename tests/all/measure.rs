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

/// Returns whether a file of `src/` has unit tests alone.
fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// First words of a doc comment that is a question.
const QUESTION_WORDS: [&str; 6] = ["What ", "Whether ", "Which ", "How ", "Where ", "Who "];

/// Unit: lines.
const MAX_FILE_LINES: usize = 400;
const MAX_TEST_FILE_LINES: usize = 500;
/// Unit: lines of a body that are neither empty nor comments.
const MAX_FUNCTION_LINES: usize = 70;

/// A row of the table.
struct Row {
    name: &'static str,
    value: usize,
    /// The number of things of which the value is a part.
    of: Option<usize>,
    /// The counted things, as far as they are worth a list.
    places: Vec<String>,
}

impl Row {
    fn number(name: &'static str, value: usize) -> Self {
        Self {
            name,
            value,
            of: None,
            places: Vec::new(),
        }
    }

    fn list(name: &'static str, places: Vec<String>) -> Self {
        Self {
            name,
            value: places.len(),
            of: None,
            places,
        }
    }

    fn of(self, all: usize) -> Self {
        Self {
            of: Some(all),
            ..self
        }
    }
}

/// Measures of `src/` without unit tests, but for the last, which is about tests.
fn rows() -> Vec<Row> {
    let (tests, mut files): (Vec<_>, Vec<_>) = read_files("src")
        .into_iter()
        .partition(|file| is_test_file(&file.path));
    for file in &mut files {
        file.text = without_tests(&file.text);
    }
    let lines: usize = files.iter().map(|file| file.text.lines().count()).sum();
    let words = files.iter().map(|file| text::count_word(&file.text, "it"));
    let its: usize = words.sum();
    let mut rows = vec![Row::number("lines of src/ without tests", lines)];
    rows.extend(of_functions(&files));
    rows.push(shared_types(&files));
    rows.push(Row::number("`it`, per 1,000 lines", its * 1000 / lines));
    rows.extend(of_comments(&files));
    rows.extend(of_modules(&files));
    rows.push(Row::list(
        "files above 400 lines",
        longer(&files, MAX_FILE_LINES),
    ));
    let mut long_tests = longer(&tests, MAX_TEST_FILE_LINES);
    long_tests.extend(longer(&read_files("tests"), MAX_TEST_FILE_LINES));
    rows.push(Row::list("test files above 500 lines", long_tests));
    rows
}

/// Paths of files with more lines.
fn longer(files: &[SourceFile], most: usize) -> Vec<String> {
    let long = files.iter().filter(|file| file.text.lines().count() > most);
    long.map(|file| file.path.clone()).collect()
}

fn of_functions(files: &[SourceFile]) -> [Row; 2] {
    let all: Vec<Function> = files
        .iter()
        .flat_map(|file| functions(&file.path, &file.text))
        .collect();
    let long = all
        .iter()
        .filter(|function| function.lines > MAX_FUNCTION_LINES)
        .map(|function| format!("{} {} ({})", function.file, function.name, function.lines));
    let tuples = all
        .iter()
        .filter(|function| function.has_tuple_parameter)
        .map(|function| format!("{} {}", function.file, function.name));
    [
        Row::list("functions above 70 lines", long.collect()).of(all.len()),
        Row::list("functions with a tuple parameter", tuples.collect()),
    ]
}

fn shared_types(files: &[SourceFile]) -> Row {
    let mut types: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        for name in text::types(&file.text) {
            types.entry(name).or_default().insert(&file.path);
        }
    }
    let shared = types
        .iter()
        .filter(|(_, files)| files.len() > 1)
        .map(|(name, files)| {
            format!(
                "{name}: {}",
                Vec::from_iter(files.iter().copied()).join(" ")
            )
        });
    Row::list("type names in more than one file", shared.collect()).of(types.len())
}

fn of_comments(files: &[SourceFile]) -> [Row; 2] {
    let (mut doc_comments, mut questions, mut unlinked) = (0, 0, Vec::new());
    for file in files {
        for comment in text::comments(&file.text) {
            let mut words = QUESTION_WORDS.iter();
            let is_question = words.any(|word| comment.text.starts_with(word));
            doc_comments += usize::from(comment.is_doc);
            questions += usize::from(comment.is_doc && is_question);
            if comment.text.contains("Source:") && !comment.has_link() {
                unlinked.push(format!("{}:{}", file.path, comment.line));
            }
        }
    }
    [
        Row::number("doc comments that open with a question", questions).of(doc_comments),
        Row::list("sources without a link", unlinked),
    ]
}

fn of_modules(files: &[SourceFile]) -> [Row; 2] {
    let library = files.iter().find(|file| file.path == "lib.rs");
    let stages = text::submodules(&library.expect("the crate has a root").text);
    let modules = Modules::of(files);
    [
        Row::list(
            "stages that name a later one",
            modules.against_order(&stages),
        ),
        Row::list("cycles", modules.cycles()),
    ]
}

/// Largest values of rows. Whoever removes code lowers the first.
const LIMITS: [(&str, usize); 9] = [
    ("lines of src/ without tests", 79_900),
    ("functions above 70 lines", 0),
    ("functions with a tuple parameter", 0),
    ("type names in more than one file", 5),
    ("sources without a link", 0),
    ("stages that name a later one", 0),
    ("cycles", 0),
    ("files above 400 lines", 0),
    ("test files above 500 lines", 0),
];

/// Prints the table of `just measure`, with each place where `GWGEN_MEASURE=places`, and compares
/// it with the limits.
#[test]
fn the_table() {
    let names_places = std::env::var("GWGEN_MEASURE").is_ok_and(|value| value == "places");
    let rows = rows();
    let mut table = String::new();
    for row in &rows {
        let of = row.of.map_or_else(String::new, |all| format!(" of {all}"));
        table.push_str(&format!("{:<42} {}{of}\n", row.name, row.value));
        let places = row.places.iter().filter(|_| names_places);
        places.for_each(|place| table.push_str(&format!("    {place}\n")));
    }
    // Shown where the tests run with `--nocapture`.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    assert!(rows[0].value > 0 && rows[1].of > Some(0) && rows[3].of > Some(0));
    let mut exceeded = String::new();
    for (name, limit) in LIMITS {
        let row = rows.iter().find(|row| row.name == name);
        let row = row.unwrap_or_else(|| panic!("no row is called `{name}`"));
        if row.value > limit {
            let (value, places) = (row.value, row.places.join("\n    "));
            exceeded.push_str(&format!("\n{name}: {value}, at most {limit}\n    {places}"));
        }
    }
    assert!(
        exceeded.is_empty(),
        "measures above their limits:{exceeded}"
    );
}
