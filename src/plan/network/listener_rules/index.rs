//! Arms by the literal segments of their patterns.
//!
//! In: arms, each with a weight. Out: those whose pattern may take a request of a template, and
//! those that may take all of them. Pure.
//! Patterns of one shape are looked up together: by the segments that have to be the template's
//! own. All that is found has these segments, and the heaviest comes first, so that a search for
//! one looks at one, however many cross.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Destination;
use super::arm::{Arm, RoutedTemplate};
use super::pattern::Pattern;
use super::shape::{self, PatternShape, Specificity, TemplateShape};
use super::universal::{Claim, UniversalClaims};
use crate::openapi::HttpMethod;
use crate::plan::segments::SegmentIndex;

/// An arm with its weight.
#[derive(Clone, Copy)]
pub(crate) struct WeightedArm<'a> {
    pub(crate) arm: &'a Arm,
    pub(crate) index: usize,
    pub(crate) weight: usize,
}

/// Weight and index of an arm: the heaviest first, then the first.
type ArmEntry = (Reverse<usize>, usize);

/// Arms of one shape and list of methods; those with one destination and the same claims share a
/// list.
#[derive(Default)]
struct ArmGroup<'a> {
    heaviest: usize,
    arms: SegmentIndex<'a, str, (Destination, Claim), ArmEntry>,
}

/// Arms by shape, methods and segments.
pub(crate) struct ArmIndex<'a> {
    arms: &'a [Arm],
    universal: &'a UniversalClaims,
    groups: BTreeMap<(PatternShape, &'a BTreeSet<HttpMethod>), ArmGroup<'a>>,
}

impl<'a> ArmIndex<'a> {
    /// An index of arms that has none of them yet.
    pub(crate) fn empty(arms: &'a [Arm], universal: &'a UniversalClaims) -> Self {
        Self {
            arms,
            universal,
            groups: BTreeMap::new(),
        }
    }

    pub(crate) fn insert(&mut self, index: usize, weight: usize) {
        let arm = &self.arms[index];
        let group = self.groups.entry((arm.pattern.shape(), &arm.methods));
        let group = group.or_default();
        group.heaviest = group.heaviest.max(weight);
        let claim = self.universal.of(arm.to, &arm.pattern);
        let entry = (Reverse(weight), index);
        group
            .arms
            .insert(arm.pattern.segments(), (arm.to, claim), entry);
    }

    /// Lists of arms of this weight or more that have other destinations and may take requests of
    /// the operation.
    pub(crate) fn rivals<'m>(
        &'m mut self,
        template: &'m RoutedTemplate,
        rivals: Rivals<'m>,
        least: usize,
    ) -> impl Iterator<Item = impl Iterator<Item = WeightedArm<'a>>> {
        let (arms, universal) = (self.arms, self.universal);
        let own = template.pattern.own_segments();
        let groups = self.groups.iter_mut();
        let lists = groups.filter_map(move |((shape, methods), group)| {
            let is_taken = methods.is_empty()
                || template.method == HttpMethod::Any
                || methods.contains(&template.method);
            if !is_taken || group.heaviest < least || !rivals.include(template, shape) {
                return None;
            }
            let positions = shape::shared(shape, &template.shape)?;
            let lists = group.arms.lists(positions, &own)?;
            let can_be_claimed = !matches!(rivals, Rivals::OfSpecificity(_))
                && template.shape.can_be_claimed(shape.literal_start());
            Some(lists.iter().filter(move |((to, claim), _)| {
                *to != template.to && !(can_be_claimed && universal.holds(*claim, template))
            }))
        });
        lists.flatten().map(move |(_, list)| {
            weighted(arms, list).take_while(move |rival| rival.weight >= least)
        })
    }

    /// Lists of arms of the destination whose patterns may take all requests of the template.
    pub(crate) fn takers<'m>(
        &'m mut self,
        template: &'m Pattern,
        template_shape: &'m TemplateShape,
        to: Destination,
    ) -> impl Iterator<Item = impl Iterator<Item = WeightedArm<'a>>> {
        let arms = self.arms;
        let own = template.own_segments();
        let groups = self.groups.iter_mut();
        let lists = groups.filter_map(move |((shape, _), group)| {
            let positions = shape::covered(shape, template_shape)?;
            let lists = group.arms.lists(positions, &own)?;
            Some(lists.range((to, Claim::FIRST)..=(to, Claim::LAST)))
        });
        lists.flatten().map(move |(_, list)| weighted(arms, list))
    }

    /// The heaviest arm that takes all requests of an operation to their destination; of arms with
    /// one weight, the first.
    pub(crate) fn taker(&mut self, template: &RoutedTemplate) -> Option<WeightedArm<'a>> {
        let mut heaviest: Option<WeightedArm<'_>> = None;
        let rank = |found: &WeightedArm<'_>| (found.weight, Reverse(found.index));
        for list in self.takers(&template.pattern, &template.shape, template.to) {
            let found = list
                .take_while(|found| heaviest.is_none_or(|known| rank(found) > rank(&known)))
                .find(|found| {
                    found.arm.takes_all(template.method)
                        && found.arm.pattern.covers(&template.pattern)
                });
            heaviest = found.or(heaviest);
        }
        heaviest
    }
}

fn weighted<'a>(
    arms: &'a [Arm],
    list: &BTreeSet<ArmEntry>,
) -> impl Iterator<Item = WeightedArm<'a>> {
    list.iter().map(|(Reverse(weight), index)| WeightedArm {
        arm: &arms[*index],
        index: *index,
        weight: *weight,
    })
}

/// Kinds of arms that may take others' requests.
#[derive(Clone, Copy)]
pub(crate) enum Rivals<'s> {
    /// Arms that take requests of the operation which none of their neighbours claims.
    Unclaimed,
    /// Of these, those that no shape alone puts behind the template.
    Stray,
    /// All whose pattern has this specificity.
    OfSpecificity(&'s [Specificity]),
}

impl Rivals<'_> {
    fn include(self, template: &RoutedTemplate, shape: &PatternShape) -> bool {
        match self {
            Self::Unclaimed => true,
            Self::Stray => !is_behind(template, shape),
            Self::OfSpecificity(specificity) => *specificity == shape.specificity[..],
        }
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
