//! From a tree to types, again and again: each time the part that does not fit is reported and
//! taken out.
//!
//! In: `Layers`. Out: `BlueprintSpec`, every finding about fields and their values. Pure.
//! What stands in for required parts keeps later checks going; the blueprint then counts as
//! incomplete.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use serde_path_to_error::Segment;

use super::fault::{EXPRESSION, parts};
use super::layers::{Layers, Merged};
use super::spec::BlueprintSpec;
use crate::diagnostic::{
    self, Diagnostic, INVALID_EXPRESSION, INVALID_VALUE, MISSING_FIELD, Place, UNKNOWN_FIELD,
};
use crate::source::pointer;

/// How many findings a blueprint gets at most: each takes a reading.
const MAX_FINDINGS: usize = 500;

/// The fields that every blueprint has, and an example of each.
const REQUIRED: &[(&str, &str)] = &[
    ("version", "version: 1"),
    ("name", "name: shop"),
    ("spec", "spec: openapi.yaml"),
    ("topology", "topology: nlb-targets"),
    (
        "backends",
        "backends: {orders: {port: 8080, targets: {instances: {var: order_instances}}}}",
    ),
];

/// Items that were taken out of lists, so that pointers still lead to what the user wrote.
#[derive(Debug, Default)]
pub(crate) struct Removed(BTreeMap<String, BTreeSet<usize>>);

impl Removed {
    /// The pointer of the same thing in the file as written.
    pub(crate) fn original(&self, pointer: &str) -> String {
        let mut original = String::with_capacity(pointer.len());
        for token in pointer.split('/').skip(1) {
            let removed = self.0.get(&original);
            let index = removed.and_then(|removed| {
                let shifted = |index, gone: &usize| if *gone <= index { index + 1 } else { index };
                token
                    .parse::<usize>()
                    .ok()
                    .map(|index| removed.iter().fold(index, shifted))
            });
            original.push('/');
            match index {
                Some(index) => original.push_str(&index.to_string()),
                None => original.push_str(token),
            }
        }
        original
    }
}

/// What is known although parts were taken out.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) backends: BTreeSet<String>,
    pub(crate) auth: BTreeSet<String>,
    /// Required fields that stand in for what is missing or wrong.
    pub(crate) stand_ins: BTreeSet<&'static str>,
    /// Pointers of the file as written that were reported.
    pub(crate) reported: BTreeSet<String>,
}

/// A blueprint with types.
pub(crate) struct Typed {
    pub(crate) spec: BlueprintSpec,
    /// The tree that the types were read from.
    pub(crate) tree: Value,
    pub(crate) removed: Removed,
    pub(crate) known: Known,
    /// Nothing that is required stands in for something else.
    pub(crate) is_complete: bool,
}

/// Gives a blueprint its types.
///
/// Errors: GW2001 unknown field, GW2002 invalid value, GW2003 missing field, GW2007 invalid
/// expression.
pub(crate) fn typed(layers: &Layers, found: &mut Vec<Diagnostic>) -> Typed {
    let Merged {
        value: tree,
        numbers,
        reported,
    } = layers.merged(found);
    let names = |field: &str| {
        tree.get(field)
            .and_then(Value::as_object)
            .map(|it| it.keys().cloned().collect())
            .unwrap_or_default()
    };
    let known = Known {
        backends: names("backends"),
        auth: names("auth"),
        stand_ins: BTreeSet::new(),
        reported,
    };
    let mut reader = Reader {
        layers,
        tree,
        numbers,
        removed: Removed::default(),
        known,
        found,
        is_complete: layers.is_whole,
    };
    reader.require();
    let spec = reader.read();
    let is_complete = reader.is_complete && reader.known.stand_ins.is_empty();
    Typed {
        spec,
        tree: reader.tree,
        removed: reader.removed,
        known: reader.known,
        is_complete,
    }
}

struct Reader<'a> {
    layers: &'a Layers,
    tree: Value,
    numbers: BTreeMap<String, serde_json::Number>,
    removed: Removed,
    known: Known,
    found: &'a mut Vec<Diagnostic>,
    is_complete: bool,
}

impl Reader<'_> {
    /// Reports the required fields that are not there.
    fn require(&mut self) {
        for (field, example) in REQUIRED {
            let pointer = pointer::child("", field);
            let value = self.tree.get(*field);
            let is_empty = *field == "backends"
                && value
                    .and_then(Value::as_object)
                    .is_some_and(serde_json::Map::is_empty);
            if value.is_some() && !is_empty {
                continue;
            }
            if self.layers.is_whole && !self.known.reported.contains(&pointer) {
                let (place, message) = if is_empty {
                    (
                        self.layers.place(&pointer),
                        "the blueprint names no backend".to_owned(),
                    )
                } else {
                    (
                        self.layers.place(""),
                        format!("the blueprint has no `{field}`"),
                    )
                };
                // Alone it may be a base of others, which this run does not see.
                let or_base = if self.layers.count() == 1 && !is_empty {
                    ", or `abstract: true` if this file is only there for others to extend"
                } else {
                    ""
                };
                self.found.push(
                    MISSING_FIELD
                        .at(place)
                        .message(message)
                        .help(format_args!("add for example `{example}`{or_base}")),
                );
            }
        }
        self.stand_in();
    }

    /// Puts something in for required fields that are not there.
    fn stand_in(&mut self) {
        let stand_ins = [
            ("version", json!(1)),
            ("name", json!("x")),
            ("spec", json!("x")),
            ("topology", json!("nlb-targets")),
            ("backends", json!({})),
        ];
        let Some(mapping) = self.tree.as_object_mut() else {
            return;
        };
        for (field, value) in stand_ins {
            // Of the others an empty mapping is a value of the wrong type, which is still to be
            // reported.
            let is_empty = field == "backends"
                && mapping
                    .get(field)
                    .and_then(Value::as_object)
                    .is_some_and(serde_json::Map::is_empty);
            if is_empty || !mapping.contains_key(field) {
                mapping.insert(field.to_owned(), value);
                self.known.stand_ins.insert(field);
            }
        }
    }

    fn read(&mut self) -> BlueprintSpec {
        for _ in 0..MAX_FINDINGS {
            match serde_path_to_error::deserialize::<_, BlueprintSpec>(&self.tree) {
                Ok(spec) => return spec,
                Err(error) => {
                    let text = error.inner().to_string();
                    let at = self.with_key(self.pointer(error.path()), &text);
                    self.take_out(&at, &text);
                    self.stand_in();
                }
            }
        }
        self.is_complete = false;
        self.tree = json!({});
        self.stand_in();
        serde_json::from_value(self.tree.clone()).expect("the stand-ins are a blueprint")
    }

    /// The pointer of an error's path, or of the nearest part above it that is there.
    fn pointer(&self, path: &serde_path_to_error::Path) -> String {
        let mut at = String::new();
        for segment in path {
            let child = match segment {
                Segment::Seq { index } => pointer::child(&at, index),
                Segment::Map { key } => pointer::child(&at, key),
                Segment::Enum { .. } | Segment::Unknown => break,
            };
            if self.tree.pointer(&child).is_none() {
                break;
            }
            at = child;
        }
        at
    }

    /// The pointer of an unknown field, where a mapping that is read by hand was named.
    fn with_key(&self, at: String, error: &str) -> String {
        let name = error
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.rsplit_once("`, expected "))
            .map(|(name, _)| name);
        let Some(name) = name
            .filter(|name| at.rsplit('/').next().map(pointer::unescaped).as_deref() != Some(name))
        else {
            return at;
        };
        let child = pointer::child(&at, name);
        if self.tree.pointer(&child).is_some() {
            child
        } else {
            at
        }
    }

    /// Reports an error and takes out what it is about.
    fn take_out(&mut self, at: &str, error: &str) {
        let original = self.removed.original(at);
        if let (Some(number), Some(value)) =
            (self.numbers.remove(&original), self.tree.pointer_mut(at))
            && value.is_string()
        {
            *value = Value::Number(number);
            return;
        }
        let place = self.layers.place(&original);
        if error.starts_with("unknown field `") {
            self.found.push(unknown_field(place, at, error));
        } else if let Some(field) = error
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'))
        {
            if !self
                .known
                .reported
                .contains(&pointer::child(&original, field))
            {
                let message = format!("{} has no `{field}`", subject(at));
                self.found.push(
                    MISSING_FIELD
                        .at(place)
                        .message(message)
                        .help(format_args!("add `{field}`")),
                );
            }
        } else {
            self.found.push(wrong_value(place, at, error));
        }
        self.remove(at, original);
    }

    fn remove(&mut self, at: &str, original: String) {
        let Some((parent, token)) = at.rsplit_once('/') else {
            // Nothing is left that could be taken out alone.
            self.tree = json!({});
            return;
        };
        self.known.reported.insert(original.clone());
        let is_empty = match self.tree.pointer_mut(parent) {
            Some(Value::Object(mapping)) => {
                mapping.shift_remove(&*pointer::unescaped(token));
                mapping.is_empty()
            }
            Some(Value::Array(list)) => {
                if let Ok(index) = token.parse::<usize>() {
                    list.remove(index);
                }
                let (list, index) = original.rsplit_once('/').unwrap_or_default();
                self.removed
                    .0
                    .entry(list.to_owned())
                    .or_default()
                    .extend(index.parse::<usize>().ok());
                false
            }
            _ => false,
        };
        // A mapping that lost its last member would mean something else: an empty `match` is
        // everything.
        if is_empty && !parent.is_empty() {
            let original = self.removed.original(parent);
            self.remove(parent, original);
        }
    }
}

/// Names that serde's error for an unknown one lists as expected.
pub(crate) fn expected_names(error: &str) -> impl Iterator<Item = &str> {
    error
        .rsplit_once("`, expected ")
        .map_or("", |(_, names)| names)
        .split('`')
        .skip(1)
        .step_by(2)
}

/// Errors: GW2001.
fn unknown_field(place: Place, at: &str, error: &str) -> Diagnostic {
    let (parent, token) = at.rsplit_once('/').unwrap_or_default();
    let name = pointer::unescaped(token);
    let known: Vec<&str> = expected_names(error).collect();
    let help = match diagnostic::nearest(&name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "remove it".to_owned(),
        None => format!("known there: `{}`", known.join("`, `")),
    };
    UNKNOWN_FIELD
        .at(place)
        .message(format_args!("{} has no field `{name}`", subject(parent)))
        .help(help)
}

/// Errors: GW2002, GW2007.
pub(crate) fn wrong_value(place: Place, at: &str, error: &str) -> Diagnostic {
    if let Some(error) = error.strip_prefix(EXPRESSION) {
        let (message, help) = parts(error);
        return INVALID_EXPRESSION
            .at(place)
            .message(format_args!("{}: {message}", subject(at)))
            .help(help);
    }
    if let Some((name, known)) = error
        .strip_prefix("unknown variant `")
        .and_then(|rest| rest.rsplit_once("`, expected "))
    {
        let names: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        let help = match diagnostic::nearest(name, names.iter().copied()) {
            Some(nearest) => format!(
                "did you mean `{nearest}`? Accepted: `{}`",
                names.join("`, `")
            ),
            None => format!("accepted: `{}`", names.join("`, `")),
        };
        return INVALID_VALUE
            .at(place)
            .message(format_args!("{}: `{name}` is not accepted", subject(at)))
            .help(help);
    }
    let (message, help) = parts(error);
    INVALID_VALUE
        .at(place)
        .message(format_args!("{}: {message}", subject(at)))
        .help(help)
}

/// A pointer as users say it: `backends.orders.port`, `routes[0]`.
pub(crate) fn subject(at: &str) -> String {
    if at.is_empty() {
        return "the blueprint".to_owned();
    }
    let mut text = String::new();
    for token in at.split('/').skip(1) {
        if token.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            text.push_str(&format!("[{token}]"));
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(&pointer::unescaped(token));
        }
    }
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::Removed;

    #[test]
    fn pointers_lead_to_what_was_written() {
        let mut removed = Removed::default();
        removed
            .0
            .entry("/routes".to_owned())
            .or_default()
            .extend([0, 2]);
        assert_eq!(removed.original("/routes/0/auth"), "/routes/1/auth");
        assert_eq!(removed.original("/routes/1"), "/routes/3");
        assert_eq!(removed.original("/backends/0"), "/backends/0");
    }
}
