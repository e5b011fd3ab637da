//! How a request holds the value of a parameter: under its own name, or not.
//!
//! In: a lean parameter, its schema with what that refers to. Out: `Sent`, and whether the value
//! may be blank. Pure but for `Library`.
//! Source: OpenAPI 3.1.1, "Style Values" and "Style Examples",
//! <https://spec.openapis.org/oas/v3.1.1#style-values>; OpenAPI 2.0, "Parameter Object",
//! <https://spec.openapis.org/oas/v2.0>; both read 2026-11-30.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Location;
use super::lean::Parameter as LeanParameter;
use super::references::{MAX_REFERENCES, References};
use super::swagger::Homes;
use crate::source::SourceFile;
use crate::source::raw::{self, Text};

/// How a request holds the value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Under its own name, once.
    Once,
    /// Under its own name, once for each item.
    Repeated,
    /// Its properties stand there in its place, under their own names; these, where no others can
    /// be.
    Properties(Option<Arc<[Arc<str>]>>),
    /// Its properties stand there in its place, in brackets behind its name.
    Bracketed,
    /// As `Properties` or under its own name, which depends on the value.
    Either,
}

impl Sent {
    /// Whether something in a request may have the parameter's name.
    pub fn may_have_its_name(&self) -> bool {
        match self {
            Self::Once | Self::Repeated | Self::Either => true,
            Self::Properties(_) | Self::Bracketed => false,
        }
    }

    /// Whether something in every request that has the parameter has its name.
    pub fn has_its_name(&self) -> bool {
        match self {
            Self::Once | Self::Repeated => true,
            Self::Properties(_) | Self::Bracketed | Self::Either => false,
        }
    }
}

/// Deepest schema, and most schemas, that are looked at for one parameter.
const MAX_DEPTH: usize = 16;
const MAX_SCHEMAS: usize = 256;

/// What a schema lets a value be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Shape {
    /// `None` where the schema does not say.
    kinds: Option<Kinds>,
    /// The schema names a value whose text is blank, or null, which has none.
    is_blank: bool,
}

/// What cannot be read may be anything.
const ANYTHING: Shape = Shape {
    kinds: Some(Kinds {
        is_text: true,
        is_list: true,
        is_object: true,
    }),
    is_blank: true,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Kinds {
    is_text: bool,
    is_list: bool,
    is_object: bool,
}

impl Kinds {
    fn or(self, other: Self) -> Self {
        Self {
            is_text: self.is_text || other.is_text,
            is_list: self.is_list || other.is_list,
            is_object: self.is_object || other.is_object,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            is_text: self.is_text && other.is_text,
            is_list: self.is_list && other.is_list,
            is_object: self.is_object && other.is_object,
        }
    }

    /// The kind that `type` names; null has no text.
    fn named(name: &str) -> Self {
        Self {
            is_text: !matches!(name, "array" | "object" | "null"),
            is_list: name == "array",
            is_object: name == "object",
        }
    }
}

impl Shape {
    /// What both let through; a blank value counts where only one of them names it, so that nobody
    /// is refused.
    fn and(self, other: Self) -> Self {
        let kinds = match (self.kinds, other.kinds) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        };
        Self {
            kinds,
            is_blank: self.is_blank || other.is_blank,
        }
    }

    /// What one of the two lets through.
    fn or(self, other: Self) -> Self {
        let kinds = |it: Self| {
            it.kinds.unwrap_or(Kinds {
                is_text: true,
                ..Kinds::default()
            })
        };
        Self {
            kinds: Some(kinds(self).or(kinds(other))),
            is_blank: self.is_blank || other.is_blank,
        }
    }
}

/// What is known of schemas that are referred to, by where their texts stand in memory: many
/// parameters may refer to a large one.
#[derive(Default)]
pub(crate) struct KnownShapes {
    shapes: RefCell<HashMap<usize, Shape>>,
    properties: RefCell<HashMap<usize, Names>>,
}

/// The names of an object's properties, where no others can be.
type Names = Option<Arc<[Arc<str>]>>;

/// One of these is in every schema of lists or objects, or in the one that it refers to.
const OF_KINDS: [&str; 6] = ["$ref", "object", "array", "Of\"", "roperties\"", "tems\""];

/// One of these is in every schema that names a blank value.
const OF_BLANKS: [&str; 7] = [
    "null",
    "enum",
    "const",
    "minLength",
    "maxLength",
    "minItems",
    "^$",
];

/// Reads how a parameter is sent.
pub(crate) struct Sending<'s, 'a> {
    references: &'s References<'a>,
    known: &'s KnownShapes,
    left: Cell<usize>,
}

/// A schema, and the file whose references it has.
#[derive(Clone, Copy)]
struct Schema<'a> {
    file: &'a SourceFile,
    json: &'a str,
}

impl Schema<'_> {
    fn key(self) -> usize {
        self.json.as_ptr() as usize
    }
}

impl<'s, 'a> Sending<'s, 'a> {
    pub(crate) fn new(references: &'s References<'a>, known: &'s KnownShapes) -> Self {
        Self {
            references,
            known,
            left: Cell::new(MAX_SCHEMAS),
        }
    }

    /// How a parameter is sent, and whether its value may be blank where it is required.
    pub(crate) fn of(
        &self,
        lean: &LeanParameter<'a>,
        location: Location,
        (file, homes): (&'a SourceFile, &Homes),
    ) -> (Sent, bool) {
        let is_query = match location {
            Location::Query => true,
            Location::Header => false,
            Location::Path | Location::QueryString | Location::Cookie => {
                return (Sent::Once, false);
            }
        };
        let may_be_empty = is_query && is_true(lean.allow_empty);
        if homes.is_swagger && (lean.kind.is_some() || lean.schema.is_none()) {
            let has_blank = lean.values.is_some_and(|it| listed(it.get()).is_blank);
            let has_blank =
                has_blank || lean.items.is_some_and(|it| self.has_blank_items(file, it));
            return (of_swagger(lean), may_be_empty || has_blank);
        }
        let schema = lean.schema.map(|it| Schema {
            file,
            json: it.get(),
        });
        let style = lean.style.as_deref().unwrap_or("form");
        if is_query && style == "deepObject" {
            return (Sent::Bracketed, may_be_empty);
        }
        let is_exploded = lean
            .explode
            .map_or(style == "form", |it| it.get() == "true");
        let has_any = |words: &[&str]| {
            schema.is_some_and(|it| words.iter().any(|word| it.json.contains(word)))
        };
        // Of nearly all parameters the text of the schema shows that it is of plain texts.
        let is_telling = (is_query && is_exploded && has_any(&OF_KINDS))
            || (lean.required && (has_any(&OF_KINDS) || has_any(&OF_BLANKS)));
        let Some(schema) = schema.filter(|_| is_telling) else {
            return (Sent::Once, may_be_empty);
        };
        let shape = self.shape(schema, 0);
        let sent = if is_query && is_exploded {
            self.exploded(schema, shape.kinds)
        } else {
            Sent::Once
        };
        (sent, may_be_empty || shape.is_blank)
    }

    fn exploded(&self, schema: Schema<'a>, kinds: Option<Kinds>) -> Sent {
        match kinds {
            Some(Kinds {
                is_object: true,
                is_text: false,
                is_list: false,
            }) => Sent::Properties(self.properties(schema)),
            Some(Kinds {
                is_object: true, ..
            }) => Sent::Either,
            Some(Kinds { is_list: true, .. }) => Sent::Repeated,
            Some(_) | None => Sent::Once,
        }
    }

    /// The names of an object's properties, where no others can be and each stands in a request
    /// once.
    fn properties(&self, mut schema: Schema<'a>) -> Names {
        for _ in 0..MAX_REFERENCES {
            let members = raw::members(schema.json).ok()?;
            let member = |name: &str| {
                members
                    .iter()
                    .find(|(key, _)| *key == *name)
                    .map(|(_, it)| it.get())
            };
            let Some(reference) = member("$ref") else {
                let names = self.listed_properties(schema, member);
                self.known
                    .properties
                    .borrow_mut()
                    .insert(schema.key(), names.clone());
                return names;
            };
            schema = self.target(schema.file, reference)?;
            if let Some(known) = self.known.properties.borrow().get(&schema.key()) {
                return known.clone();
            }
        }
        None
    }

    fn listed_properties(
        &self,
        schema: Schema<'a>,
        member: impl Fn(&str) -> Option<&'a str>,
    ) -> Names {
        let is_closed = [
            member("additionalProperties"),
            member("unevaluatedProperties"),
        ]
        .contains(&Some("false"));
        let is_open = ["patternProperties", "allOf", "anyOf", "oneOf"]
            .iter()
            .any(|it| member(it).is_some());
        if !is_closed || is_open {
            return None;
        }
        let text = Some(Kinds {
            is_text: true,
            ..Kinds::default()
        });
        let properties = raw::members(member("properties")?).ok()?;
        let name = |(name, it): &(Text<'a>, &'a RawValue)| {
            (self
                .shape(
                    Schema {
                        json: it.get(),
                        ..schema
                    },
                    1,
                )
                .kinds
                == text)
                .then(|| Arc::from(&**name))
        };
        properties.iter().map(name).collect()
    }

    fn target(&self, file: &'a SourceFile, reference: &str) -> Option<Schema<'a>> {
        let reference: Text<'_> = serde_json::from_str(reference).ok()?;
        let target = self.references.target(file, &reference).ok()?;
        Some(Schema {
            file: target.file,
            json: target.json,
        })
    }

    fn shape(&self, schema: Schema<'a>, depth: usize) -> Shape {
        let Some(left) = self.left.get().checked_sub(1).filter(|_| depth < MAX_DEPTH) else {
            return ANYTHING;
        };
        self.left.set(left);
        // What is no mapping says nothing: `true`, or a mistake.
        let Ok(members) = raw::members(schema.json) else {
            return Shape::default();
        };
        let (mut own, mut hint, mut parts) = (Shape::default(), None, Shape::default());
        for (key, json) in &members {
            let json = json.get();
            match &**key {
                "$ref" => {
                    parts = parts.and(
                        self.target(schema.file, json)
                            .map_or(ANYTHING, |it| self.known_shape(it, depth + 1)),
                    )
                }
                "allOf" => parts = self.each(schema, json, depth).fold(parts, Shape::and),
                "anyOf" | "oneOf" => {
                    parts = self
                        .each(schema, json, depth)
                        .reduce(Shape::or)
                        .map_or(parts, |it| parts.and(it))
                }
                "items" => {
                    hint = Some(Kinds::named("array"));
                    own.is_blank |= self.shape(Schema { json, ..schema }, depth + 1).is_blank;
                }
                "prefixItems" => hint = Some(Kinds::named("array")),
                "properties" | "additionalProperties" | "patternProperties" => {
                    hint = Some(Kinds::named("object"))
                }
                "type" => own = own.and(typed(json)),
                "enum" => own = own.and(listed(json)),
                "const" => own = own.and(valued(json)),
                "nullable" | "x-nullable" => own.is_blank |= json == "true",
                "minLength" | "minItems" | "minProperties" | "maxLength" => {
                    own.is_blank |= json == "0"
                }
                "pattern" => own.is_blank |= json.contains("^$"),
                _ => {}
            }
        }
        own.kinds = own.kinds.or(hint.filter(|_| parts.kinds.is_none()));
        own.and(parts)
    }

    /// The shape of a schema that is referred to.
    fn known_shape(&self, schema: Schema<'a>, depth: usize) -> Shape {
        if let Some(known) = self.known.shapes.borrow().get(&schema.key()) {
            return *known;
        }
        let shape = self.shape(schema, depth);
        self.known.shapes.borrow_mut().insert(schema.key(), shape);
        shape
    }

    fn each(&self, schema: Schema<'a>, json: &'a str, depth: usize) -> impl Iterator<Item = Shape> {
        let parts = raw::elements(json).unwrap_or_default();
        parts.into_iter().map(move |it| {
            self.shape(
                Schema {
                    json: it.get(),
                    ..schema
                },
                depth + 1,
            )
        })
    }

    /// Whether items of a list of 2.0 may be blank.
    fn has_blank_items(&self, file: &'a SourceFile, items: &'a RawValue) -> bool {
        self.shape(
            Schema {
                file,
                json: items.get(),
            },
            1,
        )
        .is_blank
    }
}

/// What `type` says.
fn typed(json: &str) -> Shape {
    let names: Vec<Text<'_>> = match serde_json::from_str::<Text<'_>>(json) {
        Ok(name) => vec![name],
        Err(_) => serde_json::from_str(json).unwrap_or_default(),
    };
    let kinds = names.iter().map(|it| Kinds::named(it)).reduce(Kinds::or);
    Shape {
        kinds: kinds.filter(|it| *it != Kinds::default()),
        is_blank: names.iter().any(|it| **it == *"null"),
    }
}

/// What a list of values says.
fn listed(json: &str) -> Shape {
    raw::elements(json)
        .unwrap_or_default()
        .into_iter()
        .map(|it| valued(it.get()))
        .reduce(Shape::or)
        .unwrap_or_default()
}

/// What one value says.
fn valued(json: &str) -> Shape {
    let is_list = json.starts_with('[');
    let kinds = Kinds {
        is_text: !is_list && !json.starts_with('{'),
        is_list,
        is_object: json.starts_with('{'),
    };
    let text = serde_json::from_str::<String>(json);
    Shape {
        kinds: Some(kinds),
        is_blank: json == "null" || text.is_ok_and(|it| it.trim().is_empty()),
    }
}

fn is_true(json: Option<&RawValue>) -> bool {
    json.is_some_and(|it| it.get() == "true")
}

/// How a parameter of 2.0 is sent, which is never an object.
fn of_swagger(lean: &LeanParameter<'_>) -> Sent {
    let is_repeated = lean.kind.is_some_and(|it| it.get() == "\"array\"")
        && lean
            .collection_format
            .is_some_and(|it| it.get() == "\"multi\"");
    if is_repeated {
        Sent::Repeated
    } else {
        Sent::Once
    }
}
