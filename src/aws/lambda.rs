//! AWS Lambda: functions as the gateway calls them, and who may call them.
//!
//! In: fields with types. Out: text in a sink. Pure.
//! No function is made here; each is one of the user's or a `PythonFunction`.

use std::sync::Arc;

use serde::Serialize;

use super::python::PythonFunction;
use super::{Home, Kind, RestApi};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Here, Label, Names, Value};

/// A function, as it was named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Function {
    /// By name, in the account and region of the API.
    Name {
        name: Arc<str>,
        qualifier: Option<Arc<str>>,
    },
    /// By its ARN without alias or version.
    Arn {
        arn: Arc<str>,
        qualifier: Option<Arc<str>>,
    },
    /// By an ARN with an alias or a version or without, known only at deploy time.
    Given(Value),
    /// One that is made in the same stack.
    Made(Handle<PythonFunction>),
}

impl Function {
    /// Invocation URI that API Gateway calls.
    ///
    /// Source: AWS, "Integration", API Gateway REST API reference:
    /// `arn:<partition>:apigateway:<region>:lambda:path/2015-03-31/functions/<function
    /// ARN>/invocations`, <https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html>,
    /// read 2026-11-22.
    pub fn uri(&self, api: &Handle<RestApi>) -> Value {
        let (start, end) = (":lambda:path/2015-03-31/functions/", "/invocations");
        let mut parts = vec![
            Value::literal("arn:"),
            api.here(Here::Partition),
            Value::literal(":apigateway:"),
            api.here(Here::Region),
        ];
        let suffix = |qualifier: &Option<Arc<str>>| {
            qualifier
                .as_ref()
                .map_or_else(|| end.to_owned(), |it| format!(":{it}{end}"))
        };
        match self {
            Self::Name { name, qualifier } => parts.extend([
                Value::literal(format!("{start}arn:")),
                api.here(Here::Partition),
                Value::literal(":lambda:"),
                api.here(Here::Region),
                Value::literal(":"),
                api.here(Here::Account),
                Value::literal(format!(":function:{name}{}", suffix(qualifier))),
            ]),
            Self::Arn { arn, qualifier } => {
                parts.push(Value::literal(format!("{start}{arn}{}", suffix(qualifier))))
            }
            Self::Given(arn) => {
                parts.extend([Value::literal(start), arn.clone(), Value::literal(end)])
            }
            Self::Made(function) => {
                parts.extend([Value::literal(start), function.arn(), Value::literal(end)])
            }
        }
        Value::Text(parts)
    }

    /// Values that it uses and that are known only at deploy time.
    pub fn deploy_time(&self) -> Vec<Value> {
        match self {
            Self::Name { .. } | Self::Arn { .. } => Vec::new(),
            Self::Given(arn) => arn.deploy_time().into_iter().cloned().collect(),
            Self::Made(function) => vec![function.arn()],
        }
    }
}

/// Leave for the stage of an API to call a function.
#[derive(Debug, Serialize)]
pub struct LambdaPermission {
    pub function: Function,
    pub api: Handle<RestApi>,
    /// Name of the API's only stage.
    pub stage: Value,
}

/// Source: AWS, "Lambda resource-based policy examples for API Gateway",
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html>, read 2026-11-22.
pub(crate) const PRINCIPAL: &str = "apigateway.amazonaws.com";

/// The function of a permission, with its alias or version apart.
pub(crate) fn spell_function(function: &Function, out: &mut Terraform) {
    match function {
        Function::Name {
            name: text,
            qualifier,
        }
        | Function::Arn {
            arn: text,
            qualifier,
        } => {
            out.attribute("function_name", text);
            if let Some(qualifier) = qualifier {
                out.attribute("qualifier", qualifier);
            }
        }
        Function::Given(arn) => {
            // The provider reads the two back apart from each other.
            out.applied(
                "function_name",
                ["join(\":\", slice(split(\":\", ", "), 0, 7))"],
                arn,
            );
            out.applied("qualifier", ["try(split(\":\", ", ")[7], null)"], arn);
        }
        Function::Made(function) => out.attribute("function_name", function.name()),
    }
}

/// The function of a permission, in one.
pub(crate) fn spell_function_name(function: &Function, out: &mut Properties) {
    match function {
        Function::Name {
            name: text,
            qualifier,
        }
        | Function::Arn {
            arn: text,
            qualifier,
        } => {
            let whole = qualifier
                .as_ref()
                .map_or_else(|| text.to_string(), |it| format!("{text}:{it}"));
            out.text("FunctionName", &whole);
        }
        Function::Given(arn) => out.value("FunctionName", arn),
        Function::Made(function) => out.value("FunctionName", &function.name()),
    }
}

impl LambdaPermission {
    /// Calls of the one stage, for Terraform and for CloudFormation.
    fn source(&self) -> [Value; 2] {
        self.api.executed(&[
            Value::literal("/"),
            self.stage.clone(),
            Value::literal("/*"),
        ])
    }
}

impl Kind for LambdaPermission {
    const NAMES: Names = Names {
        terraform: "aws_lambda_permission",
        cloudformation: "AWS::Lambda::Permission",
        word: "Permission",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("action", "lambda:InvokeFunction");
            spell_function(&self.function, out);
            out.attribute("principal", PRINCIPAL);
            let [source, _] = self.source();
            out.attribute("source_arn", source);
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.text("Action", "lambda:InvokeFunction");
        spell_function_name(&self.function, out);
        out.text("Principal", PRINCIPAL);
        let [_, source] = self.source();
        out.value("SourceArn", &source);
    }
}
