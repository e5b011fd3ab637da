//! Diagnostics of operations that are reachable through others.
//!
//! In: pairs of drafts. Out: findings. Pure.

use std::collections::BTreeSet;

use super::ReachableOperations;
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::plan::OperationPlan;
use crate::plan::routes::Builder;

/// Most operations that one finding names.
pub(crate) const MAX_NAMED: usize = 5;

impl Builder<'_> {
    pub(crate) fn findings_of_reachable(&self, found: &ReachableOperations) -> Vec<Diagnostic> {
        let elsewhere = found
            .elsewhere
            .iter()
            .map(|(public, guarded)| self.reachable_through(*public, guarded));
        let crossing = found
            .crossing
            .iter()
            .map(|(public, guarded)| self.crossing(*public, guarded));
        let diverted = found
            .diverted
            .iter()
            .map(|(public, guarded)| self.diverted(*public, guarded));
        elsewhere
            .chain(diverted)
            .chain(crossing)
            .chain(self.below_rest(found))
            .collect()
    }

    fn reachable_through(&self, public: usize, guarded: &[usize]) -> Diagnostic {
        let plan = &self.drafts[public].plan;
        let finding = diagnostic::REACHED_ELSEWHERE.at(plan.place.clone()).message(format_args!(
            "requests of `{}` arrive at the address of {}: with what is put before their paths or taken away, the backend gets the same path",
            name(plan),
            self.listed(guarded)
        ));
        let help = "hide both, or ask callers of both for the same; else give one of them a backend with servers of its own";
        self.with_places(finding.help(help), guarded)
            .keeps(self.source(public).name())
    }

    fn diverted(&self, public: usize, guarded: &[usize]) -> Diagnostic {
        let plan = &self.drafts[public].plan;
        let finding = diagnostic::DIVERTED_TO_A_GREEDY_PATH.at(plan.place.clone()).message(format_args!(
            "some requests come to the greedy path of `{}` in place of {}: another path has a fixed text where it has a variable, and the \
             gateway never goes back from that to the variable",
            name(plan),
            self.listed(guarded)
        ));
        let help = "hide the greedy path, too, or ask callers of both for the same, or write the paths that are public in its place";
        self.with_places(finding.help(help), guarded)
            .keeps(self.source(public).name())
    }

    fn crossing(&self, public: usize, guarded: &[usize]) -> Diagnostic {
        let plan = &self.drafts[public].plan;
        let finding = diagnostic::CROSSING_TEMPLATES.at(plan.place.clone()).message(format_args!(
            "one path can fit both `{}` and {}: the gateway takes it for the first, and the backend may take it for the other",
            name(plan),
            self.listed(guarded)
        ));
        let help = "let the two paths differ in a fixed segment, or hide both or ask callers of both for the same";
        self.with_places(finding.help(help), guarded)
    }

    /// Reported once, whatever the number of operations.
    fn below_rest(&self, found: &ReachableOperations) -> Option<Diagnostic> {
        // An error reports operations that it keeps from being served.
        let kept: BTreeSet<&OperationName> = self
            .diagnostics
            .iter()
            .filter(|finding| finding.is_error())
            .flat_map(|finding| &finding.operations)
            .collect();
        let is_refused = |public: &usize| {
            [&found.elsewhere, &found.diverted]
                .iter()
                .any(|pairs| pairs.contains_key(public))
                || kept.contains(&self.source(*public).name())
        };
        let pairs: Vec<_> = found
            .below_rest
            .iter()
            .filter(|(public, _)| !is_refused(public))
            .collect();
        let (public, guarded) = pairs.first()?;
        let plan = &self.drafts[**public].plan;
        let others = if pairs.len() > 1 {
            format!(
                " (and {} more greedy paths have such operations)",
                pairs.len() - 1
            )
        } else {
            String::new()
        };
        let finding = diagnostic::BELOW_A_GREEDY_PATH.at(plan.place.clone()).message(format_args!(
            "below the greedy path of `{}` stands {}{others}: spelt with `//`, other capitals or percent signs, its path comes to the backend through \
             the greedy one, since the gateway compares paths as they are written",
            name(plan),
            self.listed(guarded)
        ));
        let help = "let the backend refuse those paths by itself, or write the paths that are public in place of the greedy one";
        Some(self.with_places(finding.help(help), guarded))
    }

    pub(crate) fn with_places(&self, finding: Diagnostic, guarded: &[usize]) -> Diagnostic {
        guarded
            .iter()
            .take(MAX_NAMED)
            .fold(finding, |finding, draft| {
                finding.also(self.drafts[*draft].plan.place.clone())
            })
    }

    /// Operations with the reason that keeps callers from them.
    fn listed(&self, guarded: &[usize]) -> String {
        let named = guarded.iter().take(MAX_NAMED).map(|draft| {
            let plan = &self.drafts[*draft].plan;
            let why = if plan.is_public() {
                "asks callers for more"
            } else {
                "is not public"
            };
            format!("`{}`, which {why}", name(plan))
        });
        let mut text = named.collect::<Vec<String>>().join(", ");
        if guarded.len() > MAX_NAMED {
            text.push_str(&format!(", and {} more", guarded.len() - MAX_NAMED));
        }
        text
    }
}

pub(crate) fn name(plan: &OperationPlan) -> String {
    format!("{} {}", plan.method.as_str(), plan.path)
}
