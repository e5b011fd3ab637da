//! Arms by the literal segments of their patterns.
//!
//! In: arms, each with a weight. Out: those whose pattern may take a request of a template, and
//! those that may take all of them. Pure.
//! Patterns of one shape are looked up together: by the segments that have to be the template's
//! own. All that is found has these segments, and the heaviest comes first, so that a search for one
//! looks at one, however many cross.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::Destination;
use super::arm::{Arm, RoutedTemplate};
use super::pattern::Pattern;
use super::shape::{self, PatternShape, SegmentPosition, Specificity, TemplateShape};
use super::universal::{Claim, UniversalClaims};
use crate::openapi::HttpMethod;

/// Continuation of a search after an arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Further,
    /// No lighter arm of the same list.
    OtherList,
    End,
}

/// An arm with its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WeightedArm {
    /// Index of the arm.
    pub(crate) arm: usize,
    pub(crate) weight: usize,
}

/// Pattern shape and methods of arms that are found together.
type ArmGroup<'a> = (PatternShape, &'a BTreeSet<HttpMethod>);

/// Weights and indexes of arms with one destination and the same claims, the heaviest first, then
/// the first.
type ArmsByClaim = BTreeMap<(Destination, Claim), BTreeSet<(Reverse<usize>, usize)>>;

/// The arms of a group by their segments at some positions.
type ArmTable<'a> = HashMap<Vec<&'a str>, ArmsByClaim>;

#[derive(Default)]
struct IndexedArms<'a> {
    all: Vec<WeightedArm>,
    heaviest: usize,
    tables: BTreeMap<Vec<SegmentPosition>, ArmTable<'a>>,
}

/// Facts about every arm that may be in the index.
struct ArmFacts<'a> {
    arms: Rc<[&'a Arm]>,
    segments: Vec<Vec<&'a str>>,
    claims: Vec<Claim>,
}

impl<'a> ArmFacts<'a> {
    fn add(
        &self,
        WeightedArm { arm, weight }: WeightedArm,
        positions: &[SegmentPosition],
        table: &mut ArmTable<'a>,
    ) {
        let key = shape::at(&self.segments[arm], positions);
        let lists = table.entry(key).or_default();
        let list = lists.entry((self.arms[arm].to, self.claims[arm]));
        list.or_default().insert((Reverse(weight), arm));
    }
}

/// Arms by shape, and by the segments that were looked up.
pub(crate) struct ArmIndex<'a> {
    facts: ArmFacts<'a>,
    groups: BTreeMap<ArmGroup<'a>, IndexedArms<'a>>,
}

impl<'a> ArmIndex<'a> {
    /// An index that knows the arms and has none of them yet.
    pub(crate) fn empty(arms: impl Iterator<Item = &'a Arm>, universal: &UniversalClaims) -> Self {
        let arms: Rc<[&Arm]> = arms.collect();
        let claim = |arm: &&Arm| universal.of(arm.to, &arm.pattern);
        Self {
            facts: ArmFacts {
                segments: arms.iter().map(|arm| arm.pattern.segments()).collect(),
                claims: arms.iter().map(claim).collect(),
                arms,
            },
            groups: BTreeMap::new(),
        }
    }

    pub(crate) fn insert(&mut self, index: usize, weight: usize) {
        let arm = self.facts.arms[index];
        let group = self.groups.entry((arm.pattern.shape(), &arm.methods));
        let group = group.or_default();
        let weighted = WeightedArm { arm: index, weight };
        group.all.push(weighted);
        group.heaviest = group.heaviest.max(weight);
        for (positions, table) in &mut group.tables {
            self.facts.add(weighted, positions, table);
        }
    }

    pub(crate) fn arms(&self) -> Rc<[&'a Arm]> {
        Rc::clone(&self.facts.arms)
    }

    /// Calls back with arms of other destinations that may take requests of the operation, list by
    /// list.
    pub(crate) fn rivals(
        &mut self,
        template: &RoutedTemplate,
        search: Rivals<'_>,
        mut each: impl FnMut(WeightedArm) -> Next,
    ) {
        let own = template.pattern.own_segments();
        for ((shape, methods), group) in &mut self.groups {
            let is_taken = methods.is_empty()
                || template.method == HttpMethod::Any
                || methods.contains(&template.method);
            if !is_taken || !search.includes(template, shape, group.heaviest) {
                continue;
            }
            let Some(positions) = shape::shared(shape, &template.shape) else {
                continue;
            };
            let key = shape::at(&own, &positions);
            let Some(lists) = group.table(positions, &self.facts).get(&key) else {
                continue;
            };
            let universal = search
                .universal
                .filter(|_| template.shape.can_be_claimed(shape.literal_start()));
            for ((to, claim), list) in lists {
                let is_claimed =
                    universal.is_some_and(|universal| universal.holds(*claim, template));
                if *to == template.to || is_claimed {
                    continue;
                }
                for (Reverse(weight), arm) in list {
                    let (arm, weight) = (*arm, *weight);
                    if weight < search.least {
                        break;
                    }
                    match each(WeightedArm { arm, weight }) {
                        Next::Further => {}
                        Next::OtherList => break,
                        Next::End => return,
                    }
                }
            }
        }
    }

    /// Calls back with arms of the destination whose patterns may take all requests of the template,
    /// list by list.
    pub(crate) fn takers(
        &mut self,
        template: &Pattern,
        template_shape: &TemplateShape,
        to: Destination,
        mut each: impl FnMut(WeightedArm) -> Next,
    ) {
        let own = template.own_segments();
        for ((shape, _), group) in &mut self.groups {
            let Some(positions) = shape::covered(shape, template_shape) else {
                continue;
            };
            let key = shape::at(&own, &positions);
            let Some(lists) = group.table(positions, &self.facts).get(&key) else {
                continue;
            };
            let of_destination = (to, Claim::FIRST)..=(to, Claim::LAST);
            for (_, list) in lists.range(of_destination) {
                for (Reverse(weight), arm) in list {
                    let (arm, weight) = (*arm, *weight);
                    match each(WeightedArm { arm, weight }) {
                        Next::Further => {}
                        Next::OtherList => break,
                        Next::End => return,
                    }
                }
            }
        }
    }

    /// The heaviest arm that takes all requests of an operation to their destination.
    pub(crate) fn taker(&mut self, template: &RoutedTemplate) -> Option<WeightedArm> {
        let mut heaviest: Option<WeightedArm> = None;
        let arms = self.arms();
        let rank = |found: WeightedArm| (found.weight, Reverse(found.arm));
        self.takers(&template.pattern, &template.shape, template.to, |found| {
            // Of arms with one weight, the first.
            if heaviest.is_some_and(|known| rank(found) <= rank(known)) {
                return Next::OtherList;
            }
            let arm = arms[found.arm];
            if arm.takes_all(template.method) && arm.pattern.covers(&template.pattern) {
                heaviest = Some(found);
                return Next::OtherList;
            }
            Next::Further
        });
        heaviest
    }
}

/// Criteria of a search among the arms that may take others' requests.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rivals<'s> {
    /// Leaves out arms of whose requests the operation has none by itself.
    pub(crate) universal: Option<&'s UniversalClaims>,
    /// Only patterns with this specificity.
    pub(crate) specificity: Option<&'s [Specificity]>,
    /// Only arms that no shape alone puts behind the template.
    pub(crate) are_stray: bool,
    /// Only arms of this weight or more.
    pub(crate) least: usize,
}

impl Rivals<'_> {
    fn includes(&self, template: &RoutedTemplate, shape: &PatternShape, heaviest: usize) -> bool {
        self.specificity
            .is_none_or(|specificity| *specificity == shape.specificity[..])
            && heaviest >= self.least
            && !(self.are_stray && is_behind(template, shape))
    }
}

impl<'a> IndexedArms<'a> {
    fn table(&mut self, positions: Vec<SegmentPosition>, facts: &ArmFacts<'a>) -> &ArmTable<'a> {
        let all = &self.all;
        self.tables
            .entry(positions)
            .or_insert_with_key(|positions| {
                let mut table = ArmTable::new();
                for weighted in all {
                    facts.add(*weighted, positions, &mut table);
                }
                table
            })
    }
}

/// Returns whether requests that a pattern of the shape shares with the template are the pattern's
/// own, as `Pattern::yields_to` has it.
fn is_behind(template: &RoutedTemplate, shape: &PatternShape) -> bool {
    let own = &template.shape;
    own.rest.is_none()
        && shape.is_plain
        && shape.specificity.len() == own.specificity.len()
        && shape.is_rooted
        && own.is_rooted
        && shape.specificity < own.specificity
}
