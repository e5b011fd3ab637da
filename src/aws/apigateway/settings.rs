//! Settings of a stage's methods: lines of one block in Terraform, items of the stage in
//! CloudFormation.

use std::sync::Arc;

use serde::Serialize;

use super::RestApi;
use crate::openapi::HttpMethod;
use crate::sink::{Object, Properties, Terraform};
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
pub(super) const METHOD_SETTINGS: &str = "aws_api_gateway_method_settings";

/// No throttle of its own. Source: docs/aws-rules.md#d14.
const UNSET: f64 = -1.0;

/// Callers who may not renew a response, and request that, get the cached one, with a warning
/// header.
const UNAUTHORIZED: &str = "\"SUCCEED_WITH_RESPONSE_HEADER\"";

/// A stage, as the blocks beside its own name it.
pub(crate) struct StageAt<'a> {
    pub(crate) api: &'a Handle<RestApi>,
    pub(crate) label: &'a Label,
}

impl StageAt<'_> {
    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.bare(
            "stage_name",
            format_args!("aws_api_gateway_stage.{}.stage_name", self.label),
        );
    }
}

impl Settings {
    /// Writes the block of settings of all methods of a stage.
    pub(crate) fn terraform(&self, stage: &StageAt<'_>, out: &mut Terraform) {
        out.resource(METHOD_SETTINGS, stage.label.as_str(), |out| {
            stage.terraform(out);
            out.attribute("method_path", "*/*");
            out.block("settings", |out| {
                self.of_every_method(out);
                if let Some((rate, burst)) = self.throttle.numbers() {
                    out.attribute("throttling_rate_limit", rate);
                    out.attribute("throttling_burst_limit", burst);
                }
                if self.cache != MethodCache::NoCluster {
                    out.attribute("caching_enabled", false);
                }
            });
        });
    }

    /// Writes the block for all methods that differ from that, a line each.
    pub(crate) fn terraform_of(
        &self,
        methods: &[MethodSettings],
        stage: &StageAt<'_>,
        out: &mut Terraform,
    ) {
        let own = |name: &str| format!("try(each.value.{name}, null)");
        out.resource(METHOD_SETTINGS, "method", |out| {
            out.unaligned_map("for_each", |out| {
                for method in methods {
                    out.entry(method.label.as_str(), &method.item_values());
                }
            });
            out.gap();
            stage.terraform(out);
            out.bare("method_path", format_args!("each.value.method_path"));
            out.block("settings", |out| {
                self.of_every_method(out);
                for name in ["throttling_rate_limit", "throttling_burst_limit"] {
                    out.bare(name, format_args!("{}", own(name)));
                }
                if self.cache == MethodCache::NoCluster {
                    return;
                }
                out.bare(
                    "caching_enabled",
                    format_args!("each.value.caching_enabled"),
                );
                for name in ["cache_ttl_in_seconds", "cache_data_encrypted"] {
                    out.bare(name, format_args!("{}", own(name)));
                }
                for (name, value) in [
                    ("require_authorization_for_cache_control", "true"),
                    ("unauthorized_cache_control_header_strategy", UNAUTHORIZED),
                ] {
                    out.bare(
                        name,
                        format_args!("each.value.caching_enabled ? {value} : null"),
                    );
                }
            });
        });
    }

    /// Writes the settings that methods have in common.
    fn of_every_method(&self, out: &mut Terraform) {
        out.attribute("metrics_enabled", self.has_metrics);
        out.attribute("logging_level", self.logging.as_str());
        out.attribute("data_trace_enabled", false);
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
    fn item_values(&self) -> Object {
        let throttle = self.settings.throttle.numbers();
        let cache = match self.settings.cache {
            MethodCache::NoCluster | MethodCache::Disabled => None,
            MethodCache::Enabled(cache) => Some(cache),
        };
        let has_cluster = self.settings.cache != MethodCache::NoCluster;
        Object::default()
            .with("method_path", self.terraform_path())
            .optional("throttling_rate_limit", throttle.map(|(rate, _)| rate))
            .optional("throttling_burst_limit", throttle.map(|(_, burst)| burst))
            .optional("caching_enabled", has_cluster.then_some(cache.is_some()))
            .optional("cache_ttl_in_seconds", cache.map(|cache| cache.ttl_s))
            .optional(
                "cache_data_encrypted",
                cache.map(|cache| cache.is_encrypted),
            )
    }

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
