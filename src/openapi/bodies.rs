//! Bodies that operations take, and their schemas with all that these refer to.
//! A schema is a range of the text that was read; only its references are followed here.

mod unresolved;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Fault;
use super::references::{MAX_REFERENCES, ReferenceResolver, Target};
use crate::diagnostic::Place;
use crate::source::SourceFile;
use crate::source::raw::{self, Text};
use unresolved::UnresolvedInBodies;

/// Limit on the text that is searched for references, over all schemas of a description, which may
/// be parts of one another. Unit: bytes.
const MAX_SEARCHED_BYTES: usize = 128 << 20;

/// Limit on the schemas of a description.
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
            // Reading each member of every schema would be slow.
            if !BYTES.iter().any(|word| text.contains(word)) {
                return false;
            }
            let members = raw::members(text).unwrap_or_default();
            let value =
                |name: &str| serde_json::from_str::<Text<'_>>(raw::member(&members, name)?).ok();
            let Some(reference) = value("$ref") else {
                return value("format")
                    .is_some_and(|format| matches!(&*format, "binary" | "byte" | "base64"))
                    || value("contentEncoding").is_some()
                    || value("contentMediaType").is_some()
                    || value("type").is_some_and(|kind| *kind == *"file");
            };
            let Some(Some(next)) = self.texts[id].references.get(&*reference) else {
                return false;
            };
            id = *next;
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
pub(crate) struct Bodies<'a> {
    main: &'a SourceFile,
    pub(crate) schemas: Schemas,
    pub(crate) unresolved: UnresolvedInBodies,
    known: BTreeMap<Key, SchemaId>,
    bodies: BTreeMap<Key, Arc<RequestBody>>,
    searched: usize,
    /// Pointers below which schemas and bodies have names.
    named_below: [&'static str; 2],
}

impl<'a> Bodies<'a> {
    pub(crate) fn new(main: &'a SourceFile, dialect: Dialect, is_swagger: bool) -> Self {
        Self {
            main,
            schemas: Schemas {
                dialect,
                texts: Vec::new(),
            },
            unresolved: UnresolvedInBodies::default(),
            known: BTreeMap::new(),
            bodies: BTreeMap::new(),
            searched: 0,
            named_below: if is_swagger {
                ["/definitions/", "/parameters/"]
            } else {
                ["/components/schemas/", "/components/requestBodies/"]
            },
        }
    }

    /// Reads a `requestBody`, wherever it is written; nothing where it cannot be resolved, which is
    /// reported elsewhere.
    pub(crate) fn request_body(
        &mut self,
        references: &ReferenceResolver<'a>,
        written: Target<'a>,
    ) -> Option<Arc<RequestBody>> {
        let address = written.json.as_ptr();
        let target = references.follow(written).ok()?;
        if let Some(known) = self.bodies.get(&key(target.json)) {
            return Some(Arc::clone(known));
        }
        let is_shared = target.json.as_ptr() != address;
        let members = raw::members(target.json).ok()?;
        let content = target.child("content", last_member(&members, "content")?);
        let (mut contents, mut faults) = (Vec::new(), Vec::new());
        for (media_type, json) in raw::members(content.json).ok()? {
            if media_type.starts_with("x-") {
                continue;
            }
            let content = content.child(&media_type, json);
            contents.push(BodyContent {
                media_type: Arc::from(&*media_type),
                schema: self.content_schema(references, content, &mut faults),
            });
        }
        contents.sort_by(|one: &BodyContent, other| one.media_type.cmp(&other.media_type));
        let required = last_member(&members, "required");
        let body = Arc::new(RequestBody {
            is_required: required.is_some_and(|required| required.get() == "true"),
            name: is_shared.then(|| self.name(&target)),
            contents,
        });
        self.unresolved.add_body(&body, faults);
        self.bodies.insert(key(target.json), Arc::clone(&body));
        Some(body)
    }

    /// Reads the schema of a media type.
    fn content_schema(
        &mut self,
        references: &ReferenceResolver<'a>,
        content: Target<'a>,
        faults: &mut Vec<Fault>,
    ) -> Option<SchemaId> {
        let place = || Place::pointer(&content.file.display, format!("{}/$ref", content.pointer));
        let followed = match references.follow(content.clone()) {
            Ok(followed) => followed,
            Err(error) => {
                // A content that is no mapping has no schema, which is no fault.
                let members = raw::members(content.json).ok()?;
                raw::member(&members, "$ref")?;
                faults.push(error.at(place()));
                return None;
            }
        };
        let members = raw::members(followed.json).ok()?;
        let schema = last_member(&members, "schema")?;
        self.schema(references, followed.child("schema", schema))
    }

    /// Reads a schema with all that it refers to.
    pub(crate) fn schema(
        &mut self,
        references: &ReferenceResolver<'a>,
        schema: Target<'a>,
    ) -> Option<SchemaId> {
        let mut waiting = Vec::new();
        let first = self.add(schema, &mut waiting)?;
        while let Some((id, schema)) = waiting.pop() {
            let mut targets = BTreeMap::new();
            let mut is_unresolved = false;
            for reference in self.references_in(schema.json) {
                let target = unresolved::schema_target(references, &schema, &reference).ok();
                is_unresolved |= target.is_none();
                let target = target.and_then(|target| self.add(target, &mut waiting));
                targets.insert(Arc::from(&*reference), target);
            }
            if is_unresolved {
                let dialect = self.schemas.dialect;
                let faults = unresolved::faults(references, dialect, &schema, self.main);
                self.unresolved.add_schema(id, faults);
            }
            self.schemas.texts[id].references = targets;
        }
        Some(first)
    }

    fn add(
        &mut self,
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
            name: self.name(&schema),
            references: BTreeMap::new(),
        });
        self.known.insert(key(schema.json), id);
        waiting.push((id, schema));
        Some(id)
    }

    /// Returns the name of a part: of its component in the main file, else its pointer; in another
    /// file, behind `./` and the file.
    fn name(&self, target: &Target<'_>) -> Arc<str> {
        if std::ptr::eq(self.main, target.file) {
            let mut parents = self.named_below.iter();
            let name = parents.find_map(|parent| target.pointer.strip_prefix(parent));
            return name.unwrap_or(&target.pointer).into();
        }
        let path = target.file.path.as_str();
        let path = path
            .strip_prefix(self.main.path.folder())
            .map_or(path, |rest| rest.trim_start_matches('/'));
        format!("./{path}{}", target.pointer).into()
    }

    /// Returns the references in a text. One in an example is found too, which does no harm.
    fn references_in(&mut self, json: &'a str) -> Vec<Text<'a>> {
        const KEY: &str = "\"$ref\"";
        self.searched += json.len();
        if self.searched > MAX_SEARCHED_BYTES {
            return Vec::new();
        }
        let references = json.match_indices(KEY).filter_map(|(index, _)| {
            let rest = json[index + KEY.len()..].trim_ascii_start();
            let value = serde_json::Deserializer::from_str(rest.strip_prefix(':')?);
            value.into_iter::<Text<'a>>().next()?.ok()
        });
        references.collect()
    }
}

/// Returns the last member of that name, as `serde_json` takes it where a key is written twice.
fn last_member<'a>(members: &[(Text<'_>, &'a RawValue)], name: &str) -> Option<&'a RawValue> {
    let mut latest = members.iter().rev();
    latest.find(|(key, _)| *key == *name).map(|(_, json)| *json)
}

fn key(json: &str) -> Key {
    (json.as_ptr() as usize, json.len())
}
