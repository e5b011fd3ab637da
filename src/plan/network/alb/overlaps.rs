//! Paths of different backends that only the text before them makes alike.
//!
//! In: operations that arrive at a listener. Out: pairs of which the first loses requests to the
//! second. Pure.
//! On the gateway `/{tenant}/orders` takes `/pre/orders`; on the balancer that is `/orders` of a
//! backend whose `path_prefix` is `/pre`.
//! The order of a literal before a variable has no meaning here: the two are no paths of one API.

use std::collections::{BTreeMap, BTreeSet};

use super::arrivals::ArrivingOperation;
use super::paths::before_own;
use crate::openapi::HttpMethod;
use crate::plan::network::listener_rules::Destination;
use crate::plan::paths::plain;
use crate::plan::segments::{SegmentIndex, SegmentPosition};

/// A number for the text before each operation's own path.
pub(crate) fn prefix_numbers(arrivals: &[ArrivingOperation<'_>]) -> Vec<usize> {
    let prefix = |arriving: &'_ ArrivingOperation<'_>| {
        let own = plain(&arriving.operation.path);
        before_own(&arriving.path, &own).map_or(0, str::len)
    };
    let texts: Vec<&str> = arrivals
        .iter()
        .map(|arriving| &arriving.path[..prefix(arriving)])
        .collect();
    let sorted: BTreeSet<&str> = texts.iter().copied().collect();
    let numbers: BTreeMap<&str, usize> = sorted.into_iter().zip(0..).collect();
    texts.into_iter().map(|text| numbers[text]).collect()
}

/// Indexes of operations, the one with the wider path first: for each wider one the first pair that
/// there is.
pub(crate) fn overlaps(
    arrivals: &[ArrivingOperation<'_>],
    prefixes: &[usize],
) -> Vec<(usize, usize)> {
    let mut served: Vec<usize> = (0..arrivals.len())
        .filter(|index| arrivals[*index].to != Destination::Nothing)
        .collect();
    let is_first = |index: &usize| prefixes[*index] == prefixes[served[0]];
    if served.iter().all(is_first) {
        return Vec::new();
    }
    served.sort_by_key(|index| prefixes[*index]);
    let paths: Vec<ArrivingPath<'_>> = served
        .into_iter()
        .map(|index| ArrivingPath::of(&arrivals[index], index, prefixes[index]))
        .collect();
    let mut by_form: PathsByForm<'_> = BTreeMap::new();
    for (at, path) in paths.iter().enumerate() {
        let of_form = by_form.entry(&path.forms).or_default();
        of_form.insert(path.segments.clone(), path.routing, at);
    }
    let mut found: Vec<(usize, usize)> = (0..paths.len())
        .filter_map(|lost| Some((lost, first_inside(&paths[lost], &mut by_form)?)))
        .collect();
    found.sort_by_key(|(lost, by)| (*lost.min(by), *lost.max(by)));
    found
        .into_iter()
        .map(|(lost, by)| (paths[lost].index, paths[by].index))
        .collect()
}

/// A path as it comes to the balancer.
struct ArrivingPath<'a> {
    /// Index among all that arrive.
    index: usize,
    routing: Routing,
    segments: Vec<&'a str>,
    forms: Vec<SegmentForm>,
}

/// Facts that decide whether two paths of one form can take each other's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Routing {
    /// Number of the text before the operation's own path.
    prefix: usize,
    to: Destination,
    method: HttpMethod,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SegmentForm {
    Empty,
    Literal,
    Open,
    Greedy,
}

impl SegmentForm {
    fn of(segment: &str) -> Self {
        match segment {
            "" => Self::Empty,
            text if text.ends_with("+}") => Self::Greedy,
            text if text.contains('{') => Self::Open,
            _ => Self::Literal,
        }
    }

    fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Greedy)
    }
}

impl<'a> ArrivingPath<'a> {
    fn of(arriving: &'a ArrivingOperation<'_>, index: usize, prefix: usize) -> Self {
        let segments: Vec<&str> = arriving.path.split('/').collect();
        Self {
            index,
            routing: Routing {
                prefix,
                to: arriving.to,
                method: arriving.operation.method,
            },
            forms: segments.iter().map(|text| SegmentForm::of(text)).collect(),
            segments,
        }
    }
}

/// Indexes of paths by their forms and segments.
type PathsByForm<'a> = BTreeMap<&'a [SegmentForm], SegmentIndex<'a, str, Routing, usize>>;

/// The first path of another prefix and destination that the wider one takes requests of.
fn first_inside(wider: &ArrivingPath<'_>, by_form: &mut PathsByForm<'_>) -> Option<usize> {
    let is_any = wider.routing.method == HttpMethod::Any;
    let is_inside = |routing: &Routing| {
        routing.prefix != wider.routing.prefix
            && routing.to != wider.routing.to
            && wider.routing.method.overlaps(routing.method)
    };
    let first_of_form = |(forms, paths): (&&[SegmentForm], &mut SegmentIndex<'_, str, _, _>)| {
        let positions = shared_if_wider(&wider.forms, forms, is_any)?;
        let lists = paths.lists(positions, &wider.segments)?.iter();
        let inside = lists.filter(|(routing, _)| is_inside(routing));
        inside.filter_map(|(_, list)| list.first().copied()).min()
    };
    by_form.iter_mut().filter_map(first_of_form).min()
}

/// The segments that have to be the same text where a path of the first form takes all that one of
/// the second does where they first differ; none where it does not, or where no request is of both.
/// Of one path, `ANY` takes more than a method.
fn shared_if_wider(
    first: &[SegmentForm],
    second: &[SegmentForm],
    first_is_any: bool,
) -> Option<Vec<SegmentPosition>> {
    let mut shared = Vec::new();
    let mut is_wider: Option<bool> = None;
    for at in 0.. {
        let (one, other) = match (first.get(at), second.get(at)) {
            (None, None) => break,
            (Some(one), Some(other)) => (*one, *other),
            (Some(_), None) | (None, Some(_)) => return None,
        };
        match (one.is_open(), other.is_open()) {
            (false, false) => shared.push(SegmentPosition::FromLeft(at)),
            (true, false) if other == SegmentForm::Empty => return None,
            (false, true) if one == SegmentForm::Empty => return None,
            (one, other) if one != other => is_wider = is_wider.or(Some(one)),
            _ => {}
        }
        if one == SegmentForm::Greedy || other == SegmentForm::Greedy {
            is_wider = is_wider.or(Some(one == SegmentForm::Greedy));
            break;
        }
    }
    is_wider.unwrap_or(first_is_any).then_some(shared)
}
