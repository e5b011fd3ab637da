//! Checks of requests: required parameters by their presence, bodies by models.
//!
//! In: operations with the requested validation, schemas. Out: `ChecksPlan`s, `ModelPlan`s. Pure.
//! One model per schema of a body, in one piece. It never refuses what the description allows.

pub(crate) mod coverage;
pub(crate) mod parameters;
mod pattern;
mod sizing;
mod translate;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::names;
use super::paths::Segment;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Api, BodyContent, Dialect, Operation, RequestBody, SchemaId};
use crate::source::raw::{self, Text};
use coverage::is_optional;
pub use coverage::{ChecksPlan, CoveragePlan};
use sizing::{SIZES, SizedModel};
pub use translate::{AssembledModel, TranslationRule, Translator, Weakening, Weakenings};

/// Size of all models of an API together, in requests to AWS. Unit: bytes.
///
/// Source: docs/aws-rules.md#s10, docs/aws-rules.md#m6 (400 KB). Half of it: a template spells
/// models with a line for each part, and may have 1 MB (docs/aws-rules.md#f5).
pub const MAX_BYTES: usize = 200_000;

/// A model of request bodies.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelPlan {
    /// A function of the schema's name, or of the operation that contains it.
    pub label: Arc<str>,
    /// Letters and digits alone (S2), with a hash, so that it is neither `Empty` nor `Error` (S17).
    pub name: Arc<str>,
    pub schema: Arc<Value>,
    /// Shared by all models that are equally weaker.
    pub weakenings: Arc<Weakenings>,
    pub is_cut: bool,
}

/// A body that needs a model.
#[derive(Debug, PartialEq, Eq)]
struct ModelRequest {
    /// Words of the model's name.
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
    requests: BTreeMap<Arc<str>, ModelRequest>,
}

/// An operation that is served, and its own path.
pub(crate) struct ServedOperation<'a> {
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
            requests: BTreeMap::new(),
        }
    }

    /// Requests the models that check an operation's body, and returns their labels by media type.
    pub(crate) fn request(&mut self, served: &ServedOperation<'_>) -> BTreeMap<Arc<str>, Arc<str>> {
        let Some(body) = &served.operation.body else {
            return BTreeMap::new();
        };
        let mut roots: BTreeMap<Arc<str>, Vec<SchemaId>> = BTreeMap::new();
        // One media type has priority over a range of them.
        let is_range = |content: &BodyContent| content.media_type.contains('*');
        let mut contents: Vec<_> = body.contents.iter().collect();
        contents.sort_by_key(|content| is_range(content));
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
            if !known.contains(&schema) && (known.is_empty() || !is_range(content)) {
                known.push(schema);
            }
        }
        let mut labels = BTreeMap::new();
        for (media_type, roots) in roots {
            let (label, request) = self.model_request(served, body, &media_type, roots);
            self.requests.entry(Arc::clone(&label)).or_insert(request);
            labels.insert(media_type, label);
        }
        labels
    }

    /// The label of a model, and its request.
    fn model_request(
        &self,
        served: &ServedOperation<'_>,
        body: &RequestBody,
        media_type: &str,
        roots: Vec<SchemaId>,
    ) -> (Arc<str>, ModelRequest) {
        let is_optional = is_optional(body, served.operation.method);
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
        let request = ModelRequest {
            words,
            place: served.operation.place(""),
            description: served.description,
            roots: component.map_or(roots, |(id, _)| vec![id]),
            is_optional,
        };
        (label.into(), request)
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
        let means_nothing = |keyword: &str| match keyword {
            "$ref" | "description" | "summary" | "title" | "example" | "examples" | "default"
            | "deprecated" | "externalDocs" | "xml" => true,
            "nullable" | "x-nullable" => false,
            other => is_plain || other.starts_with("x-"),
        };
        let name = &*schemas.texts[id].name;
        (!name.is_empty() && members.iter().all(|(keyword, _)| means_nothing(keyword)))
            .then_some((id, name))
    }

    /// Makes the models, and reports those that had to be cut.
    ///
    /// Errors: none; warning GW4101 models cut.
    pub(crate) fn finish(self, diagnostics: &mut Vec<Diagnostic>) -> Vec<ModelPlan> {
        let mut translators: Vec<Translator<'a>> = self
            .apis
            .iter()
            .map(|api| Translator::new(&api.schemas, None))
            .collect();
        let mut sized: Vec<SizedModel> = Vec::with_capacity(self.requests.len());
        let mut bytes = 0;
        for (label, request) in &self.requests {
            let mut model = SizedModel::new(label, request, &mut translators[request.description]);
            bytes += model.bytes;
            if bytes > MAX_BYTES {
                // They do not fit together, so many will be cut: sizes are enough until then.
                for model in sized.iter_mut().chain([&mut model]) {
                    model.assembled = None;
                }
            }
            sized.push(model);
        }
        for most in SIZES {
            for (request, model) in self.requests.values().zip(&mut sized) {
                model.cut_to(most, request, &mut translators[request.description]);
            }
            if sized.iter().map(|model| model.bytes).sum::<usize>() <= MAX_BYTES {
                break;
            }
        }
        let requests = self.requests.iter().zip(sized);
        let mut models: Vec<ModelPlan> = requests
            .map(|((label, request), model)| {
                model.finish(label, request, &mut translators[request.description])
            })
            .collect();
        share_weakenings(&mut models);
        let requests = self.requests.values().zip(&models);
        let cut: Vec<&Place> = requests
            .filter_map(|(request, model)| model.is_cut.then_some(&request.place))
            .collect();
        diagnostics.extend(cut_models(&cut, models.len()));
        models
    }
}

/// Label of a name, after its kind. Pointers keep their escapes, so no two are alike.
fn joined(kind: &str, name: &str) -> String {
    let (kind, name) = name
        .strip_prefix("./")
        .map_or((kind, name), |rest| ("file", rest));
    name.split('/').fold(kind.to_owned(), |label, part| {
        format!("{label}__{}", names::literal(part))
    })
}

/// Shares equal weakenings: models that are cut to the same depth have them in common.
fn share_weakenings(models: &mut [ModelPlan]) {
    let mut known: BTreeSet<Arc<Weakenings>> = BTreeSet::new();
    for model in models {
        match known.get(&model.weakenings) {
            Some(shared) => model.weakenings = Arc::clone(shared),
            None => drop(known.insert(Arc::clone(&model.weakenings))),
        }
    }
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
