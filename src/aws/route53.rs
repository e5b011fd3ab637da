//! Route 53: records.

use serde::Serialize;

use super::{Arguments, Copied, DomainName, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Value};

/// The record that leads callers of a domain to API Gateway.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct AliasRecord {
    /// Id of the hosted zone.
    pub zone: Value,
    pub name: Value,
    pub domain: Handle<DomainName>,
    /// The domain is edge-optimized, else regional.
    pub is_edge: bool,
}

fields! { AliasRecord { route: [zone, name, domain, is_edge] } }

impl Kind for AliasRecord {
    const TERRAFORM: &'static str = "aws_route53_record";
    const CLOUDFORMATION: &'static str = "AWS::Route53::RecordSet";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["zone_id", "name"];
    const CREATE_ONLY: Arguments = &["HostedZoneId"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        let [name, zone] = self.domain.target(self.is_edge);
        out.attribute("zone_id", &self.zone);
        out.attribute("name", &self.name);
        out.attribute("type", "A");
        out.block("alias", |out| {
            out.attribute("name", name);
            out.attribute("zone_id", zone);
            out.attribute("evaluate_target_health", false);
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        let [name, zone] = self.domain.target(self.is_edge);
        out.value("HostedZoneId", &self.zone);
        out.value("Name", &self.name);
        out.text("Type", "A");
        out.object("AliasTarget", |out| {
            out.value("DNSName", &name);
            out.value("HostedZoneId", &zone);
            out.flag("EvaluateTargetHealth", false);
        });
    }
}
