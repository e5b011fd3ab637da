//! Types of what is given at deploy time, and how they are called.
//!
//! In: nothing. Out: `InputType` and its tables. Pure.

/// Type of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InputType {
    Text,
    Environment,
    StageName,
    Vpc,
    Subnet,
    Subnets,
    Instance,
    Instances,
    SecurityGroup,
    Function,
    Url,
    HeaderValue,
    BalancerGroup,
    BalancerGroups,
    AutoscalingGroup,
    AutoscalingGroups,
    Address,
    Addresses,
    Cidr,
    Cidrs,
    /// ARN of a target group.
    TargetGroup,
    /// ARN of a load balancer.
    Balancer,
    BalancerName,
    VpcLink,
    /// Id of a link that leads to an application load balancer.
    LinkV2,
    LinkSubnet,
    LinkSubnets,
    LinkGroup,
    LinkGroups,
    Certificate,
    Bucket,
    /// ARN of an application load balancer.
    Alb,
    /// ARN of one of its listeners.
    AlbListener,
    /// Security group or range of private callers.
    Client,
    Clients,
    FunctionSubnet,
    FunctionSubnets,
    FunctionGroup,
    FunctionGroups,
    /// DNS name of an application load balancer, as AWS made it.
    AlbName,
    /// ARN of a topic.
    Topic,
    /// ARN of a key that encrypts logs.
    LogKey,
    StageVariable,
    /// ARN of a web ACL.
    WebAcl,
    /// DNS name or address.
    Host,
    Hosts,
    /// ARN of a user pool of Cognito.
    UserPool,
    UserPools,
    /// ARN of a function that decides who may call.
    AuthorizerFunction,
    /// Id of an API key.
    ApiKey,
    VpcEndpoint,
    VpcEndpoints,
    /// Range of callers' addresses.
    Caller,
    Callers,
    /// Name of a domain of the user's own.
    Domain,
    DomainCertificate,
    /// Id of a hosted zone.
    Zone,
    /// S3 URI of trusted certificates.
    Truststore,
    TruststoreVersion,
}

impl InputType {
    pub fn is_list(self) -> bool {
        match self {
            Self::Subnets
            | Self::Instances
            | Self::BalancerGroups
            | Self::AutoscalingGroups
            | Self::Addresses
            | Self::Cidrs
            | Self::Clients
            | Self::FunctionSubnets
            | Self::FunctionGroups
            | Self::LinkSubnets
            | Self::LinkGroups
            | Self::Hosts
            | Self::UserPools
            | Self::VpcEndpoints
            | Self::Callers => true,
            Self::VpcEndpoint
            | Self::Caller
            | Self::Domain
            | Self::DomainCertificate
            | Self::Zone => false,
            Self::Truststore | Self::TruststoreVersion => false,
            Self::FunctionSubnet
            | Self::FunctionGroup
            | Self::AlbName
            | Self::Topic
            | Self::Host => false,
            Self::UserPool | Self::AuthorizerFunction | Self::ApiKey => false,
            Self::LogKey | Self::StageVariable | Self::WebAcl => false,
            Self::LinkV2 | Self::LinkSubnet | Self::LinkGroup => false,
            Self::Text
            | Self::Environment
            | Self::StageName
            | Self::Vpc
            | Self::Subnet
            | Self::Instance
            | Self::SecurityGroup
            | Self::BalancerGroup
            | Self::AutoscalingGroup
            | Self::Address
            | Self::Cidr
            | Self::TargetGroup
            | Self::Balancer
            | Self::BalancerName
            | Self::VpcLink
            | Self::Certificate
            | Self::Bucket
            | Self::Alb
            | Self::AlbListener
            | Self::Client
            | Self::Function
            | Self::Url
            | Self::HeaderValue => false,
        }
    }
}

/// What an input is, where the user says nothing about it.
pub(crate) fn describe(of: InputType) -> &'static str {
    match of {
        InputType::Text => "A text of the blueprint.",
        InputType::Environment => "Environment, which goes into every name.",
        InputType::StageName => "Name of the stage.",
        InputType::Vpc => "VPC that the targets run in.",
        InputType::Subnet => "Private subnet of the load balancer.",
        InputType::Subnets => "Private subnets of the load balancer, in two zones or more.",
        InputType::Instance => "Instance that serves a backend.",
        InputType::Instances => "Instances that serve a backend.",
        InputType::SecurityGroup => "Security group of a backend, which admits the load balancer.",
        InputType::Function => {
            "ARN of a function that serves a backend, with an alias or a version or without."
        }
        InputType::Url => "Public HTTPS address of a backend, without a slash at its end.",
        InputType::HeaderValue => "Value of a header that a backend gets.",
        InputType::BalancerGroup => "Security group of the load balancer.",
        InputType::BalancerGroups => "Security groups of the load balancer.",
        InputType::AutoscalingGroup => "Autoscaling group that serves a backend.",
        InputType::AutoscalingGroups => "Autoscaling groups that serve a backend.",
        InputType::Address => "Address that serves a backend.",
        InputType::Addresses => "Addresses that serve a backend.",
        InputType::Cidr => "Range of the load balancer's addresses.",
        InputType::Cidrs => "Ranges of the load balancer's addresses.",
        InputType::TargetGroup => "ARN of the target group of a backend.",
        InputType::Balancer => "ARN of the network load balancer.",
        InputType::BalancerName => "DNS name of the network load balancer.",
        InputType::VpcLink => "Id of the VPC link to the network load balancer.",
        InputType::LinkV2 => "Id of the VPC link (V2) that API Gateway uses.",
        InputType::LinkSubnet => "Private subnet that the VPC link stands in.",
        InputType::LinkSubnets => {
            "Private subnets that the VPC link stands in, in two zones or more."
        }
        InputType::LinkGroup => "Security group of the VPC link.",
        InputType::LinkGroups => "Security groups of the VPC link.",
        InputType::Certificate => "ARN of the load balancer's certificate.",
        InputType::FunctionSubnet => "Private subnet of the functions that forward requests.",
        InputType::FunctionSubnets => {
            "Private subnets of the functions that forward requests, in two zones or more."
        }
        InputType::FunctionGroup => "Security group of the functions that forward requests.",
        InputType::FunctionGroups => "Security groups of the functions that forward requests.",
        InputType::AlbName => "DNS name of the application load balancer, as AWS made it.",
        InputType::Topic => "ARN of the topic that is told of alarms.",
        InputType::LogKey => "ARN of the key that encrypts the log of requests.",
        InputType::StageVariable => "Value of a stage variable.",
        InputType::WebAcl => "ARN of the web ACL that the API is put behind.",
        InputType::Host => "DNS name or address of a server.",
        InputType::Hosts => "DNS names or addresses of the servers of a backend.",
        InputType::Bucket => "Bucket that the load balancer logs to.",
        InputType::VpcEndpoint => "VPC endpoint that callers come through.",
        InputType::VpcEndpoints => "VPC endpoints that callers come through.",
        InputType::Caller => "Range of addresses that may call the API.",
        InputType::Callers => "Ranges of addresses that may call the API.",
        InputType::Domain => "Name of the API's domain.",
        InputType::DomainCertificate => "ARN of the domain's certificate.",
        InputType::Zone => "Id of the hosted zone that gets the domain's record.",
        InputType::Truststore => {
            "S3 URI of the certificates that callers' certificates are checked against."
        }
        InputType::TruststoreVersion => {
            "Version of the object that holds the trusted certificates."
        }
        InputType::Alb => "ARN of the application load balancer.",
        InputType::AlbListener => "ARN of a listener of the application load balancer.",
        InputType::Client => "Security group or range of private callers.",
        InputType::Clients => "Security groups or ranges of private callers.",
        InputType::UserPool => "ARN of a Cognito user pool whose tokens are accepted.",
        InputType::UserPools => "ARNs of the Cognito user pools whose tokens are accepted.",
        InputType::AuthorizerFunction => {
            "ARN of a function that decides who may call, with an alias or a version or without."
        }
        InputType::ApiKey => "Id of an API key that is there.",
    }
}

/// What an input is, in the middle of a sentence.
pub(crate) fn kind(of: InputType) -> &'static str {
    match of {
        InputType::Text => "a text",
        InputType::Environment => "the environment",
        InputType::StageName => "the name of the stage",
        InputType::Vpc => "a VPC",
        InputType::Subnet => "a subnet",
        InputType::Subnets => "a list of subnets",
        InputType::Instance => "an instance",
        InputType::Instances => "a list of instances",
        InputType::SecurityGroup => "a security group",
        InputType::Function => "the ARN of a function",
        InputType::Url => "an address",
        InputType::HeaderValue => "the value of a header",
        InputType::BalancerGroup => "a security group",
        InputType::BalancerGroups => "a list of security groups",
        InputType::AutoscalingGroup => "an autoscaling group",
        InputType::AutoscalingGroups => "a list of autoscaling groups",
        InputType::Address => "an address",
        InputType::Addresses => "a list of addresses",
        InputType::Cidr => "a range of addresses",
        InputType::Cidrs => "a list of ranges of addresses",
        InputType::TargetGroup => "a target group",
        InputType::Balancer => "a load balancer",
        InputType::BalancerName => "a DNS name",
        InputType::VpcLink => "a VPC link",
        InputType::LinkV2 => "a VPC link of the second version",
        InputType::LinkSubnet => "a subnet",
        InputType::LinkSubnets => "a list of subnets",
        InputType::LinkGroup => "a security group",
        InputType::LinkGroups => "a list of security groups",
        InputType::Certificate => "a certificate",
        InputType::FunctionSubnet => "a subnet",
        InputType::FunctionSubnets => "a list of subnets",
        InputType::FunctionGroup => "a security group",
        InputType::FunctionGroups => "a list of security groups",
        InputType::AlbName => "the name of an application load balancer",
        InputType::Topic => "a topic",
        InputType::LogKey => "the ARN of a key",
        InputType::StageVariable => "the value of a stage variable",
        InputType::WebAcl => "a web ACL",
        InputType::Host => "a DNS name or address",
        InputType::Hosts => "a list of DNS names or addresses",
        InputType::Bucket => "a bucket",
        InputType::VpcEndpoint => "a VPC endpoint",
        InputType::VpcEndpoints => "a list of VPC endpoints",
        InputType::Caller => "a range of callers",
        InputType::Callers => "a list of ranges of callers",
        InputType::Domain => "a domain",
        InputType::DomainCertificate => "a domain's certificate",
        InputType::Zone => "a hosted zone",
        InputType::Truststore => "a truststore",
        InputType::TruststoreVersion => "the version of a truststore",
        InputType::Alb => "an application load balancer",
        InputType::AlbListener => "a listener",
        InputType::Client => "a private caller",
        InputType::Clients => "a list of private callers",
        InputType::UserPool => "a user pool",
        InputType::UserPools => "a list of user pools",
        InputType::AuthorizerFunction => "the ARN of a function",
        InputType::ApiKey => "an API key",
    }
}
