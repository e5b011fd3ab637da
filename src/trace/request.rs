//! The request that is to be followed.
//!
//! In: words of the command line. Out: `TracedRequest`, or why they are no request. Pure.

use crate::follow::{RouteMatch, request_segments};
use crate::openapi::HttpMethod;

/// A request, or a template that represents all requests it takes.
#[derive(Clone, Debug)]
pub struct TracedRequest {
    pub method: HttpMethod,
    /// Without query string and fragment.
    pub path: String,
    ignored: Option<String>,
}

impl TracedRequest {
    /// Reads a path, with or without a query string, which is set aside.
    ///
    /// # Errors
    /// It is no path.
    pub fn of(method: HttpMethod, text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err(format!(
                "the path `{text}` does not start with `/`; give it without scheme, host and stage"
            ));
        }
        let end = text.find(['?', '#']).unwrap_or(text.len());
        let ignored = (end < text.len()).then(|| text[end..].to_owned());
        Ok(Self {
            method,
            path: text[..end].to_owned(),
            ignored,
        })
    }

    /// Reads a method in any case.
    ///
    /// # Errors
    /// No request to a REST API has that method (docs/aws-rules.md#p10).
    pub fn method(text: &str) -> Result<HttpMethod, String> {
        HttpMethod::of_requests()
            .find(|method| method.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| {
                let all: Vec<&str> = HttpMethod::of_requests().map(HttpMethod::as_str).collect();
                format!(
                    "API Gateway knows no requests of that method, but {}",
                    all.join(", ")
                )
            })
    }

    /// Returns the segments that the path is routed by.
    pub(crate) fn segments(&self) -> Vec<&str> {
        request_segments(&self.path)
    }

    /// Notes on ignored parts of the request, and on uncertain routing.
    pub(crate) fn notes(&self, found: Option<&RouteMatch<'_>>) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(ignored) = &self.ignored {
            notes.push(format!(
                "`{ignored}` does not take part in routing; a query string is passed on as it is"
            ));
        }
        if self.path.contains('{') {
            notes.push("the path is taken as a template: its variables stand for values that no literal beside them has".to_owned());
        }
        if self.path.trim_start_matches('/').ends_with('/') {
            let is_greedy = found.is_some_and(RouteMatch::is_greedy);
            notes.push(if is_greedy {
                "the `/` at the end is not in the value of the greedy variable".to_owned()
            } else {
                "routed without the `/` at the end; AWS does not say whether a resource takes it"
                    .to_owned()
            });
        }
        if self.path.contains('%') {
            notes.push("routed by the text as it is; API Gateway decodes `%` in the values of variables before it maps them".to_owned());
        }
        notes
    }
}
