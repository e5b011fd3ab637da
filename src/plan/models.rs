//! What the gateway checks of a request before a backend is asked: required parameters by their
//! presence, bodies by models.
//!
//! In: operations with the validation that is asked for, schemas. Out: `ChecksPlan`s, `ModelPlan`s.
//! Pure.
//! One model per schema of a body, in one piece. It never refuses what the description allows.

pub(crate) mod parameters;
mod pattern;
mod translate;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::names;
use super::paths::Segment;
use crate::blueprint::Validation;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{
    Api, BodyContent, ByMediaType, Dialect, HttpMethod, Location, Operation, Parameter,
    RequestBody, SchemaId,
};
use crate::plan::models::parameters::unchecked;
use crate::source::raw::{self, Text};
use translate::Assembled;
pub use translate::{Rules, Translated, Translator, Weakening, Weakenings};

/// Size of all models of an API together, as they are sent. Unit: bytes.
///
/// Source: docs/aws-rules.md#s10, docs/aws-rules.md#m6 (400 KB). Half of it: a template spells
/// models with a line for each part, and may have 1 MB (docs/aws-rules.md#f5).
pub const MAX_BYTES: usize = 200_000;

/// Most bytes of a model, down to where all of them fit. The steps are fixed and wide, so that a
/// model seldom changes with its neighbours.
const SIZES: [usize; 10] = [
    MAX_BYTES, 64_000, 32_000, 16_000, 8_000, 4_000, 2_000, 1_000, 500, 0,
];

/// How deep a model is made, down to where it fits.
const DEPTHS: [usize; 12] = [64, 16, 12, 10, 8, 6, 5, 4, 3, 2, 1, 0];

/// A model of request bodies.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelPlan {
    /// A function of what the schema is called, or of the operation that it stands in.
    pub label: Arc<str>,
    /// Letters and digits alone (S2), with a hash, so that it is neither `Empty` nor `Error` (S17).
    pub name: Arc<str>,
    pub schema: Arc<Value>,
    /// Shared by all models that are equally weaker.
    pub weakenings: Arc<Weakenings>,
    pub is_cut: bool,
}

/// What the gateway checks of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChecksPlan {
    /// Required parameters are there and not blank.
    pub parameters: bool,
    /// Bodies fit the models of their media types; those without one pass as they are.
    pub body: bool,
    /// By bare media type; indexes into `Plan::models`.
    pub models: ByMediaType<usize>,
    /// `validation` asks for something, whether or not the description has it.
    pub is_asked: bool,
}

impl ChecksPlan {
    /// What it comes to, as `validation` would say it.
    pub fn level(&self) -> Validation {
        match (self.body, self.parameters) {
            (true, true) => Validation::Full,
            (true, false) => Validation::Body,
            (false, true) => Validation::Params,
            (false, false) => Validation::None,
        }
    }

    /// Whether the method's validator looks at bodies and at parameters; none where `validation`
    /// says so.
    ///
    /// Where the description has nothing to check, it is the one of parameters: security checks
    /// want every method to name one (CKV2_AWS_53).
    pub fn validator(&self) -> Option<(bool, bool)> {
        match (self.body, self.parameters) {
            (false, false) => self.is_asked.then_some((false, true)),
            both => Some(both),
        }
    }
}

/// What the gateway does not check of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoveragePlan {
    /// Parameters that no method can declare, or demand where the description does, and why.
    pub parameters: Vec<(Arc<str>, &'static str)>,
    /// Media types without a model, and why.
    pub bodies: Vec<(Arc<str>, &'static str)>,
    /// A request may go without a body.
    pub takes_no_body: bool,
}

/// What a method leaves to its backend.
pub(crate) fn coverage(
    (api, operation): (&Api, &Operation),
    checks: &ChecksPlan,
    declared: &BTreeMap<String, bool>,
) -> CoveragePlan {
    let location = |it: &Parameter| match it.location {
        Location::Path => None,
        Location::Query | Location::QueryString => Some("querystring"),
        Location::Header => Some("header"),
        Location::Cookie => Some("cookie"),
    };
    let left = |it: &Parameter| {
        let name = format!("{}.{}", location(it)?, it.name);
        let why = unchecked(it).filter(|_| it.required || !it.sent.may_have_its_name());
        let why = why.or_else(|| {
            (!declared.contains_key(&format!("method.request.{name}")))
                .then_some("API Gateway cannot declare it")
        });
        Some((Arc::from(name), why?))
    };
    let parameters = operation.parameters.iter().filter_map(left).collect();
    let contents = operation.body.iter().flat_map(|it| &it.contents);
    let bodies = contents
        .filter_map(|it| Some((Arc::clone(&it.media_type), without_model(api, it, checks)?)))
        .collect();
    CoveragePlan {
        parameters,
        bodies,
        takes_no_body: operation
            .body
            .as_ref()
            .is_some_and(|it| is_optional(it, operation.method)),
    }
}

/// Why bodies of a media type have no model.
fn without_model(api: &Api, content: &BodyContent, checks: &ChecksPlan) -> Option<&'static str> {
    match json_type(&content.media_type) {
        None if content.media_type.contains('*') => {
            Some("API Gateway finds a model by one type, not by a range of them")
        }
        None => Some("API Gateway has models for JSON alone"),
        Some(_) if content.schema.is_none() => {
            Some("the description says nothing of it that can be read")
        }
        Some(media_type) if checks.models.contains(&media_type) => None,
        Some(_) if content.schema.is_some_and(|it| api.schemas.is_of_bytes(it)) => {
            Some("its schema says that it is bytes, whatever the media type says")
        }
        Some(_) => Some("`validation` leaves it to the backend"),
    }
}

/// Whether nobody is refused for sending no body: one of other methods means nothing by itself.
fn is_optional(body: &RequestBody, method: HttpMethod) -> bool {
    !body.is_required
        || !matches!(
            method,
            HttpMethod::Post | HttpMethod::Put | HttpMethod::Patch
        )
}

/// A body that needs a model.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    /// What the model's name says.
    words: String,
    /// The first operation that takes it.
    place: Place,
    description: usize,
    roots: Vec<SchemaId>,
    is_optional: bool,
}

/// Bodies of operations, and the models that they come to.
pub(crate) struct Models<'a> {
    apis: &'a [Api],
    descriptions: &'a [String],
    wanted: BTreeMap<Arc<str>, Wanted>,
}

/// An operation that is served, and its own path.
pub(crate) struct Served<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) description: usize,
    pub(crate) path: &'a [Segment],
}

/// The bare media type of a model, where a body of it is JSON: a type of its own, never a range, by
/// which API Gateway finds no model.
///
/// Source: docs/aws-rules.md#s13 (parameters never match), docs/aws-rules.md#s18 (forms, XML and
/// others take no model), docs/aws-rules.md#q19 (no content type counts as JSON).
pub fn json_type(media_type: &str) -> Option<Arc<str>> {
    let bare = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match &*bare {
        "*/*" | "application/*" => Some("application/json".into()),
        bare if bare.contains('*') => None,
        bare if bare == "application/json" || bare.ends_with("+json") => Some(bare.into()),
        _ => None,
    }
}

impl<'a> Models<'a> {
    pub(crate) fn new(apis: &'a [Api], descriptions: &'a [String]) -> Self {
        Self {
            apis,
            descriptions,
            wanted: BTreeMap::new(),
        }
    }

    /// The labels of the models that an operation's body is checked by.
    pub(crate) fn of(&mut self, served: &Served<'_>) -> BTreeMap<Arc<str>, Arc<str>> {
        let Some(body) = &served.operation.body else {
            return BTreeMap::new();
        };
        let mut roots: BTreeMap<Arc<str>, Vec<SchemaId>> = BTreeMap::new();
        // What names its type wins over what takes any.
        let is_range = |it: &str| it.contains('*');
        let mut contents: Vec<_> = body.contents.iter().collect();
        contents.sort_by_key(|it| is_range(&it.media_type));
        for content in contents {
            let (Some(media_type), Some(schema)) = (json_type(&content.media_type), content.schema)
            else {
                continue;
            };
            // With a model the gateway would refuse what is no JSON, and a body without a type
            // counts as JSON (Q19).
            if self.apis[served.description].schemas.is_of_bytes(schema) {
                continue;
            }
            let known = roots.entry(media_type).or_default();
            if !known.contains(&schema) && (known.is_empty() || !is_range(&content.media_type)) {
                known.push(schema);
            }
        }
        let is_optional = is_optional(body, served.operation.method);
        let mut labels = BTreeMap::new();
        for (media_type, roots) in roots {
            let (label, wanted) = self.wanted(served, body, (&media_type, roots), is_optional);
            self.wanted.entry(Arc::clone(&label)).or_insert(wanted);
            labels.insert(media_type, label);
        }
        labels
    }

    fn wanted(
        &self,
        served: &Served<'_>,
        body: &RequestBody,
        (media_type, roots): (&str, Vec<SchemaId>),
        is_optional: bool,
    ) -> (Arc<str>, Wanted) {
        let component = self.component(served.description, &roots);
        let (mut label, mut words) = match (component, &body.name) {
            (Some((_, name)), _) => (joined("schema", name), name.to_owned()),
            (None, Some(name)) => (joined("body", name), format!("body {name}")),
            (None, None) => {
                let label = names::operation_label(served.operation.method, served.path);
                (label.clone(), label)
            }
        };
        if served.description > 0 {
            // Two descriptions may call different things alike.
            label = format!(
                "{}__{label}",
                joined("spec", &self.descriptions[served.description])
            );
        }
        if media_type != "application/json" && component.is_none() {
            label = format!("{label}__{}", names::literal(media_type));
            words = format!("{words} {media_type}");
        }
        if is_optional {
            label.push_str("__optional");
            words.push_str(" optional");
        }
        let roots = component.map_or(roots, |(id, _)| vec![id]);
        let place = served.operation.place("");
        (
            label.into(),
            Wanted {
                words,
                place,
                description: served.description,
                roots,
                is_optional,
            },
        )
    }

    /// The component that a body's schema is, and its name.
    fn component(&self, description: usize, roots: &[SchemaId]) -> Option<(SchemaId, &'a str)> {
        let [root] = roots else { return None };
        let schemas = &self.apis[description].schemas;
        let members = raw::members(schemas.texts[*root].text()).ok()?;
        let (_, reference) = members.iter().find(|(name, _)| *name == "$ref")?;
        let reference: Text<'_> = serde_json::from_str(reference.get()).ok()?;
        let id = schemas.texts[*root]
            .references
            .get(&*reference)
            .copied()
            .flatten()?;
        let is_plain = schemas.dialect == Dialect::Openapi30;
        let says_nothing = |it: &str| match it {
            "$ref" | "description" | "summary" | "title" | "example" | "examples" | "default"
            | "deprecated" | "externalDocs" | "xml" => true,
            "nullable" | "x-nullable" => false,
            other => is_plain || other.starts_with("x-"),
        };
        let name = &*schemas.texts[id].name;
        (!name.is_empty() && members.iter().all(|(it, _)| says_nothing(it))).then_some((id, name))
    }

    /// Makes the models, and says which of them had to be cut.
    ///
    /// Errors: none; warning GW4101 models cut.
    pub(crate) fn finish(self, diagnostics: &mut Vec<Diagnostic>) -> Vec<ModelPlan> {
        let mut translators: Vec<Translator<'a>> = self
            .apis
            .iter()
            .map(|it| Translator::new(&it.schemas, Rules::default()))
            .collect();
        let mut made: Vec<Made> = Vec::with_capacity(self.wanted.len());
        let mut bytes = 0;
        for (label, wanted) in &self.wanted {
            let mut one = Made::new(label, wanted, &mut translators[wanted.description]);
            bytes += one.bytes;
            if bytes > MAX_BYTES {
                // They do not fit together, so many of them will be cut: sizes are enough until
                // then.
                made.iter_mut()
                    .chain([&mut one])
                    .for_each(|made| made.assembled = None);
            }
            made.push(one);
        }
        for most in SIZES {
            for (wanted, made) in self.wanted.values().zip(&mut made) {
                made.cut_to(most, wanted, &mut translators[wanted.description]);
            }
            if made.iter().map(|it| it.bytes).sum::<usize>() <= MAX_BYTES {
                break;
            }
        }
        let finished = self.wanted.iter().zip(made);
        let mut models: Vec<ModelPlan> = finished
            .map(|((label, wanted), made)| {
                made.finish(label, wanted, &mut translators[wanted.description])
            })
            .collect();
        share_weakenings(&mut models);
        let cut: Vec<&Place> = self
            .wanted
            .values()
            .zip(&models)
            .filter(|(_, model)| model.is_cut)
            .map(|(wanted, _)| &wanted.place)
            .collect();
        diagnostics.extend(cut_models(&cut, models.len()));
        models
    }
}

/// A name as a label behind its kind. Pointers keep their escapes, so no two are alike.
fn joined(kind: &str, name: &str) -> String {
    let (kind, name) = name
        .strip_prefix("./")
        .map_or((kind, name), |rest| ("file", rest));
    name.split('/').fold(kind.to_owned(), |label, it| {
        format!("{label}__{}", names::literal(it))
    })
}

/// A model, how deep it is, and how large. It is written once its size is settled.
struct Made {
    name: Arc<str>,
    /// Index of the depth.
    level: usize,
    bytes: usize,
    /// Levels that it has.
    height: usize,
    /// Its parts, unless they were let go of to save memory.
    assembled: Option<Assembled>,
}

impl Made {
    fn new(label: &str, wanted: &Wanted, translator: &mut Translator<'_>) -> Self {
        let name = names::named("Model", &wanted.words, label).into();
        let mut made = Self {
            name,
            level: 0,
            bytes: 0,
            height: 0,
            assembled: None,
        };
        made.assembled = Some(made.put_together(wanted, translator));
        made
    }

    /// Makes it the deepest from its level on that has an end.
    fn put_together(&mut self, wanted: &Wanted, translator: &mut Translator<'_>) -> Assembled {
        let assembled =
            |level| translator.assembled(&wanted.roots, wanted.is_optional, DEPTHS[level]);
        let levels = self.level..DEPTHS.len();
        let found = levels
            .clone()
            .zip(levels.map(assembled))
            .find_map(|(level, assembled)| Some((level, assembled?)));
        let (level, assembled) = found.unwrap_or_else(|| (DEPTHS.len(), Assembled::cut()));
        (self.level, self.height) = (level, assembled.height);
        self.bytes = head(&self.name).to_string().len() + assembled.bytes();
        assembled
    }

    /// Cuts it until it has no more bytes than that, or cannot be cut any more.
    fn cut_to(&mut self, most: usize, wanted: &Wanted, translator: &mut Translator<'_>) {
        while self.bytes > most && self.level + 1 < DEPTHS.len() {
            self.level += 1;
            if DEPTHS[self.level] < self.height {
                // Many may be cut, so none keeps its parts.
                self.put_together(wanted, translator);
                self.assembled = None;
            }
        }
    }

    fn finish(
        mut self,
        label: &Arc<str>,
        wanted: &Wanted,
        translator: &mut Translator<'_>,
    ) -> ModelPlan {
        let assembled = self
            .assembled
            .take()
            .unwrap_or_else(|| self.put_together(wanted, translator));
        let Value::Object(mut schema) = head(&self.name) else {
            unreachable!("it is written as one")
        };
        schema.extend(assembled.schema());
        let schema = Arc::new(Value::Object(schema));
        let Assembled {
            weakenings, is_cut, ..
        } = assembled;
        ModelPlan {
            label: Arc::clone(label),
            name: self.name,
            schema,
            weakenings: weakenings.into(),
            is_cut,
        }
    }
}

/// Keeps equal weakenings once: models that are cut to the same depth have them alike.
fn share_weakenings(models: &mut [ModelPlan]) {
    let mut known: BTreeSet<Arc<Weakenings>> = BTreeSet::new();
    for model in models {
        match known.get(&model.weakenings) {
            Some(shared) => model.weakenings = Arc::clone(shared),
            None => drop(known.insert(Arc::clone(&model.weakenings))),
        }
    }
}

/// What every model starts with.
fn head(name: &str) -> Value {
    json!({"$schema": "http://json-schema.org/draft-04/schema#", "title": name})
}

fn cut_models(cut: &[&Place], all: usize) -> Option<Diagnostic> {
    let place = Place::clone(cut.first()?);
    Some(
        diagnostic::CUT_MODELS
            .at(place)
            .message(format_args!(
                "{} of {all} models of request bodies are cut, since API Gateway takes 400 KB of all of them: it does not check what lies deeper",
                cut.len()
            ))
            .help("nothing is to be done if the backends check their bodies, and `gwgen lint --coverage` lists what is left; else describe them with fewer parts"),
    )
}
