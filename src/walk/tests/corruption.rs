//! Ways in which a stack can be wrong, each applied to every example that has the parts for it.
#![expect(
    clippy::disallowed_methods,
    reason = "the examples are read from the disk"
)]

mod alb;
mod auth;
mod balancer;
mod checks;
mod direct;
mod forwarded;
mod link;
mod stage;
mod unfollowed;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::assemble::{Assembled, assemble};
use crate::aws::{
    ApiRoot, Endpoint, EndpointType, Integration, Listener, Method, Node, Proxy, RestApi,
    TargetGroup,
};
use crate::openapi::HttpMethod;
use crate::plan::Plan;
use crate::stack::{File, Label, Value};

/// Changes one thing; `None` where the stack has no such thing.
type Corruption = fn(&Plan, &mut Assembled) -> Option<()>;

const CORRUPTIONS: &[(&str, Corruption)] = &[
    ("swapped target groups", swapped_target_groups),
    ("wrong parent", wrong_parent),
    ("port of another backend", wrong_port),
    ("target group on another port", wrong_group_port),
    ("method removed", method_removed),
    ("integration lost", integration_lost),
    ("wrong integration path", forwarded::wrong_path),
    (
        "variables of the path swapped for text",
        forwarded::variable_for_text,
    ),
    ("trailing slash added", forwarded::slash_added),
    ("undeclared path parameter", forwarded::undeclared_parameter),
    ("link to another balancer", balancer::other_balancer),
    (
        "link and host of another balancer",
        balancer::other_balancer_everywhere,
    ),
    ("host changed", forwarded::host_changed),
    ("TLS changed", forwarded::tls_changed),
    ("certificate not checked", forwarded::verification_changed),
    ("header removed", forwarded::header_removed),
    ("header changed", forwarded::header_changed),
    ("header renamed", forwarded::header_renamed),
    ("header added", forwarded::header_added),
    ("address changed", direct::address_changed),
    (
        "path on the internet changed",
        direct::internet_path_changed,
    ),
    (
        "certificate on the internet not checked",
        direct::internet_verification_changed,
    ),
    ("another function", direct::function_changed),
    (
        "function in place of a backend",
        direct::function_for_backend,
    ),
    (
        "permission for another function",
        direct::permission_for_another,
    ),
    (
        "permission for every stage",
        direct::permission_for_every_stage,
    ),
    ("permission that nobody asked for", direct::permission_added),
    ("refusal turned into a proxy", refusal_opened),
    ("refusal removed", refusal_removed),
    ("method on another resource", method_moved),
    ("wrong verb", wrong_verb),
    ("wrong timeout", forwarded::wrong_timeout),
    ("doubled listener", balancer::doubled_listener),
    (
        "doubled listener that assemble does not tell of",
        balancer::doubled_listener_in_silence,
    ),
    ("other kind of targets", balancer::other_target_type),
    ("other targets", balancer::other_targets),
    ("integration through another link", balancer::other_link),
    (
        "own link in place of the existing one",
        balancer::own_link_in_place_of_the_existing,
    ),
    (
        "listener on another balancer",
        balancer::listener_on_another_balancer,
    ),
    (
        "other name of the existing balancer",
        balancer::other_name_of_the_balancer,
    ),
    (
        "other existing target group",
        balancer::other_existing_group,
    ),
    (
        "existing target group in place of the own",
        balancer::existing_group_in_place_of_the_own,
    ),
    (
        "TLS listener without its certificate",
        balancer::certificate_lost,
    ),
    ("other certificate", balancer::other_certificate),
    ("targets encrypted otherwise", balancer::encrypted_otherwise),
    ("listener switched by others", balancer::switched_listener),
    (
        "other group of deployments on another port",
        balancer::green_on_another_port,
    ),
    (
        "other group of deployments with other targets",
        balancer::green_of_another_kind,
    ),
    ("other group of deployments lost", balancer::green_renamed),
    (
        "zone of targets outside the VPC",
        balancer::outside_forgotten,
    ),
    (
        "autoscaling groups not attached",
        balancer::scaled_forgotten,
    ),
    ("rules in another order", alb::other_order),
    ("two rules of one priority", alb::equal_priorities),
    ("target groups of two rules swapped", alb::swapped_rules),
    ("rule for every method", alb::methods_forgotten),
    ("rule for another host", alb::other_host),
    ("refusal that sends on", alb::refusal_lost),
    ("rule lost", alb::rule_lost),
    ("rule on another listener", alb::rule_elsewhere),
    ("rule switched by others", alb::switched_rule),
    ("answer to health checks lost", alb::health_lost),
    ("listener on another port", alb::listener_port),
    (
        "listener with another certificate",
        alb::listener_certificate,
    ),
    (
        "target group on another port of the balancer",
        alb::group_port,
    ),
    (
        "target group that holds another balancer",
        alb::another_balancer,
    ),
    ("second application load balancer", alb::second_balancer),
    (
        "balancer asked for its health elsewhere",
        alb::asked_elsewhere,
    ),
    (
        "integration that names another balancer",
        link::other_target,
    ),
    ("integration that names no balancer", link::target_lost),
    (
        "another balancer named everywhere",
        link::other_balancer_everywhere,
    ),
    ("host of another balancer", link::other_host),
    (
        "another name of the balancer that is there",
        link::other_name,
    ),
    (
        "balancer named beside a link of the first version",
        link::target_added,
    ),
    ("another link of the second version", link::other_link),
    ("link in other subnets", link::other_subnets),
    ("link with another group", link::other_groups),
    ("link let out to another port", link::other_way_out),
    ("link that is not admitted", link::not_admitted),
    ("part of the cache's key lost", stage::key_lost),
    (
        "part of the cache's key not declared",
        stage::key_undeclared,
    ),
    ("answers of every method kept", stage::cached_unasked),
    ("answers kept longer", stage::kept_longer),
    ("throttle of the stage lost", stage::throttle_lost),
    (
        "throttle of a method changed",
        stage::throttle_of_a_method_changed,
    ),
    (
        "exception from the stage's throttle lost",
        stage::exception_left_unset,
    ),
    ("settings of a method lost", stage::settings_lost),
    ("settings of a method twice", stage::settings_twice),
    ("settings of another path", stage::settings_of_another_path),
    ("log of requests lost", stage::log_lost),
    ("another method allowed to browsers", stage::method_allowed),
    ("another origin allowed", stage::origin_allowed),
    ("credentials allowed otherwise", stage::credentials_allowed),
    ("preflight answered with 404", stage::preflight_lost),
    (
        "operation answered like a preflight",
        stage::operation_turned_into_a_preflight,
    ),
    (
        "error of the gateway's own not deployed",
        stage::error_not_deployed,
    ),
    (
        "error of the gateway's own of another kind",
        stage::error_of_another_kind,
    ),
    ("validator lost", checks::validator_lost),
    ("validator of other things", checks::other_validator),
    ("model lost", checks::model_lost),
    ("model of another media type", checks::other_media_type),
    ("model of another schema", checks::other_schema),
    ("API where nothing is public", api_beside_nothing_public),
];

#[test]
fn every_corruption_of_every_example_is_caught() {
    let corruptions: Vec<&(&str, Corruption)> =
        [CORRUPTIONS, auth::CORRUPTIONS, unfollowed::CORRUPTIONS]
            .into_iter()
            .flatten()
            .collect();
    let mut applied = vec![0; corruptions.len()];
    for (name, plan) in examples() {
        assert!(
            super::super::walk(&plan, &assemble(&plan)).is_empty(),
            "{name} is sound"
        );
        for (index, (what, corrupt)) in corruptions.iter().enumerate() {
            let mut assembled = assemble(&plan);
            if corrupt(&plan, &mut assembled).is_none() {
                continue;
            }
            applied[index] += 1;
            let findings = super::super::walk(&plan, &assembled);
            assert!(!findings.is_empty(), "{name}: nobody notices: {what}");
            assert!(
                findings.iter().all(|it| it.code.code == "GW9001"),
                "{name}: {what}"
            );
        }
    }
    for ((what, _), applied) in corruptions.iter().zip(applied) {
        assert!(applied > 0, "no example has the parts for: {what}");
    }
}

/// Every example, and every case of one behaviour.
pub(crate) fn examples() -> Vec<(String, Plan)> {
    let plan = |(name, files)| (name, super::compiled(files).plan.unwrap());
    example_files().into_iter().map(plan).collect()
}

/// The files of each of them, by name.
pub(crate) fn example_files() -> Vec<(String, BTreeMap<String, Vec<u8>>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["blueprints", "tests/cases"]
        .into_iter()
        .flat_map(|it| fs::read_dir(root.join(it)).unwrap());
    let read = |folder: std::path::PathBuf| {
        let name = |it: &Path| {
            let name = it.strip_prefix(&folder).unwrap().to_string_lossy();
            name.into_owned()
        };
        let read = |it: std::path::PathBuf| (name(&it), fs::read(&it).unwrap());
        let files = files(&folder).into_iter().map(read).collect();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        (name, files)
    };
    folders
        .map(|it| it.unwrap().path())
        .filter(|it| it.is_dir())
        .map(read)
        .collect()
}

/// Every file of a folder and of those in it.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries
        .flat_map(|it| if it.is_dir() { files(&it) } else { vec![it] })
        .collect()
}

fn listeners(assembled: &mut Assembled) -> impl Iterator<Item = &mut Listener> {
    assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::Listener(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn groups(assembled: &mut Assembled) -> impl Iterator<Item = &mut TargetGroup> {
    assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::TargetGroup(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn methods(assembled: &mut Assembled) -> impl Iterator<Item = &mut Method> {
    assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::Method(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn proxies(assembled: &mut Assembled) -> impl Iterator<Item = &mut Proxy> {
    methods(assembled).filter_map(|it| {
        if let Integration::Proxy(it) = &mut it.integration {
            Some(it)
        } else {
            None
        }
    })
}

fn swapped_target_groups(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let mut listeners = listeners(assembled);
    let (first, second) = (listeners.next()?, listeners.next()?);
    std::mem::swap(&mut first.forward_to, &mut second.forward_to);
    Some(())
}

fn wrong_parent(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let api = assembled.api.clone()?;
    let entries = assembled.stack.entries.iter_mut();
    let mut resources = entries.filter_map(|it| {
        if let Node::Resource(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    });
    resources
        .find(|it| matches!(it.parent, ApiRoot::Below(_)))?
        .parent = ApiRoot::Root(api);
    Some(())
}

fn wrong_port(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    let proxy = proxies(assembled).next()?;
    proxy.port = plan
        .balanced()
        .map(|it| it.listener_port)
        .find(|it| *it != proxy.port)?;
    Some(())
}

fn wrong_group_port(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    groups(assembled).next()?.port += 1;
    Some(())
}

/// Removes the last one: no entry after it is reached by an index.
fn method_removed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let index = assembled
        .stack
        .entries
        .iter()
        .rposition(|it| matches!(it.node, Node::Method(_)))?;
    assembled.stack.entries.remove(index);
    Some(())
}

fn integration_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    methods(assembled)
        .find(|it| matches!(it.integration, Integration::Proxy(_)))?
        .integration = Integration::NotFound;
    Some(())
}

fn api_beside_nothing_public(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    let endpoint = Endpoint {
        kind: EndpointType::Regional,
        vpc_endpoints: None,
        policy: None,
        is_disabled: false,
    };
    let api = RestApi {
        name: Value::literal("other"),
        description: "".into(),
        binary_media_types: Vec::new(),
        minimum_compression_size: None,
        key_from_authorizer: false,
        endpoint,
        body: None,
    };
    (!plan.has_gateway)
        .then(|| assembled.stack.add(File::Api, Label::new("this"), api))
        .map(drop)
}

fn refusal_opened(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let model = proxies(assembled).next()?;
    let proxy = Proxy {
        link: model.link.clone(),
        target: model.target.clone(),
        is_tls: model.is_tls,
        host: model.host.clone(),
        port: model.port,
        path: model.path.clone(),
        headers: model.headers.clone(),
        skips_verification: model.skips_verification,
        timeout_ms: model.timeout_ms,
    };
    methods(assembled)
        .find(|it| matches!(it.integration, Integration::NotFound))?
        .integration = Integration::Proxy(proxy);
    Some(())
}

/// Removes the method and not its resource: the gateway then has no response of its own there.
fn refusal_removed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let target = assembled.api.clone()?;
    let refused = methods(assembled).find(|it| matches!(it.integration, Integration::NotFound))?;
    refused.http_method = HttpMethod::Head;
    refused.on = ApiRoot::Root(target);
    Some(())
}

fn method_moved(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let api = assembled.api.clone()?;
    let moved = methods(assembled).find(|it| matches!(it.on, ApiRoot::Below(_)))?;
    moved.on = ApiRoot::Root(api);
    Some(())
}

fn wrong_verb(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    methods(assembled)
        .find(|it| it.http_method == HttpMethod::Get)?
        .http_method = HttpMethod::Head;
    Some(())
}
