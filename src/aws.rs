//! The kinds of AWS resources, each with its spelling in both languages.
//!
//! In: fields with types. Out: text in a sink. Pure.
//! A kind spells and decides nothing; what it refers to comes as a handle or value.

mod alb;
mod apigateway;
mod document;
mod ec2;
mod elbv2;
mod events;
mod iam;
mod lambda;
mod logs;
mod python;
mod route53;
mod s3;
mod wafv2;

pub use alb::{
    Answer, ApplicationBalancer, ApplicationBalancerRef, HttpListener, HttpListenerRef,
    ListenerRule, RuleAction,
};
pub use apigateway::{
    Account, ApiKey, ApiRoot, Authorization, AuthorizedBy, Authorizer, AuthorizerKind,
    AuthorizerPermission, BasePathMapping, Body, Checks, ClientCertificate, Deployment, DomainName,
    Endpoint, EndpointType, FunctionCall, GatewayResponse, Header, HeaderSource, Integration,
    InternetProxy, Kept, KeyRef, LogRole, LoggingLevel, Member, Method, MethodSettings,
    MethodThrottle, Model, Part, PartState, PlanThrottle, Preflight, Proxy, Quota,
    RequestValidator, Resource, ResourcePolicy, RestApi, RouteState, Settings, Stage, Throttle,
    UriHost, UriSegment, UsagePlan, UsagePlanKey, VpcLink, VpcLinkRef, VpcLinkV2, keyed, signed,
};
pub use document::{Document, is_function};
pub use ec2::{EgressRule, IngressRule, Peer, SecurityGroup, Source};
pub use elbv2::{
    AccessLogs, BalancerRef, ExistingBalancer, GroupProtocol, HealthCheck, HealthProtocol,
    Listener, LoadBalancer, Members, TargetGroup, TargetGroupRef, TargetType, Targets,
};
pub use events::{Schedule, SchedulePermission};
pub use iam::{Role, Statement};
pub use lambda::{Function, LambdaPermission};
pub use logs::{Alarm, Comparison, LogGroup};
pub use python::{Code, FunctionGroups, FunctionNetwork, PythonFunction};
pub use route53::AliasRecord;
pub use s3::Bucket;
pub use wafv2::WebAclAssociation;

use std::sync::Arc;

use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::stack::{Address, Label, Names};

/// A kind of resource. No method has a default, so that no format can be forgotten.
pub trait Kind: Into<Node> {
    const NAMES: Names;

    /// Writes its blocks.
    fn terraform(&self, label: &Label, out: &mut Terraform);

    /// Writes its properties.
    fn cloudformation(&self, out: &mut Properties);

    /// Nodes that it waits for besides those it refers to.
    fn after(&self) -> Vec<Address>;

    /// What it takes to make CloudFormation replace the node, where its properties alone do not.
    fn revision(&self) -> Option<Arc<str>>;

    /// Every Terraform address that is there once this node is; "after me" means all of them.
    fn addresses(&self, label: &Label) -> Vec<String>;
}

macro_rules! kinds {
    ($($kind:ident,)*) => {
        /// A resource of any kind.
        #[derive(Debug)]
        pub enum Node {
            $($kind($kind),)*
        }

        $(impl From<$kind> for Node {
            fn from(kind: $kind) -> Self {
                Self::$kind(kind)
            }
        })*

        impl Node {
            pub fn names(&self) -> &'static Names {
                match self {
                    $(Self::$kind(_) => &<$kind as Kind>::NAMES,)*
                }
            }

            pub fn terraform(&self, label: &Label, out: &mut Terraform) {
                match self {
                    $(Self::$kind(kind) => kind.terraform(label, out),)*
                }
            }

            pub fn cloudformation(&self, out: &mut Properties) {
                match self {
                    $(Self::$kind(kind) => kind.cloudformation(out),)*
                }
            }

            pub fn after(&self) -> Vec<Address> {
                match self {
                    $(Self::$kind(kind) => kind.after(),)*
                }
            }

            pub fn addresses(&self, label: &Label) -> Vec<String> {
                match self {
                    $(Self::$kind(kind) => kind.addresses(label),)*
                }
            }
        }

        /// Names of every kind, for the test that each is in a golden of every format.
        pub static KINDS: &[&Names] = &[$(&<$kind as Kind>::NAMES,)*];
    };
}

kinds! {
    LogGroup,
    Role,
    ApplicationBalancer,
    HttpListener,
    ListenerRule,
    PythonFunction,
    Schedule,
    SchedulePermission,
    Alarm,
    Bucket,
    SecurityGroup,
    EgressRule,
    IngressRule,
    LoadBalancer,
    TargetGroup,
    Listener,
    VpcLink,
    VpcLinkV2,
    RestApi,
    Authorizer,
    AuthorizerPermission,
    Resource,
    RequestValidator,
    Model,
    Method,
    LambdaPermission,
    GatewayResponse,
    Account,
    ClientCertificate,
    Deployment,
    Stage,
    ApiKey,
    UsagePlan,
    UsagePlanKey,
    DomainName,
    BasePathMapping,
    AliasRecord,
    WebAclAssociation,
}

impl Node {
    /// Whether others rely on it, so that it stays when the stack goes.
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Account(_)) || matches!(self, Self::Role(role) if role.is_kept)
    }
}

/// The address of the only block of a node.
fn only(names: &Names, label: &Label) -> Vec<String> {
    vec![format!("{}.{label}", names.terraform)]
}
