//! Shapes of literals of each type.
//!
//! In: texts of the blueprint. Out: diagnostics. Pure.

use std::net::{IpAddr, Ipv4Addr};

use super::Variables;
use crate::blueprint::ValueSpec;
use crate::diagnostic;
use crate::plan::InputType;

impl Variables<'_> {
    /// Checks that a literal has the shape of its type.
    ///
    /// Errors: GW2002; those of `check_identifier`.
    pub(crate) fn check_literal(&mut self, text: &str, of: InputType, pointer: &str) {
        let of = of.item().unwrap_or(of);
        let Some(expected) = unmet_shape(text, of) else {
            return self.check_identifier(text, of, pointer);
        };
        let finding = diagnostic::INVALID_VALUE.at(self.blueprint.place(pointer));
        let is_range = matches!(of, InputType::Cidr | InputType::Caller | InputType::Client);
        let finding = match network_of(text).filter(|_| is_range) {
            Some(network) => finding
                .message(format_args!("`{text}` names an address within a network (it has host bits), and is not {expected}"))
                .help(format_args!("write `{network}` for the whole network, or the address with its whole length for it alone")),
            None => finding
                .message(format_args!("`{text}` is not {expected}"))
                .help("write one, or a reference such as `{var: name}`"),
        };
        self.diagnostics.push(finding);
    }

    /// Refuses a literal host that is neither a DNS name nor an address: nothing else may come into
    /// the URI of an integration.
    pub(crate) fn check_host(&mut self, host: &ValueSpec, pointer: &str) {
        if let ValueSpec::Literal(text) = host
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

/// Returns the shape of a type in a sentence, where a text has another one.
pub(super) fn unmet_shape(text: &str, of: InputType) -> Option<String> {
    let holds = if let Some((_, prefix)) = id_shape(of) {
        is_id(text, prefix)
    } else if let Some((_, service, tail)) = arn_shape(of) {
        is_arn(text, service, tail)
    } else {
        let (_, holds, ..) = OTHER_SHAPES.iter().find(|(other, ..)| *other == of)?;
        holds(text)
    };
    expected(of).filter(|_| !holds)
}

/// Returns the shape of a type in a sentence, where a table has it.
///
/// Source of the shapes: AWS, "Amazon EC2 resource IDs"; docs/aws-rules.md#d7 for stage names.
pub(super) fn expected(of: InputType) -> Option<String> {
    if let Some((noun, prefix)) = id_shape(of) {
        return Some(format!("the id of {noun}, `{prefix}...`"));
    }
    if let Some((noun, service, tail)) = arn_shape(of) {
        let first = |text: &'static str| text.split('|').next().unwrap_or(text);
        let resource = first(tail);
        let end = if resource.is_empty() {
            String::new()
        } else {
            format!(":{resource}...")
        };
        return Some(format!(
            "the ARN of {noun}, `arn:...:{}:...{end}`",
            first(service)
        ));
    }
    let (.., expected, _) = OTHER_SHAPES.iter().find(|(other, ..)| *other == of)?;
    Some((*expected).to_owned())
}

/// Types of ids of EC2, each with its noun and prefix.
const ID_SHAPES: [(InputType, &str, &str); 10] = [
    (InputType::Vpc, "a VPC", "vpc-"),
    (InputType::Subnet, "a subnet", "subnet-"),
    (InputType::FunctionSubnet, "a subnet", "subnet-"),
    (InputType::LinkSubnet, "a subnet", "subnet-"),
    (InputType::Instance, "an instance", "i-"),
    (InputType::SecurityGroup, "a security group", "sg-"),
    (InputType::BalancerGroup, "a security group", "sg-"),
    (InputType::FunctionGroup, "a security group", "sg-"),
    (InputType::LinkGroup, "a security group", "sg-"),
    (InputType::VpcEndpoint, "a VPC endpoint", "vpce-"),
];

/// Types of ARNs, each with its noun, its service and the start of its resource; `|` separates
/// alternatives.
const ARN_SHAPES: [(InputType, &str, &str, &str); 10] = [
    (
        InputType::TargetGroup,
        "a target group",
        BALANCING,
        "targetgroup/",
    ),
    (
        InputType::Balancer,
        "a network load balancer",
        BALANCING,
        "loadbalancer/net/",
    ),
    (
        InputType::Alb,
        "an application load balancer",
        BALANCING,
        "loadbalancer/app/",
    ),
    (
        InputType::AlbListener,
        "a listener",
        BALANCING,
        "listener/app/",
    ),
    (
        InputType::Certificate,
        "a certificate",
        "acm|iam",
        "certificate/|server-certificate/",
    ),
    (
        InputType::DomainCertificate,
        "a certificate",
        "acm",
        "certificate/",
    ),
    (InputType::LogKey, "a key", "kms", ""),
    (InputType::Topic, "a topic", "sns", ""),
    (
        InputType::WebAcl,
        "a regional web ACL",
        "wafv2",
        "regional/webacl/",
    ),
    (
        InputType::UserPool,
        "a user pool",
        "cognito-idp",
        "userpool/",
    ),
];

const BALANCING: &str = "elasticloadbalancing";

/// Returns noun, service and start of the resource of an ARN.
pub(super) fn arn_shape(of: InputType) -> Option<(&'static str, &'static str, &'static str)> {
    let (_, noun, service, tail) = ARN_SHAPES.iter().find(|(arn, ..)| *arn == of)?;
    Some((noun, service, tail))
}

/// Returns noun and prefix of an id of EC2.
pub(super) fn id_shape(of: InputType) -> Option<(&'static str, &'static str)> {
    let (_, noun, prefix) = ID_SHAPES.iter().find(|(id, ..)| *id == of)?;
    Some((noun, prefix))
}

/// A check of a text, what it expects, and as much of it as a pattern can say; empty where
/// `patterns.rs` has the pattern.
type Shape = (InputType, fn(&str) -> bool, &'static str, &'static str);

/// Returns the pattern of a type that is neither an id nor an ARN.
pub(super) fn other_pattern(of: InputType) -> Option<&'static str> {
    let (.., pattern) = OTHER_SHAPES.iter().find(|(other, ..)| *other == of)?;
    (!pattern.is_empty()).then_some(pattern)
}

/// Pattern of ids that are one word.
const WORD: &str = "^[A-Za-z0-9]+$";

/// Pattern of DNS names and addresses.
const HOST: &str = "^[A-Za-z0-9.-]{1,253}$";

/// Shapes of other types. Functions, URLs, headers and addresses of targets are checked with their
/// decisions.
const OTHER_SHAPES: [Shape; 16] = [
    (
        InputType::Client,
        |text| is_id(text, "sg-") || is_range(text),
        "a security group, `sg-...`, or an IPv4 range such as `10.0.16.0/20`",
        "^(sg-[0-9a-f]+|([0-9]{1,3}[.]){3}[0-9]{1,3}/([89]|[12][0-9]|3[0-2]))$",
    ),
    (
        InputType::BalancerName,
        is_host,
        "the DNS name of a load balancer",
        HOST,
    ),
    (
        InputType::AlbName,
        |text| is_host(text) && text.contains(".elb."),
        "the name that AWS gave an application load balancer, `...elb.amazonaws.com`",
        "^[A-Za-z0-9.-]+[.]elb[.][A-Za-z0-9.-]+$",
    ),
    (
        InputType::StageVariable,
        is_stage_variable,
        "the value of a stage variable: 1 to 512 letters, digits and any of `-._~:/?#&=,`",
        "",
    ),
    (
        InputType::Caller,
        is_range_of_callers,
        "a range of addresses such as `203.0.113.0/24` or `2001:db8::/32`",
        "^[0-9A-Fa-f.:]+/[0-9]{1,3}$",
    ),
    (
        InputType::Domain,
        is_domain,
        "the name of a domain in lower case, such as `api.shop.example`",
        "^([*][.])?[a-z0-9-]+([.][a-z0-9-]+)+$",
    ),
    (InputType::Zone, is_word, "the id of a hosted zone", WORD),
    (
        InputType::Truststore,
        |text| text.starts_with("s3://") && !text.contains(char::is_whitespace),
        "an S3 URI, `s3://bucket/key`",
        "^s3://[^ ]+$",
    ),
    (InputType::VpcLink, is_word, "the id of a VPC link", WORD),
    (InputType::LinkV2, is_word, "the id of a VPC link", WORD),
    (
        InputType::Bucket,
        is_host,
        "the name of a bucket",
        "^[A-Za-z0-9._-]{1,255}$",
    ),
    (
        InputType::AutoscalingGroup,
        |text| !text.is_empty() && text.len() <= 255 && !text.contains(':'),
        "the name of an autoscaling group",
        "^[^:]{1,255}$",
    ),
    (
        InputType::Cidr,
        is_range,
        "an IPv4 range of a network, such as `10.0.16.0/20`",
        "^([0-9]{1,3}[.]){3}[0-9]{1,3}/([89]|[12][0-9]|3[0-2])$",
    ),
    (
        InputType::Host,
        is_host,
        "the DNS name or IPv4 address of a server, without scheme, port or path",
        HOST,
    ),
    (InputType::ApiKey, is_word, "the id of an API key", WORD),
    (
        InputType::StageName,
        is_stage_name,
        "a stage name: letters, digits, `_` and `-`, at most 128",
        "",
    ),
];

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_domain(text: &str) -> bool {
    is_host(text) && text.contains('.') && !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn is_stage_variable(text: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
    (1..=512).contains(&text.len()) && text.bytes().all(is_legal)
}

fn is_stage_name(text: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=128).contains(&text.len()) && text.bytes().all(is_legal)
}

fn is_arn(text: &str, service: &str, tail: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, _, of, _, _, resource] = parts[..] else {
        return false;
    };
    arn == "arn"
        && service.split('|').any(|it| it == of)
        && tail.split('|').any(|it| resource.starts_with(it))
        && !text.contains(char::is_whitespace)
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

fn is_range_of_callers(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        match (address.parse::<IpAddr>(), length.parse::<u8>()) {
            (Ok(IpAddr::V4(_)), Ok(length)) => length <= 32,
            (Ok(IpAddr::V6(_)), Ok(length)) => length <= 128,
            _ => false,
        }
    }) && network_of(text).is_none()
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

/// The network of a range that names an address within it.
fn network_of(range: &str) -> Option<String> {
    let (address, length) = range.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    let network = match address.parse().ok()? {
        IpAddr::V4(address) if length <= 32 => {
            IpAddr::V4((address.to_bits() & u32::MAX.checked_shl(32 - length).unwrap_or(0)).into())
        }
        IpAddr::V6(address) if length <= 128 => IpAddr::V6(
            (address.to_bits() & u128::MAX.checked_shl(128 - length).unwrap_or(0)).into(),
        ),
        IpAddr::V4(_) | IpAddr::V6(_) => return None,
    };
    (network != address.parse::<IpAddr>().ok()?).then(|| format!("{network}/{length}"))
}

#[cfg(test)]
mod tests {
    use super::{is_range, network_of, unmet_shape};
    use crate::plan::InputType;

    #[test]
    fn every_type_has_a_shape_or_is_checked_with_its_decision() {
        let checked_with_their_decisions = [
            InputType::Text,
            InputType::Environment,
            InputType::Url,
            InputType::HeaderValue,
            InputType::Function,
            InputType::AuthorizerFunction,
            InputType::TruststoreVersion,
            InputType::Address,
            InputType::Protection,
        ];
        for of in InputType::ALL.iter().filter(|of| !of.is_list()) {
            assert_eq!(
                unmet_shape("\0:", *of).is_none(),
                checked_with_their_decisions.contains(of),
                "{of:?}"
            );
        }
    }

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

    #[test]
    fn networks_have_no_bits_of_hosts() {
        for (range, network) in [
            ("10.0.1.5/24", "10.0.1.0/24"),
            ("10.0.0.0/7", "10.0.0.0/7"),
            ("2001:db8::1/32", "2001:db8::/32"),
            ("1.2.3.4/0", "0.0.0.0/0"),
        ] {
            assert_eq!(
                network_of(range).as_deref(),
                (range != network).then_some(network),
                "{range}"
            );
        }
        for whole in [
            "10.0.1.0/24",
            "10.0.1.5/32",
            "0.0.0.0/0",
            "::/0",
            "::1/128",
            "10.0.0.1/33",
            "x/8",
            "10.0.0.1",
        ] {
            assert_eq!(network_of(whole), None, "{whole}");
        }
    }
}
