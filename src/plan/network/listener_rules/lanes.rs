//! How few places in the order do: which arms may stand side by side.
//!
//! In: operations, and arms in an order that is right. Out: a lane for each arm, 0 the last; arms
//! of one lane stand in any order. Pure.
//! An arm stands before another only if the other would take requests of an operation that is its
//! own. So patterns of any shape share a rule where nothing of another destination lies between
//! them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::check::strays;
use super::claims::{Claims, Universal};
use super::index::{Asked, Index, Next, Rivals};
use super::{Arm, Destination};
use crate::openapi::HttpMethod;

/// Arms of one rule, as far as there is room.
type Group<'a> = (usize, &'a BTreeSet<HttpMethod>, Destination);

/// The lane of each arm.
pub(crate) fn of(wanted: &[Asked], arms: &[Arm], claims: &mut Claims<'_>) -> Vec<usize> {
    let universal = Rc::clone(&claims.universal);
    let of_arms = by_taker(wanted, arms, &universal);
    let mut lanes = vec![0; arms.len()];
    let mut behind = Index::empty(arms.iter(), &universal);
    for at in (0..arms.len()).rev() {
        // What has to stand behind has its lane already.
        for asked in &of_arms[at] {
            let search = Rivals {
                universal: Some(&universal),
                kinds: None,
                are_stray: true,
                least: lanes[at],
            };
            behind.rivals(asked, search, |rival, lane| {
                if lane < lanes[at] {
                    return Next::OtherList;
                }
                if strays(asked, &arms[rival], claims) {
                    lanes[at] = lane + 1;
                    return Next::OtherList;
                }
                Next::Further
            });
        }
        behind.insert(at, lanes[at]);
    }
    let mut order = Order {
        arms,
        of_arms,
        lanes,
        universal,
    };
    while order.raise(claims) {}
    order.lanes
}

/// The operations that each arm is the first to take as a whole. What nothing takes is refused by
/// the listener itself.
fn by_taker<'w>(wanted: &'w [Asked], arms: &[Arm], universal: &Universal) -> Vec<Vec<&'w Asked>> {
    let mut index = Index::empty(arms.iter(), universal);
    (0..arms.len()).for_each(|at| index.insert(at, arms.len() - at));
    let mut of_arms = vec![Vec::new(); arms.len()];
    for asked in wanted {
        if let Some((taker, _)) = index.taker(asked) {
            of_arms[taker].push(asked);
        }
    }
    of_arms
}

/// Arms, the operations that each has to take, and the lanes so far.
struct Order<'a> {
    arms: &'a [Arm],
    of_arms: Vec<Vec<&'a Asked>>,
    lanes: Vec<usize>,
    universal: Rc<Universal>,
}

impl Order<'_> {
    /// Moves the arms of one group into a group of a higher lane, where all of them may stand
    /// there. Whether there was one.
    fn raise(&mut self, claims: &mut Claims<'_>) -> bool {
        let mut groups: BTreeMap<Group<'_>, Vec<usize>> = BTreeMap::new();
        let mut lanes: BTreeMap<(&BTreeSet<HttpMethod>, Destination), BTreeSet<usize>> =
            BTreeMap::new();
        for (index, arm) in self.arms.iter().enumerate() {
            groups
                .entry((self.lanes[index], &arm.methods, arm.to))
                .or_default()
                .push(index);
            lanes
                .entry((&arm.methods, arm.to))
                .or_default()
                .insert(self.lanes[index]);
        }
        for ((lane, methods, to), inside) in &groups {
            let higher = lanes[&(*methods, *to)].range(lane + 1..).next().copied();
            if let Some(higher) = higher.filter(|it| !self.is_blocked(inside, (*lane, *it), claims))
            {
                inside.iter().for_each(|it| self.lanes[*it] = higher);
                return true;
            }
        }
        false
    }

    /// Whether an arm of a lane up to the higher one has to stand before one of these.
    fn is_blocked(
        &self,
        inside: &[usize],
        (lane, higher): (usize, usize),
        claims: &mut Claims<'_>,
    ) -> bool {
        let mut index = Index::empty(inside.iter().map(|it| &self.arms[*it]), &self.universal);
        (0..inside.len()).for_each(|at| index.insert(at, 0));
        let mut is_blocked = false;
        let between =
            (0..self.arms.len()).filter(|it| (lane + 1..=higher).contains(&self.lanes[*it]));
        for (before, asked) in
            between.flat_map(|it| self.of_arms[it].iter().map(move |asked| (it, asked)))
        {
            let search = Rivals {
                universal: Some(&self.universal),
                kinds: None,
                are_stray: true,
                least: 0,
            };
            index.rivals(asked, search, |at, _| {
                is_blocked = inside[at] > before && strays(asked, &self.arms[inside[at]], claims);
                if is_blocked { Next::End } else { Next::Further }
            });
            if is_blocked {
                return true;
            }
        }
        false
    }
}
