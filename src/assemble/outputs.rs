//! Outputs that several kinds of owners have: those of functions, roles and log groups.
//! In: nodes of the stack. Out: outputs in the stack. Pure.

use crate::aws::{LogGroup, PythonFunction, Role, Stack};
use crate::stack::{Handle, Output, Value, snake};

/// Owner of a resource, as the names and descriptions of its outputs have it.
pub(crate) struct Owner<'a> {
    /// First word of the names.
    word: &'static str,
    /// What a description says of it, behind `of`.
    noun: String,
    /// Last word of the names, where each backend has one.
    backend: Option<&'a str>,
}

impl<'a> Owner<'a> {
    pub(crate) fn new(word: &'static str, noun: &str) -> Self {
        Self {
            word,
            noun: noun.to_owned(),
            backend: None,
        }
    }

    /// The owner that a backend has.
    pub(crate) fn of_backend(word: &'static str, noun: &str, backend: &'a str) -> Self {
        Self {
            word,
            noun: format!("{noun} the backend `{backend}`"),
            backend: Some(backend),
        }
    }

    /// Adds `<word>_<attribute>` or `<word>_<attribute>_<backend>`.
    fn output(&self, stack: &mut Stack, attribute: &str, what: &str, values: [Value; 2]) {
        let mut name = format!("{}_{attribute}", self.word);
        if let Some(backend) = self.backend {
            name.push('_');
            name.push_str(&snake(backend));
        }
        let description = format!("{what} of {}.", self.noun);
        let mut output = Output::new(name, description, values);
        output.is_optional = self.backend.is_some();
        stack.outputs.push(output);
    }
}

/// Adds the outputs of a function, of its role and of its log group.
pub(crate) fn function(stack: &mut Stack, owner: &Owner<'_>, function: &Handle<PythonFunction>) {
    let PythonFunction {
        role: of_function,
        log_group: log,
        ..
    } = stack.get(function);
    let (of_function, log) = (of_function.clone(), log.clone());
    let (name, arn) = (function.name(), function.arn());
    owner.output(stack, "function_name", "Name", [name.clone(), name]);
    owner.output(stack, "function_arn", "ARN", [arn.clone(), arn]);
    role(stack, owner, &of_function);
    log_group(stack, owner, &log);
}

/// Adds the outputs of a role.
pub(crate) fn role(stack: &mut Stack, owner: &Owner<'_>, role: &Handle<Role>) {
    let (name, arn) = (role.name(), role.arn());
    let what = "Name of the role";
    owner.output(stack, "role_name", what, [name.clone(), name]);
    owner.output(stack, "role_arn", "ARN of the role", [arn.clone(), arn]);
}

/// Adds the outputs of a log group; its ARN has no `:*` at its end in either format.
pub(crate) fn log_group(stack: &mut Stack, owner: &Owner<'_>, group: &Handle<LogGroup>) {
    let (name, arn) = (group.name(), [group.arn(), group.bare_arn()]);
    let what = "Name of the log group";
    owner.output(stack, "log_group_name", what, [name.clone(), name]);
    owner.output(stack, "log_group_arn", "ARN of the log group", arn);
}
