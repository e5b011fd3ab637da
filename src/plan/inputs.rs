//! Types of inputs at deploy time, with their nouns and descriptions.
//!
//! In: nothing. Out: `InputType`. Pure.

macro_rules! input_types {
    ($($(#[$doc:meta])* $name:ident $([$item:ident])? $noun:literal $description:literal)+) => {
        /// Type of an input.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum InputType {
            $($(#[$doc])* $name,)+
        }

        impl InputType {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)+];

            pub fn is_list(self) -> bool {
                self.item().is_some()
            }

            /// The type of one item of a list.
            pub(crate) fn item(self) -> Option<Self> {
                let items: &[Self] = match self {
                    $(Self::$name => &[$(Self::$item)?],)+
                };
                items.first().copied()
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
    Text "a text"
        "A text of the blueprint."
    Environment "the environment"
        "Environment, which goes into every name."
    StageName "the name of the stage"
        "Name of the stage."
    Vpc "a VPC"
        "VPC that the targets run in."
    Subnet "a subnet"
        "Private subnet of the load balancer."
    Subnets [Subnet] "a list of subnets"
        "Private subnets of the load balancer, in two zones or more."
    Instance "an instance"
        "Instance that serves a backend."
    Instances [Instance] "a list of instances"
        "Instances that serve a backend."
    SecurityGroup "a security group"
        "Security group of a backend, which admits the load balancer."
    Function "the ARN of a function"
        "ARN of a function that serves a backend, with an alias or a version or without."
    Url "an address"
        "Public HTTPS address of a backend, without a slash at its end."
    HeaderValue "the value of a header"
        "Value of a header that a backend gets."
    BalancerGroup "a security group"
        "Security group of the load balancer."
    BalancerGroups [BalancerGroup] "a list of security groups"
        "Security groups of the load balancer."
    AutoscalingGroup "an autoscaling group"
        "Autoscaling group that serves a backend."
    AutoscalingGroups [AutoscalingGroup] "a list of autoscaling groups"
        "Autoscaling groups that serve a backend."
    Address "an address"
        "Address that serves a backend."
    Addresses [Address] "a list of addresses"
        "Addresses that serve a backend."
    Cidr "a range of addresses"
        "Range of the load balancer's addresses."
    Cidrs [Cidr] "a list of ranges of addresses"
        "Ranges of the load balancer's addresses."
    /// ARN of a target group.
    TargetGroup "a target group"
        "ARN of the target group of a backend."
    /// ARN of a load balancer.
    Balancer "a load balancer"
        "ARN of the network load balancer."
    BalancerName "a DNS name"
        "DNS name of the network load balancer."
    VpcLink "a VPC link"
        "Id of the VPC link to the network load balancer."
    /// Id of a link that leads to an application load balancer.
    LinkV2 "a VPC link of the second version"
        "Id of the VPC link (V2) that API Gateway uses."
    LinkSubnet "a subnet"
        "Private subnet that the VPC link stands in."
    LinkSubnets [LinkSubnet] "a list of subnets"
        "Private subnets that the VPC link stands in, in two zones or more."
    LinkGroup "a security group"
        "Security group of the VPC link."
    LinkGroups [LinkGroup] "a list of security groups"
        "Security groups of the VPC link."
    /// `true` or `false`.
    Protection "a protection against deletion"
        "Whether AWS refuses to delete the load balancers. Deploy first with false, as a protected one keeps a failed first deployment from being rolled back, and then with true."
    Certificate "a certificate"
        "ARN of the load balancer's certificate."
    Bucket "a bucket"
        "Bucket that the load balancer logs to."
    /// ARN of an application load balancer.
    Alb "an application load balancer"
        "ARN of the application load balancer."
    /// ARN of one of its listeners.
    AlbListener "a listener"
        "ARN of a listener of the application load balancer."
    /// Security group or range of private callers.
    Client "a private caller"
        "Security group or range of private callers."
    Clients [Client] "a list of private callers"
        "Security groups or ranges of private callers."
    FunctionSubnet "a subnet"
        "Private subnet of the functions that forward requests."
    FunctionSubnets [FunctionSubnet] "a list of subnets"
        "Private subnets of the functions that forward requests, in two zones or more."
    FunctionGroup "a security group"
        "Security group of the functions that forward requests."
    FunctionGroups [FunctionGroup] "a list of security groups"
        "Security groups of the functions that forward requests."
    /// DNS name of an application load balancer, as AWS created it.
    AlbName "the name of an application load balancer"
        "DNS name of the application load balancer, as AWS made it."
    /// ARN of a topic.
    Topic "a topic"
        "ARN of the topic that is told of alarms."
    /// ARN of a key that encrypts logs.
    LogKey "the ARN of a key"
        "ARN of the key that encrypts the logs."
    StageVariable "the value of a stage variable"
        "Value of a stage variable."
    /// ARN of a web ACL.
    WebAcl "a web ACL"
        "ARN of the web ACL that the API is put behind."
    /// DNS name or address.
    Host "a DNS name or address"
        "DNS name or address of a server."
    Hosts [Host] "a list of DNS names or addresses"
        "DNS names or addresses of the servers of a backend."
    /// ARN of a user pool of Cognito.
    UserPool "a user pool"
        "ARN of a Cognito user pool whose tokens are accepted."
    UserPools [UserPool] "a list of user pools"
        "ARNs of the Cognito user pools whose tokens are accepted."
    /// ARN of a function that decides who may call.
    AuthorizerFunction "the ARN of a function"
        "ARN of a function that decides who may call, with an alias or a version or without."
    /// Id of an API key.
    ApiKey "an API key"
        "Id of an API key that is there."
    VpcEndpoint "a VPC endpoint"
        "VPC endpoint that callers come through."
    VpcEndpoints [VpcEndpoint] "a list of VPC endpoints"
        "VPC endpoints that callers come through."
    /// Range of callers' addresses.
    Caller "a range of callers"
        "Range of addresses that may call the API."
    Callers [Caller] "a list of ranges of callers"
        "Ranges of addresses that may call the API."
    /// Name of a domain of the user's own.
    Domain "a domain"
        "Name of the API's domain."
    DomainCertificate "a domain's certificate"
        "ARN of the domain's certificate."
    /// Id of a hosted zone.
    Zone "a hosted zone"
        "Id of the hosted zone that gets the domain's record."
    /// S3 URI of trusted certificates.
    Truststore "a truststore"
        "S3 URI of the certificates that callers' certificates are checked against."
    TruststoreVersion "the version of a truststore"
        "Version of the object that holds the trusted certificates."
}
