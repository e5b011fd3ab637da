//! Values of the blueprint, and the inputs that they refer to.

mod identifiers;
mod literals;
pub(crate) mod patterns;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{InputPlan, InputType, OutputPlan, ParameterPlan, Value, Values};
use crate::blueprint::{self, Blueprint, Layout, OutputFormat, Variable};
use crate::diagnostic::{self, Diagnostic, Place};

/// A field of the blueprint for security groups.
pub(crate) struct SecurityGroupsField {
    pub(crate) pointer: &'static str,
    pub(crate) of: InputType,
    /// Message and help where the list is empty.
    pub(crate) empty: &'static str,
    pub(crate) help: &'static str,
}

/// Inputs and parameters that values refer to so far; the stack drops those that it does not use.
pub(crate) struct Variables<'a> {
    blueprint: &'a Blueprint,
    format: OutputFormat,
    inputs: BTreeMap<Arc<str>, (InputPlan, String)>,
    parameters: BTreeMap<Arc<str>, (ParameterPlan, String)>,
    /// An expression reads the variable that is called `TAGS`.
    reads_tags: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// Variable of a module for further tags.
pub(crate) const TAGS: &str = "tags";

/// Returns whether an expression of Terraform reads a variable.
fn reads_variable(expression: &str, name: &str) -> bool {
    let variable = format!("var.{name}");
    let goes_on =
        |rest: &str| rest.starts_with(|it: char| it.is_alphanumeric() || "_-".contains(it));
    let mut found = expression.match_indices(&variable);
    found.any(|(at, variable)| !goes_on(&expression[at + variable.len()..]))
}

impl<'a> Variables<'a> {
    pub(crate) fn new(
        blueprint: &'a Blueprint,
        format: OutputFormat,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            blueprint,
            format,
            inputs: BTreeMap::new(),
            parameters: BTreeMap::new(),
            reads_tags: false,
            diagnostics,
        }
    }

    /// Returns whether a module may have a variable for further tags: none of the user's has its name.
    pub(crate) fn has_more_tags(&self, output: &OutputPlan) -> bool {
        let is_module = match output.format {
            OutputFormat::Terraform | OutputFormat::TerraformJson => {
                output.layout == Layout::Module
            }
            OutputFormat::Cloudformation => false,
        };
        is_module && !self.reads_tags
    }

    /// Inputs by name and parameters by path.
    pub(crate) fn finish(
        self,
    ) -> (
        BTreeMap<Arc<str>, InputPlan>,
        BTreeMap<Arc<str>, ParameterPlan>,
    ) {
        let inputs = self
            .inputs
            .into_iter()
            .map(|(name, (input, _))| (name, input))
            .collect();
        (
            inputs,
            self.parameters
                .into_iter()
                .map(|(path, (parameter, _))| (path, parameter))
                .collect(),
        )
    }

    pub(crate) fn blueprint(&self) -> &'a Blueprint {
        self.blueprint
    }

    /// The place of a JSON pointer of the blueprint.
    pub(crate) fn place(&self, pointer: &str) -> Place {
        self.blueprint.place(pointer)
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The value at a pointer of the blueprint.
    ///
    /// Errors: GW2002 literal, GW2006 two types of one variable, GW2008 Terraform only.
    pub(crate) fn value(
        &mut self,
        value: &blueprint::ValueSpec,
        of: InputType,
        pointer: &str,
    ) -> Value {
        match value {
            blueprint::ValueSpec::Literal(text) => {
                self.check_literal(text, of, pointer);
                Value::Literal(text.as_str().into())
            }
            blueprint::ValueSpec::Variable(variable) => {
                let name: Arc<str> = variable.name.as_str().into();
                self.declare(variable, of, pointer);
                Value::Input(name)
            }
            blueprint::ValueSpec::Expression(text) => {
                self.only_terraform(
                    pointer,
                    "an expression is Terraform's own, and CloudFormation has none",
                    "write `{var: name}`, which both know",
                );
                self.reads_tags |= reads_variable(text, TAGS);
                Value::Expression(text.as_str().into())
            }
            blueprint::ValueSpec::Parameter(path) => {
                self.look_up(path, of, pointer);
                Value::Parameter {
                    path: path.as_str().into(),
                    is_list: of.is_list(),
                }
            }
        }
    }

    /// Whether AWS refuses to delete a balancer: an input in CloudFormation, which rolls a first
    /// deployment that fails back, and could not delete a balancer that is protected.
    ///
    /// Source: docs/aws-rules.md#l33. Errors: GW2006 another type of that variable.
    pub(crate) fn protection(&mut self, is_on: bool) -> Value {
        if !is_on || self.format != OutputFormat::Cloudformation {
            return Value::Literal(is_on.to_string().into());
        }
        let variable = Variable {
            name: "deletion_protection".to_owned(),
            description: None,
            default: Some(true.into()),
            sensitive: None,
        };
        self.declare(&variable, InputType::Protection, "/nlb/deletion_protection");
        Value::Input(variable.name.into())
    }

    /// The target group of a backend that serves, where deployments switch between two.
    pub(crate) fn serving(&mut self, backend: &str, pointer: &str) -> Value {
        let variable = Variable {
            name: format!("serving_{}", backend.replace('-', "_")),
            description: Some(format!(
                "Target group of the backend `{backend}` that serves, `blue` or `green`: a listener or rule that is new starts there, and those that are there stay as deployments left them."
            )),
            default: Some("blue".into()),
            sensitive: None,
        };
        self.declare(&variable, InputType::Text, pointer);
        Value::Input(variable.name.into())
    }

    /// A list of values, or a reference that yields all of them.
    pub(crate) fn values(
        &mut self,
        values: &blueprint::ValuesSpec,
        list: InputType,
        pointer: &str,
    ) -> Values {
        match values {
            blueprint::ValuesSpec::List(values) => {
                let item = list.item().unwrap_or(list);
                let values = values
                    .iter()
                    .enumerate()
                    .map(|(index, value)| self.value(value, item, &format!("{pointer}/{index}")));
                Values::List(values.collect())
            }
            blueprint::ValuesSpec::One(value) => Values::One(self.value(value, list, pointer)),
        }
    }

    /// Refuses a list that is known only at deploy time, where each item needs a resource of its own.
    pub(crate) fn only_listed(
        &mut self,
        values: &blueprint::ValuesSpec,
        pointer: &str,
        what: &str,
    ) {
        if matches!(values, blueprint::ValuesSpec::One(_)) {
            self.only_terraform(
                pointer,
                &format!("CloudFormation cannot {what} for each item of a list that is known only at deploy time"),
                "list the items one by one, each as `{var: name}` if need be",
            );
        }
    }

    /// Refuses a list without an item.
    pub(crate) fn refuse_empty(
        &mut self,
        values: &blueprint::ValuesSpec,
        pointer: &str,
        message: &str,
        help: &str,
    ) {
        if matches!(values, blueprint::ValuesSpec::List(list) if list.is_empty()) {
            let finding = diagnostic::INVALID_VALUE.at(self.place(pointer));
            self.report(finding.message(message).help(help));
        }
    }

    /// Decides the security groups of something that the stack creates; with `has_rules` it creates
    /// a rule for each of them.
    ///
    /// Errors: GW2002 empty list, and those of `values` and `only_listed`.
    pub(crate) fn security_groups(
        &mut self,
        groups: Option<&blueprint::ValuesSpec>,
        field: &SecurityGroupsField,
        has_rules: bool,
    ) -> Option<Values> {
        let groups = groups?;
        self.refuse_empty(groups, field.pointer, field.empty, field.help);
        if has_rules {
            self.only_listed(groups, field.pointer, "make a rule");
        }
        Some(self.values(groups, field.of, field.pointer))
    }

    pub(crate) fn format(&self) -> OutputFormat {
        self.format
    }

    /// Refuses what CloudFormation cannot express.
    pub(crate) fn only_terraform(&mut self, pointer: &str, message: &str, help: &str) {
        if self.format == OutputFormat::Cloudformation {
            let place = self.blueprint.place(pointer);
            self.diagnostics.push(
                diagnostic::TERRAFORM_ONLY
                    .at(place)
                    .message(message)
                    .help(help),
            );
        }
    }

    /// A path is one parameter, of one type, however often it is used.
    fn look_up(&mut self, path: &str, of: InputType, pointer: &str) {
        let Some((known, first)) = self.parameters.get_mut(path) else {
            self.parameters
                .insert(path.into(), (ParameterPlan { of }, pointer.to_owned()));
            return;
        };
        match joined(known.of, of) {
            Some(of) => known.of = of,
            None => {
                let finding = diagnostic::CONFLICTING_VARIABLE
                    .at(self.blueprint.place(pointer))
                    .also(self.blueprint.place(first))
                    .message(format_args!(
                        "the parameter `{path}` is {} here and {} at its other place",
                        of.noun(),
                        known.of.noun()
                    ))
                    .help("use two parameters of different paths");
                self.diagnostics.push(finding);
            }
        }
    }

    fn declare(&mut self, variable: &Variable, of: InputType, pointer: &str) {
        for text in variable.default.iter().flat_map(default_texts) {
            self.check_literal(&text, of, &format!("{pointer}/default"));
        }
        let input = InputPlan {
            of,
            description: variable
                .description
                .as_deref()
                .unwrap_or_else(|| of.description())
                .into(),
            default: variable.default.as_ref().map(default_texts),
            is_sensitive: variable.sensitive.unwrap_or(false),
        };
        let Some((known, first)) = self.inputs.get_mut(variable.name.as_str()) else {
            self.inputs
                .insert(variable.name.as_str().into(), (input, pointer.to_owned()));
            return;
        };
        let Some(of) = joined(known.of, input.of) else {
            let finding = diagnostic::CONFLICTING_VARIABLE
                .at(self.blueprint.place(pointer))
                .also(self.blueprint.place(first))
                .message(format_args!(
                    "the variable `{}` is {} here and {} at its other place",
                    variable.name,
                    input.of.noun(),
                    known.of.noun()
                ))
                .help("use two variables of different names");
            self.diagnostics.push(finding);
            return;
        };
        let description = if variable.description.is_some() {
            input.description
        } else {
            Arc::clone(&known.description)
        };
        *known = InputPlan {
            of,
            description,
            default: input.default.or_else(|| known.default.clone()),
            is_sensitive: known.is_sensitive || input.is_sensitive,
        };
    }
}

/// The type of what is used as both; a text may be anything that is no list.
fn joined(first: InputType, second: InputType) -> Option<InputType> {
    // A value of the first of a pair serves the second, too.
    const PAIRS: [(InputType, InputType); 6] = [
        (InputType::Function, InputType::AuthorizerFunction),
        (InputType::SecurityGroup, InputType::LinkGroup),
        (InputType::BalancerGroup, InputType::LinkGroup),
        (InputType::BalancerGroups, InputType::LinkGroups),
        (InputType::Subnet, InputType::LinkSubnet),
        (InputType::Subnets, InputType::LinkSubnets),
    ];
    if first.is_list() != second.is_list() {
        return None;
    }
    if first == InputType::Text {
        return Some(second);
    }
    let is_group = |one, other| {
        one == InputType::SecurityGroup
            && matches!(other, InputType::BalancerGroup | InputType::FunctionGroup)
    };
    if first == second
        || second == InputType::Text
        || is_group(first, second)
        || is_group(second, first)
        || PAIRS.contains(&(first, second))
    {
        return Some(first);
    }
    PAIRS.contains(&(second, first)).then_some(second)
}

fn default_texts(default: &serde_json::Value) -> Vec<Arc<str>> {
    let text = |value: &serde_json::Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string().into(), Arc::from)
    };
    default.as_array().map_or_else(
        || vec![text(default)],
        |list| list.iter().map(text).collect(),
    )
}
