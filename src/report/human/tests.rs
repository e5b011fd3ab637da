//! Text of findings for people.

use std::sync::Arc;

use crate::diagnostic::{self, OperationName, Place};
use crate::report::{MessageFormat, Style, report};
use crate::source::{RelativePath, SourceFile, Sources};

fn sources(text: &str) -> Sources {
    let mut sources = Sources::default();
    let path = RelativePath::join("", "openapi.yaml").unwrap();
    let file = SourceFile::of(text.as_bytes().to_vec(), path, "openapi.yaml".into()).unwrap();
    file.show_lines();
    sources.add(Arc::new(file));
    sources
}

fn reported(text: &str, line: u32, column: u32) -> String {
    let diagnostic = diagnostic::NO_BACKEND
        .at(Place::position(&"openapi.yaml".into(), line, column))
        .message("wrong")
        .help("mend it");
    let mut out = Vec::new();
    report(
        vec![(sources(text), vec![diagnostic])],
        Style::default(),
        "",
        &mut out,
    )
    .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_caret_stands_under_the_column() {
    let expected = "error[GW3001]: wrong\n --> openapi.yaml:2:4\n  |\n2 | b: xy\n  |    ^\n  = help: mend it\n\n1 error\n";
    assert_eq!(reported("a: 1\nb: xy\n", 2, 4), expected);
}

#[test]
fn of_a_file_that_is_none_of_ours_no_line_is_shown() {
    let diagnostic = diagnostic::NO_BACKEND
        .at(Place::position(&".env".into(), 1, 4))
        .message("wrong")
        .help("mend it");
    let mut sources = Sources::default();
    let file = SourceFile::of(
        b"PASSWORD: OPENSESAME\n".to_vec(),
        RelativePath::join("", ".env").unwrap(),
        ".env".into(),
    )
    .unwrap();
    sources.add(Arc::new(file));
    let mut out = Vec::new();
    report(
        vec![(sources, vec![diagnostic])],
        Style::default(),
        "",
        &mut out,
    )
    .unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "error[GW3001]: wrong\n --> .env:1:4\n  = help: mend it\n\n1 error\n"
    );
}

#[test]
fn wide_characters_and_tabs_move_the_caret() {
    let text = reported("\"日本\": \tx\n", 1, 8);
    assert!(
        text.contains("\n1 | \"日本\":     x\n  |             ^\n"),
        "{text}"
    );
}

#[test]
fn long_lines_are_cut_around_the_column() {
    let long = format!("a: \"{}here{}\"\n", "x".repeat(5_000), "y".repeat(5_000));
    let text = reported(&long, 1, 5_005);
    let mut lines = text.lines().skip(3);
    let (shown, caret) = (lines.next().unwrap(), lines.next().unwrap());
    let at = caret.find('^').unwrap();
    assert!(
        shown
            .chars()
            .skip(at)
            .collect::<String>()
            .starts_with("here"),
        "{text}"
    );
    assert!(
        shown.chars().count() < 140 && shown.contains("| …") && shown.ends_with('…'),
        "{text}"
    );
}

#[test]
fn text_of_the_user_cannot_look_like_ours() {
    let diagnostic = diagnostic::NO_BACKEND
        .at(Place::file(&"openapi.yaml".into()))
        .message("a\u{1b}[2J\nerror: b\u{202e}")
        .help("")
        .keeps(OperationName {
            method: "GET",
            path: "/x\r".into(),
        });
    let mut out = Vec::new();
    report(
        vec![(Sources::default(), vec![diagnostic])],
        Style::default(),
        "",
        &mut out,
    )
    .unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text,
        "error[GW3001]: a␛[2J␊error: b\\u{202e}\n --> openapi.yaml:1:1\n  = not served: GET /x␍\n\n1 error\n"
    );
}

#[test]
fn shared_findings_are_reported_once_and_warnings_only_aloud() {
    let of = |line| {
        diagnostic::NO_BACKEND
            .at(Place::position(&"a".into(), line, 1))
            .message("m")
    };
    let warning = || {
        diagnostic::WEAKENED
            .at(Place::file(&"a".into()))
            .message("w")
    };
    let groups = || {
        vec![
            (Sources::default(), vec![of(2), warning()]),
            (Sources::default(), vec![of(1), of(2)]),
        ]
    };
    let lines = |style| {
        let mut out = Vec::new();
        report(groups(), style, "", &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert!(lines(Style::default()).ends_with("\n\n2 errors, 1 warning\n"));
    let json = lines(Style {
        format: MessageFormat::Json,
        quiet: true,
        ..Style::default()
    });
    let first = r#"{"code":"GW3001","slug":"no-backend","severity":"error","message":"m","help":"","places":[{"file":"a","line":1,"column":1}],"operations":[]}"#;
    assert_eq!(json.lines().next(), Some(first));
    assert_eq!(json.lines().count(), 2);
}
