//! Placeholders for the values of inputs.

use crate::stack::InputType;

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"];
const GROUP: &str = "sg-0123456789abcdef0";
const INSTANCE: &str = "i-0123456789abcdef0";
const RANGE: &str = "10.0.0.0/16";
const ARN: &str = "arn:...";

/// Returns an item for each that a list needs: subnets lie in two zones.
pub(super) fn example(of: InputType) -> &'static [&'static str] {
    match of {
        InputType::Subnets | InputType::FunctionSubnets | InputType::LinkSubnets => &SUBNETS,
        InputType::Subnet | InputType::FunctionSubnet | InputType::LinkSubnet => &[SUBNETS[0]],
        InputType::Vpc => &[VPC],
        InputType::Instance | InputType::Instances => &[INSTANCE],
        InputType::SecurityGroup
        | InputType::BalancerGroup
        | InputType::BalancerGroups
        | InputType::FunctionGroup
        | InputType::FunctionGroups
        | InputType::LinkGroup
        | InputType::LinkGroups
        | InputType::Client
        | InputType::Clients => &[GROUP],
        InputType::Cidr | InputType::Cidrs | InputType::Caller | InputType::Callers => &[RANGE],
        InputType::Function
        | InputType::TargetGroup
        | InputType::Balancer
        | InputType::Certificate
        | InputType::Alb
        | InputType::AlbListener
        | InputType::Topic
        | InputType::LogKey
        | InputType::WebAcl
        | InputType::UserPool
        | InputType::UserPools
        | InputType::AuthorizerFunction
        | InputType::DomainCertificate => &[ARN],
        InputType::Address | InputType::Addresses => &["10.0.0.10"],
        InputType::Host | InputType::Hosts => &["orders.internal"],
        InputType::BalancerName | InputType::AlbName => &["name.elb.amazonaws.com"],
        InputType::Url => &["https://orders.example.com"],
        InputType::Domain => &["api.example.com"],
        InputType::VpcEndpoint | InputType::VpcEndpoints => &["vpce-0123456789abcdef0"],
        InputType::VpcLink | InputType::LinkV2 => &["a1b2c3"],
        InputType::Zone => &["Z0123456789ABCDEFGHIJ"],
        InputType::ApiKey => &["a1b2c3d4e5"],
        InputType::AutoscalingGroup | InputType::AutoscalingGroups => &["orders"],
        InputType::Bucket => &["bucket"],
        InputType::Truststore => &["s3://bucket/truststore.pem"],
        InputType::TruststoreVersion => &["version"],
        InputType::Environment => &["dev"],
        InputType::StageName => &["v1"],
        InputType::Protection => &["true"],
        InputType::Text | InputType::HeaderValue | InputType::StageVariable => &["text"],
    }
}
