//! The README beside the generated files, from its template.

use std::sync::Arc;

use crate::stack::{Input, Stack};

/// Writes the README. `routes` are the rows of its table, `sources` is what it was made from.
pub fn readme(stack: &Stack, name: &str, sources: &str, routes: &str) -> String {
    let input = |(name, input): (&Arc<str>, &Input)| {
        let default = input.default.as_ref().map_or_else(String::new, |default| cell(&default.join(", ")));
        minijinja::context! { name => &**name, description => cell(&input.description), list => input.of.is_list(), default }
    };
    let inputs: Vec<_> = stack.inputs.iter().map(input).collect();
    let outputs: Vec<_> = stack
        .outputs
        .iter()
        .map(|output| minijinja::context! { name => &*output.name, description => cell(&output.description) })
        .collect();
    let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    let context = minijinja::context! { name, title => one_line(&stack.title), sources, inputs, outputs, routes };
    environment.render_str(include_str!("../../templates/readme.md.j2"), context).expect("the template names only what it is given")
}

/// Text that breaks no table.
pub fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "&lt;")
}
