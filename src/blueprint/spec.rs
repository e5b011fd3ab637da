//! The blueprint: what was written, and the default of each field that has one.
//! In: the tree. Out: `BlueprintSpec`. Pure.
//! The comments on the fields are for users: they become the published schema.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::auth::AuthSpec;
use super::backends::BackendSpec;
use super::balancers::{AlbSpec, NlbSpec, VpcLinkSpec};
use super::cost::CostSpec;
use super::decode::{Decode, mapping, names, section};
use super::fault::Faults;
use super::gateway::{ApiSpec, StageSpec, UsagePlanSpec};
use super::node::TreeNode;
use super::operations::{AlarmsSpec, ForwarderSpec, LimitsSpec, LintSpec, SyncSpec};
use super::routes::{ExpectSpec, MountSpec, RouteSpec};
use super::scalars::{PathList, Reserved};
use super::values::{ValueSpec, ValuesSpec};

mapping! {
    /// How an OpenAPI description is served: which way a request takes from API Gateway to the
    /// servers, and which server answers which operation.
    pub struct BlueprintSpec {
        /// Version of the blueprint's own format: 1.
        #[schemars(range(min = 1, max = 1))]
        pub version: u64,
        /// Releases of gwgen that may read it, written as in `Cargo.toml`, such as `>=0.1, <0.3`;
        /// a requirement of a file that is extended has to be met as well.
        pub required_version: Option<String>,
        /// Prefix of every name at AWS: lower-case letters, digits and `-`, at most 20 characters.
        #[schemars(regex(pattern = "^[a-z][a-z0-9-]*$"), length(max = 20))]
        pub name: String,
        /// Goes after the name in every name at AWS, so that several environments share an account;
        /// at most 20 characters. Where AWS's names are short, a longer one than 8 stands there as
        /// its first characters and a hash. CloudFormation cannot shorten one that is known only at
        /// deploy time, which has at most 8 there.
        pub environment: Option<ValueSpec>,
        /// Path of the OpenAPI description, or a list of paths, relative to this file.
        pub spec: PathList,
        /// AWS region: used by cost, by checks, and by a root layout's provider block.
        pub region: Option<String>,
        /// Blueprint that this one is merged over: by key, lists replaced; `null` removes a key,
        /// and an entry of another kind (in `targets` and `auth`) replaces. Relative to this file.
        pub extends: Option<String>,
        /// Whether this file is a base for others to extend, and never a stack of its own. Default:
        /// `false`.
        pub r#abstract: Option<bool>,
        /// What is written, and where.
        pub output: OutputSpec = OutputSpec::default(),
        /// Tags by name, on everything that takes tags; `managed-by: gwgen` is added, and `Name` to balancers and security groups.
        pub tags: Option<BTreeMap<String, ValueSpec>>,
        /// Settings that the whole AWS account shares.
        pub account: AccountSpec = AccountSpec::default(),
        /// Where the private side lives. Required but for topology `internet`.
        pub network: Option<NetworkSpec>,
        /// The way of a request from API Gateway to the servers.
        pub topology: Topology,
        /// Where each backend runs, by its name: lower-case letters, digits and `-`.
        pub backends: BTreeMap<String, BackendSpec>,
        /// Rules for operations: every rule that matches applies, in the order in which they stand;
        /// a later one wins, field by field. The description's `x-gwgen-*` come after the leading
        /// rules with an empty `match`. One that restricts (`exposure`, `auth`, `scopes`,
        /// `api_key`, `throttle`) and matches nothing, or is wholly overridden, is an error.
        pub routes: Option<Vec<RouteSpec>>,
        /// The whole API under prefixes, each with its own backends; the prefix is stripped on the
        /// way.
        pub mounts: Option<Vec<MountSpec>>,
        /// What the gateway does with each security scheme of the description, by its name, and
        /// with others that routes use.
        pub auth: Option<BTreeMap<String, AuthSpec>>,
        /// Promises that every render checks; a broken one is an error.
        pub expect: Option<Vec<ExpectSpec>>,
        /// Settings of the API itself.
        pub api: ApiSpec = ApiSpec::default(),
        /// The one stage of the API.
        pub stage: StageSpec = StageSpec::default(),
        /// Usage plans by name.
        pub usage_plans: Option<BTreeMap<String, UsagePlanSpec>>,
        /// The link from API Gateway into the VPC.
        pub vpc_link: VpcLinkSpec = VpcLinkSpec::default(),
        /// The network load balancer.
        pub nlb: NlbSpec = NlbSpec::default(),
        /// The application load balancer.
        pub alb: AlbSpec = AlbSpec::default(),
        /// The function that keeps the NLB's targets equal to the ALB's addresses, in topology
        /// `nlb-alb-sync`.
        pub sync: SyncSpec = SyncSpec::default(),
        /// Alarms of CloudWatch for the API and what is behind it.
        pub alarms: Option<AlarmsSpec>,
        /// The function that forwards requests, in topology `forwarder`.
        pub forwarder: ForwarderSpec = ForwarderSpec::default(),
        /// Findings that are allowed, and advice that is an error.
        pub lint: LintSpec = LintSpec::default(),
        /// Quotas of the account, where they were raised.
        pub limits: LimitsSpec = LimitsSpec::default(),
        /// What `gwgen cost` computes the bill from.
        pub cost: CostSpec = CostSpec::default(),
    }
}

names! {
    /// The way of a request.
    pub enum Topology {
        /// API Gateway, VPC link, one internal NLB with a listener and a target group per backend.
        NlbTargets = "nlb-targets",
        /// The same to an internal ALB, whose addresses a function keeps in the NLB's target group.
        NlbAlbSync = "nlb-alb-sync",
        /// The same to an internal ALB through a target group of type `alb`.
        NlbAlb = "nlb-alb",
        /// API Gateway, VPC link (V2), internal ALB with path rules.
        Alb = "alb",
        /// API Gateway, a function inside the VPC, the backend; no balancer.
        Forwarder = "forwarder",
        /// API Gateway, public HTTPS endpoint of each backend.
        Internet = "internet",
    }
}

section! {
    /// What is written, and where.
    pub struct OutputSpec {
        /// Folder of the output, relative to this file.
        pub dir: String = "generated".to_owned(),
        /// Language of the output.
        pub format: OutputFormat = OutputFormat::Terraform,
        /// CloudFormation: `template.json` or `template.yaml`.
        pub template: TemplateSyntax = TemplateSyntax::Json,
        /// How the API is spelled.
        pub api_style: ApiStyle = ApiStyle::Resources,
        /// Whether a provider block is written.
        pub layout: Layout = Layout::Module,
        /// How routes are spread over files.
        pub files: FileLayout = FileLayout::BySegment,
        /// CloudFormation: nested templates by first segment.
        pub nested: Reserved<bool> = Reserved(false),
    }
}

names! {
    /// Language of the output.
    #[schemars(rename = "Format")]
    pub enum OutputFormat {
        Terraform = "terraform",
        TerraformJson = "terraform-json",
        Cloudformation = "cloudformation",
    }
}

names! {
    /// Syntax of a CloudFormation template.
    pub enum TemplateSyntax {
        Json = "json",
        Yaml = "yaml",
    }
}

names! {
    /// How the API is spelled.
    pub enum ApiStyle {
        /// A block per path, method and integration.
        Resources = "resources",
        /// One OpenAPI body.
        Body = "body",
    }
}

names! {
    /// Whether a provider block is written.
    pub enum Layout {
        /// No provider block.
        Module = "module",
        /// A provider block too.
        Root = "root",
    }
}

names! {
    /// How routes are spread over files.
    pub enum FileLayout {
        /// `routes_<first segment>.tf`.
        BySegment = "by-segment",
        /// `routes.tf`.
        Single = "single",
    }
}

section! {
    /// Settings that the whole AWS account shares.
    pub struct AccountSpec {
        /// The role with which API Gateway writes logs: `existing`, `create` or an ARN.
        pub cloudwatch_role: CloudwatchRole = CloudwatchRole::Existing,
    }
}

mapping! {
    /// Where the private side lives.
    pub struct NetworkSpec {
        /// Id of the VPC.
        pub vpc: ValueSpec,
        /// Ids of private subnets in two zones or more.
        pub subnets: ValuesSpec,
        /// Source in ingress rules where no security group can be named.
        pub cidrs: Option<ValuesSpec>,
    }
}

/// The role with which API Gateway writes logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloudwatchRole {
    Existing,
    Create,
    #[serde(untagged)]
    Arn(String),
}

impl Decode for CloudwatchRole {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let expected = "`existing`, `create` or the ARN of a role";
        match node.value().as_str() {
            Some("existing") => Some(Self::Existing),
            Some("create") => Some(Self::Create),
            Some(text) if text.starts_with("arn:") && text.contains(":role/") => {
                Some(Self::Arn(text.to_owned()))
            }
            Some(text) => faults.wrong(
                node,
                format_args!("`{text}` is not accepted here"),
                format_args!("write {expected}"),
            ),
            None => faults.mismatch(node, expected),
        }
    }
}

impl JsonSchema for CloudwatchRole {
    fn schema_name() -> Cow<'static, str> {
        "CloudwatchRole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "enum": ["existing", "create"] }, { "type": "string", "pattern": "^arn:.+:role/" }] })
    }
}
