//! Base path of a list of servers, and the kind of server that has it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::Server;

/// Server in front of a description's paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerOrigin {
    /// As it is written, with defaults for variables.
    pub url: Arc<str>,
    pub kind: ServerKind,
}

/// Kind of server, which decides how the path of its URL is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ServerKind {
    #[default]
    Ordinary,
    /// Neither an absolute URL nor a path that begins with `/`: it has no path.
    NoAddress,
    /// An API Gateway: the first segment is its stage, which backends never see.
    Stage(Arc<str>),
    /// A service, by its name, that invents responses.
    Mock(&'static str),
    /// The developer's own machine.
    Local,
}

/// A base path and its origin.
#[derive(Debug)]
pub(crate) struct ServerPath {
    /// `""`, or `/` and segments without a trailing `/`; an error is the end of a sentence.
    pub(crate) path: Result<String, String>,
    pub(crate) origin: ServerOrigin,
}

/// Returns the path of the first server's URL with its variables' defaults.
pub(crate) fn base_path(servers: &[Server<'_>]) -> ServerPath {
    servers.first().map_or_else(|| of_url(""), of_server)
}

/// Returns the path of a server's URL with its variables' defaults.
pub(crate) fn of_server(server: &Server<'_>) -> ServerPath {
    of_url(&with_defaults(server))
}

/// Returns the path of a URL, from its `/`.
///
/// Source: OpenAPI 3.0.3, "Server Object": a relative URL is relative to where the document is
/// served, which is not known here, <https://spec.openapis.org/oas/v3.0.3#server-object>, read
/// 2026-11-30.
pub(crate) fn of_url(url: &str) -> ServerPath {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let address = &url[..end];
    let after_scheme = address
        .split_once("://")
        .map(|(_, rest)| rest)
        .or_else(|| address.strip_prefix("//"));
    let has_path = after_scheme.is_some() || address.is_empty() || address.starts_with('/');
    let (host, path) = match after_scheme {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", address),
    };
    let (path, kind) = match stage(host, path) {
        _ if !has_path => ("", ServerKind::NoAddress),
        Some((stage, rest)) => (rest, ServerKind::Stage(stage.into())),
        None => (path, kind(host)),
    };
    ServerPath {
        path: plain(path),
        origin: ServerOrigin {
            url: url.trim_start_matches("//").into(),
            kind,
        },
    }
}

/// Splits the path of an address that API Gateway gave into its stage and the rest.
///
/// Source: API Gateway, "Invoke REST APIs in API Gateway":
/// `https://{api}.execute-api.{region}.amazonaws.com/{stage}/`,
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html>, read
/// 2026-11-30.
fn stage<'a>(host: &str, path: &'a str) -> Option<(&'a str, &'a str)> {
    if !host.split('.').any(|label| label == "execute-api") {
        return None;
    }
    let path = path.trim_start_matches('/');
    let end = path.find('/').unwrap_or(path.len());
    (end > 0).then(|| path.split_at(end))
}

/// Hosts with invented responses, by the end of their name.
///
/// Source: SwaggerHub, "API Auto Mocking",
/// <https://support.smartbear.com/swaggerhub/docs/integrations/api-auto-mocking.html>; Postman,
/// "Set up a Postman mock server",
/// <https://learning.postman.com/docs/design-apis/mock-apis/set-up-mock-servers/>; Apifox, "Mock",
/// <https://apifox.maxhub.com/help/app/mock>; all read 2026-11-30.
const MOCKS: [(&str, &str); 6] = [
    ("virtserver.swaggerhub.com", "SwaggerHub"),
    ("mock.pstmn.io", "Postman"),
    ("mock.apifox.com", "Apifox"),
    ("mock.apifox.cn", "Apifox"),
    ("apifoxmock.com", "Apifox"),
    ("127.0.0.1:4523", "Apifox"),
];

fn kind(host: &str) -> ServerKind {
    let host = host.rsplit('@').next().unwrap_or(host).to_ascii_lowercase();
    let is_below = |name: &str| {
        host.strip_suffix(name)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    if let Some((_, service)) = MOCKS.iter().find(|(name, _)| is_below(name)) {
        return ServerKind::Mock(service);
    }
    let name = host.rsplit_once(':').map_or(&*host, |(name, _)| name);
    if matches!(name, "localhost" | "0.0.0.0" | "[::1]")
        || name.starts_with("127.")
        || name.ends_with(".localhost")
    {
        return ServerKind::Local;
    }
    ServerKind::Ordinary
}

/// Returns a path without its trailing `/`.
///
/// # Errors
/// The end of a sentence that begins with the path's owner.
pub(crate) fn plain(path: &str) -> Result<String, String> {
    let path = path.trim_end_matches('/');
    if path.split('/').skip(1).any(str::is_empty) {
        return Err(format!("has an empty segment in its path `{path}`"));
    }
    if let Some(dots) = path.split('/').find(|segment| is_dots(segment)) {
        return Err(format!(
            "has the segment `{dots}` in its path `{path}`, which clients and proxies take away"
        ));
    }
    let mut characters = path.chars();
    match characters.find(|character| !is_path_character(*character)) {
        Some(found) => Err(format!("has {found:?} in its path `{path}`")),
        None => Ok(path.to_owned()),
    }
}

fn with_defaults(server: &Server<'_>) -> String {
    let variables = server.variables.0.iter();
    let defaults: BTreeMap<&str, &str> = variables
        .map(|(name, variable)| (&**name, &*variable.default))
        .collect();
    let mut url = String::new();
    let mut rest = &*server.url;
    // One pass: braces in a default are no variable, so the URL cannot grow without end.
    while let Some((before, behind)) = rest.split_once('{') {
        url.push_str(before);
        let variable = behind
            .split_once('}')
            .and_then(|(name, after)| Some((name, *defaults.get(name)?, after)));
        let Some((name, default, after)) = variable else {
            url.push('{');
            rest = behind;
            continue;
        };
        rest = after;
        url.push_str(&with_slashes(&url, name, default, rest));
        if default.is_empty() && url.ends_with('/') {
            rest = rest.strip_prefix('/').unwrap_or(rest);
        }
    }
    url.push_str(rest);
    url
}

/// Returns a variable's default with one slash on each side where the URL has one there, and one
/// before `basePath` even where it has none.
///
/// Source: API Gateway, "Set the OpenAPI basePath property": a server variable of this name is its
/// convention, and its exports have `https://{host}/{basePath}` with the default `/stage`,
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-basePath.html>,
/// read 2026-11-30.
fn with_slashes<'a>(before: &str, name: &str, default: &'a str, after: &str) -> Cow<'a, str> {
    let has_slash_before = before.ends_with('/') && !before.ends_with("://");
    let mut text = default;
    if has_slash_before {
        text = text.trim_start_matches('/');
    }
    if after.starts_with('/') {
        text = text.trim_end_matches('/');
    }
    let lacks_slash = name.eq_ignore_ascii_case("basePath")
        && !has_slash_before
        && !text.is_empty()
        && !text.starts_with('/');
    if lacks_slash {
        Cow::Owned(format!("/{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns whether a segment means a position in the path, not a name. Text behind a `;` is a
/// parameter, which servers remove first.
///
/// Source: RFC 3986, sections 3.3 and 5.2.4,
/// <https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4>, read 2026-11-29.
pub(crate) fn is_dots(segment: &str) -> bool {
    matches!(segment.split(';').next(), Some("." | ".."))
}

/// Returns whether a character of a path needs no escape and means itself. Braces would be a
/// variable of an integration's URI.
///
/// Source: RFC 3986, section 3.3, without `%`, which API Gateway re-encodes
/// (docs/aws-rules.md#q10).
pub(crate) fn is_path_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@".contains(character)
}

#[cfg(test)]
mod tests {
    use super::super::document::Document;
    use super::{ServerKind, base_path};

    /// Base path and kind of a server, by its URL.
    fn of(url: &str) -> (Result<String, String>, ServerKind) {
        read(&format!(r#"{{"url": "{url}"}}"#))
    }

    /// Base path and kind of a server, from its JSON.
    fn read(server: &str) -> (Result<String, String>, ServerKind) {
        let json = format!(r#"{{"openapi": "3.0.3", "servers": [{server}]}}"#);
        let document: Document<'_> = serde_json::from_str(&json).unwrap();
        let found = base_path(&document.servers);
        (found.path, found.origin.kind)
    }

    #[test]
    fn only_addresses_and_paths_give_a_base_path() {
        for (url, path) in [
            ("https://shop.example/v1/", "/v1"),
            ("//shop.example/v1?x=/y", "/v1"),
            ("/v1", "/v1"),
            ("/", ""),
            ("", ""),
            ("https://shop.example", ""),
        ] {
            let expected = (Ok(path.to_owned()), ServerKind::Ordinary);
            assert_eq!(of(url), expected, "{url}");
        }
        for url in [
            "localhost:3000",
            "shop.example/v1",
            "v1",
            "./v1",
            "../v1",
            "{{host}}/v1",
            "{server}/v1",
        ] {
            assert_eq!(of(url), (Ok(String::new()), ServerKind::NoAddress), "{url}");
        }
    }

    #[test]
    fn a_base_path_variable_has_its_slash_or_not() {
        let with = |url: &str, default: &str| {
            read(&format!(
                r#"{{"url": "{url}", "variables": {{"basePath": {{"default": "{default}"}}, "rest": {{"default": "{default}"}}}}}}"#
            ))
            .0
        };
        for url in [
            "https://shop.example/{basePath}",
            "https://shop.example{basePath}",
            "/{basePath}",
            "{basePath}",
        ] {
            for default in ["v1", "/v1", "/v1/"] {
                assert_eq!(with(url, default), Ok("/v1".to_owned()), "{url} {default}");
            }
            assert_eq!(with(url, ""), Ok(String::new()), "{url}");
        }
        let below = "https://shop.example/{basePath}/v2";
        assert_eq!(with(below, "/v1/"), Ok("/v1/v2".to_owned()));
        assert_eq!(with(below, ""), Ok("/v2".to_owned()));
        let host = "https://shop.example{rest}";
        assert_eq!(with(host, "v1"), Ok(String::new()), "a host's end");
    }

    #[test]
    fn hosts_tell_what_a_path_is_worth() {
        let api = "https://a1b2.execute-api.eu-west-1.amazonaws.com";
        let of_china = "https://a1b2-vpce-0a1b.execute-api.cn-north-1.amazonaws.com.cn/live/v2";
        for (url, stage, path) in [
            (&*format!("{api}/live"), "live", ""),
            (of_china, "live", "/v2"),
            (&*format!("{api}/{{stage}}"), "{stage}", ""),
        ] {
            let expected = (Ok(path.to_owned()), ServerKind::Stage(stage.into()));
            assert_eq!(of(url), expected, "{url}");
        }
        assert_eq!(of(api), (Ok(String::new()), ServerKind::Ordinary));
        for (host, kind) in [
            ("virtserver.swaggerhub.com", ServerKind::Mock("SwaggerHub")),
            ("9a1b.mock.pstmn.io", ServerKind::Mock("Postman")),
            ("mock.apifox.cn", ServerKind::Mock("Apifox")),
            ("m1.apifoxmock.com", ServerKind::Mock("Apifox")),
            ("LOCALHOST:8080", ServerKind::Local),
            ("[::1]:80", ServerKind::Local),
            ("127.0.0.1", ServerKind::Local),
            ("notlocalhost", ServerKind::Ordinary),
            ("example-mock.pstmn.io", ServerKind::Ordinary),
        ] {
            let found = of(&format!("http://{host}/api"));
            assert_eq!(found, (Ok("/api".to_owned()), kind), "{host}");
        }
    }
}
