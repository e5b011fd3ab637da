//! Responses of the gateway to preflights of browsers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::mock::MockResponse;
use crate::openapi::HttpMethod;

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

impl Preflight {
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

    fn headers(&self) -> BTreeMap<&'static str, String> {
        let origin = self.origins.first().map_or("*", |it| it);
        let methods: Vec<&str> = self.methods.iter().map(|it| it.as_str()).collect();
        let methods = methods.join(",");
        let mut headers = BTreeMap::from([
            ("Access-Control-Allow-Methods", format!("'{methods}'")),
            ("Access-Control-Allow-Origin", format!("'{origin}'")),
        ]);
        if !self.headers.is_empty() {
            let names = self.headers.join(",");
            headers.insert("Access-Control-Allow-Headers", format!("'{names}'"));
        }
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
