//! OPTIONS methods of the description's own in place of preflights, and back.
//!
//! In: `Plan`, `Memory`. Out: paths whose OPTIONS is written otherwise, those that the next render
//! knows. Pure.
//! In Terraform a preflight is one of a group. AWS knows one OPTIONS of a path, so Terraform has to
//! move it: made beside the old one it would be refused, or go with it.

use std::collections::BTreeSet;

use super::{CORS, fact, value};
use crate::blueprint::OutputFormat;
use crate::memory::{FactMap, Memory};
use crate::openapi::HttpMethod;
use crate::plan::{Plan, names, text_of};

/// What an OPTIONS became, in the moves.
const OWN: &str = "own";
const PREFLIGHT: &str = "preflight";

/// Paths with an OPTIONS of their own, by label.
pub(super) fn own(plan: &Plan) -> FactMap {
    let mut own = FactMap::new();
    if plan.output.format == OutputFormat::Cloudformation {
        return own;
    }
    let operations = plan.operations.iter();
    let operations = operations.filter(|operation| operation.method == HttpMethod::Options);
    let operations = operations.filter_map(|operation| operation.gateway_path.as_deref());
    let refusals = plan.refusals.iter();
    let refusals = refusals.filter(|refusal| refusal.method == HttpMethod::Options);
    for path in operations.chain(refusals.map(|refusal| &*refusal.path)) {
        fact(&mut own, names::path_label(path), text_of(path));
    }
    own
}

/// Labels of paths whose OPTIONS was a preflight in earlier renders and is its own now, or the other
/// way round; adds the moves that the next render knows.
pub(super) fn turned(
    plan: &Plan,
    memory: &Memory,
    own: &FactMap,
    moves: &mut FactMap,
) -> BTreeSet<String> {
    let mut turned = BTreeSet::new();
    if plan.output.format == OutputFormat::Cloudformation {
        return turned;
    }
    let preflights = plan.cors.iter().flat_map(|cors| &cors.preflights);
    let preflights = preflights.map(|preflight| names::path_label(&preflight.path));
    let had_cors = memory.settled.contains_key(CORS);
    let now = preflights.map(|label| (label, PREFLIGHT));
    let now = now.chain(own.keys().map(|label| (label.clone(), OWN)));
    for (label, is) in now {
        let was_own = memory.own_options.contains_key(&label);
        let is_of_last_render = match is {
            OWN => had_cors && !was_own,
            _ => was_own,
        };
        let key = format!("options/{label}");
        if is_of_last_render || value(&memory.moves, &key) == Some(is) {
            fact(moves, key, is);
            turned.insert(label);
        }
    }
    turned
}
