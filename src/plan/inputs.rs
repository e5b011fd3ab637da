//! Types of inputs at deploy time, with their nouns and descriptions.
//!
//! In: nothing. Out: `InputType`. Pure.

/// Shape of an input.
enum Shape {
    One,
    List,
}

macro_rules! input_types {
    ($($(#[$doc:meta])* $name:ident $shape:ident $noun:literal $description:literal)+) => {
        /// Type of an input.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum InputType {
            $($(#[$doc])* $name,)+
        }

        impl InputType {
            pub fn is_list(self) -> bool {
                let shape = match self {
                    $(Self::$name => Shape::$shape,)+
                };
                matches!(shape, Shape::List)
            }

            /// The noun for an input, in the middle of a sentence.
            pub(crate) fn noun(self) -> &'static str {
                match self {
                    $(Self::$name => $noun,)+
                }
            }

            /// The description of an input that the user does not describe.
            pub(crate) fn description(self) -> &'static str {
                match self {
                    $(Self::$name => $description,)+
                }
            }
        }
    };
}

input_types! {
    Text One "a text"
        "A text of the blueprint."
    Environment One "the environment"
        "Environment, which goes into every name."
    StageName One "the name of the stage"
        "Name of the stage."
    Vpc One "a VPC"
        "VPC that the targets run in."
    Subnet One "a subnet"
        "Private subnet of the load balancer."
    Subnets List "a list of subnets"
        "Private subnets of the load balancer, in two zones or more."
    Instance One "an instance"
        "Instance that serves a backend."
    Instances List "a list of instances"
        "Instances that serve a backend."
    SecurityGroup One "a security group"
        "Security group of a backend, which admits the load balancer."
    Function One "the ARN of a function"
        "ARN of a function that serves a backend, with an alias or a version or without."
    Url One "an address"
        "Public HTTPS address of a backend, without a slash at its end."
    HeaderValue One "the value of a header"
        "Value of a header that a backend gets."
    BalancerGroup One "a security group"
        "Security group of the load balancer."
    BalancerGroups List "a list of security groups"
        "Security groups of the load balancer."
    AutoscalingGroup One "an autoscaling group"
        "Autoscaling group that serves a backend."
    AutoscalingGroups List "a list of autoscaling groups"
        "Autoscaling groups that serve a backend."
    Address One "an address"
        "Address that serves a backend."
    Addresses List "a list of addresses"
        "Addresses that serve a backend."
    Cidr One "a range of addresses"
        "Range of the load balancer's addresses."
    Cidrs List "a list of ranges of addresses"
        "Ranges of the load balancer's addresses."
    /// ARN of a target group.
    TargetGroup One "a target group"
        "ARN of the target group of a backend."
    /// ARN of a load balancer.
    Balancer One "a load balancer"
        "ARN of the network load balancer."
    BalancerName One "a DNS name"
        "DNS name of the network load balancer."
    VpcLink One "a VPC link"
        "Id of the VPC link to the network load balancer."
    /// Id of a link that leads to an application load balancer.
    LinkV2 One "a VPC link of the second version"
        "Id of the VPC link (V2) that API Gateway uses."
    LinkSubnet One "a subnet"
        "Private subnet that the VPC link stands in."
    LinkSubnets List "a list of subnets"
        "Private subnets that the VPC link stands in, in two zones or more."
    LinkGroup One "a security group"
        "Security group of the VPC link."
    LinkGroups List "a list of security groups"
        "Security groups of the VPC link."
    Certificate One "a certificate"
        "ARN of the load balancer's certificate."
    Bucket One "a bucket"
        "Bucket that the load balancer logs to."
    /// ARN of an application load balancer.
    Alb One "an application load balancer"
        "ARN of the application load balancer."
    /// ARN of one of its listeners.
    AlbListener One "a listener"
        "ARN of a listener of the application load balancer."
    /// Security group or range of private callers.
    Client One "a private caller"
        "Security group or range of private callers."
    Clients List "a list of private callers"
        "Security groups or ranges of private callers."
    FunctionSubnet One "a subnet"
        "Private subnet of the functions that forward requests."
    FunctionSubnets List "a list of subnets"
        "Private subnets of the functions that forward requests, in two zones or more."
    FunctionGroup One "a security group"
        "Security group of the functions that forward requests."
    FunctionGroups List "a list of security groups"
        "Security groups of the functions that forward requests."
    /// DNS name of an application load balancer, as AWS made it.
    AlbName One "the name of an application load balancer"
        "DNS name of the application load balancer, as AWS made it."
    /// ARN of a topic.
    Topic One "a topic"
        "ARN of the topic that is told of alarms."
    /// ARN of a key that encrypts logs.
    LogKey One "the ARN of a key"
        "ARN of the key that encrypts the log of requests."
    StageVariable One "the value of a stage variable"
        "Value of a stage variable."
    /// ARN of a web ACL.
    WebAcl One "a web ACL"
        "ARN of the web ACL that the API is put behind."
    /// DNS name or address.
    Host One "a DNS name or address"
        "DNS name or address of a server."
    Hosts List "a list of DNS names or addresses"
        "DNS names or addresses of the servers of a backend."
    /// ARN of a user pool of Cognito.
    UserPool One "a user pool"
        "ARN of a Cognito user pool whose tokens are accepted."
    UserPools List "a list of user pools"
        "ARNs of the Cognito user pools whose tokens are accepted."
    /// ARN of a function that decides who may call.
    AuthorizerFunction One "the ARN of a function"
        "ARN of a function that decides who may call, with an alias or a version or without."
    /// Id of an API key.
    ApiKey One "an API key"
        "Id of an API key that is there."
    VpcEndpoint One "a VPC endpoint"
        "VPC endpoint that callers come through."
    VpcEndpoints List "a list of VPC endpoints"
        "VPC endpoints that callers come through."
    /// Range of callers' addresses.
    Caller One "a range of callers"
        "Range of addresses that may call the API."
    Callers List "a list of ranges of callers"
        "Ranges of addresses that may call the API."
    /// Name of a domain of the user's own.
    Domain One "a domain"
        "Name of the API's domain."
    DomainCertificate One "a domain's certificate"
        "ARN of the domain's certificate."
    /// Id of a hosted zone.
    Zone One "a hosted zone"
        "Id of the hosted zone that gets the domain's record."
    /// S3 URI of trusted certificates.
    Truststore One "a truststore"
        "S3 URI of the certificates that callers' certificates are checked against."
    TruststoreVersion One "the version of a truststore"
        "Version of the object that holds the trusted certificates."
}
