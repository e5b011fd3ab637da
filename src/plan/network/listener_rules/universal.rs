//! Claims of paths that consist of a literal start and variables alone.
//!
//! In: arms. Out: `UniversalClaims`, to look such claims up by an arm's literal start. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::Destination;
use super::arm::{Arm, RoutedTemplate};
use super::pattern::Pattern;
use super::shape::Specificity;
use crate::openapi::HttpMethod;

/// Requests that an arm's neighbours claim of those which it takes from paths with a variable before
/// its literal start: a number in `UniversalClaims`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim(usize);

impl Claim {
    pub(crate) const FIRST: Self = Self(0);
    pub(crate) const LAST: Self = Self(usize::MAX);
}

/// Methods of the claiming path, by its slashes.
type BySlashes = BTreeMap<usize, BTreeSet<HttpMethod>>;

/// Paths of a literal start and variables alone: they claim every request with their start and as
/// many slashes.
#[derive(Debug, Default)]
pub(crate) struct UniversalClaims {
    numbers: BTreeMap<(Destination, String), Claim>,
    /// Claims by number; the first claims nothing.
    claims: Vec<BySlashes>,
}

impl UniversalClaims {
    pub(crate) fn new(all: &[Arm]) -> Self {
        let mut by_start: BTreeMap<(Destination, String), BySlashes> = BTreeMap::new();
        for arm in all {
            let segments = &arm.pattern.specificity;
            let start = arm.pattern.literal_start().count();
            let (_, after) = segments.split_at(start);
            if arm.pattern.is_plain()
                && arm.pattern.text.starts_with('/')
                && start > 0
                && !after.is_empty()
                && after
                    .iter()
                    .all(|segment| *segment == Specificity::Variable)
            {
                let key = (arm.to, start_of(&arm.pattern));
                let by_slashes = by_start.entry(key).or_default();
                let methods = by_slashes.entry(segments.len()).or_default();
                methods.extend(&arm.served);
            }
        }
        let mut known: BTreeMap<BySlashes, Claim> =
            BTreeMap::from([(BySlashes::new(), Claim::FIRST)]);
        let mut numbers = BTreeMap::new();
        for (key, claims) in by_start {
            let next = Claim(known.len());
            numbers.insert(key, *known.entry(claims).or_insert(next));
        }
        let mut claims = vec![BySlashes::new(); known.len()];
        for (by_slashes, number) in known {
            claims[number.0] = by_slashes;
        }
        Self { numbers, claims }
    }

    /// Claims on an arm with the pattern.
    pub(crate) fn of(&self, to: Destination, pattern: &Pattern) -> Claim {
        self.numbers
            .get(&(to, start_of(pattern)))
            .copied()
            .unwrap_or(Claim::FIRST)
    }

    /// Returns whether all requests of the operation that an arm takes are claimed, for a template
    /// that can be claimed (`can_be_claimed`).
    pub(crate) fn holds(&self, claim: Claim, template: &RoutedTemplate) -> bool {
        let methods = self.methods(claim, template.shape.specificity.len());
        methods.is_some_and(|methods| {
            template.to != Destination::Nothing || methods.contains(&template.method)
        })
    }

    /// Methods of the claiming path with so many segments.
    pub(crate) fn methods(&self, claim: Claim, segments: usize) -> Option<&BTreeSet<HttpMethod>> {
        self.claims[claim.0].get(&segments)
    }
}

fn start_of(pattern: &Pattern) -> String {
    pattern
        .literal_start()
        .fold(String::new(), |start, segment| start + "/" + segment)
}
