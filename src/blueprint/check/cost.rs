//! Numbers that no bill can be computed from.
//! In: `CostSpec`. Out: diagnostics. Pure.

use super::rest::MAX_WAIT_MS;
use super::{Checker, child};
use crate::blueprint::cost::{CostSpec, PricesSpec};

/// Largest number of requests: all sums stay exact to far below a cent.
const MAX_REQUESTS: u64 = 1_000_000_000_000_000;
/// Largest size on average, well above what the gateway passes on. Unit: kilobytes.
const MAX_KB: f64 = 100_000.0;
const MAX_HOURS: u64 = 31 * 24;
/// Largest price or rate, a slip beyond doubt.
const MAX_AMOUNT: f64 = 1e9;

impl Checker<'_> {
    /// Errors: GW2002.
    pub(crate) fn cost(&mut self) {
        let cost = &self.spec().cost;
        self.traffic(cost);
        if let Some(currency) = &cost.currency {
            let code = currency.code.as_bytes();
            if code.len() != 3 || !code.iter().all(u8::is_ascii_uppercase) {
                self.wrong(
                    "/cost/currency/code",
                    format_args!("`{}` is no code of a currency", currency.code),
                    "write three capital letters, for example `KRW`",
                );
            }
            if currency.per_usd <= 0.0 || currency.per_usd > MAX_AMOUNT {
                self.wrong(
                    "/cost/currency/per_usd",
                    format_args!("{} for a US dollar is no rate", currency.per_usd),
                    "write how much one US dollar is, for example `1100`",
                );
            }
        }
        for (name, price) in cost.prices.given() {
            if !(0.0..=MAX_AMOUNT).contains(&price) {
                self.wrong(
                    &child("/cost/prices", name),
                    format_args!("{price} is no price"),
                    "write US dollars, 0 or more",
                );
            }
        }
    }

    fn traffic(&mut self, cost: &CostSpec) {
        if cost.requests_per_month.unwrap_or_default() > MAX_REQUESTS {
            self.wrong(
                "/cost/requests_per_month",
                "no API gets so many requests",
                format_args!("write at most {MAX_REQUESTS}"),
            );
        }
        for (field, size) in [
            ("request_kb", cost.request_kb),
            ("response_kb", cost.response_kb),
        ] {
            if !(0.0..=MAX_KB).contains(&size) {
                self.wrong(
                    &child("/cost", field),
                    format_args!("{size} kilobytes is no size on average"),
                    format_args!("write a number from 0 to {MAX_KB}"),
                );
            }
        }
        if cost.backend_ms > MAX_WAIT_MS {
            self.wrong(
                "/cost/backend_ms",
                "the gateway waits for no backend as long as this",
                format_args!("write at most {MAX_WAIT_MS}"),
            );
        }
        if !(1..=MAX_HOURS).contains(&cost.hours) {
            self.wrong(
                "/cost/hours",
                format_args!("no month has {} hours", cost.hours),
                format_args!("write a number from 1 to {MAX_HOURS}"),
            );
        }
    }
}

impl PricesSpec {
    /// The prices that are given, by name.
    pub(crate) fn given(&self) -> Vec<(String, f64)> {
        let json = serde_json::to_value(self).expect("numbers with names are JSON");
        let members = json.as_object().into_iter().flatten();
        members
            .filter_map(|(name, price)| Some((name.clone(), price.as_f64()?)))
            .collect()
    }
}
