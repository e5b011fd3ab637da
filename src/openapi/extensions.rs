//! Treatment of the keys with which AWS extends OpenAPI, as `docs/extensions.md` has it.
//! None is dropped in silence, and one that AWS does not document may protect something.

use crate::diagnostic::{self, Code};

/// Treatment of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// An effect as declared.
    Honoured,
    /// An error (GW1015), since an API without it could be open or weaker.
    Refused,
    /// A warning (GW1016), since an API without it is no more open.
    Unused,
}

/// A key that AWS documents.
pub struct Documented {
    pub name: &'static str,
    /// Objects that have it.
    pub place: &'static str,
    pub treatment: Treatment,
    /// Meaning of that, as a sentence.
    pub meaning: &'static str,
}

macro_rules! documented {
    ($($name:literal $place:literal $treatment:ident $meaning:literal;)*) => {
        &[$(Documented {
            name: $name,
            place: $place,
            treatment: Treatment::$treatment,
            meaning: $meaning,
        }),*]
    };
}

/// Every key that AWS documents, in the order of its page.
///
/// Source: AWS, "OpenAPI extensions for API Gateway",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html>,
/// read 2026-11-22; docs/aws-rules.md#i12, docs/aws-rules.md#o14, docs/aws-rules.md#o16,
/// docs/aws-rules.md#s14.
pub const DOCUMENTED: &[Documented] = documented! {
    "x-amazon-apigateway-any-method" "path item" Honoured
        "An operation of the method ANY, which answers every method that the path does not list.";
    "x-amazon-apigateway-cors" "document" Unused
        "For HTTP APIs only; a REST API ignores it. `api.cors` says it.";
    "x-amazon-apigateway-api-key-source" "document" Unused
        "gwgen asks for keys as `api.api_key_source` says.";
    "x-amazon-apigateway-auth" "operation" Refused
        "It decides who may call; `auth` in the blueprint says it.";
    "x-amazon-apigateway-authorizer" "security scheme" Unused
        "What the gateway does with a scheme is said in `auth`, and a scheme without an entry there is an error (GW3002).";
    "x-amazon-apigateway-authtype" "security scheme" Unused
        "As for the authorizer.";
    "x-amazon-apigateway-binary-media-types" "document" Honoured
        "The media types are added to the non-text ones that the operations name.";
    "x-amazon-apigateway-documentation" "document" Unused
        "Documentation parts are no part of what is served.";
    "x-amazon-apigateway-endpoint-access-mode" "document" Refused
        "It decides how strictly TLS is checked; leaving it out could admit clients that it keeps out.";
    "x-amazon-apigateway-endpoint-configuration" "document or server" Refused
        "It can make the API private; leaving it out would make it public.";
    "x-amazon-apigateway-gateway-responses" "document" Unused
        "`api.gateway_responses` says what the gateway's own errors look like.";
    "x-amazon-apigateway-importexport-version" "document" Unused
        "For HTTP APIs only: the version of an export.";
    "x-amazon-apigateway-integration" "operation" Unused
        "The blueprint says which backend answers; the way there is built from `topology`.";
    "x-amazon-apigateway-integrations" "components" Unused
        "For HTTP APIs only: integrations that operations refer to.";
    "x-amazon-apigateway-minimum-compression-size" "document" Unused
        "`api.minimum_compression_size` says it.";
    "x-amazon-apigateway-policy" "document" Refused
        "A resource policy decides who may call; `api.policy` says it.";
    "x-amazon-apigateway-request-validator" "document or operation" Unused
        "`validation` in the blueprint says what is checked.";
    "x-amazon-apigateway-request-validators" "document" Unused
        "`validation` in the blueprint says what is checked.";
    "x-amazon-apigateway-security-policy" "document" Refused
        "It is the least TLS version; leaving it out could admit clients that it keeps out.";
    "x-amazon-apigateway-tag-value" "tag" Unused
        "For HTTP APIs only; `tags` in the blueprint says it.";
};

/// Returns the treatment of a key; `None` where it is none of AWS's.
pub fn treatment(extension: &str) -> Option<Treatment> {
    let is_documented = |known: &&Documented| known.name == extension;
    match DOCUMENTED.iter().find(is_documented) {
        Some(known) => Some(known.treatment),
        None => extension
            .starts_with("x-amazon-apigateway-")
            .then_some(Treatment::Refused),
    }
}

/// Returns the code that refuses a key; `None` where leaving it out cannot open or weaken anything.
pub fn refuses(extension: &str) -> Option<&'static Code> {
    (treatment(extension)? == Treatment::Refused).then_some(&diagnostic::REFUSED_EXTENSION)
}

/// Returns whether a key does nothing, which has to be reported.
pub fn is_unused(extension: &str) -> bool {
    treatment(extension) == Some(Treatment::Unused)
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENTED, Treatment, is_unused, refuses, treatment};

    #[test]
    fn the_page_says_what_the_table_says() {
        let word = |treatment: Treatment| match treatment {
            Treatment::Honoured => "honoured",
            Treatment::Refused => "refused",
            Treatment::Unused => "unused",
        };
        let rows = DOCUMENTED.iter().map(|row| {
            format!(
                "| `{}` | {} | {} | {} |",
                row.name,
                row.place,
                word(row.treatment),
                row.meaning
            )
        });
        let page = include_str!("../../docs/extensions.md").lines();
        let written: Vec<&str> = page.filter(|line| line.starts_with("| `")).collect();
        assert_eq!(written, rows.collect::<Vec<_>>());
    }

    #[test]
    fn every_key_is_honoured_refused_or_reported() {
        for known in DOCUMENTED {
            let name = known.name;
            let is_refused = known.treatment == Treatment::Refused;
            assert_eq!(refuses(name).is_some(), is_refused, "{name}");
            assert_eq!(
                is_unused(name),
                known.treatment == Treatment::Unused,
                "{name}"
            );
        }
        let unknown = "x-amazon-apigateway-new";
        assert_eq!(treatment(unknown), Some(Treatment::Refused));
        assert_eq!(treatment("x-other"), None);
        assert!(refuses(unknown).is_some() && refuses("x-gwgen-backend").is_none());
    }
}
