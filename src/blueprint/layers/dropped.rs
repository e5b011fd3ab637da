//! Safeguards that a file drops from the file that it extends: it replaces lists and removes keys,
//! with all that they contained.
//! In: `Layers`. Out: findings. Pure.

use serde_json::Value;

use super::{Layer, Layers};
use crate::blueprint::yaml::flow;
use crate::diagnostic::{DROPPED_SAFEGUARD, Diagnostic, Place};
use crate::source::pointer::child;

/// Fields of a route that can restrict.
const RESTRICTING: [&str; 5] = ["exposure", "auth", "scopes", "api_key", "throttle"];

/// Fields that restrict the whole API, and that a file can lift.
const SWITCHES: [&str; 9] = [
    "/stage/throttle",
    "/api/disable_execute_api",
    "/api/endpoint/allow_cidrs",
    "/api/endpoint/type",
    "/api/endpoint/access_mode",
    "/api/policy",
    "/api/waf",
    "/api/domain/mutual_tls",
    "/alb/auth",
];

/// Fields of a usage plan that restrict the holders of its keys.
const OF_USAGE_PLANS: [&str; 3] = ["throttle", "quota", "routes"];

/// Number of entries that one finding shows.
const MAX_SHOWN: usize = 3;

/// A file, the value that it is laid over, and what comes of it.
struct Overlay<'a> {
    layer: &'a Layer,
    base: &'a Value,
    merged: &'a Value,
    /// The files below, the nearest first.
    below: &'a [Layer],
}

/// Reports what each file drops of those below it.
///
/// Errors: GW2100 (a warning).
pub(crate) fn dropped(layers: &Layers) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut base = Value::Object(serde_json::Map::new());
    for (index, layer) in layers.files.iter().enumerate().rev() {
        let mut merged = base.clone();
        // `null` that removes nothing is reported where the blueprint gets its types.
        super::merge::merge(&mut merged, layers.rebased(layer), "", &mut Vec::new());
        let overlay = Overlay {
            layer,
            base: &base,
            merged: &merged,
            below: &layers.files[index + 1..],
        };
        findings.extend(
            ["routes", "expect"]
                .into_iter()
                .filter_map(|field| overlay.list(field)),
        );
        findings.extend(overlay.switches());
        findings.extend(overlay.denials());
        base = merged;
    }
    findings
}

impl Overlay<'_> {
    /// A list of routes or promises that takes the place of another, or is removed.
    fn list(&self, field: &str) -> Option<Diagnostic> {
        let list = |of: &'_ Value| of.get(field).and_then(Value::as_array).cloned();
        let (base, top) = (list(self.base)?, list(self.merged).unwrap_or_default());
        let is_safeguard = |entry: &Value| {
            field == "expect" || RESTRICTING.iter().any(|field| restricts(entry, field))
        };
        let is_kept = |entry: &Value| top.iter().any(|other| keeps(other, entry));
        let lost: Vec<(usize, &Value)> = base
            .iter()
            .enumerate()
            .filter(|(_, entry)| is_safeguard(entry) && !is_kept(entry))
            .collect();
        let (first, _) = lost.first()?;
        let at = child("", field);
        let shown = lost.iter().take(MAX_SHOWN);
        let shown: Vec<String> = shown
            .map(|(_, entry)| format!("`{}`", flow(entry)))
            .collect();
        let more = match lost.len().saturating_sub(MAX_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let what = match field {
            "expect" => "promise",
            _ => "restriction",
        };
        let base = self.holder(&at);
        let verb = match self.merged.get(field) {
            Some(_) => "replaces",
            None => "removes",
        };
        let finding = DROPPED_SAFEGUARD
            .at(Place::pointer(&self.layer.display, at.clone()))
            .also(Place::pointer(&base.display, child(&at, first)));
        Some(
            finding
                .message(format_args!(
                    "`{field}` {verb} the list of `{}` that this file extends, and drops its {what} {}{more}",
                    base.display,
                    shown.join(", ")
                ))
                .help(format_args!("repeat the entry here, or remove `{field}` from this file to keep the list of `{}`", base.display)),
        )
    }

    /// Throttles that are switched off, doors that are opened, and callers who need a key alone.
    fn switches(&self) -> Vec<Diagnostic> {
        // A plan that is gone takes its keys with it.
        let names = |field: &str| {
            let members = self.merged.get(field).and_then(Value::as_object);
            members.into_iter().flat_map(serde_json::Map::keys)
        };
        let of_plans = names("usage_plans").flat_map(|name| {
            OF_USAGE_PLANS.map(|field| child(&child("/usage_plans", name), field))
        });
        let lifted = SWITCHES
            .into_iter()
            .map(str::to_owned)
            .chain(of_plans)
            .filter(|at| {
                let (base, merged) = (self.base.pointer(at), self.merged.pointer(at));
                base.is_some_and(is_closed) && !merged.is_some_and(is_closed)
            });
        // A scheme without an entry, or an ignored one, is reported for each operation.
        let schemes = names("auth").map(|name| child("/auth", name));
        let keys_alone = schemes.filter(|at| {
            let (base, merged) = (self.base.pointer(at), self.merged.pointer(at));
            merged.is_some_and(|scheme| scheme == "api-key")
                && base.is_some_and(|scheme| scheme != "api-key" && scheme != "ignore")
        });
        lifted
            .chain(keys_alone)
            .map(|at| {
                let at = at.as_str();
                let base = self.holder(at);
                let name = at.trim_start_matches('/').replace('/', ".");
                DROPPED_SAFEGUARD
                    .at(Place::pointer(&self.layer.display, self.written(at)))
                    .also(Place::pointer(&base.display, at))
                    .message(format_args!(
                        "`{name}` drops the restriction of `{}` that this file extends",
                        base.display
                    ))
                    .help("remove the line to keep what the base says, if it is not meant")
            })
            .collect()
    }

    /// Codes that the base makes errors, and that are errors no longer: they are not denied here,
    /// or allowed.
    fn denials(&self) -> Option<Diagnostic> {
        let listed = |at: &str| {
            [self.merged, self.base].map(|of| {
                let list = of.pointer(at).and_then(Value::as_array);
                list.cloned().unwrap_or_default()
            })
        };
        let [denied, was_denied] = listed("/lint/deny");
        let [allowed, was_allowed] = listed("/lint/allow");
        let newly_allowed = |code: &Value| {
            allowed.iter().any(|allowance| {
                allowance.get("code") == Some(code) && !was_allowed.contains(allowance)
            })
        };
        let lost: Vec<&Value> = was_denied
            .iter()
            .filter(|code| !denied.contains(code) || newly_allowed(code))
            .collect();
        let codes = lost.iter().filter_map(|code| code.as_str());
        let codes: Vec<String> = codes.map(|code| format!("`{code}`")).collect();
        let codes = codes.join(", ");
        let at = if denied.contains(lost.first()?) {
            "/lint/allow"
        } else {
            "/lint/deny"
        };
        let base = self.holder("/lint/deny");
        Some(
            DROPPED_SAFEGUARD
                .at(Place::pointer(&self.layer.display, self.written(at)))
                .also(Place::pointer(&base.display, "/lint/deny"))
                .message(format_args!("`lint` makes no errors of {codes}, which `{}` that this file extends denies", base.display))
                .help("repeat the codes in `lint.deny` here, and allow none of them, if it is not meant"),
        )
    }

    /// Returns the part of a pointer that is in the file, which may remove a mapping above the
    /// value.
    fn written<'p>(&self, mut at: &'p str) -> &'p str {
        while !self.layer.holds(at) {
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
        at
    }

    /// The nearest file below that holds a pointer.
    fn holder(&self, at: &str) -> &Layer {
        let holder = self.below.iter().find(|layer| layer.holds(at));
        holder.unwrap_or(self.layer)
    }
}

/// Returns whether a switch restricts: a throttle with rates, `true`, a list of ranges, a private
/// endpoint, the name of what guards the API.
fn is_closed(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Bool(is_on) => *is_on,
        Value::Array(list) => {
            !list.is_empty()
                && !list
                    .iter()
                    .any(|range| range == "0.0.0.0/0" || range == "::/0")
        }
        Value::String(text) => !matches!(&**text, "off" | "regional" | "edge" | "basic"),
        Value::Null | Value::Number(_) => false,
    }
}

/// Returns whether a field of a route keeps callers out, or slows them down.
fn restricts(route: &Value, field: &str) -> bool {
    match (field, route.get(field)) {
        (_, None) => false,
        ("exposure", Some(exposure)) => *exposure != "public",
        ("auth", Some(auth)) => *auth != "none",
        ("scopes", Some(scopes)) => scopes.as_array().is_none_or(|list| !list.is_empty()),
        ("throttle", Some(throttle)) => throttle.is_object(),
        (_, Some(value)) => *value != Value::Bool(false),
    }
}

/// Returns whether an entry with the same `match` has all restrictions or promises of another one.
fn keeps(entry: &Value, of: &Value) -> bool {
    let fields = || RESTRICTING.iter().filter(|field| of.get(**field).is_some());
    entry.get("match") == of.get("match") && fields().all(|field| entry.get(field) == of.get(field))
}
