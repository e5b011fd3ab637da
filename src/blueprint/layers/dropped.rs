//! What a file takes away from the safeguards of the file that it extends: lists are replaced, and with them what stood there.
//!
//! In: `Layers`. Out: findings. Pure.
//! Routes that hide or protect, promises, throttles and doors that were closed: each loss is said at every render.

use serde_json::Value;

use super::{Layer, Layers};
use crate::blueprint::show::flow;
use crate::diagnostic::{DROPPED_SAFEGUARD, Diagnostic, Place};
use crate::source::pointer::child;

/// Fields of a route that can restrict.
const RESTRICTING: [&str; 5] = ["exposure", "auth", "scopes", "api_key", "throttle"];

/// Fields that restrict the whole API, and that a file can lift.
const SWITCHES: [&str; 3] = ["/stage/throttle", "/api/disable_execute_api", "/api/endpoint/allow_cidrs"];

/// Number of entries that one finding shows.
const MAX_SHOWN: usize = 3;

/// A file and the value that it is laid over.
struct Overlay<'a> {
    layer: &'a Layer,
    top: &'a Value,
    base: &'a Value,
    /// The files below, the nearest first.
    below: &'a [Layer],
}

/// Reports what each file drops of those below it.
///
/// Errors: GW2100 (a warning).
pub(in crate::blueprint) fn dropped(layers: &Layers) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut base = Value::Object(serde_json::Map::new());
    for (index, layer) in layers.files.iter().enumerate().rev() {
        let top = layers.rebased(layer);
        let overlay = Overlay { layer, top: &top, base: &base, below: &layers.files[index + 1..] };
        findings.extend(["routes", "expect"].into_iter().filter_map(|field| overlay.list(field)));
        findings.extend(overlay.switches());
        super::merge(&mut base, top, "");
    }
    findings
}

impl Overlay<'_> {
    /// A list of routes or promises that takes the place of another.
    fn list(&self, field: &str) -> Option<Diagnostic> {
        let list = |of: &'_ Value| of.get(field).and_then(Value::as_array).cloned();
        let (base, top) = (list(self.base)?, list(self.top)?);
        let is_safeguard = |it: &Value| field == "expect" || RESTRICTING.iter().any(|field| restricts(it, field));
        let is_kept = |it: &Value| top.iter().any(|other| keeps(other, it));
        let lost: Vec<(usize, &Value)> = base.iter().enumerate().filter(|(_, it)| is_safeguard(it) && !is_kept(it)).collect();
        let (first, _) = lost.first()?;
        let at = child("", field);
        let shown: Vec<String> = lost.iter().take(MAX_SHOWN).map(|(_, it)| format!("`{}`", flow(it))).collect();
        let more = if lost.len() > MAX_SHOWN { format!(" and {} more", lost.len() - MAX_SHOWN) } else { String::new() };
        let what = if field == "expect" { "promise" } else { "restriction" };
        let base = self.holder(&at);
        let finding =
            DROPPED_SAFEGUARD.at(Place::pointer(&self.layer.display, at.clone())).also(Place::pointer(&base.display, child(&at, first)));
        Some(
            finding
                .message(format_args!(
                    "`{field}` replaces the list of `{}` that this file extends, and drops its {what} {}{more}",
                    base.display,
                    shown.join(", ")
                ))
                .help(format_args!("repeat the entry here, or remove `{field}` from this file to keep the list of `{}`", base.display)),
        )
    }

    /// Throttles that are switched off, and doors that are opened.
    fn switches(&self) -> Vec<Diagnostic> {
        let lifted = SWITCHES.into_iter().filter(|at| {
            let (base, top) = (self.base.pointer(at), self.top.pointer(at));
            base.zip(top).is_some_and(|(base, top)| is_closed(base) && !is_closed(top))
        });
        lifted
            .map(|at| {
                let base = self.holder(at);
                let name = at.trim_start_matches('/').replace('/', ".");
                DROPPED_SAFEGUARD
                    .at(Place::pointer(&self.layer.display, at))
                    .also(Place::pointer(&base.display, at))
                    .message(format_args!("`{name}` drops the restriction of `{}` that this file extends", base.display))
                    .help("remove the line to keep what the base says, if it is not meant")
            })
            .collect()
    }

    /// The nearest file below that holds a pointer.
    fn holder(&self, at: &str) -> &Layer {
        self.below.iter().find(|it| it.tree.written.pointer(at).is_some()).unwrap_or(self.layer)
    }
}

/// Whether a switch restricts: a throttle with rates, `true`, a list of ranges.
fn is_closed(value: &Value) -> bool {
    value.is_object() || *value == Value::Bool(true) || value.as_array().is_some_and(|it| !it.is_empty())
}

/// Whether a field of a route keeps callers out, or slows them down.
fn restricts(route: &Value, field: &str) -> bool {
    match (field, route.get(field)) {
        (_, None) => false,
        ("exposure", Some(it)) => *it != "public",
        ("auth", Some(it)) => *it != "none",
        ("scopes", Some(it)) => it.as_array().is_none_or(|it| !it.is_empty()),
        ("throttle", Some(it)) => it.is_object(),
        (_, Some(it)) => *it != Value::Bool(false),
    }
}

/// Whether an entry says for the same `match` all that another one restricts or promises.
fn keeps(entry: &Value, of: &Value) -> bool {
    let fields = || RESTRICTING.iter().filter(|field| of.get(**field).is_some());
    entry.get("match") == of.get("match") && fields().all(|field| entry.get(field) == of.get(field))
}
