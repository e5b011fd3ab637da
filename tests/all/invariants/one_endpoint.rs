//! An endpoint adds lines and changes none: what is left of the output after one is removed stands
//! in the whole, in the same order.

use std::collections::{BTreeMap, BTreeSet};

use gwgen::blueprint::TemplateSyntax;
use gwgen::emit::{FileTree, cloudformation};
use gwgen::plan::{Plan, Segment, text_of};
use gwgen::{Compiled, assemble};
use serde_json::Value;

use crate::support::corpus::rendered_entries;
use crate::support::emitted::texts;
use crate::support::{Case, SPELLINGS, codes, findings, fixtures, in_parallel};

#[test]
fn examples_and_cases_lose_only_lines() {
    let mut removed = 0;
    for case in fixtures() {
        for_each_removal(
            case,
            &case.description(),
            case.compiled("terraform"),
            &Pick::Every,
            |removal| {
                for format in SPELLINGS {
                    let whole = case.compiled(format);
                    let Some(tree) = &whole.tree else { continue };
                    let other = (format != "terraform")
                        .then(|| case.compile_with(format, Some(removal.description.clone())));
                    let rest = other.as_ref().unwrap_or(&removal.rest);
                    let at = format!("{}/{format} without {}", case.name, removal.what);
                    let tree_of_rest = rest
                        .tree
                        .as_ref()
                        .unwrap_or_else(|| panic!("{at}:\n{}", findings(&rest.diagnostics)));
                    compare(&at, (tree, whole), (tree_of_rest, rest), removal.spelt_anew);
                    removed += 1;
                }
            },
        );
    }
    assert!(removed > 80, "only {removed} removals were tried");
}

#[test]
fn real_descriptions_lose_only_lines() {
    in_parallel(&rendered_entries(), |entry| {
        let (case, whole) = (&entry.case, &entry.compiled);
        let template = template(whole.plan.as_ref().unwrap());
        let description: Value = serde_json::from_str(&entry.json).unwrap();
        for_each_removal(case, &description, whole, &Pick::Telling, |removal| {
            let Removal {
                rest, spelt_anew, ..
            } = removal;
            let at = format!("{} without {}", case.name, removal.what);
            let tree = rest
                .tree
                .as_ref()
                .unwrap_or_else(|| panic!("{at}:\n{}", findings(&rest.diagnostics)));
            compare(
                &at,
                (whole.tree.as_ref().unwrap(), whole),
                (tree, rest),
                *spelt_anew,
            );
            let template_of_rest = self::template(rest.plan.as_ref().unwrap());
            compare(
                &format!("{at}, as a template"),
                (&template, whole),
                (&template_of_rest, rest),
                *spelt_anew,
            );
        });
    });
}

/// The same stack as a template, however large.
fn template(plan: &Plan) -> FileTree {
    cloudformation::files(TemplateSyntax::Json, &assemble::assemble(plan).stack)
}

/// Operations to remove.
enum Pick {
    Every,
    /// The first, the last, one that is alone in its segment, one beside a variable: each tells
    /// most in a large description.
    Telling,
}

/// An operation that was removed, and what is left.
struct Removal {
    what: String,
    /// The description without it.
    description: Vec<u8>,
    /// Its output, as Terraform.
    rest: Compiled,
    /// A variable gets another name by it.
    spelt_anew: bool,
}

/// Removes operations, one at a time.
fn for_each_removal(
    case: &Case,
    description: &Value,
    whole: &Compiled,
    pick: &Pick,
    mut with: impl FnMut(&Removal),
) {
    let plan = whole.plan.as_ref().unwrap();
    for (what, path, key) in chosen(plan, description, pick) {
        let mut rest = description.clone();
        rest["paths"][&path]
            .as_object_mut()
            .unwrap()
            .shift_remove(&key);
        let description = serde_json::to_vec(&rest).unwrap();
        let rest = case.compile_with("terraform", Some(description.clone()));
        if lost_its_subject(&rest) {
            continue;
        }
        let spelt_anew = renamed(&rest.diagnostics) != renamed(&whole.diagnostics);
        with(&Removal {
            what: format!("{what} {key} {path}"),
            description,
            rest,
            spelt_anew,
        });
    }
}

/// Returns whether the operation was the last one of a promise or a restricting route, which is an
/// error.
fn lost_its_subject(rest: &Compiled) -> bool {
    let errors = codes(&rest.diagnostics, true);
    !errors.is_empty()
        && errors
            .iter()
            .all(|code| ["GW3046", "GW3060", "GW3061"].contains(code))
}

/// Path and method of the operations that are removed. At least one other operation is left.
fn chosen(plan: &Plan, description: &Value, pick: &Pick) -> Vec<(&'static str, String, String)> {
    let public: BTreeMap<(&str, &str), Vec<&[Segment]>> =
        plan.operations.iter().fold(BTreeMap::new(), |mut map, it| {
            if let Some(path) = &it.gateway_path {
                map.entry((&*it.path, it.method.key()))
                    .or_insert_with(Vec::new)
                    .push(path.as_slice());
            }
            map
        });
    let mut written: Vec<(&str, &str)> = Vec::new();
    for (path, item) in description["paths"].as_object().into_iter().flatten() {
        written.extend(
            item.as_object()
                .into_iter()
                .flatten()
                .map(|(key, _)| (path.as_str(), key.as_str())),
        );
    }
    // A path's own OPTIONS stands in the place of the preflight.
    written.retain(|it| public.contains_key(it) && (it.1 != "options" || plan.cors.is_none()));
    if written.len() < 2 {
        return Vec::new();
    }
    if matches!(pick, Pick::Every) {
        return written
            .into_iter()
            .map(|(path, key)| ("any", path.to_owned(), key.to_owned()))
            .collect();
    }
    let segments = |it: &(&str, &str)| {
        public[it]
            .iter()
            .filter_map(|path| path.first())
            .collect::<BTreeSet<_>>()
    };
    let lone = written.iter().find(|it| {
        let own = segments(it);
        !own.is_empty()
            && written
                .iter()
                .filter(|other| other != it)
                .all(|other| segments(other).is_disjoint(&own))
    });
    let with_variable: BTreeSet<String> = public
        .values()
        .flatten()
        .flat_map(|path| {
            path.iter()
                .enumerate()
                .filter(|(_, it)| it.variable().is_some())
                .map(|(index, _)| text_of(&path[..index]))
        })
        .collect();
    let beside = written.iter().find(|it| {
        public[it].iter().any(|path| {
            matches!(path.last(), Some(Segment::Literal(_)))
                && with_variable.contains(&text_of(&path[..path.len() - 1]))
        })
    });
    let mut seen = BTreeSet::new();
    [
        ("first", written.first()),
        ("last", written.last()),
        ("lone", lone),
        ("beside a variable", beside),
    ]
    .into_iter()
    .filter_map(|(what, it)| it.map(|(path, key)| (what, (*path).to_owned(), (*key).to_owned())))
    .filter(|(_, path, key)| seen.insert((path.clone(), key.clone())))
    .collect()
}

/// Messages about variables that become one.
fn renamed(diagnostics: &[gwgen::diagnostic::Diagnostic]) -> BTreeSet<&str> {
    diagnostics
        .iter()
        .filter(|it| it.code.code == "GW4009")
        .map(|it| it.message.as_str())
        .collect()
}

fn compare(
    at: &str,
    whole: (&FileTree, &Compiled),
    rest: (&FileTree, &Compiled),
    spelt_anew: bool,
) {
    let types = |it: &Compiled| it.plan.as_ref().unwrap().binary_media_types.clone();
    let same_types = types(whole.1) == types(rest.1);
    let all: BTreeMap<&str, &str> = texts(whole.0).collect();
    for (name, text) in texts(rest.0) {
        let Some(other) = all.get(name) else {
            panic!("{at}: {name} is a new file")
        };
        let is_yaml = name.ends_with(".yaml");
        let [text, other] = [text, other].map(|it| without_rules(&without_picture(it), is_yaml));
        let (kept, of) = (
            lines(&text, same_types, spelt_anew),
            lines(&other, same_types, spelt_anew),
        );
        let missing = if spelt_anew {
            not_among(&kept, &of)
        } else {
            out_of_order(&kept, &of)
        };
        if let Some(line) = missing {
            panic!("{at}: {name} has a line that the whole has not, or not there:\n{line}");
        }
    }
}

/// Without the picture of a README, whose boxes count the routes of a group.
fn without_picture(text: &str) -> String {
    let Some((before, rest)) = text.split_once("```mermaid\n") else {
        return text.to_owned();
    };
    let (_, after) = rest.split_once("```\n").expect("the picture ends");
    [before, after].concat()
}

/// Without listener rules: one rule holds the patterns of several operations, and which ones
/// depends on all of a backend's.
fn without_rules(text: &str, is_yaml: bool) -> String {
    let mut is_rule = false;
    let is_native = text.contains("\nresource \"") || text.contains("\noutput \"");
    let mut rest = String::new();
    for line in text.lines() {
        // Nothing closes a resource in YAML but the next, or the next section.
        is_rule &= !is_yaml || line.starts_with("   ");
        is_rule |= is_yaml && line.starts_with("  ListenerRule");
        is_rule |= line.starts_with("resource \"aws_lb_listener_rule\"")
            || line.starts_with("output \"listener_rule_arn_")
            || line.starts_with("    \"aws_lb_listener_rule\"")
            || line.starts_with("    \"listener_rule_arn_")
            || line.starts_with("    \"ListenerRule");
        if !is_rule
            // What waits for a rule names it on a line of its own.
            && !line.contains("aws_lb_listener_rule.")
            && !line.trim_start_matches(['-', ' ', '"']).starts_with("ListenerRule")
            && !line.contains("listener_rule_arn_")
        {
            rest.extend([line, "\n"]);
        }
        is_rule &= match line {
            "}" => false,
            "    }" | "    }," => is_native,
            _ => true,
        };
    }
    rest
}

/// The lines, without what may change.
fn lines(text: &str, same_types: bool, spelt_anew: bool) -> Vec<String> {
    let deployment = deployment_of(text);
    let is_free = |it: &&str| {
        let it = it.trim_start();
        // One more prefix, for an operation that a mount's own would mislead.
        if ["PATHS ", "\"PATHS\":", "PATHS:"]
            .iter()
            .any(|start| it.starts_with(start))
        {
            return false;
        }
        // The values that the API holds, which one operation alone may.
        if it.starts_with("The stage shows a ") {
            return false;
        }
        // The release of the provider that the newest of what is used asks for.
        if ["version = \">= 5.", "\"version\": \">= 5."]
            .iter()
            .any(|start| it.starts_with(start))
        {
            return false;
        }
        // A path's preflight lists its methods and headers, and has a digest like every route in a
        // template.
        let preflight = [
            "\"options__",
            "\"method.response.header.Access-Control-Allow-Methods\"",
            "\"method.response.header.Access-Control-Allow-Headers\"",
            "options__",
            "method.response.header.Access-Control-Allow-Methods:",
            "method.response.header.Access-Control-Allow-Headers:",
        ];
        if preflight.iter().any(|start| it.starts_with(start)) {
            return false;
        }
        let of_types = [
            "\"api\" : \"",
            "\"api\": \"",
            "binary_media_types",
            "\"binary_media_types\"",
        ];
        same_types || !of_types.iter().any(|start| it.starts_with(start))
    };
    let line = |it: &str| {
        // The last of a list has no comma, and the deployment's id is its digest.
        let line = it.trim_end_matches(',');
        // Of the line of a preflight.
        let allowed = [", headers = { ", ", \"headers\": {"];
        let allowed = allowed.iter().find_map(|start| line.find(start));
        let line = &line[..allowed.unwrap_or(line.len())];
        let line = deployment.as_ref().map_or_else(
            || line.to_owned(),
            |id| line.replace(id.as_str(), "<deployment>"),
        );
        if spelt_anew { nameless(&line) } else { line }
    };
    text.lines().filter(is_free).map(line).collect()
}

/// The logical id of a template's deployment.
fn deployment_of(text: &str) -> Option<String> {
    if let Some(end) = text.find("\"Type\": \"AWS::ApiGateway::Deployment\"") {
        let id = text[..end]
            .lines()
            .rev()
            .find_map(|it| it.trim().strip_suffix("\": {"));
        return id.and_then(|it| it.strip_prefix('"')).map(str::to_owned);
    }
    let before = &text[..text.find("    Type: AWS::ApiGateway::Deployment\n")?];
    before
        .lines()
        .next_back()
        .and_then(|it| it.trim().strip_suffix(':'))
        .map(str::to_owned)
}

/// A line without names of path variables, without the digests that hold them, and without
/// alignment.
fn nameless(line: &str) -> String {
    let mut text = String::new();
    for word in line.split_whitespace() {
        let word = if word.len() == 17
            && word.starts_with('"')
            && word[1..].bytes().all(|it| it.is_ascii_hexdigit())
        {
            "<digest>"
        } else {
            word
        };
        let mut rest = word;
        while let Some(start) = rest
            .find("request.path.")
            .map(|it| it + "request.path.".len())
        {
            text.push_str(&rest[..start]);
            rest = rest[start..]
                .trim_start_matches(|it: char| it.is_ascii_alphanumeric() || "._:-".contains(it));
        }
        let mut depth = 0;
        for it in rest.chars() {
            depth -= i32::from(it == '}');
            if depth == 0 {
                text.push(it);
            }
            depth += i32::from(it == '{');
        }
        text.push(' ');
    }
    text
}

fn out_of_order<'a>(kept: &'a [String], of: &[String]) -> Option<&'a String> {
    let mut of = of.iter();
    kept.iter().find(|line| !of.by_ref().any(|it| it == *line))
}

fn not_among<'a>(kept: &'a [String], of: &[String]) -> Option<&'a String> {
    let mut left: BTreeMap<&String, usize> = BTreeMap::new();
    of.iter().for_each(|it| *left.entry(it).or_default() += 1);
    kept.iter().find(|line| match left.get_mut(line) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    })
}
