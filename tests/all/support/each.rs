//! Resources of Terraform files, with every block that has `for_each` taken apart.
//!
//! In: files of Terraform's JSON, or native ones as the crate `hcl` reads them into it. Out:
//! resources by type and label. Shares no code with the writers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Arguments by label, of each type; an item has its key behind the label: `this["key"]`.
pub(crate) type Resources = BTreeMap<String, Map<String, Value>>;

pub(crate) fn resources<'a>(files: impl IntoIterator<Item = &'a Value>) -> Resources {
    let files: Vec<&Value> = files.into_iter().collect();
    let mut found = Resources::new();
    for file in &files {
        for (kind, blocks) in file["resource"].as_object().into_iter().flatten() {
            for (label, block) in blocks.as_object().unwrap() {
                let found = found.entry(kind.clone()).or_default();
                let mut add = |label: String, block| {
                    assert!(
                        found.insert(label.clone(), block).is_none(),
                        "{kind}.{label} twice"
                    )
                };
                match items(&files, &block["for_each"]) {
                    None => add(label.clone(), block.clone()),
                    Some(items) => {
                        for (key, item) in items {
                            let mut block = block.clone();
                            block.as_object_mut().unwrap().shift_remove("for_each");
                            add(format!("{label}[\"{key}\"]"), of_item(&block, key, item));
                        }
                    }
                }
            }
        }
    }
    found
}

/// The items of a map that is written there or as a local value; none of an expression.
fn items<'a>(files: &[&'a Value], each: &'a Value) -> Option<&'a Map<String, Value>> {
    let name = each.as_str().and_then(|it| {
        let inner = it.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
        inner.unwrap_or(it).strip_prefix("local.")
    });
    let Some(name) = name else {
        return each.as_object();
    };
    let mut found = files.iter().filter_map(|file| file["locals"].get(name));
    let map = found.next().unwrap_or_else(|| panic!("no local.{name}"));
    Some(map.as_object().unwrap())
}

/// A value of the block as it is for an item.
fn of_item(value: &Value, key: &str, item: &Value) -> Value {
    match value {
        Value::String(text) => of_text(text, key, item),
        Value::Array(values) => values.iter().map(|it| of_item(it, key, item)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, it)| (name.clone(), of_item(it, key, item)));
            // What is null is as if it were not there.
            Value::Object(members.filter(|(_, it)| !it.is_null()).collect())
        }
        other => other.clone(),
    }
}

fn of_text(text: &str, key: &str, item: &Value) -> Value {
    let expression = text.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let tried = expression.and_then(|it| it.strip_prefix("try(")?.strip_suffix(", null)"));
    match tried.or(expression) {
        Some("each.key") => Value::from(key),
        Some(name) if name.starts_with("each.value.") && !name.contains(' ') => {
            let found = item.get(&name["each.value.".len()..]);
            assert!(found.is_some() || tried.is_some(), "{key} has no {name}");
            found.cloned().unwrap_or_default()
        }
        _ => Value::from(text.replace("[each.key]", &format!("[\"{key}\"]"))),
    }
}
