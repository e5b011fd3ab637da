//! Diagnostics that a whole description repeats: reported once, with a count and three examples.
//! A framework writes all paths in one style, which must not hide the diagnostic that matters.

use std::collections::BTreeMap;

use super::codes::*;
use super::{At, Code, Diagnostic, OperationName};
use crate::pointer;

/// Limit on diagnostics of one group that are reported one by one, and the number of examples of a
/// larger group.
const EXAMPLES: usize = 3;

/// Limit on the places of a group with one message.
const PLACES: usize = 10;

macro_rules! summaries {
    ($($code:ident $summary:literal;)*) => {
        &[$((&$code, $summary)),*]
    };
}

/// Codes whose diagnostics are grouped, with the message of a group after its count. The first text
/// in backticks of their messages is an example.
static SUMMARIES: &[(&Code, &str)] = summaries! {
    DIFFERENT_SERVERS
        "operations have servers of their own with another base path, which the gateway does not follow";
    SHARED_PATH
        "operations that are not public have the requests of one that is";
    TRAILING_SLASH
        "paths are served without their trailing slash, which no resource can have; the backend still gets it";
    RENAMED_VARIABLE
        "places in the paths have variables of several names, where API Gateway has one; the backend sees no difference";
    UNDECLARED_VARIABLE
        "path variables have no parameter; the gateway declares them all the same";
    UNUSED_PATH_PARAMETER
        "path parameters are not in their path";
    COOKIE_PARAMETER
        "cookies cannot be declared by API Gateway; the `Cookie` header still reaches the backend";
    UNDECLARABLE_PARAMETER
        "parameters have a name that API Gateway refuses, so it checks none of them; they still reach the backend";
    REPEATED_PARAMETER
        "names are used twice among path, query and header, and API Gateway declares each once";
    LOST_HEADER
        "headers are dropped or replaced by API Gateway, so the backend does not get what the client sent";
    DISPUTED_CHARACTER
        "paths hold `$` or `,`, on which AWS's pages disagree whether a path part may";
    CASE_ONLY_SIBLINGS
        "segments differ from one beside them only in letter case";
    UNPARSED_STYLE
        "parameters have a style that API Gateway does not know; the backend gets the text as the client sent it";
    LEADING_SLASHES
        "paths are served with one leading slash, to which API Gateway collapses them; the backend gets one, too";
    WHOLE_QUERY_STRING
        "whole query strings cannot be declared by API Gateway, so it checks nothing of them";
    UNCHECKED_BODY
        "operations have a body that the gateway cannot check: models are made of JSON with a schema alone";
    READ_AS_VARIABLE
        "segments are read as variables, as web frameworks mean them";
    NO_BACKEND
        "operations get no backend from any route";
    WEAKENED_WITHOUT_REASON
        "operations would let callers through whom the description does not, and no `weakens` gives the reason";
    DUPLICATE_OPERATION
        "operations are the same as another one to API Gateway, which compares no names of variables";
    TRACE_METHOD
        "operations have the method TRACE, which API Gateway does not have";
    ILLEGAL_PATH
        "paths do not start with `/`, or hold what API Gateway refuses in a path part";
    EMPTY_SEGMENT
        "paths have an empty segment";
    QUERY_IN_PATH
        "paths hold `?` or `#`, which is never part of a path";
    PARTIAL_SEGMENT
        "segments hold a variable that is only a part of them; a REST API knows whole segments";
    GREEDY_NOT_LAST
        "paths go on behind a greedy variable, which takes the rest of them";
    CACHED_ACROSS_CALLERS
        "operations are protected and cached, and callers would get each other's answers: what tells them apart is not in the key of the cache";
    PARAMETER_OUTSIDE_CACHE_KEY
        "parameters of cached operations are not in the key of the cache, and requests that differ in them alone would get each other's answers";
    HEADER_OUTSIDE_CACHE_KEY
        "headers of cached operations are not in the key of the cache, and requests that differ in them alone get each other's answers";
    PROTECTED_PREFLIGHT
        "operations ask callers who they are, and browsers ask them before they say so";
};

/// Parts that all diagnostics of a group share.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    code: &'static str,
    /// Message and help; `None` where the group has a summary.
    words: Option<(String, String)>,
}

/// Groups diagnostics with a summary, and those with one message, where there are more than a few.
/// Those that `lint.allow` allows are not grouped.
pub(crate) fn grouped(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut grouped = Vec::with_capacity(findings.len());
    let mut groups: BTreeMap<GroupKey, Vec<Diagnostic>> = BTreeMap::new();
    for finding in findings {
        if finding.is_allowed() {
            grouped.push(finding);
            continue;
        }
        let has_summary = summary(&finding).is_some();
        let key = GroupKey {
            code: finding.code.code,
            words: (!has_summary).then(|| (finding.message.clone(), finding.help.clone())),
        };
        groups.entry(key).or_default().push(finding);
    }
    for mut findings in groups.into_values() {
        findings.sort_by(|a, b| (&a.places, &a.message).cmp(&(&b.places, &b.message)));
        // Every mount repeats them.
        findings.dedup_by(|later, first| {
            let is_same = (&later.places, &later.message) == (&first.places, &first.message);
            if is_same {
                let more = std::mem::take(&mut later.operations);
                OperationName::merge(&mut first.operations, more);
            }
            is_same
        });
        if findings.len() > EXAMPLES {
            grouped.push(group(findings));
        } else {
            grouped.extend(findings);
        }
    }
    grouped
}

/// Returns the summary of a diagnostic's group.
fn summary(finding: &Diagnostic) -> Option<&'static str> {
    example(finding)?;
    SUMMARIES
        .iter()
        .find(|(code, _)| *code == finding.code)
        .map(|(_, summary)| *summary)
}

/// Returns the first text in backticks of a message.
fn example(finding: &Diagnostic) -> Option<&str> {
    finding.message.split('`').nth(1)
}

/// Returns the example of a message, with the operation that cannot be served, or with its path.
fn named(finding: &Diagnostic) -> Option<String> {
    let example = example(finding)?;
    if let Some(operation) = finding.operations.first() {
        let operation = format!("{} {}", operation.method, operation.path);
        let is_part = operation.contains(example);
        return Some(if is_part {
            format!("`{operation}`")
        } else {
            format!("`{example}` of `{operation}`")
        });
    }
    let path = finding.places.iter().find_map(|place| match &place.at {
        At::Pointer(pointer) => pointer.strip_prefix("/paths/")?.split('/').next(),
        At::File | At::Repeated(..) | At::Position { .. } => None,
    });
    let path = path.map(pointer::unescaped);
    Some(match path.filter(|path| !example.contains(&**path)) {
        Some(path) => format!("`{example}` at `{path}`"),
        None => format!("`{example}`"),
    })
}

/// Returns one diagnostic for a group: its places are those of the examples, or the first ones of
/// diagnostics with one message.
fn group(findings: Vec<Diagnostic>) -> Diagnostic {
    let mut one = findings[0].clone();
    let count = findings.len();
    let (message, shown) = match summary(&one) {
        Some(summary) => {
            let named: Vec<String> = findings[..EXAMPLES].iter().filter_map(named).collect();
            let message = format!("{count} {summary}; for example {}", named.join(", "));
            (message, EXAMPLES)
        }
        None => (format!("{} ({count} times)", one.message), PLACES),
    };
    let help = format!("{}; `--message-format json` lists all of them", one.help);
    one = one.message(message).help(help);
    let places = findings.iter().filter_map(|finding| finding.places.first());
    one.places = places.take(shown).cloned().collect();
    one.places.dedup();
    let operations = findings.iter().flat_map(|finding| &finding.operations);
    one.operations = operations.cloned().collect();
    one.operations.sort();
    one.operations.dedup();
    one.extra().occurrences = findings;
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    fn slash(path: &str) -> Diagnostic {
        TRAILING_SLASH
            .at(Place::pointer(&"a.yaml".into(), path))
            .message(format_args!("`{path}` ends"))
            .help("change it")
    }

    #[test]
    fn a_few_diagnostics_are_reported_one_by_one() {
        let found = grouped(vec![slash("/a/"), slash("/b/"), slash("/c/")]);
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn many_diagnostics_become_one_with_all_of_them() {
        let mut allowed = slash("/x/");
        allowed.extra().allowed = Some("agreed".into());
        let other = IGNORED_SCHEME
            .at(Place::file(&"a.yaml".into()))
            .message("`key` is ignored");
        let found = grouped(vec![
            slash("/a/"),
            slash("/b/"),
            allowed,
            slash("/c/"),
            other,
            slash("/d/"),
        ]);
        let occurrences = |diagnostic: &Diagnostic| {
            let extra = diagnostic.extra.as_ref();
            extra.map_or(0, |extra| extra.occurrences.len())
        };
        let all = found.iter().find(|one| occurrences(one) > 0).unwrap();
        assert!(
            all.message.starts_with("4 paths are served")
                && all.message.ends_with("for example `/a/`, `/b/`, `/c/`")
        );
        assert_eq!(all.places.len(), 3);
        assert_eq!((found.len(), occurrences(all)), (3, 4));
    }

    #[test]
    fn one_message_for_many_places_is_reported_once() {
        let at = |line| {
            UNKNOWN_AUTH
                .at(Place::position(&"a.yaml".into(), line, 1))
                .message("no entry is called `x`")
                .help("did you mean `y`?")
        };
        assert_eq!(grouped((1..4).map(at).collect()).len(), 3);
        let found = grouped((1..40).map(at).collect());
        assert_eq!(found[0].message, "no entry is called `x` (39 times)");
        assert_eq!((found.len(), found[0].places.len()), (1, 10));
    }
}
