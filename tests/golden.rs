//! Every example and every case in every format, file by file.
//!
//! In: `blueprints/*`, `tests/cases/*`. Out: compared with `snapshots/<case>/<format>/<file>.snap`; raw files in `target/golden`.
//! `cargo test` never rewrites a snapshot: `cargo insta review` does. One case: `INSTA_GLOB_FILTER='any_method/*' cargo test golden`.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own files has to stop")]
#![allow(clippy::disallowed_methods, reason = "tests write the raw files for other tools")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gwgen::aws::KINDS;
use gwgen::diagnostic::Severity;
use support::emitted::texts;
use support::{Case, FORMATS, all_cases, codes, findings, folders, repository};

/// What CloudFormation may refuse a case for: a value of Terraform's own, unverified TLS, the size of a template.
const TERRAFORM_ONLY: [&str; 3] = ["GW2008", "GW4025", "GW4020"];

#[test]
fn every_case_in_every_format() {
    let mut expected = BTreeSet::new();
    let mut one = |path: &Path| {
        let case = Case::read(path.parent().unwrap());
        for format in FORMATS {
            expected.extend(golden(&case, format));
        }
    };
    insta::glob!("cases/*/gwgen.yaml", &mut one);
    insta::glob!("..", "blueprints/*/gwgen.yaml", &mut one);
    if std::env::var_os("INSTA_GLOB_FILTER").is_none() {
        assert_eq!(expected, snapshots(), "a snapshot belongs to no file that is made, or the other way round");
    }
}

/// Compares the files of a case, and gives the paths of its snapshots.
fn golden(case: &Case, format: &str) -> Vec<PathBuf> {
    let folder = Path::new(&case.name).join(format);
    let compiled = case.compile(format);
    let errors = codes(&compiled.diagnostics, true);
    if compiled.tree.is_none() {
        let is_expected = format == "cloudformation" && !errors.is_empty() && errors.iter().all(|it| TERRAFORM_ONLY.contains(it));
        assert!(is_expected, "{}/{format} does not render:\n{}", case.name, findings(&compiled.diagnostics));
    }
    let raw = repository().join("target/golden").join(&folder);
    let _ = fs::remove_dir_all(&raw);
    fs::create_dir_all(&raw).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(repository().join("snapshots").join(&folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_snapshot_suffix();
    settings.remove_input_file();
    let mut made = Vec::new();
    let mut compare = |name: &str, text: &str| {
        settings.bind(|| insta::assert_snapshot!(name, text));
        made.push(folder.join(format!("{name}.snap")));
    };
    // What is said at every render would stand in every case.
    let told: Vec<_> = compiled.diagnostics.iter().filter(|it| it.severity != Severity::Info).cloned().collect();
    if !told.is_empty() {
        compare("findings.txt", &findings(&told));
    }
    for (name, bytes) in compiled.tree.iter().flat_map(|it| &it.files) {
        let path = raw.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    for (name, text) in compiled.tree.iter().flat_map(texts) {
        match name.strip_prefix("functions/") {
            // Its snapshot is its source.
            Some(module) => assert_eq!(text, fs::read_to_string(repository().join("templates/functions").join(module)).unwrap()),
            None => compare(name, text),
        }
    }
    made
}

/// Every snapshot that is there.
fn snapshots() -> BTreeSet<PathBuf> {
    let root = repository().join("snapshots");
    let files = folders(&root).into_iter().flat_map(|it| folders(&it)).flat_map(|it| fs::read_dir(it).unwrap());
    let paths = files.map(|it| it.unwrap().path()).filter(|it| it.extension().is_some_and(|it| it == "snap"));
    paths.map(|it| it.strip_prefix(&root).unwrap().to_owned()).collect()
}

/// Kinds of topologies that are still refused.
const NOT_USED_YET: &[&str] =
    &["aws_cloudwatch_log_group", "aws_iam_role", "aws_lambda_function", "aws_cloudwatch_event_rule", "aws_cloudwatch_metric_alarm"];

#[test]
fn every_kind_is_in_a_golden_of_every_format() {
    let trees: Vec<_> = all_cases().iter().flat_map(|case| FORMATS.map(|format| case.compile(format).tree)).flatten().collect();
    let all: String = trees.iter().flat_map(texts).map(|(_, text)| text).collect();
    for names in KINDS.iter().filter(|it| !NOT_USED_YET.contains(&it.terraform)) {
        assert!(all.contains(&format!("resource \"{}\"", names.terraform)), "no golden has {}", names.terraform);
        assert!(all.contains(&format!("\"Type\": \"{}\"", names.cloudformation)), "no golden has {}", names.cloudformation);
    }
}

#[test]
fn balancers_are_protected_from_deletion_by_default() {
    for case in all_cases() {
        for tree in FORMATS.map(|format| case.compile(format).tree).into_iter().flatten() {
            let all: String = texts(&tree).flat_map(|(_, text)| text.split_whitespace()).collect();
            let is_made = all.contains("resource\"aws_lb\"")
                || all.contains("\"aws_lb\":{")
                || all.contains("\"Type\":\"AWS::ElasticLoadBalancingV2::LoadBalancer\"");
            let is_protected = all.contains("enable_deletion_protection=true")
                || all.contains("\"enable_deletion_protection\":true")
                || all.contains("{\"Key\":\"deletion_protection.enabled\",\"Value\":\"true\"}");
            assert_eq!(is_made, is_protected, "{}", case.name);
        }
    }
}

#[test]
fn nothing_depends_on_partition_version_or_day() {
    for case in all_cases() {
        for tree in FORMATS.map(|format| case.compile(format).tree).into_iter().flatten() {
            for (name, text) in texts(&tree) {
                let at = format!("{}/{name}", case.name);
                // One that a blueprint names itself.
                let text = text.replace("arn:aws:iam::123456789012:role/api-gateway-logs", "");
                assert!(!text.contains("arn:aws"), "{at} names a partition");
                assert!(!text.contains(env!("CARGO_PKG_VERSION")), "{at} names a version of gwgen");
                // The versions of CloudFormation's format, of Lambda's interface and of IAM's policies look like dates and are none.
                let texts = [
                    "AWSTemplateFormatVersion\": \"2010-09-09\"",
                    "AWSTemplateFormatVersion: \"2010-09-09\"",
                    ":lambda:path/2015-03-31/",
                    "2012-10-17",
                ];
                let text = texts.iter().fold(text, |text, version| text.replace(version, ""));
                assert!(!has_date(&text), "{at} names a date");
            }
        }
    }
}

/// Whether a text holds something like `2026-11-22`.
fn has_date(text: &str) -> bool {
    text.as_bytes()
        .windows(10)
        .any(|it| it.iter().enumerate().all(|(index, byte)| if matches!(index, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() }))
}
