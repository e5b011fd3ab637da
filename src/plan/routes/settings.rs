//! Timeout, throttle and cache of an operation.
//! In: decisions of routes. Out: its timeout, throttle and requested cache, and findings.

use super::Builder;
use crate::blueprint::{Exposure, OutputFormat, RouteSpec, Switch};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Api, Operation};
use crate::plan::ThrottlePlan;
use crate::plan::rules::{Decision, Origin};
use crate::plan::stage::above_account;
use crate::plan::stage::cache::{self, CacheRequest};

/// Shortest duration that a REST API waits for its integration.
///
/// Unit: milliseconds. Source: docs/aws-rules.md#i4.
const SHORTEST_MS: u64 = 50;

impl<'a> Builder<'a> {
    /// Duration that the gateway waits for the backend. Unit: milliseconds.
    ///
    /// Errors: GW4017 out of range.
    pub(crate) fn timeout(&mut self, decision: &Decision<'_>) -> u32 {
        let Some((timeout, origin)) = decision.timeout_ms else {
            return u32::try_from(RouteSpec::TIMEOUT.milliseconds()).expect("the default is 29 s");
        };
        let longest = self
            .blueprint
            .spec
            .limits
            .integration_timeout
            .milliseconds();
        if !(SHORTEST_MS..=longest).contains(&timeout) {
            let finding = diagnostic::TIMEOUT_OUT_OF_RANGE
                .at(origin.place(self.blueprint, "timeout"))
                .message(format_args!("API Gateway waits 50 ms to {longest} ms for a backend, not {timeout} ms"))
                .help("choose a time in that range; where the account's quota was raised, set `limits.integration_timeout`");
            self.diagnostics.push(finding);
        }
        u32::try_from(timeout).unwrap_or(u32::MAX)
    }

    /// The throttle that holds for an operation: its own, or that of the stage.
    ///
    /// Errors: GW2002 an extension's rate below 0, GW2008 an exception that CloudFormation cannot
    /// make, GW4088 a throttle above the account's (a warning).
    pub(crate) fn throttle(&mut self, decision: &Decision<'_>) -> Option<ThrottlePlan> {
        let of_stage = self.blueprint.spec.stage.throttle.as_ref();
        let Some((written, origin)) = decision.throttle else {
            return of_stage.and_then(Switch::on).map(ThrottlePlan::of);
        };
        let place = origin.place(self.blueprint, "throttle");
        let Some(throttle) = written.on().map(ThrottlePlan::of) else {
            let is_throttled = of_stage.is_some_and(|throttle| throttle.on().is_some());
            if is_throttled && decision.exposure() == Exposure::Public {
                self.unthrottled(place);
            }
            return None;
        };
        if throttle.rate < 0.0 && matches!(origin, Origin::Extension(_)) {
            let finding = diagnostic::INVALID_VALUE
                .at(place.clone())
                .message("a rate is not negative")
                .help("write requests per second, or `off`");
            self.once(finding);
        }
        if let Some(finding) = above_account(throttle, place) {
            self.once(finding);
        }
        Some(throttle)
    }

    /// Source: docs/aws-rules.md#d13; limits of 0 and more:
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html>.
    fn unthrottled(&mut self, place: Place) {
        if self.blueprint.spec.output.format == OutputFormat::Cloudformation {
            let finding = diagnostic::TERRAFORM_ONLY
                .at(place)
                .message("CloudFormation cannot leave a method out of the stage's throttle")
                .help("write a throttle of its own that is high enough, or give the others theirs by routes in place of `stage.throttle`");
            self.once(finding);
        }
    }

    /// Cache that is requested for a public operation.
    pub(crate) fn requested_cache(
        &mut self,
        api: &Api,
        operation: &Operation,
        decision: &Decision<'a>,
    ) -> Option<CacheRequest<'a>> {
        let mut findings = Vec::new();
        let cache = cache::requested(api, operation, decision, self.blueprint, &mut findings);
        findings.into_iter().for_each(|finding| self.once(finding));
        cache
    }

    /// Adds a finding once that many operations have alike.
    fn once(&mut self, finding: Diagnostic) {
        let is_known = |known: &Diagnostic| {
            known.code == finding.code
                && known.places == finding.places
                && known.operations == finding.operations
        };
        if !self.diagnostics.iter().any(is_known) {
            self.diagnostics.push(finding);
        }
    }
}
