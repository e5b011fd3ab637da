//! How the output is used: the call of the module, or the commands that deploy it.
//!
//! In: `Plan`, `Stack`, the files. Out: Markdown. Pure.

mod examples;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::names::OutputNames;
use super::{FileTree, terraform};
use crate::aws::{Deployment, Entry, Role, Stack};
use crate::blueprint::OutputFormat;
use crate::limits::{CALLS_PER_SECOND, api_objects};
use crate::plan::{Plan, TAGS};
use crate::printed::line;
use crate::sink::quoted;
use crate::stack::{Input, Value, pascal};
use examples::example;

/// Bytes of a template that CloudFormation takes with a call; a larger one comes from S3. Source:
/// docs/aws-rules.md#f11.
const INLINE_BYTES: usize = 51_200;

/// Calls of the control plane that AWS takes at once. Source: docs/aws-rules.md#d26.
const CALLS_AT_ONCE: usize = 40;

/// Calls that one of Terraform's workers makes in ten seconds, assumed: each waits 0.4 s for its
/// response.
const CALLS_OF_A_WORKER: usize = 25;

/// Workers of Terraform, unless `-parallelism` says otherwise. Source: Terraform, "terraform apply",
/// <https://developer.hashicorp.com/terraform/cli/commands/apply>, read 2026-11-30.
const WORKERS: usize = 10;

/// The text below the heading.
pub(crate) fn usage(plan: &Plan, stack: &Stack, names: &OutputNames, tree: &FileTree) -> String {
    if !names.is_terraform() {
        return deploy(plan, stack, names, super::template_bytes(plan, tree));
    }
    let mut text = if names.is_module() {
        call(plan, stack, names)
    } else {
        commands(stack)
    };
    if let Some(paced) = paced(stack) {
        text.push_str("\n\n");
        text.push_str(&paced);
    }
    if plan.output.format == OutputFormat::Terraform && api_objects(stack) > 0 {
        text.push_str(
            "\n\nThe maps have colons, so that `terraform fmt` aligns nothing in them: one more route is one more line.",
        );
    }
    if let Some((entry, _)) = stack.entries_of::<Deployment>().next() {
        text.push_str("\n\n");
        text.push_str(&after_a_value(entry, names, &held_inputs(stack)));
    }
    text
}

/// What to do where a value of deploy time changes: the files of a render then stay, and with them
/// the deployment's name.
///
/// Source: docs/aws-rules.md#w16.
fn after_a_value(entry: &Entry, names: &OutputNames, held: &BTreeSet<&str>) -> String {
    let module = names.is_module().then(|| format!("module.{}.", names.name));
    let prefix = module.unwrap_or_default();
    let held: Vec<String> = held.iter().map(|name| format!("`{name}`")).collect();
    let held = match held.join(", ") {
        held if held.is_empty() => held,
        held => format!(" (of {held})"),
    };
    let commands = format!(
        "terraform state rm '{prefix}{}'\nterraform apply",
        entry.address
    );
    format!(
        "The stage shows a deployment, which is a copy of the API. Each render that changes the API gives it a new name; Terraform forgets the \
         earlier ones (`removed`), and AWS keeps them as history. Where only a *value* changes that the API holds{held}, the name stays and AWS refuses \
         to replace the deployment (\"Active stages pointing to this deployment\"). Forget it first:\n\n{}\n\n\
         Earlier deployments cost nothing. To list and to delete them (AWS deletes none that a stage shows):\n\n{}",
        shell(&commands),
        shell(HISTORY),
    )
}

/// Inputs whose values a deployment copies.
fn held_inputs(stack: &Stack) -> BTreeSet<&str> {
    let deployments = stack.all::<Deployment>();
    let values = deployments.flat_map(|deployment| {
        let of_routes = deployment
            .routes
            .iter()
            .flat_map(|route| &route.deploy_time);
        of_routes.chain(&deployment.api_uses)
    });
    let inputs = values.filter_map(|value| match value {
        Value::Input(name) => Some(&**name),
        _ => None,
    });
    inputs.collect()
}

/// What to do in CloudFormation where a value changes that the API holds: its deployment is that
/// of the template, and no other is taken.
///
/// Source: docs/aws-rules.md#w11.
fn after_a_parameter(plan: &Plan, stack: &Stack, names: &OutputNames) -> Option<String> {
    let held = held_inputs(stack).into_iter();
    let held: Vec<String> = held.map(|name| format!("`{}`", pascal(name))).collect();
    let region = plan.region.iter();
    let region: String = region.map(|region| format!(" --region {region}")).collect();
    let output = |key: &str| {
        format!(
            "\"$(aws cloudformation describe-stacks{region} --stack-name {} \\\n    --query \"Stacks[0].Outputs[?OutputKey=='{key}'].OutputValue\" --output text)\"",
            names.name
        )
    };
    let (api, stage) = (output("RestApiId"), output("StageName"));
    let command = format!(
        "aws apigateway create-deployment{region} \\\n  --rest-api-id {api} \\\n  --stage-name {stage}"
    );
    (!held.is_empty()).then(|| format!(
        "The stage shows a copy of the API, which CloudFormation takes anew where the template changes, and not where a value of a parameter does. \
         After a change of the value of {}, take one:\n\n{}",
        held.join(", "),
        shell(&command)
    ))
}

fn shell(commands: &str) -> String {
    format!("```sh\n{commands}\n```")
}

/// Commands about earlier deployments.
const HISTORY: &str = "aws apigateway get-deployments --rest-api-id API_ID\naws apigateway delete-deployment --rest-api-id API_ID --deployment-id ID";

/// Inputs without a default, and those with one.
fn inputs(stack: &Stack) -> [Vec<(&Arc<str>, &Input)>; 2] {
    let (with, without) = stack
        .inputs
        .iter()
        .partition(|(_, input)| input.default.is_some());
    [without, with]
}

/// The block that calls the module. Each input has a comment above, so that nothing is aligned.
fn call(plan: &Plan, stack: &Stack, names: &OutputNames) -> String {
    let mut code = format!("module \"{}\" {{\n  source = ", names.name);
    quoted(&mut code, &format!("./{}", folder(&plan.output.dir)));
    let [required, optional] = inputs(stack);
    for (name, input) in required {
        let value = match input.sensitive {
            true => format!("var.{name}"),
            false => value(input),
        };
        code.push_str(&format!(
            "\n\n  # {}\n  {name} = {value}",
            input.of.description()
        ));
    }
    for (name, input) in optional {
        let default = default(input);
        code.push_str(&format!(
            "\n\n  # {} The default:\n  # {name} = {default}",
            input.of.description()
        ));
    }
    if stack.has_more_tags {
        let [description, _] = terraform::MORE_TAGS;
        code.push_str(&format!(
            "\n\n  # {description} The default:\n  # {TAGS} = {{}}"
        ));
    }
    code.push_str("\n}");
    format!(
        "A module of Terraform that calls it, with the path of this folder as `source`:\n\n{}",
        names.block(&code)
    )
}

/// Last part of the folder's path.
fn folder(dir: &str) -> &str {
    let last = dir.trim_end_matches('/').rsplit('/').next();
    last.filter(|last| !matches!(*last, "" | "." | ".."))
        .unwrap_or("generated")
}

/// A placeholder for a value of Terraform.
fn value(input: &Input) -> String {
    let examples = example(input.of);
    let quoted: Vec<String> = examples.iter().map(|text| format!("\"{text}\"")).collect();
    if input.of.is_list() {
        format!("[{}]", quoted.join(", "))
    } else {
        quoted.concat()
    }
}

fn default(input: &Input) -> String {
    let texts = input.default.as_deref().unwrap_or_default();
    let mut out = String::new();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        quoted(&mut out, &line(text));
    }
    if input.of.is_list() {
        format!("[{out}]")
    } else {
        out
    }
}

/// The commands for a folder that is applied by itself.
fn commands(stack: &Stack) -> String {
    let [required, optional] = inputs(stack);
    let mut code = String::from("terraform init\nterraform apply");
    for (name, input) in required.iter().filter(|(_, input)| !input.sensitive) {
        let value = match input.of.is_list() {
            true => value(input),
            false => example(input.of).concat(),
        };
        code.push_str(&format!(" \\\n  -var '{name}={value}'"));
    }
    code.push_str(" \\\n  -input=false");
    let mut text = format!("In this folder:\n\n{}", shell(&code));
    let secret = required.iter().filter(|(_, input)| input.sensitive);
    let secret: Vec<String> = secret.map(|(name, _)| format!("`TF_VAR_{name}`")).collect();
    if !secret.is_empty() {
        let secret = secret.join(", ");
        text.push_str(&format!(
            "\n\nSecret inputs come from the environment: {secret}."
        ));
    }
    text + &with_defaults(&optional, |name| format!("`{name}`"))
}

/// A sentence that names the inputs that may be left out.
fn with_defaults(optional: &[(&Arc<str>, &Input)], name: impl Fn(&str) -> String) -> String {
    if optional.is_empty() {
        return String::new();
    }
    let names: Vec<String> = optional.iter().map(|(input, _)| name(input)).collect();
    format!("\n\nMay be left out, with a default: {}.", names.join(", "))
}

/// The command that deploys the template.
fn deploy(plan: &Plan, stack: &Stack, names: &OutputNames, bytes: Option<usize>) -> String {
    let template = super::cloudformation::name(plan.output.template);
    let mut options = vec![format!("--template-file {template}")];
    let is_large = bytes.is_some_and(|bytes| bytes > INLINE_BYTES);
    options.extend(is_large.then(|| "--s3-bucket BUCKET".to_owned()));
    options.extend(
        plan.region
            .iter()
            .map(|region| format!("--region {region}")),
    );
    let has_roles = stack.all::<Role>().next().is_some();
    options.extend(has_roles.then(|| "--capabilities CAPABILITY_IAM".to_owned()));
    let [required, optional] = inputs(stack);
    if !required.is_empty() {
        options.push("--parameter-overrides".to_owned());
    }
    options.extend(required.iter().map(|(name, input)| {
        let value = match input.sensitive {
            true => format!("\"${}\"", name.to_uppercase()),
            false => format!("'{}'", example(input.of).join(",")),
        };
        format!("  {}={value}", pascal(name))
    }));
    // The last line stays the last where there is one parameter more.
    options.push(format!("--stack-name {}", names.name));
    let mut text = format!(
        "```sh\naws cloudformation deploy \\\n  {}\n```",
        options.join(" \\\n  ")
    );
    if is_large {
        text.push_str(&format!(
            "\n\nCloudFormation takes a template of more than {INLINE_BYTES} bytes, as this one, from S3 alone: the command puts it into the bucket \
             `BUCKET`, which is yours and in the same region."
        ));
    }
    if has_roles {
        text.push_str(
            "\n\nThe template makes roles, which have no names of their own: `CAPABILITY_IAM` agrees to that.",
        );
    }
    text.push_str(&with_defaults(&optional, |name| {
        format!("`{}`", pascal(name))
    }));
    if let Some(after) = after_a_parameter(plan, stack, names) {
        text.push_str("\n\n");
        text.push_str(&after);
    }
    text
}

/// A sentence on how not to have calls refused, where Terraform's own pace would last too long. Its
/// number is the same for one endpoint more.
fn paced(stack: &Stack) -> Option<String> {
    let workers = CALLS_PER_SECOND * 10 / CALLS_OF_A_WORKER;
    let beyond = api_objects(stack) * (WORKERS - workers) / WORKERS;
    (beyond > CALLS_AT_ONCE).then(|| format!(
        "An apply makes each part of the API with a call, and a plan reads it with one. AWS takes {CALLS_PER_SECOND} such calls a second from an \
         account, and {CALLS_AT_ONCE} at once, and throttles the rest: `terraform plan -parallelism={workers}` and \
         `terraform apply -parallelism={workers}` stay below that."
    ))
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn the_folder_is_the_last_part_of_its_path() {
        let dirs = ["generated", "../infra/api/", ".", "a/.."];
        let folders = ["generated", "api", "generated", "generated"];
        assert_eq!(dirs.map(folder), folders);
    }
}
