//! Arms by the literal segments of their patterns.
//!
//! In: arms, each with a weight. Out: those whose pattern may take a request of a template, and
//! those that may take all of them. Pure.
//! Patterns of one shape are looked up together: by the segments that have to be the template's
//! own. What is found has these segments, and the heaviest comes first, so whoever asks for one
//! looks at one, however many cross.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::claims::{Claim, Universal};
use super::pattern::{Kind, Pattern};
use super::shape::{self, PatternShape, Place, TemplateShape};
use super::{Arm, Destination};
use crate::openapi::HttpMethod;

/// An operation as it is looked up: its template, its method, and where its requests have to
/// arrive.
pub(crate) struct Asked {
    pub(crate) pattern: Pattern,
    pub(crate) shape: TemplateShape,
    pub(crate) method: HttpMethod,
    pub(crate) to: Destination,
}

impl Asked {
    pub(crate) fn new(pattern: Pattern, method: HttpMethod, to: Destination) -> Self {
        Self {
            shape: pattern.own_shape(),
            pattern,
            method,
            to,
        }
    }
}

/// What becomes of a search after an arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Further,
    /// No lighter arm of the same list.
    OtherList,
    End,
}

/// Arms that are found together.
type Group<'a> = (PatternShape, &'a BTreeSet<HttpMethod>);

/// Arms of one destination and with the same claims, the heaviest first, then the first.
type Lists = BTreeMap<(Destination, Claim), BTreeSet<(Reverse<usize>, usize)>>;

/// The members of a group by their segments at some places.
type Table<'a> = HashMap<Vec<&'a str>, Lists>;

#[derive(Default)]
struct Members<'a> {
    all: Vec<(usize, usize)>,
    heaviest: usize,
    tables: BTreeMap<Vec<Place>, Table<'a>>,
}

/// Arms by shape, and by the segments that were asked for.
pub(crate) struct Index<'a> {
    arms: Rc<[&'a Arm]>,
    segments: Vec<Vec<&'a str>>,
    claims: Vec<Claim>,
    groups: BTreeMap<Group<'a>, Members<'a>>,
}

impl<'a> Index<'a> {
    /// An index that knows the arms and has none of them yet.
    pub(crate) fn empty(arms: impl Iterator<Item = &'a Arm>, universal: &Universal) -> Self {
        let arms: Rc<[&Arm]> = arms.collect();
        Self {
            segments: arms.iter().map(|it| it.pattern.segments()).collect(),
            claims: arms
                .iter()
                .map(|it| universal.of(it.to, &it.pattern))
                .collect(),
            arms,
            groups: BTreeMap::new(),
        }
    }

    pub(crate) fn insert(&mut self, index: usize, weight: usize) {
        let arm = self.arms[index];
        let members = self
            .groups
            .entry((arm.pattern.shape(), &arm.methods))
            .or_default();
        members.all.push((index, weight));
        members.heaviest = members.heaviest.max(weight);
        for (places, table) in &mut members.tables {
            let key = shape::at(&self.segments[index], places);
            table
                .entry(key)
                .or_default()
                .entry((arm.to, self.claims[index]))
                .or_default()
                .insert((Reverse(weight), index));
        }
    }

    pub(crate) fn arms(&self) -> Rc<[&'a Arm]> {
        Rc::clone(&self.arms)
    }

    /// Arms of other destinations that may take requests of the operation, list by list.
    pub(crate) fn rivals(
        &mut self,
        asked: &Asked,
        search: Rivals<'_>,
        mut each: impl FnMut(usize, usize) -> Next,
    ) {
        let own = asked.pattern.own_segments();
        let (arms, segments, claims) = (&self.arms, &self.segments, &self.claims);
        for ((shape, methods), members) in &mut self.groups {
            let is_taken = methods.is_empty()
                || asked.method == HttpMethod::Any
                || methods.contains(&asked.method);
            let is_meant = search.kinds.is_none_or(|it| *it == shape.kinds[..]);
            if !is_taken
                || !is_meant
                || members.heaviest < search.least
                || (search.are_stray && is_behind(asked, shape))
            {
                continue;
            }
            let Some(places) = shape::shared(shape, &asked.shape) else {
                continue;
            };
            let key = shape::at(&own, &places);
            let Some(lists) = members.table(places, (arms, segments, claims)).get(&key) else {
                continue;
            };
            let universal = search
                .universal
                .filter(|_| asked.shape.can_be_claimed(shape.literal_start()));
            for ((to, claim), list) in lists {
                if *to == asked.to || universal.is_some_and(|it| it.holds(*claim, asked)) {
                    continue;
                }
                for (Reverse(weight), index) in list {
                    if *weight < search.least {
                        break;
                    }
                    match each(*index, *weight) {
                        Next::Further => {}
                        Next::OtherList => break,
                        Next::End => return,
                    }
                }
            }
        }
    }

    /// Arms of the destination whose patterns may take all requests of the template, list by list.
    pub(crate) fn takers(
        &mut self,
        template: (&Pattern, &TemplateShape),
        to: Destination,
        mut each: impl FnMut(usize, usize) -> Next,
    ) {
        let own = template.0.own_segments();
        let (arms, segments, claims) = (&self.arms, &self.segments, &self.claims);
        for ((shape, _), members) in &mut self.groups {
            let Some(places) = shape::covered(shape, template.1) else {
                continue;
            };
            let key = shape::at(&own, &places);
            let Some(lists) = members.table(places, (arms, segments, claims)).get(&key) else {
                continue;
            };
            let of_destination = (to, Claim::FIRST)..=(to, Claim::LAST);
            for (_, list) in lists.range(of_destination) {
                for (Reverse(weight), index) in list {
                    match each(*index, *weight) {
                        Next::Further => {}
                        Next::OtherList => break,
                        Next::End => return,
                    }
                }
            }
        }
    }

    /// The heaviest arm that takes all requests of an operation to where they have to arrive, and
    /// its weight.
    pub(crate) fn taker(&mut self, asked: &Asked) -> Option<(usize, usize)> {
        let mut found: Option<(usize, usize)> = None;
        let arms = self.arms();
        self.takers((&asked.pattern, &asked.shape), asked.to, |index, weight| {
            // Of arms with one weight, the first.
            if found.is_some_and(|(known, most)| (weight, Reverse(index)) <= (most, Reverse(known)))
            {
                return Next::OtherList;
            }
            let is_it =
                arms[index].takes_all(asked.method) && arms[index].pattern.covers(&asked.pattern);
            if is_it {
                found = Some((index, weight));
                return Next::OtherList;
            }
            Next::Further
        });
        found
    }
}

/// What is looked for among the arms that may take others' requests.
#[derive(Clone, Copy)]
pub(crate) struct Rivals<'s> {
    /// Leaves out arms of whose requests the operation has none by itself.
    pub(crate) universal: Option<&'s Universal>,
    /// Only patterns with these kinds of segments.
    pub(crate) kinds: Option<&'s [Kind]>,
    /// Only arms that no shape alone puts behind the template.
    pub(crate) are_stray: bool,
    /// Only arms of this weight or more.
    pub(crate) least: usize,
}

impl<'a> Members<'a> {
    fn table(
        &mut self,
        places: Vec<Place>,
        (arms, segments, claims): (&[&'a Arm], &[Vec<&'a str>], &[Claim]),
    ) -> &Table<'a> {
        let all = &self.all;
        self.tables.entry(places).or_insert_with_key(|places| {
            let mut table = Table::new();
            for (index, weight) in all {
                let lists = table
                    .entry(shape::at(&segments[*index], places))
                    .or_default();
                lists
                    .entry((arms[*index].to, claims[*index]))
                    .or_default()
                    .insert((Reverse(*weight), *index));
            }
            table
        })
    }
}

/// Whether requests that a pattern of the shape shares with the template are the pattern's own, as
/// `Pattern::yields_to` has it.
fn is_behind(asked: &Asked, shape: &PatternShape) -> bool {
    let is_aligned = asked.shape.rest.is_none()
        && shape.is_plain
        && shape.kinds.len() == asked.shape.kinds.len();
    is_aligned && shape.is_rooted && asked.shape.is_rooted && shape.kinds < asked.shape.kinds
}
