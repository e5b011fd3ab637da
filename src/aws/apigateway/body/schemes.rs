//! Security schemes of the API's body.

use super::{Member, detached};
use crate::aws::apigateway::{Authorizer, AuthorizerKind};
use crate::aws::document::Document;

impl Authorizer {
    /// The security scheme that names the authorizer. Source: docs/aws-rules.md#a2, docs/aws-rules.md#o4.
    pub fn scheme(&self) -> Document {
        let (authtype, header, authorizer) = match &self.asks {
            AuthorizerKind::Cognito { user_pools } => {
                let members = vec![
                    ("type".into(), Document::text("cognito_user_pools")),
                    ("providerARNs".into(), Document::Values(user_pools.clone())),
                ];
                ("cognito_user_pools", "Authorization", members)
            }
            AuthorizerKind::Lambda {
                function,
                is_token,
                identity,
                ttl_s,
            } => {
                let kind = Document::text(if *is_token { "token" } else { "request" });
                let uri = Document::Text(detached(function.uri()));
                let ttl = Document::number(*ttl_s);
                let mut members = vec![
                    ("type".into(), kind),
                    ("authorizerUri".into(), uri),
                    ("authorizerResultTtlInSeconds".into(), ttl),
                ];
                if !identity.is_empty() {
                    members.push(("identitySource".into(), Document::text(&identity.join(","))));
                }
                let header = identity
                    .iter()
                    .find_map(|it| it.strip_prefix("method.request.header."));
                ("custom", header.unwrap_or("Unused"), members)
            }
        };
        let mut scheme = api_key(header);
        scheme.push((AUTHTYPE.into(), Document::text(authtype)));
        let authorizer = Document::Object(authorizer);
        scheme.push(("x-amazon-apigateway-authorizer".into(), authorizer));
        Document::Object(scheme)
    }
}

/// Member of a scheme that names the type of its authorizer.
const AUTHTYPE: &str = "x-amazon-apigateway-authtype";

/// Every scheme is one of these to an import. Source: docs/aws-rules.md#o4.
fn api_key(header: &str) -> Vec<Member> {
    vec![
        ("type".into(), Document::text("apiKey")),
        ("name".into(), Document::text(header)),
        ("in".into(), Document::text("header")),
    ]
}

/// The scheme of requests that are signed with AWS credentials.
pub fn signed() -> Document {
    let mut scheme = api_key("Authorization");
    scheme.push((AUTHTYPE.into(), Document::text("awsSigv4")));
    Document::Object(scheme)
}

/// The scheme of the gateway's own keys.
pub fn keyed() -> Document {
    Document::Object(api_key("x-api-key"))
}
