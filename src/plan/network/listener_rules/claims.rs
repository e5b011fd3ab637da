//! Requests that two operations have in common, and that one of them claims with the same
//! destination as the pattern that takes them.
//!
//! In: a template, a pattern that takes some of its requests, all arms. Out: whether these are
//! another operation's. Pure.

use super::Destination;
use super::arm::Arm;
use super::index::ArmIndex;
use super::pattern::Pattern;
use super::universal::UniversalClaims;
use crate::openapi::HttpMethod;

/// All arms, to look claims up.
pub(crate) struct Claims<'a> {
    index: ArmIndex<'a>,
    pub(crate) universal: &'a UniversalClaims,
}

impl<'a> Claims<'a> {
    pub(crate) fn new(all: &'a [Arm], universal: &'a UniversalClaims) -> Self {
        let mut index = ArmIndex::empty(all, universal);
        (0..all.len()).for_each(|arm| index.insert(arm, 0));
        Self { index, universal }
    }

    /// Returns whether every request of the template that the taker gets is one of a more
    /// particular path with the taker's destination; `method` and `to` are those of the template's
    /// operation.
    ///
    /// `/{x}/a` meets `/c/*` in `/c/a` alone. Where `/c/{y}` has the same destination as `/c/*`,
    /// `/{x}/a` loses nothing: the request was never its own.
    /// A method that the other path lacks belongs to no operation; but a refused one stays refused,
    /// as a backend may read paths in another order.
    pub(crate) fn is_claimed(
        &mut self,
        template: &Pattern,
        method: HttpMethod,
        to: Destination,
        taker: &Arm,
    ) -> bool {
        let Some(inside) = template.within(&taker.pattern) else {
            return false;
        };
        let shape = inside.own_shape();
        let mut takers = self.index.takers(&inside, &shape, taker.to).flatten();
        takers.any(|found| {
            let arm = found.arm;
            arm.pattern.text != template.text
                && (to != Destination::Nothing || arm.served.contains(&method))
                && template.yields_to(&arm.pattern)
                && arm.pattern.covers(&inside)
        })
    }
}
