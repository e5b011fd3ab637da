//! A stack as a folder of Terraform files.

use std::collections::BTreeMap;
use std::ops::Range;

use super::package;
use super::sink::Terraform;
use crate::aws::{Code, Integration, Node, Proxy};
use crate::emit::{FileTree, banner};
use crate::stack::{File, Input, Output, Parameter, Stack};

/// Lowest Terraform that takes what is written here; no upper bound, which would stop a user's upgrade.
const REQUIRED_TERRAFORM: &str = ">= 1.5.0";
/// Lowest AWS provider that knows every argument; such files are valid under 5 and 6.
const REQUIRED_PROVIDER: &str = ">= 5.40.0";
/// The same where an integration names what its link leads to. Source: AWS-RULES V9, T10; provider changelog, 6.25.0 (`integration_target`).
const REQUIRED_PROVIDER_OF_TARGETS: &str = "~> 6.25";

/// Writes a stack.
pub fn files(stack: &Stack) -> FileTree {
    written(stack, |_, _| {})
}

/// Writes a stack, and tells of each node in turn its file and where in that its blocks stand.
pub(in crate::emit) fn written(stack: &Stack, mut tell: impl FnMut(&str, Range<usize>)) -> FileTree {
    let banner = start().into_text();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    // One buffer for all: each text is copied out at its own size, and keeps nothing of what growing took.
    let mut out = Terraform::default();
    for run in stack.entries.chunk_by(|a, b| a.file == b.file) {
        let name = name(&run[0].file);
        out.resume(texts.get(&name).unwrap_or(&banner));
        for entry in run {
            let start = out.text().len();
            entry.node.terraform(&entry.address.label, &mut out);
            tell(&name, start..out.text().len());
        }
        texts.insert(name, out.text().to_owned());
    }
    texts.insert("versions.tf".into(), versions(stack).into_text());
    texts.insert("variables.tf".into(), variables(stack).into_text());
    texts.insert("data.tf".into(), parameters(stack).into_text());
    texts.insert("outputs.tf".into(), outputs(&stack.outputs).into_text());
    texts.insert("locals.tf".into(), locals(stack).into_text());
    if stack.is_root {
        texts.insert("providers.tf".into(), provider(stack).into_text());
    }
    texts.retain(|_, text| text.len() > banner.len());
    let mut files: BTreeMap<String, Vec<u8>> = texts.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    for code in functions(stack) {
        files.insert(code.module(), code.text.as_bytes().to_vec());
        files.insert(code.zip(), package::zip(code));
    }
    FileTree { files }
}

/// Code of the stack's functions, each once: several functions may run the same.
fn functions(stack: &Stack) -> impl Iterator<Item = &Code> {
    let codes =
        stack.entries.iter().filter_map(|it| if let Node::PythonFunction(function) = &it.node { Some(&function.code) } else { None });
    codes.map(|it| (it.name, it)).collect::<BTreeMap<_, _>>().into_values()
}

fn name(file: &File) -> String {
    match file {
        File::Api => "api.tf".into(),
        File::Models => "models.tf".into(),
        File::Network => "network.tf".into(),
        File::Routes(name) => format!("{name}.tf"),
    }
}

fn start() -> Terraform {
    let mut text = String::new();
    banner(&mut text, "#");
    let mut out = Terraform::with_capacity(1 << 12);
    text.lines().for_each(|line| out.line(line));
    out
}

fn versions(stack: &Stack) -> Terraform {
    let mut out = start();
    let names_target =
        |it: &Node| matches!(it, Node::Method(it) if matches!(&it.integration, Integration::Proxy(Proxy { target: Some(_), .. })));
    let is_of_targets = stack.entries.iter().any(|it| names_target(&it.node));
    out.labelled(&["terraform"], |out| {
        out.attribute("required_version", REQUIRED_TERRAFORM);
        out.block("required_providers", |out| {
            out.unaligned_map("aws", |out| {
                out.attribute("source", "hashicorp/aws");
                out.attribute("version", if is_of_targets { REQUIRED_PROVIDER_OF_TARGETS } else { REQUIRED_PROVIDER });
            });
        });
    });
    out
}

fn provider(stack: &Stack) -> Terraform {
    let mut out = start();
    out.labelled(&["provider", "aws"], |out| {
        if let Some(region) = &stack.provider_region {
            out.attribute("region", region);
        }
    });
    out
}

fn locals(stack: &Stack) -> Terraform {
    let mut out = start();
    out.labelled(&["locals"], |out| out.map("tags", stack.tags.iter().map(|(name, value)| (&**name, value))));
    out
}

fn variables(stack: &Stack) -> Terraform {
    let mut out = start();
    for (name, input) in &stack.inputs {
        out.labelled(&["variable", name], |out| variable(name, input, out));
    }
    out
}

fn variable(name: &str, input: &Input, out: &mut Terraform) {
    out.attribute("description", &*input.description);
    out.bare("type", format_args!("{}", if input.of.is_list() { "list(string)" } else { "string" }));
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
            out.bare("condition", format_args!("can(regex(\"{pattern}\", var.{name}))"));
            out.attribute("error_message", message);
        });
    }
}

fn parameters(stack: &Stack) -> Terraform {
    let mut out = start();
    for (label, it) in &stack.parameters {
        out.labelled(&["data", "aws_ssm_parameter", label.as_str()], |out| parameter(it, out));
    }
    out
}

/// `insecure_value` is empty of a SecureString, and says so late.
fn parameter(parameter: &Parameter, out: &mut Terraform) {
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

fn outputs(outputs: &[Output]) -> Terraform {
    let mut out = start();
    for output in outputs {
        out.labelled(&["output", &output.name], |out| {
            out.attribute("description", &*output.description);
            out.attribute("value", &output.terraform);
            if !output.after.is_empty() {
                let after: Vec<String> =
                    output.after.iter().map(|address| format!("{}.{}", address.names.terraform, address.label)).collect();
                out.bare("depends_on", format_args!("[{}]", after.join(", ")));
            }
        });
    }
    out
}
