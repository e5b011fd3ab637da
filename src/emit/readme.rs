//! The README beside the generated files, from its template.

use std::sync::Arc;

use super::names::OutputNames;
use super::{cloudformation, terraform};
use crate::aws::Stack;
use crate::blueprint::OutputFormat;
use crate::plan::TAGS;
use crate::printed::{code, line, markdown};
use crate::stack::{Input, InputType};

/// Facts of the plan for a reader of the output.
pub(crate) struct ReadmeFacts<'a> {
    pub(crate) names: &'a OutputNames,
    pub name: &'a str,
    /// Sources of the output.
    pub sources: &'a str,
    /// The hops of a request, in a sentence.
    pub way: &'a str,
    /// The picture, in Mermaid.
    pub picture: String,
    /// How the output is deployed.
    pub usage: String,
    /// Tasks outside the stack.
    pub notes: Vec<String>,
    /// The table of routes.
    pub routes: &'a str,
}

/// Writes the README.
pub(crate) fn readme(stack: &Stack, facts: ReadmeFacts<'_>) -> String {
    let ReadmeFacts {
        names,
        name,
        sources,
        way,
        picture,
        usage,
        notes,
        routes,
    } = facts;
    let notes: Vec<String> = notes.iter().map(|note| indented(note)).collect();
    let input = |(name, input): (&Arc<str>, &Input)| {
        let default = input
            .default
            .as_ref()
            .map_or_else(String::new, |default| code(&default.join(", ")));
        minijinja::context! { name => names.spelt(name), description => markdown(&input.description), of => types(input.of, names.format), default }
    };
    let mut inputs: Vec<_> = stack.inputs.iter().map(input).collect();
    if stack.has_more_tags {
        let [description, of] = terraform::MORE_TAGS;
        inputs.push(minijinja::context! { name => TAGS, description, of, default => code("{}") });
    }
    let outputs: Vec<_> = stack
        .outputs
        .iter()
        .map(|output| minijinja::context! { name => names.spelt(&output.name), description => own_cell(&output.description) })
        .collect();
    let parameters: Vec<_> = stack
        .parameters
        .values()
        .map(|parameter| code(&parameter.path))
        .collect();
    let exports = (!names.is_terraform()).then(|| format!("`{}-NAME`", names.name));
    let left_out = stack.outputs_left_out;
    let syntax = minijinja::syntax::SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build();
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    let context = minijinja::context! { name, title => markdown(&stack.title), sources, way, picture, usage, notes, inputs, parameters, outputs, exports, left_out, routes };
    environment
        .render_str(include_str!("../../templates/readme.md.j2"), context)
        .expect("the template names only what it is given")
}

/// The type of an input, as the output's language calls it.
fn types(of: InputType, format: OutputFormat) -> &'static str {
    match format {
        OutputFormat::Terraform | OutputFormat::TerraformJson => terraform::variable_type(of),
        OutputFormat::Cloudformation => cloudformation::parameter_type(of),
    }
}

/// Text of gwgen's own in a cell of a table: names that it holds are those of the blueprint, which
/// are plain.
fn own_cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

/// A note as an item of a list, whose further lines belong to it.
fn indented(note: &str) -> String {
    let mut lines = note.lines();
    let mut text = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        text.push('\n');
        if !line.is_empty() {
            text.push_str("  ");
            text.push_str(line);
        }
    }
    text
}
