//! What a literal of each type looks like.
//!
//! In: texts of the blueprint. Out: findings. Pure.

use std::net::Ipv4Addr;

use super::Variables;
use super::identifiers::network_of;
use crate::blueprint::Value;
use crate::diagnostic;
use crate::plan::InputType;

impl Variables<'_> {
    /// Source of the shapes: AWS, "Amazon EC2 resource IDs"; docs/aws-rules.md#d7 for stage names.
    #[expect(
        clippy::too_many_lines,
        reason = "a flat table: what a text of each type looks like"
    )]
    pub(crate) fn check_literal(&mut self, text: &str, of: InputType, pointer: &str) {
        let hex_after = |prefix: &str| {
            text.strip_prefix(prefix).is_some_and(|rest| {
                !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_alphanumeric())
            })
        };
        let (holds, want) = match of {
            InputType::Vpc => (hex_after("vpc-"), "the id of a VPC, `vpc-...`"),
            InputType::Subnet
            | InputType::Subnets
            | InputType::FunctionSubnet
            | InputType::FunctionSubnets
            | InputType::LinkSubnet
            | InputType::LinkSubnets => (hex_after("subnet-"), "the id of a subnet, `subnet-...`"),
            InputType::Instance | InputType::Instances => {
                (hex_after("i-"), "the id of an instance, `i-...`")
            }
            InputType::SecurityGroup
            | InputType::BalancerGroup
            | InputType::BalancerGroups
            | InputType::FunctionGroup
            | InputType::FunctionGroups
            | InputType::LinkGroup
            | InputType::LinkGroups => (hex_after("sg-"), "the id of a security group, `sg-...`"),
            InputType::TargetGroup => (
                is_arn(text, ":targetgroup/"),
                "the ARN of a target group, `arn:...:targetgroup/...`",
            ),
            InputType::Balancer => (
                is_arn(text, ":loadbalancer/net/"),
                "the ARN of a network load balancer, `arn:...:loadbalancer/net/...`",
            ),
            InputType::Alb => (
                is_arn(text, ":loadbalancer/app/"),
                "the ARN of an application load balancer, `arn:...:loadbalancer/app/...`",
            ),
            InputType::AlbListener => (
                is_arn(text, ":listener/app/"),
                "the ARN of a listener, `arn:...:listener/app/...`",
            ),
            InputType::Client | InputType::Clients => (
                hex_after("sg-") || is_range(text),
                "a security group, `sg-...`, or an IPv4 range such as `10.0.1.0/24`",
            ),
            InputType::Certificate => (
                is_arn(text, ":certificate/"),
                "the ARN of a certificate, `arn:...:certificate/...`",
            ),
            InputType::BalancerName => (is_host(text), "the DNS name of a load balancer"),
            InputType::AlbName => (
                is_host(text) && text.contains(".elb."),
                "the name that AWS gave an application load balancer, `...elb.amazonaws.com`",
            ),
            InputType::LogKey => (is_arn(text, ":kms:"), "the ARN of a key, `arn:...:kms:...`"),
            InputType::WebAcl => (
                is_arn(text, ":wafv2:") && text.contains(":regional/webacl/"),
                "the ARN of a regional web ACL, `arn:...:wafv2:...:regional/webacl/...`",
            ),
            InputType::StageVariable => {
                let legal = |it: u8| it.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&it);
                let want = "the value of a stage variable: 1 to 512 letters, digits and any of `-._~:/?#&=,`";
                (
                    (1..=512).contains(&text.len()) && text.bytes().all(legal),
                    want,
                )
            }
            InputType::Topic => (
                is_arn(text, ":sns:"),
                "the ARN of a topic, `arn:...:sns:...`",
            ),
            InputType::VpcEndpoint | InputType::VpcEndpoints => {
                (hex_after("vpce-"), "the id of a VPC endpoint, `vpce-...`")
            }
            InputType::Caller | InputType::Callers => (
                is_range_of_callers(text),
                "a range of addresses such as `203.0.113.0/24` or `2001:db8::/32`",
            ),
            InputType::Domain => {
                let is_lower = !text.bytes().any(|it| it.is_ascii_uppercase());
                (
                    is_host(text) && text.contains('.') && is_lower,
                    "the name of a domain in lower case, such as `api.shop.example`",
                )
            }
            InputType::DomainCertificate => (
                is_arn(text, ":certificate/"),
                "the ARN of a certificate, `arn:...:certificate/...`",
            ),
            InputType::Zone => (is_word(text), "the id of a hosted zone"),
            InputType::Truststore => (
                text.starts_with("s3://") && !text.contains(char::is_whitespace),
                "an S3 URI, `s3://bucket/key`",
            ),
            InputType::VpcLink | InputType::LinkV2 => (is_word(text), "the id of a VPC link"),
            InputType::Bucket => (is_host(text), "the name of a bucket"),
            InputType::AutoscalingGroup | InputType::AutoscalingGroups => (
                !text.is_empty() && text.len() <= 255 && !text.contains(':'),
                "the name of an autoscaling group",
            ),
            InputType::Cidr | InputType::Cidrs => (
                is_range(text),
                "an IPv4 range of a network, such as `10.0.1.0/24`",
            ),
            InputType::Host | InputType::Hosts => (
                is_host(text),
                "the DNS name or IPv4 address of a server, without scheme, port or path",
            ),
            InputType::UserPool | InputType::UserPools => (
                is_arn(text, ":userpool/"),
                "the ARN of a user pool, `arn:...:cognito-idp:...:userpool/...`",
            ),
            InputType::ApiKey => (is_word(text), "the id of an API key"),
            // `targets` looks at it: there is more to say.
            InputType::Address | InputType::Addresses => (true, ""),
            InputType::StageName => (
                !text.is_empty()
                    && text.len() <= 128
                    && text
                        .bytes()
                        .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-')),
                "a stage name: letters, digits, `_` and `-`, at most 128",
            ),
            // Functions, URLs and headers are read where they are decided.
            InputType::Text | InputType::Environment | InputType::Url | InputType::HeaderValue => {
                (true, "")
            }
            InputType::Function | InputType::AuthorizerFunction | InputType::TruststoreVersion => {
                (true, "")
            }
        };
        if holds {
            return self.check_identifier(text, of, pointer);
        }
        let finding = diagnostic::INVALID_VALUE.at(self.blueprint.place(pointer));
        let is_range = matches!(
            of,
            InputType::Cidr
                | InputType::Cidrs
                | InputType::Caller
                | InputType::Callers
                | InputType::Client
                | InputType::Clients
        );
        let finding = match network_of(text).filter(|_| is_range) {
            Some(network) => finding
                .message(format_args!("`{text}` names an address within a network (it has host bits), and is not {want}"))
                .help(format_args!("write `{network}` for the whole network, or the address with its whole length for it alone")),
            None => finding.message(format_args!("`{text}` is not {want}")).help("write one, or a reference such as `{var: name}`"),
        };
        self.diagnostics.push(finding);
    }

    /// Refuses a literal host that is neither a DNS name nor an address: nothing else may come into
    /// the URI of an integration.
    pub(crate) fn check_host(&mut self, host: &Value, pointer: &str) {
        if let Value::Literal(text) = host
            && !is_host(text)
        {
            let finding = diagnostic::INVALID_VALUE
                .at(self.place(pointer))
                .message(format_args!("`{text}` is no host name"))
                .help("write a DNS name without scheme, port or path, such as `orders.internal`");
            self.report(finding);
        }
    }
}

fn is_arn(text: &str, middle: &str) -> bool {
    text.starts_with("arn:") && text.contains(middle) && !text.contains(char::is_whitespace)
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-'))
}

fn is_range_of_callers(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        match (address.parse::<std::net::IpAddr>(), length.parse::<u8>()) {
            (Ok(std::net::IpAddr::V4(_)), Ok(length)) => length <= 32,
            (Ok(std::net::IpAddr::V6(_)), Ok(length)) => length <= 128,
            _ => false,
        }
    }) && network_of(text).is_none()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric())
}

/// Returns whether a text is an IPv4 range as a rule of a security group takes it: the first
/// address, and 8 bits of the network or more.
///
/// A wider range would admit foreign networks.
fn is_range(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let (Ok(address), Ok(bits)) = (address.parse::<Ipv4Addr>(), bits.parse::<u32>()) else {
        return false;
    };
    (8..=32).contains(&bits)
        && text == format!("{address}/{bits}")
        && address.to_bits().checked_shl(bits).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::is_range;

    #[test]
    fn ranges_that_a_rule_takes() {
        for text in ["10.0.0.0/8", "10.0.1.0/24", "10.0.1.7/32"] {
            assert!(is_range(text), "{text}");
        }
        for text in [
            "0.0.0.0/0",
            "10.0.0.0/7",
            "10.0.1.1/24",
            "10.0.1.0",
            "10.0.1.0/33",
            "10.0.1.0/024",
            "fd00::/8",
            "10.0.1.0/ 24",
        ] {
            assert!(!is_range(text), "{text}");
        }
    }
}
