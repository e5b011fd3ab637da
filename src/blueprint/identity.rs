//! Identity sources of an authorizer, which distinguish its callers, such as
//! `header.Authorization`.
//! In: the text of the blueprint. Out: the text of API Gateway. Pure.

use super::{AuthorizerInput, LambdaAuthorizerSpec};

/// Prefixes of sources in the blueprint, and the prefixes of API Gateway for them.
///
/// Source: AWS, "Authorizer", API Gateway REST API reference, `identitySource`,
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html>, read 2026-11-22.
const SOURCES: [(&str, &str); 6] = [
    ("header.", "method.request.header."),
    ("query.", "method.request.querystring."),
    ("querystring.", "method.request.querystring."),
    ("context.", "context."),
    ("stage.", "stageVariables."),
    ("stageVariables.", "stageVariables."),
];

/// Prefixes of sources that can be a credential.
///
/// The certificate of a client is one, its parts are none: another authority may have signed a
/// certificate with the same number or subject.
const CREDENTIALS: [&str; 4] = ["header.", "query.", "querystring.", CLIENT_CERTIFICATE];

/// The header that identifies the caller, where the blueprint names no other.
pub const AUTHORIZATION: &str = "header.Authorization";

/// The certificate that a client showed.
///
/// Source: AWS, "Variables for data transformations for API Gateway",
/// `$context.identity.clientCert.clientCertPem`,
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables.html>, read
/// 2026-11-29.
pub const CLIENT_CERTIFICATE: &str = "context.identity.clientCert.clientCertPem";

/// Returns a source of identity as API Gateway spells it; `None` for a text that is no source.
pub fn identity_source(text: &str) -> Option<String> {
    let (start, spelt) = SOURCES.iter().find(|(start, _)| text.starts_with(start))?;
    let name = &text[start.len()..];
    // Source: docs/aws-rules.md#q2 for names of headers and parameters; a list of sources is joined
    // by commas.
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$' | b'-' | b':')
        });
    is_name.then(|| format!("{spelt}{name}"))
}

/// Returns whether a source of identity can be a credential, which other callers do not have: no
/// address, no part of the context that all share.
pub fn is_credential(source: &str) -> bool {
    identity_source(source).is_some() && CREDENTIALS.iter().any(|start| source.starts_with(start))
}

/// Returns whether two sources of identity are one. Names of headers have no case, those of query
/// parameters do.
pub fn is_same_source(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (identity_source(one), identity_source(other)) else {
        return false;
    };
    if one.starts_with("method.request.header.") {
        one.eq_ignore_ascii_case(&other)
    } else {
        one == other
    }
}

impl LambdaAuthorizerSpec {
    /// Returns the sources that distinguish callers: those that are written, else the credential,
    /// else the header `Authorization`.
    pub fn identity_sources(&self) -> Vec<String> {
        let credential = || {
            self.credential
                .clone()
                .unwrap_or_else(|| AUTHORIZATION.to_owned())
        };
        self.identity.clone().unwrap_or_else(|| vec![credential()])
    }

    /// Returns whether the function gets one token, and not the whole request.
    pub fn is_token(&self) -> bool {
        self.kind == AuthorizerInput::Token
    }

    /// Returns whether identity is one header, as a function of kind `token` needs it.
    pub fn is_one_header(&self) -> bool {
        matches!(&self.identity_sources()[..], [only] if only.starts_with("header."))
    }

    /// Returns whether a part of identity differs between callers; what is no source of identity
    /// may be one once it is mended.
    ///
    /// Stage variables and most of the context are the same for all callers of a method.
    pub fn tells_callers_apart(&self) -> bool {
        let is_of_caller = [
            "header.",
            "query.",
            "querystring.",
            "context.identity.",
            "context.requestId",
            "context.extendedRequestId",
        ];
        self.identity_sources().iter().any(|source| {
            identity_source(source).is_none()
                || is_of_caller.iter().any(|start| source.starts_with(start))
        })
    }

    /// Returns whether the blueprint alone shows that identity is wrong.
    pub fn has_faulty_identity(&self) -> bool {
        let is_whole = if self.is_token() {
            self.is_one_header()
        } else {
            self.tells_callers_apart() || self.ttl_ms() == 0
        };
        !is_whole
            || self
                .identity_sources()
                .iter()
                .any(|source| identity_source(source).is_none())
    }

    /// Unit: milliseconds.
    pub fn ttl_ms(&self) -> u64 {
        self.ttl.milliseconds()
    }
}
