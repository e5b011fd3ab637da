//! The files of a blueprint laid over each other.
//! In: `Layers`. Out: `Merged`. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{ABSTRACT, Layer, Layers};
use crate::blueprint::node::Numbers;
use crate::blueprint::references::{has_shape, is_reference};
use crate::blueprint::tree::NO_VALUE;
use crate::diagnostic::{Diagnostic, INVALID_VALUE, Place};
use crate::source::{RelativePath, pointer};

/// Mappings whose one key, beside `was`, is their kind: a mapping of another kind replaces the whole
/// mapping.
const KINDS: &[&str] = &["/backends/*/targets", "/auth/*"];

/// Fields that hold paths relative to their file.
const PATHS: &[&str] = &["/spec", "/output/dir", "/api/policy"];

/// The files of a blueprint as one.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub(crate) value: Value,
    pub(crate) numbers: Numbers,
    pub(crate) reported: BTreeSet<String>,
}

impl Layers {
    /// The files as one.
    ///
    /// Errors: GW2002 `null` that removes nothing.
    pub(crate) fn merged(&self, found: &mut Vec<Diagnostic>) -> Merged {
        let mut merged = Merged {
            value: Value::Object(serde_json::Map::new()),
            ..Merged::default()
        };
        for (index, layer) in self.files.iter().enumerate().rev() {
            if let Some(value) = merged.value.as_object_mut() {
                value.shift_remove(ABSTRACT);
            }
            let mut without_effect = Vec::new();
            merge(
                &mut merged.value,
                self.rebased(layer),
                "",
                &mut without_effect,
            );
            found.extend(
                without_effect
                    .iter()
                    .map(|at| nothing_removed(layer, at, self.files.get(index + 1))),
            );
            merged.numbers.extend(layer.tree.numbers.clone());
            merged
                .reported
                .extend(layer.tree.reported.iter().cloned().chain(without_effect));
        }
        merged
    }

    /// The value of a file, its paths relative to the folder of the blueprint.
    pub(super) fn rebased(&self, layer: &Layer) -> Value {
        let folder = self.files.first().map_or("", |layer| layer.path.folder());
        let mut value = layer.tree.value.clone();
        for path in PATHS {
            if let Some(value) = value.pointer_mut(path) {
                rebase(value, layer.path.folder(), folder);
            }
        }
        rebase_matches(&mut value, layer.path.folder(), folder);
        value
    }
}

/// Lays `top` over `base`: by key; lists, references and entries of another kind replaced whole,
/// and what is `null` removed.
///
/// Pointers of `null` that removes nothing are added to `without_effect`.
pub(super) fn merge(base: &mut Value, top: Value, at: &str, without_effect: &mut Vec<String>) {
    match (base, top) {
        (Value::Object(base), Value::Object(top))
            if !is_reference(at, base) && !is_reference(at, &top) =>
        {
            let (removed, top): (Vec<_>, Vec<_>) =
                top.into_iter().partition(|(_, value)| value.is_null());
            for (key, _) in removed {
                if base.shift_remove(&key).is_none() {
                    without_effect.push(pointer::child(at, &key));
                }
            }
            let kinds = |key: &&String| *key != "was";
            let mut kind = top.iter().map(|(key, _)| key).filter(kinds).peekable();
            let is_of_another_kind = kind.peek().is_some() && !kind.eq(base.keys().filter(kinds));
            if is_of_another_kind && KINDS.iter().any(|shape| has_shape(at, shape)) {
                base.clear();
            }
            for (key, value) in top {
                let child = pointer::child(at, &key);
                merge(
                    base.entry(key).or_insert(Value::Null),
                    value,
                    &child,
                    without_effect,
                );
            }
        }
        (base, Value::Object(top)) => {
            *base = Value::Object(serde_json::Map::new());
            let Value::Object(empty) = base else { return };
            for (key, value) in top {
                let child = pointer::child(at, &key);
                if value.is_null() {
                    without_effect.push(child);
                } else {
                    merge(
                        empty.entry(key).or_insert(Value::Null),
                        value,
                        &child,
                        without_effect,
                    );
                }
            }
        }
        (base, top) => *base = top,
    }
}

/// Errors: GW2002.
fn nothing_removed(layer: &Layer, at: &str, below: Option<&Layer>) -> Diagnostic {
    let name = at
        .rsplit('/')
        .next()
        .map(pointer::unescaped)
        .unwrap_or_default();
    let finding = INVALID_VALUE.at(Place::pointer(&layer.display, at));
    match below {
        Some(below) => finding
            .message(format_args!(
                "`{}` is `null`, which removes what is extended, and `{}` has no such key",
                name.escape_debug(),
                below.display
            ))
            .help("remove the line, or correct its name"),
        None => finding
            .message(format_args!("`{}` has no value", name.escape_debug()))
            .help(NO_VALUE),
    }
}

/// Makes paths that are relative to one folder relative to another.
fn rebase(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(path) if from != to => {
            if let Some(whole) = RelativePath::join(from, path) {
                *path = relative(whole.as_str(), to);
            }
        }
        Value::Array(paths) => paths.iter_mut().for_each(|path| rebase(path, from, to)),
        _ => {}
    }
}

/// Makes the descriptions that `match.specs` names relative to another folder, as `spec` is.
fn rebase_matches(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Object(mapping) => {
            if let Some(specs) = mapping
                .get_mut("match")
                .and_then(|matched| matched.get_mut("specs"))
            {
                rebase(specs, from, to);
            }
            mapping
                .values_mut()
                .for_each(|value| rebase_matches(value, from, to));
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| rebase_matches(item, from, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn relative(path: &str, folder: &str) -> String {
    let names: Vec<&str> = path.split('/').collect();
    let folders: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    let common = names
        .iter()
        .zip(&folders)
        .take_while(|(name, folder)| name == folder)
        .count();
    let up = folders.len() - common;
    let steps: Vec<&str> = std::iter::repeat_n("..", up)
        .chain(names[common..].iter().copied())
        .collect();
    if steps.is_empty() {
        ".".to_owned()
    } else {
        steps.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn paths_are_seen_from_another_folder() {
        assert_eq!(
            relative("api/openapi.yaml", "env/prod"),
            "../../api/openapi.yaml"
        );
        assert_eq!(relative("env/openapi.yaml", "env/prod"), "../openapi.yaml");
        assert_eq!(relative("openapi.yaml", ""), "openapi.yaml");
    }
}
