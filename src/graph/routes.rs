//! Routes, alone or in groups.
//! In: operations of a plan. Out: boxes. Pure.
//! Up to twelve routes have a box each, up to sixty one by first segment, more one by backend: in
//! each case those that are open, protected, internal and hidden apart.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Change, GraphBox, GraphChanges, MAX_BACKENDS, Outline};
use crate::listing::{ExposureColumn, RouteRow};
use crate::plan::{Plan, Segment, names};
use crate::printed;

const MAX_ROUTES: usize = 12;
const MAX_ROUTES_BY_SEGMENT: usize = 60;

/// Backends that a box names.
const MAX_NAMES: usize = 2;

/// A route of either state.
pub(super) struct DrawnRoute<'a> {
    row: RouteRow<'a>,
    outline: Outline,
    change: Option<Change>,
    /// Private callers reach it.
    pub(super) is_private: bool,
}

impl<'a> DrawnRoute<'a> {
    fn of(row: RouteRow<'a>, change: Option<Change>) -> Self {
        let outline = match row.exposure {
            ExposureColumn::Public if row.is_open() => Outline::Open,
            ExposureColumn::Public => Outline::Protected,
            ExposureColumn::Internal => Outline::Internal,
            ExposureColumn::Hidden => Outline::Hidden,
            ExposureColumn::Closed => Outline::Closed,
        };
        Self {
            is_private: row.private.is_some(),
            row,
            outline,
            change,
        }
    }

    /// The path on the gateway where there is one.
    fn path(&self) -> Cow<'_, str> {
        match &self.row.url {
            Some(url) => url.to_string().into(),
            None => Cow::Borrowed(&self.row.path),
        }
    }

    fn first_segment(&self) -> Cow<'_, str> {
        match self.row.requested.map(|path| path.first()) {
            Some(Some(Segment::Literal(text))) => Cow::Borrowed(text),
            Some(Some(Segment::Variable(name))) => format!("{{{name}}}").into(),
            Some(Some(Segment::Rest(name))) => format!("{{{name}+}}").into(),
            Some(None) => Cow::Borrowed(""),
            None => {
                let path = self.row.path.trim_start_matches('/');
                Cow::Borrowed(path.split('/').next().unwrap_or(path))
            }
        }
    }

    fn backend(&self) -> Option<&'a Arc<str>> {
        self.row.servers.map(|backend| &*backend.name)
    }

    /// Method and path, as a label.
    fn label(&self) -> String {
        let method = self.row.method.to_lowercase();
        let label = match self.row.requested {
            Some(path) => names::label(&method, path),
            None => format!("{method}__{}", names::literal(&self.row.path)),
        };
        match self.outline.is_called() && self.change != Some(Change::Removed) {
            true => label,
            // An operation that is not public may have the template of one that is.
            false => format!("{}__{label}", self.outline.word()),
        }
    }
}

/// All routes of the plan, and those that are removed of the one before.
pub(super) fn all<'a>(
    plan: &'a Plan,
    changes: &GraphChanges,
    before: Option<&'a Plan>,
) -> Vec<DrawnRoute<'a>> {
    let change = |row: &RouteRow<'_>| {
        let is_unchanged = changes.routes.is_empty();
        (!is_unchanged)
            .then(|| changes.routes.get(&(row.path.as_ref().into(), row.method)))
            .flatten()
            .copied()
    };
    let operations = plan.operations.iter();
    let rows = operations.map(|operation| RouteRow::of(plan, operation));
    let closed = plan.closed.routes.iter();
    let rows = rows.chain(closed.map(|route| RouteRow::closed(plan, route)));
    let now = rows.map(|row| {
        let of_row = change(&row).filter(|change| *change != Change::Removed);
        DrawnRoute::of(row, of_row)
    });
    let gone = before.into_iter().flat_map(|before| {
        let operations = before.operations.iter();
        operations.map(|operation| RouteRow::of(before, operation))
    });
    let gone = gone.filter(|row| change(row) == Some(Change::Removed));
    let gone = gone.map(|row| DrawnRoute::of(row, Some(Change::Removed)));
    now.chain(gone).collect()
}

/// The counts of all routes, in words; those that are removed by themselves.
pub(super) fn summary(routes: &[DrawnRoute<'_>]) -> String {
    let is_there = |route: &&DrawnRoute<'_>| route.change != Some(Change::Removed);
    let count = |outline: Outline| {
        let there = routes.iter().filter(is_there);
        counted(
            there.filter(|route| route.outline == outline).count(),
            outline.word(),
        )
    };
    let outlines = [
        Outline::Protected,
        Outline::Open,
        Outline::Internal,
        Outline::Hidden,
        Outline::Closed,
    ];
    let counts: Vec<String> = outlines.into_iter().filter_map(count).collect();
    let changes = changes(routes.iter());
    let changes = changes.map_or_else(String::new, |(_, text)| format!("; {text}"));
    let there = routes_of(routes.iter().filter(is_there).count());
    format!("{there}: {}{changes}", counts.join(", "))
}

/// The greatest change of some routes, and the counts of all.
fn changes<'r, 'a: 'r>(
    routes: impl Iterator<Item = &'r DrawnRoute<'a>> + Clone,
) -> Option<(Change, String)> {
    let count = |change| {
        let of_change = routes.clone().filter(|route| route.change == Some(change));
        Some((change, counted(of_change.count(), change.word())?))
    };
    let counts: Vec<(Change, String)> = Change::ALL.into_iter().filter_map(count).collect();
    let texts: Vec<&str> = counts.iter().map(|(_, text)| &**text).collect();
    Some((counts.first()?.0, texts.join("; ")))
}

fn routes_of(count: usize) -> String {
    match count {
        1 => "1 route".to_owned(),
        _ => format!("{count} routes"),
    }
}

fn counted(count: usize, word: &str) -> Option<String> {
    (count > 0).then(|| format!("{count} {word}"))
}

/// Key of a group; an open box comes first, since it is looked at first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RouteGroupKey<'a> {
    /// What is over the number of boxes comes last.
    is_rest: bool,
    is_uncalled: bool,
    name: Cow<'a, str>,
    outline: Outline,
}

pub(super) fn boxes(routes: &[DrawnRoute<'_>]) -> Vec<GraphBox> {
    let mut boxes: Vec<GraphBox> = if routes.len() <= MAX_ROUTES {
        routes.iter().map(alone).collect()
    } else {
        let by_segment = routes.len() <= MAX_ROUTES_BY_SEGMENT;
        let groups = groups(routes, by_segment);
        let groups = groups.into_iter();
        groups
            .map(|(key, group)| grouped(&key, &group, by_segment))
            .collect()
    };
    boxes.sort_by_key(|one| !one.outline.is_called());
    let mut seen = BTreeMap::<String, usize>::new();
    for one in &mut boxes {
        let count = seen.entry(one.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            one.id = format!("{}--{count}", one.id);
        }
    }
    boxes
}

fn groups<'r, 'a>(
    routes: &'r [DrawnRoute<'a>],
    by_segment: bool,
) -> BTreeMap<RouteGroupKey<'r>, Vec<&'r DrawnRoute<'a>>> {
    let name = |route: &'r DrawnRoute<'a>| match by_segment {
        true => route.first_segment(),
        false => Cow::Borrowed(route.backend().map_or("", |name| &**name)),
    };
    let names: BTreeSet<Cow<'r, str>> = routes.iter().map(name).collect();
    // Each name may have a box for each of the five outlines.
    let last = names.into_iter().nth(MAX_BACKENDS);
    let mut groups: BTreeMap<RouteGroupKey<'r>, Vec<&'r DrawnRoute<'a>>> = BTreeMap::new();
    for route in routes {
        let name = name(route);
        let is_rest = !by_segment && last.as_ref().is_some_and(|last| name >= *last);
        let key = RouteGroupKey {
            is_rest,
            is_uncalled: !route.outline.is_called(),
            name: if is_rest { Cow::Borrowed("") } else { name },
            outline: route.outline,
        };
        groups.entry(key).or_default().push(route);
    }
    groups
}

/// The box of one route.
fn alone(route: &DrawnRoute<'_>) -> GraphBox {
    let row = &route.row;
    let word = match (route.outline, row.auth, row.api_key) {
        (Outline::Open, _, true) => "open, with an API key".to_owned(),
        (Outline::Protected, Some(auth), true) => format!("protected by {auth}, API key"),
        (Outline::Protected, Some(auth), false) => format!("protected by {auth}"),
        (Outline::Internal, ..) if route.is_private => "internal, at the balancer".to_owned(),
        (Outline::Closed, ..) => "closed, answers 404".to_owned(),
        (outline, ..) => outline.word().to_owned(),
    };
    let backends: Vec<Arc<str>> = route.backend().into_iter().cloned().collect();
    GraphBox {
        id: route.label(),
        name: shown(&format!("{} {}", row.method, route.path())),
        details: vec![format!("{word}, {}", led(&backends))],
        outline: route.outline,
        cached: row.cached.map(|cache| format!("cached {} s", cache.ttl_s)),
        throttled: row
            .throttle
            .map(|throttle| format!("throttled {}/s", throttle.rate)),
        change: route
            .change
            .map(|change| (change, change.word().to_owned())),
        backends,
        is_direct: false,
        is_idle: false,
    }
}

/// The box of several routes.
fn grouped(key: &RouteGroupKey<'_>, group: &[&DrawnRoute<'_>], by_segment: bool) -> GraphBox {
    let outline = key.outline;
    let backends: BTreeSet<&Arc<str>> = group.iter().filter_map(|route| route.backend()).collect();
    let backends: Vec<Arc<str>> = backends.into_iter().cloned().collect();
    let (kind, name) = match (by_segment, key.is_rest, &*key.name) {
        (true, ..) => ("path", format!("/{}", key.name)),
        (false, true, _) => ("rest", format!("{} more backends", backends.len())),
        (false, false, "") => ("none", "no backend".to_owned()),
        (false, false, name) => ("backend", format!("backend {name}")),
    };
    let count =
        |is: &dyn Fn(&DrawnRoute<'_>) -> bool| group.iter().filter(|route| is(route)).count();
    let cached = count(&|route| route.row.cached.is_some());
    let throttled = count(&|route| route.row.throttle.is_some());
    let mut detail = format!("{}, {}", routes_of(group.len()), outline.word());
    if by_segment {
        detail = format!("{detail}, {}", led(&backends));
    }
    GraphBox {
        id: format!("{kind}__{}__{}", names::literal(&key.name), outline.word()),
        name: shown(&name),
        details: vec![detail],
        outline,
        cached: counted(cached, "cached"),
        throttled: counted(throttled, "throttled"),
        change: changes(group.iter().copied()),
        backends,
        is_direct: false,
        is_idle: false,
    }
}

/// Where requests go.
fn led(backends: &[Arc<str>]) -> String {
    match backends {
        [] => "to no backend".to_owned(),
        all if all.len() <= MAX_NAMES => format!("to {}", shown(&all.join(", "))),
        all => {
            let first = all[..MAX_NAMES].join(", ");
            format!("to {} and {} more", shown(&first), all.len() - MAX_NAMES)
        }
    }
}

/// A text of a description, without what cannot be seen.
fn shown(text: &str) -> String {
    printed::line(text).into_owned()
}
