//! Layers of arms.
//!
//! In: operations, and arms in an order that is right. Out: a layer for each arm, 0 the last. Pure.
//! Rules of one layer match disjoint requests, or requests with one destination, so their order does
//! not matter.
//! An arm comes before another only if the other would take requests of an operation that is its
//! own. So patterns of any shape share a rule where nothing of another destination is between them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Destination;
use super::arm::{Arm, RoutedTemplate};
use super::check::is_stray;
use super::claims::Claims;
use super::index::{ArmIndex, Next, Rivals};
use super::universal::UniversalClaims;
use crate::openapi::HttpMethod;

/// Layer, methods and destination of arms that share rules.
type LayerGroup<'a> = (usize, &'a BTreeSet<HttpMethod>, Destination);

/// Assigns each arm a layer, the lowest one that keeps the order.
pub(crate) fn assign_layers(
    templates: &[RoutedTemplate],
    arms: &[Arm],
    claims: &mut Claims<'_>,
) -> Vec<usize> {
    let universal = Rc::clone(&claims.universal);
    let by_arm = by_taker(templates, arms, &universal);
    let mut layers = vec![0; arms.len()];
    let mut behind = ArmIndex::empty(arms.iter(), &universal);
    for at in (0..arms.len()).rev() {
        // Arms that have to be behind have their layers already.
        for template in &by_arm[at] {
            let search = Rivals {
                universal: Some(&universal),
                are_stray: true,
                least: layers[at],
                ..Rivals::default()
            };
            behind.rivals(template, search, |rival| {
                if rival.weight < layers[at] {
                    return Next::OtherList;
                }
                if is_stray(template, &arms[rival.arm], claims) {
                    layers[at] = rival.weight + 1;
                    return Next::OtherList;
                }
                Next::Further
            });
        }
        behind.insert(at, layers[at]);
    }
    let mut layering = Layering {
        arms,
        by_arm,
        layers,
        universal,
    };
    while layering.raise(claims) {}
    layering.layers
}

/// The operations that each arm is the first to take as a whole. The listener itself refuses those
/// that none takes.
fn by_taker<'t>(
    templates: &'t [RoutedTemplate],
    arms: &[Arm],
    universal: &UniversalClaims,
) -> Vec<Vec<&'t RoutedTemplate>> {
    let mut index = ArmIndex::empty(arms.iter(), universal);
    (0..arms.len()).for_each(|at| index.insert(at, arms.len() - at));
    let mut by_arm = vec![Vec::new(); arms.len()];
    for template in templates {
        if let Some(taker) = index.taker(template) {
            by_arm[taker.arm].push(template);
        }
    }
    by_arm
}

/// Arms, the operations that each has to take, and the layers so far.
struct Layering<'a> {
    arms: &'a [Arm],
    by_arm: Vec<Vec<&'a RoutedTemplate>>,
    layers: Vec<usize>,
    universal: Rc<UniversalClaims>,
}

impl Layering<'_> {
    /// Moves the arms of one group into a group of a higher layer, where the order permits it.
    /// Returns whether a group moved.
    fn raise(&mut self, claims: &mut Claims<'_>) -> bool {
        let mut groups: BTreeMap<LayerGroup<'_>, Vec<usize>> = BTreeMap::new();
        let mut layers: BTreeMap<(&BTreeSet<HttpMethod>, Destination), BTreeSet<usize>> =
            BTreeMap::new();
        for (index, arm) in self.arms.iter().enumerate() {
            let layer = self.layers[index];
            let group = groups.entry((layer, &arm.methods, arm.to));
            group.or_default().push(index);
            let of_methods = layers.entry((&arm.methods, arm.to));
            of_methods.or_default().insert(layer);
        }
        for ((layer, methods, to), group) in &groups {
            let mut above = layers[&(*methods, *to)].range(layer + 1..);
            if let Some(higher) = above.next()
                && !self.is_blocked(group, *layer, *higher, claims)
            {
                group.iter().for_each(|arm| self.layers[*arm] = *higher);
                return true;
            }
        }
        false
    }

    /// Returns whether an arm of a layer above this one, up to the higher one, has to come before
    /// one of the group.
    fn is_blocked(
        &self,
        group: &[usize],
        layer: usize,
        higher: usize,
        claims: &mut Claims<'_>,
    ) -> bool {
        let arms = group.iter().map(|arm| &self.arms[*arm]);
        let mut index = ArmIndex::empty(arms, &self.universal);
        (0..group.len()).for_each(|at| index.insert(at, 0));
        let search = Rivals {
            universal: Some(&self.universal),
            are_stray: true,
            ..Rivals::default()
        };
        let mut is_blocked = false;
        for (before, templates) in self.by_arm.iter().enumerate() {
            if !(layer + 1..=higher).contains(&self.layers[before]) {
                continue;
            }
            for template in templates {
                index.rivals(template, search, |rival| {
                    let arm = group[rival.arm];
                    is_blocked = arm > before && is_stray(template, &self.arms[arm], claims);
                    if is_blocked { Next::End } else { Next::Further }
                });
                if is_blocked {
                    return true;
                }
            }
        }
        false
    }
}
