//! Error texts of AWS, with their cause and the field that changes it.
//!
//! In: a text as a log or a response shows it. Out: entries of `templates/aws_errors.json`, best
//! first. The page `docs/troubleshooting.md` is made from the same file.

use serde::Deserialize;

const ERRORS: &str = include_str!("../../templates/aws_errors.json");

/// A text that AWS answers with, or that Terraform and CloudFormation pass on from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsError {
    /// The part of the text that is always the same; `…` stands for names and ids.
    pub text: String,
    pub when: Occasion,
    /// HTTP status of a call.
    pub status: Option<u16>,
    /// Markdown.
    pub cause: String,
    /// Markdown.
    pub mend: String,
    /// Codes of diagnostics that are about the same.
    pub codes: Vec<String>,
    /// Anchor in `docs/aws-rules.md`.
    pub rule: String,
    /// Address of the page that the row is from.
    pub source: String,
}

/// The moment at which a text appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    /// A request to the deployed API.
    Call,
    /// `terraform apply`, or a deployment of CloudFormation.
    Apply,
}

/// Longest text that is searched; the error stands at its end, behind what the tool says. Unit: words.
const MAX_WORDS: usize = 400;
/// Share of an entry's words that a text has to hold in their order. Unit: percent.
const MIN_SHARE: usize = 75;
/// Most entries that a search returns.
const MAX_FOUND: usize = 3;

/// Returns all entries, in the order of the file.
pub fn all() -> Vec<AwsError> {
    serde_json::from_str(ERRORS).expect("a test reads the file")
}

/// Returns the entries that a text may be, best first: those whose words stand in it in their
/// order and close together, and for a shorter text those that hold all of its words.
pub fn search(text: &str) -> Vec<AwsError> {
    let mut words = words(text);
    words.drain(..words.len().saturating_sub(MAX_WORDS));
    let mut found: Vec<_> = all()
        .into_iter()
        .filter_map(|error| Some((likeness(&self::words(&error.text), &words)?, error)))
        .collect();
    found.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
    found.truncate(MAX_FOUND);
    found.into_iter().map(|(_, error)| error).collect()
}

/// The words of a text in lower case, without ARNs, ids and marks.
fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|part| !part.to_ascii_lowercase().contains("arn:"))
        .flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| !word.is_empty() && !is_id(word))
        .map(str::to_lowercase)
        .collect()
}

/// Returns whether AWS makes such words: `ab12cd34ef`, `123456789012`.
fn is_id(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.len() >= 6 && digits >= 2
}

/// The share of an entry in a text (percent), and the number of its words; `None` where they are
/// not alike.
fn likeness(entry: &[String], text: &[String]) -> Option<(usize, usize)> {
    let is_part = text.len() >= 2 && text.len() < entry.len() && common(entry, text) == text.len();
    if is_part {
        return Some((100 * text.len() / entry.len(), text.len()));
    }
    // A single short word is in many texts: it has to be nearly all of this one.
    if entry.len() == 1 && entry[0].len() < 12 && text.len() > 2 {
        return None;
    }
    let starts = (0..text.len()).filter(|&start| entry.contains(&text[start]));
    let most = starts.map(|start| {
        let end = text.len().min(start + 2 * entry.len());
        common(entry, &text[start..end])
    });
    let share = 100 * most.max()? / entry.len();
    (share >= MIN_SHARE).then_some((share, entry.len()))
}

/// Length of the longest common subsequence.
fn common(one: &[String], other: &[String]) -> usize {
    let mut lengths = vec![0; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (index, second) in other.iter().enumerate() {
            let above = lengths[index + 1];
            lengths[index + 1] = if word == second {
                diagonal + 1
            } else {
                above.max(lengths[index])
            };
            diagonal = above;
        }
    }
    lengths[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<String> {
        search(text).into_iter().next().map(|error| error.text)
    }

    #[test]
    fn an_entry_is_found_by_its_own_text_and_in_what_a_tool_says_around_it() {
        for error in all() {
            assert_eq!(first(&error.text), Some(error.text.clone()));
            let said = format!(
                "Error: creating API Gateway Method (aggm-ab12cd34ef): operation error API Gateway: PutMethod, https response error \
                 StatusCode: 400, RequestID: 6f0c2b1e-1d2c-4a5b-9c3d-0123456789ab, BadRequestException: {}",
                error.text.to_uppercase()
            );
            if error.when == Occasion::Apply {
                assert_eq!(first(&said), Some(error.text));
            }
        }
    }

    #[test]
    fn names_and_ids_in_a_text_do_not_matter() {
        for (text, entry) in [
            (
                r#"{"message":"Missing Authentication Token"}"#,
                "Missing Authentication Token",
            ),
            (r#"{"message": "Forbidden"}"#, "Forbidden"),
            (
                "User: arn:aws:sts::123456789012:assumed-role/app/i-0abc12 is not authorized to perform: execute-api:Invoke on resource: \
                 arn:aws:execute-api:eu-west-1:********9012:ab12cd34ef/v1/GET/orders",
                "is not authorized to perform: execute-api:Invoke on resource",
            ),
            (
                "Cannot delete model 'Order', is referenced in method request: /orders/POST",
                "Cannot delete model … is referenced in method request",
            ),
            (
                "Cannot delete vpc link. Vpc link 'x1y2z3', is referenced in [POST:abc123:prod] in format of [Method:Resource:Stage].",
                "Cannot delete vpc link … is referenced in",
            ),
            (
                "The target group with targetGroupArn arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/6d0ecf831eec9f09 \
                 does not have an associated load balancer.",
                "does not have an associated load balancer",
            ),
            (
                "no integration defined",
                "No integration defined for method",
            ),
        ] {
            assert_eq!(first(text).as_deref(), Some(entry), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_error_that_is_known() {
        for text in [
            "",
            "…",
            "the",
            "503 Service Unavailable",
            "This is forbidden by the rules of the house and of its owner",
            "Error: Unsupported argument on main.tf line 3: An argument named is not expected here.",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
