//! References inside the schemas of bodies that lead nowhere, and the operations whose bodies hold
//! them.
//!
//! In: the text of a schema, `References`. Out: `Fault`s with their places. Pure but for `Library`.
//! Only what a schema means by `$ref` counts: one in an example or a default is data.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::bodies::{Dialect, SchemaId, Schemas};
use super::references::{Lost, References, Target};
use super::{Fault, Operation, RequestBody};
use crate::diagnostic::{self, Place};
use crate::source::{SourceFile, pointer};

/// Most faults that are noted of one schema, and of the schemas that an operation's body reaches.
const MAX_FAULTS: usize = 8;

/// Keywords whose value is a schema, or a list of schemas.
const SCHEMAS: [&str; 17] = [
    "items",
    "additionalItems",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "allOf",
    "anyOf",
    "oneOf",
    "prefixItems",
    "schema",
];

/// Keywords whose value holds schemas by name. What `$defs` hold counts where something refers to
/// it.
const NAMED_SCHEMAS: [&str; 3] = ["properties", "patternProperties", "dependentSchemas"];

/// Other keywords by which a schema is known.
const KEYWORDS: [&str; 13] = [
    "$ref",
    "enum",
    "const",
    "required",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "nullable",
];

/// Values of `type`.
const TYPES: [&str; 8] = [
    "array", "boolean", "file", "integer", "null", "number", "object", "string",
];

/// What a reference in a schema leads to.
///
/// Errors: those of `references`; GW1006 it is no schema, GW1009 it leads to itself.
pub(crate) fn target<'a>(
    references: &References<'a>,
    from: &Target<'a>,
    reference: &str,
) -> Result<Target<'a>, Lost> {
    let target = references.target(from.file, reference)?;
    let text = target.json.trim_ascii_start();
    if !text.starts_with('{') && !matches!(text, "true" | "false") {
        return Err(target.no_mapping("a schema"));
    }
    if text.starts_with('{') {
        if target.pointer.is_empty() && target.file.is_description() {
            return Err(target.whole_document());
        }
        target.accepted("a schema", is_of_schemas)?;
        // References that lead to references alone may go in a circle; others end, or hold
        // something of their own.
        if text.len() <= MAX_ALIAS_BYTES {
            references.ends(target.clone())?;
        }
    }
    Ok(target)
}

/// Longest text that is taken for a reference and nothing else. Unit: bytes.
const MAX_ALIAS_BYTES: usize = 400;

fn is_of_schemas(key: &str, json: &str) -> bool {
    let is_type = || {
        serde_json::from_str::<Value>(json).is_ok_and(|it| match &it {
            Value::String(name) => TYPES.contains(&name.as_str()),
            Value::Array(names) => names
                .iter()
                .all(|name| name.as_str().is_some_and(|name| TYPES.contains(&name))),
            _ => false,
        })
    };
    SCHEMAS.contains(&key)
        || NAMED_SCHEMAS.contains(&key)
        || KEYWORDS.contains(&key)
        || (key == "type" && is_type())
}

/// Faults of the references in a schema's own text.
pub(crate) fn in_schema<'a>(
    references: &References<'a>,
    dialect: Dialect,
    (at, main): (&Target<'a>, &'a SourceFile),
) -> Vec<Fault> {
    let Ok(schema) = serde_json::from_str::<Value>(at.json) else {
        return Vec::new();
    };
    let mut search = Search {
        dialect,
        found: Vec::new(),
        no_texts: Vec::new(),
    };
    search.schema(&schema, "");
    let no_text = |below: String| Fault {
        code: &diagnostic::WRONG_TYPE,
        place: Place::pointer(&at.file.display, [&at.pointer, &below, "/$ref"].concat()),
        message: "`$ref` has to be text".to_owned(),
        help: "write the way to a schema, such as `#/components/schemas/Order`".into(),
    };
    let mut faults: Vec<Fault> = search
        .no_texts
        .into_iter()
        .take(MAX_FAULTS)
        .map(no_text)
        .collect();
    for (below, reference) in search.found {
        if faults.len() == MAX_FAULTS {
            break;
        }
        let is_named = dialect == Dialect::Openapi31 && has_name(&at.file.json, &reference);
        if let Err(lost) = target(references, at, &reference)
            && !is_named
        {
            let mut fault = lost.at(Place::pointer(
                &at.file.display,
                [&at.pointer, &below, "/$ref"].concat(),
            ));
            // Some bundlers look for such a part in the main file.
            if reference.starts_with('#')
                && !std::ptr::eq(at.file, main)
                && references.target(main, &reference).is_ok()
            {
                fault.help = format!(
                    "`{}` has that part: write the way to this file before the `#`",
                    main.display
                )
                .into();
            }
            faults.push(fault);
        }
    }
    faults
}

/// Whether the file gives a schema the name that a reference uses: `$id` or `$anchor`, which are
/// not followed.
fn has_name(json: &str, reference: &str) -> bool {
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let holds = |key: &str, name: &str| json.contains(key) && json.contains(&format!("\"{name}\""));
    let has_id = !path.is_empty() && holds("\"$id\"", path);
    let has_anchor = path.is_empty() && !fragment.is_empty() && !fragment.starts_with('/');
    has_id
        || (has_anchor && (holds("\"$anchor\"", fragment) || holds("\"$dynamicAnchor\"", fragment)))
}

/// A pass over a schema for its references.
struct Search {
    dialect: Dialect,
    /// Pointers below the schema, and texts.
    found: Vec<(String, String)>,
    /// Pointers to schemas whose `$ref` is no text.
    no_texts: Vec<String>,
}

impl Search {
    fn schema(&mut self, schema: &Value, at: &str) {
        match schema {
            Value::Object(members) => self.members(members, at),
            Value::Array(schemas) => schemas
                .iter()
                .enumerate()
                .for_each(|(index, it)| self.schema(it, &pointer::child(at, index))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn members(&mut self, members: &Map<String, Value>, at: &str) {
        // Below an `$id` references start at that, and are not followed.
        if self.dialect == Dialect::Openapi31 && members.get("$id").is_some_and(Value::is_string) {
            return;
        }
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            self.found.push((at.to_owned(), reference.to_owned()));
            if self.dialect == Dialect::Openapi30 {
                return;
            }
        } else if members.contains_key("$ref") {
            self.no_texts.push(at.to_owned());
        }
        for (key, value) in members {
            let below = || pointer::child(at, key);
            if SCHEMAS.contains(&key.as_str()) {
                self.schema(value, &below());
            } else if NAMED_SCHEMAS.contains(&key.as_str()) {
                let named = value.as_object().into_iter().flatten();
                named.for_each(|(name, it)| self.schema(it, &pointer::child(&below(), name)));
            }
        }
    }
}

/// What is lost in the bodies of a description.
#[derive(Default)]
pub(crate) struct LostInBodies {
    /// By schema: faults of its own text.
    schemas: BTreeMap<SchemaId, Vec<Fault>>,
    /// By body: faults of its media types.
    bodies: BTreeMap<usize, Vec<Fault>>,
}

impl LostInBodies {
    pub(crate) fn add_schema(&mut self, schema: SchemaId, faults: Vec<Fault>) {
        if !faults.is_empty() {
            self.schemas.insert(schema, faults);
        }
    }

    pub(crate) fn add_body(&mut self, body: &Arc<RequestBody>, faults: Vec<Fault>) {
        if !faults.is_empty() {
            self.bodies.insert(Arc::as_ptr(body).addr(), faults);
        }
    }

    /// Gives each operation the faults of what its body holds or refers to.
    pub(crate) fn tell(&self, schemas: &Schemas, operations: &mut [Operation]) {
        if self.schemas.is_empty() && self.bodies.is_empty() {
            return;
        }
        let reached = self.reached(schemas);
        for operation in operations {
            let Some(body) = &operation.body else {
                continue;
            };
            let of_contents = self
                .bodies
                .get(&Arc::as_ptr(body).addr())
                .into_iter()
                .flatten();
            let of_schemas = body
                .contents
                .iter()
                .filter_map(|it| it.schema)
                .flat_map(|it| &reached[it]);
            let mut faults: Vec<&Fault> = of_contents
                .chain(of_schemas.flat_map(|it| &self.schemas[it]))
                .collect();
            faults.sort_by(|a, b| a.place.cmp(&b.place));
            faults.dedup_by(|a, b| a.place == b.place);
            let faults: Vec<Fault> = faults.into_iter().take(MAX_FAULTS).cloned().collect();
            operation.faults.extend(faults);
        }
    }

    /// By schema: schemas with faults that it reaches, at most so many.
    fn reached(&self, schemas: &Schemas) -> Vec<Vec<SchemaId>> {
        let mut referring: Vec<Vec<SchemaId>> = vec![Vec::new(); schemas.texts.len()];
        for (id, text) in schemas.texts.iter().enumerate() {
            text.references
                .values()
                .flatten()
                .for_each(|target| referring[*target].push(id));
        }
        let mut reached: Vec<Vec<SchemaId>> = vec![Vec::new(); schemas.texts.len()];
        for lost in self.schemas.keys() {
            let mut waiting = vec![*lost];
            while let Some(id) = waiting.pop() {
                // Whatever refers to one that is full is full of the same.
                if reached[id].len() < MAX_FAULTS && reached[id].last() != Some(lost) {
                    reached[id].push(*lost);
                    waiting.extend(&referring[id]);
                }
            }
        }
        reached
    }
}
