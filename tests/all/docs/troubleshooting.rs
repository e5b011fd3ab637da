//! The page of AWS's error texts, from the table that `gwgen explain --aws` searches.

use std::fmt::Write as _;
use std::fs;

use gwgen::diagnostic::CODES;
use gwgen::diagnostic::aws_errors::{AwsError, Occasion, all};

use super::{PAGE_OF_CODES, repository};

const INTRODUCTION: &str = "\
# Troubleshooting

<!-- Made by tests/all/docs.rs from templates/aws_errors.json. Edits here are lost. -->

What AWS says, what it means, and the field of the blueprint that changes it. `gwgen explain --aws` searches the same table; names, ids and ARNs in the text do not matter:

";
const BESIDE: &str = "
For a finding of gwgen itself, [codes by symptom](codes.md#by-symptom), or `gwgen explain GW3001`. Where a request does not arrive, follow it first: [`gwgen trace`](trace.md) prints every block on its way, and the place where it ends.
";

fn links(error: &AwsError) -> String {
    let mut links: Vec<String> = error
        .codes
        .iter()
        .map(|name| {
            let code = CODES.iter().find(|code| code.code == name).unwrap();
            format!("[{name}]({PAGE_OF_CODES}#{})", super::codes::anchor(code))
        })
        .collect();
    let row = error.rule.to_uppercase();
    links.push(format!("[{row}](aws-rules.md#{})", error.rule));
    links.join(", ")
}

pub(super) fn page(gwgen: impl Fn(&[&str]) -> String) -> String {
    let (calls, applies): (Vec<_>, Vec<_>) = all()
        .into_iter()
        .partition(|error| error.when == Occasion::Call);
    let text = r#"{"message":"Missing Authentication Token"}"#;
    let printed = gwgen(&["explain", "--aws", text]);
    let mut page = format!(
        "{INTRODUCTION}```text\n$ gwgen explain --aws '{text}'\n{printed}```\n{BESIDE}\n# What callers get\n"
    );
    for error in &calls {
        let status = error.status.unwrap();
        writeln!(
            page,
            "\n## {}\n\n**{status}.** {}\n\n{}\n\nSee {}.",
            error.text,
            error.cause,
            error.mend,
            links(error)
        )
        .unwrap();
    }
    page.push_str(
        "\n# What an apply stops with\n\n| AWS says | cause | what to do |\n| --- | --- | --- |\n",
    );
    for error in &applies {
        let (cause, mend) = (&error.cause, &error.mend);
        writeln!(
            page,
            "| {} | {cause} | {mend} {} |",
            error.text,
            links(error)
        )
        .unwrap();
    }
    page
}

#[test]
fn every_entry_has_a_row_of_the_rule_book_with_its_source_and_codes_that_there_are() {
    let book = fs::read_to_string(repository().join("docs/aws-rules.md")).unwrap();
    for error in all() {
        let marker = format!("<a id=\"{}\"></a>", error.rule);
        let row = book.lines().find(|line| line.contains(&marker));
        let sources = row.unwrap().split(" | ").nth(2).unwrap();
        let address = book
            .lines()
            .find(|line| line.ends_with(&format!("]: {}", error.source)));
        let name = address.unwrap().split_once(':').unwrap().0;
        assert!(sources.contains(name), "{}: {sources}", error.text);
        assert!(!error.cause.contains('|') && !error.mend.contains('|'));
        for code in &error.codes {
            assert!(CODES.iter().any(|known| known.code == code), "{code}");
        }
        assert_eq!(error.when == Occasion::Call, error.status.is_some());
    }
}
