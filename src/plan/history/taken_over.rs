//! Listeners: AWS knows one by balancer and port, and changes in place where it leads to.
//!
//! In: `Plan`, `Memory`. Out: the listeners that the next render knows, diagnostics. Pure.
//! Until the stage has moved on, the gateway calls the ports that it called before: a port that
//! leads to another backend meanwhile answers with that (docs/aws-rules.md#w7).

use std::collections::BTreeSet;

use super::{fact, value};
use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic};
use crate::memory::{FactMap, Memory};
use crate::plan::{BalancedPlan, Plan};
use crate::source::pointer::child;

/// Where a listener leads that passes everything on to the application load balancer: no name of a
/// backend.
const TO_ALB: &str = "alb:";

/// First names of the backends that the network load balancer's listeners lead to.
pub(super) fn listeners(plan: &Plan) -> FactMap {
    let mut listeners = FactMap::new();
    let Some(network) = plan
        .network
        .as_ref()
        .filter(|network| network.nlb.is_some())
    else {
        return listeners;
    };
    match &network.alb {
        Some(alb) => {
            for listener in &alb.listeners {
                fact(&mut listeners, key(listener.port), TO_ALB);
            }
        }
        None => {
            for backend in plan.balanced() {
                let first = backend.name.first();
                fact(&mut listeners, key(backend.listener_port), &**first);
            }
        }
    }
    listeners
}

fn key(port: u16) -> String {
    format!("nlb:{port}")
}

/// Compares the listeners with those of the last render.
///
/// Errors: GW4160 taken over; GW5063 (a note) changed in place.
pub(super) fn findings(
    plan: &Plan,
    blueprint: &Blueprint,
    memory: &Memory,
    listeners: &FactMap,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let is_changed = |port: &str, now: &BTreeSet<String>| {
        let before = memory.listeners.get(port);
        before.is_some_and(|before| before.is_disjoint(now))
    };
    let passed_on = TO_ALB.to_owned();
    let to_alb = |port: &str| {
        memory
            .listeners
            .get(port)
            .is_some_and(|to| to.contains(&passed_on))
    };
    let changed = listeners.iter().filter(|(port, now)| is_changed(port, now));
    let turned: Vec<&str> = changed
        .filter(|(port, now)| now.contains(&passed_on) || to_alb(port))
        .filter_map(|(port, _)| port.split_once(':'))
        .map(|(_, port)| port)
        .collect();
    if let Some(first) = turned.first() {
        let ports = turned.join(", ");
        found.push(
            diagnostic::LISTENER_IN_PLACE
                .at(blueprint.place("/topology"))
                .message(format_args!("the network load balancer's listener on port {ports} stays and turns to other target groups at once, before the stage has moved on"))
                .help(format_args!("other ports than {first} let both stand side by side; without them apply when few call")),
        );
    }
    for backend in plan.balanced().filter(|_| plan.alb().is_none()) {
        let port = key(backend.listener_port);
        let Some(old) = value(&memory.listeners, &port) else {
            continue;
        };
        let is_changed = is_changed(&port, &listeners[&port]);
        if is_changed && !to_alb(&port) && !goes_on(plan, memory, backend, old) {
            found.push(taken_over(blueprint, memory, listeners, backend));
        }
    }
    found
}

/// Returns whether a listener leads to the same servers under the name of another backend, which
/// is there no more.
fn goes_on(plan: &Plan, memory: &Memory, backend: &BalancedPlan, old: &str) -> bool {
    let alike = |names: &FactMap, name: &str| names.get(&format!("backends/{name}")).cloned();
    let is_first = |name: &&str| {
        let first = value(&memory.first_names, &format!("backends/{name}"));
        first.unwrap_or(name) == old
    };
    let mut known = (memory.names.keys()).filter_map(|key| key.strip_prefix("backends/"));
    let before = known
        .find(is_first)
        .and_then(|name| alike(&memory.names, name));
    let now = alike(&plan.history.remembered.names, &backend.name);
    let is_gone = !plan
        .backends
        .iter()
        .any(|other| &**other.name.first() == old);
    let is_new = alike(&memory.names, &backend.name).is_none();
    let is_alike = before
        .zip(now)
        .is_some_and(|(before, now)| !before.is_disjoint(&now));
    is_gone && is_new && is_alike
}

fn taken_over(
    blueprint: &Blueprint,
    memory: &Memory,
    listeners: &FactMap,
    backend: &BalancedPlan,
) -> Diagnostic {
    let (name, port) = (&backend.name, backend.listener_port);
    let at = child("/backends", &**name);
    let field = ["listener_port", "port"].map(|field| child(&at, field));
    let field = field.iter().find(|field| blueprint.is_written(field));
    let old = value(&memory.listeners, &key(port)).unwrap_or_default();
    let is_free = |port: &u16| {
        let key = key(*port);
        !listeners.contains_key(&key) && !memory.listeners.contains_key(&key)
    };
    let free = (port..=u16::MAX)
        .chain(1..port)
        .find(is_free)
        .unwrap_or(port);
    diagnostic::TAKEN_OVER
        .at(blueprint.place(field.unwrap_or(&at)))
        .message(format_args!("`{name}` takes over the listener on port {port} from `{old}`: until the stage has moved on, requests for `{old}` would reach `{name}`"))
        .help(format_args!("this takes two renders: first with another port for `{name}`, for example `listener_port: {free}`, which is deployed everywhere, then with {port}"))
}
