//! Diagnostics of operations that are reachable through others.
//! In: pairs of drafts. Out: findings.

use std::collections::BTreeSet;

use super::{ReachKind, ReachableOperations};
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::plan::routes::Builder;
use crate::plan::routes::finish::MAX_NAMED;

impl Builder<'_> {
    /// Reports each pair; operations below greedy variables once, whatever their number.
    pub(crate) fn findings_of_reachable(&self, found: &ReachableOperations) -> Vec<Diagnostic> {
        // Errors report operations that they keep from being served.
        let errors = self.diagnostics.iter().filter(|finding| finding.is_error());
        let refused: BTreeSet<&OperationName> =
            errors.flat_map(|finding| &finding.operations).collect();
        let is_refused = |public: usize| {
            found.contains_key(&(ReachKind::Elsewhere, public))
                || found.contains_key(&(ReachKind::Diverted, public))
                || refused.contains(&self.drafts[public].plan.name())
        };
        let (below_rest, others): (Vec<_>, Vec<_>) = found
            .iter()
            .partition(|((kind, _), _)| *kind == ReachKind::BelowRest);
        let below_rest: Vec<_> = below_rest
            .into_iter()
            .filter(|((_, public), _)| !is_refused(*public))
            .collect();
        let more = match below_rest.len() {
            0 | 1 => String::new(),
            all => format!(" (and {} more greedy paths have such operations)", all - 1),
        };
        let reported = others.into_iter().chain(below_rest.into_iter().take(1));
        reported
            .map(|((kind, public), guarded)| {
                let finding = self.reachable_through(*kind, *public, guarded, &more);
                self.with_places(finding, guarded)
            })
            .collect()
    }

    fn reachable_through(
        &self,
        kind: ReachKind,
        public: usize,
        guarded: &[usize],
        more: &str,
    ) -> Diagnostic {
        let plan = &self.drafts[public].plan;
        let name = plan.name();
        let listed = self.listed(guarded);
        let (code, message, help) = match kind {
            ReachKind::Elsewhere => (
                &diagnostic::REACHED_ELSEWHERE,
                format!(
                    "requests of {name} arrive at the address of {listed}: with what is put before their paths or taken away, the backend gets the same path"
                ),
                "hide both, or require the same of callers of both; else give one of them a backend with servers of its own",
            ),
            ReachKind::Diverted => (
                &diagnostic::DIVERTED_TO_A_GREEDY_PATH,
                format!(
                    "some requests come to the greedy path of {name} in place of {listed}: another path has a fixed text where it has a variable, and the gateway never goes back from that to the variable"
                ),
                "hide the greedy path, too, or require the same of callers of both, or write the paths that are public in its place",
            ),
            ReachKind::Crossing => (
                &diagnostic::CROSSING_TEMPLATES,
                format!(
                    "one path can fit both {name} and {listed}: the gateway takes it for the first, and the backend may take it for the other"
                ),
                "let the two paths differ in a fixed segment, or hide both or require the same of callers of both",
            ),
            ReachKind::BelowRest => (
                &diagnostic::BELOW_A_GREEDY_PATH,
                format!(
                    "below the greedy path of {name} stands {listed}{more}: spelt with `//`, other capitals or percent signs, its path comes to the backend through the greedy one, since the gateway compares paths as they are written"
                ),
                "let the backend refuse those paths by itself, or write the paths that are public in place of the greedy one",
            ),
        };
        let mut finding = code.at(plan.place.clone()).message(message).help(help);
        if finding.is_error() {
            finding.operations.push(name);
        }
        finding
    }

    pub(crate) fn with_places(&self, mut finding: Diagnostic, guarded: &[usize]) -> Diagnostic {
        let named = guarded.iter().take(MAX_NAMED);
        let places = named.map(|draft| self.drafts[*draft].plan.place.clone());
        finding.places.extend(places);
        finding
    }

    /// Operations with the reason that keeps callers from them.
    fn listed(&self, guarded: &[usize]) -> String {
        let name = |draft: &usize| {
            let plan = &self.drafts[*draft].plan;
            let reason = if plan.is_public() {
                "requires more of callers"
            } else {
                "is not public"
            };
            format!("{}, which {reason}", plan.name())
        };
        let mut named: Vec<String> = guarded.iter().take(MAX_NAMED).map(name).collect();
        if guarded.len() > MAX_NAMED {
            named.push(format!("and {} more", guarded.len() - MAX_NAMED));
        }
        named.join(", ")
    }
}
