//! Numbers, codes and ranges of the fields that say something about the whole API.
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use std::collections::BTreeMap;

use super::{Checker, child};
use crate::blueprint::routes::{CacheSpec, ThrottleSpec};
use crate::blueprint::scalars::Switch;
use crate::blueprint::values::ValueSpec;

/// Largest burst or quota. Source: API Gateway API reference, integers of 32 bits,
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_ThrottleSettings.html>,
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html>.
pub(crate) const MAX_NUMBER: u64 = 2_147_483_647;

/// Longest time in milliseconds that the gateway waits, whatever the quota. Source:
/// docs/aws-rules.md#i4.
pub(crate) const MAX_WAIT_MS: u64 = 300_000;

/// Tags that are added: the second to balancers and security groups.
const OWN_TAGS: [&str; 2] = ["managed-by", "Name"];

/// Most tags of a resource, with those that are added. Source: docs/aws-rules.md#m20.
const MAX_TAGS: usize = 50;
/// Unit: characters.
const MAX_TAG_NAME: usize = 128;
const MAX_TAG_VALUE: usize = 256;

impl Checker<'_> {
    /// Errors: GW2002.
    pub(crate) fn rest(&mut self) {
        self.throttles();
        self.tags();
        self.lint();
        if let Some(existing) = &self.spec().alb.existing {
            for port in existing.listeners.iter().flat_map(BTreeMap::keys) {
                if !port.parse::<u16>().is_ok_and(|number| number > 0) {
                    self.wrong(
                        &child("/alb/existing/listeners", port),
                        "this is no port",
                        "write a number from 1 to 65535 as the key",
                    );
                }
            }
            if let Some(range) = existing
                .priorities
                .as_ref()
                .filter(|range| !is_range(range))
            {
                self.wrong(
                    "/alb/existing/priorities",
                    format_args!("`{range}` is no range"),
                    "write for example `1000-1999`",
                );
            }
        }
        self.limits();
        self.stage();
        self.api();
    }

    /// Errors: GW2002.
    ///
    /// Source: AWS, "Tagging your AWS resources", "Tag naming limits and requirements",
    /// <https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>: what holds for every
    /// service. Which characters a tag may have differs between services, so it is left to them.
    fn tags(&mut self) {
        let Some(tags) = &self.spec().tags else {
            return;
        };
        let is_other = |name: &&String| !OWN_TAGS.contains(&name.as_str());
        let all = tags.keys().filter(is_other).count() + OWN_TAGS.len();
        if all > MAX_TAGS {
            self.wrong(
                "/tags",
                format_args!(
                    "with `managed-by` and `Name` these are {all} tags, and a resource has {MAX_TAGS}"
                ),
                "leave some out",
            );
        }
        for (name, value) in tags {
            let at = child("/tags", name);
            if !(1..=MAX_TAG_NAME).contains(&name.chars().count()) {
                self.wrong(
                    &at,
                    "the name of a tag has 1 to 128 characters",
                    "use another name",
                );
            } else if name
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
            {
                self.wrong(
                    &at,
                    "AWS keeps names that start with `aws:` for itself",
                    "use another name",
                );
            }
            if let ValueSpec::Literal(text) = value
                && text.chars().count() > MAX_TAG_VALUE
            {
                self.wrong(
                    &at,
                    "the value of a tag has at most 256 characters",
                    "write a shorter one",
                );
            }
        }
    }

    fn limits(&mut self) {
        let limits = &self.spec().limits;
        let longest_ms = limits.integration_timeout.milliseconds();
        let numbers = [
            ("resources", limits.resources),
            ("stages", limits.stages.as_ref().map_or(1, |quota| quota.0)),
            ("authorizers", limits.authorizers),
            ("listener_rules", limits.listener_rules),
            ("target_groups", limits.target_groups),
            ("nlb_listeners", limits.nlb_listeners),
            ("integration_timeout", longest_ms),
            ("plan_throttles", limits.plan_throttles),
            (
                "vpc_links",
                limits.vpc_links.as_ref().map_or(1, |quota| quota.0),
            ),
        ];
        for (field, _) in numbers.into_iter().filter(|(_, number)| *number == 0) {
            self.wrong(
                &child("/limits", field),
                "a quota is not 0",
                "write the account's quota, or remove the line",
            );
        }
        if longest_ms > MAX_WAIT_MS {
            let message = format!(
                "no account's quota makes the gateway wait longer than {} s",
                MAX_WAIT_MS / 1_000
            );
            self.wrong(
                "/limits/integration_timeout",
                &message,
                "write at most `300s`",
            );
        }
    }

    fn throttles(&mut self) {
        for (index, route) in self.spec().routes.iter().flatten().enumerate() {
            let at = child("/routes", index);
            if let Some(throttle) = route.throttle.as_ref().and_then(Switch::on) {
                self.throttle(&child(&at, "throttle"), throttle);
            }
            if let Some(CacheSpec { shared, .. }) = route.cache.as_ref().and_then(Switch::on) {
                self.says_something(&child(&child(&at, "cache"), "shared"), shared.as_ref());
            }
        }
        if let Some(throttle) = self.spec().stage.throttle.as_ref().and_then(Switch::on) {
            self.throttle("/stage/throttle", throttle);
        }
        for (name, plan) in self.spec().usage_plans.iter().flatten() {
            if let Some(throttle) = &plan.throttle {
                self.throttle(&child(&child("/usage_plans", name), "throttle"), throttle);
            }
        }
    }

    fn throttle(&mut self, at: &str, throttle: &ThrottleSpec) {
        if throttle.rate < 0.0 {
            self.wrong(
                &child(at, "rate"),
                "a rate is not negative",
                "write requests per second, or `throttle: off`",
            );
        }
        if throttle.burst > MAX_NUMBER {
            self.wrong(
                &child(at, "burst"),
                format_args!("API Gateway takes numbers up to {MAX_NUMBER}"),
                "write a smaller one",
            );
        }
    }

    fn lint(&mut self) {
        let lint = &self.spec().lint;
        for (index, allow) in lint.allow.iter().flatten().enumerate() {
            let at = child("/lint/allow", index);
            self.is_code(&child(&at, "code"), &allow.code);
            self.says_something(&child(&at, "reason"), Some(&allow.reason));
            if let Some(until) = allow.until.as_ref().filter(|until| !is_date(until)) {
                self.wrong(
                    &child(&at, "until"),
                    format_args!("`{until}` is no date"),
                    "write for example `2027-03-31`",
                );
            }
        }
        for (index, code) in lint.deny.iter().flatten().enumerate() {
            self.is_code(&child("/lint/deny", index), code);
        }
    }

    fn is_code(&mut self, at: &str, code: &str) {
        let digits = code.strip_prefix("GW").unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.wrong(
                at,
                format_args!("`{code}` is no code"),
                "write `GW` and four digits, as the finding shows it",
            );
        }
    }
}

fn is_range(range: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().ok();
    range.split_once('-').is_some_and(|(from, to)| {
        number(from).is_some_and(|from| number(to).is_some_and(|to| from <= to))
    })
}

fn is_date(date: &str) -> bool {
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    let number = |text: &str, length: usize| {
        Some(text)
            .filter(|text| text.len() == length)
            .and_then(|text| text.parse::<u32>().ok())
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2))
    else {
        return false;
    };
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap_year => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
