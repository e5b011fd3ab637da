//! Prices of a region: those of `prices.tsv`, and those that the blueprint gives in their place.
//!
//! In: a region, `PricesSpec`. Out: `RegionPrices`. Pure.

use schemars::JsonSchema;
use serde::Serialize;

use crate::blueprint::PricesSpec;

/// Every price of every region that was looked for.
const TABLE: &str = include_str!("prices.tsv");

/// A price, and how it is known.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct KnownPrice {
    /// Name in `cost.prices`.
    pub name: &'static str,
    /// Unit: US dollars; `null` where it is not known, which is `?` in a bill.
    pub usd: Option<f64>,
    /// A: AWS's own price list. B: a bill, or the tested file of a vendor. C: a third party.
    /// M: from memory alone, and so not used. `null`: not found, or given by the blueprint.
    pub certainty: Option<&'static str>,
    /// Date of the list or bill.
    pub date: Option<&'static str>,
    pub source: String,
}

/// The prices of a region, by name.
#[derive(Clone, Debug)]
pub struct RegionPrices(Vec<KnownPrice>);

impl RegionPrices {
    /// Prices of the blueprint come before those that are known.
    pub(crate) fn of(region: &str, given: &PricesSpec) -> Self {
        let given = given.given();
        let price = |name: &&'static str| {
            let own = given.iter().find(|(given, _)| given == name);
            match own {
                Some((_, usd)) => KnownPrice {
                    name,
                    usd: Some(*usd),
                    certainty: None,
                    date: None,
                    source: "`cost.prices` of the blueprint".to_owned(),
                },
                None => known(name, region),
            }
        };
        Self(PricesSpec::FIELDS.iter().map(price).collect())
    }

    pub(crate) fn all(&self) -> &[KnownPrice] {
        &self.0
    }

    /// Unit: US dollars.
    pub(crate) fn usd(&self, name: &str) -> Option<f64> {
        let mut prices = self.0.iter();
        prices.find(|price| price.name == name)?.usd
    }
}

/// A price of the table; an unknown one where the table has no such region.
fn known(name: &'static str, region: &str) -> KnownPrice {
    let row = rows().find(|row| row[0] == name && row[1] == region);
    let [_, _, usd, certainty, date, source] = row.unwrap_or([
        name,
        "",
        "?",
        "-",
        "-",
        "no price of this region was looked for",
    ]);
    let is_there = |cell: &&str| *cell != "-";
    KnownPrice {
        name,
        usd: usd.parse().ok(),
        certainty: Some(certainty).filter(is_there),
        date: Some(date).filter(is_there),
        source: source.to_owned(),
    }
}

/// Name, region, price, certainty, date, source.
fn rows() -> impl Iterator<Item = [&'static str; 6]> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

#[cfg(test)]
#[test]
fn the_table_has_every_price_of_every_region_once() {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(rows().count(), lines.count());
    let regions: std::collections::BTreeSet<_> = rows().map(|row| row[1]).collect();
    assert_eq!(regions.len(), 5);
    for region in &regions {
        let names: Vec<_> = rows().filter(|row| row[1] == *region).collect();
        let names: Vec<_> = names.iter().map(|row| row[0]).collect();
        assert_eq!(names, PricesSpec::FIELDS, "{region}");
    }
    for [name, region, usd, certainty, date, source] in rows() {
        let is_known = usd.parse::<f64>().is_ok();
        assert!(is_known || usd == "?", "{name} {region}");
        assert_eq!(
            is_known,
            matches!(certainty, "A" | "B" | "C"),
            "{name} {region}"
        );
        assert_eq!(is_known, date != "-", "{name} {region}");
        assert!(
            is_known || matches!(certainty, "M" | "-"),
            "{name} {region}"
        );
        assert!(!source.is_empty());
    }
}
