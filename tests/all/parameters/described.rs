//! Operations with parameters of every kind, and what of them a gateway can demand.
//!
//! In: choices. Out: `Operation`s, a description. Pure: equal choices make equal ones.

use serde_json::{Map, Value, json};

/// Kinds of parameters that a gateway cannot demand: `Described::why_not` has one text for each.
pub(super) const REASONS: usize = 5;

/// SplitMix64.
pub(super) struct Choices(u64);

impl Choices {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((it ^ (it >> 31)) % end as u64) as usize
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V2,
    V30,
    V31,
}

/// Shape of values.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Text,
    Number,
    /// One of these.
    Values(Vec<&'static str>),
    /// Of values, at least one unless it may be empty.
    List {
        of: Box<Kind>,
        may_be_empty: bool,
    },
    /// By the names of its properties.
    Object(Vec<String>),
    OneOf(Vec<Kind>),
    Nullable(Box<Kind>),
}

#[derive(Clone, Debug)]
pub(super) struct Described {
    pub(super) name: String,
    pub(super) location: &'static str,
    pub(super) is_required: bool,
    pub(super) style: &'static str,
    pub(super) explode: bool,
    pub(super) allow_empty: bool,
    /// Written as JSON: `content` in place of `schema`.
    pub(super) is_content: bool,
    pub(super) kind: Kind,
    /// As the description has it.
    pub(super) json: Value,
}

#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) path: String,
    pub(super) parameters: Vec<Described>,
}

impl Operation {
    pub(super) fn new(index: usize, version: Version, choices: &mut Choices) -> Self {
        let mut parameters: Vec<Described> = (0..1 + choices.below(4))
            .map(|number| Described::new(&format!("p{index}_{number}"), version, choices))
            .collect();
        let has_variable = choices.chance(30);
        parameters.extend(has_variable.then(|| Described::variable(version, choices)));
        Self {
            path: format!("/o{index}{}", if has_variable { "/{id}" } else { "" }),
            parameters,
        }
    }
}

impl Described {
    fn new(name: &str, version: Version, choices: &mut Choices) -> Self {
        let locations: &[&str] = if version == Version::V2 {
            &["query", "query", "header"]
        } else {
            &["query", "query", "query", "header", "cookie"]
        };
        let location = choices.pick(locations);
        let name = if location == "header" {
            format!("X-{name}")
        } else {
            name.to_owned()
        };
        let is_required = choices.chance(60);
        let allow_empty = location == "query" && choices.chance(10);
        let kind = kind(&name, version, location, choices);
        let mut it = Self {
            name,
            location,
            is_required,
            style: "",
            explode: false,
            allow_empty,
            is_content: false,
            kind,
            json: Value::Null,
        };
        it.json = if version == Version::V2 {
            it.of_swagger(choices)
        } else {
            it.of_openapi(version, choices)
        };
        it
    }

    fn variable(version: Version, choices: &mut Choices) -> Self {
        let style = if version == Version::V2 {
            "simple"
        } else {
            choices.pick(&["simple", "label", "matrix"])
        };
        let mut json = json!({"name": "id", "in": "path", "required": true});
        if version == Version::V2 {
            json["type"] = "string".into();
        } else {
            json["schema"] = json!({"type": "string"});
            json["style"] = style.into();
        }
        Self {
            name: "id".into(),
            location: "path",
            is_required: true,
            style,
            json,
            ..Self::object("id", style, false)
        }
        .with(Kind::Text)
    }

    /// An object of the query.
    pub(super) fn object(name: &str, style: &'static str, explode: bool) -> Self {
        let kind = Kind::Object(vec!["R".into(), "G".into()]);
        let (allow_empty, is_content, json) = (false, false, Value::Null);
        Self {
            name: name.into(),
            location: "query",
            is_required: true,
            style,
            explode,
            allow_empty,
            is_content,
            kind,
            json,
        }
    }

    fn with(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    fn head(&self, choices: &mut Choices) -> Map<String, Value> {
        let mut json = Map::from_iter([
            ("name".into(), json!(self.name)),
            ("in".into(), json!(self.location)),
        ]);
        if self.is_required || choices.chance(20) {
            json.insert("required".into(), json!(self.is_required));
        }
        if self.allow_empty {
            json.insert("allowEmptyValue".into(), json!(true));
        }
        json
    }

    /// A list has a `collectionFormat`, which is kept as the style.
    fn of_swagger(&mut self, choices: &mut Choices) -> Value {
        let mut json = self.head(choices);
        let schema = schema(&self.kind, Version::V2, choices);
        json.extend(schema.as_object().unwrap().clone());
        if matches!(self.kind, Kind::List { .. }) {
            let formats: &[&str] = if self.location == "query" {
                &["csv", "ssv", "tsv", "pipes", "multi", ""]
            } else {
                &["csv", "pipes", ""]
            };
            let format = choices.pick(formats);
            (self.style, self.explode) = (
                if format.is_empty() { "csv" } else { format },
                format == "multi",
            );
            if !format.is_empty() {
                json.insert("collectionFormat".into(), json!(format));
            }
        }
        Value::Object(json)
    }

    fn of_openapi(&mut self, version: Version, choices: &mut Choices) -> Value {
        let mut json = self.head(choices);
        let schema = schema(&self.kind, version, choices);
        if choices.chance(8) {
            (self.is_content, self.style) = (true, "content");
            json.insert(
                "content".into(),
                json!({"application/json": {"schema": schema}}),
            );
            return Value::Object(json);
        }
        json.insert("schema".into(), schema);
        let styles: &[&str] = match (self.location, &self.kind) {
            ("header", _) => &["simple"],
            ("cookie", _) => &["form"],
            (_, Kind::List { .. }) => &["form", "form", "spaceDelimited", "pipeDelimited"],
            (_, Kind::Object(_)) => &[
                "form",
                "form",
                "deepObject",
                "spaceDelimited",
                "pipeDelimited",
            ],
            _ => &["form"],
        };
        self.style = choices.pick(styles);
        let default = self.style == "form";
        // What the specification leaves open is not written.
        let is_open = matches!(self.style, "spaceDelimited" | "pipeDelimited");
        self.explode = match self.style {
            "deepObject" => true,
            _ if is_open => false,
            _ => choices.chance(if default { 70 } else { 30 }),
        };
        if self.style
            != (if self.location == "header" {
                "simple"
            } else {
                "form"
            })
            || choices.chance(20)
        {
            json.insert("style".into(), json!(self.style));
        }
        if self.explode != default || choices.chance(20) {
            json.insert("explode".into(), json!(self.explode));
        }
        Value::Object(json)
    }

    /// API Gateway has no cookies, and a variable of the path is always there.
    pub(super) fn is_checkable(&self) -> bool {
        matches!(self.location, "query" | "header")
    }

    /// Returns whether each request that has it has its name with a text that is not blank.
    pub(super) fn always_has_its_name(&self) -> bool {
        self.why_not().is_empty()
    }

    /// Why not.
    pub(super) fn why_not(&self) -> &'static str {
        let is_exploded =
            self.location == "query" && self.style == "form" && self.explode && !self.is_content;
        match &self.kind {
            _ if self.style == "deepObject" => "in brackets",
            Kind::Object(_) if is_exploded => "properties in its place",
            kind if is_exploded && has_object(kind) => "an object or something else",
            _ if self.allow_empty => "empty by allowEmptyValue",
            kind if !self.is_content && has_blank(kind) => "a blank value",
            _ => "",
        }
    }
}

fn has_object(kind: &Kind) -> bool {
    match kind {
        Kind::Object(_) => true,
        Kind::OneOf(kinds) => kinds.iter().any(has_object),
        Kind::Nullable(kind) => has_object(kind),
        Kind::Text | Kind::Number | Kind::Values(_) | Kind::List { .. } => false,
    }
}

fn has_blank(kind: &Kind) -> bool {
    match kind {
        Kind::Text | Kind::Number | Kind::Object(_) => false,
        Kind::Values(values) => values.iter().any(|it| it.trim().is_empty()),
        Kind::List { of, may_be_empty } => *may_be_empty || has_blank(of),
        Kind::OneOf(kinds) => kinds.iter().any(has_blank),
        Kind::Nullable(_) => true,
    }
}

fn kind(name: &str, version: Version, location: &str, choices: &mut Choices) -> Kind {
    let scalar = |choices: &mut Choices| match choices.below(5) {
        0 => Kind::Number,
        1 => Kind::Values(vec!["new", "old"]),
        2 => Kind::Values(vec!["", "all"]),
        _ => Kind::Text,
    };
    let object = || Kind::Object(["a", "b"].map(|it| format!("{name}_{it}")).to_vec());
    if version == Version::V2 {
        let of = scalar(choices);
        return if choices.chance(40) {
            Kind::List {
                of: of.into(),
                may_be_empty: false,
            }
        } else {
            of
        };
    }
    match choices.below(10) {
        0..=3 => scalar(choices),
        4 | 5 => Kind::List {
            of: scalar(choices).into(),
            may_be_empty: choices.chance(15),
        },
        6 | 7 => object(),
        8 if location == "query" => Kind::OneOf(vec![scalar(choices), object()]),
        _ => Kind::Nullable(scalar(choices).into()),
    }
}

/// A schema, spelt one way or another; what is referred to goes into `components`.
fn schema(kind: &Kind, version: Version, choices: &mut Choices) -> Value {
    let plain = plain_schema(kind, version, choices);
    match (version, choices.below(6)) {
        (Version::V2, _) => plain,
        (_, 0) => json!({"$ref": format!("#/components/schemas/{}", named(kind))}),
        (_, 1) => json!({"allOf": [plain], "description": "the same"}),
        (_, 2) => json!({"allOf": [{"$ref": format!("#/components/schemas/{}", named(kind))}]}),
        _ => plain,
    }
}

fn plain_schema(kind: &Kind, version: Version, choices: &mut Choices) -> Value {
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Number => json!({"type": choices.pick(&["integer", "number"])}),
        Kind::Values(values) => json!({"type": "string", "enum": values}),
        Kind::List { of, may_be_empty } => {
            let mut schema = json!({"type": "array", "items": plain_schema(of, version, choices)});
            if *may_be_empty {
                schema["minItems"] = 0.into();
            }
            schema
        }
        Kind::Object(names) => {
            let properties: Map<String, Value> = names
                .iter()
                .map(|it| (it.clone(), json!({"type": "string"})))
                .collect();
            json!({"type": "object", "properties": properties})
        }
        Kind::OneOf(kinds) => {
            json!({choices.pick(&["oneOf", "anyOf"]): kinds.iter().map(|it| plain_schema(it, version, choices)).collect::<Vec<_>>()})
        }
        Kind::Nullable(of) => {
            let mut schema = plain_schema(of, version, choices);
            match (version, schema.get("type").cloned()) {
                (Version::V31, Some(kind)) if schema.get("enum").is_none() => {
                    schema["type"] = json!([kind, "null"])
                }
                (Version::V31, _) => return json!({"anyOf": [schema, {"type": "null"}]}),
                _ => schema["nullable"] = true.into(),
            }
            schema
        }
    }
}

/// Name of a kind among the components: its own JSON, as letters.
fn named(kind: &Kind) -> String {
    format!("{kind:?}")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

pub(super) fn description(version: Version, operations: &[Operation]) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for operation in operations {
        let parameters: Vec<&Value> = operation.parameters.iter().map(|it| &it.json).collect();
        for parameter in &operation.parameters {
            schemas.insert(
                named(&parameter.kind),
                plain_schema(&parameter.kind, version, &mut Choices::new(0)),
            );
        }
        paths.insert(
            operation.path.clone(),
            json!({"get": {"parameters": parameters, "responses": {"200": {"description": "ok"}}}}),
        );
    }
    let info = json!({"title": "Parameters", "version": "1"});
    match version {
        Version::V2 => json!({"swagger": "2.0", "info": info, "paths": paths}),
        Version::V30 => {
            json!({"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}})
        }
        Version::V31 => {
            json!({"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}})
        }
    }
}
