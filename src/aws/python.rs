//! Lambda: functions whose code is a part of gwgen.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::document::terraform_texts;
use super::iam::Role;
use super::logs::LogGroup;
use super::{Arguments, Copied, HasArn, Home, Kind, SecurityGroup};
use crate::sink::{Properties, Terraform};
use crate::stack::{Address, Handle, List, Spelling, Value};

/// Code of a function: one module of Python.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionCode {
    /// Name of the module, `sync`; Terraform finds it zipped beside the files, CloudFormation holds
    /// its text.
    pub name: &'static str,
    pub text: &'static str,
}

fields! { FunctionCode { route: [name], other: [text] } }

/// The function `handler` of the module that both formats name `index`. Source:
/// docs/aws-rules.md#z6.
const HANDLER: &str = "index.handler";

impl FunctionCode {
    /// Path of the zip below the output folder.
    pub fn zip(&self) -> String {
        format!("functions/{}.zip", self.name)
    }

    /// Path of the same code for readers.
    pub fn module(&self) -> String {
        format!("functions/{}.py", self.name)
    }
}

/// Network settings of a function.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct FunctionNetwork {
    pub subnets: List,
    pub security_groups: FunctionGroups,
}

fields! { FunctionNetwork { route: [subnets], access: [security_groups] } }

/// The groups that a function has there.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub enum FunctionGroups {
    Made(Handle<SecurityGroup>),
    Given(List),
}

fields! { enum FunctionGroups { Made(group), Given(groups) } }

/// A function in Python.
#[derive(Debug, Serialize)]
pub struct PythonFunction {
    pub name: Value,
    pub description: &'static str,
    pub code: FunctionCode,
    pub runtime: Arc<str>,
    pub memory_mb: u32,
    pub timeout_s: u32,
    /// Calls that may run at one time.
    pub reserved_concurrency: Option<u32>,
    /// By name.
    pub environment: BTreeMap<String, Value>,
    pub network: Option<FunctionNetwork>,
    pub role: Handle<Role>,
    /// Created first: Lambda would create one whose events never expire (Z8).
    pub log_group: Handle<LogGroup>,
    /// X-Ray sees its calls.
    pub is_traced: bool,
}

fields! { PythonFunction {
    route: [code, environment, network, log_group],
    access: [role],
    other: [name, description, runtime, memory_mb, timeout_s, reserved_concurrency, is_traced],
} }

impl FunctionNetwork {
    fn groups(&self) -> List {
        match &self.security_groups {
            FunctionGroups::Made(group) => List::Of(vec![group.id()]),
            FunctionGroups::Given(groups) => groups.clone(),
        }
    }
}

impl PythonFunction {
    pub(crate) fn after(&self) -> Vec<Address> {
        vec![self.log_group.address().clone()]
    }

    fn tracing(&self) -> &'static str {
        if self.is_traced {
            "Active"
        } else {
            "PassThrough"
        }
    }
}

impl Kind for PythonFunction {
    const TERRAFORM: &'static str = "aws_lambda_function";
    const CLOUDFORMATION: &'static str = "AWS::Lambda::Function";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["function_name"];
    const CREATE_ONLY: Arguments = &["FunctionName"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        let zip = self.code.zip();
        out.attribute("function_name", &self.name);
        out.attribute("description", self.description);
        out.bare("filename", format_args!("\"${{path.module}}/{zip}\""));
        out.bare(
            "source_code_hash",
            format_args!("filebase64sha256(\"${{path.module}}/{zip}\")"),
        );
        out.attribute("handler", HANDLER);
        out.attribute("runtime", &*self.runtime);
        out.values("architectures", &[Value::literal("arm64")]);
        out.attribute("memory_size", self.memory_mb);
        out.attribute("timeout", self.timeout_s);
        out.optional("reserved_concurrent_executions", self.reserved_concurrency);
        out.attribute("role", self.role.arn());
        out.tags();
        out.bare(
            "depends_on",
            format_args!(
                "[aws_iam_role_policy.{}, aws_cloudwatch_log_group.{}]",
                self.role.label(),
                self.log_group.label()
            ),
        );
        out.block("environment", |out| {
            terraform_texts("variables", &self.environment, out)
        });
        if let Some(network) = &self.network {
            out.block("vpc_config", |out| {
                out.list("subnet_ids", &network.subnets);
                out.list("security_group_ids", &network.groups());
            });
        }
        out.block("tracing_config", |out| {
            out.attribute("mode", self.tracing())
        });
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("FunctionName", &self.name);
        out.text("Description", self.description);
        out.object("Code", |out| out.text("ZipFile", self.code.text));
        out.text("Handler", HANDLER);
        out.text("Runtime", &self.runtime);
        out.texts("Architectures", &["arm64"]);
        out.number("MemorySize", self.memory_mb);
        out.number("Timeout", self.timeout_s);
        if let Some(calls) = self.reserved_concurrency {
            out.number("ReservedConcurrentExecutions", calls);
        }
        out.value("Role", &self.role.arn());
        out.object("Environment", |out| out.map("Variables", &self.environment));
        if let Some(network) = &self.network {
            out.object("VpcConfig", |out| {
                out.list("SubnetIds", &network.subnets);
                out.list("SecurityGroupIds", &network.groups());
            });
        }
        out.object("TracingConfig", |out| out.text("Mode", self.tracing()));
        out.tags();
    }
}

impl HasArn for PythonFunction {
    const ARN: Spelling = Spelling::GetAtt("Arn");
}

impl Handle<PythonFunction> {
    pub fn name(&self) -> Value {
        self.attribute("function_name", Spelling::Ref)
    }
}
