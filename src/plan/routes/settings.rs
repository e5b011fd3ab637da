//! Throttle and cache of an operation.
//!
//! In: what is decided of it. Out: its throttle, what is asked of the cache, and findings. Pure.

use super::Builder;
use crate::blueprint::Switch;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;
use crate::plan::cache::{self, Wanted};
use crate::plan::rules::{Decision, Origin};
use crate::plan::stage::{ThrottlePlan, above_account};

impl<'a> Builder<'a> {
    /// The throttle that holds for an operation: its own, or that of the stage.
    ///
    /// Errors: GW2002 an extension's rate below 0, GW4088 a throttle above the account's (a warning).
    pub(super) fn throttle(&mut self, decision: &Decision<'_>) -> Option<ThrottlePlan> {
        let of_stage = self.blueprint.spec.stage.as_ref().and_then(|it| it.throttle.as_ref());
        let Some((written, origin)) = decision.throttle else { return of_stage.and_then(Switch::on).map(ThrottlePlan::of) };
        let throttle = ThrottlePlan::of(written.on()?);
        let place = origin.place(self.blueprint, "throttle");
        if throttle.rate < 0.0 && matches!(origin, Origin::Extension(_)) {
            let finding =
                diagnostic::INVALID_VALUE.at(place.clone()).message("a rate is not negative").help("write requests per second, or `off`");
            self.once(finding);
        }
        above_account(throttle, place).into_iter().for_each(|it| self.once(it));
        Some(throttle)
    }

    /// What is asked of the cache for a public operation.
    pub(super) fn wanted_cache(&mut self, operation: &Operation, decision: &Decision<'a>) -> Option<Wanted<'a>> {
        let mut findings = Vec::new();
        let wanted = cache::wanted(operation, decision, self.blueprint, &mut findings);
        findings.into_iter().for_each(|it| self.once(it));
        wanted
    }

    /// Reports what one place says of many operations once.
    fn once(&mut self, finding: Diagnostic) {
        let is_it = |it: &Diagnostic| it.code == finding.code && it.places == finding.places && it.operations == finding.operations;
        if !self.diagnostics.iter().any(is_it) {
            self.diagnostics.push(finding);
        }
    }
}
