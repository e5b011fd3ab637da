//! Public operations by their templates behind the gateway.
//!
//! In: `Places`. Out: those that a request for a guarded one may reach. Pure.
//! Templates of one shape are looked up together, by the segments that have to be the same text; no
//! two operations are compared in pairs.

use std::collections::{BTreeMap, HashMap};

use super::is_weaker;
use super::places::{Place, Places, Tag};
use super::shape::{Kind, Part, Relation};
use crate::plan::AuthPlan;

/// What becomes of a search after a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    Further,
    /// No other operation of this shape.
    Enough,
}

/// Operations with one tag, in order.
type Lists = BTreeMap<Tag, Vec<usize>>;

#[derive(Default)]
struct Members<'p> {
    all: Vec<usize>,
    tables: HashMap<Vec<usize>, HashMap<Vec<&'p Part>, Lists>>,
}

/// Public operations by servers and shape.
pub(crate) struct Index<'p> {
    places: &'p Places,
    shapes: BTreeMap<usize, BTreeMap<&'p [Kind], Members<'p>>>,
}

impl<'p> Index<'p> {
    pub(crate) fn new(places: &'p Places) -> Self {
        let mut shapes: BTreeMap<usize, BTreeMap<&[Kind], Members<'_>>> = BTreeMap::new();
        for (index, place) in places
            .all
            .iter()
            .enumerate()
            .filter(|(_, it)| it.tag.guard.is_some())
        {
            shapes
                .entry(place.servers)
                .or_default()
                .entry(&place.shape)
                .or_default()
                .all
                .push(index);
        }
        Self { places, shapes }
    }

    /// Calls back with public operations that ask for less and may take requests of the guarded
    /// one, shape by shape.
    pub(crate) fn search(
        &mut self,
        guarded: &'p Place,
        mut each: impl FnMut(&Place, &Relation) -> Met,
    ) {
        let places = self.places;
        let nothing = AuthPlan::default();
        for (shape, members) in self.shapes.get_mut(&guarded.servers).into_iter().flatten() {
            let Some(relation) = Relation::of(shape, &guarded.shape) else {
                continue;
            };
            let is_met_here =
                (relation.is_crossing() && relation.public_comes_first) || relation.is_through_rest;
            let is_met_elsewhere =
                places.has_frames && (relation.public_is_wider || !relation.guarded_is_wider);
            if !is_met_here && !is_met_elsewhere {
                continue;
            }
            let key: Vec<&Part> = relation
                .shared
                .iter()
                .map(|at| &guarded.parts[*at])
                .collect();
            let all = &members.all;
            let table = members
                .tables
                .entry(relation.shared.clone())
                .or_insert_with_key(|shared| table(places, all, shared));
            let is_meant = |tag: &Tag| {
                let is_met = if tag.frame == guarded.tag.frame {
                    is_met_here
                } else {
                    is_met_elsewhere
                };
                let asks = tag.guard.map_or(&nothing, |it| &places.guards[it]);
                let asks_less = guarded
                    .tag
                    .guard
                    .is_none_or(|it| is_weaker(asks, &places.guards[it]));
                is_met && asks_less && tag.method.overlaps(guarded.tag.method)
            };
            let lists = table
                .get(&key)
                .into_iter()
                .flatten()
                .filter(|(tag, _)| is_meant(tag));
            for index in lists.flat_map(|(_, list)| list) {
                if each(&places.all[*index], &relation) == Met::Enough {
                    break;
                }
            }
        }
    }
}

fn table<'p>(places: &'p Places, all: &[usize], shared: &[usize]) -> HashMap<Vec<&'p Part>, Lists> {
    let mut table: HashMap<Vec<&Part>, Lists> = HashMap::new();
    for index in all {
        let place = &places.all[*index];
        let key = shared.iter().map(|at| &place.parts[*at]).collect();
        table
            .entry(key)
            .or_default()
            .entry(place.tag)
            .or_default()
            .push(*index);
    }
    table
}
