//! The blueprint reference: a section a mapping, a row a field.

use std::fmt::Write as _;

use serde_json::Value;

/// Types that are explained once, and not field by field.
const KNOWN: &[&str] = &["Value", "Values", "Reference"];

/// Kinds of values, once for the whole page.
const VALUES: &str = "## Values

A *value* is a literal or a reference to something that is known only at deploy time; *values* are a list of them, or one reference that yields a list.

| written | Terraform | CloudFormation | built |
| --- | --- | --- | --- |
| `vpc-0a1b2c3d` | the literal | the literal | yes |
| `{var: vpc_id}`, with `description`, `default`, `sensitive` | an input variable | a Parameter | yes |
| `{ssm: /network/vpc_id}` | a data source | a Parameter with that path | {ssm} |
| `{expr: local.vpc_id}` | that expression | refused: Terraform only | yes |

An expression may name what your own files in the output folder declare. The output itself declares the local values `account_id`, `openapi`, `partition`, `region`, `short_environment` and `tags`, each where something uses it: your files give theirs other names. A module (`layout: module`) declares the variable `tags`, unless the blueprint or an expression names a variable of that name: its tags are added to those of the blueprint, which win. In CloudFormation the tags of the stack are added by AWS itself.

A *duration* is a whole number with its unit: `500ms`, `30s`, `5m`, `1h`, `1d`.
";

struct Row {
    name: String,
    of: String,
    description: String,
    default: String,
    built: &'static str,
}

struct Section {
    /// Keys from the root; `<name>` for one of the user's, `[]` for an item of a list.
    path: Vec<String>,
    description: String,
    rows: Vec<Row>,
}

struct Reader<'a> {
    definitions: &'a Value,
    sections: Vec<Section>,
    /// Paths of fields that are not built.
    reserved: Vec<Vec<String>>,
}

pub(crate) fn page(schema: &Value, shown: &str) -> String {
    let mut reader = Reader {
        definitions: &schema["$defs"],
        sections: Vec::new(),
        reserved: Vec::new(),
    };
    reader.section(&schema["$defs"]["Blueprint"], &[], "");
    let mut text = String::from(
        "# The blueprint\n\n<!-- Made by tests/all/docs.rs from the schema. Edits here are lost. -->\n\n\
         Every field of `gwgen.yaml`. A field that stands nowhere here is an error; a field that is not built in this release is refused by name \
         (GW2004), never ignored. An editor that reads JSON Schema takes `gwgen schema`.\n\n",
    );
    text.push_str(&VALUES.replace("{ssm}", ssm()));
    for section in &reader.sections {
        let title = if section.path.is_empty() {
            "The file".to_owned()
        } else {
            format!("`{}`", shown_path(&section.path))
        };
        write!(text, "\n## {title}\n\n").unwrap();
        if !section.description.is_empty() {
            write!(text, "{}\n\n", section.description).unwrap();
        }
        text.push_str(
            "| field | takes | what it is | default | built |\n| --- | --- | --- | --- | --- |\n",
        );
        for row in &section.rows {
            writeln!(
                text,
                "| `{}` | {} | {} | {} | {} |",
                row.name, row.of, row.description, row.default, row.built
            )
            .unwrap();
        }
    }
    write!(text, "\n## Defaults\n\n`blueprints/minimal/gwgen.yaml` with every default that is built filled in, as `gwgen show` prints it:\n\n```yaml\n{shown}```\n")
        .unwrap();
    text
}

/// Says whether `{ssm: ...}` is built, as a blueprint that uses it shows.
fn ssm() -> &'static str {
    let text = "version: 1\nname: a\nspec: a\ntopology: nlb-targets\nnetwork: {vpc: {ssm: /vpc}, subnets: [b, c]}\nbackends: {a: {port: 1, targets: {ecs: true}}}\n";
    let files = gwgen::source::FilesInMemory([("gwgen.yaml".to_owned(), text.into())].into());
    let path = gwgen::source::RelativePath::join("", "gwgen.yaml").unwrap();
    let read = gwgen::blueprint::read(
        &files,
        path,
        "gwgen.yaml".into(),
        &mut gwgen::source::Sources::default(),
    );
    if read.diagnostics.iter().any(|it| it.code.code == "GW2004") {
        "no"
    } else {
        "yes"
    }
}

fn shown_path(path: &[String]) -> String {
    path.join(".").replace(".[]", "[]")
}

impl<'a> Reader<'a> {
    fn resolved(&self, schema: &'a Value) -> &'a Value {
        schema["$ref"]
            .as_str()
            .and_then(|it| self.definitions.get(it.rsplit('/').next()?))
            .unwrap_or(schema)
    }

    fn name(schema: &'a Value) -> &'a str {
        schema["$ref"]
            .as_str()
            .and_then(|it| it.rsplit('/').next())
            .unwrap_or_default()
    }

    fn alternatives(schema: &'a Value) -> impl Iterator<Item = &'a Value> {
        ["anyOf", "oneOf"]
            .into_iter()
            .filter_map(|it| schema[it].as_array())
            .flatten()
    }

    /// Every field of a mapping, or of the alternatives that are mappings.
    fn fields(&self, schema: &'a Value) -> Vec<(&'a String, &'a Value)> {
        if KNOWN.contains(&Self::name(schema)) {
            return Vec::new();
        }
        let schema = self.resolved(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        own.chain(Self::alternatives(schema).flat_map(|it| self.fields(it)))
            .collect()
    }

    fn section(&mut self, schema: &'a Value, path: &[String], description: &str) {
        let fields = self.fields(schema);
        if fields.is_empty() {
            return;
        }
        let at = self.sections.len();
        let required: Vec<&str> = self.resolved(schema)["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        self.sections.push(Section {
            path: path.to_vec(),
            description: description.to_owned(),
            rows: Vec::new(),
        });
        for (name, field) in fields {
            let below: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            let (description, default) = described(field);
            let default = if required.contains(&name.as_str()) {
                "required".to_owned()
            } else {
                default
            };
            if is_reserved(field) {
                self.reserved.push(below.clone());
            }
            let row = Row {
                name: name.clone(),
                of: self.takes(field),
                description: description.clone(),
                default,
                built: self.built(field, &below),
            };
            self.sections[at].rows.push(row);
            self.below(field, below, &description);
        }
    }

    /// Says whether a field is built, or some of those below it.
    fn built(&self, field: &'a Value, path: &[String]) -> &'static str {
        if is_reserved(field) && field["type"] == "boolean" {
            "only `false`"
        } else if self.reserved.iter().any(|it| path.starts_with(it)) {
            "**no**"
        } else if self.fields(field).iter().any(|it| is_reserved(it.1)) {
            "partly"
        } else {
            "yes"
        }
    }

    /// Sections of what a field holds.
    fn below(&mut self, field: &'a Value, path: Vec<String>, description: &str) {
        if KNOWN.contains(&Self::name(field)) {
            return;
        }
        self.section(field, &path, description);
        let schema = self.resolved(field);
        let parts: Vec<&Value> = std::iter::once(schema)
            .chain(Self::alternatives(schema))
            .collect();
        for part in parts {
            for (key, step) in [("additionalProperties", "<name>"), ("items", "[]")] {
                if part[key].is_object() {
                    let path = path.iter().cloned().chain([step.to_owned()]).collect();
                    self.below(&part[key], path, description);
                }
            }
        }
    }

    /// Values that may be written there, in words.
    fn takes(&self, schema: &'a Value) -> String {
        match Self::name(schema) {
            "Value" => return "value".to_owned(),
            "Values" => return "values".to_owned(),
            "Reference" => return "reference".to_owned(),
            "Duration" => return "duration".to_owned(),
            _ => {}
        }
        let schema = self.resolved(schema);
        if let Some(text) = schema["const"].as_str() {
            return format!("`{text}`");
        }
        if let Some(texts) = schema["enum"].as_array() {
            return texts
                .iter()
                .filter_map(Value::as_str)
                .map(|it| format!("`{it}`"))
                .collect::<Vec<_>>()
                .join(", ");
        }
        let mut alternatives: Vec<String> = Self::alternatives(schema)
            .map(|it| self.takes(it))
            .collect();
        alternatives.dedup();
        if !alternatives.is_empty() {
            return alternatives.join(", ");
        }
        match &schema["type"] {
            Value::String(name) => match name.as_str() {
                "array" => format!("list of {}", self.takes(&schema["items"])),
                "object" if schema["additionalProperties"].is_object() => {
                    format!("name to {}", self.takes(&schema["additionalProperties"]))
                }
                "object" => "mapping".to_owned(),
                "string" => "text".to_owned(),
                "integer" => "whole number".to_owned(),
                "boolean" => "`true`, `false`".to_owned(),
                other => other.to_owned(),
            },
            Value::Array(_) => "text, number, boolean".to_owned(),
            _ => "anything".to_owned(),
        }
    }
}

/// Returns whether the schema marks a field as one that is not built.
fn is_reserved(field: &Value) -> bool {
    field["x-reserved"] == true
}

/// The description without its default, and the default.
fn described(field: &Value) -> (String, String) {
    let text = field["description"]
        .as_str()
        .unwrap_or_default()
        .replace('\n', " ")
        .replace('|', "\\|");
    match text.split_once("Default: ") {
        Some((before, default)) => {
            let (default, after) = default
                .split_once(". ")
                .unwrap_or((default.trim_end_matches('.'), ""));
            (
                format!("{before}{after}").trim_end().to_owned(),
                default.to_owned(),
            )
        }
        None => (text, String::new()),
    }
}
