//! Settings of a stage's methods: a block each in Terraform, items of the stage in CloudFormation.

use std::sync::Arc;

use serde::Serialize;

use super::RestApi;
use crate::openapi::HttpMethod;
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label};

/// Execution log level of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LoggingLevel {
    Off,
    Error,
    Info,
}

impl crate::aws::fields::Other for LoggingLevel {}

impl LoggingLevel {
    fn as_str(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Error => "ERROR",
            Self::Info => "INFO",
        }
    }
}

/// Requests per second, and at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ThrottleLimit {
    pub rate: f64,
    pub burst: u64,
}

fields! { ThrottleLimit { access: [rate, burst] } }

/// Throttling of a method.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum MethodThrottle {
    /// The account's own alone; no other was ever written.
    Unset,
    /// The same, under a stage that has another one: Terraform only.
    Off,
    Of(ThrottleLimit),
}

fields! { enum MethodThrottle { Unset, Off, Of(limit) } }

impl MethodThrottle {
    /// Rate and burst as the provider writes them; nothing where its defaults are equal.
    fn numbers(self) -> Option<(f64, f64)> {
        match self {
            Self::Unset => None,
            Self::Off => Some((UNSET, UNSET)),
            Self::Of(throttle) => Some((throttle.rate, throttle.burst as f64)),
        }
    }
}

/// Cache settings of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CacheSettings {
    pub ttl_s: u32,
    pub is_encrypted: bool,
}

fields! { CacheSettings { route: [ttl_s, is_encrypted] } }

/// Cache of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum MethodCache {
    /// The stage has no cache cluster.
    NoCluster,
    Disabled,
    Enabled(CacheSettings),
}

fields! { enum MethodCache { NoCluster, Disabled, Enabled(settings) } }

impl MethodCache {
    /// The cache of a method in a stage with or without a cluster.
    pub fn of(has_cluster: bool, settings: Option<CacheSettings>) -> Self {
        match settings {
            Some(settings) if has_cluster => Self::Enabled(settings),
            None if has_cluster => Self::Disabled,
            Some(_) | None => Self::NoCluster,
        }
    }
}

/// Every setting of a method: AWS fills what is left out from `*/*` as it was when the entry was
/// created, and never again.
///
/// Source: docs/aws-rules.md#d13.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    pub has_metrics: bool,
    pub logging: LoggingLevel,
    pub throttle: MethodThrottle,
    pub cache: MethodCache,
}

fields! { Settings { route: [cache], access: [throttle], other: [has_metrics, logging] } }

/// A method whose settings differ from those of all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MethodSettings {
    /// That of its method.
    pub label: Label,
    /// On the gateway, with its first slash.
    pub path: Arc<str>,
    pub http_method: HttpMethod,
    pub settings: Settings,
}

fields! { MethodSettings { route: [path, http_method, settings], other: [label] } }

/// Terraform's block of settings.
const METHOD_SETTINGS: &str = "aws_api_gateway_method_settings";

/// No throttle of its own. Source: docs/aws-rules.md#d14.
const UNSET: f64 = -1.0;

/// Callers who may not renew a response, and request that, get the cached one, with a warning
/// header.
const UNAUTHORIZED: &str = "SUCCEED_WITH_RESPONSE_HEADER";

/// A stage, as the blocks beside its own name it.
pub(crate) struct StageAt<'a> {
    pub(crate) api: &'a Handle<RestApi>,
    pub(crate) label: &'a Label,
}

impl Settings {
    /// Writes the block of settings of a path and method of a stage.
    pub(crate) fn terraform(
        &self,
        stage: &StageAt<'_>,
        label: &Label,
        path: &str,
        out: &mut Terraform,
    ) {
        out.resource(METHOD_SETTINGS, label.as_str(), |out| {
            out.attribute("rest_api_id", stage.api.id());
            out.bare(
                "stage_name",
                format_args!("aws_api_gateway_stage.{}.stage_name", stage.label),
            );
            out.attribute("method_path", path);
            out.block("settings", |out| {
                out.attribute("metrics_enabled", self.has_metrics);
                out.attribute("logging_level", self.logging.as_str());
                out.attribute("data_trace_enabled", false);
                if let Some((rate, burst)) = self.throttle.numbers() {
                    out.attribute("throttling_rate_limit", rate);
                    out.attribute("throttling_burst_limit", burst);
                }
                match self.cache {
                    MethodCache::NoCluster => {}
                    MethodCache::Disabled => out.attribute("caching_enabled", false),
                    MethodCache::Enabled(cache) => {
                        out.attribute("caching_enabled", true);
                        out.attribute("cache_ttl_in_seconds", cache.ttl_s);
                        out.attribute("cache_data_encrypted", cache.is_encrypted);
                        out.attribute("require_authorization_for_cache_control", true);
                        out.attribute("unauthorized_cache_control_header_strategy", UNAUTHORIZED);
                    }
                }
            });
        });
    }

    /// CloudFormation has no setting for who may renew a response; AWS requires permission by
    /// itself (D15, D24).
    pub(crate) fn cloudformation(&self, path: &str, method: &str, out: &mut Properties) {
        out.text("ResourcePath", path);
        out.text("HttpMethod", method);
        out.flag("MetricsEnabled", self.has_metrics);
        out.text("LoggingLevel", self.logging.as_str());
        out.flag("DataTraceEnabled", false);
        match self.throttle {
            MethodThrottle::Unset => {}
            MethodThrottle::Of(throttle) => {
                out.number("ThrottlingRateLimit", throttle.rate);
                out.number("ThrottlingBurstLimit", throttle.burst as f64);
            }
            MethodThrottle::Off => {
                unreachable!("CloudFormation takes no throttle below 0; `plan` refuses it there")
            }
        }
        match self.cache {
            MethodCache::NoCluster => {}
            MethodCache::Disabled => out.flag("CachingEnabled", false),
            MethodCache::Enabled(cache) => {
                out.flag("CachingEnabled", true);
                out.number("CacheTtlInSeconds", cache.ttl_s);
                out.flag("CacheDataEncrypted", cache.is_encrypted);
            }
        }
    }
}

impl MethodSettings {
    /// Source: docs/aws-rules.md#d11: a part of a path in a patch, so `/` is `~1`; the first one is
    /// left out, but for the root.
    pub(crate) fn terraform_path(&self) -> String {
        let path = match self.path.trim_start_matches('/') {
            "" => "~1".to_owned(),
            path => path.replace('/', "~1"),
        };
        format!("{path}/{}", self.http_method.as_str())
    }

    /// Source: docs/aws-rules.md#d12 (the path).
    pub(crate) fn cloudformation(&self, out: &mut Properties) {
        let path = match &*self.path {
            "/" => "/".to_owned(),
            path => format!("/{}", path.replace('/', "~1")),
        };
        self.settings
            .cloudformation(&path, self.http_method.as_str(), out);
    }
}
