//! The README beside the generated files, from its template.

use std::sync::Arc;

use crate::aws::{Integration, Node};
use crate::stack::{Input, Stack};

/// Writes the README. `routes` are the rows of its table, `command` is the blueprint that it was rendered from.
pub fn readme(stack: &Stack, name: &str, blueprint: &str, routes: &str) -> String {
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
    let parameters: Vec<_> = stack.parameters.values().map(|it| it.path.to_string()).collect();
    let has = |is_it: fn(&Node) -> bool| stack.entries.iter().any(|it| is_it(&it.node));
    let has_balancer = has(|it| matches!(it, Node::LoadBalancer(_)));
    let has_function = has(|it| matches!(it, Node::LambdaPermission(_)));
    let has_internet = has(|it| matches!(it, Node::Method(method) if matches!(method.integration, Integration::Internet(_))));
    let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    let context = minijinja::context! {
        name, title => one_line(&stack.title), blueprint, inputs, parameters, outputs, routes, has_balancer, has_function, has_internet
    };
    environment.render_str(include_str!("../../templates/readme.md.j2"), context).expect("the template names only what it is given")
}

/// Text that breaks no table.
pub fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "&lt;")
}
