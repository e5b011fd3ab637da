//! The gateway's own errors.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{Arguments, Copied, Home, Kind, RestApi};
use crate::aws::fields::Other;
use crate::sink::{Object, Properties, Terraform};
use crate::stack::{Group, Handle, Item, Label, Value};

/// Response of the gateway where it does not call a backend, for one type of reason.
#[derive(Debug, Serialize)]
pub struct GatewayResponse {
    pub api: Handle<RestApi>,
    /// As AWS names it.
    pub of: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Fixed text by the name of the header.
    pub headers: BTreeMap<&'static str, Arc<str>>,
    pub body: ErrorBody,
}

fields! { GatewayResponse { route: [api, of, status], access: [headers], other: [body] } }

/// Template of a body: values of `$context` are put in, and nothing else runs.
///
/// `messageString` comes with its quotes. Source: docs/aws-rules.md#c9; RFC 9457, section 3.1.
#[derive(Debug)]
pub enum ErrorBody {
    /// The message alone, as in AWS's own.
    Message,
    /// A document as RFC 9457 has it.
    Problem {
        /// The type, and its status with the phrase of that; none where they are of many types.
        of: &'static str,
        status: Option<(u16, &'static str)>,
    },
}

impl Other for ErrorBody {}

const MESSAGE: &str = r#"{"message":$context.error.messageString}"#;
const PROBLEM_START: &str = r#"{"type":"about:blank","#;
const PROBLEM_END: &str =
    r#""detail":$context.error.messageString,"instance":"urn:uuid:$context.requestId"}"#;

impl fmt::Display for ErrorBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Problem { of, status } = self else {
            return formatter.write_str(MESSAGE);
        };
        formatter.write_str(PROBLEM_START)?;
        if let Some((status, title)) = status {
            write!(
                formatter,
                r#""title":"{title}","status":{status},"code":"{of}","#
            )?;
        }
        formatter.write_str(PROBLEM_END)
    }
}

impl Serialize for ErrorBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ErrorBody {
    /// The template of every item of the group.
    fn of_group(&self) -> Value {
        let own = r#"try("\"title\":\"${each.value.title}\",\"status\":${each.value.status_code},\"code\":\"${each.key}\",", "")"#;
        match self {
            Self::Message => Value::literal(MESSAGE),
            Self::Problem { .. } => Value::Text(vec![
                Value::literal(PROBLEM_START),
                Value::Expression(own.into()),
                Value::literal(PROBLEM_END),
            ]),
        }
    }

    fn title(&self) -> Option<&'static str> {
        match self {
            Self::Message => None,
            Self::Problem { status, .. } => status.map(|(_, title)| title),
        }
    }
}

/// All gateway responses of an API.
static GROUP: Group = Group {
    local: "gateway_responses",
    block: "this",
    kinds: &[GatewayResponse::TERRAFORM],
};

/// Media type of the only template, which every caller gets.
///
/// Source: docs/aws-rules.md#c9, docs/aws-rules.md#c10.
const TEMPLATE: &str = "application/json";

impl GatewayResponse {
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (String, String)> {
        let header = |(name, text)| {
            (
                format!("gatewayresponse.header.{name}"),
                format!("'{text}'"),
            )
        };
        self.headers.iter().map(header)
    }

    pub(crate) fn item(&self) -> Option<Item> {
        Some(Item {
            group: &GROUP,
            key: Label::new(self.of),
        })
    }

    pub(crate) fn item_values(&self) -> Object {
        Object::default()
            .optional("status_code", self.status.map(|status| status.to_string()))
            .optional("title", self.body.title())
    }

    /// What all of its group have in common.
    pub fn shared(&self) -> impl Serialize {
        (&self.headers, self.body.of_group())
    }
}

impl Kind for GatewayResponse {
    const TERRAFORM: &'static str = "aws_api_gateway_gateway_response";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::GatewayResponse";
    const HOME: Home = Home::Document;
    const REPLACED_BY: Arguments = &["rest_api_id", "response_type"];
    const CREATE_ONLY: Arguments = &["RestApiId", "ResponseType"];
    const COPIED: Copied = Copied::Everything;

    fn terraform(&self, out: &mut Terraform) {
        out.each_of(&GROUP);
        out.attribute("rest_api_id", self.api.id());
        out.bare("response_type", format_args!("each.key"));
        if let ErrorBody::Problem { .. } = self.body {
            out.bare(
                "status_code",
                format_args!("try(each.value.status_code, null)"),
            );
        }
        out.map("response_parameters", self.parameters());
        out.map("response_templates", [(TEMPLATE, self.body.of_group())]);
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.text("ResponseType", self.of);
        if let Some(status) = self.status {
            out.text("StatusCode", &status.to_string());
        }
        out.text_map("ResponseParameters", self.parameters());
        out.object("ResponseTemplates", |out| {
            out.text(TEMPLATE, &self.body.to_string())
        });
    }
}
