//! Every finding that files can cause: `tests/bad/<code>_<slug>[_<variant>]/` marks the line, `# expect: GW3001`.
//!
//! Of each case the set of (file, line, code) is compared exactly; messages and helps are snapshots
//! in `snapshots/bad`.
//! `fixed/` beside a case holds the files that differ once the finding is mended as its help says;
//! that renders.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gwgen::diagnostic::{CODES, Code, Severity};
use gwgen::source::{FilesInMemory, Finding, RelativePath};
use gwgen::{Compiled, Request, compile};

/// Codes without a case folder, and why.
const EXEMPT: &[(&str, &str)] = &[
    (
        "GW0004",
        "needs a disk that refuses a write: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0005",
        "needs an earlier output on disk: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0006",
        "needs a file of somebody else on disk: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0007",
        "is about the working directory: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0008",
        "takes two blueprints on one command line: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0010",
        "needs an earlier output on disk: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0011",
        "is about a file that `init` would write: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0012",
        "is about what `init` finds in the working directory: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0013",
        "is about what `init` finds in the working directory: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW0014",
        "is an annotation of `check`, about files on disk: tests/all/diagnostics_cli.rs",
    ),
    ("GW0015", "needs a git repository: tests/all/newcomer.rs"),
    (
        "GW0016",
        "needs an earlier output on disk: tests/all/memory.rs",
    ),
    (
        "GW0017",
        "needs an earlier output on disk: tests/all/memory.rs",
    ),
    (
        "GW0020",
        "needs another run at the same moment: tests/all/writer.rs",
    ),
    (
        "GW0021",
        "is about the command line and a git repository: src/io/tests/revisions.rs",
    ),
    ("GW0022", "is about a git repository: src/io/tests/sides.rs"),
    (
        "GW0023",
        "needs a damaged git repository: src/io/tests/revisions.rs",
    ),
    (
        "GW0024",
        "is about what `bench-script` finds to call: tests/all/bench_script.rs",
    ),
    ("GW2131", "needs a day that has come: tests/all/policy.rs"),
    ("GW0025", "needs two blueprints: tests/all/bench_script.rs"),
    (
        "GW2141",
        "is about the working directory: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW2142",
        "takes two blueprints on one command line: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW2143",
        "takes two blueprints on one command line: tests/all/diagnostics_cli.rs",
    ),
    (
        "GW4034",
        "needs an output of megabytes: tests/all/hostile/sizes.rs",
    ),
    (
        "GW9002",
        "is a state that no input reaches: the program answers with it where `compile` gives neither files nor an error",
    ),
    (
        "GW9001",
        "no input is known to cause it, and one that did would be mended in src: the walk's own tests corrupt stacks",
    ),
    ("GW6001", "needs two states: tests/all/diff/command.rs"),
    ("GW6002", "needs two states: tests/all/diff/command.rs"),
    ("GW6003", "needs two states: tests/all/diff/command.rs"),
    ("GW6004", "needs two states: tests/all/diff/command.rs"),
    ("GW6005", "needs two states: tests/all/diff/command.rs"),
    ("GW6006", "needs two states: tests/all/diff/command.rs"),
    ("GW6007", "needs two states: tests/all/diff/command.rs"),
    ("GW6008", "needs two states: tests/all/diff/command.rs"),
];

type Files = BTreeMap<String, Vec<u8>>;
type Marks = BTreeSet<(String, u32, String)>;

struct Case {
    name: String,
    code: &'static Code,
    files: Files,
    /// The files that differ in the twin.
    fixed: Files,
}

fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn files(folder: &Path, below: &str, found: &mut Files) {
    for name in names(folder) {
        let (path, shown) = (folder.join(&name), format!("{below}{name}"));
        if !path.is_dir() {
            found.insert(shown, fs::read(path).unwrap());
        } else if shown != "fixed" {
            files(&path, &format!("{shown}/"), found);
        }
    }
}

fn prefix(code: &Code) -> String {
    format!(
        "{}_{}",
        code.code.to_lowercase(),
        code.slug.replace('-', "_")
    )
}

fn is_named_after(name: &str, code: &Code) -> bool {
    name.strip_prefix(&prefix(code)).is_some_and(|variant| {
        variant.is_empty() || (variant.starts_with('_') && variant.len() > 1)
    })
}

fn cases() -> Vec<Case> {
    let folder = manifest().join("tests/bad");
    let case = |name: String| {
        let (mut given, mut fixed) = (Files::new(), Files::new());
        let path: PathBuf = folder.join(&name);
        files(&path, "", &mut given);
        if path.join("fixed").is_dir() {
            files(&path.join("fixed"), "", &mut fixed);
        }
        let code = CODES.iter().find(|code| is_named_after(&name, code));
        let code =
            code.unwrap_or_else(|| panic!("tests/bad/{name} is named after no code and slug"));
        Case {
            name,
            code,
            files: given,
            fixed,
        }
    };
    names(&folder).into_iter().map(case).collect()
}

/// Diagnostics of a case; notes, which every render reports, only where the case is about one.
fn compiled(files: &Files, of: &Code) -> (Compiled, Vec<Finding>) {
    let blueprint = ["gwgen.yaml", "gwgen.json"]
        .into_iter()
        .find(|name| files.contains_key(*name))
        .unwrap();
    let request = Request {
        blueprint: RelativePath::join("", blueprint).unwrap(),
        display: Arc::from(blueprint),
    };
    let mut compiled = compile(&FilesInMemory(files.clone()), &request);
    let mut findings = compiled
        .sources
        .locate(std::mem::take(&mut compiled.diagnostics));
    findings.retain(|diagnostic| {
        (diagnostic.severity != Severity::Info || diagnostic.code == of.code)
            && diagnostic.allowed.is_none()
    });
    (compiled, findings)
}

/// Diagnostics that the comments of a case expect, and its `expect.txt` for files without comments.
fn marks(case: &Case) -> Marks {
    let mut marks = Marks::new();
    for (file, bytes) in &case.files {
        let text = String::from_utf8_lossy(bytes);
        if file == "expect.txt" {
            for line in text.lines() {
                let mut parts = line.splitn(3, ':');
                let mut part = || parts.next().expect("file:line:code").to_owned();
                marks.insert((part(), part().parse().unwrap(), part()));
            }
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            let Some((_, codes)) = line.split_once("# expect: ") else {
                continue;
            };
            marks.extend(
                codes
                    .split(',')
                    .map(|code| (file.clone(), number, code.trim().to_owned())),
            );
        }
    }
    marks
}

fn found(findings: &[Finding]) -> Marks {
    findings
        .iter()
        .map(|diagnostic| {
            (
                diagnostic.places[0].file.to_string(),
                diagnostic.places[0].line,
                diagnostic.code.to_owned(),
            )
        })
        .collect()
}

fn shown(findings: &[Finding]) -> String {
    let mut text = String::new();
    for diagnostic in findings {
        let severity = format!("{:?}", diagnostic.severity).to_lowercase();
        writeln!(text, "{severity}[{}] {}", diagnostic.code, diagnostic.slug).unwrap();
        for place in &diagnostic.places {
            let pointer = place
                .pointer
                .as_deref()
                .map(|pointer| format!(" {pointer}"))
                .unwrap_or_default();
            writeln!(
                text,
                "  at {}:{}:{}{pointer}",
                place.file, place.line, place.column
            )
            .unwrap();
        }
        writeln!(
            text,
            "  {}\n  help: {}",
            diagnostic.message, diagnostic.help
        )
        .unwrap();
        for operation in &diagnostic.operations {
            writeln!(text, "  keeps {} {}", operation.method, operation.path).unwrap();
        }
        text.push('\n');
    }
    text
}

/// Runs a check of every case, and reports all that fail.
fn of_every_case(check: impl Fn(&Case) -> Result<(), String>) {
    let failed: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            check(case)
                .err()
                .map(|problem| format!("{}: {problem}", case.name))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn findings_are_those_that_the_cases_mark() {
    of_every_case(|case| {
        let (compiled, findings) = compiled(&case.files, case.code);
        let (marks, found) = (marks(case), found(&findings));
        if marks != found {
            let missing: Vec<_> = marks.difference(&found).collect();
            let unmarked: Vec<_> = found.difference(&marks).collect();
            return Err(format!(
                "not found {missing:?}, not marked {unmarked:?}\n{}",
                shown(&findings)
            ));
        }
        let has_error = findings
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error);
        if has_error == compiled.tree.is_some() {
            return Err("files are made exactly where there is no error".into());
        }
        if !marks.iter().any(|(_, _, code)| code == case.code.code) {
            return Err(format!("{} is not what it is about", case.code.code));
        }
        Ok(())
    });
}

#[test]
fn findings_read_as_in_their_snapshots() {
    of_every_case(|case| {
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(manifest().join("snapshots/bad"));
        settings.set_prepend_module_to_snapshot(false);
        settings.remove_snapshot_suffix();
        settings.set_omit_expression(true);
        let text = shown(&compiled(&case.files, case.code).1);
        // A release changes no snapshot.
        let own = concat!("this is gwgen ", env!("CARGO_PKG_VERSION"));
        let text = text.replace(own, "this is gwgen [version]");
        let checked = AssertUnwindSafe(|| {
            settings.bind(|| insta::assert_snapshot!(case.name.as_str(), text))
        });
        catch_unwind(checked).map_err(|_| {
            "the text differs from its snapshot; `cargo insta review` shows how".into()
        })
    });
}

#[test]
fn mended_cases_render() {
    of_every_case(|case| {
        if case.fixed.is_empty() {
            return if case.code.severity != Severity::Error {
                Ok(())
            } else {
                Err("there is no `fixed/` beside it".into())
            };
        }
        let mut files = case.files.clone();
        for (name, bytes) in &case.fixed {
            if files
                .insert(name.clone(), bytes.clone())
                .is_some_and(|before| before == *bytes)
            {
                return Err(format!("fixed/{name} is the same file"));
            }
        }
        let (compiled, findings) = compiled(&files, case.code);
        if findings
            .iter()
            .any(|diagnostic| diagnostic.code == case.code.code)
            || compiled.tree.is_none()
        {
            return Err(format!(
                "it does not render once it is mended\n{}",
                shown(&findings)
            ));
        }
        Ok(())
    });
}

#[test]
fn every_code_has_a_case_or_a_reason() {
    let cases = cases();
    for code in CODES {
        let has_case = cases.iter().any(|case| case.code == *code);
        let is_exempt = EXEMPT.iter().any(|(exempt, _)| *exempt == code.code);
        assert!(
            has_case != is_exempt,
            "{} {} needs either a folder tests/bad/{} or a reason, not both",
            code.code,
            code.slug,
            prefix(code)
        );
    }
    for (code, reason) in EXEMPT {
        assert!(
            CODES.iter().any(|known| known.code == *code) && !reason.is_empty(),
            "{code} is no code"
        );
        // A reason that names another test is true while that one has the code.
        if let Some((_, file)) = reason.split_once(": tests/") {
            let text = fs::read_to_string(manifest().join("tests").join(file)).unwrap();
            assert!(text.contains(code), "tests/{file} has nothing of {code}");
        }
    }
}

#[test]
fn codes_are_unique_and_sorted() {
    assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    let slugs: BTreeSet<&str> = CODES.iter().map(|code| code.slug).collect();
    assert_eq!(slugs.len(), CODES.len());
    for code in CODES {
        assert!(
            code.code.len() == 6
                && code.code.starts_with("GW")
                && code.code[2..].bytes().all(|byte| byte.is_ascii_digit()),
            "{}",
            code.code
        );
        assert!(
            code.slug
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{}",
            code.slug
        );
    }
}

#[test]
fn every_code_is_explained() {
    let heads = [
        "## What is checked",
        "## Why it matters",
        "## Wrong",
        "## Right",
    ];
    // What gwgen itself promises, and where a fact of others is written.
    let ends: [&[&str]; 3] = [
        &["## Contract"],
        &["## Source"],
        &["## Contract", "## Source"],
    ];
    for code in CODES {
        let title = format!("# {} {}", code.code, code.slug);
        let found: Vec<&str> = code
            .explanation
            .lines()
            .filter(|line| line.starts_with("# GW") || line.starts_with("## "))
            .collect();
        let begins = [&[&*title], &heads[..]].concat();
        let end = found.strip_prefix(&begins[..]);
        assert!(end.is_some_and(|end| ends.contains(&end)), "{found:?}");
        for part in code.explanation.split("\n## ").skip(1) {
            let (head, text) = part.split_once('\n').unwrap();
            assert!(
                text.trim().len() >= 20,
                "{} says nothing under {head}",
                code.code
            );
            let is_example = matches!(head, "Wrong" | "Right");
            assert_eq!(
                text.matches("```").count(),
                if is_example { 2 } else { 0 },
                "{} {head}",
                code.code
            );
        }
        let texts: BTreeSet<&str> = code.explanation.split("\n```").collect();
        assert!(texts.len() > 4, "{} has the same example twice", code.code);
    }
}
