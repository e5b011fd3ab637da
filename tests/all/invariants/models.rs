//! Models against the schemas that they are made of, by a validator that is not ours.
//!
//! In: every example, every case, the corpus where it exists. Out: no document that a description
//! allows is refused by its model; the share of the others that is caught is printed.
//! `GWGEN_TESTS=full` looks at every operation in place of a few of each entry.

mod documents;
mod legal;
mod reference;
mod rules;

use std::fmt::Write as _;

use gwgen::plan::Plan;
use jsonschema::Validator;
use serde_json::Value;

use crate::support::{corpus, fixtures, in_parallel, is_full};
use documents::Documents;
use reference::Reference;

/// Operations that are looked at of each description.
const SAMPLE: usize = 12;
/// Documents for each of them.
const DOCUMENTS: usize = 40;

#[derive(Default)]
struct Counts {
    bodies: usize,
    left_out: usize,
    allowed: usize,
    forbidden: usize,
    caught: usize,
    models: usize,
    illegal: Vec<String>,
    refused: Vec<String>,
}

#[test]
fn no_model_refuses_what_its_description_allows() {
    let mut counts: Vec<(String, Counts)> = in_parallel(fixtures(), |case| {
        let plan = case.compiled("terraform").plan.as_ref();
        (
            case.name.clone(),
            plan.map(|plan| counted(plan, &case.description()))
                .unwrap_or_default(),
        )
    });
    // A large description keeps a thread busy for long where all of it is looked at.
    counts.extend(in_parallel(corpus::entries(), |entry| {
        let document = serde_json::from_str(&entry.json).unwrap();
        (
            entry.case.name.clone(),
            entry
                .compiled
                .plan
                .as_ref()
                .map(|plan| counted(plan, &document))
                .unwrap_or_default(),
        )
    }));
    let mut table = String::from(
        "\nmodels: bodies looked at (and not), allowed, forbidden of which caught, by description\n",
    );
    let mut all = Counts::default();
    for (name, counts) in counts {
        if counts.bodies > 0 {
            counts.print(&name, &mut table);
        }
        all.add(&name, counts);
    }
    writeln!(
        table,
        "  {} models, {} bodies, {} allowed, {} forbidden, caught {}%",
        all.models,
        all.bodies,
        all.allowed,
        all.forbidden,
        share(&all)
    )
    .unwrap();
    // Straight to the stream: the harness does not show what it captures of a passing test.
    std::io::Write::write_all(&mut std::io::stderr(), table.as_bytes()).unwrap();
    for faults in [&all.illegal, &all.refused] {
        assert!(
            faults.is_empty(),
            "{}",
            faults[..faults.len().min(20)].join("\n")
        );
    }
    assert!(
        all.bodies > 10 && share(&all) > 50,
        "hardly anything is caught"
    );
}

impl Counts {
    fn print(&self, name: &str, table: &mut String) {
        writeln!(
            table,
            "  {:<52} {:>4} ({:>3}) {:>5} {:>5} {:>3}%",
            name,
            self.bodies,
            self.left_out,
            self.allowed,
            self.forbidden,
            share(self)
        )
        .unwrap();
    }

    fn add(&mut self, name: &str, other: Self) {
        self.bodies += other.bodies;
        self.models += other.models;
        self.allowed += other.allowed;
        self.forbidden += other.forbidden;
        self.caught += other.caught;
        let named = |text: String| format!("{name}: {text}");
        self.illegal.extend(other.illegal.into_iter().map(named));
        self.refused.extend(other.refused.into_iter().map(named));
    }
}

fn share(counts: &Counts) -> usize {
    100 * counts.caught / counts.forbidden.max(1)
}

fn counted(plan: &Plan, document: &Value) -> Counts {
    let mut counts = Counts {
        models: plan.models.len(),
        ..Counts::default()
    };
    let mut bytes = 0;
    for model in &plan.models {
        let text = model.schema.to_string();
        bytes += text.len();
        counts.illegal.extend(
            legal::faults(&model.schema)
                .into_iter()
                .map(|fault| format!("{}: {fault}", model.name)),
        );
        if !model.name.bytes().all(|it| it.is_ascii_alphanumeric())
            || ["Empty", "Error"].contains(&&*model.name)
        {
            counts
                .illegal
                .push(format!("{} is no name of a model", model.name));
        }
    }
    if bytes > 400_000 {
        counts
            .illegal
            .push(format!("the models have {bytes} bytes"));
    }
    let reference = Reference::new(document);
    let checked: Vec<_> = plan
        .operations
        .iter()
        .filter(|it| it.description == 0 && it.checks.body)
        .collect();
    let step = if is_full() {
        1
    } else {
        checked.len().div_ceil(SAMPLE).max(1)
    };
    for operation in checked.into_iter().step_by(step) {
        for (media_type, index) in operation.checks.models.iter() {
            let name = format!(
                "{} {} {media_type}",
                operation.method.as_str(),
                operation.path
            );
            let model = jsonschema::draft4::options()
                .should_validate_formats(true)
                .build(&plan.models[*index].schema)
                .unwrap();
            match reference.body(&operation.path, operation.method.key(), media_type) {
                Some((schema, validator, is_optional)) => body(
                    &mut counts,
                    &name,
                    (&model, &validator, is_optional),
                    schema,
                ),
                None => counts.left_out += 1,
            }
        }
    }
    counts
}

fn body(
    counts: &mut Counts,
    name: &str,
    (model, validator, is_optional): (&Validator, &Validator, bool),
    schema: Value,
) {
    counts.bodies += 1;
    for document in Documents::new(name, schema).take(DOCUMENTS) {
        // The gateway takes a body that is left out for an empty object.
        let is_left_out =
            is_optional && document.as_object().is_some_and(serde_json::Map::is_empty);
        if is_left_out || validator.is_valid(&document) {
            counts.allowed += 1;
            if let Some(error) = model.iter_errors(&document).next() {
                let text: String = document.to_string().chars().take(300).collect();
                counts.refused.push(format!(
                    "{name} refuses {text}: {error} at {}",
                    error.instance_path()
                ));
            }
        } else {
            counts.forbidden += 1;
            counts.caught += usize::from(!model.is_valid(&document));
        }
    }
}
