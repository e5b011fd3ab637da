//! Results of every real description, pinned: a change of `tests/corpus.tsv` is a decision.

use std::fmt::Write as _;
use std::fs;

use crate::support::corpus::{Entry, entries};
use crate::support::{codes, repository};

/// One line: name, what became of it, operations served and hidden, codes that hid some, warnings
/// of what is served.
fn row(entry: &Entry) -> String {
    let served = entry.compiled.plan.as_ref().map_or(0, |plan| {
        plan.operations.iter().filter(|it| it.is_public()).count()
    });
    let (status, served, hidden) = if entry.is_rendered() {
        ("served", served, entry.hidden.len())
    } else {
        ("refused", 0, entry.hidden.len())
    };
    let mut errors = entry.first_errors.clone();
    if !entry.is_rendered() {
        errors.extend(codes(&entry.compiled.diagnostics, true));
        errors.sort_unstable();
        errors.dedup();
    }
    let or_none = |codes: Vec<&str>| {
        if codes.is_empty() {
            "-".to_owned()
        } else {
            codes.join(" ")
        }
    };
    let warnings = or_none(codes(&entry.compiled.diagnostics, false));
    format!(
        "{}\t{status}\t{served}\t{hidden}\t{}\t{warnings}\n",
        entry.case.name,
        or_none(errors)
    )
}

#[test]
fn the_corpus_is_served_as_the_table_says() {
    if entries().is_empty() {
        return;
    }
    let mut found = String::from("entry\tstatus\tserved\thidden\terrors\twarnings\n");
    entries()
        .iter()
        .for_each(|it| found.write_str(&row(it)).unwrap());
    let path = repository().join("tests/corpus.tsv");
    if std::env::var_os("GWGEN_UPDATE_CORPUS").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let pinned = fs::read_to_string(&path).unwrap_or_default();
    let changed: Vec<&str> = found
        .lines()
        .filter(|it| !pinned.lines().any(|line| line == *it))
        .collect();
    assert!(
        found == pinned,
        "real descriptions are served otherwise than tests/corpus.tsv says; if that is meant, run \
         `GWGEN_UPDATE_CORPUS=1 cargo test --test all invariants::table` and commit the difference:\n{}",
        changed.join("\n")
    );
}

/// Refused as a whole is only what no operation can be read of.
#[test]
fn only_whole_document_faults_refuse_an_entry() {
    for entry in entries().iter().filter(|it| !it.is_rendered()) {
        let errors = codes(&entry.compiled.diagnostics, true);
        let is_whole = errors
            .iter()
            .all(|it| ["GW1002", "GW1005", "GW1013", "GW3006"].contains(it));
        assert!(
            is_whole && !errors.is_empty(),
            "{} is refused for {errors:?}",
            entry.case.name
        );
    }
}
