//! Functions, findings, quotas and cost as written.
//!
//! In: the tree. Out: `SyncSpec`, `ForwarderSpec`, `LintSpec`, `LimitsSpec`, `CostSpec` and their
//! parts. Pure.
//! The comments on the fields are for users: they become the published schema.

use std::collections::BTreeMap;

use super::decode::{mapping, names};
use super::scalars::{Duration, Reserved};
use super::values::{Value, Values};

mapping! {
    /// The function that keeps the NLB's targets equal to the ALB's addresses.
    #[derive(Default)]
    pub struct SyncSpec {
        /// How often it runs. Default: `1m`.
        pub schedule: Option<Duration>,
        /// How many runs in a row an address is missing before it is taken out; 1 is warned of.
        /// Default: 3.
        pub missing_before_deregister: Option<u32>,
        /// How many lookups a run makes at most; an address counts as missing once two agree.
        /// Default: 50.
        pub max_lookups_per_run: Option<u32>,
        /// Where it keeps its memory. Default: `ssm`.
        pub state: Option<SyncState>,
        /// Runtime of the function: `python3.12`, `python3.13` or `python3.14`. Default:
        /// `python3.13`.
        pub runtime: Option<String>,
        /// ARN of the topic that its alarms tell.
        pub alarm_topic: Option<Value>,
        /// Whether one concurrent run of the account is kept for it, so that two never overlap.
        /// Default: `true`.
        pub reserve_concurrency: Option<bool>,
    }
}

names! {
    /// Where the sync function keeps its memory.
    pub enum SyncState {
        Ssm = "ssm",
        S3 = "s3",
    }
}

mapping! {
    /// The function that forwards requests.
    #[derive(Default)]
    pub struct ForwarderSpec {
        /// Its memory. Unit: megabytes. Default: 512.
        pub memory_mb: Option<u32>,
        /// How long a request may take in it; a route with a shorter `timeout` has that. Default:
        /// `29s`.
        pub timeout: Option<Duration>,
        /// Runtime of the function: `python3.12`, `python3.13` or `python3.14`. Default:
        /// `python3.13`.
        pub runtime: Option<String>,
        /// Ids of its security groups.
        pub security_groups: Option<Values>,
    }
}

mapping! {
    /// Findings that are allowed, and advice that is an error.
    #[derive(Default)]
    pub struct LintSpec {
        /// Findings that are allowed, each with its reason: they are not said, but where something
        /// is open that the inputs protect (GW2100, GW3004, GW3005, GW3065, GW3066), which stays a
        /// note. Errors protect users and cannot be allowed.
        pub allow: Option<Vec<AllowSpec>>,
        /// Codes that are errors here, but where `allow` allows them.
        pub deny: Option<Vec<String>>,
    }
}

mapping! {
    /// A finding that is allowed.
    pub struct AllowSpec {
        /// Code of the finding.
        #[schemars(regex(pattern = "^GW[0-9]{4}$"))]
        pub code: String,
        /// Patterns of paths, as in `match` of a route: it is allowed where every path that it is
        /// about matches one. Without: everywhere.
        pub paths: Option<Vec<String>>,
        /// Why it is allowed.
        pub reason: String,
        /// Last day on which it is allowed, as `2027-03-31`; from the next day on, the entry is an
        /// error.
        #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
        pub until: Option<String>,
    }
}

mapping! {
    /// Quotas of the account, where they were raised.
    #[derive(Default)]
    pub struct LimitsSpec {
        /// Resources of an API.
        pub resources: Option<u64>,
        /// Stages of an API.
        pub stages: Option<Reserved<u64>>,
        /// Authorizers of an API.
        pub authorizers: Option<u64>,
        /// Rules of an ALB.
        pub listener_rules: Option<u64>,
        /// Target groups of a balancer.
        pub target_groups: Option<u64>,
        /// Listeners of an NLB.
        pub nlb_listeners: Option<u64>,
        /// Longest time that API Gateway waits for a backend.
        pub integration_timeout: Option<Duration>,
        /// Throttled methods of a usage plan.
        pub plan_throttles: Option<u64>,
        /// VPC links of a region.
        pub vpc_links: Option<Reserved<u64>>,
    }
}

mapping! {
    /// What the bill is computed from.
    #[derive(Default)]
    pub struct CostSpec {
        /// Requests in a month.
        pub requests_per_month: Option<u64>,
        /// Size of a request. Unit: kilobytes.
        #[schemars(range(min = 0))]
        pub request_kb: Option<f64>,
        /// Size of an answer. Unit: kilobytes.
        #[schemars(range(min = 0))]
        pub response_kb: Option<f64>,
        /// Time that a backend takes. Unit: milliseconds.
        pub backend_ms: Option<u64>,
        /// Hours of a month.
        pub hours: Option<u64>,
        /// A currency beside US dollars.
        pub currency: Option<CurrencySpec>,
        /// Prices in US dollars by name, in place of the known ones.
        pub prices: Option<BTreeMap<String, f64>>,
    }
}

mapping! {
    /// A currency beside US dollars.
    pub struct CurrencySpec {
        /// Its code, for example `KRW`.
        pub code: String,
        /// How much of it one US dollar is.
        #[schemars(range(min = 0))]
        pub per_usd: f64,
    }
}
