//! Schemas of parameters, as far as the serialization depends on them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::values::{ANYTHING, ValueKinds, ValueShape, of_enum, of_type, of_value};
use crate::openapi::references::{MAX_REFERENCES, ReferenceResolver};
use crate::source::SourceFile;
use crate::source::raw::{self, Text};

/// Deepest schema, and most schemas, that are read for one parameter.
const MAX_DEPTH: usize = 16;
const MAX_SCHEMAS: usize = 256;

/// Names of an object's properties, where no others can be.
pub(super) type PropertyNames = Option<Arc<[Arc<str>]>>;

/// Facts about schemas that are referred to, by the addresses of their texts: many parameters may
/// refer to a large one.
#[derive(Default)]
pub(crate) struct SchemaCache {
    shapes: RefCell<HashMap<usize, ValueShape>>,
    properties: RefCell<HashMap<usize, PropertyNames>>,
}

/// A schema, and the file of its references.
#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) json: &'a str,
}

impl Schema<'_> {
    fn key(self) -> usize {
        self.json.as_ptr() as usize
    }
}

/// Reads the schemas of a parameter.
pub(crate) struct ParameterSchemas<'s, 'a> {
    references: &'s ReferenceResolver<'a>,
    cache: &'s SchemaCache,
    /// Number of schemas that may still be read.
    budget: Cell<usize>,
}

impl<'s, 'a> ParameterSchemas<'s, 'a> {
    pub(crate) fn new(references: &'s ReferenceResolver<'a>, cache: &'s SchemaCache) -> Self {
        Self {
            references,
            cache,
            budget: Cell::new(MAX_SCHEMAS),
        }
    }

    /// Returns the names of an object's properties, where no others can be and each is in a request
    /// once.
    pub(super) fn properties(&self, mut schema: Schema<'a>) -> PropertyNames {
        for _ in 0..MAX_REFERENCES {
            let members = raw::members(schema.json).ok()?;
            let member = |name: &str| raw::member(&members, name);
            let Some(reference) = member("$ref") else {
                let names = self.closed_properties(schema, member);
                let mut cache = self.cache.properties.borrow_mut();
                cache.insert(schema.key(), names.clone());
                return names;
            };
            schema = self.target(schema.file, reference)?;
            if let Some(known) = self.cache.properties.borrow().get(&schema.key()) {
                return known.clone();
            }
        }
        None
    }

    fn closed_properties(
        &self,
        schema: Schema<'a>,
        member: impl Fn(&str) -> Option<&'a str>,
    ) -> PropertyNames {
        let closing = ["additionalProperties", "unevaluatedProperties"];
        let opening = ["patternProperties", "allOf", "anyOf", "oneOf"];
        let is_closed = closing.iter().any(|name| member(name) == Some("false"));
        if !is_closed || opening.iter().any(|name| member(name).is_some()) {
            return None;
        }
        let properties = raw::members(member("properties")?).ok()?;
        let name = |(name, property): &(Text<'a>, &'a RawValue)| {
            let json = property.get();
            let shape = self.shape(Schema { json, ..schema }, 1);
            (shape.kinds == Some(ValueKinds::TEXT)).then(|| Arc::from(&**name))
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

    /// Returns the values that a schema allows.
    pub(super) fn shape(&self, schema: Schema<'a>, depth: usize) -> ValueShape {
        if depth >= MAX_DEPTH || self.budget.get() == 0 {
            return ANYTHING;
        }
        self.budget.set(self.budget.get() - 1);
        // A schema that is no mapping has no constraint: `true`, or a mistake.
        let Ok(members) = raw::members(schema.json) else {
            return ValueShape::default();
        };
        let (mut own, mut parts) = (ValueShape::default(), ValueShape::default());
        let mut hint = None;
        for (key, json) in &members {
            let json = json.get();
            match &**key {
                "$ref" => {
                    let target = self.target(schema.file, json);
                    let target = target.map(|target| self.cached_shape(target, depth + 1));
                    parts = parts.and(target.unwrap_or(ANYTHING));
                }
                "allOf" => parts = self.each(schema, json, depth).fold(parts, ValueShape::and),
                "anyOf" | "oneOf" => {
                    if let Some(any) = self.each(schema, json, depth).reduce(ValueShape::or) {
                        parts = parts.and(any);
                    }
                }
                "items" => {
                    hint = Some(ValueKinds::named("array"));
                    own.is_blank |= self.shape(Schema { json, ..schema }, depth + 1).is_blank;
                }
                "prefixItems" => hint = Some(ValueKinds::named("array")),
                "properties" | "additionalProperties" | "patternProperties" => {
                    hint = Some(ValueKinds::named("object"));
                }
                "type" => own = own.and(of_type(json)),
                "enum" => own = own.and(of_enum(json)),
                "const" => own = own.and(of_value(json)),
                "nullable" | "x-nullable" => own.is_blank |= json == "true",
                "minLength" | "minItems" | "minProperties" | "maxLength" => {
                    own.is_blank |= json == "0";
                }
                "pattern" => own.is_blank |= json.contains("^$"),
                _ => {}
            }
        }
        own.kinds = own.kinds.or(hint.filter(|_| parts.kinds.is_none()));
        own.and(parts)
    }

    /// Returns the shape of a schema that is referred to.
    fn cached_shape(&self, schema: Schema<'a>, depth: usize) -> ValueShape {
        if let Some(known) = self.cache.shapes.borrow().get(&schema.key()) {
            return *known;
        }
        let shape = self.shape(schema, depth);
        self.cache.shapes.borrow_mut().insert(schema.key(), shape);
        shape
    }

    /// Returns the shapes of a list of schemas.
    fn each(
        &self,
        schema: Schema<'a>,
        json: &'a str,
        depth: usize,
    ) -> impl Iterator<Item = ValueShape> {
        let parts = raw::elements(json).unwrap_or_default();
        parts.into_iter().map(move |part| {
            let json = part.get();
            self.shape(Schema { json, ..schema }, depth + 1)
        })
    }
}
