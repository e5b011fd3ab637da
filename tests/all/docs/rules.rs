//! The rule book and what cites it: a source is a row of `docs/aws-rules.md`, a URL or an RFC.
//!
//! In: `docs/aws-rules.md`, and the comments and pages of `src`, `tests`, `templates/explain` and
//! `docs`. Out: nothing. Plain text is read; no page is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::repository;

const PAGE: &str = "docs/aws-rules.md";
/// Beginnings of the last cell of a row.
const CERTAINTIES: [&str; 7] = [
    "documented",
    "recorded against AWS",
    "tried with provider 5.100",
    "reported in an issue",
    "inferred",
    "follows from",
    "not verified",
];

/// A text that may cite rows.
struct Page {
    /// Below the repository, with `/`.
    name: String,
    text: String,
}

/// A place that says where a fact comes from.
struct Citation {
    /// `src/limits.rs:17`.
    place: String,
    text: String,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_text = path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "md");
        if path.is_dir() {
            files(&path, found);
        } else if is_text {
            found.push(path);
        }
    }
}

/// Everything that may cite a row, without the rule book, this file, and the page of codes, which
/// is made of the explanations.
fn pages() -> Vec<Page> {
    let mut paths = Vec::new();
    for folder in ["src", "tests", "templates/explain", "docs"] {
        files(&repository().join(folder), &mut paths);
    }
    paths.sort();
    let page = |path: &PathBuf| {
        let name = path.strip_prefix(repository()).unwrap();
        Page {
            name: name.to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(path).unwrap(),
        }
    };
    let mut pages: Vec<Page> = paths.iter().map(page).collect();
    let others = [PAGE, "docs/codes.md", "tests/all/docs/rules.rs"];
    pages.retain(|page| !others.contains(&&*page.name));
    pages
}

/// The words of a comment, without its slashes.
fn comment(line: &str) -> Option<&str> {
    let words = line.trim_start().strip_prefix("//")?;
    Some(words.trim_start_matches(['/', '!']).trim())
}

/// Sources in comments, each up to the end of its paragraph.
fn of_code(page: &Page, found: &mut Vec<Citation>) {
    let lines: Vec<&str> = page.text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some((_, first)) = comment(line).and_then(|words| words.split_once("Source:")) else {
            continue;
        };
        let rest = lines[index + 1..]
            .iter()
            .map_while(|line| comment(line).filter(|words| !words.is_empty()));
        found.push(Citation {
            place: format!("{}:{}", page.name, index + 1),
            text: std::iter::once(first)
                .chain(rest)
                .collect::<Vec<_>>()
                .join(" "),
        });
    }
}

/// The part under `## Source`, and lines that name a source.
fn of_markdown(page: &Page, found: &mut Vec<Citation>) {
    let mut sources: Vec<&str> = page
        .text
        .lines()
        .filter_map(|line| line.split_once("Source:"))
        .map(|(_, text)| text)
        .collect();
    sources.extend(page.text.split_once("\n## Source\n").map(|(_, text)| text));
    found.extend(sources.iter().map(|text| Citation {
        place: page.name.clone(),
        text: (*text).to_owned(),
    }));
}

fn citations(pages: &[Page]) -> Vec<Citation> {
    let mut found = Vec::new();
    for page in pages {
        if page.name.ends_with(".rs") {
            of_code(page, &mut found);
        } else {
            of_markdown(page, &mut found);
        }
    }
    found
}

/// Rows that a text links to, by their anchors.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let anchors = text.split("aws-rules.md#").skip(1).map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric());
        &rest[..end.unwrap_or(rest.len())]
    });
    anchors.filter(|anchor| !anchor.is_empty())
}

/// An RFC by its number.
fn names_rfc(text: &str) -> bool {
    text.split("RFC ")
        .skip(1)
        .any(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
}

/// Rows that a text names without linking to them, such as `D8`.
fn bare_rows<'t>(text: &'t str, rows: &'t BTreeSet<String>) -> impl Iterator<Item = &'t str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| word.starts_with(|letter: char| letter.is_ascii_uppercase()))
        .filter(|word| rows.contains(&word.to_ascii_lowercase()))
}

/// Names in brackets, as in `[important notes], [caching]`.
fn bracketed(cell: &str) -> Vec<&str> {
    cell.split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']').map(|(name, _)| name))
        .collect()
}

/// Rows of the rule book, and its own faults.
fn rows(text: &str) -> (BTreeSet<String>, Vec<String>) {
    let (mut rows, mut faults) = (BTreeSet::new(), Vec::new());
    let mut unused: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.split_once("]: https://"))
        .map(|(name, _)| name)
        .collect();
    let addresses = unused.clone();
    for line in text.lines().filter(|line| line.contains("<a id=")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, fact, source, day, certainty] = cells[..] else {
            faults.push(format!("a row has {} cells: {line}", cells.len()));
            continue;
        };
        let anchor = name
            .strip_prefix("<a id=\"")
            .and_then(|rest| rest.split_once("\"></a>"))
            .filter(|(anchor, label)| *anchor == label.to_ascii_lowercase());
        let Some((anchor, label)) = anchor else {
            faults.push(format!("an anchor is not its row's name: {name}"));
            continue;
        };
        if !rows.insert(anchor.to_owned()) {
            faults.push(format!("{label} is there twice"));
        }
        let sources = bracketed(source);
        let has_address = sources.iter().all(|name| addresses.contains(name));
        if fact.is_empty() || sources.is_empty() || !has_address {
            faults.push(format!("{label} has no fact or no address"));
        }
        unused.retain(|name| !sources.contains(name));
        let is_day = day.len() == 10
            && day.split('-').map(str::len).eq([4, 2, 2])
            && day
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-');
        if !is_day {
            faults.push(format!("{label} has no day: {day}"));
        }
        if !CERTAINTIES.iter().any(|words| certainty.starts_with(words)) {
            faults.push(format!(
                "{label} does not say how certain it is: {certainty}"
            ));
        }
    }
    for name in unused {
        faults.push(format!("no row names [{name}]"));
    }
    for link in text.split("](#").skip(1) {
        let anchor = link.split(')').next().unwrap_or_default();
        if !rows.contains(anchor) {
            faults.push(format!("#{anchor} leads nowhere"));
        }
    }
    (rows, faults)
}

#[test]
fn every_source_leads_to_a_row_or_a_page_and_every_row_is_cited() {
    let (rows, mut faults) = rows(&fs::read_to_string(repository().join(PAGE)).unwrap());
    let pages = pages();
    let mut cited: BTreeMap<&str, &str> = BTreeMap::new();
    for page in &pages {
        cited.extend(links(&page.text).map(|anchor| (anchor, &*page.name)));
    }
    for (anchor, page) in &cited {
        if !rows.contains(*anchor) {
            faults.push(format!("{page}: {PAGE}#{anchor} is no row"));
        }
    }
    for row in rows.iter().filter(|row| !cited.contains_key(&***row)) {
        faults.push(format!("{PAGE}: nothing cites {row}"));
    }
    let citations = citations(&pages);
    assert!(
        citations.len() > 200,
        "sources are found: {}",
        citations.len()
    );
    for Citation { place, text } in &citations {
        // Who reads `gwgen explain` has no repository at hand.
        let is_row_enough = !place.starts_with("templates/explain");
        let leads = text.contains("https://")
            || names_rfc(text)
            || is_row_enough && links(text).next().is_some();
        if !leads {
            faults.push(format!("{place}: a source leads nowhere:{text}"));
        }
        for row in bare_rows(text, &rows) {
            faults.push(format!("{place}: {row} is no link"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn faults_of_the_rule_book_are_found() {
    let row = |name: &str, source: &str, day: &str, certainty: &str| {
        format!("| <a id=\"{name}\"></a>P1 | a fact | {source} | {day} | {certainty} |\n")
    };
    let faults =
        |rows_of_page: &str| rows(&format!("{rows_of_page}\n[page]: https://a.example\n")).1;
    let day = "2026-11-30";
    assert_eq!(faults(&row("p1", "[page]", day, "documented")), [""; 0]);
    for wrong in [
        row("p2", "[page]", day, "documented"),
        row("p1", "[page], [other]", day, "documented"),
        row("p1", "[page]", "today", "documented"),
        row("p1", "[page]", day, "surely"),
        row("p1", "[page]", day, "follows from [P9](#p9)"),
        row("p1", "[page]", day, "documented").repeat(2),
        row("p1", "[page] | more", day, "documented"),
        row("p1", "page", day, "documented"),
    ] {
        assert!(!faults(&wrong).is_empty(), "{wrong}");
    }
    let known = BTreeSet::from(["d8".to_owned()]);
    assert_eq!(bare_rows("docs/aws-rules.md#d7, D8", &known).count(), 1);
    assert!(names_rfc("RFC 9110, section 4") && !names_rfc("an RFC of old"));
}
