//! Responses of the gateway to preflights of browsers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::mock::{JSON, MockResponse};
use super::{ApiRoot, Method, RestApi};
use crate::openapi::HttpMethod;
use crate::sink::{Hcl, Object, Terraform, key};
use crate::stack::{Group, Handle, Item, Label};

/// Response to a preflight for a path.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// `*` alone, or one or more origins.
    pub origins: Vec<Arc<str>>,
    pub methods: Vec<HttpMethod>,
    pub headers: Vec<Arc<str>>,
    pub has_credentials: bool,
    pub max_age_s: Option<u32>,
}

fields! { Preflight { access: [origins, methods, headers, has_credentials, max_age_s] } }

/// All preflights of an API.
static GROUP: Group = Group {
    local: "preflights",
    block: "preflight",
    kinds: &[METHOD, INTEGRATION, METHOD_RESPONSE, INTEGRATION_RESPONSE],
};
const METHOD: &str = "aws_api_gateway_method";
const INTEGRATION: &str = "aws_api_gateway_integration";
const METHOD_RESPONSE: &str = "aws_api_gateway_method_response";
const INTEGRATION_RESPONSE: &str = "aws_api_gateway_integration_response";

/// Headers that differ from path to path.
const OWN: [&str; 2] = [
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
];

/// Writes the path of each item of the group.
fn of_path(api: &Handle<RestApi>, out: &mut Terraform) {
    out.each_of(&GROUP);
    out.attribute("rest_api_id", api.id());
    out.bare("resource_id", format_args!("each.value.resource_id"));
}

/// Writes which method of the group a block belongs to, so that it comes after the block of type
/// `after`.
fn of_method(api: &Handle<RestApi>, after: &str, out: &mut Terraform) {
    of_path(api, out);
    let block = GROUP.block;
    out.bare(
        "http_method",
        format_args!("{after}.{block}[each.key].http_method"),
    );
}

impl Preflight {
    /// Its place in the group: by its path.
    pub(crate) fn item(on: &ApiRoot) -> Item {
        let key = match on {
            ApiRoot::Root(_) => Label::new("root"),
            ApiRoot::Below(resource) => resource.label().clone(),
        };
        Item { group: &GROUP, key }
    }

    pub(crate) fn item_values(&self, method: &Method) -> Object {
        let parameters = method.request_parameters.iter();
        let declared = parameters.fold(Object::default(), |all, (name, is_required)| {
            all.with(name, *is_required)
        });
        let headers = self
            .own()
            .fold(Object::default(), |all, (name, text)| all.with(name, text));
        let has_parameters = !method.request_parameters.is_empty();
        Object::default()
            .with("resource_id", method.on.id())
            .optional("request_parameters", has_parameters.then_some(declared))
            .with("headers", headers)
    }

    /// Writes the arguments of the methods.
    pub(crate) fn terraform(&self, method: &Method, out: &mut Terraform) {
        of_path(&method.api, out);
        out.attribute("http_method", method.http_method.as_str());
        method.authorization.terraform(out);
        out.bare(
            "request_parameters",
            format_args!("try(each.value.request_parameters, null)"),
        );
    }

    /// Writes their further blocks.
    pub(crate) fn more_blocks(&self, api: &Handle<RestApi>, out: &mut Terraform) {
        let (mock, block) = (self.mock(), GROUP.block);
        out.resource(INTEGRATION, block, |out| {
            of_method(api, METHOD, out);
            mock.terraform(out);
        });
        out.resource(METHOD_RESPONSE, block, |out| {
            of_method(api, METHOD, out);
            out.attribute("status_code", mock.status);
            parameters("true", mock.parameters().map(|(name, _)| (name, true)), out);
        });
        out.resource(INTEGRATION_RESPONSE, block, |out| {
            of_method(api, INTEGRATION, out);
            let of = format!("{METHOD_RESPONSE}.{block}[each.key]");
            out.bare("status_code", format_args!("{of}.status_code"));
            parameters("text", mock.parameters(), out);
            if let Some(template) = &mock.template {
                out.map("response_templates", [(JSON, template)]);
            }
        });
    }

    /// What all of the group have in common.
    pub fn shared(&self) -> impl Serialize {
        (&self.origins, self.has_credentials, self.max_age_s)
    }

    /// Response to the browser. Source: docs/aws-rules.md#c1, docs/aws-rules.md#c5.
    pub(crate) fn mock(&self) -> MockResponse {
        MockResponse {
            passthrough: "WHEN_NO_MATCH",
            request: "{\"statusCode\": 204}",
            status: "204",
            headers: self.headers(),
            template: self.template(),
        }
    }

    /// Headers that differ from path to path, with their values.
    fn own(&self) -> impl Iterator<Item = (&'static str, String)> {
        let methods: Vec<&str> = self.methods.iter().map(|it| it.as_str()).collect();
        let headers = (!self.headers.is_empty()).then(|| self.headers.join(","));
        let own = OWN.into_iter().zip([headers, Some(methods.join(","))]);
        own.filter_map(|(name, text)| Some((name, format!("'{}'", text?))))
    }

    fn headers(&self) -> BTreeMap<&'static str, String> {
        let origin = self.origins.first().map_or("*", |it| it);
        let mut headers: BTreeMap<&'static str, String> = self.own().collect();
        headers.insert("Access-Control-Allow-Origin", format!("'{origin}'"));
        if self.has_credentials {
            headers.insert("Access-Control-Allow-Credentials", "'true'".to_owned());
        }
        if let Some(seconds) = self.max_age_s {
            headers.insert("Access-Control-Max-Age", format!("'{seconds}'"));
        }
        if self.origins.len() > 1 {
            headers.insert("Vary", "'Origin'".to_owned());
        }
        headers
    }

    /// Template that allows the origin of the request where it is one of several; all others get
    /// the first, which is another origin.
    ///
    /// Source: API Gateway, "Override your API's request and response parameters and status codes
    /// for REST APIs",
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html>,
    /// read 2026-11-30.
    fn template(&self) -> Option<String> {
        let others = self.origins.get(1..).filter(|it| !it.is_empty())?;
        let is_other: Vec<String> = others
            .iter()
            .map(|it| format!("$origin == \"{it}\""))
            .collect();
        Some(format!(
            "#set($origin = $input.params().header.get(\"Origin\"))\n\
             #if(!$origin || $origin == \"\")#set($origin = $input.params().header.get(\"origin\"))#end\n\
             #if({})#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end\n",
            is_other.join(" || ")
        ))
    }
}

/// Writes parameters of a response: those of each path, with the value `own`, and those of all.
fn parameters(own: &str, all: impl Iterator<Item = (String, impl Hcl)>, out: &mut Terraform) {
    const START: &str = "method.response.header.";
    let is_own = |name: &str| {
        let header = name.strip_prefix(START);
        header.is_some_and(|header| OWN.contains(&header))
    };
    let each =
        format!("{{ for name, text in each.value.headers : \"{START}${{name}}\" => {own} }}");
    out.gap();
    out.nested(
        "response_parameters",
        [&format!("merge({each}, "), ")"],
        |out| {
            out.enclosed(["{", "}"], |out| {
                for (name, value) in all.filter(|(name, _)| !is_own(name)) {
                    out.attribute(&key(&name), value);
                }
            });
        },
    );
}
