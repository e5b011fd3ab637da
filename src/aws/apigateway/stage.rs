//! Stages, with their log of requests and the settings of their methods.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::settings::{METHOD_SETTINGS, StageAt};
use super::{ClientCertificate, Deployment, MethodSettings, RestApi, Settings};
use crate::aws::document::terraform_text;
use crate::aws::{Arguments, Copied, Home, Kind, LogGroup, TypeChanges};
use crate::sink::{Properties, Terraform};
use crate::stack::{Address, Handle, Label, Spelling, Value};

/// A deployment under a name.
#[derive(Debug, Serialize)]
pub struct Stage {
    pub api: Handle<RestApi>,
    pub deployment: Handle<Deployment>,
    pub name: Value,
    pub is_traced: bool,
    pub variables: BTreeMap<Arc<str>, Value>,
    pub request_log: Option<Handle<LogGroup>>,
    /// Size of the cache cluster, as AWS spells it.
    pub cache_size: Option<&'static str>,
    pub client_certificate: Option<Handle<ClientCertificate>>,
    /// Of all methods.
    pub settings: Settings,
    /// Of methods that differ, in the order of their paths.
    pub of_methods: Vec<MethodSettings>,
    /// Nodes that have to exist before something is logged.
    pub after: Vec<Address>,
}

fields! { Stage {
    route: [
        api, deployment, name, request_log, cache_size, client_certificate, settings, of_methods,
    ],
    other: [is_traced, variables, after],
} }

/// Members of a line of the log, by name, each with its variable: they show where a response
/// failed, and nothing of a path's variables, of bodies or of headers but the agent.
///
/// Source: AWS, "Variables for access logging for API Gateway",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html>,
/// read 2026-11-30; docs/aws-rules.md#d34 (TLS).
const REQUEST_LOG: [(&str, &str); 28] = [
    ("apiKeyId", "identity.apiKeyId"),
    ("authorizerError", "authorizer.error"),
    ("authorizerLatency", "authorizer.latency"),
    ("authorizerStatus", "authorizer.status"),
    ("cipherSuite", "cipherSuite"),
    ("error", "error.message"),
    ("errorType", "error.responseType"),
    ("extendedRequestId", "extendedRequestId"),
    ("integrationError", "integrationErrorMessage"),
    ("integrationLatency", "integrationLatency"),
    ("integrationRequestId", "integration.requestId"),
    ("integrationStatus", "integrationStatus"),
    ("method", "httpMethod"),
    ("principalId", "authorizer.principalId"),
    ("protocol", "protocol"),
    ("requestId", "requestId"),
    ("resourcePath", "resourcePath"),
    ("responseLatency", "responseLatency"),
    ("responseLength", "responseLength"),
    ("sourceIp", "identity.sourceIp"),
    ("stage", "stage"),
    ("status", "status"),
    ("time", "requestTime"),
    ("tlsVersion", "tlsVersion"),
    ("traceId", "xrayTraceId"),
    ("userAgent", "identity.userAgent"),
    ("validationError", "error.validationErrorString"),
    ("wafStatus", "waf.status"),
];

/// A line of the log, as JSON.
///
/// Source: docs/aws-rules.md#d19 (one line, with the id of the request, 3 KB at most).
pub(crate) fn request_log_format() -> String {
    let members = REQUEST_LOG.map(|(name, variable)| (name, format!("$context.{variable}")));
    serde_json::to_string(&BTreeMap::from(members)).expect("a mapping of texts is JSON")
}

impl Stage {
    pub(crate) const MORE_BLOCKS: &'static [TypeChanges] = &[TypeChanges::new(
        METHOD_SETTINGS,
        &["rest_api_id", "stage_name", "method_path"],
        Copied::Nothing,
    )];

    pub(crate) fn after(&self) -> Vec<Address> {
        self.after.clone()
    }

    pub(crate) fn more_blocks(&self, label: &Label, out: &mut Terraform) {
        let stage = StageAt {
            api: &self.api,
            label,
        };
        self.settings.terraform(&stage, out);
        if !self.of_methods.is_empty() {
            self.settings.terraform_of(&self.of_methods, &stage, out);
        }
    }
}

impl Kind for Stage {
    const TERRAFORM: &'static str = "aws_api_gateway_stage";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::Stage";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["rest_api_id", "stage_name"];
    const CREATE_ONLY: Arguments = &["RestApiId", "StageName"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.attribute("deployment_id", self.deployment.id());
        out.attribute("stage_name", &self.name);
        out.attribute("xray_tracing_enabled", self.is_traced);
        if let Some(size) = self.cache_size {
            out.attribute("cache_cluster_enabled", true);
            out.attribute("cache_cluster_size", size);
        }
        let certificate = self.client_certificate.as_ref();
        out.optional("client_certificate_id", certificate.map(Handle::id));
        out.tags();
        if !self.variables.is_empty() {
            out.map("variables", &self.variables);
        }
        if let Some(log) = &self.request_log {
            out.block("access_log_settings", |out| {
                out.attribute("destination_arn", log.arn());
                terraform_text("format", &request_log_format(), out);
            });
        }
        if !self.after.is_empty() {
            out.gap();
            out.depends_on(&self.after);
        }
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.value("DeploymentId", &self.deployment.id());
        out.value("StageName", &self.name);
        out.flag("TracingEnabled", self.is_traced);
        if let Some(size) = self.cache_size {
            out.flag("CacheClusterEnabled", true);
            out.text("CacheClusterSize", size);
        }
        if let Some(certificate) = &self.client_certificate {
            out.value("ClientCertificateId", &certificate.id());
        }
        if !self.variables.is_empty() {
            out.map("Variables", &self.variables);
        }
        if let Some(log) = &self.request_log {
            out.object("AccessLogSetting", |out| {
                out.value("DestinationArn", &log.bare_arn());
                out.text("Format", &request_log_format());
            });
        }
        let methods = std::iter::once(None).chain(self.of_methods.iter().map(Some));
        out.objects("MethodSettings", methods, |out, method| match method {
            None => self.settings.cloudformation("/*", "*", out),
            Some(method) => method.cloudformation(out),
        });
        out.tags();
    }
}

impl Handle<Stage> {
    pub fn name(&self) -> Value {
        self.attribute("stage_name", Spelling::Ref)
    }

    /// ARN that a web ACL is associated with.
    ///
    /// Source: docs/aws-rules.md#e6: CloudFormation has the name of a stage and no ARN.
    pub fn arn(&self, api: &Handle<RestApi>) -> (Value, Value) {
        let arn = [
            Value::literal("arn:"),
            Value::Pseudo("AWS::Partition"),
            Value::literal(":apigateway:"),
            Value::Pseudo("AWS::Region"),
            Value::literal("::/restapis/"),
            api.id(),
            Value::literal("/stages/"),
            self.name(),
        ];
        (
            self.attribute("arn", Spelling::Ref),
            Value::Text(arn.into()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{REQUEST_LOG, request_log_format};

    #[test]
    fn a_line_of_the_log_is_one_json_object_that_api_gateway_takes() {
        let text = request_log_format();
        assert!(text.len() <= 3 * 1_024 && !text.contains('\n'));
        let line: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(line["requestId"], "$context.requestId");
        assert!(REQUEST_LOG.is_sorted() && line.len() == REQUEST_LOG.len());
    }
}
