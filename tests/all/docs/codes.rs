//! The page of all codes, from their explanations.

use gwgen::diagnostic::{CODES, Code, Severity};

/// What somebody sees, and the codes that explain it.
const SYMPTOMS: &[(&str, &[&str])] = &[
    (
        "an operation is not served: it has no backend, or another takes its requests",
        &["GW3001", "GW3009", "GW3030", "GW3080", "GW3091"],
    ),
    (
        "a path cannot be built at AWS",
        &[
            "GW4001", "GW4002", "GW4003", "GW4004", "GW4005", "GW4007", "GW4008", "GW4009",
        ],
    ),
    ("a method cannot be built", &["GW4006", "GW4030"]),
    (
        "nobody says who checks the callers of an operation",
        &["GW3002", "GW3040", "GW3041", "GW3050"],
    ),
    (
        "an operation would be open, or asks for less than the description",
        &["GW3003", "GW3005", "GW3045", "GW3060", "GW3061", "GW3064"],
    ),
    (
        "every caller gets 403 or 401",
        &["GW3044", "GW3047", "GW3090"],
    ),
    (
        "callers would see each other's answers",
        &["GW3070", "GW4086", "GW4035", "GW4122"],
    ),
    (
        "a part of a request is not checked, or does not arrive",
        &["GW4012", "GW4013", "GW4015", "GW4024", "GW4100", "GW4121"],
    ),
    (
        "browsers of another origin are refused",
        &["GW3100", "GW3101", "GW4085", "GW5010", "GW5016"],
    ),
    (
        "a request ends before the backend has answered",
        &["GW4017", "GW4096", "GW2050", "GW4123"],
    ),
    (
        "a quota of AWS would be exceeded",
        &[
            "GW4018", "GW4019", "GW4020", "GW4061", "GW4062", "GW4082", "GW4083",
        ],
    ),
    (
        "the description cannot be read",
        &["GW1001", "GW1002", "GW1005", "GW1006", "GW1008", "GW1033"],
    ),
    (
        "a field of the blueprint is refused",
        &["GW2001", "GW2002", "GW2004", "GW2011", "GW2012"],
    ),
    (
        "CI says that files differ, or that a commit lacks one",
        &["GW0014", "GW0015", "GW0005"],
    ),
    (
        "a file that somebody else wrote is in the way, or the manifest is damaged",
        &["GW0006", "GW0010", "GW0016", "GW0017", "GW0020"],
    ),
    (
        "a change cannot be made in one step, or interrupts",
        &["GW4150", "GW4160", "GW4161", "GW5060", "GW5062", "GW5063"],
    ),
];

/// Of the heading of a code.
pub(super) fn anchor(code: &Code) -> String {
    format!("{}-{}", code.code.to_ascii_lowercase(), code.slug)
}

fn link(code: &Code) -> String {
    format!("[{}](#{})", code.code, anchor(code))
}

pub(super) fn page() -> String {
    let mut text = String::from(
        "# Codes\n\n<!-- Made by tests/all/docs.rs from `gwgen explain`. Edits here are lost. -->\n\n\
         What each finding means. `gwgen explain GW3001` prints the same text. GW0xxx is about commands and files, GW1xxx about the description, \
         GW2xxx about the blueprint, GW3xxx about the two together, GW4xxx about limits and rules of AWS, GW5xxx is advice, GW6xxx is what a change does, GW9xxx is a mistake of gwgen. \
         An error text of AWS is in [Troubleshooting](troubleshooting.md).\n\n\
         ## By symptom\n\n| what you see | codes |\n| --- | --- |\n",
    );
    for (symptom, names) in SYMPTOMS {
        let named = |name: &&str| CODES.iter().find(|code| code.code == *name).unwrap();
        let codes: Vec<String> = names.iter().map(|name| link(named(name))).collect();
        text.push_str(&format!("| {symptom} | {} |\n", codes.join(", ")));
    }
    text.push_str("\n## By number\n\n| code | name | severity |\n| --- | --- | --- |\n");
    for code in CODES {
        let severity = match code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        text.push_str(&format!(
            "| {} | {} | {severity} |\n",
            link(code),
            code.slug
        ));
    }
    for code in CODES {
        text.push('\n');
        text.push_str(&one_level_down(code.explanation.trim_end()));
    }
    text
}

/// Markdown with every heading a level deeper; text in fences stays.
fn one_level_down(text: &str) -> String {
    let mut is_fenced = false;
    let mut deeper = String::new();
    for line in text.lines() {
        is_fenced ^= line.starts_with("```");
        if line.starts_with('#') && !is_fenced {
            deeper.push('#');
        }
        deeper.push_str(line);
        deeper.push('\n');
    }
    deeper
}
