//! The output of every command, for inputs with texts that are meant to be obeyed: by a terminal, by a
//! CI runner, by a reader of a page.
//!
//! In: descriptions and blueprints full of such texts. Out: streams and the README, in which none
//! of them stands as it is.

use std::fs;
use std::path::Path;

use gwgen::cli::{Colours, Surroundings, run};

/// Texts as JSON spells them, which is YAML too.
const HOSTILE: [&str; 6] = [
    r"x\u001b[2J\u001b]0;title\u0007",
    r"x\n::error::planted",
    r"x\r\n  ::set-env name=A::b##[error]c##vso[task.x]",
    r"::stop-commands::x",
    r"x\u202e\u2066\u200f\u009b31m\u007f\u0085\ufeff",
    r"[x](javascript:alert%281%29)<img src=x onerror=alert(1)>`|x`",
];

const COMMANDS: [&[&str]; 24] = [
    &["render"],
    &["render", "--diff"],
    &["check"],
    &["lint", "--coverage"],
    &["lint", "--deny", "warnings"],
    &["routes"],
    &["routes", "--format", "json"],
    &["routes", "--format", "markdown"],
    &["trace", "get", "/a"],
    &["trace", "get", "/a", "--format", "json"],
    &["trace", "get", "/x\u{1b}[2J\n::error::planted"],
    &["show"],
    &["schema"],
    &["schema", "routes"],
    &["init"],
    &["explain", "GW3001"],
    &["explain", "x\u{1b}[2J\n::error::planted"],
    &["explain", "--aws", "x\u{1b}[2J\n::error::planted"],
    &["completions", "zsh"],
    &["x\u{1b}[2J\n::error::planted"],
    &["--blueprint", "x\u{1b}[2J\n::error::planted", "routes"],
    &["cost"],
    &["cost", "--format", "markdown", "--sources"],
    &["cost", "--format", "json"],
];

fn blueprint(text: &str) -> String {
    format!(
        "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\nnetwork: {{vpc: {{var: vpc_id, description: \"{text}\"}}, \
         subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}}\nbackends:\n  orders: {{port: 8080, targets: {{ecs: true}}}}\n\
         routes: [{{match: {{paths: [\"/hidden*\"]}}, exposure: hidden}}]\nauth: {{\"k{text}\": ignore}}\n"
    )
}

/// A description that names, in every place where a name goes, the text; `is_broken` where it
/// cannot be rendered.
fn description(text: &str, is_broken: bool) -> String {
    let scheme = if is_broken { text } else { "" };
    let more = if is_broken {
        format!(
            "  \"/b{text}\": {{get: {{operationId: \"{text}\", responses: {{}}}}}}\n  \"/c\": {{$ref: \"{text}\"}}\n  \"/e\": {{\"{text}\": {{responses: {{}}}}}}\n"
        )
    } else {
        String::new()
    };
    format!(
        "openapi: 3.0.3\ninfo: {{title: \"{text}\", version: \"1\"}}\npaths:\n  /a:\n    get:\n      tags: [\"{text}\"]\n      operationId: \"{text}\"\n      \
         parameters: [{{name: \"{text}\", in: query, required: true}}]\n      security: [{{\"k{scheme}\": []}}]\n      responses: {{}}\n    \
         post:\n      requestBody: {{content: {{application/json: {{schema: {{type: object, properties: {{\"{text}\": {{type: string, format: \"{text}\", \
         \"{text}\": 1}}}}}}}}, \"{text}\": {{}}}}}}\n      responses: {{}}\n  \"/hidden{text}\": {{get: {{responses: {{}}}}}}\n{more}\
         components: {{securitySchemes: {{\"k{scheme}\": {{type: http, scheme: bearer}}}}}}\n"
    )
}

fn is_obeyed(character: char) -> bool {
    let is_plain = matches!(character, '\n' | '\t');
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{2028}' | '\u{2029}');
    (character.is_control() && !is_plain) || turns
}

/// `is_ours`: the text's own lines begin with a command of a runner.
fn assert_harmless(text: &str, is_ours: bool, what: &str) {
    assert_eq!(
        text.chars().find(|character| is_obeyed(*character)),
        None,
        "{what}: {text:?}"
    );
    assert!(
        !text.contains("##[") && !text.contains("##vso["),
        "{what}: {text:?}"
    );
    for line in text.lines() {
        let ours = ["::error ", "::warning ", "::notice "];
        let is_command = line.trim_start().starts_with("::");
        assert!(
            !is_command || (is_ours && ours.iter().any(|start| line.starts_with(start))),
            "{what}: {line:?}"
        );
    }
}

fn assert_harmless_streams(folder: &Path, command: &[&str], format: &str) -> u8 {
    let mut arguments: Vec<std::ffi::OsString> =
        vec!["gwgen".into(), "--message-format".into(), format.into()];
    arguments.extend(command.iter().map(Into::into));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(
        Surroundings {
            arguments,
            folder: folder.to_owned(),
            colours: Colours::default(),
        },
        &mut out,
        &mut err,
    )
    .unwrap();
    let what = format!("{command:?} {format}");
    assert_harmless(&String::from_utf8(out).unwrap(), false, &what);
    assert_harmless(&String::from_utf8(err).unwrap(), format == "github", &what);
    code
}

/// Links, tags and code that a page would hold where the text stands as it is.
fn assert_harmless_page(text: &str) {
    let is_link = |line: &str| {
        line.match_indices("](")
            .any(|(at, _)| !line[..at].ends_with('\\'))
    };
    for line in text.lines().filter(|line| !line.starts_with("<!--")) {
        let outside_code = outside_code(line);
        assert!(
            !outside_code.contains("<img") && !is_link(&outside_code),
            "{line:?}"
        );
    }
}

/// A line without its code, which ends with as many backticks as it begins with.
fn outside_code(line: &str) -> String {
    let (mut outside, mut rest) = (String::new(), line);
    while let Some((before, code)) = rest.split_once('`') {
        outside.push_str(before);
        let fence = if before.ends_with('\\') {
            0
        } else {
            1 + code.len() - code.trim_start_matches('`').len()
        };
        let inside = &code[fence.saturating_sub(1)..];
        let runs = inside.match_indices('`').map(|(at, _)| {
            (
                at,
                inside[at..].len() - inside[at..].trim_start_matches('`').len(),
            )
        });
        let end = runs
            .filter(|(at, length)| *length == fence && !inside[..*at].ends_with('`'))
            .map(|(at, _)| at + fence)
            .next();
        rest = end.map_or(inside, |end| &inside[end..]);
    }
    outside + rest
}

#[test]
fn no_command_prints_what_is_obeyed() {
    let mut rendered = 0;
    for text in HOSTILE {
        for is_broken in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join(".git")).unwrap();
            fs::write(
                folder.path().join("openapi.yaml"),
                description(text, is_broken),
            )
            .unwrap();
            for format in ["human", "json", "github"] {
                drop(fs::remove_file(folder.path().join("gwgen.yaml")));
                assert_harmless_streams(folder.path(), &["init"], format);
            }
            // A blueprint refuses most of these texts itself; a description has to be served with
            // them.
            let in_blueprint = if is_broken { text } else { "" };
            fs::write(folder.path().join("gwgen.yaml"), blueprint(in_blueprint)).unwrap();
            for format in ["human", "json", "github"] {
                for command in COMMANDS {
                    assert_harmless_streams(folder.path(), command, format);
                }
            }
            let readme = folder.path().join("generated/README.md");
            if let Ok(page) = fs::read_to_string(&readme) {
                rendered += 1;
                assert_harmless(&page, false, "README.md");
                assert_harmless_page(&page);
                // `check` shows text that somebody wrote into a generated file.
                let text: String = serde_json::from_str(&format!("\"{text}\"")).unwrap();
                fs::write(&readme, format!("{page}{text}\n")).unwrap();
                for command in [&["check"][..], &["render", "--diff"]] {
                    assert_harmless_streams(folder.path(), command, "human");
                }
            }
        }
    }
    assert!(rendered > 0, "nothing was rendered");
}
