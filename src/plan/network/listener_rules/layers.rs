//! Layers of arms.
//!
//! In: operations, and arms in an order that is right. Out: a layer for each arm, 0 the last. Pure.
//! Rules of one layer match disjoint requests, or requests with one destination, so their order does
//! not matter.
//! An arm comes before another only if the other would take requests of an operation that is its
//! own. So patterns of any shape share a rule where nothing of another destination is between them.

use std::collections::{BTreeMap, BTreeSet};

use super::Destination;
use super::arm::{Arm, RoutedTemplate};
use super::check::is_stray;
use super::claims::Claims;
use super::index::{ArmIndex, Rivals};
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
    let by_arm = by_taker(templates, arms, claims.universal);
    let mut layers = vec![0; arms.len()];
    let mut behind = ArmIndex::empty(arms, claims.universal);
    for at in (0..arms.len()).rev() {
        // Arms that have to be behind have their layers already.
        for template in &by_arm[at] {
            for rivals in behind.rivals(template, Rivals::Stray, layers[at]) {
                let stray = rivals
                    .take_while(|rival| rival.weight >= layers[at])
                    .find(|rival| is_stray(template, rival.arm, claims));
                if let Some(stray) = stray {
                    layers[at] = stray.weight + 1;
                }
            }
        }
        behind.insert(at, layers[at]);
    }
    let mut layering = Layering {
        arms,
        by_arm,
        layers,
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
    let mut index = ArmIndex::empty(arms, universal);
    (0..arms.len()).for_each(|at| index.insert(at, arms.len() - at));
    let mut by_arm = vec![Vec::new(); arms.len()];
    for template in templates {
        if let Some(taker) = index.taker(template) {
            by_arm[taker.index].push(template);
        }
    }
    by_arm
}

/// Arms, the operations that each has to take, and the layers so far.
struct Layering<'a> {
    arms: &'a [Arm],
    by_arm: Vec<Vec<&'a RoutedTemplate>>,
    layers: Vec<usize>,
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
        let mut index = ArmIndex::empty(self.arms, claims.universal);
        group.iter().for_each(|arm| index.insert(*arm, 0));
        for (before, templates) in self.by_arm.iter().enumerate() {
            if !(layer + 1..=higher).contains(&self.layers[before]) {
                continue;
            }
            for template in templates {
                let mut rivals = index.rivals(template, Rivals::Stray, 0).flatten();
                if rivals.any(|rival| rival.index > before && is_stray(template, rival.arm, claims))
                {
                    return true;
                }
            }
        }
        false
    }
}
