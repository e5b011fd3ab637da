//! Custom domains, and base paths of APIs on them.

use std::sync::Arc;

use serde::Serialize;

use super::{RestApi, Stage};
use crate::aws::{Arguments, Copied, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Spelling, Value};

/// A domain with its certificate.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct DomainName {
    pub name: Value,
    /// Edge-optimized, else regional.
    pub is_edge: bool,
    pub certificate: Value,
    pub security_policy: Arc<str>,
    /// S3 URI of the trusted certificates, and the version of that object.
    pub truststore: Option<(Value, Option<Value>)>,
}

fields! { DomainName {
    route: [name, is_edge, certificate],
    access: [truststore, security_policy],
} }

impl DomainName {
    fn endpoint(&self) -> &'static str {
        if self.is_edge { "EDGE" } else { "REGIONAL" }
    }
}

impl Kind for DomainName {
    const TERRAFORM: &'static str = "aws_api_gateway_domain_name";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::DomainName";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["domain_name"];
    const CREATE_ONLY: Arguments = &["DomainName"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("domain_name", &self.name);
        let prefix = if self.is_edge { "" } else { "regional_" };
        out.attribute(&format!("{prefix}certificate_arn"), &self.certificate);
        out.attribute("security_policy", &*self.security_policy);
        out.tags();
        out.block("endpoint_configuration", |out| {
            out.texts("types", &[self.endpoint()])
        });
        if let Some((uri, version)) = &self.truststore {
            out.block("mutual_tls_authentication", |out| {
                out.attribute("truststore_uri", uri);
                out.optional("truststore_version", version.as_ref());
            });
        }
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("DomainName", &self.name);
        let prefix = if self.is_edge { "" } else { "Regional" };
        out.value(&format!("{prefix}CertificateArn"), &self.certificate);
        out.text("SecurityPolicy", &self.security_policy);
        out.object("EndpointConfiguration", |out| {
            out.texts("Types", &[self.endpoint()])
        });
        if let Some((uri, version)) = &self.truststore {
            out.object("MutualTlsAuthentication", |out| {
                out.value("TruststoreUri", uri);
                if let Some(version) = version {
                    out.value("TruststoreVersion", version);
                }
            });
        }
        out.tags();
    }
}

impl Handle<DomainName> {
    pub fn name(&self) -> Value {
        self.attribute("domain_name", Spelling::Ref)
    }

    /// Name that a record leads to, and the zone of that name.
    pub fn target(&self, is_edge: bool) -> [Value; 2] {
        let of =
            |terraform, cloudformation| self.attribute(terraform, Spelling::GetAtt(cloudformation));
        if is_edge {
            [
                of("cloudfront_domain_name", "DistributionDomainName"),
                of("cloudfront_zone_id", "DistributionHostedZoneId"),
            ]
        } else {
            [
                of("regional_domain_name", "RegionalDomainName"),
                of("regional_zone_id", "RegionalHostedZoneId"),
            ]
        }
    }
}

/// Base path of an API on a domain.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct BasePathMapping {
    pub api: Handle<RestApi>,
    pub stage: Handle<Stage>,
    /// Name of the domain.
    pub domain: Value,
    /// One segment; empty for the whole domain.
    pub base_path: Arc<str>,
}

fields! { BasePathMapping { route: [api, stage, domain, base_path] } }

impl Kind for BasePathMapping {
    const TERRAFORM: &'static str = "aws_api_gateway_base_path_mapping";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::BasePathMapping";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["domain_name"];
    const CREATE_ONLY: Arguments = &["DomainName", "BasePath"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("api_id", self.api.id());
        out.attribute("stage_name", self.stage.name());
        out.attribute("domain_name", &self.domain);
        if !self.base_path.is_empty() {
            out.attribute("base_path", &*self.base_path);
        }
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.value("Stage", &self.stage.name());
        out.value("DomainName", &self.domain);
        if !self.base_path.is_empty() {
            out.text("BasePath", &self.base_path);
        }
    }
}
