//! Requests that two operations have in common, and that go one way whichever pattern takes them.
//!
//! In: a template, a pattern that takes some of its requests, all arms. Out: whether these are another operation's. Pure.

use super::pattern::Pattern;
use super::{Arm, Destination};
use crate::openapi::HttpMethod;

/// Whether every request of the template that the taker gets is one of a more particular path, which goes where the taker sends it.
///
/// `/{x}/a` meets `/c/*` in `/c/a` alone. Where `/c/{y}` goes the same way as `/c/*`, `/{x}/a` loses nothing: the request was never its own.
/// A method that the other path lacks is nobody's; but what is refused stays refused, as a backend may read paths in another order.
pub(super) fn is_claimed(template: &Pattern, (method, to): (HttpMethod, Destination), taker: &Arm, all: &[Arm]) -> bool {
    let Some(inside) = template.within(&taker.pattern) else { return false };
    let has_method = |it: &Arm| to != Destination::Nothing || it.asked.contains(&method);
    let is_other = |it: &Arm| it.to == taker.to && it.pattern.text != template.text && has_method(it);
    all.iter().any(|it| is_other(it) && template.yields_to(&it.pattern) && it.pattern.covers(&inside))
}
