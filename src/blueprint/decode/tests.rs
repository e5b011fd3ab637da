//! Agreement of the schema and the decoder: path by path, and for random blueprints.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::Decode;
use crate::blueprint::fault::Faults;
use crate::blueprint::node::{Numbers, TreeNode};
use crate::blueprint::schema;
use crate::blueprint::spec::BlueprintSpec;
use crate::diagnostic::{INVALID_EXPRESSION, INVALID_VALUE, MISSING_FIELD, UNKNOWN_FIELD};

/// A text for each pattern of the schema.
const SAMPLES: [(&str, &str); 11] = [
    ("^[a-z][a-z0-9_]*$", "a"),
    ("^[a-z][a-z0-9-]*$", "a"),
    ("^/", "/a"),
    ("^[A-Za-z0-9/._:-]+$", "/a"),
    ("^[0-9]+(ms|s|m|h|d)$", "5s"),
    ("^GW[0-9]{4}$", "GW5002"),
    ("^[A-Z]{3}$", "KRW"),
    ("^arn:.+:role/", "arn:aws:iam::111122223333:role/a"),
    ("^[0-9]+-[0-9]+$", "1-9"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2027-03-31"),
    (
        "^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*$",
        "200",
    ),
];

/// Key of a member that no mapping has.
const UNKNOWN: &str = "zz";

fn mapping(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(members.into_iter().collect())
}

/// Code and pointer of each fault of shape.
fn faults(blueprint: &Value) -> Vec<(&'static str, String)> {
    let mut faults = Faults::default();
    let numbers = Numbers::new();
    let decoded = BlueprintSpec::decode(&TreeNode::root(blueprint, &numbers), &mut faults);
    let shape = [
        &INVALID_EXPRESSION,
        &INVALID_VALUE,
        &MISSING_FIELD,
        &UNKNOWN_FIELD,
    ];
    let found: Vec<_> = faults
        .all
        .into_iter()
        .filter(|fault| shape.contains(&fault.code))
        .map(|fault| (fault.code.code, fault.at))
        .collect();
    assert!(decoded.is_some() || !found.is_empty(), "{blueprint}");
    found
}

/// Puts a value at its path into a blueprint.
type Around<'a> = &'a dyn Fn(Value) -> Value;

struct BlueprintSchema {
    schema: Value,
    validator: jsonschema::Validator,
}

impl BlueprintSchema {
    fn new() -> Self {
        let schema = schema();
        let validator = jsonschema::validator_for(&schema).unwrap();
        Self { schema, validator }
    }

    fn root(&self) -> &Value {
        &self.schema["$defs"]["Blueprint"]
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(target) => self.schema.pointer(&target[1..]).unwrap(),
            None => schema,
        }
    }

    /// The schemas of which a value fits one: the alternatives, or the schema itself.
    fn alternatives<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolved(schema);
        let choices = ["anyOf", "oneOf"]
            .iter()
            .find_map(|key| schema[*key].as_array());
        match choices {
            Some(choices) => choices
                .iter()
                .flat_map(|choice| self.alternatives(choice))
                .collect(),
            None => vec![schema],
        }
    }

    /// Returns whether a value of the same JSON type can fit.
    fn takes_type_of(&self, schema: &Value, value: &Value) -> bool {
        let name = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let is_of = |written: &Value| written == name || (name == "number" && written == "integer");
        self.alternatives(schema).iter().any(|schema| {
            let fixed = schema["enum"].as_array().into_iter().flatten();
            let fixed: Vec<&Value> = fixed.chain(schema.get("const")).collect();
            match &schema["type"] {
                Value::String(_) => is_of(&schema["type"]),
                Value::Array(types) => types.iter().any(is_of),
                _ if fixed.is_empty() => true,
                _ => fixed
                    .iter()
                    .any(|choice| std::mem::discriminant(*choice) == std::mem::discriminant(value)),
            }
        })
    }

    /// A value that fits, the smallest where every choice is 0.
    fn sample(&self, schema: &Value, choices: &mut Choices<'_>) -> Value {
        let alternatives = self.alternatives(schema);
        let schema = alternatives[choices.below(alternatives.len())];
        if let Some(text) = schema["pattern"].as_str() {
            let sample = SAMPLES.iter().find(|(pattern, _)| *pattern == text);
            return sample
                .unwrap_or_else(|| panic!("no sample for {text}"))
                .1
                .into();
        }
        if let Some(fixed) = schema.get("const") {
            return fixed.clone();
        }
        if let Some(fixed) = schema["enum"].as_array() {
            return fixed[choices.below(fixed.len())].clone();
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => vec![one.as_str().unwrap_or("string")],
        };
        match types[choices.below(types.len())] {
            "string" => "a".into(),
            "boolean" => (choices.below(2) == 0).into(),
            "integer" | "number" => 1.into(),
            "array" => {
                let least = usize::from(schema["minItems"] == 1);
                let count = least + choices.below(3);
                (0..count)
                    .map(|_| self.part(&schema["items"], choices))
                    .collect()
            }
            "object" => self.mapping_sample(schema, choices),
            other => panic!("no sample for {other}"),
        }
    }

    fn mapping_sample(&self, schema: &Value, choices: &mut Choices<'_>) -> Value {
        let mut members = Map::new();
        if schema["additionalProperties"].is_object() {
            let least = usize::from(schema["minProperties"] == 1);
            for index in 0..least + choices.below(3) {
                let part = self.part(&schema["additionalProperties"], choices);
                members.insert(format!("a{index}"), part);
            }
            return Value::Object(members);
        }
        let fields = schema["properties"].as_object().unwrap();
        if schema["maxProperties"] == 1 {
            let (name, field) = fields.iter().nth(choices.below(fields.len())).unwrap();
            return mapping([(name.clone(), self.part(field, choices))]);
        }
        for (name, field) in fields {
            let is_required = required(schema).any(|required_name| required_name == name);
            let is_overlay = ["extends", "abstract"].contains(&name.as_str());
            let is_written = match is_required {
                true => choices.below(64) != 63,
                false => !is_overlay && choices.below(3) == 2,
            };
            if is_written {
                members.insert(name.clone(), self.part(field, choices));
            }
        }
        if choices.below(64) == 63 {
            members.insert(UNKNOWN.to_owned(), true.into());
        }
        Value::Object(members)
    }

    /// A value that fits, or seldom one that may not.
    fn part(&self, schema: &Value, choices: &mut Choices<'_>) -> Value {
        if choices.below(64) != 63 {
            return self.sample(schema, choices);
        }
        let others = [
            json!(null),
            json!(false),
            json!(1.5),
            json!(-1),
            json!("zz zz"),
            json!([[]]),
            json!({ UNKNOWN: 1 }),
            json!({ "var": "a", "ssm": "/a" }),
        ];
        let other = &others[choices.below(others.len())];
        // Patterns and ranges of a field are checked after its shape.
        let is_shape = schema.get("pattern").is_none() && schema.get("minimum").is_none();
        match is_shape || !self.takes_type_of(schema, other) {
            true => other.clone(),
            false => self.sample(schema, choices),
        }
    }

    /// Calls `visit` with each path of the schema: its pointer, its schema, and a blueprint around
    /// a value at it.
    fn walk(
        &self,
        schema: &Value,
        at: &str,
        around: Around<'_>,
        visit: &mut dyn FnMut(&str, &Value, Around<'_>),
    ) {
        visit(at, schema, around);
        for alternative in self.alternatives(schema) {
            if alternative["items"].is_object() {
                let around = |value| around(json!([value]));
                self.walk(&alternative["items"], &format!("{at}/0"), &around, visit);
            }
            if alternative["additionalProperties"].is_object() {
                let around = |value| around(json!({ "a": value }));
                let below = &alternative["additionalProperties"];
                self.walk(below, &format!("{at}/a"), &around, visit);
            }
            for (name, field) in alternative["properties"].as_object().into_iter().flatten() {
                let around = |value| {
                    let mut members = match alternative["maxProperties"] == 1 {
                        true => Map::new(),
                        false => self.least(alternative).as_object().unwrap().clone(),
                    };
                    members.insert(name.clone(), value);
                    around(Value::Object(members))
                };
                self.walk(field, &format!("{at}/{name}"), &around, visit);
            }
        }
    }

    /// The smallest value that fits.
    fn least(&self, schema: &Value) -> Value {
        self.sample(schema, &mut Choices(&[]))
    }
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str)
}

/// Choices that bytes make, and 0 where there are no more.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                usize::from(*first) % count.max(1)
            }
            None => 0,
        }
    }
}

#[test]
fn each_path_takes_what_fits_and_refuses_what_does_not() {
    let schema = BlueprintSchema::new();
    let mut paths = 0;
    schema.walk(schema.root(), "", &|value| value, &mut |at, of, around| {
        paths += 1;
        let refused = |blueprint: &Value, code: &'static str, at: String| {
            assert!(!schema.validator.is_valid(blueprint), "{blueprint}");
            assert_eq!(faults(blueprint), [(code, at)], "{blueprint}");
        };
        for alternative in schema.alternatives(of) {
            let fits = schema.least(alternative);
            let blueprint = around(fits.clone());
            assert_eq!(faults(&blueprint), [], "{at}: {blueprint}");
            assert!(schema.validator.is_valid(&blueprint), "{at}: {blueprint}");
            if let (Value::Object(mut members), Value::Bool(false)) =
                (fits, &alternative["additionalProperties"])
            {
                members.insert(UNKNOWN.to_owned(), true.into());
                let blueprint = around(Value::Object(members));
                refused(&blueprint, "GW2001", format!("{at}/{UNKNOWN}"));
            }
        }
        let others = [json!(true), json!(1.5), json!("a"), json!([]), json!({})];
        for other in others {
            if !schema.takes_type_of(of, &other) {
                refused(&around(other), "GW2002", at.to_owned());
            }
        }
        let choices: Vec<Map<String, Value>> = schema.resolved(of)["oneOf"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|choice| schema.least(choice).as_object().cloned())
            .collect();
        if let [first, .., last] = &choices[..] {
            let both: Map<String, Value> = first.clone().into_iter().chain(last.clone()).collect();
            refused(&around(both.into()), "GW2002", at.to_owned());
        }
    });
    assert!(paths > 300, "{paths}");
}

#[test]
fn random_blueprints_are_with_and_without_faults() {
    let schema = BlueprintSchema::new();
    let mut state: u32 = 1;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let count = 300;
    let sound = (0..count).filter(|_| {
        let bytes: Vec<u8> = (0..600).map(|_| byte()).collect();
        faults(&schema.sample(schema.root(), &mut Choices(&bytes))).is_empty()
    });
    let sound = sound.count();
    assert!((count / 10..count * 9 / 10).contains(&sound), "{sound}");
}

proptest! {
    #[test]
    fn the_schema_takes_what_the_decoder_finds_no_fault_in(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        thread_local!(static SCHEMA: BlueprintSchema = BlueprintSchema::new());
        SCHEMA.with(|schema| {
            let blueprint = schema.sample(schema.root(), &mut Choices(&bytes));
            let mut found = faults(&blueprint);
            // A schema knows nothing of the syntax of Terraform.
            found.retain(|(code, _)| *code != INVALID_EXPRESSION.code);
            prop_assert_eq!(
                schema.validator.is_valid(&blueprint), found.is_empty(), "{} {:?}", blueprint, found
            );
            Ok(())
        })?;
    }
}
