//! Facts that a description gives about the servers behind it: names, a port and a URL, no access.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::openapi::Api;
use crate::source::{SourceFile, raw};

/// The port where the description names none.
pub(crate) const PORT: u16 = 8080;

/// Longest name. Unit: characters. The blueprint's contract, `name`.
const MAX_NAME: usize = 20;

/// Words of a title that name no service.
const EMPTY_WORDS: &[&str] = &[
    "api", "apis", "rest", "service", "openapi", "swagger", "the", "a", "an", "of", "for", "v1",
    "v2", "v3",
];

pub(crate) struct Guess {
    /// Prefix of every name.
    pub(crate) name: String,
    pub(crate) backend: String,
    /// Of the first server, where its URL has a port and is plain HTTP.
    pub(crate) port: Option<u16>,
    /// Scheme and host of the first server with HTTPS.
    pub(crate) url: Option<String>,
    /// Tags, the most used first; none where there is only one.
    pub(crate) tags: Vec<Arc<str>>,
}

pub(crate) fn guess(api: &Api, file: &SourceFile) -> Guess {
    let urls = server_urls(&file.json);
    let tags = tags(api);
    let name = slug(&api.title).unwrap_or_else(|| "api".to_owned());
    // One tag of all operations may be the service's name where the title is none.
    let is_of_all = |tag: &Arc<str>| {
        api.operations
            .iter()
            .all(|operation| operation.tags.first() == Some(tag))
    };
    let backend = slug(&api.title).or_else(|| {
        tags.first()
            .filter(|tag| is_of_all(tag))
            .and_then(|tag| slug(tag))
    });
    Guess {
        name,
        backend: backend.unwrap_or_else(|| "app".to_owned()),
        port: urls.iter().find_map(|url| port(url)),
        url: urls.iter().find_map(|url| https_origin(url)),
        tags: if tags.len() > 1 { tags } else { Vec::new() },
    }
}

/// Tags, the most used first.
fn tags(api: &Api) -> Vec<Arc<str>> {
    let mut counts: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    for tag in api
        .operations
        .iter()
        .filter_map(|operation| operation.tags.first())
    {
        *counts.entry(tag).or_default() += 1;
    }
    let mut tags: Vec<(&Arc<str>, usize)> = counts.into_iter().collect();
    tags.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    tags.into_iter().map(|(tag, _)| Arc::clone(tag)).collect()
}

/// URLs of the document's servers; of 2.0 its host.
fn server_urls(json: &str) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Server {
        url: String,
    }
    let mut urls = Vec::new();
    for (key, value) in raw::members(json).unwrap_or_default() {
        match &*key {
            "servers" => urls.extend(
                serde_json::from_str::<Vec<Server>>(value.get())
                    .into_iter()
                    .flatten()
                    .map(|server| server.url),
            ),
            "host" => urls.extend(
                serde_json::from_str::<String>(value.get()).map(|host| format!("http://{host}")),
            ),
            _ => {}
        }
    }
    urls
}

fn port(url: &str) -> Option<u16> {
    let rest = url.strip_prefix("http://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    host.rsplit_once(':')?
        .1
        .parse()
        .ok()
        .filter(|port| *port > 0)
}

/// `https://host` of a URL whose host is a plain name with a dot.
fn https_origin(url: &str) -> Option<String> {
    let host = url
        .strip_prefix("https://")?
        .split(['/', '?', '#'])
        .next()?;
    let is_plain = host.contains('.')
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    is_plain.then(|| format!("https://{host}"))
}

/// Returns a name `[a-z][a-z0-9-]*` of at most 20 characters, from the words that have a meaning.
fn slug(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let telling = words
        .iter()
        .filter(|word| !EMPTY_WORDS.contains(&word.as_str()));
    let mut name = String::new();
    for word in telling.skip_while(|word| word.starts_with(|first: char| first.is_ascii_digit())) {
        let joint = usize::from(!name.is_empty());
        if name.len() + joint + word.len() > MAX_NAME {
            break;
        }
        if joint == 1 {
            name.push('-');
        }
        name.push_str(word);
    }
    Some(name).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{https_origin, port, slug};

    #[test]
    fn names_are_those_of_the_contract() {
        assert_eq!(slug("Orders API").as_deref(), Some("orders"));
        assert_eq!(
            slug("The 3rd Swagger Petstore - OpenAPI 3.0").as_deref(),
            Some("petstore-3-0")
        );
        assert_eq!(slug("Ünïcode ☃").as_deref(), Some("n-code"));
        assert_eq!(slug("API"), None);
        assert_eq!(slug("Supercalifragilisticexpialidocious"), None);
    }

    #[test]
    fn ports_and_origins_come_from_whole_urls() {
        assert_eq!(port("http://localhost:9000/v1"), Some(9000));
        assert_eq!(port("https://localhost:9000/v1"), None);
        assert_eq!(port("http://localhost:{port}/v1"), None);
        assert_eq!(
            https_origin("https://api.shop.example/v1").as_deref(),
            Some("https://api.shop.example")
        );
        assert_eq!(https_origin("https://{region}.shop.example"), None);
        assert_eq!(https_origin("https://user@shop.example"), None);
    }
}
