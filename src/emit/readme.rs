//! The README beside the generated files, from its template.

use std::sync::Arc;

use super::{cloudformation, terraform};
use crate::aws::Stack;
use crate::blueprint::OutputFormat;
use crate::printed::{code, line, markdown};
use crate::stack::{Input, InputType};

/// Facts of the plan for a reader of the output.
pub struct ReadmeFacts<'a> {
    pub format: OutputFormat,
    pub name: &'a str,
    /// Sources of the output.
    pub sources: &'a str,
    /// The hops of a request, in a sentence.
    pub way: &'a str,
    /// Tasks outside the stack.
    pub notes: Vec<String>,
    /// The table of routes.
    pub routes: &'a str,
}

/// Writes the README.
pub fn readme(stack: &Stack, facts: ReadmeFacts<'_>) -> String {
    let ReadmeFacts {
        format,
        name,
        sources,
        way,
        notes,
        routes,
    } = facts;
    let input = |(name, input): (&Arc<str>, &Input)| {
        let default = input
            .default
            .as_ref()
            .map_or_else(String::new, |default| code(&default.join(", ")));
        minijinja::context! { name => &**name, description => markdown(&input.description), of => types(input.of, format), default }
    };
    let inputs: Vec<_> = stack.inputs.iter().map(input).collect();
    let outputs: Vec<_> = stack
        .outputs
        .iter()
        .map(|output| minijinja::context! { name => &*output.name, description => own_cell(&output.description) })
        .collect();
    let parameters: Vec<_> = stack
        .parameters
        .values()
        .map(|parameter| code(&parameter.path))
        .collect();
    let syntax = minijinja::syntax::SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build();
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    let context = minijinja::context! { name, title => markdown(&stack.title), sources, way, notes, inputs, parameters, outputs, routes };
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
