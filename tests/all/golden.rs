//! Every example and every case as native Terraform and as a template: what somebody reads when the
//! output changes.
//!
//! In: `blueprints/*`, `tests/cases/*`. Out: compared with `snapshots/<case>/<format>.snap`; raw
//! files of every format in `target/golden`.
//! Other tests hold the other spellings equal to these, so that few of them are snapshots, too.
//! `cargo test` never rewrites a snapshot: `cargo insta review` does. One case:
//! `INSTA_GLOB_FILTER='any_method/*' cargo test golden`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use gwgen::Compiled;
use gwgen::aws::KINDS;
use gwgen::diagnostic::Severity;

use crate::support::emitted::texts;
use crate::support::{
    FORMATS, Fixture, SPELLINGS, YAML, codes, findings, fixtures, repository, snapshots_below,
};

/// Reasons for which CloudFormation may refuse a case: a value that only Terraform has, unverified TLS.
const TERRAFORM_ONLY: [&str; 2] = ["GW2008", "GW4025"];

/// The snapshots beside those that every case has. `terraform_json.rs` and
/// `invariants/read_back.rs` compare these formats for every case.
const MORE: [(&str, &str); 4] = [
    ("forwarder", "terraform-json"),
    ("minimal", "terraform-json"),
    ("secured", "terraform-json"),
    ("complete", YAML),
];

/// The READMEs of an output that are snapshots, by case and format.
const READMES: [(&str, &str); 5] = [
    ("complete", "terraform"),
    ("existing", "terraform"),
    ("forwarder", "cloudformation"),
    ("minimal", "terraform"),
    ("sync", "cloudformation"),
];

/// The file with the findings of a case, among the files of its output.
const FINDINGS: &str = "findings";

/// The files of the examples: a case names the example that has the same one in place of repeating
/// it.
struct Examples {
    names: Vec<String>,
    /// The first example that has a file, by format, name and text.
    owners: BTreeMap<(&'static str, String, String), usize>,
}

impl Examples {
    /// The smallest one is first, since a case starts as a copy of it.
    fn read() -> Self {
        let mut examples: Vec<&Fixture> = fixtures()
            .iter()
            .filter(|fixture| fixture.is_example)
            .collect();
        examples.sort_by_key(|fixture| (fixture.name != "minimal", &fixture.name));
        let mut owners = BTreeMap::new();
        for (index, fixture) in examples.iter().enumerate() {
            for format in SPELLINGS {
                for (name, text) in sections(fixture.compiled(format)) {
                    owners.entry((format, name, text)).or_insert(index);
                }
            }
        }
        Self {
            names: examples
                .iter()
                .map(|fixture| fixture.name.clone())
                .collect(),
            owners,
        }
    }

    /// The example that shows a file of a case; `None` where the case has to show it.
    fn shows(&self, case: &str, format: &'static str, section: &(String, String)) -> Option<&str> {
        let owner = *self
            .owners
            .get(&(format, section.0.clone(), section.1.clone()))?;
        let own = self.names.iter().position(|name| name == case);
        (own.is_none_or(|own| owner < own)).then(|| self.names[owner].as_str())
    }
}

#[test]
fn every_case_reads_as_in_its_snapshots() {
    let examples = Examples::read();
    let mut compared = BTreeSet::new();
    let mut compare_case = |path: &Path| {
        let folder = path.parent().unwrap();
        let fixture = fixtures()
            .iter()
            .find(|fixture| folder.ends_with(&fixture.name))
            .unwrap();
        compared.extend(compare(fixture, &examples));
    };
    insta::glob!("../cases", "*/gwgen.yaml", &mut compare_case);
    insta::glob!("../../blueprints", "*/gwgen.yaml", &mut compare_case);
    if std::env::var_os("INSTA_GLOB_FILTER").is_none() {
        let mut existing = snapshots_below(&repository().join("snapshots"));
        existing.retain(|name| !name.starts_with("bad/") && !name.starts_with("trace/"));
        assert_eq!(
            compared, existing,
            "a snapshot belongs to nothing that is made, or the other way round"
        );
    }
}

/// Compares the snapshots of a case, and gives their paths.
fn compare(fixture: &Fixture, examples: &Examples) -> Vec<String> {
    let case = fixture.name.as_str();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(repository().join("snapshots").join(case));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_snapshot_suffix();
    settings.remove_input_file();
    let mut compared = Vec::new();
    let mut assert_snapshot = |name: &str, text: &str| {
        settings.bind(|| insta::assert_snapshot!(name, text));
        compared.push(format!("{case}/{name}.snap"));
    };
    for format in SPELLINGS {
        let is_read =
            ["terraform", "cloudformation"].contains(&format) || MORE.contains(&(case, format));
        if is_read {
            assert_snapshot(format, &shown(fixture, format, examples));
        }
        if READMES.contains(&(case, format)) {
            let tree = fixture.compiled(format).tree.as_ref().unwrap();
            assert_snapshot(
                "README",
                std::str::from_utf8(&tree.files["README.md"]).unwrap(),
            );
        }
    }
    compared
}

/// The output of a case in one format: each file below a line with its name, or that line alone
/// where an example shows it.
fn shown(fixture: &Fixture, format: &'static str, examples: &Examples) -> String {
    let mut shown = String::new();
    for section in sections(fixture.compiled(format)) {
        let (name, text) = &section;
        let is_said_already = name == FINDINGS
            && format != "terraform"
            && sections(fixture.compiled("terraform")).contains(&section);
        match examples.shows(&fixture.name, format, &section) {
            _ if is_said_already => writeln!(shown, "==== {name}: as in terraform").unwrap(),
            Some(example) => writeln!(shown, "==== {name}: as in {example}").unwrap(),
            None => write!(shown, "==== {name}\n{text}").unwrap(),
        }
    }
    shown
}

/// The files that a snapshot shows, with their texts; first what was found.
fn sections(compiled: &Compiled) -> Vec<(String, String)> {
    let mut sections = Vec::new();
    // Notes are part of every render, and would stand in every case.
    let found: Vec<_> = compiled
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity != Severity::Info)
        .cloned()
        .collect();
    if !found.is_empty() {
        sections.push((FINDINGS.to_owned(), findings(&found)));
    }
    let files = compiled.tree.iter().flat_map(texts);
    // A README has a snapshot of its own, and the snapshot of a function is its source.
    let files = files.filter(|(name, _)| *name != "README.md" && !name.starts_with("functions/"));
    sections.extend(files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    sections
}

/// Tools that read the output of every case find it there.
#[test]
fn every_case_is_written_in_every_format() {
    let mut refused = BTreeSet::new();
    for fixture in fixtures() {
        for format in FORMATS {
            let compiled = fixture.compiled(format);
            let raw = repository()
                .join("target/golden")
                .join(&fixture.name)
                .join(format);
            let _ = fs::remove_dir_all(&raw);
            fs::create_dir_all(&raw).unwrap();
            for (name, bytes) in compiled.tree.iter().flat_map(|tree| &tree.files) {
                let path = raw.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            for (name, text) in compiled.tree.iter().flat_map(texts) {
                if let Some(module) = name.strip_prefix("functions/") {
                    let code =
                        fs::read_to_string(repository().join("templates/functions").join(module))
                            .unwrap();
                    assert_eq!(
                        text.split_once("\n\n").map(|(_, code)| code),
                        Some(&*code),
                        "the code stands behind the banner"
                    );
                }
            }
            if compiled.tree.is_none() {
                let errors = codes(&compiled.diagnostics, true);
                let is_expected = format == "cloudformation"
                    && !errors.is_empty()
                    && errors.iter().all(|code| TERRAFORM_ONLY.contains(code));
                assert!(
                    is_expected,
                    "{}/{format} does not render:\n{}",
                    fixture.name,
                    findings(&compiled.diagnostics)
                );
                refused.extend(errors);
            }
        }
    }
    assert_eq!(
        refused,
        TERRAFORM_ONLY.into(),
        "a reason to refuse a template that no case has"
    );
}

#[test]
fn no_snapshot_repeats_another() {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for folder in ["snapshots", "tests/all/snapshots"] {
        let folder = repository().join(folder);
        for name in snapshots_below(&folder) {
            let snapshot = fs::read_to_string(folder.join(&name)).unwrap();
            // The compared text is below two lines of dashes.
            let text = snapshot.splitn(3, "---\n").nth(2).unwrap().to_owned();
            if let Some(other) = names.insert(text, name.clone()) {
                panic!(
                    "{name} and {other} show the same: change one of the cases so that it shows what it is about"
                );
            }
        }
    }
}

/// The texts of all cases in all formats.
fn all_texts() -> impl Iterator<Item = (&'static Fixture, &'static str, &'static str)> {
    fixtures().iter().flat_map(|fixture| {
        let trees = FORMATS
            .into_iter()
            .filter_map(|format| fixture.compiled(format).tree.as_ref());
        trees
            .flat_map(texts)
            .map(move |(name, text)| (fixture, name, text))
    })
}

#[test]
fn every_kind_is_in_a_golden_of_every_format() {
    let all: String = all_texts().map(|(_, _, text)| text).collect();
    for names in KINDS {
        assert!(
            all.contains(&format!("resource \"{}\"", names.terraform)),
            "no golden has {}",
            names.terraform
        );
        assert!(
            all.contains(&format!("\"Type\": \"{}\"", names.cloudformation)),
            "no golden has {}",
            names.cloudformation
        );
    }
}

#[test]
fn balancers_are_protected_from_deletion_by_default() {
    for fixture in fixtures() {
        for tree in FORMATS
            .into_iter()
            .filter_map(|format| fixture.compiled(format).tree.as_ref())
        {
            let all: String = texts(tree)
                .flat_map(|(_, text)| text.split_whitespace())
                .collect();
            let is_made = all.contains("resource\"aws_lb\"")
                || all.contains("\"aws_lb\":{")
                || all.contains("\"Type\":\"AWS::ElasticLoadBalancingV2::LoadBalancer\"");
            let is_protected = all.contains("enable_deletion_protection=true")
                || all.contains("\"enable_deletion_protection\":true")
                || (all.contains("{\"Key\":\"deletion_protection.enabled\",\"Value\":{\"Ref\":\"DeletionProtection\"}}")
                    && all.contains("\"Default\":\"true\",\"AllowedValues\":[\"true\",\"false\"]"));
            assert_eq!(is_made, is_protected, "{}", fixture.name);
        }
    }
}

#[test]
fn nothing_depends_on_partition_version_or_day() {
    // The versions of CloudFormation's format, of Lambda's interface and of IAM's policies look
    // like dates and are none.
    const VERSIONS: [&str; 4] = [
        "AWSTemplateFormatVersion\": \"2010-09-09\"",
        "AWSTemplateFormatVersion: \"2010-09-09\"",
        ":lambda:path/2015-03-31/",
        "2012-10-17",
    ];
    for (fixture, name, text) in all_texts() {
        let at = format!("{}/{name}", fixture.name);
        // One that a blueprint names itself.
        let text = text.replace("arn:aws:iam::123456789012:role/api-gateway-logs", "");
        assert!(!text.contains("arn:aws"), "{at} names a partition");
        assert!(
            !text.contains(env!("CARGO_PKG_VERSION")),
            "{at} names a version of gwgen"
        );
        let text = VERSIONS
            .iter()
            .fold(text, |text, version| text.replace(version, ""));
        assert!(!has_date(&text), "{at} names a date");
    }
}

/// Returns whether a text has a date such as `2026-11-22`.
fn has_date(text: &str) -> bool {
    let is_date = |window: &[u8]| {
        window.iter().enumerate().all(|(index, byte)| {
            if matches!(index, 4 | 7) {
                *byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
    };
    text.as_bytes().windows(10).any(is_date)
}
