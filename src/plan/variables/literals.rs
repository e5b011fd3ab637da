//! What a literal of each type looks like.
//!
//! In: texts of the blueprint. Out: findings. Pure.

use super::Variables;
use super::identifiers::network_of;
use crate::diagnostic;
use crate::plan::InputType;
use crate::plan::network::targets;

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
                hex_after("sg-") || targets::is_range(text),
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
                targets::is_range(text),
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
