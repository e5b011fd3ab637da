//! Authorizers, and the access that methods require.
//!
//! A function needs a permission to be called, for its own authorizer alone
//! (docs/aws-rules.md#a11).

use std::sync::Arc;

use serde::Serialize;

use super::RestApi;
use crate::aws::lambda::PRINCIPAL;
use crate::aws::{Arguments, BehindApi, Copied, Function, HasId, Home, Kind, ReplacedWhen, When};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, List, Value};

/// Authorizer of an API.
#[derive(Debug, Serialize)]
pub struct Authorizer {
    pub api: Handle<RestApi>,
    pub name: Arc<str>,
    pub asks: AuthorizerKind,
}

fields! { Authorizer { access: [api, name, asks] } }

/// Type of an authorizer.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub enum AuthorizerKind {
    Cognito {
        user_pools: List,
    },
    Lambda {
        function: Function,
        is_token: bool,
        identity: Vec<Arc<str>>,
        ttl_s: u32,
    },
}

fields! { enum AuthorizerKind {
    Cognito { user_pools }, Lambda { function, is_token, identity, ttl_s },
} }

/// Place of the token for a Cognito authorizer. Source: docs/aws-rules.md#a2.
const TOKEN: &str = "method.request.header.Authorization";

impl AuthorizerKind {
    fn type_name(&self) -> &'static str {
        match self {
            Self::Cognito { .. } => USER_POOLS,
            Self::Lambda { is_token: true, .. } => "TOKEN",
            Self::Lambda {
                is_token: false, ..
            } => "REQUEST",
        }
    }

    /// Values that it uses and that are known only at deploy time.
    pub fn deploy_time(&self) -> Vec<Value> {
        match self {
            Self::Cognito { user_pools } => user_pools.deploy_time(),
            Self::Lambda { function, .. } => function.deploy_time(),
        }
    }
}

/// Type of an authorizer that asks user pools.
const USER_POOLS: &str = "COGNITO_USER_POOLS";

impl Authorizer {
    pub(crate) const REPLACED_WHEN: &'static [ReplacedWhen] = &[ReplacedWhen {
        argument: "type",
        when: When::IsOrWas(USER_POOLS),
    }];
}

impl Kind for Authorizer {
    const TERRAFORM: &'static str = "aws_api_gateway_authorizer";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::Authorizer";
    const HOME: Home = Home::Document;
    const REPLACED_BY: Arguments = &["rest_api_id"];
    const CREATE_ONLY: Arguments = &["RestApiId"];
    const COPIED: Copied = Copied::Everything;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.attribute("name", &self.name);
        out.attribute("type", self.asks.type_name());
        match &self.asks {
            AuthorizerKind::Cognito { user_pools } => {
                out.attribute("identity_source", TOKEN);
                out.list("provider_arns", user_pools);
            }
            AuthorizerKind::Lambda {
                function,
                identity,
                ttl_s,
                ..
            } => {
                out.attribute("identity_source", identity.join(","));
                out.attribute("authorizer_uri", function.uri());
                out.attribute("authorizer_result_ttl_in_seconds", *ttl_s);
            }
        }
        // AWS deletes none that a method still names (docs/aws-rules.md#w14).
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.text("Name", &self.name);
        out.text("Type", self.asks.type_name());
        match &self.asks {
            AuthorizerKind::Cognito { user_pools } => {
                out.text("IdentitySource", TOKEN);
                out.list("ProviderARNs", user_pools);
            }
            AuthorizerKind::Lambda {
                function,
                identity,
                ttl_s,
                ..
            } => {
                if !identity.is_empty() {
                    out.text("IdentitySource", &identity.join(","));
                }
                out.value("AuthorizerUri", &function.uri());
                out.number("AuthorizerResultTtlInSeconds", *ttl_s);
            }
        }
    }
}

impl HasId for Authorizer {}

/// Access that a method requires of its callers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Authorization {
    pub by: AuthorizedBy,
    /// A token needs one of them; sorted.
    pub scopes: Vec<Arc<str>>,
    pub api_key: bool,
}

fields! { Authorization { access: [by, scopes, api_key] } }

/// Authorization type of a method.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub enum AuthorizedBy {
    #[default]
    Nobody,
    Iam,
    Cognito(Handle<Authorizer>),
    Custom(Handle<Authorizer>),
}

fields! { enum AuthorizedBy { Nobody, Iam, Cognito(authorizer), Custom(authorizer) } }

impl Authorization {
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// As API Gateway names it. Source: docs/aws-rules.md#a1.
    pub fn type_name(&self) -> &'static str {
        match self.by {
            AuthorizedBy::Nobody => "NONE",
            AuthorizedBy::Iam => "AWS_IAM",
            AuthorizedBy::Cognito(_) => USER_POOLS,
            AuthorizedBy::Custom(_) => "CUSTOM",
        }
    }

    pub fn authorizer(&self) -> Option<&Handle<Authorizer>> {
        match &self.by {
            AuthorizedBy::Cognito(authorizer) | AuthorizedBy::Custom(authorizer) => {
                Some(authorizer)
            }
            AuthorizedBy::Nobody | AuthorizedBy::Iam => None,
        }
    }

    pub(crate) fn terraform(&self, out: &mut Terraform) {
        out.attribute("authorization", self.type_name());
        out.optional("authorizer_id", self.authorizer().map(Handle::id));
        if !self.scopes.is_empty() {
            out.texts("authorization_scopes", &self.scopes);
        }
        if self.api_key {
            out.attribute("api_key_required", true);
        }
    }

    pub(crate) fn cloudformation(&self, out: &mut Properties) {
        out.text("AuthorizationType", self.type_name());
        if let Some(authorizer) = self.authorizer() {
            out.value("AuthorizerId", &authorizer.id());
        }
        if !self.scopes.is_empty() {
            out.texts("AuthorizationScopes", &self.scopes);
        }
        if self.api_key {
            out.flag("ApiKeyRequired", true);
        }
    }
}

/// Permission of an authorizer to call its function.
#[derive(Debug, Serialize)]
pub struct AuthorizerPermission {
    pub function: Function,
    pub api: Handle<RestApi>,
    pub authorizer: Handle<Authorizer>,
    /// The authorizer is a part of the API's body, so its id is unknown: the permission is for
    /// every authorizer of the API.
    pub is_of_any: bool,
}

fields! { AuthorizerPermission { access: [function, api, authorizer, is_of_any] } }

impl AuthorizerPermission {
    /// Calls of the authorizer, for Terraform and for CloudFormation.
    fn source(&self) -> [Value; 2] {
        let id = if self.is_of_any {
            Value::literal("*")
        } else {
            self.authorizer.id()
        };
        self.api.executed(&[Value::literal("/authorizers/"), id])
    }
}

impl BehindApi for AuthorizerPermission {}

impl Kind for AuthorizerPermission {
    const TERRAFORM: &'static str = "aws_lambda_permission";
    const CLOUDFORMATION: &'static str = "AWS::Lambda::Permission";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &[
        "action",
        "function_name",
        "qualifier",
        "principal",
        "source_arn",
    ];
    const CREATE_ONLY: Arguments = &["Action", "FunctionName", "Principal", "SourceArn"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        let [source, _] = self.source();
        self.function.permit(PRINCIPAL, source, out);
    }

    fn cloudformation(&self, out: &mut Properties) {
        let [_, source] = self.source();
        self.function.permit_in_template(PRINCIPAL, &source, out);
    }
}
