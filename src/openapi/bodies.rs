//! Bodies that operations take, and their schemas with all that these refer to.
//!
//! In: a request body or a body parameter, the references of its file. Out: `RequestBody`,
//! `Schemas`. Pure but for `Library`.
//! A schema stays a range of the text that was read until a model needs it; only its references are
//! followed here.

mod unresolved;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::references::{MAX_REFERENCES, References, Target};
use super::{Fault, Operation};
use crate::diagnostic::Place;
use crate::pointer;
use crate::source::SourceFile;
use crate::source::raw::{self, Text};
use unresolved::UnresolvedInBodies;

/// Most text that is searched for references, over all schemas of a description. Unit: bytes.
///
/// A schema is searched once, but pointers may lead into one another's text.
const MAX_SEARCHED_BYTES: usize = 128 << 20;

/// Most schemas of a description.
const MAX_SCHEMAS: usize = 200_000;

/// Dialect of the schemas of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Swagger 2.0 and OpenAPI 3.0: a dialect in which members beside `$ref` mean nothing.
    Openapi30,
    /// OpenAPI 3.1 and 3.2: JSON Schema 2020-12.
    Openapi31,
}

/// Index of a schema among those of its description.
pub type SchemaId = usize;

/// A body that an operation takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestBody {
    /// A request without it is wrong.
    pub is_required: bool,
    /// Name, where several operations may refer to it.
    pub name: Option<Arc<str>>,
    /// By media type; in 2.0 in the order of `consumes`.
    pub contents: Vec<BodyContent>,
}

/// A media type of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyContent {
    /// As it is written.
    pub media_type: Arc<str>,
    /// Schema of its data, where there is one that can be resolved.
    pub schema: Option<SchemaId>,
}

/// The text of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaText {
    json: Arc<String>,
    range: Range<usize>,
    /// Name of the component, else its pointer; in another file, behind `./` and the file.
    pub name: Arc<str>,
    /// Target of each `$ref` in it; `None` where that cannot be resolved.
    pub references: BTreeMap<Arc<str>, Option<SchemaId>>,
}

impl SchemaText {
    pub fn text(&self) -> &str {
        &self.json[self.range.clone()]
    }
}

/// The schemas of a description's request bodies, and of what these refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schemas {
    pub dialect: Dialect,
    pub texts: Vec<SchemaText>,
}

impl Schemas {
    /// Returns whether values of a schema are bytes, or a text for bytes, and no JSON.
    pub fn is_of_bytes(&self, mut id: SchemaId) -> bool {
        for _ in 0..MAX_REFERENCES {
            let text = self.texts[id].text();
            // Nearly all schemas are none, and large ones are not worth a look at each member.
            if !BYTES.iter().any(|word| text.contains(word)) {
                return false;
            }
            let members = raw::members(text).unwrap_or_default();
            let value = |name: &str| {
                let (_, json) = members.iter().find(|(key, _)| *key == *name)?;
                serde_json::from_str::<Text<'_>>(json.get()).ok()
            };
            let Some(reference) = value("$ref") else {
                return value("format")
                    .is_some_and(|format| matches!(&*format, "binary" | "byte" | "base64"))
                    || value("contentEncoding").is_some()
                    || value("contentMediaType").is_some()
                    || value("type").is_some_and(|kind| *kind == *"file");
            };
            let Some(next) = self.texts[id]
                .references
                .get(&*reference)
                .copied()
                .flatten()
            else {
                return false;
            };
            id = next;
        }
        false
    }
}

/// One of these is in every schema of bytes.
const BYTES: [&str; 7] = [
    "$ref",
    "\"binary\"",
    "\"byte\"",
    "\"base64\"",
    "\"contentEncoding\"",
    "\"contentMediaType\"",
    "\"file\"",
];

/// Address and length of a text in memory: texts of all files live as long as their library.
type Key = (usize, usize);

/// Bodies that were read so far.
pub(crate) struct Bodies {
    schemas: Schemas,
    known: BTreeMap<Key, SchemaId>,
    bodies: BTreeMap<Key, Arc<RequestBody>>,
    searched: usize,
    unresolved: UnresolvedInBodies,
    /// Pointers below which schemas and bodies have names.
    named_below: [&'static str; 2],
}

impl Bodies {
    pub(crate) fn new(dialect: Dialect, is_swagger: bool) -> Self {
        Self {
            schemas: Schemas {
                dialect,
                texts: Vec::new(),
            },
            known: BTreeMap::new(),
            bodies: BTreeMap::new(),
            searched: 0,
            unresolved: UnresolvedInBodies::default(),
            named_below: if is_swagger {
                ["/definitions/", "/parameters/"]
            } else {
                ["/components/schemas/", "/components/requestBodies/"]
            },
        }
    }

    pub(crate) fn finish(self) -> Schemas {
        self.schemas
    }

    /// Reads a `requestBody`, wherever it is written; nothing where it cannot be resolved, which is
    /// reported elsewhere.
    pub(crate) fn request_body<'a>(
        &mut self,
        references: &References<'a>,
        main: &'a SourceFile,
        written: Target<'a>,
    ) -> Option<Arc<RequestBody>> {
        let address = written.json.as_ptr();
        let target = references.follow(written).ok()?;
        if let Some(known) = self.bodies.get(&key(target.json)) {
            return Some(Arc::clone(known));
        }
        let is_shared = target.json.as_ptr() != address;
        let members = raw::members(target.json).ok()?;
        let member = |name: &str| {
            let mut latest = members.iter().rev();
            latest
                .find(|(key, _)| *key == *name)
                .map(|(_, json)| json.get())
        };
        let media_types = raw::members(member("content")?).ok()?;
        let (mut contents, mut faults) = (Vec::new(), Vec::new());
        for (media_type, json) in media_types {
            if media_type.starts_with("x-") {
                continue;
            }
            let content = Target {
                file: target.file,
                pointer: pointer::child(&format!("{}/content", target.pointer), &*media_type),
                json: json.get(),
            };
            contents.push(BodyContent {
                media_type: Arc::from(&*media_type),
                schema: self.content_schema(references, main, content, &mut faults),
            });
        }
        contents.sort_by(|one: &BodyContent, other| one.media_type.cmp(&other.media_type));
        let body = Arc::new(RequestBody {
            is_required: member("required") == Some("true"),
            name: is_shared.then(|| name(self.named_below, main, &target)),
            contents,
        });
        self.unresolved.add_body(&body, faults);
        self.bodies.insert(key(target.json), Arc::clone(&body));
        Some(body)
    }

    /// Reads the schema of a media type.
    fn content_schema<'a>(
        &mut self,
        references: &References<'a>,
        main: &'a SourceFile,
        content: Target<'a>,
        faults: &mut Vec<Fault>,
    ) -> Option<SchemaId> {
        let content = match references.follow(content.clone()) {
            Ok(content) => content,
            Err(error) => {
                // A content that is no mapping has no schema, which is no fault.
                if is_reference(content.json) {
                    let pointer = format!("{}/$ref", content.pointer);
                    faults.push(error.at(Place::pointer(&content.file.display, pointer)));
                }
                return None;
            }
        };
        let members = raw::members(content.json).ok()?;
        let mut latest = members.into_iter().rev();
        let (name, json) = latest.find(|(key, _)| *key == "schema")?;
        self.schema(references, main, content.child(&name, json))
    }

    /// Reads a schema with all that it refers to.
    pub(crate) fn schema<'a>(
        &mut self,
        references: &References<'a>,
        main: &'a SourceFile,
        schema: Target<'a>,
    ) -> Option<SchemaId> {
        let mut waiting = Vec::new();
        let first = self.add(main, schema, &mut waiting)?;
        while let Some((id, schema)) = waiting.pop() {
            let mut targets = BTreeMap::new();
            let mut is_unresolved = false;
            for reference in self.references_in(schema.json) {
                let target = unresolved::schema_target(references, &schema, &reference);
                is_unresolved |= target.is_err();
                let target = target
                    .ok()
                    .and_then(|target| self.add(main, target, &mut waiting));
                targets.insert(Arc::from(&*reference), target);
            }
            if is_unresolved {
                let dialect = self.schemas.dialect;
                let faults = unresolved::faults(references, dialect, &schema, main);
                self.unresolved.add_schema(id, faults);
            }
            self.schemas.texts[id].references = targets;
        }
        Some(first)
    }

    /// Gives the operations the faults of unresolved references in their bodies.
    pub(crate) fn report_unresolved(&self, operations: &mut [Operation]) {
        self.unresolved.report(&self.schemas, operations);
    }

    fn add<'a>(
        &mut self,
        main: &SourceFile,
        schema: Target<'a>,
        waiting: &mut Vec<(SchemaId, Target<'a>)>,
    ) -> Option<SchemaId> {
        if let Some(known) = self.known.get(&key(schema.json)) {
            return Some(*known);
        }
        let start =
            (schema.json.as_ptr() as usize).checked_sub(schema.file.json.as_ptr() as usize)?;
        let range = start..start + schema.json.len();
        schema.file.json.get(range.clone())?;
        let id = self.schemas.texts.len();
        if id == MAX_SCHEMAS {
            return None;
        }
        self.schemas.texts.push(SchemaText {
            json: Arc::clone(&schema.file.json),
            range,
            name: name(self.named_below, main, &schema),
            references: BTreeMap::new(),
        });
        self.known.insert(key(schema.json), id);
        waiting.push((id, schema));
        Some(id)
    }

    /// Returns the references in a text. One in an example is found too, which does no harm.
    fn references_in<'a>(&mut self, json: &'a str) -> Vec<Text<'a>> {
        const KEY: &str = "\"$ref\"";
        self.searched += json.len();
        if self.searched > MAX_SEARCHED_BYTES {
            return Vec::new();
        }
        let values = json.match_indices(KEY).filter_map(|(index, _)| {
            json[index + KEY.len()..]
                .trim_ascii_start()
                .strip_prefix(':')
        });
        let texts = values.filter_map(|value| {
            serde_json::Deserializer::from_str(value)
                .into_iter::<Text<'a>>()
                .next()?
                .ok()
        });
        texts.collect()
    }
}

fn is_reference(json: &str) -> bool {
    raw::members(json).is_ok_and(|members| members.iter().any(|(key, _)| *key == "$ref"))
}

fn key(json: &str) -> Key {
    (json.as_ptr() as usize, json.len())
}

/// Returns the name of a part: of its component in the main file, else its pointer; in another
/// file, behind `./` and the file.
fn name(named_below: [&str; 2], main: &SourceFile, target: &Target<'_>) -> Arc<str> {
    if std::ptr::eq(main, target.file) {
        let name = named_below
            .iter()
            .find_map(|parent| target.pointer.strip_prefix(parent));
        return name.unwrap_or(&target.pointer).into();
    }
    let path = target.file.path.as_str();
    let path = path
        .strip_prefix(main.path.folder())
        .map_or(path, |rest| rest.trim_start_matches('/'));
    format!("./{path}{}", target.pointer).into()
}
