//! YAML as `show` writes it and messages quote it.
//! In: JSON. Out: text that reads back as the same. Pure.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// The document of a mapping.
pub(crate) fn document(json: &Json) -> String {
    let mut yaml = String::new();
    block(json, 0, &mut yaml);
    yaml
}

/// Takes out what is `null`.
pub(crate) fn without_null(json: &mut Json) {
    match json {
        Json::Object(mapping) => {
            mapping.retain(|_, value| !value.is_null());
            mapping.values_mut().for_each(without_null);
        }
        Json::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// Writes a mapping or a list over lines of its own.
fn block(json: &Json, depth: usize, yaml: &mut String) {
    let indent = "  ".repeat(depth);
    match json {
        Json::Object(mapping) => {
            for (key, value) in mapping {
                let _ = write!(yaml, "{indent}{}:", scalar(key));
                below(value, depth, yaml);
            }
        }
        Json::Array(list) => {
            for value in list {
                let mut item = String::new();
                match value {
                    Json::Object(mapping) if !mapping.is_empty() && !is_short(value) => {
                        block(value, depth + 1, &mut item);
                        let _ = write!(yaml, "{indent}- {}", item.trim_start());
                    }
                    _ => {
                        let _ = writeln!(yaml, "{indent}- {}", flow(value));
                    }
                }
            }
        }
        _ => {
            let _ = writeln!(yaml, "{indent}{}", flow(json));
        }
    }
}

fn below(value: &Json, depth: usize, yaml: &mut String) {
    let is_block = matches!(value, Json::Object(_) | Json::Array(_)) && !is_short(value);
    if is_block {
        yaml.push('\n');
        block(value, depth + 1, yaml);
    } else {
        let _ = writeln!(yaml, " {}", flow(value));
    }
}

/// Returns whether it is written on one line: what holds no further mappings or lists but empty
/// ones.
fn is_short(value: &Json) -> bool {
    let is_plain = |value: &Json| match value {
        Json::Object(mapping) => mapping.is_empty(),
        Json::Array(list) => list.is_empty(),
        _ => true,
    };
    match value {
        Json::Object(mapping) => mapping.len() <= 1 && mapping.values().all(is_plain),
        Json::Array(list) => list.iter().all(is_plain),
        _ => true,
    }
}

/// Writes a value on one line.
pub(crate) fn flow(value: &Json) -> String {
    match value {
        Json::Object(mapping) => {
            let members: Vec<String> = mapping
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key), flow(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Json::Array(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Json::String(text) => scalar(text),
        Json::Null | Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

/// Returns a text without quotes where YAML allows that, else in quotes as JSON writes them.
pub(crate) fn scalar(text: &str) -> String {
    let words = ["true", "false", "null", "yes", "no", "on", "y", "n"];
    let legal =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    let starts_as_text =
        text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '_');
    let digits = text.trim_end_matches(|last: char| last.is_ascii_lowercase());
    let is_duration = digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(&text[digits.len()..], "ms" | "s" | "m" | "h" | "d");
    if text.bytes().all(legal)
        && (starts_as_text || (is_duration && !digits.is_empty()))
        && !words.contains(&text.to_ascii_lowercase().as_str())
    {
        return text.to_owned();
    }
    let quoted = serde_json::Value::from(text).to_string();
    crate::printed::TextFormat::Yaml
        .visible(&quoted)
        .into_owned()
}
