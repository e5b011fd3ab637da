//! Bodies that operations take, and the schemas of them with all that these refer to.
//!
//! In: a request body or a body parameter, the references of its file. Out: `RequestBody`,
//! `Schemas`. Pure but for `Library`.
//! A schema stays a range of the text that was read until a model needs it; only its references are
//! followed here.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::Operation;
use super::lost::{self, LostInBodies};
use super::references::{MAX_REFERENCES, References, Target};
use crate::diagnostic::Place;
use crate::source::raw::{self, Text};
use crate::source::{SourceFile, pointer};

/// Most text that is searched for references, over all schemas of a description. Unit: bytes.
///
/// A schema is searched once, but pointers may lead into one another's text.
const MAX_SEARCHED_BYTES: usize = 128 << 20;

/// Most schemas of a description that are kept.
const MAX_SCHEMAS: usize = 200_000;

/// How schemas of a description are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Swagger 2.0 and OpenAPI 3.0: an own dialect, in which what stands beside `$ref` means
    /// nothing.
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
    /// What it is called, where several operations may refer to it.
    pub name: Option<Arc<str>>,
    /// By media type; in 2.0 in the order of `consumes`.
    pub contents: Vec<BodyContent>,
}

/// A media type of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyContent {
    /// As it is written.
    pub media_type: Arc<str>,
    /// What its data is like, where that is said and can be had.
    pub schema: Option<SchemaId>,
}

/// The text of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaText {
    json: Arc<String>,
    range: Range<usize>,
    /// Name of the component, else its pointer; behind `./` and the file where it stands elsewhere.
    pub name: Arc<str>,
    /// What each `$ref` in it leads to; `None` where that cannot be had.
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
    /// Whether values of a schema are bytes, or a text that stands for them, and no JSON.
    pub fn is_of_bytes(&self, mut id: SchemaId) -> bool {
        for _ in 0..MAX_REFERENCES {
            let text = self.texts[id].text();
            // Nearly all schemas are none, and large ones are not worth a look at each member.
            if !BYTES.iter().any(|it| text.contains(it)) {
                return false;
            }
            let members = raw::members(text).unwrap_or_default();
            let value = |name: &str| {
                let (_, json) = members.iter().find(|(key, _)| *key == *name)?;
                serde_json::from_str::<Text<'_>>(json.get()).ok()
            };
            let Some(reference) = value("$ref") else {
                return value("format")
                    .is_some_and(|it| matches!(&*it, "binary" | "byte" | "base64"))
                    || value("contentEncoding").is_some()
                    || value("contentMediaType").is_some()
                    || value("type").is_some_and(|it| *it == *"file");
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

/// Where a text stands in memory: texts of all files live as long as their library.
type Key = (usize, usize);

/// What was read of bodies so far.
pub(crate) struct Bodies {
    schemas: Schemas,
    known: BTreeMap<Key, SchemaId>,
    bodies: BTreeMap<Key, Arc<RequestBody>>,
    searched: usize,
    lost: LostInBodies,
    /// Where schemas and bodies have names.
    homes: [&'static str; 2],
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
            lost: LostInBodies::default(),
            homes: if is_swagger {
                ["/definitions/", "/parameters/"]
            } else {
                ["/components/schemas/", "/components/requestBodies/"]
            },
        }
    }

    pub(crate) fn finish(self) -> Schemas {
        self.schemas
    }

    /// A `requestBody`, wherever it stands; nothing where it cannot be had, which is reported
    /// elsewhere.
    pub(crate) fn request_body<'a>(
        &mut self,
        references: &References<'a>,
        main: &'a SourceFile,
        at: Target<'a>,
    ) -> Option<Arc<RequestBody>> {
        let written = at.json.as_ptr();
        let target = references.followed(at).ok()?;
        if let Some(known) = self.bodies.get(&key(target.json)) {
            return Some(Arc::clone(known));
        }
        let is_shared = target.json.as_ptr() != written;
        let members = raw::members(target.json).ok()?;
        let member = |name: &str| {
            members
                .iter()
                .rev()
                .find(|(key, _)| *key == *name)
                .map(|(_, json)| json.get())
        };
        let (mut contents, mut faults) = (Vec::new(), Vec::new());
        for (media_type, json) in raw::members(member("content")?)
            .ok()?
            .into_iter()
            .filter(|(key, _)| !key.starts_with("x-"))
        {
            let below = pointer::child(&format!("{}/content", target.pointer), &*media_type);
            let place = Place::pointer(&target.file.display, format!("{below}/$ref"));
            let content = Target {
                file: target.file,
                pointer: below,
                json: json.get(),
            };
            // What is no mapping says nothing of the body; only a reference can lead nowhere.
            let followed = references.followed(content).map_err(|lost| {
                if is_reference(json.get()) {
                    faults.push(lost.at(place));
                }
            });
            let schema = followed.ok().and_then(|content| {
                let members = raw::members(content.json).ok()?;
                let (_, schema) = members
                    .into_iter()
                    .rev()
                    .find(|(key, _)| *key == "schema")?;
                let at = Target {
                    file: content.file,
                    pointer: format!("{}/schema", content.pointer),
                    json: schema.get(),
                };
                self.schema(references, main, at)
            });
            contents.push(BodyContent {
                media_type: Arc::from(&*media_type),
                schema,
            });
        }
        contents.sort_by(|a: &BodyContent, b| a.media_type.cmp(&b.media_type));
        let body = Arc::new(RequestBody {
            is_required: member("required") == Some("true"),
            name: is_shared.then(|| name(self.homes, main, &target)),
            contents,
        });
        self.lost.add_body(&body, faults);
        self.bodies.insert(key(target.json), Arc::clone(&body));
        Some(body)
    }

    /// A schema with all that it refers to.
    pub(crate) fn schema<'a>(
        &mut self,
        references: &References<'a>,
        main: &'a SourceFile,
        at: Target<'a>,
    ) -> Option<SchemaId> {
        let mut waiting = Vec::new();
        let first = self.add(main, at, &mut waiting)?;
        while let Some((id, target)) = waiting.pop() {
            let mut found = BTreeMap::new();
            let mut is_lost = false;
            for reference in self.referring(target.json) {
                let leads_to = lost::target(references, &target, &reference);
                is_lost |= leads_to.is_err();
                let leads_to = leads_to
                    .ok()
                    .and_then(|it| self.add(main, it, &mut waiting));
                found.insert(Arc::from(&*reference), leads_to);
            }
            if is_lost {
                self.lost.add_schema(
                    id,
                    lost::in_schema(references, self.schemas.dialect, (&target, main)),
                );
            }
            self.schemas.texts[id].references = found;
        }
        Some(first)
    }

    /// Gives the operations the faults of references in their bodies that lead nowhere.
    pub(crate) fn tell_lost(&self, operations: &mut [Operation]) {
        self.lost.tell(&self.schemas, operations);
    }

    fn add<'a>(
        &mut self,
        main: &SourceFile,
        at: Target<'a>,
        waiting: &mut Vec<(SchemaId, Target<'a>)>,
    ) -> Option<SchemaId> {
        if let Some(known) = self.known.get(&key(at.json)) {
            return Some(*known);
        }
        let start = (at.json.as_ptr() as usize).checked_sub(at.file.json.as_ptr() as usize)?;
        let range = start..start + at.json.len();
        at.file.json.get(range.clone())?;
        let id = self.schemas.texts.len();
        if id == MAX_SCHEMAS {
            return None;
        }
        let (json, name) = (Arc::clone(&at.file.json), name(self.homes, main, &at));
        self.schemas.texts.push(SchemaText {
            json,
            range,
            name,
            references: BTreeMap::new(),
        });
        self.known.insert(key(at.json), id);
        waiting.push((id, at));
        Some(id)
    }

    /// The references in a text. More may be found than are meant: one in an example does no harm.
    fn referring<'a>(&mut self, json: &'a str) -> Vec<Text<'a>> {
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
        let texts = values.filter_map(|it| {
            serde_json::Deserializer::from_str(it)
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

/// What a part is called: its component's name in the main file, else its pointer; behind `./` and
/// the file where it stands elsewhere.
fn name(homes: [&str; 2], main: &SourceFile, target: &Target<'_>) -> Arc<str> {
    if std::ptr::eq(main, target.file) {
        let named = homes
            .iter()
            .find_map(|home| target.pointer.strip_prefix(home));
        return named.unwrap_or(&target.pointer).into();
    }
    let path = target.file.path.as_str();
    let path = path
        .strip_prefix(main.path.folder())
        .map_or(path, |it| it.trim_start_matches('/'));
    format!("./{path}{}", target.pointer).into()
}
