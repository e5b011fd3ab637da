//! The kinds of AWS resources, each with its spelling in both languages.
//!
//! In: fields with types. Out: text in a sink. Pure.
//! A kind spells and decides nothing; what it refers to comes as a handle or value.

#[macro_use]
pub(crate) mod fields;
mod alb;
mod apigateway;
mod changes;
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
    Deployment, DomainName, Endpoint, EndpointType, ErrorBody, FunctionCall, GatewayResponse,
    GroupState, Header, HeaderSource, Integration, InternetProxy, KeyRef, LogRole, LoggingLevel,
    Member, Method, MethodCache, MethodSettings, MethodThrottle, Model, PartState, Preflight,
    Proxy, Quota, RequestValidator, Resource, ResourcePolicy, RestApi, RouteState, Settings, Stage,
    ThrottleLimit, UriHost, UriSegment, UsagePlan, UsagePlanKey, VpcLink, VpcLinkRef, VpcLinkV2,
    keyed, signed,
};
pub use changes::{Arguments, Changes, Copied, ReplacedWhen, TypeChanges, When};
pub use document::{Document, is_function};
pub use ec2::{EgressRule, IngressRule, Peer, SecurityGroup, Source};
pub use elbv2::{
    AccessLogs, Balancer, BalancerRef, ExistingBalancer, GroupProtocol, HealthCheck,
    HealthProtocol, Listener, LoadBalancer, Members, SwitchedStart, TargetGroup, TargetGroupRef,
    TargetType, Targets,
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

use crate::sink::{Object, Properties, Terraform};
use crate::stack::{
    Address, EntryOf, Grouped, Handle, Holds, Item, Label, Names, Spelling, StackOf, Value,
};

/// Everything that is to be deployed.
pub type Stack = StackOf<Node>;

/// A resource with its name.
pub type Entry = EntryOf<Node>;

/// A kind of resource. Nothing of it has a default, so that no format can be forgotten; what few
/// kinds have is a mark in `kinds!`.
pub trait Kind {
    /// Type of its block in Terraform, such as `aws_lb`.
    const TERRAFORM: &'static str;
    /// Its type in CloudFormation, such as `AWS::ElasticLoadBalancingV2::LoadBalancer`.
    const CLOUDFORMATION: &'static str;
    const HOME: Home;
    /// Arguments of its block whose change replaces the resource; any other is updated in place.
    const REPLACED_BY: Arguments;
    /// Properties whose change replaces it in CloudFormation.
    const CREATE_ONLY: Arguments;
    /// The arguments and properties of which a deployment holds a copy.
    const COPIED: Copied;

    /// Writes the arguments of its block.
    fn terraform(&self, out: &mut Terraform);

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

/// A kind whose nodes have an id.
pub trait HasId {
    /// Function with which CloudFormation reads it.
    const ID: Spelling = Spelling::Ref;
}

impl<K: HasId> Handle<K> {
    pub fn id(&self) -> Value {
        self.attribute("id", K::ID)
    }
}

/// A kind whose nodes have an ARN.
pub trait HasArn {
    /// Function with which CloudFormation reads it.
    const ARN: Spelling = Spelling::Ref;
}

impl<K: HasArn> Handle<K> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", K::ARN)
    }
}

/// A node of the stack, or an existing resource, by its ARN or id.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub enum ResourceRef<K> {
    Made(Handle<K>),
    Existing(Value),
}

impl<K> ResourceRef<K> {
    /// Returns whether both are the same resource.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Made(one), Self::Made(other)) => one.index() == other.index(),
            (Self::Existing(one), Self::Existing(other)) => one == other,
            (Self::Made(_) | Self::Existing(_), _) => false,
        }
    }
}

impl<K> Clone for ResourceRef<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Made(handle) => Self::Made(handle.clone()),
            Self::Existing(value) => Self::Existing(value.clone()),
        }
    }
}

impl<K: HasId> ResourceRef<K> {
    pub fn id(&self) -> Value {
        match self {
            Self::Made(handle) => handle.id(),
            Self::Existing(id) => id.clone(),
        }
    }
}

impl<K: HasArn> ResourceRef<K> {
    pub fn arn(&self) -> Value {
        match self {
            Self::Made(handle) => handle.arn(),
            Self::Existing(arn) => arn.clone(),
        }
    }
}

/// A kind that requests pass behind the API.
pub(crate) trait BehindApi: Kind {
    /// Terraform's blocks that they pass.
    fn behind(&self, label: &Label) -> Vec<String> {
        vec![format!("{}.{label}", Self::TERRAFORM)]
    }
}

macro_rules! kinds {
    ($($kind:ident $(as $word:ident)? $(: $($mark:ident)+)?,)*) => {
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
            const NAMES: &'static Names = &Names {
                terraform: $kind::TERRAFORM,
                cloudformation: $kind::CLOUDFORMATION,
                // The word after `as`, else the kind's own name.
                word: [$(stringify!($word),)? stringify!($kind)][0],
            };

            fn held(&self) -> Option<&$kind> {
                if let Self::$kind(kind) = self { Some(kind) } else { None }
            }

            fn held_mut(&mut self) -> Option<&mut $kind> {
                if let Self::$kind(kind) = self { Some(kind) } else { None }
            }
        })*

        impl Grouped for Node {
            fn item(&self) -> Option<Item> {
                match self {
                    $(Self::$kind(_kind) => if_marked!(grouped [$($($mark)+)?] _kind.item(), None),)*
                }
            }
        }

        impl Node {
            /// Shows its route and access fields.
            #[cfg(test)]
            pub(crate) fn visit(&mut self, change: &mut fields::tests::Change) {
                match self {
                    $(Self::$kind(kind) => fields::tests::Part::visit(kind, change),)*
                }
            }

            pub fn home(&self) -> Home {
                match self {
                    $(Self::$kind(_) => $kind::HOME,)*
                }
            }

            /// Returns what a change of an argument does to what it is written as.
            pub fn changes(&self) -> Changes {
                match self {
                    $(Self::$kind(_) => Changes {
                        block: TypeChanges {
                            replaced_when: if_marked!(
                                sometimes [$($($mark)+)?] $kind::REPLACED_WHEN, &[]
                            ),
                            ..TypeChanges::new($kind::TERRAFORM, $kind::REPLACED_BY, $kind::COPIED)
                        },
                        more_blocks: if_marked!(blocks [$($($mark)+)?] $kind::MORE_BLOCKS, &[]),
                        resource: TypeChanges::new(
                            $kind::CLOUDFORMATION, $kind::CREATE_ONLY, $kind::COPIED,
                        ),
                    },)*
                }
            }

            /// Writes its blocks, or those of its group; the first is of the kind's own type.
            pub fn terraform(&self, label: &Label, out: &mut Terraform) {
                match self {
                    $(Self::$kind(kind) => {
                        out.resource($kind::TERRAFORM, label.as_str(), |out| kind.terraform(out));
                        if_marked!(blocks [$($($mark)+)?] kind.more_blocks(label, out), {});
                    })*
                }
            }

            /// Values of its own, in the line of its group's map.
            pub fn item_values(&self) -> Object {
                match self {
                    $(Self::$kind(_kind) => {
                        if_marked!(grouped [$($($mark)+)?] _kind.item_values(), Object::default())
                    })*
                }
            }

            pub fn cloudformation(&self, out: &mut Properties) {
                match self {
                    $(Self::$kind(kind) => kind.cloudformation(out),)*
                }
            }

            /// Its blocks that requests pass behind the API.
            pub fn behind(&self, _label: &Label) -> Vec<String> {
                match self {
                    $(Self::$kind(_kind) => {
                        if_marked!(behind [$($($mark)+)?] _kind.behind(_label), Vec::new())
                    })*
                }
            }

            /// Nodes that it waits for besides those it refers to.
            pub fn after(&self) -> Vec<Address> {
                match self {
                    $(Self::$kind(_kind) => if_marked!(waits [$($($mark)+)?] _kind.after(), Vec::new()),)*
                }
            }

            /// Returns whether others rely on it, so that it stays when the stack goes.
            pub fn is_retained(&self) -> bool {
                match self {
                    $(Self::$kind(_kind) => if_marked!(retained [$($($mark)+)?] _kind.is_retained(), false),)*
                }
            }
        }

        /// Names of every kind, for the test that each is in a golden of every format.
        pub static KINDS: &[&Names] = &[$(<Node as Holds<$kind>>::NAMES,)*];
    };
}

/// Reads the marks of `kinds!`: a kind with `blocks` has `more_blocks()`, which writes its further
/// blocks in Terraform, and `MORE_BLOCKS`, one that is replaced `sometimes` has `REPLACED_WHEN`, one
/// that `waits` has `after()`, one that is `retained` has `is_retained()`, one that is `grouped` may
/// be an item of a group, with `item()` and `item_values()`, and one that is `behind` the API is
/// passed by requests.
macro_rules! if_marked {
    (blocks [blocks $($rest:ident)*] $then:expr, $else:expr) => { $then };
    (sometimes [sometimes $($rest:ident)*] $then:expr, $else:expr) => { $then };
    (waits [waits $($rest:ident)*] $then:expr, $else:expr) => { $then };
    (grouped [grouped $($rest:ident)*] $then:expr, $else:expr) => { $then };
    (behind [behind $($rest:ident)*] $then:expr, $else:expr) => { $then };
    (retained [retained $($rest:ident)*] $then:expr, $else:expr) => { $then };
    ($mark:ident [$other:ident $($rest:ident)*] $then:expr, $else:expr) => {
        if_marked!($mark [$($rest)*] $then, $else)
    };
    ($mark:ident [] $then:expr, $else:expr) => { $else };
}

kinds! {
    LogGroup,
    Role: blocks retained,
    ApplicationBalancer,
    HttpListener: behind,
    ListenerRule: behind,
    PythonFunction as Function: waits,
    Schedule: blocks,
    SchedulePermission,
    Alarm,
    Bucket: blocks,
    SecurityGroup,
    EgressRule: behind,
    IngressRule: behind,
    LoadBalancer: sometimes,
    TargetGroup: blocks waits,
    Listener: behind,
    VpcLink,
    VpcLinkV2,
    RestApi: blocks,
    Authorizer: sometimes,
    AuthorizerPermission: behind,
    Resource,
    RequestValidator,
    Model,
    Method: blocks grouped,
    LambdaPermission as Permission: behind,
    GatewayResponse: grouped,
    Account: retained,
    ClientCertificate,
    Deployment: blocks waits,
    Stage: blocks waits,
    ApiKey,
    UsagePlan,
    UsagePlanKey,
    DomainName,
    BasePathMapping,
    AliasRecord,
    WebAclAssociation,
}
