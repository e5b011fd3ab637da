//! Access logs of a load balancer.
//!
//! In: `BucketSpec`. Out: `AccessLogsPlan`, findings. Pure.

use std::sync::Arc;

use crate::blueprint::BucketSpec;
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Value};

/// Bucket that a balancer logs into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLogsPlan {
    pub bucket: Value,
    pub prefix: Option<Arc<str>>,
}

/// Source: Elastic Load Balancing, "Access logs for your Network Load Balancer",
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html>:
/// a prefix holds no `AWSLogs`; the provider and the API refuse a slash at either end.
pub(crate) fn access_logs(
    variables: &mut Variables<'_>,
    logs: &BucketSpec,
    at: &str,
) -> AccessLogsPlan {
    let bucket = variables.value(&logs.bucket, InputType::Bucket, &format!("{at}/bucket"));
    let prefix = logs.prefix.as_deref().filter(|prefix| !prefix.is_empty());
    let is_illegal = |prefix: &&str| {
        prefix.contains("AWSLogs")
            || prefix.starts_with('/')
            || prefix.ends_with('/')
            || prefix.contains("${")
    };
    if let Some(prefix) = prefix.filter(is_illegal) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(variables.place(&format!("{at}/prefix")))
                .message(format_args!("`{prefix}` is no prefix of access logs"))
                .help("write it without a slash at either end and without `AWSLogs`, for example `nlb`"),
        );
    }
    AccessLogsPlan {
        bucket,
        prefix: prefix.map(Arc::from),
    }
}
