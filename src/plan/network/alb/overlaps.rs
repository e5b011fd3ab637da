//! Paths of different backends that only what stands before them makes alike.
//!
//! In: what comes to a listener. Out: pairs of which the first loses requests to the second. Pure.
//! On the gateway `/{tenant}/orders` takes `/pre/orders`; on the balancer that is `/orders` of a
//! backend whose `path_prefix` is `/pre`.
//! That a literal comes before a variable says nothing here: the two are no paths of one API.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rules::Arriving;
use crate::openapi::HttpMethod;
use crate::plan::network::listener_rules::Destination;
use crate::plan::paths::plain;
use crate::plan::routes::tree::meets;

/// A number for what stands before each operation's own path.
pub(crate) fn frames(arriving: &[Arriving<'_>]) -> Vec<usize> {
    let texts: Vec<&str> = arriving
        .iter()
        .map(|it| before(&it.path, &plain(&it.operation.path)).unwrap_or_default())
        .collect();
    let sorted: BTreeSet<&str> = texts.iter().copied().collect();
    let numbers: BTreeMap<&str, usize> = sorted.into_iter().zip(0..).collect();
    texts.into_iter().map(|it| numbers[it]).collect()
}

/// Indexes of operations, the one with the wider path first: for each wider one the first pair that
/// there is.
pub(crate) fn overlaps(arriving: &[Arriving<'_>], frames: &[usize]) -> Vec<(usize, usize)> {
    let mut served: Vec<usize> = (0..arriving.len())
        .filter(|it| arriving[*it].to != Destination::Nothing)
        .collect();
    if served.iter().all(|it| frames[*it] == frames[served[0]]) {
        return Vec::new();
    }
    served.sort_by_key(|it| frames[*it]);
    let paths: Vec<Path<'_>> = served
        .into_iter()
        .map(|it| Path::of(&arriving[it], (it, frames[it])))
        .collect();
    let mut by_segments = BySegments::new(&paths);
    let mut found: Vec<(usize, usize)> = (0..paths.len())
        .filter_map(|lost| Some((lost, by_segments.first_inside(&paths[lost])?)))
        .collect();
    found.sort_by_key(|(lost, by)| (*lost.min(by), *lost.max(by)));
    found
        .into_iter()
        .map(|(lost, by)| (paths[lost].index, paths[by].index))
        .collect()
}

/// A path as it comes to the balancer.
struct Path<'a> {
    /// Among all that arrive.
    index: usize,
    tag: Tag,
    segments: Vec<&'a str>,
    shape: Vec<Segment>,
}

/// What decides whether two paths of one shape can be in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tag {
    /// What stands before the operation's own path, by number.
    group: usize,
    to: Destination,
    method: HttpMethod,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Empty,
    Literal,
    Open,
    Greedy,
}

impl<'a> Path<'a> {
    fn of(arriving: &'a Arriving<'_>, (index, group): (usize, usize)) -> Self {
        let segments: Vec<&str> = arriving.path.split('/').collect();
        let kind = |it: &&str| match *it {
            "" => Segment::Empty,
            it if it.ends_with("+}") => Segment::Greedy,
            it if it.contains('{') => Segment::Open,
            _ => Segment::Literal,
        };
        let shape = segments.iter().map(kind).collect();
        Self {
            index,
            tag: Tag {
                group,
                to: arriving.to,
                method: arriving.operation.method,
            },
            segments,
            shape,
        }
    }
}

/// Paths by their shapes, and by the segments that were asked for.
struct BySegments<'p, 'a> {
    paths: &'p [Path<'a>],
    shapes: BTreeMap<&'p [Segment], Members<'a>>,
}

/// Paths of one tag, in order.
type Lists = BTreeMap<Tag, Vec<usize>>;

#[derive(Default)]
struct Members<'a> {
    all: Vec<usize>,
    tables: HashMap<Vec<usize>, HashMap<Vec<&'a str>, Lists>>,
}

impl<'p, 'a> BySegments<'p, 'a> {
    fn new(paths: &'p [Path<'a>]) -> Self {
        let mut shapes: BTreeMap<&[Segment], Members<'_>> = BTreeMap::new();
        paths
            .iter()
            .enumerate()
            .for_each(|(at, it)| shapes.entry(&it.shape).or_default().all.push(at));
        Self { paths, shapes }
    }

    /// The first path of another group and destination that the wider one takes requests of.
    fn first_inside(&mut self, wider: &Path<'a>) -> Option<usize> {
        let mut first: Option<usize> = None;
        for (shape, members) in &mut self.shapes {
            let is_any = wider.tag.method == HttpMethod::Any;
            let Some(places) = shared_if_wider(&wider.shape, shape, is_any) else {
                continue;
            };
            let texts = |path: &Path<'a>, places: &[usize]| {
                places
                    .iter()
                    .map(|it| path.segments[*it])
                    .collect::<Vec<&str>>()
            };
            let key = texts(wider, &places);
            let (all, paths) = (&members.all, self.paths);
            let table = members.tables.entry(places).or_insert_with_key(|places| {
                let mut table: HashMap<Vec<&str>, Lists> = HashMap::new();
                for at in all {
                    table
                        .entry(texts(&paths[*at], places))
                        .or_default()
                        .entry(paths[*at].tag)
                        .or_default()
                        .push(*at);
                }
                table
            });
            let is_inside = |tag: &Tag| {
                tag.group != wider.tag.group
                    && tag.to != wider.tag.to
                    && meets(wider.tag.method, tag.method)
            };
            let lists = table
                .get(&key)
                .into_iter()
                .flatten()
                .filter(|(tag, _)| is_inside(tag));
            first = lists
                .filter_map(|(_, list)| list.first().copied())
                .chain(first)
                .min();
        }
        first
    }
}

/// What stands before the operation's own path; none where the path is shorter than that.
pub(crate) fn before<'a>(path: &'a str, own: &str) -> Option<&'a str> {
    let own = own.trim_matches('/');
    let own = if own.is_empty() {
        0
    } else {
        own.split('/').count()
    };
    (0..own).try_fold(path.trim_end_matches('/'), |before, _| {
        before.rfind('/').map(|at| &before[..at])
    })
}

/// The segments that have to be the same text where a path of the first shape takes all that one of
/// the second does where they first differ; none where it does not, or where no request is of both.
/// Of one path, `ANY` takes more than a method.
fn shared_if_wider(
    first: &[Segment],
    second: &[Segment],
    first_is_any: bool,
) -> Option<Vec<usize>> {
    let is_open = |it: &Segment| matches!(it, Segment::Open | Segment::Greedy);
    let mut shared = Vec::new();
    let mut is_wider: Option<bool> = None;
    for at in 0.. {
        match (first.get(at), second.get(at)) {
            (None, None) => break,
            (Some(one), Some(other)) => {
                match (is_open(one), is_open(other)) {
                    (false, false) => shared.push(at),
                    (true, false) if *other == Segment::Empty => return None,
                    (false, true) if *one == Segment::Empty => return None,
                    (one, other) if one != other => is_wider = is_wider.or(Some(one)),
                    _ => {}
                }
                if *one == Segment::Greedy || *other == Segment::Greedy {
                    is_wider = is_wider.or(Some(*one == Segment::Greedy));
                    break;
                }
            }
            (Some(_), None) | (None, Some(_)) => return None,
        }
    }
    is_wider.unwrap_or(first_is_any).then_some(shared)
}
