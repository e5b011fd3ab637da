//! Decodes a merged blueprint, with stand-ins for required fields that are missing.
//! In: `Layers`. Out: `BlueprintSpec`, every fault of its shape. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::decode::Decode;
use super::fault::{Faults, LeftOut};
use super::layers::{Layers, Merged};
use super::node::TreeNode;
use super::references::Variable;
use super::spec::BlueprintSpec;
use crate::diagnostic::{Diagnostic, MISSING_FIELD};
use crate::source::pointer;

/// A field that every blueprint has.
struct RequiredField {
    name: &'static str,
    example: &'static str,
    /// The value that later checks see where there is none.
    stand_in: fn() -> Value,
}

const REQUIRED: [RequiredField; 5] = [
    RequiredField {
        name: "version",
        example: "version: 1",
        stand_in: || json!(1),
    },
    RequiredField {
        name: "name",
        example: "name: shop",
        stand_in: || json!("x"),
    },
    RequiredField {
        name: "spec",
        example: "spec: openapi.yaml",
        stand_in: || json!("x"),
    },
    RequiredField {
        name: "topology",
        example: "topology: nlb-targets",
        stand_in: || json!("nlb-targets"),
    },
    RequiredField {
        name: "backends",
        example: "backends: {orders: {port: 8080, targets: {instances: {var: order_instances}}}}",
        stand_in: || json!({}),
    },
];

/// Names that a blueprint declares, also of entries that were left out.
#[derive(Debug, Default)]
pub(crate) struct DeclaredNames {
    pub(crate) backends: BTreeSet<String>,
    pub(crate) auth: BTreeSet<String>,
    /// Required fields that are missing or wrong, and have a stand-in.
    pub(crate) stand_ins: BTreeSet<&'static str>,
}

/// A decoded blueprint.
pub(crate) struct Decoded {
    pub(crate) spec: BlueprintSpec,
    /// The merged data that `spec` was decoded from.
    pub(crate) written: Value,
    pub(crate) left_out: LeftOut,
    pub(crate) declared: DeclaredNames,
    /// Uses of variables, with their pointers.
    pub(crate) variables: Vec<(String, Variable)>,
    /// True where every required field was written, so that no stand-in is used.
    pub(crate) is_complete: bool,
}

/// Decodes the files of a blueprint as one.
///
/// Errors: GW2001 unknown field, GW2002 invalid value, GW2003 missing field, GW2004 not built,
/// GW2007 invalid expression.
pub(crate) fn decode(layers: &Layers, found: &mut Vec<Diagnostic>) -> Decoded {
    let Merged {
        value: mut tree,
        numbers,
        reported,
    } = layers.merged(found);
    let names = |field: &str| {
        let members = tree.get(field).and_then(Value::as_object);
        members.into_iter().flat_map(Map::keys).cloned().collect()
    };
    let mut declared = DeclaredNames {
        backends: names("backends"),
        auth: names("auth"),
        stand_ins: BTreeSet::new(),
    };
    let mut faults = Faults::default();
    faults.left_out.pointers = reported;
    for field in &REQUIRED {
        if is_missing(&tree, field) {
            found.extend(missing(layers, &tree, field, &faults.left_out));
            tree[field.name] = (field.stand_in)();
            declared.stand_ins.insert(field.name);
        }
    }
    let decoded = BlueprintSpec::decode(&TreeNode::root(&tree, &numbers), &mut faults);
    let spec = decoded.unwrap_or_else(|| {
        for field in &REQUIRED {
            let is_left_out = |pointer| faults.left_out.pointers.contains(&pointer);
            if is_left_out(pointer::child("", field.name)) {
                tree[field.name] = (field.stand_in)();
                declared.stand_ins.insert(field.name);
            }
        }
        BlueprintSpec::decode(&TreeNode::root(&tree, &numbers), &mut Faults::default())
            .expect("each required field is there or stands in")
    });
    found.extend(
        faults
            .all
            .iter()
            .map(|fault| fault.at(layers.place(&fault.at))),
    );
    Decoded {
        spec,
        written: tree,
        left_out: faults.left_out,
        variables: faults.variables,
        is_complete: layers.is_whole && declared.stand_ins.is_empty(),
        declared,
    }
}

/// Returns whether a required field is not there, or names no backend.
fn is_missing(tree: &Value, field: &RequiredField) -> bool {
    let value = tree.get(field.name);
    value.is_none_or(|value| field.name == "backends" && *value == json!({}))
}

/// Errors: GW2003.
fn missing(
    layers: &Layers,
    tree: &Value,
    field: &RequiredField,
    left_out: &LeftOut,
) -> Option<Diagnostic> {
    let RequiredField { name, example, .. } = field;
    let at = pointer::child("", name);
    if !layers.is_whole || left_out.pointers.contains(&at) {
        return None;
    }
    let is_empty = tree.get(name).is_some();
    let (place, message) = match is_empty {
        true => (
            layers.place(&at),
            "the blueprint names no backend".to_owned(),
        ),
        false => (layers.place(""), format!("the blueprint has no `{name}`")),
    };
    // Alone it may be a base of others, which this run does not see.
    let or_base = if layers.count() == 1 && !is_empty {
        ", or `abstract: true` if this file is only there for others to extend"
    } else {
        ""
    };
    Some(
        MISSING_FIELD
            .at(place)
            .message(message)
            .help(format_args!("add for example `{example}`{or_base}")),
    )
}
