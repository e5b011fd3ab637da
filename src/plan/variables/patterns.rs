//! Patterns that values of deploy time have to match, by type.
//!
//! In: `InputType`. Out: a regular expression that both languages read, and a message. Pure.
//! Both come from the tables by which literals are checked. A value is refused where it cannot be
//! of its type, as ids of emulators are no ids of AWS.

use super::literals::{arn_shape, expected, id_shape, other_pattern};
use crate::blueprint::OutputFormat;
use crate::plan::InputType;

/// A pattern that a value, or each item of a list, has to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuePattern {
    pub regex: String,
    /// A sentence that says what is due.
    pub message: String,
}

impl ValuePattern {
    fn new(regex: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            regex: regex.into(),
            message: message.into(),
        }
    }
}

/// Returns the pattern of a type in an output of a format.
///
/// Source: docs/aws-rules.md#d7 for stage names, docs/aws-rules.md#d8 for stage variables,
/// docs/aws-rules.md#q18 for headers, docs/aws-rules.md#i2 for addresses; Amazon EC2 user guide,
/// "Resource IDs", <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>; IAM user
/// guide, "Amazon Resource Names (ARNs)",
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>, read 2026-11-30.
pub(crate) fn pattern(of: InputType, format: OutputFormat) -> Option<ValuePattern> {
    let of = of.item().unwrap_or(of);
    let message = |expected: String| format!("This is not {expected}.");
    if let Some((_, prefix)) = id_shape(of) {
        let regex = format!("^{prefix}[0-9a-f]+$");
        return Some(ValuePattern::new(regex, message(expected(of)?)));
    }
    if let Some((_, service, tail)) = arn_shape(of) {
        let [service, tail] = [service, tail].map(|alternatives| {
            if alternatives.contains('|') {
                format!("({alternatives})")
            } else {
                alternatives.to_owned()
            }
        });
        let regex = format!("^arn:[a-z-]+:{service}:[a-z0-9-]*:[0-9]{{12}}:{tail}.+$");
        return Some(ValuePattern::new(regex, message(expected(of)?)));
    }
    let (regex, message) = match of {
        InputType::Environment => environment(format),
        InputType::StageName => STAGE_NAME,
        InputType::Function | InputType::AuthorizerFunction => FUNCTION_ARN,
        InputType::Url => HTTPS_URL,
        InputType::StageVariable => STAGE_VARIABLE,
        InputType::HeaderValue => HEADER_VALUE,
        other => {
            let regex = other_pattern(other)?;
            return Some(ValuePattern::new(regex, message(expected(other)?)));
        }
    };
    Some(ValuePattern::new(regex, message))
}

/// A template cannot shorten an environment, so it takes no more than short names have room for.
fn environment(format: OutputFormat) -> (&'static str, &'static str) {
    match format {
        OutputFormat::Terraform | OutputFormat::TerraformJson => (
            "^[a-z0-9-]{1,20}$",
            "An environment has 1 to 20 lower-case letters, digits and hyphens.",
        ),
        OutputFormat::Cloudformation => (
            "^[a-z0-9-]{1,8}$",
            "An environment has 1 to 8 lower-case letters, digits and hyphens.",
        ),
    }
}

const STAGE_NAME: (&str, &str) = (
    "^[A-Za-z0-9_-]{1,128}$",
    "A stage name has 1 to 128 letters, digits, underscores and hyphens.",
);

const FUNCTION_ARN: (&str, &str) = (
    "^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)?$",
    "The ARN of a function is due, with an alias or a version or without.",
);

const HTTPS_URL: (&str, &str) = (
    "^https://[A-Za-z0-9.-]+(:[0-9]{2,5})?(/[A-Za-z0-9._~%+-]+)*$",
    "An address starts with https:// and ends without a slash.",
);

const STAGE_VARIABLE: (&str, &str) = (
    "^[A-Za-z0-9._~:/?#&=,-]{1,512}$",
    "A stage variable has 1 to 512 letters, digits and any of -._~:/?#&=,.",
);

const HEADER_VALUE: (&str, &str) = (
    "^[ -&(-~]*$",
    "The value of a header is printable ASCII without single quotes.",
);

#[cfg(test)]
mod tests {
    use super::super::literals::unmet_shape;
    use super::pattern;
    use crate::blueprint::OutputFormat;
    use crate::plan::InputType;

    const FORMATS: [OutputFormat; 2] = [OutputFormat::Terraform, OutputFormat::Cloudformation];

    /// Values of AWS, of other partitions and of emulators.
    const VALID: [(InputType, &str); 31] = [
        (InputType::Vpc, "vpc-0a1b2c3d"),
        (InputType::Subnet, "subnet-0a1b2c3d4e5f70001"),
        (InputType::Instance, "i-0a1b2c3d4e5f70000"),
        (InputType::SecurityGroup, "sg-0a1b2c3d4e5f70000"),
        (InputType::VpcEndpoint, "vpce-0a1b2c3d4e5f70000"),
        (
            InputType::TargetGroup,
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/app/6d0ecf831eec9f09",
        ),
        (
            InputType::Balancer,
            "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:loadbalancer/net/app/50dc6c495c0c9188",
        ),
        (
            InputType::Alb,
            "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:loadbalancer/app/app/50dc6c495c0c9188",
        ),
        (
            InputType::AlbListener,
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/app/50dc6c495c0c9188/f2f7dc8efc522ab2",
        ),
        (
            InputType::Certificate,
            "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000",
        ),
        (
            InputType::Certificate,
            "arn:aws:iam::123456789012:server-certificate/division/app",
        ),
        (
            InputType::DomainCertificate,
            "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000",
        ),
        (
            InputType::LogKey,
            "arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        ),
        (
            InputType::Topic,
            "arn:aws:sns:us-east-1:123456789012:alarms",
        ),
        (
            InputType::WebAcl,
            "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/callers/00000000-0000-4000-8000-000000000000",
        ),
        (
            InputType::UserPool,
            "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Ab1",
        ),
        (
            InputType::Function,
            "arn:aws:lambda:us-east-1:123456789012:function:orders:live",
        ),
        (InputType::Client, "sg-0a1b2c3d"),
        (InputType::Client, "10.0.0.0/8"),
        (InputType::Cidr, "10.0.1.0/24"),
        (InputType::Caller, "2001:db8::/32"),
        (InputType::Caller, "0.0.0.0/0"),
        (InputType::Host, "orders-1.internal"),
        (
            InputType::BalancerName,
            "app-50dc.elb.us-east-1.amazonaws.com",
        ),
        (
            InputType::AlbName,
            "internal-app-1.us-east-1.elb.amazonaws.com",
        ),
        (InputType::Domain, "api.shop.example"),
        (InputType::Zone, "Z00000000000000EXAMPLE"),
        (InputType::Truststore, "s3://truststore/callers.pem"),
        (InputType::Bucket, "logs.of.balancers"),
        (InputType::AutoscalingGroup, "web servers/blue"),
        (InputType::ApiKey, "a1b2c3d4e5"),
    ];

    /// Values of another type, and slips.
    const INVALID: [(InputType, &str); 14] = [
        (InputType::Subnet, "vpc-0a1b2c3d"),
        (InputType::Subnet, "subnet-0a1b2c3d "),
        (InputType::Vpc, "vpc-"),
        (InputType::SecurityGroup, "sg-0a1b2c3g"),
        (
            InputType::Balancer,
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/app/50dc6c495c0c9188",
        ),
        (
            InputType::TargetGroup,
            "arn:aws:elasticloadbalancing:us-east-1:12345:targetgroup/app/6d0ecf831eec9f09",
        ),
        (
            InputType::DomainCertificate,
            "arn:aws:iam::123456789012:server-certificate/app",
        ),
        (InputType::UserPool, "us-east-1_Ab1"),
        (
            InputType::WebAcl,
            "arn:aws:wafv2:us-east-1:123456789012:global/webacl/callers/1",
        ),
        (InputType::Cidr, "10.0.1.0"),
        (InputType::Cidr, "0.0.0.0/0"),
        (InputType::Zone, "api.shop.example."),
        (InputType::Domain, "https://api.shop.example"),
        (InputType::Host, "orders:8080"),
    ];

    fn matches(of: InputType, text: &str) -> Vec<bool> {
        let is_met = |format| {
            let regex = pattern(of, format).unwrap().regex;
            regex::Regex::new(&regex).unwrap().is_match(text)
        };
        FORMATS.map(is_met).to_vec()
    }

    #[test]
    fn patterns_take_what_literals_may_be_and_refuse_slips() {
        for (of, text) in VALID {
            assert_eq!(matches(of, text), [true, true], "{of:?} {text}");
            assert_eq!(unmet_shape(text, of), None, "{of:?} {text}");
        }
        for (of, text) in INVALID {
            assert_eq!(matches(of, text), [false, false], "{of:?} {text}");
        }
    }

    #[test]
    fn patterns_stand_in_both_languages_as_they_are() {
        for of in InputType::ALL {
            for pattern in FORMATS
                .into_iter()
                .filter_map(|format| pattern(*of, format))
            {
                let is_plain = |text: &str| !text.contains(['"', '\\', '\n']);
                assert!(is_plain(&pattern.regex) && !pattern.regex.contains("${"));
                assert!(pattern.message.ends_with('.') && is_plain(&pattern.message));
            }
        }
    }
}
