//! API keys and usage plans.
//!
//! AWS makes the value of a key; it is in no file (docs/aws-rules.md#u1).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{RestApi, Stage, ThrottleLimit};
use crate::aws::{Arguments, Copied, HasId, Home, Kind, ResourceRef};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Value};

/// A key of a caller.
#[derive(Debug, Serialize)]
pub struct ApiKey {
    pub name: Value,
    pub description: Arc<str>,
    /// It is as it was: Terraform changes nothing of it.
    pub is_closed: bool,
}

fields! { ApiKey { other: [name, description, is_closed] } }

impl Kind for ApiKey {
    const TERRAFORM: &'static str = "aws_api_gateway_api_key";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::ApiKey";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &[];
    const CREATE_ONLY: Arguments = &["Name"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name", &self.name);
        out.attribute("description", &self.description);
        out.attribute("enabled", true);
        out.tags();
        out.left_alone(self.is_closed);
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.text("Description", &self.description);
        // Without it a key is switched off.
        out.flag("Enabled", true);
        out.tags();
    }
}

impl HasId for ApiKey {}

/// Requests in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quota {
    pub limit: u64,
    /// `DAY`, `WEEK` or `MONTH`.
    pub period: &'static str,
}

fields! { Quota { access: [limit, period] } }

impl ThrottleLimit {
    fn terraform(self, out: &mut Terraform) {
        out.bare("burst_limit", format_args!("{}", self.burst));
        out.bare("rate_limit", format_args!("{}", self.rate));
    }

    fn cloudformation(self, out: &mut Properties) {
        out.number("BurstLimit", self.burst);
        out.number("RateLimit", self.rate);
    }
}

/// A usage plan of one stage.
#[derive(Debug, Serialize)]
pub struct UsagePlan {
    pub name: Value,
    pub api: Handle<RestApi>,
    pub stage: Handle<Stage>,
    pub throttle: Option<ThrottleLimit>,
    pub quota: Option<Quota>,
    /// By path and method, unescaped (docs/aws-rules.md#u2).
    pub routes: BTreeMap<String, ThrottleLimit>,
    /// It is as it was: Terraform changes nothing of it.
    pub is_closed: bool,
}

fields! { UsagePlan { access: [api, stage, throttle, quota, routes, is_closed], other: [name] } }

impl HasId for UsagePlan {}

impl Kind for UsagePlan {
    const TERRAFORM: &'static str = "aws_api_gateway_usage_plan";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::UsagePlan";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &[];
    const CREATE_ONLY: Arguments = &[];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name", &self.name);
        out.tags();
        out.block("api_stages", |out| {
            out.attribute("api_id", self.api.id());
            out.attribute("stage", self.stage.name());
            for (path, throttle) in &self.routes {
                out.block("throttle", |out| {
                    out.attribute("path", path);
                    throttle.terraform(out);
                });
            }
        });
        if let Some(quota) = self.quota {
            out.block("quota_settings", |out| {
                out.bare("limit", format_args!("{}", quota.limit));
                out.attribute("period", quota.period);
            });
        }
        if let Some(throttle) = self.throttle {
            out.block("throttle_settings", |out| throttle.terraform(out));
        }
        out.left_alone(self.is_closed);
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("UsagePlanName", &self.name);
        out.objects("ApiStages", [()], |out, ()| {
            out.value("ApiId", &self.api.id());
            out.value("Stage", &self.stage.name());
            if !self.routes.is_empty() {
                out.object("Throttle", |out| {
                    for (path, throttle) in &self.routes {
                        out.object(path, |out| throttle.cloudformation(out));
                    }
                });
            }
        });
        if let Some(quota) = self.quota {
            out.object("Quota", |out| {
                out.number("Limit", quota.limit);
                out.text("Period", quota.period);
            });
        }
        if let Some(throttle) = self.throttle {
            out.object("Throttle", |out| throttle.cloudformation(out));
        }
        out.tags();
    }
}

/// A key's place in a plan.
#[derive(Debug, Serialize)]
pub struct UsagePlanKey {
    pub key: KeyRef,
    pub plan: Handle<UsagePlan>,
    /// It is as it was: Terraform changes nothing of it.
    pub is_closed: bool,
}

fields! { UsagePlanKey { access: [key, plan], other: [is_closed] } }

pub type KeyRef = ResourceRef<ApiKey>;

impl Kind for UsagePlanKey {
    const TERRAFORM: &'static str = "aws_api_gateway_usage_plan_key";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::UsagePlanKey";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["key_id", "key_type", "usage_plan_id"];
    const CREATE_ONLY: Arguments = &["KeyId", "KeyType", "UsagePlanId"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("key_id", self.key.id());
        out.attribute("key_type", "API_KEY");
        out.attribute("usage_plan_id", self.plan.id());
        out.left_alone(self.is_closed);
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("KeyId", &self.key.id());
        out.text("KeyType", "API_KEY");
        out.value("UsagePlanId", &self.plan.id());
    }
}
