//! A stack as Terraform files: in the native syntax, byte for byte as `terraform fmt` writes it, or
//! as JSON.
//!
//! In: `Stack`. Out: files. Pure.

mod package;
pub mod provider;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::aws::{LogGroup, PythonFunction, RestApi, Stack};
use crate::emit::FileTree;
use crate::plan::names::MAX_SHORT_ENVIRONMENT;
use crate::sink::{Content, Hcl as _, Syntax, Terraform};
use crate::stack::{File, Here, Input, InputType, StoredParameter, Value};

/// Lowest Terraform that takes what is written here; no upper bound, which would stop a user's
/// upgrade.
const REQUIRED_TERRAFORM: &str = ">= 1.7.0";

/// File of the API's body, without its ending.
const BODY: &str = "openapi";

/// Writes a file of its own.
type Write = fn(&Stack, &mut Terraform);

/// Writes a stack.
pub fn files(syntax: Syntax, stack: &Stack) -> FileTree {
    written(syntax, stack, |_, _| {})
}

/// Writes a stack, and reports the file of each node in turn, and the range of its blocks there (in
/// JSON: empty).
pub(crate) fn written(
    syntax: Syntax,
    stack: &Stack,
    mut report: impl FnMut(&str, Range<usize>),
) -> FileTree {
    let mut contents: BTreeMap<String, Content> = BTreeMap::new();
    // One buffer for all.
    let mut out = Terraform::new(syntax);
    for run in stack.entries.chunk_by(|a, b| a.file == b.file) {
        let name = name(&run[0].file, syntax);
        out.resume(contents.remove(&name));
        for entry in run {
            if entry.is_in_body {
                report(&[BODY, syntax.ending()].concat(), 0..0);
                continue;
            }
            let start = out.length();
            entry.node.terraform(&entry.address.label, &mut out);
            report(&name, start..out.length());
        }
        contents.insert(name, out.suspend());
    }
    let parts: [(&str, Write); 6] = [
        (BODY, body),
        ("versions", versions),
        ("variables", variables),
        ("data", parameters),
        ("outputs", outputs),
        ("providers", provider_block),
    ];
    for (name, write) in parts {
        out.resume(None);
        write(stack, &mut out);
        contents.insert([name, syntax.ending()].concat(), out.suspend());
    }
    let texts = contents
        .into_iter()
        .filter_map(|(name, content)| Some((name, content.into_text()?)));
    let mut texts: BTreeMap<String, String> = texts.collect();
    out.resume(None);
    locals(stack, &texts, &mut out);
    let locals = out.suspend().into_text();
    texts.extend(locals.map(|text| (["locals", syntax.ending()].concat(), text)));
    let texts = texts.into_iter();
    let mut files: BTreeMap<String, Vec<u8>> = texts
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    // Several functions may run the same code.
    for function in stack.all::<PythonFunction>() {
        let code = &function.code;
        files
            .entry(code.module())
            .or_insert_with(|| package::module(code));
        files
            .entry(code.zip())
            .or_insert_with(|| package::zip(code));
    }
    FileTree { files }
}

/// The API's body, where it has one.
fn body(stack: &Stack, out: &mut Terraform) {
    let body = stack.all().find_map(|api: &RestApi| api.body.as_ref());
    if let Some(body) = body {
        out.labelled(&["locals"], |out| body.terraform_object("openapi", out));
    }
}

fn name(file: &File, syntax: Syntax) -> String {
    let name = match file {
        File::Api => "api",
        File::Models => "models",
        File::Network => "network",
        File::Routes(name) => name,
    };
    [name, syntax.ending()].concat()
}

fn versions(stack: &Stack, out: &mut Terraform) {
    out.labelled(&["terraform"], |out| {
        out.attribute("required_version", REQUIRED_TERRAFORM);
        out.block("required_providers", |out| {
            out.unaligned_map("aws", |out| {
                out.attribute("source", "hashicorp/aws");
                out.attribute("version", provider::required(stack));
            });
        });
    });
}

fn provider_block(stack: &Stack, out: &mut Terraform) {
    if !stack.is_root {
        return;
    }
    out.labelled(&["provider", "aws"], |out| {
        out.optional("region", stack.provider_region.as_deref());
    });
}

/// Local values. Of account, partition and region those that one of the texts refers to.
fn locals(stack: &Stack, texts: &BTreeMap<String, String>, out: &mut Terraform) {
    let is_used = |local: &str| texts.values().any(|text| text.contains(local));
    out.labelled(&["locals"], |out| {
        for here in Here::ALL {
            if let Some(arn) =
                own_arn(stack).filter(|_| is_used(&["local.", here.local()].concat()))
            {
                let index = here.index();
                // Alone: a longer name would move its `=`.
                out.gap();
                out.bare(here.local(), format_args!("split(\":\", {arn})[{index}]"));
            }
        }
        if let Some(environment) = &stack.short_environment {
            out.gap();
            out.bare(
                "short_environment",
                format_args!("{}", shortened(environment)),
            );
        }
        out.map("tags", &stack.tags);
    });
}

/// Returns an ARN of the stack, which says where it is deployed: each attribute of the provider's
/// data sources causes a warning in some release. An API that is written as one body names
/// functions whose roles wait for the ARN, so the ARN cannot be its own; a log group waits for
/// nothing.
///
/// Source: docs/aws-rules.md#t9.
fn own_arn(stack: &Stack) -> Option<String> {
    let api = stack.entries_of::<RestApi>().next();
    let log_group = stack.entries_of::<LogGroup>().next();
    let of_api = api.map(|(entry, api)| (format!("{}.execution_arn", entry.address), api));
    match (of_api, log_group) {
        (Some((arn, api)), Some(_)) if api.body.is_none() => Some(arn),
        (_, Some((entry, _))) => Some(format!("{}.arn", entry.address)),
        (of_api, None) => of_api.map(|(arn, _)| arn),
    }
}

/// The first characters of a text and a hash of it, where it is longer than short names have room
/// for.
fn shortened(value: &Value) -> String {
    let mut text = String::new();
    value.hcl(&mut text);
    format!(
        "length({text}) > {MAX_SHORT_ENVIRONMENT} ? \"${{substr({text}, 0, 3)}}-${{substr(sha256({text}), 0, 4)}}\" : {text}"
    )
}

fn variables(stack: &Stack, out: &mut Terraform) {
    for (name, input) in &stack.inputs {
        out.labelled(&["variable", name], |out| variable(name, input, out));
    }
}

pub(crate) fn variable_type(of: InputType) -> &'static str {
    if of.is_list() {
        "list(string)"
    } else {
        "string"
    }
}

fn variable(name: &str, input: &Input, out: &mut Terraform) {
    out.attribute("description", &*input.description);
    out.bare("type", format_args!("{}", variable_type(input.of)));
    match &input.default {
        Some(texts) if input.of.is_list() => out.texts("default", texts),
        Some(texts) => out.attribute("default", texts.first().map_or("", |text| text)),
        None => {}
    }
    if input.sensitive {
        out.attribute("sensitive", true);
    }
    if let Some((pattern, message)) = input.pattern {
        out.block("validation", |out| {
            out.bare(
                "condition",
                format_args!("can(regex(\"{pattern}\", var.{name}))"),
            );
            out.attribute("error_message", message);
        });
    }
}

fn parameters(stack: &Stack, out: &mut Terraform) {
    for (label, stored) in &stack.parameters {
        out.labelled(&["data", "aws_ssm_parameter", label.as_str()], |out| {
            parameter(stored, out)
        });
    }
}

/// `insecure_value` of a SecureString is empty, which fails late.
fn parameter(parameter: &StoredParameter, out: &mut Terraform) {
    out.attribute("name", &*parameter.path);
    out.attribute("with_decryption", false);
    out.block("lifecycle", |out| {
        out.block("postcondition", |out| {
            out.bare("condition", format_args!("self.type != \"SecureString\""));
            out.attribute(
                "error_message",
                format!("The parameter {} is a SecureString: its text would stand in the state.", parameter.path),
            );
        });
        if let Some((pattern, message)) = parameter.pattern {
            out.block("postcondition", |out| {
                out.bare("condition", format_args!("self.type == \"SecureString\" || can(regex(\"{pattern}\", self.insecure_value))"));
                out.attribute("error_message", format!("The parameter {}: {message}", parameter.path));
            });
        }
    });
}

fn outputs(stack: &Stack, out: &mut Terraform) {
    for output in &stack.outputs {
        out.labelled(&["output", &output.name], |out| {
            out.attribute("description", &*output.description);
            out.attribute("value", &output.terraform);
            if !output.after.is_empty() {
                out.depends_on(&output.after);
            }
        });
    }
}
