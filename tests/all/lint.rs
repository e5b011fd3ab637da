//! `gwgen lint` as a user runs it.
//!
//! In: the program, copies of examples. Out: exit codes, and the list of what the gateway checks.

use std::path::Path;

use crate::support::program::{gwgen, text};

#[test]
fn coverage_says_what_is_checked_and_what_is_not() {
    for case in [
        "blueprints/validated",
        "tests/cases/models_are_never_stricter",
        "tests/cases/validation_by_route",
        "tests/cases/parameters_are_declared",
    ] {
        let output = gwgen(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(case),
            &["lint", "--coverage"],
        );
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        insta::assert_snapshot!(
            format!("coverage_{}", case.rsplit('/').next().unwrap()),
            text(&output.stdout)
        );
    }
}

#[test]
fn warnings_are_denied_where_that_is_asked_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let with_warning = root.join("tests/bad/gw4100_unchecked_body");
    assert_eq!(gwgen(&with_warning, &["lint"]).status.code(), Some(0));
    let output = gwgen(&with_warning, &["lint", "--deny", "warnings"]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    assert!(text(&output.stderr).contains("GW4100"));
    // Diagnostics that are not shown are denied all the same.
    assert_eq!(
        gwgen(&with_warning, &["lint", "--deny", "warnings", "--quiet"])
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        gwgen(
            &root.join("tests/cases/validation_by_route"),
            &["lint", "--deny", "warnings"]
        )
        .status
        .code(),
        Some(0)
    );
    assert_eq!(
        gwgen(&root.join("tests/bad/gw2001_unknown_field"), &["lint"])
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        gwgen(root, &["lint", "--deny", "nothing"]).status.code(),
        Some(2)
    );
}
