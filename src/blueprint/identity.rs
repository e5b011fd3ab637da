//! What tells the callers of an authorizer apart: `header.Authorization` and its like.
//!
//! In: the text of the blueprint. Out: how API Gateway spells it. Pure.

/// What a source starts with, and how API Gateway writes that.
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

/// How API Gateway spells a source of identity; `None` for what is none.
pub fn identity_source(text: &str) -> Option<String> {
    let (start, spelt) = SOURCES.iter().find(|(start, _)| text.starts_with(start))?;
    let name = &text[start.len()..];
    // Source: AWS-RULES Q2 for names of headers and parameters; a list of sources is joined by commas.
    let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'_' | b'$' | b'-' | b':'));
    is_name.then(|| format!("{spelt}{name}"))
}
