//! Values of the plan as values of the stack.

use crate::aws::{Stack, ThrottleLimit};
use crate::blueprint::OutputFormat;
use crate::plan::{self, InputType, NetworkPlan, Plan, ThrottlePlan, names};
use crate::stack::{Input, Label, List, StoredParameter, Value};

pub(crate) fn value(value: &plan::Value) -> Value {
    match value {
        plan::Value::Literal(text) => Value::Literal(text.clone()),
        plan::Value::Input(name) => Value::Input(name.clone()),
        plan::Value::Expression(text) => Value::Expression(text.clone()),
        plan::Value::Parameter { path, is_list } => Value::Parameter {
            label: Label::new(names::parameter_label(path)),
            is_list: *is_list,
        },
    }
}

pub(crate) fn list(values: &plan::Values) -> List {
    match values {
        plan::Values::List(values) => List::Of(values.iter().map(value).collect()),
        plan::Values::One(one) => List::One(value(one)),
    }
}

/// Key of an element among similar ones, made of its name and not of its position in the list.
///
/// Ids stay as they are, but for what no label holds; the dots of an address become `_`, which its
/// numbers do not hold.
pub(crate) fn key(value: &plan::Value) -> String {
    match value {
        plan::Value::Literal(text) if text.parse::<std::net::Ipv4Addr>().is_ok() => {
            text.replace('.', "_")
        }
        plan::Value::Literal(text) if is_id(text) => text.to_string(),
        plan::Value::Literal(text) => format!("name_{}", names::literal(text)),
        plan::Value::Input(name) => format!("var_{name}"),
        plan::Value::Parameter { path, .. } => format!("ssm_{}", names::parameter_label(path)),
        plan::Value::Expression(text) => {
            format!("expr_{}", &blake3::hash(text.as_bytes()).to_hex()[..8])
        }
    }
}

/// Returns whether a text is an id such as `i-0a1b2c3d` or `sg-0a1b2c3d`, which no name of an input
/// can be.
fn is_id(text: &str) -> bool {
    let end = text.strip_prefix("i-").or_else(|| text.strip_prefix("sg-"));
    end.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Several values, one after the other.
pub(crate) fn text(parts: &[plan::Value]) -> Value {
    match parts {
        [only] => value(only),
        parts => Value::Text(parts.iter().map(value).collect()),
    }
}

/// The VPC as the blueprint writes it: its resources cannot move to another one.
pub(crate) fn vpc(network: &NetworkPlan) -> &str {
    match &network.vpc {
        plan::Value::Literal(text) | plan::Value::Input(text) | plan::Value::Expression(text) => {
            text
        }
        plan::Value::Parameter { path, .. } => path,
    }
}

/// A name with a short environment, which the stack shortens once.
pub(crate) fn short_name(stack: &mut Stack, plan: &Plan, parts: &[plan::Value]) -> Value {
    stack.short_environment = plan.prefix.shortened_at_deploy_time().map(value);
    text(parts)
}

pub(crate) fn throttle(plan: ThrottlePlan) -> ThrottleLimit {
    ThrottleLimit {
        rate: plan.rate,
        burst: plan.burst,
    }
}

/// An input, with the pattern that its value has to match.
pub(crate) fn input(input: &plan::InputPlan, format: OutputFormat) -> Input {
    let (description, default) = (input.description.clone(), input.default.clone());
    Input {
        of: input.of,
        description,
        default,
        sensitive: input.is_sensitive,
        pattern: pattern(input.of, format),
    }
}

/// A parameter of the Systems Manager with its label.
pub(crate) fn parameter(
    path: &std::sync::Arc<str>,
    parameter: &plan::ParameterPlan,
    format: OutputFormat,
) -> (Label, StoredParameter) {
    let (of, pattern) = (parameter.of, pattern(parameter.of, format));
    (
        Label::new(names::parameter_label(path)),
        StoredParameter {
            path: path.clone(),
            of,
            pattern,
        },
    )
}

/// A template cannot shorten an environment, so it takes no more than short names have room for.
fn environment(format: OutputFormat) -> ValuePattern {
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

/// A regular expression that a value has to match, and the message where it does not.
type ValuePattern = (&'static str, &'static str);

const STAGE_NAME: ValuePattern = (
    "^[A-Za-z0-9_-]{1,128}$",
    "A stage name has 1 to 128 letters, digits, underscores and hyphens.",
);

const FUNCTION_ARN: ValuePattern = (
    "^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)?$",
    "The ARN of a function is due, with an alias or a version or without.",
);

const HTTPS_URL: ValuePattern = (
    "^https://[A-Za-z0-9.-]+(:[0-9]{2,5})?(/[A-Za-z0-9._~%+-]+)*$",
    "An address starts with https:// and ends without a slash.",
);

const STAGE_VARIABLE: ValuePattern = (
    "^[A-Za-z0-9._~:/?#&=,-]{1,512}$",
    "A stage variable has 1 to 512 letters, digits and any of -._~:/?#&=,.",
);

const HEADER_VALUE: ValuePattern = (
    "^[ -&(-~]*$",
    "The value of a header is printable ASCII without single quotes.",
);

/// Source: docs/aws-rules.md#d7 for stage names, docs/aws-rules.md#d8 for stage variables,
/// docs/aws-rules.md#q18 for headers, docs/aws-rules.md#i2 for addresses.
fn pattern(of: InputType, format: OutputFormat) -> Option<ValuePattern> {
    match of {
        InputType::Environment => Some(environment(format)),
        InputType::StageName => Some(STAGE_NAME),
        InputType::Text
        | InputType::Vpc
        | InputType::Subnet
        | InputType::Subnets
        | InputType::Instance
        | InputType::Instances
        | InputType::SecurityGroup
        | InputType::BalancerGroup
        | InputType::BalancerGroups
        | InputType::AutoscalingGroup
        | InputType::AutoscalingGroups
        | InputType::Address
        | InputType::Addresses
        | InputType::Cidr
        | InputType::Cidrs
        | InputType::TargetGroup
        | InputType::Balancer
        | InputType::BalancerName
        | InputType::VpcLink
        | InputType::LinkV2
        | InputType::LinkSubnet
        | InputType::LinkSubnets
        | InputType::LinkGroup
        | InputType::LinkGroups
        | InputType::Certificate
        | InputType::Bucket
        | InputType::Alb
        | InputType::AlbListener
        | InputType::Client
        | InputType::Clients
        | InputType::FunctionSubnet
        | InputType::FunctionSubnets
        | InputType::FunctionGroup
        | InputType::FunctionGroups
        | InputType::AlbName
        | InputType::Protection
        | InputType::Topic
        | InputType::LogKey
        | InputType::WebAcl
        | InputType::Host
        | InputType::Hosts
        | InputType::UserPool
        | InputType::UserPools
        | InputType::ApiKey
        | InputType::VpcEndpoint
        | InputType::VpcEndpoints
        | InputType::Caller
        | InputType::Callers
        | InputType::Domain
        | InputType::DomainCertificate
        | InputType::Zone
        | InputType::Truststore
        | InputType::TruststoreVersion => None,
        InputType::Function | InputType::AuthorizerFunction => Some(FUNCTION_ARN),
        InputType::Url => Some(HTTPS_URL),
        InputType::StageVariable => Some(STAGE_VARIABLE),
        InputType::HeaderValue => Some(HEADER_VALUE),
    }
}
