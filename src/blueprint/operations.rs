//! Functions, findings and quotas as written.
//! In: the tree. Out: `SyncSpec`, `ForwarderSpec`, `LintSpec`, `LimitsSpec` and their parts. Pure.

use super::decode::{mapping, names, section};
use super::scalars::{Duration, Reserved};
use super::values::{ValueSpec, ValuesSpec};

/// Runtime of the functions that gwgen brings along.
const RUNTIME: &str = "python3.13";

section! {
    /// The function that keeps the NLB's targets equal to the ALB's addresses.
    pub struct SyncSpec {
        /// How often it runs.
        pub schedule: Duration = Duration::of_seconds(60),
        /// How many runs in a row an address is missing before it is taken out; 1 is warned of.
        pub missing_before_deregister: u32 = 3,
        /// How many lookups a run makes at most; an address counts as missing once two agree.
        pub max_lookups_per_run: u32 = 50,
        /// Where it keeps its memory.
        pub state: SyncState = SyncState::Ssm,
        /// Runtime of the function: `python3.12`, `python3.13` or `python3.14`.
        pub runtime: String = RUNTIME.to_owned(),
        /// ARN of the topic that its alarms tell. Default: that of `alarms`.
        pub alarm_topic: Option<ValueSpec>,
        /// Whether one concurrent run of the account is kept for it, so that two never overlap.
        pub reserve_concurrency: bool = true,
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
    /// Alarms of CloudWatch, on metrics that cost nothing by themselves.
    pub struct AlarmsSpec {
        /// ARN of the topic that they tell.
        pub topic: ValueSpec,
    }
}

section! {
    /// The function that forwards requests.
    pub struct ForwarderSpec {
        /// Its memory. Unit: megabytes.
        pub memory_mb: u32 = 512,
        /// How long a request may take in it; a route with a shorter `timeout` has that.
        pub timeout: Duration = Duration::of_seconds(29),
        /// Runtime of the function: `python3.12`, `python3.13` or `python3.14`.
        pub runtime: String = RUNTIME.to_owned(),
        /// Ids of its security groups.
        pub security_groups: Option<ValuesSpec>,
    }
}

section! {
    /// Findings that are allowed, and advice that is an error.
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

section! {
    /// Quotas of the account, where they were raised.
    pub struct LimitsSpec {
        /// Resources of an API.
        // Source: docs/aws-rules.md#m1.
        pub resources: u64 = 300,
        /// Stages of an API.
        pub stages: Option<Reserved<u64>>,
        /// Authorizers of an API.
        // Source: docs/aws-rules.md#m3.
        pub authorizers: u64 = 10,
        /// Rules of an ALB.
        // Source: docs/aws-rules.md#l5.
        pub listener_rules: u64 = 100,
        /// Target groups of a balancer.
        // Source: docs/aws-rules.md#l5.
        pub target_groups: u64 = 100,
        /// Listeners of an NLB.
        // Source: docs/aws-rules.md#l6.
        pub nlb_listeners: u64 = 50,
        /// Longest time that API Gateway waits for a backend.
        // Source: docs/aws-rules.md#i4.
        pub integration_timeout: Duration = Duration::of_seconds(29),
        /// Throttled methods of a usage plan.
        // Source: docs/aws-rules.md#m16.
        pub plan_throttles: u64 = 20,
        /// VPC links of a region.
        pub vpc_links: Option<Reserved<u64>>,
    }
}
