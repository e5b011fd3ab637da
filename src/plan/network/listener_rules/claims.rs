//! Requests that two operations have in common, and that go one way whichever pattern takes them.
//!
//! In: a template, a pattern that takes some of its requests, all arms. Out: whether these are
//! another operation's. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::index::{Asked, Index, Next};
use super::pattern::{Kind, Pattern};
use super::{Arm, Destination};
use crate::openapi::HttpMethod;

/// All arms, to look claims up.
pub(crate) struct Claims<'a> {
    index: Index<'a>,
    pub(crate) universal: Rc<Universal>,
}

impl<'a> Claims<'a> {
    pub(crate) fn new(all: &'a [Arm]) -> Self {
        let universal = Rc::new(Universal::new(all));
        let mut index = Index::empty(all.iter(), &universal);
        (0..all.len()).for_each(|it| index.insert(it, 0));
        Self { index, universal }
    }

    /// Whether every request of the template that the taker gets is one of a more particular path,
    /// which goes where the taker sends it.
    ///
    /// `/{x}/a` meets `/c/*` in `/c/a` alone. Where `/c/{y}` goes the same way as `/c/*`, `/{x}/a`
    /// loses nothing: the request was never its own.
    /// A method that the other path lacks is nobody's; but what is refused stays refused, as a
    /// backend may read paths in another order.
    pub(crate) fn is_claimed(
        &mut self,
        template: &Pattern,
        (method, to): (HttpMethod, Destination),
        taker: &Arm,
    ) -> bool {
        let Some(inside) = template.within(&taker.pattern) else {
            return false;
        };
        let has_method = |it: &Arm| to != Destination::Nothing || it.asked.contains(&method);
        let mut is_claimed = false;
        let arms = self.index.arms();
        self.index
            .takers((&inside, &inside.own_shape()), taker.to, |index, _| {
                let it = arms[index];
                let is_other = it.pattern.text != template.text && has_method(it);
                is_claimed =
                    is_other && template.yields_to(&it.pattern) && it.pattern.covers(&inside);
                if is_claimed { Next::End } else { Next::Further }
            });
        is_claimed
    }
}

/// What an arm's neighbours claim of whatever it takes from paths with a variable before its
/// literal start: a number in `Universal`.
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
pub(crate) struct Universal {
    numbers: BTreeMap<(Destination, String), Claim>,
    /// What each number stands for; the first claims nothing.
    claims: Vec<BySlashes>,
}

impl Universal {
    pub(crate) fn new(all: &[Arm]) -> Self {
        let mut by_start: BTreeMap<(Destination, String), BySlashes> = BTreeMap::new();
        for arm in all
            .iter()
            .filter(|it| it.pattern.is_plain() && it.pattern.text.starts_with('/'))
        {
            let kinds = &arm.pattern.kinds;
            let start = arm.pattern.literal_start().count();
            if start > 0
                && start < kinds.len()
                && kinds[start..].iter().all(|it| *it == Kind::Variable)
            {
                let methods = by_start
                    .entry((arm.to, start_of(&arm.pattern)))
                    .or_default();
                methods.entry(kinds.len()).or_default().extend(&arm.asked);
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
        known
            .into_iter()
            .for_each(|(of, number)| claims[number.0] = of);
        Self { numbers, claims }
    }

    /// What is claimed of an arm with the pattern.
    pub(crate) fn of(&self, to: Destination, pattern: &Pattern) -> Claim {
        self.numbers
            .get(&(to, start_of(pattern)))
            .copied()
            .unwrap_or(Claim::FIRST)
    }

    /// Whether all that an arm takes of the operation's requests is claimed, for a template that
    /// can be claimed (`can_be_claimed`).
    pub(crate) fn holds(&self, claim: Claim, asked: &Asked) -> bool {
        self.methods(claim, asked.shape.kinds.len())
            .is_some_and(|it| asked.to != Destination::Nothing || it.contains(&asked.method))
    }

    /// Methods of the claiming path with so many segments.
    pub(crate) fn methods(&self, claim: Claim, segments: usize) -> Option<&BTreeSet<HttpMethod>> {
        self.claims[claim.0].get(&segments)
    }
}

fn start_of(pattern: &Pattern) -> String {
    pattern
        .literal_start()
        .fold(String::new(), |start, it| start + "/" + it)
}
