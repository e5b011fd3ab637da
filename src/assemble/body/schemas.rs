//! Models as the body's components: what an import of OpenAPI 3.0 takes of JSON Schema, draft 4.
//! In: the schema of a model. Out: one that refuses nothing more. Pure.
//! Source: docs/aws-rules.md#o1; OpenAPI 3.0.4, "Schema Object",
//! <https://spec.openapis.org/oas/v3.0.4#schema-object>: `type` is one text, and there are no
//! schemas by pattern, position or dependency.

use serde_json::{Map, Value as Json};

use crate::aws::is_function;

/// Keywords of draft 4 that OpenAPI 3.0 has, too, besides those that hold schemas.
const KEPT: [&str; 15] = [
    "title",
    "description",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
];

/// Keywords by which import takes a schema without a type for a list or an object, and refuses all
/// others.
///
/// Source: hashicorp/terraform-provider-aws, issue 27344,
/// <https://github.com/hashicorp/terraform-provider-aws/issues/27344>.
const TELLS_A_TYPE: [&str; 3] = ["items", "properties", "additionalProperties"];

/// Weakens a schema to what an import allows, and returns whether a constraint was dropped.
///
/// A weakened part of `oneOf` may match beside another one, so `oneOf` becomes `anyOf`. A weakened
/// `not` would refuse more than the written one, so it is dropped.
pub(crate) fn relaxed(schema: &Json, is_template: bool) -> (Json, bool) {
    let Json::Object(members) = schema else {
        return (Json::Object(Map::new()), !schema.is_object());
    };
    let is_lost = is_template
        && members
            .get("properties")
            .and_then(Json::as_object)
            .is_some_and(|properties| properties.keys().any(|name| is_function(name)));
    let is_open = is_lost
        || members
            .get("patternProperties")
            .and_then(Json::as_object)
            .is_some_and(|types| !types.is_empty());
    let mut relaxed = Relaxed {
        schema: Map::new(),
        is_weaker: is_open,
        is_template,
        is_open,
    };
    members
        .iter()
        .for_each(|(name, member)| relaxed.take(name, member));
    if members.contains_key("type") && !relaxed.schema.contains_key("type") {
        TELLS_A_TYPE
            .iter()
            .for_each(|name| drop(relaxed.schema.remove(*name)));
    }
    (Json::Object(relaxed.schema), relaxed.is_weaker)
}

struct Relaxed {
    schema: Map<String, Json>,
    is_weaker: bool,
    /// CloudFormation would take some names of properties for its functions.
    is_template: bool,
    /// True where such a property is there, or one that is named by pattern.
    is_open: bool,
}

impl Relaxed {
    fn take(&mut self, name: &str, member: &Json) {
        match (name, member) {
            ("type", Json::String(text)) if text != "null" => self.keep(name, member.clone()),
            ("enum" | "required", Json::Array(_)) => self.keep(name, member.clone()),
            ("properties", Json::Object(properties)) => self.properties(properties),
            ("items", Json::Object(_)) => self.inner(name, member),
            // A property that cannot be named must not fall under what holds for all others.
            ("additionalProperties", _) if self.is_open => self.is_weaker = true,
            ("additionalProperties", Json::Bool(_)) => self.keep(name, member.clone()),
            ("additionalProperties", Json::Object(_)) => self.inner(name, member),
            ("allOf" | "anyOf" | "oneOf", Json::Array(parts)) => self.parts(name, parts),
            ("not", Json::Object(_)) => {
                let (inner, is_weaker) = relaxed(member, self.is_template);
                if is_weaker {
                    self.is_weaker = true
                } else {
                    self.keep(name, inner)
                }
            }
            _ if KEPT.contains(&name) => self.keep(name, member.clone()),
            _ => self.is_weaker = true,
        }
    }

    fn keep(&mut self, name: &str, member: Json) {
        self.schema.insert(name.to_owned(), member);
    }

    fn inner(&mut self, name: &str, member: &Json) {
        let (inner, is_weaker) = relaxed(member, self.is_template);
        self.is_weaker |= is_weaker;
        self.keep(name, inner);
    }

    fn properties(&mut self, properties: &Map<String, Json>) {
        let mut kept = Map::new();
        for (name, property) in properties
            .iter()
            .filter(|(name, _)| !(self.is_template && is_function(name)))
        {
            let (inner, is_weaker) = relaxed(property, self.is_template);
            self.is_weaker |= is_weaker;
            kept.insert(name.clone(), inner);
        }
        self.keep("properties", Json::Object(kept));
    }

    fn parts(&mut self, name: &str, parts: &[Json]) {
        let relaxed: Vec<(Json, bool)> = parts
            .iter()
            .map(|schema| relaxed(schema, self.is_template))
            .collect();
        let is_weaker = relaxed.iter().any(|part| part.1);
        self.is_weaker |= is_weaker;
        let name = if is_weaker && name == "oneOf" {
            "anyOf"
        } else {
            name
        };
        let parts = Json::Array(relaxed.into_iter().map(|part| part.0).collect());
        match self.schema.get_mut(name) {
            // `oneOf` became another `anyOf`: both hold.
            Some(_) => self.both(parts),
            None => self.keep(name, parts),
        }
    }

    fn both(&mut self, parts: Json) {
        let inner = Json::Object(Map::from_iter([("anyOf".to_owned(), parts)]));
        match self.schema.get_mut("allOf").and_then(Json::as_array_mut) {
            Some(all) => all.push(inner),
            None => self.keep("allOf", Json::Array(vec![inner])),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    fn relaxed(schema: &Json) -> Json {
        super::relaxed(schema, true).0
    }

    #[test]
    fn what_import_does_not_take_makes_a_model_weaker() {
        let of = json!({"type": ["string", "null"], "maxLength": 3, "patternProperties": {"a": {}}, "items": [{}], "enum": ["a", null]});
        assert_eq!(relaxed(&of), json!({"maxLength": 3, "enum": ["a", null]}));
        let list = json!({"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 3});
        assert_eq!(relaxed(&list), json!({"maxItems": 3}));
        let object = json!({"type": ["null", "object"], "properties": {"a": {}}, "additionalProperties": false, "required": ["a"]});
        assert_eq!(relaxed(&object), json!({"required": ["a"]}));
        assert_eq!(
            relaxed(&json!({"items": {"type": "string"}})),
            json!({"items": {"type": "string"}})
        );
        assert_eq!(
            relaxed(&json!({"type": "object", "additionalProperties": false})),
            json!({"type": "object", "additionalProperties": false})
        );
    }

    #[test]
    fn properties_by_pattern_do_not_fall_under_what_holds_for_all_others() {
        let of = json!({"additionalProperties": false, "patternProperties": {"^x-": {"type": "string"}}, "properties": {"a": {"type": "string"}}});
        assert_eq!(
            relaxed(&of),
            json!({"properties": {"a": {"type": "string"}}})
        );
        let none = json!({"additionalProperties": false, "patternProperties": {}});
        assert_eq!(relaxed(&none), json!({"additionalProperties": false}));
    }

    #[test]
    fn nothing_weaker_stands_where_it_would_refuse_more() {
        let optional = json!({"type": ["string", "null"]});
        assert_eq!(relaxed(&json!({"not": optional})), json!({}));
        assert_eq!(
            relaxed(&json!({"oneOf": [optional, {"type": "number"}]})),
            json!({"anyOf": [{}, {"type": "number"}]})
        );
        let both = json!({"anyOf": [{"type": "string"}], "oneOf": [optional]});
        assert_eq!(
            relaxed(&both),
            json!({"anyOf": [{"type": "string"}], "allOf": [{"anyOf": [{}]}]})
        );
    }

    #[test]
    fn a_property_that_cloudformation_would_misread_is_anything() {
        let of = json!({"additionalProperties": false, "properties": {"Ref": {"type": "string"}, "name": {"type": "string"}}});
        assert_eq!(
            relaxed(&of),
            json!({"properties": {"name": {"type": "string"}}})
        );
        let other_order =
            json!({"properties": {"Ref": {"type": "string"}}, "additionalProperties": false});
        assert_eq!(relaxed(&other_order), json!({"properties": {}}));
    }
}
