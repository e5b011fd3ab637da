//! The README beside the generated files, from its template.

use std::sync::Arc;

use crate::printed::{code, line, markdown};
use crate::stack::{Input, Stack};

/// What the plan tells a reader of the output.
pub struct Told<'a> {
    pub name: &'a str,
    /// What the output was made from.
    pub sources: &'a str,
    /// The way of a request.
    pub way: &'a str,
    /// What others have to do.
    pub notes: Vec<String>,
    /// Rows of the table of routes.
    pub routes: &'a str,
}

/// Writes the README.
pub fn readme(stack: &Stack, told: Told<'_>) -> String {
    let input = |(name, input): (&Arc<str>, &Input)| {
        let default = input.default.as_ref().map_or_else(String::new, |default| code(&default.join(", ")));
        minijinja::context! { name => &**name, description => markdown(&input.description), list => input.of.is_list(), default }
    };
    let inputs: Vec<_> = stack.inputs.iter().map(input).collect();
    let outputs: Vec<_> = stack
        .outputs
        .iter()
        .map(|output| minijinja::context! { name => &*output.name, description => own_cell(&output.description) })
        .collect();
    let parameters: Vec<_> = stack.parameters.values().map(|it| code(&it.path)).collect();
    let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    let Told { name, sources, way, notes, routes } = told;
    let context = minijinja::context! { name, title => markdown(&stack.title), sources, way, notes, inputs, parameters, outputs, routes };
    environment.render_str(include_str!("../../templates/readme.md.j2"), context).expect("the template names only what it is given")
}

/// Text of gwgen's own in a cell of a table: names that it holds are those of the blueprint, which are plain.
fn own_cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}
