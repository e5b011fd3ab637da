//! Names of the stack and of its outputs, as those write them who use the output.

use crate::blueprint::{Layout, OutputFormat};
use crate::plan::{Plan, Value};
use crate::stack::{pascal, snake};

/// Names in the language of the output.
pub(crate) struct OutputNames {
    pub(crate) format: OutputFormat,
    layout: Layout,
    /// Label of the module, or name of the stack.
    pub(crate) name: String,
}

impl OutputNames {
    pub(crate) fn of(plan: &Plan) -> Self {
        let format = plan.output.format;
        let name = match format {
            OutputFormat::Terraform | OutputFormat::TerraformJson => snake(&plan.prefix.name),
            OutputFormat::Cloudformation => plan.prefix.with("").iter().map(part).collect(),
        };
        Self {
            format,
            layout: plan.output.layout,
            name,
        }
    }

    pub(crate) fn is_terraform(&self) -> bool {
        match self.format {
            OutputFormat::Terraform | OutputFormat::TerraformJson => true,
            OutputFormat::Cloudformation => false,
        }
    }

    /// Returns whether the output is a module that others call.
    pub(crate) fn is_module(&self) -> bool {
        self.is_terraform() && self.layout == Layout::Module
    }

    /// Name of an input or output: `nlb_arn`, `NlbArn`.
    pub(crate) fn spelt(&self, name: &str) -> String {
        if self.is_terraform() {
            name.to_owned()
        } else {
            pascal(name)
        }
    }

    /// The same as code on a page.
    pub(crate) fn code(&self, name: &str) -> String {
        format!("`{}`", self.spelt(name))
    }

    /// Expression with which another module or stack refers to an output.
    pub(crate) fn reference(&self, output: &str) -> String {
        let name = &self.name;
        match (self.format, self.layout) {
            (OutputFormat::Cloudformation, _) => format!("!ImportValue {name}-{}", pascal(output)),
            (_, Layout::Module) => format!("module.{name}.{output}"),
            (_, Layout::Root) => format!("data.terraform_remote_state.{name}.outputs.{output}"),
        }
    }

    /// A part of Terraform's or CloudFormation's code, as a page shows it.
    pub(crate) fn block(&self, code: &str) -> String {
        let language = if self.is_terraform() { "hcl" } else { "yaml" };
        format!("```{language}\n{code}\n```")
    }
}

/// A part of a stack's name; in place of one of deploy time stands its example.
fn part(value: &Value) -> &str {
    match value {
        Value::Literal(text) => text,
        Value::Input(_) | Value::Expression(_) | Value::Parameter { .. } => "dev",
    }
}
