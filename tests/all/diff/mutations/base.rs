//! States that mutations begin with: every example, and real descriptions with a blueprint.
//! In: folders. Out: `Base`s. Also the parts of a mutation.

use std::collections::BTreeMap;
use std::sync::Arc;

use gwgen::Compiled;
use gwgen::diagnostic::At;
use gwgen::plan::{OperationPlan, Plan, text_of};
use serde_json::{Value, json};

use super::inputs::{Inputs, Spot, child};
use crate::diff::{Texts, compiled};
use crate::pairs::choices::Choices;
use crate::support::{Case, corpus, folders, repository};

/// A state to begin with.
pub(super) struct Base {
    pub(super) name: String,
    pub(super) inputs: Inputs,
    pub(super) whole: Compiled,
}

/// A row that a mutation is.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// Heading, subject and field.
    pub(super) text: String,
    pub(super) place: Option<Spot>,
    pub(super) was: Option<Spot>,
}

/// Two states that differ in one thing.
pub(super) struct Mutation {
    pub(super) before: Inputs,
    pub(super) after: Inputs,
    pub(super) rows: Vec<Told>,
}

impl Mutation {
    /// A mutation that says nothing.
    pub(super) fn silent(base: &Base, after: Inputs) -> Self {
        Self {
            before: base.inputs.clone(),
            after,
            rows: Vec::new(),
        }
    }
}

/// Every example, and the descriptions of the corpus up to a size.
pub(super) fn bases(bytes: u64) -> Vec<Base> {
    let examples = folders(&repository().join("blueprints"));
    let examples = examples.iter().map(|folder| Case::read(folder));
    let real = corpus::of_at_most(bytes)
        .into_iter()
        .map(|entry| entry.case);
    examples.chain(real).filter_map(base).collect()
}

fn base(case: Case) -> Option<Base> {
    let description = case.description();
    let mut files = case.files.clone();
    files.remove("gwgen.yaml");
    files.remove(&case.spec);
    let others = files
        .into_iter()
        .map(|(name, bytes)| Some((name, String::from_utf8(bytes).ok()?)));
    let others: Option<Texts> = others.collect();
    let inputs = Inputs {
        blueprint: case.blueprint,
        description,
        others: Arc::new(others?),
        is_json: false,
        has_comments: false,
    };
    let whole = compiled(&inputs.written().texts, None);
    // Without a plan it is no state.
    (whole.tree.is_some()).then_some(Base {
        name: case.name,
        inputs,
        whole,
    })
}

/// Members of a path item that are operations.
pub(super) const METHODS: [&str; 7] = ["get", "post", "put", "delete", "patch", "head", "options"];

impl Base {
    pub(super) fn plan(&self) -> &Plan {
        self.whole.plan.as_ref().unwrap()
    }

    /// One of the operations that the gateway serves and that stand in the description.
    pub(super) fn pick(
        &self,
        choices: &mut Choices<'_>,
        is_fit: impl Fn(&OperationPlan) -> bool,
    ) -> Option<&OperationPlan> {
        let paths = &self.inputs.description["paths"];
        let all = self.plan().operations.iter().filter(|operation| {
            let method = operation.method.as_str().to_lowercase();
            operation.is_public()
                && operation.description == 0
                && METHODS.contains(&&*method)
                && paths[&*operation.path].get(&method).is_some()
                && is_fit(operation)
        });
        let all: Vec<_> = all.collect();
        (!all.is_empty()).then(|| all[choices.below(all.len())])
    }

    /// Subjects of the rows of an operation: one for each mount.
    pub(super) fn subjects(&self, of: &OperationPlan) -> Vec<String> {
        let all = self.plan().operations.iter();
        all.filter(|one| {
            one.is_public()
                && (one.description, &one.path, one.method) == (of.description, &of.path, of.method)
        })
        .map(subject)
        .collect()
    }

    pub(super) fn mentions_in_routes(&self, text: &str) -> bool {
        let routes = self.inputs.blueprint["routes"].to_string();
        routes.contains(text)
    }

    /// Returns whether anything of the blueprint contains a text.
    pub(super) fn mentions(&self, text: &str) -> bool {
        self.inputs.blueprint.to_string().contains(text)
    }
}

pub(super) fn subject(operation: &OperationPlan) -> String {
    let path = operation.gateway_path.as_ref().unwrap();
    format!("{} {}", operation.method.as_str(), text_of(path))
}

/// The pointer of an operation.
pub(super) fn pointer(operation: &OperationPlan) -> String {
    match &operation.place.at {
        At::Pointer(pointer) => pointer.clone(),
        _ => String::new(),
    }
}

/// Adds a route for one operation; without members nothing. Returns its pointer.
pub(super) fn add_route(
    inputs: &mut Inputs,
    operation: &OperationPlan,
    members: &Value,
) -> Option<String> {
    let members = members.as_object()?;
    let path = operation.path.replace('*', "\\*");
    let matched = json!({"paths": [path], "methods": [operation.method.as_str()]});
    let mut route = serde_json::Map::from_iter([("match".to_owned(), matched)]);
    route.extend(members.clone());
    let routes = inputs.blueprint.as_object_mut().unwrap();
    let routes = routes.entry("routes").or_insert_with(|| json!([]));
    let routes = routes.as_array_mut().unwrap();
    routes.push(Value::Object(route));
    Some(child("/routes", &(routes.len() - 1).to_string()))
}

/// Rows of a heading and a field, one for each subject.
pub(super) fn told<'a>(
    what: (&str, &str),
    subjects: impl IntoIterator<Item = &'a String>,
    places: [Option<&Spot>; 2],
) -> Vec<Told> {
    let row = |subject: &String| Told {
        text: format!("{} | {subject} | {}", what.0, what.1),
        place: places[0].cloned(),
        was: places[1].cloned(),
    };
    subjects.into_iter().map(row).collect()
}

/// Texts of rows, sorted, with how often each is there.
pub(super) fn counted<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    counts
}
