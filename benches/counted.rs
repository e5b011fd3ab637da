//! Instructions of a render, as ratios to what `serde_json` takes to read the same bytes into a
//! `Value`.
//!
//! In: the inputs of `benches/inputs`, and GitHub's description where `../shared/corpus` lies
//! beside the project; `benches/counted.tsv`.
//! Out: a table on standard output. Exit code 1 where a ratio is more than 3 % above the one in the
//! table, or above its bar.
//! Instructions are counted by valgrind, so neither the load nor the speed of the machine changes
//! them. Without valgrind it says so, and exits 0. `cargo bench --bench counted -- --update` writes
//! the table anew; the commit says what a higher ratio is for.
#![expect(clippy::disallowed_methods, reason = "a bench makes files")]
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod inputs;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use inputs::{Input, matching, models, operations};
use serde_json::json;

/// With this argument the bench is the bar: a program that reads the files that follow into
/// `Value`s, and does nothing else.
const BAR: &str = "--bar";

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/counted.tsv");

/// What a ratio may exceed the one in the table by.
const PLAY: f64 = 1.03;

/// An input, and the exit code that `render` ends with.
struct Case {
    input: Input,
    exit: i32,
}

/// Instructions of both programs on the same bytes.
#[derive(Clone, Copy)]
struct Counts {
    render: u64,
    bar: u64,
}

impl Counts {
    fn ratio(self) -> f64 {
        self.render as f64 / self.bar as f64
    }
}

/// A figure of the table.
struct Figure {
    name: String,
    value: f64,
    /// What the figure must not exceed, whatever the table holds.
    limit: Option<f64>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(position) = arguments.iter().position(|argument| argument == BAR) {
        read_all(&arguments[position + 1..]);
    }
    if Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        println!("cannot be judged here: the counted cost: valgrind is not installed");
        return ExitCode::SUCCESS;
    }
    let cases = cases();
    let mut figures = figures(&cases, &count_all(&cases));
    figures.extend(comparisons(&cases));
    figures.extend(picture(&cases));
    let mut committed = Committed::read();
    if arguments.iter().any(|argument| argument == "--update") {
        committed.update(&figures);
        return ExitCode::SUCCESS;
    }
    println!("{:<60} {:>7} {:>7} {:>7}", "", "now", "table", "limit");
    let mut holds = true;
    for figure in &figures {
        holds &= committed.holds(figure);
    }
    if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Reads files into `Value`s and ends. Taking them apart is no part of reading them.
fn read_all(files: &[String]) -> ! {
    for file in files {
        let bytes = fs::read(file).expect("the file was just written");
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("it is JSON");
        std::mem::forget(std::hint::black_box(value));
    }
    std::process::exit(0)
}

fn cases() -> Vec<Case> {
    let renders = |input| Case { input, exit: 0 };
    let mut cases: Vec<Case> = SIZES
        .iter()
        .flat_map(|(size, name, unchecked)| {
            let description = operations::description(*size);
            let mut blueprint = operations::blueprint();
            let checked = inputs::to_bytes(&blueprint);
            blueprint["api"] = json!({"validation": "none"});
            [
                Input {
                    name,
                    description: description.clone(),
                    blueprint: checked,
                },
                Input {
                    name: unchecked,
                    description,
                    blueprint: inputs::to_bytes(&blueprint),
                },
            ]
        })
        .map(renders)
        .collect();
    cases.extend(
        [
            models::distinct(1_000),
            models::one_component(1_000),
            models::recursive(100),
            models::deep(100),
            matching::crossing("500 crossing routes", 500),
            matching::crossing("2,000 crossing routes", 2_000),
            matching::hidden_literals(2_000),
            matching::patterns(100_000, 1_000),
            matching::tags(1_000, 50, 5_000),
        ]
        .map(renders),
    );
    cases.push(Case {
        input: matching::crossing_above_the_limit(2_000),
        exit: 1,
    });
    match inputs::github() {
        Some(input) => cases.push(renders(input)),
        None => println!(
            "cannot be judged here: the counted cost of GitHub's description: it is not beside the project"
        ),
    }
    cases
}

/// Numbers of operations, with the names of the inputs with and without validation.
const SIZES: [(usize, &str, &str); 3] = [
    (300, "300 operations", "300 operations, not validated"),
    (1_000, "1,000 operations", "1,000 operations, not validated"),
    (3_000, "3,000 operations", "3,000 operations, not validated"),
];

/// Growth that is held: the smaller and the larger input, how many times larger it is, and the
/// largest exponent.
const GROWTH: [(&str, &str, f64, f64); 3] = [
    ("300 operations", "3,000 operations", 10.0, 1.1),
    (
        "300 operations, not validated",
        "3,000 operations, not validated",
        10.0,
        1.1,
    ),
    ("500 crossing routes", "2,000 crossing routes", 4.0, 1.3),
];

/// Largest ratios, with link-time optimisation (profile `dist`) and without.
const LIMITS: [(&str, f64, f64); 3] = [
    ("3,000 operations", 3.0, 3.5),
    ("3,000 operations, not validated", 2.0, 2.4),
    ("GitHub", 1.8, f64::INFINITY),
];

fn figures(cases: &[Case], counts: &[Counts]) -> Vec<Figure> {
    let is_dist = profile() == "dist";
    let by_name: BTreeMap<&str, Counts> = cases
        .iter()
        .zip(counts)
        .map(|(case, counts)| (case.input.name, *counts))
        .collect();
    let mut figures: Vec<Figure> = cases
        .iter()
        .zip(counts)
        .map(|(case, counts)| {
            let limit = LIMITS
                .iter()
                .find(|(name, ..)| *name == case.input.name)
                .map(|(_, dist, release)| if is_dist { *dist } else { *release });
            Figure {
                name: case.input.name.to_owned(),
                value: counts.ratio(),
                limit,
            }
        })
        .collect();
    for (small, large, times, most) in GROWTH {
        let exponent =
            (by_name[large].render as f64 / by_name[small].render as f64).ln() / times.ln();
        figures.push(Figure {
            name: format!("exponent: {small} to {large}"),
            value: exponent,
            limit: Some(most),
        });
    }
    figures
}

/// Comparisons of two states of an input: the input, the command that reads one state, and the
/// largest ratio to that.
const COMPARISONS: [(&str, &str, f64); 2] = [
    ("GitHub", "routes", 2.2),
    ("3,000 operations", "render", 2.4),
];

/// What a comparison takes, by what one of its sides does.
fn comparisons(cases: &[Case]) -> Vec<Figure> {
    let scratch = tempfile::tempdir().expect("a temporary folder can be made");
    let program = Path::new(env!("CARGO_BIN_EXE_gwgen"));
    let figure = |(name, command, limit): (&str, &'static str, f64)| {
        let case = cases.iter().find(|case| case.input.name == name)?;
        let [one, other] = ["before", "after"].map(|side| {
            let parent = scratch.path().join(format!("{side} {command}"));
            fs::create_dir(&parent).expect("a folder can be made");
            case.input.write_below(&parent)
        });
        let text = fs::read_to_string(other.join("gwgen.yaml")).expect("it was just written");
        let mut blueprint: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        blueprint["stage"] = json!({"throttle": {"rate": 10, "burst": 20}});
        fs::write(other.join("gwgen.yaml"), inputs::to_bytes(&blueprint))
            .expect("a file can be written");
        let [before, after] =
            [&one, &other].map(|path| path.to_str().expect("a temporary path is text"));
        let alone = instructions(program, &[command, "--quiet"], &one, 0);
        let both = instructions(program, &["diff", "--quiet", before, after], &one, 0);
        Some(Figure {
            name: format!("diff of {name}, by `{command}`"),
            value: both as f64 / alone as f64,
            limit: Some(limit),
        })
    };
    COMPARISONS.into_iter().filter_map(figure).collect()
}

/// What the picture of an input takes, by what the list of its routes does.
fn picture(cases: &[Case]) -> Option<Figure> {
    const INPUT: &str = "3,000 operations";
    let scratch = tempfile::tempdir().expect("a temporary folder can be made");
    let program = Path::new(env!("CARGO_BIN_EXE_gwgen"));
    let case = cases.iter().find(|case| case.input.name == INPUT)?;
    let folder = case.input.write_below(scratch.path());
    let [picture, routes] =
        ["graph", "routes"].map(|command| instructions(program, &[command, "--quiet"], &folder, 0));
    Some(Figure {
        name: format!("graph of {INPUT}, by `routes`"),
        value: picture as f64 / routes as f64,
        limit: Some(1.0),
    })
}

/// Counts all cases, two at a time.
fn count_all(cases: &[Case]) -> Vec<Counts> {
    let scratch = tempfile::tempdir().expect("a temporary folder can be made");
    let next = AtomicUsize::new(0);
    let counts = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((index, case)) = take(&next, cases) {
                    let counted = case.count(scratch.path());
                    counts
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(index, counted);
                }
            });
        }
    });
    counts
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .into_values()
        .collect()
}

fn take<'c>(next: &AtomicUsize, cases: &'c [Case]) -> Option<(usize, &'c Case)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    cases.get(index).map(|case| (index, case))
}

impl Case {
    fn count(&self, scratch: &Path) -> Counts {
        let folder = self.input.write_below(scratch);
        let bench = std::env::current_exe().expect("a program knows where it is");
        let render = instructions(
            Path::new(env!("CARGO_BIN_EXE_gwgen")),
            &["render", "--quiet"],
            &folder,
            self.exit,
        );
        let bar = instructions(&bench, &[BAR, "openapi.json", "gwgen.yaml"], &folder, 0);
        Counts { render, bar }
    }
}

/// Instructions of a program from its start to its end.
fn instructions(program: &Path, arguments: &[&str], folder: &Path, exit: i32) -> u64 {
    let mut command = Command::new("valgrind");
    command.args([
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
        "--log-file=valgrind.log",
    ]);
    command
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let status = command.status().expect("valgrind runs");
    assert_eq!(
        status.code(),
        Some(exit),
        "`{}` in a copy of {} ends otherwise",
        arguments.join(" "),
        folder.display()
    );
    let log = fs::read_to_string(folder.join("valgrind.log")).expect("valgrind writes its log");
    let line = log
        .lines()
        .find(|line| line.contains("refs:"))
        .expect("cachegrind tells the instructions");
    let digits: String = line
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().expect("cachegrind tells a number")
}

/// The profile that the program was built with: the folder that holds it.
fn profile() -> &'static str {
    if Path::new(env!("CARGO_BIN_EXE_gwgen"))
        .parent()
        .is_some_and(|folder| folder.ends_with("dist"))
    {
        "dist"
    } else {
        "release"
    }
}

/// The figures of `counted.tsv`: by name and profile.
struct Committed {
    figures: BTreeMap<(String, String), f64>,
}

impl Committed {
    fn read() -> Self {
        let text = fs::read_to_string(TABLE).unwrap_or_default();
        let lines = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut cells = line.split('\t');
                let key = (cells.next()?.to_owned(), cells.next()?.to_owned());
                Some((key, cells.next()?.parse().ok()?))
            });
        Self {
            figures: lines.collect(),
        }
    }

    /// Whether a figure is within the play and below its limit; prints its line.
    fn holds(&self, figure: &Figure) -> bool {
        let committed = self
            .figures
            .get(&(figure.name.clone(), profile().to_owned()));
        let limit = figure.limit.unwrap_or(f64::INFINITY);
        let verdict = match committed {
            None => "not in benches/counted.tsv",
            Some(_) if figure.value > limit => "above its limit",
            Some(committed) if figure.value > committed * PLAY => "above the table",
            Some(committed) if figure.value * PLAY < *committed => "holds; the table may come down",
            Some(_) => "holds",
        };
        let committed = committed.map_or_else(String::new, |value| format!("{value:.3}"));
        println!(
            "{:<60} {:>7.3} {committed:>7} {limit:>7.1}  {verdict}",
            figure.name, figure.value
        );
        verdict.starts_with("holds")
    }

    fn update(&mut self, figures: &[Figure]) {
        for figure in figures {
            self.figures
                .insert((figure.name.clone(), profile().to_owned()), figure.value);
        }
        let mut text = String::from(
            "# Instructions of `gwgen render` by those of reading the same bytes into a `Value`: input, profile, ratio. See benches/counted.rs.\n",
        );
        for ((name, profile), value) in &self.figures {
            writeln!(text, "{name}\t{profile}\t{value:.3}")
                .expect("writing to a String cannot fail");
        }
        fs::write(TABLE, text).expect("the table can be written");
        println!("{TABLE} is written");
    }
}
