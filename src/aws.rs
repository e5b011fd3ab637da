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
    ApplicationBalancer, ApplicationBalancerRef, FixedResponse, HttpListener, HttpListenerRef,
    ListenerRule, RuleAction,
};
pub use apigateway::{
    Account, ApiKey, ApiRoot, Authorization, AuthorizedBy, Authorizer, AuthorizerKind,
    AuthorizerPermission, BasePathMapping, Body, CacheSettings, Checks, ClientCertificate,
    Deployment, DomainName, Endpoint, EndpointType, FunctionCall, GatewayResponse, Header,
    HeaderSource, Integration, InternetProxy, KeyRef, LogRole, LoggingLevel, Member, Method,
    MethodCache, MethodSettings, MethodThrottle, Model, PartState, Preflight, Proxy, Quota,
    RequestValidator, Resource, ResourcePolicy, RestApi, RouteState, Settings, Stage,
    ThrottleLimit, UriHost, UriSegment, UsagePlan, UsagePlanKey, VpcLink, VpcLinkRef, VpcLinkV2,
    keyed, signed,
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
pub use python::{FunctionCode, FunctionGroups, FunctionNetwork, PythonFunction};
pub use route53::AliasRecord;
pub use s3::Bucket;
pub use wafv2::WebAclAssociation;

use serde::Serialize;

use crate::sink::{Properties, Terraform};
use crate::stack::{Address, EntryOf, Holds, Label, Names, StackOf};

/// Everything that is to be deployed.
pub type Stack = StackOf<Node>;

/// A resource with its name.
pub type Entry = EntryOf<Node>;

/// A kind of resource. Nothing of it has a default, so that no format can be forgotten; what few
/// kinds have stands beside their names in `kinds!`.
pub trait Kind {
    const NAMES: Names;
    const HOME: Home;

    /// Writes its blocks; the first is of the kind's own type, with the label of the node.
    fn terraform(&self, label: &Label, out: &mut Terraform);

    /// Writes its properties.
    fn cloudformation(&self, out: &mut Properties);
}

/// The part of a deployment that a kind of resource belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// The API's document, where the API is written as one.
    Document,
    /// Beside the document, and only with an API.
    Beside,
    /// The network, which private callers use without an API, too.
    Network,
}

macro_rules! kinds {
    ($($kind:ident $(: $mark:ident)?,)*) => {
        /// A resource of any kind.
        #[derive(Debug, Serialize)]
        pub enum Node {
            $($kind($kind),)*
        }

        $(impl From<$kind> for Node {
            fn from(kind: $kind) -> Self {
                Self::$kind(kind)
            }
        }

        impl Holds<$kind> for Node {
            const NAMES: &'static Names = &<$kind as Kind>::NAMES;

            fn held(&self) -> Option<&$kind> {
                if let Self::$kind(kind) = self { Some(kind) } else { None }
            }

            fn held_mut(&mut self) -> Option<&mut $kind> {
                if let Self::$kind(kind) = self { Some(kind) } else { None }
            }
        })*

        impl Node {
            pub fn names(&self) -> &'static Names {
                match self {
                    $(Self::$kind(_) => &<$kind as Kind>::NAMES,)*
                }
            }

            pub fn home(&self) -> Home {
                match self {
                    $(Self::$kind(_) => <$kind as Kind>::HOME,)*
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

            /// Nodes that it waits for besides those it refers to.
            pub fn after(&self) -> Vec<Address> {
                match self {
                    $(Self::$kind(_kind) => marked!(after _kind $($mark)?),)*
                }
            }

            /// Returns whether others rely on it, so that it stays when the stack goes.
            pub fn is_retained(&self) -> bool {
                match self {
                    $(Self::$kind(_kind) => marked!(is_retained _kind $($mark)?),)*
                }
            }
        }

        /// Names of every kind, for the test that each is in a golden of every format.
        pub static KINDS: &[&Names] = &[$(&<$kind as Kind>::NAMES,)*];
    };
}

/// Reads the marks of `kinds!`: a kind that `waits` has `after()`, one that is `retained` has
/// `is_retained()`.
macro_rules! marked {
    (after $kind:ident waits) => {
        $kind.after()
    };
    (after $kind:ident $(retained)?) => {
        Vec::new()
    };
    (is_retained $kind:ident retained) => {
        $kind.is_retained()
    };
    (is_retained $kind:ident $(waits)?) => {
        false
    };
}

kinds! {
    LogGroup,
    Role: retained,
    ApplicationBalancer,
    HttpListener,
    ListenerRule,
    PythonFunction: waits,
    Schedule,
    SchedulePermission,
    Alarm,
    Bucket,
    SecurityGroup,
    EgressRule,
    IngressRule,
    LoadBalancer,
    TargetGroup: waits,
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
    Account: retained,
    ClientCertificate,
    Deployment: waits,
    Stage: waits,
    ApiKey,
    UsagePlan,
    UsagePlanKey,
    DomainName,
    BasePathMapping,
    AliasRecord,
    WebAclAssociation,
}
