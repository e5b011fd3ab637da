//! Listener rules in every topology with an application load balancer: the same blueprint is
//! compiled in each.
//!
//! In: `Files`, a request, what it compiled to. Out: `CountedRules`. Pure but for `Files`.

use serde_json::{Map, json};

use super::load::CountedRules;
use crate::blueprint::{Blueprint, Topology};
use crate::diagnostic::Diagnostic;
use crate::memory::Memory;
use crate::plan::Plan;
use crate::source::{Files, FilesWithDraft, RelativePath};
use crate::{Circumstances, Request, compile_in};

/// Name of the draft, which is never written.
const DRAFT: &str = ".gwgen.cost.json";

/// Counts the rules; a blueprint's own topology has its plan already.
pub(crate) fn counted(
    files: &dyn Files,
    request: &Request,
    blueprint: &Blueprint,
    plan: &Plan,
) -> Vec<CountedRules> {
    let topologies = Topology::ALL.into_iter().filter(|each| each.has_alb());
    topologies
        .map(|topology| {
            let counted = if topology == blueprint.spec.topology {
                most_rules(plan)
            } else {
                compiled(files, request, blueprint, topology)
            };
            CountedRules {
                topology,
                count: counted.as_ref().ok().copied(),
                why: counted.err(),
            }
        })
        .collect()
}

/// The rules of the listener that has most; else the reason why they are not known.
fn most_rules(plan: &Plan) -> Result<u64, String> {
    let Some(alb) = plan.alb() else {
        return Ok(0);
    };
    if !alb.emits_rules {
        return Err(
            "the rules of this load balancer are others' (`alb.existing.rules`)".to_owned(),
        );
    }
    let rules = alb
        .listeners
        .iter()
        .map(|listener| listener.rules.len() + usize::from(listener.health_priority.is_some()));
    Ok(rules.max().unwrap_or_default() as u64)
}

fn compiled(
    files: &dyn Files,
    request: &Request,
    blueprint: &Blueprint,
    topology: Topology,
) -> Result<u64, String> {
    let unread = || "the blueprint cannot be extended".to_owned();
    let path = RelativePath::join(request.blueprint.folder(), DRAFT).ok_or_else(unread)?;
    let draft = draft(request, blueprint, topology);
    let files = FilesWithDraft {
        files,
        path: &path,
        text: &draft,
    };
    let request = Request {
        blueprint: path.clone(),
        display: DRAFT.into(),
    };
    let memory = Memory::default();
    let run = Circumstances {
        after: Some(&memory),
        is_compared: true,
        ..Circumstances::default()
    };
    let compiled = compile_in(&files, &request, run);
    let error = compiled.diagnostics.iter().find(|each| each.is_error());
    let why = |error: &Diagnostic| format!("{}: {}", error.code.code, error.message);
    match (error, &compiled.plan) {
        (None, Some(plan)) => most_rules(plan),
        (error, _) => Err(error.map_or_else(unread, why)),
    }
}

/// A blueprint that extends the given one, in another topology. Where a backend has no servers that
/// a balancer takes, others stand in: they change no rule.
fn draft(request: &Request, blueprint: &Blueprint, topology: Topology) -> String {
    let spec = &blueprint.spec;
    let name = request.blueprint.as_str();
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut draft = json!({ "extends": name, "topology": topology.name() });
    if spec.network.is_none() {
        draft["network"] = json!({ "vpc": {"var": "vpc_id"}, "subnets": {"var": "subnet_ids"} });
    }
    let mut stand_ins = Map::new();
    for (name, backend) in &spec.backends {
        let hosts = backend.targets.as_ref();
        let has_hosts = hosts.is_some_and(|targets| targets.hosts.is_some());
        if backend.url.is_some() {
            let stand_in = json!({ "url": null, "port": 80, "targets": {"ecs": true} });
            stand_ins.insert(name.clone(), stand_in);
        } else if has_hosts {
            stand_ins.insert(name.clone(), json!({ "targets": {"ecs": true} }));
        }
    }
    if !stand_ins.is_empty() {
        draft["backends"] = stand_ins.into();
    }
    draft.to_string()
}
