//! AWS Lambda: functions as the gateway calls them, and who may call them.
//!
//! No function is defined here; each is an existing one or a `PythonFunction`.

use std::sync::Arc;

use serde::Serialize;

use super::python::PythonFunction;
use super::{Arguments, BehindApi, Copied, Home, Kind, RestApi};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Here, Value};

/// A function, as the user names it.
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
    /// A function of the same stack.
    Made(Handle<PythonFunction>),
}

fields! { enum Function {
    Name { name, qualifier }, Arn { arn, qualifier }, Given(arn), Made(function),
} }

impl Function {
    /// Invocation URI that API Gateway calls.
    ///
    /// Source: AWS, "Integration", API Gateway REST API reference:
    /// `arn:<partition>:apigateway:<region>:lambda:path/2015-03-31/functions/<function
    /// ARN>/invocations`, <https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html>,
    /// read 2026-11-22.
    pub fn uri(&self) -> Value {
        let (start, end) = (":lambda:path/2015-03-31/functions/", "/invocations");
        let mut parts = vec![
            Value::literal("arn:"),
            Value::Here(Here::Partition),
            Value::literal(":apigateway:"),
            Value::Here(Here::Region),
        ];
        let suffix = |qualifier: &Option<Arc<str>>| {
            qualifier
                .as_ref()
                .map_or_else(|| end.to_owned(), |it| format!(":{it}{end}"))
        };
        match self {
            Self::Name { name, qualifier } => parts.extend([
                Value::literal(format!("{start}arn:")),
                Value::Here(Here::Partition),
                Value::literal(":lambda:"),
                Value::Here(Here::Region),
                Value::literal(":"),
                Value::Here(Here::Account),
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

    /// Writes the permission of a service to call it, with alias or version as an argument. The
    /// provider makes an id of each statement, so that no new one meets an old one.
    pub(crate) fn permit(&self, principal: &str, source: Value, out: &mut Terraform) {
        out.attribute("action", "lambda:InvokeFunction");
        match self {
            Self::Name {
                name: text,
                qualifier,
            }
            | Self::Arn {
                arn: text,
                qualifier,
            } => {
                out.attribute("function_name", &**text);
                out.optional("qualifier", qualifier.as_deref());
            }
            Self::Given(arn) => {
                // The provider reads the two back apart from each other.
                let name = ["join(\":\", slice(split(\":\", ", "), 0, 7))"];
                out.applied("function_name", name, arn);
                out.applied("qualifier", ["try(split(\":\", ", ")[7], null)"], arn);
            }
            Self::Made(function) => out.attribute("function_name", function.name()),
        }
        out.attribute("principal", principal);
        out.attribute("source_arn", source);
        out.create_before_destroy();
    }

    /// Writes the same permission as properties, with alias or version behind the name.
    pub(crate) fn permit_in_template(&self, principal: &str, source: &Value, out: &mut Properties) {
        out.text("Action", "lambda:InvokeFunction");
        match self {
            Self::Name {
                name: text,
                qualifier,
            }
            | Self::Arn {
                arn: text,
                qualifier,
            } => {
                let suffix = qualifier.as_ref().map(|it| format!(":{it}"));
                out.text(
                    "FunctionName",
                    &format!("{text}{}", suffix.unwrap_or_default()),
                );
            }
            Self::Given(arn) => out.value("FunctionName", arn),
            Self::Made(function) => out.value("FunctionName", &function.name()),
        }
        out.text("Principal", principal);
        out.value("SourceArn", source);
    }
}

/// Permission of an API's stage to call a function.
#[derive(Debug, Serialize)]
pub struct LambdaPermission {
    pub function: Function,
    pub api: Handle<RestApi>,
    /// Name of the API's only stage.
    pub stage: Value,
}

fields! { LambdaPermission { access: [function, api, stage] } }

/// Source: AWS, "Lambda resource-based policy examples for API Gateway",
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html>, read 2026-11-22.
pub(crate) const PRINCIPAL: &str = "apigateway.amazonaws.com";

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

impl BehindApi for LambdaPermission {}

impl Kind for LambdaPermission {
    const TERRAFORM: &'static str = "aws_lambda_permission";
    const CLOUDFORMATION: &'static str = "AWS::Lambda::Permission";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &[
        "action",
        "function_name",
        "principal",
        "source_arn",
        "qualifier",
    ];
    const CREATE_ONLY: Arguments = &["Action", "FunctionName", "Principal", "SourceArn"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        let [source, _] = self.source();
        self.function.permit(PRINCIPAL, source, out);
    }

    fn cloudformation(&self, out: &mut Properties) {
        let [_, source] = self.source();
        self.function.permit_in_template(PRINCIPAL, &source, out);
    }
}
