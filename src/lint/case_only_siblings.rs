//! GW4023: two segments under one parent differ only in letter case.

use std::collections::{BTreeMap, HashMap};

use super::Facts;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Operation;
use crate::plan::{Segment, text_of};

/// Source: docs/aws-rules.md#p13: both may exist, but people and dashboards take one for the other.
pub(crate) fn check(facts: &Facts<'_>, _: &[&Operation]) -> Vec<Diagnostic> {
    let mut seen: HashMap<String, (&str, &Place)> = HashMap::new();
    let mut findings: BTreeMap<String, Diagnostic> = BTreeMap::new();
    let mut before: &[Segment] = &[];
    for operation in &facts.plan.operations {
        let Some(path) = &operation.gateway_path else {
            continue;
        };
        // The operations are sorted by path: what two share is looked at once.
        let shared = before
            .iter()
            .zip(path)
            .take_while(|(before, here)| before == here)
            .count();
        before = path;
        for (depth, segment) in path.iter().enumerate().skip(shared) {
            let Segment::Literal(text) = segment else {
                continue;
            };
            if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                continue;
            }
            let folded = format!("{}/{}", text_of(&path[..depth]), text.to_ascii_lowercase());
            let Some((first, place)) = seen.get(&folded).copied() else {
                seen.insert(folded, (text, &operation.place));
                continue;
            };
            if *first != **text {
                findings.entry(folded).or_insert_with(|| {
                    diagnostic::CASE_ONLY_SIBLINGS
                        .at(operation.place.clone())
                        .also(place.clone())
                        .message(format_args!("the segments `{first}` and `{text}` under one path differ only in letter case"))
                        .help("use one spelling, if they are meant to be one")
                });
            }
        }
    }
    findings.into_values().collect()
}
