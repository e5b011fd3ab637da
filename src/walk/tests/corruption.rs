//! Ways in which a stack can be wrong, each applied to every example that has the parts for it.
#![expect(clippy::disallowed_methods, reason = "the examples are read from the disk")]

mod alb;
mod auth;
mod checks;
mod link;
mod stage;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::assemble::{Assembled, BackendNodes, assemble};
use crate::aws::{
    ApiRoot, BalancerRef, Endpoint, EndpointType, ExistingBalancer, Function, FunctionCall, GroupProtocol, Header, HeaderSource,
    Integration, InternetProxy, LambdaPermission, Listener, LoadBalancer, Members, Method, Node, Proxy, RestApi, TargetGroup,
    TargetGroupRef, TargetType, Targets, UriHost, UriSegment, VpcLink, VpcLinkRef,
};
use crate::openapi::HttpMethod;
use crate::plan::Plan;
use crate::stack::{File, Label, List, Value};

/// Changes one thing; `None` where the stack has no such thing.
type Corruption = fn(&Plan, &mut Assembled) -> Option<()>;

const CORRUPTIONS: &[(&str, Corruption)] = &[
    ("swapped target groups", swapped_target_groups),
    ("wrong parent", wrong_parent),
    ("port of another backend", wrong_port),
    ("target group on another port", wrong_group_port),
    ("method removed", method_removed),
    ("integration lost", integration_lost),
    ("wrong integration path", wrong_path),
    ("variables of the path swapped for text", variable_for_text),
    ("trailing slash added", slash_added),
    ("undeclared path parameter", undeclared_parameter),
    ("link to another balancer", other_balancer),
    ("link and host of another balancer", other_balancer_everywhere),
    ("host changed", host_changed),
    ("TLS changed", tls_changed),
    ("certificate not checked", verification_changed),
    ("header removed", header_removed),
    ("header changed", header_changed),
    ("header renamed", header_renamed),
    ("header added", header_added),
    ("address changed", address_changed),
    ("path on the internet changed", internet_path_changed),
    ("certificate on the internet not checked", internet_verification_changed),
    ("another function", function_changed),
    ("function in place of a backend", function_for_backend),
    ("permission for another function", permission_for_another),
    ("permission for every stage", permission_for_every_stage),
    ("permission that nobody asked for", permission_added),
    ("refusal turned into a proxy", refusal_opened),
    ("refusal removed", refusal_removed),
    ("method on another resource", method_moved),
    ("wrong verb", wrong_verb),
    ("wrong timeout", wrong_timeout),
    ("doubled listener", doubled_listener),
    ("doubled listener that assemble does not tell of", doubled_listener_in_silence),
    ("other kind of targets", other_target_type),
    ("other targets", other_targets),
    ("integration through another link", other_link),
    ("own link in place of the existing one", own_link_in_place_of_the_existing),
    ("listener on another balancer", listener_on_another_balancer),
    ("other name of the existing balancer", other_name_of_the_balancer),
    ("other existing target group", other_existing_group),
    ("existing target group in place of the own", existing_group_in_place_of_the_own),
    ("TLS listener without its certificate", certificate_lost),
    ("other certificate", other_certificate),
    ("targets encrypted otherwise", encrypted_otherwise),
    ("listener switched by others", switched_listener),
    ("other group of deployments on another port", green_on_another_port),
    ("other group of deployments with other targets", green_of_another_kind),
    ("other group of deployments lost", green_renamed),
    ("zone of targets outside the VPC", outside_forgotten),
    ("autoscaling groups not attached", scaled_forgotten),
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
    ("listener with another certificate", alb::listener_certificate),
    ("target group on another port of the balancer", alb::group_port),
    ("target group that holds another balancer", alb::another_balancer),
    ("second application load balancer", alb::second_balancer),
    ("balancer asked for its health elsewhere", alb::asked_elsewhere),
    ("integration that names another balancer", link::other_target),
    ("integration that names no balancer", link::target_lost),
    ("another balancer named everywhere", link::other_balancer_everywhere),
    ("host of another balancer", link::other_host),
    ("another name of the balancer that is there", link::other_name),
    ("balancer named beside a link of the first version", link::target_added),
    ("another link of the second version", link::other_link),
    ("link in other subnets", link::other_subnets),
    ("link with another group", link::other_groups),
    ("link let out to another port", link::other_way_out),
    ("link that is not admitted", link::not_admitted),
    ("part of the cache's key lost", stage::key_lost),
    ("part of the cache's key not declared", stage::key_undeclared),
    ("answers of every method kept", stage::cached_unasked),
    ("answers kept longer", stage::kept_longer),
    ("throttle of the stage lost", stage::throttle_lost),
    ("throttle of a method changed", stage::throttle_of_a_method_changed),
    ("exception from the stage's throttle lost", stage::exception_left_unset),
    ("settings of a method lost", stage::settings_lost),
    ("settings of a method twice", stage::settings_twice),
    ("settings of another path", stage::settings_of_another_path),
    ("log of requests lost", stage::log_lost),
    ("another method allowed to browsers", stage::method_allowed),
    ("another origin allowed", stage::origin_allowed),
    ("credentials allowed otherwise", stage::credentials_allowed),
    ("preflight answered with 404", stage::preflight_lost),
    ("operation answered like a preflight", stage::operation_turned_into_a_preflight),
    ("error of the gateway's own not deployed", stage::error_not_deployed),
    ("error of the gateway's own of another kind", stage::error_of_another_kind),
    ("validator lost", checks::validator_lost),
    ("validator of other things", checks::other_validator),
    ("model lost", checks::model_lost),
    ("model of another media type", checks::other_media_type),
    ("model of another schema", checks::other_schema),
    ("API where nothing is public", api_beside_nothing_public),
];

#[test]
fn every_corruption_of_every_example_is_caught() {
    let corruptions: Vec<&(&str, Corruption)> = CORRUPTIONS.iter().chain(auth::CORRUPTIONS).collect();
    let mut applied = vec![0; corruptions.len()];
    for (name, plan) in examples() {
        assert!(super::super::walk(&plan, &assemble(&plan)).is_empty(), "{name} is sound");
        for (index, (what, corrupt)) in corruptions.iter().enumerate() {
            let mut assembled = assemble(&plan);
            if corrupt(&plan, &mut assembled).is_none() {
                continue;
            }
            applied[index] += 1;
            let findings = super::super::walk(&plan, &assembled);
            assert!(!findings.is_empty(), "{name}: nobody notices: {what}");
            assert!(findings.iter().all(|it| it.code.code == "GW9001"), "{name}: {what}");
        }
    }
    for ((what, _), applied) in corruptions.iter().zip(applied) {
        assert!(applied > 0, "no example has the parts for: {what}");
    }
}

/// Every example, and every case of one behaviour.
pub(super) fn examples() -> Vec<(String, Plan)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["blueprints", "tests/cases"].into_iter().flat_map(|it| fs::read_dir(root.join(it)).unwrap());
    let plan = |folder: std::path::PathBuf| {
        let read = |it: std::path::PathBuf| (it.strip_prefix(&folder).unwrap().to_string_lossy().into_owned(), fs::read(&it).unwrap());
        let compiled = super::compiled(files(&folder).into_iter().map(read).collect());
        (folder.file_name().unwrap().to_string_lossy().into_owned(), compiled.plan.unwrap())
    };
    folders.map(|it| it.unwrap().path()).filter(|it| it.is_dir()).map(plan).collect()
}

/// Every file of a folder and of those in it.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries.flat_map(|it| if it.is_dir() { files(&it) } else { vec![it] }).collect()
}

fn listeners(assembled: &mut Assembled) -> impl Iterator<Item = &mut Listener> {
    assembled.stack.entries.iter_mut().filter_map(|it| if let Node::Listener(it) = &mut it.node { Some(it) } else { None })
}

fn groups(assembled: &mut Assembled) -> impl Iterator<Item = &mut TargetGroup> {
    assembled.stack.entries.iter_mut().filter_map(|it| if let Node::TargetGroup(it) = &mut it.node { Some(it) } else { None })
}

fn methods(assembled: &mut Assembled) -> impl Iterator<Item = &mut Method> {
    assembled.stack.entries.iter_mut().filter_map(|it| if let Node::Method(it) = &mut it.node { Some(it) } else { None })
}

fn proxies(assembled: &mut Assembled) -> impl Iterator<Item = &mut Proxy> {
    methods(assembled).filter_map(|it| if let Integration::Proxy(it) = &mut it.integration { Some(it) } else { None })
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
    let mut resources = entries.filter_map(|it| if let Node::Resource(it) = &mut it.node { Some(it) } else { None });
    resources.find(|it| matches!(it.parent, ApiRoot::Below(_)))?.parent = ApiRoot::Root(api);
    Some(())
}

fn wrong_port(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    let proxy = proxies(assembled).next()?;
    proxy.port = plan.balanced().map(|it| it.listener_port).find(|it| *it != proxy.port)?;
    Some(())
}

fn wrong_group_port(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    groups(assembled).next()?.port += 1;
    Some(())
}

/// Removes the last one: nothing that stands behind it is reached by an index.
fn method_removed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let index = assembled.stack.entries.iter().rposition(|it| matches!(it.node, Node::Method(_)))?;
    assembled.stack.entries.remove(index);
    Some(())
}

fn integration_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    methods(assembled).find(|it| matches!(it.integration, Integration::Proxy(_)))?.integration = Integration::NotFound;
    Some(())
}

fn wrong_path(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).next()?.path.insert(0, UriSegment::Literal("other".into()));
    Some(())
}

fn variable_for_text(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let mut segments = proxies(assembled).flat_map(|it| &mut it.path);
    let segment = segments.find(|it| matches!(it, UriSegment::Variable(_)))?;
    *segment = UriSegment::Literal("id".into());
    Some(())
}

fn slash_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).next()?.path.push(UriSegment::Literal("".into()));
    Some(())
}

fn undeclared_parameter(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let is_path = |it: &String| it.starts_with("method.request.path.");
    let method = methods(assembled).find(|it| it.request_parameters.keys().any(is_path))?;
    std::sync::Arc::make_mut(&mut method.request_parameters).retain(|key, _| !is_path(key));
    Some(())
}

/// A second balancer with a listener like the first one's.
fn second_balancer(assembled: &mut Assembled) -> Option<BalancerRef> {
    let other = match assembled.network.as_ref()?.balancer.as_ref()? {
        BalancerRef::Existing(balancer) => {
            let other = ExistingBalancer { arn: Value::literal("other"), dns_name: balancer.dns_name.clone() };
            return Some(BalancerRef::Existing(Arc::new(other)));
        }
        BalancerRef::Made(_) => LoadBalancer {
            name: Value::literal("other"),
            subnets: List::Of(Vec::new()),
            security_groups: List::Of(Vec::new()),
            cross_zone: true,
            deletion_protection: true,
            access_logs: None,
        },
    };
    Some(BalancerRef::Made(assembled.stack.add(File::Network, Label::new("other"), other)))
}

fn first_link(assembled: &mut Assembled) -> Option<&mut VpcLink> {
    let VpcLinkRef::Made(link) = assembled.network.as_ref()?.link.as_ref()? else { return None };
    let Node::VpcLink(link) = &mut assembled.stack.entries[link.index()].node else { return None };
    Some(link)
}

fn other_balancer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let other = second_balancer(assembled)?;
    first_link(assembled)?.balancer = other;
    Some(())
}

fn other_balancer_everywhere(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    other_balancer(plan, assembled)?;
    let other = first_link(assembled)?.balancer.clone();
    for listener in listeners(assembled) {
        listener.balancer = other.clone();
    }
    for proxy in proxies(assembled).filter(|it| matches!(it.host, UriHost::Balancer(_))) {
        proxy.host = UriHost::Balancer(other.clone());
    }
    Some(())
}

fn api_beside_nothing_public(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    let endpoint = Endpoint { kind: EndpointType::Regional, vpc_endpoints: None, policy: None, is_disabled: false };
    let api = RestApi {
        name: Value::literal("other"),
        description: "".into(),
        binary_media_types: Vec::new(),
        minimum_compression_size: None,
        key_from_authorizer: false,
        endpoint,
        body: None,
    };
    (!plan.has_gateway).then(|| assembled.stack.add(File::Api, Label::new("this"), api)).map(drop)
}

fn other_link(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).next()?.link = VpcLinkRef::Existing(Value::literal("other"));
    Some(())
}

fn own_link_in_place_of_the_existing(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let VpcLinkRef::Existing(_) = assembled.network.as_ref()?.link.as_ref()? else { return None };
    let balancer = assembled.network.as_ref()?.balancer.clone()?;
    let own = assembled.stack.add(File::Network, Label::new("own"), VpcLink { name: Value::literal("own"), balancer });
    proxies(assembled).next()?.link = VpcLinkRef::Made(own);
    Some(())
}

fn listener_on_another_balancer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let other = second_balancer(assembled)?;
    listeners(assembled).next()?.balancer = other;
    Some(())
}

fn other_name_of_the_balancer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).find_map(|it| match &mut it.host {
        UriHost::Balancer(BalancerRef::Existing(balancer)) => {
            let other = ExistingBalancer { arn: balancer.arn.clone(), dns_name: Value::literal("elsewhere.example") };
            *balancer = Arc::new(other);
            Some(())
        }
        UriHost::Balancer(BalancerRef::Made(_)) | UriHost::Application(_) | UriHost::Named(_) => None,
    })
}

fn other_existing_group(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let is_it = |it: &&mut Listener| matches!(it.forward_to, TargetGroupRef::Existing(_));
    listeners(assembled).find(is_it)?.forward_to = TargetGroupRef::Existing(Value::literal("other"));
    Some(())
}

fn existing_group_in_place_of_the_own(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let is_it = |it: &&mut Listener| matches!(it.forward_to, TargetGroupRef::Made(_));
    listeners(assembled).find(is_it)?.forward_to = TargetGroupRef::Existing(Value::literal("other"));
    Some(())
}

fn certificate_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    listeners(assembled).find(|it| it.certificate.is_some())?.certificate = None;
    Some(())
}

fn other_certificate(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    listeners(assembled).next()?.certificate = Some(Value::literal("other"));
    Some(())
}

fn encrypted_otherwise(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = groups(assembled).next()?;
    group.protocol = if group.protocol == GroupProtocol::Tls { GroupProtocol::Tcp } else { GroupProtocol::Tls };
    Some(())
}

fn switched_listener(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let listener = listeners(assembled).next()?;
    listener.is_switched = !listener.is_switched;
    Some(())
}

/// The green group: it stands right behind the blue one.
fn green(assembled: &mut Assembled) -> Option<&mut TargetGroup> {
    let index = assembled.backends.iter().find_map(|it| it.green.as_ref())?.index();
    if let Node::TargetGroup(group) = &mut assembled.stack.entries[index].node { Some(group) } else { None }
}

fn green_on_another_port(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    green(assembled)?.port += 1;
    Some(())
}

fn green_of_another_kind(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = green(assembled)?;
    group.target_type = if group.target_type == TargetType::Ip { TargetType::Instance } else { TargetType::Ip };
    Some(())
}

fn green_renamed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let index = assembled.backends.iter().find_map(|it| it.green.as_ref())?.index();
    let entry = &mut assembled.stack.entries[index];
    entry.address = entry.address.relabelled(Label::new("other"));
    Some(())
}

fn outside_forgotten(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    groups(assembled).find_map(|it| match &mut it.targets {
        Targets::Registered { outside_vpc, .. } => {
            *outside_vpc = !*outside_vpc;
            Some(())
        }
        Targets::Scaled(_) | Targets::Balancer { .. } | Targets::Kept { .. } | Targets::None => None,
    })
}

fn scaled_forgotten(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    groups(assembled).find(|it| matches!(it.targets, Targets::Scaled(_)))?.targets = Targets::None;
    Some(())
}

fn host_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).next()?.host = UriHost::Named(Value::literal("elsewhere.example"));
    Some(())
}

fn tls_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let proxy = proxies(assembled).next()?;
    proxy.is_tls = !proxy.is_tls;
    Some(())
}

fn verification_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).find(|it| it.is_tls && !it.skips_verification)?.skips_verification = true;
    Some(())
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
    methods(assembled).find(|it| matches!(it.integration, Integration::NotFound))?.integration = Integration::Proxy(proxy);
    Some(())
}

/// Headers of everything that is sent on.
fn headers(assembled: &mut Assembled) -> impl Iterator<Item = &mut Vec<Header>> {
    methods(assembled).filter_map(|it| match &mut it.integration {
        Integration::Proxy(it) => Some(&mut it.headers),
        Integration::Internet(it) => Some(&mut it.headers),
        Integration::Function(_) | Integration::NotFound | Integration::Preflight(_) => None,
    })
}

fn internet(assembled: &mut Assembled) -> impl Iterator<Item = &mut InternetProxy> {
    methods(assembled).filter_map(|it| if let Integration::Internet(it) = &mut it.integration { Some(it) } else { None })
}

fn calls(assembled: &mut Assembled) -> impl Iterator<Item = &mut FunctionCall> {
    methods(assembled).filter_map(|it| if let Integration::Function(it) = &mut it.integration { Some(it) } else { None })
}

fn permissions(assembled: &mut Assembled) -> impl Iterator<Item = &mut LambdaPermission> {
    assembled.stack.entries.iter_mut().filter_map(|it| if let Node::LambdaPermission(it) = &mut it.node { Some(it) } else { None })
}

fn header_removed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    headers(assembled).find(|it| !it.is_empty())?.pop().map(drop)
}

fn header_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let header = headers(assembled).flatten().next()?;
    header.source = HeaderSource::Mapping("context.identity.userAgent".into());
    Some(())
}

fn header_renamed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    headers(assembled).flatten().next()?.name = "x-other".into();
    Some(())
}

fn header_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let source = HeaderSource::Static(Value::literal("yes"));
    headers(assembled).next()?.push(Header { name: "x-admin".into(), source });
    Some(())
}

fn address_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    internet(assembled).next()?.url = Value::literal("https://elsewhere.example");
    Some(())
}

fn internet_path_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    internet(assembled).next()?.path.insert(0, UriSegment::Literal("other".into()));
    Some(())
}

fn internet_verification_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let proxy = internet(assembled).next()?;
    proxy.skips_verification = !proxy.skips_verification;
    Some(())
}

fn function_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    calls(assembled).next()?.function = Function::Name { name: "elsewhere".into(), qualifier: None };
    Some(())
}

fn function_for_backend(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let call = calls(assembled).next()?.clone();
    methods(assembled).find(|it| matches!(it.integration, Integration::Proxy(_)))?.integration = Integration::Function(call);
    Some(())
}

fn permission_for_another(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    permissions(assembled).next()?.function = Function::Name { name: "elsewhere".into(), qualifier: None };
    Some(())
}

fn permission_for_every_stage(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    permissions(assembled).next()?.stage = Value::literal("*");
    Some(())
}

fn permission_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let function = Function::Name { name: "elsewhere".into(), qualifier: None };
    let permission = LambdaPermission { function, api: assembled.api.clone()?, stage: Value::literal("*") };
    assembled.stack.add(File::Network, Label::new("other"), permission);
    Some(())
}

/// Takes the method away and leaves its resource: the gateway then has no answer of its own there.
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
    methods(assembled).find(|it| it.http_method == HttpMethod::Get)?.http_method = HttpMethod::Head;
    Some(())
}

fn wrong_timeout(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).next()?.timeout_ms -= 1;
    Some(())
}

fn doubled_listener(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    let added = twin_of_first_listener(plan, assembled)?;
    assembled.backends.push(added);
    Some(())
}

fn doubled_listener_in_silence(plan: &Plan, assembled: &mut Assembled) -> Option<()> {
    twin_of_first_listener(plan, assembled).map(drop)
}

fn twin_of_first_listener(_: &Plan, assembled: &mut Assembled) -> Option<BackendNodes> {
    let target_group = assembled.backends.last()?.target_group.clone();
    let first = listeners(assembled).next()?;
    let twin = Listener {
        balancer: first.balancer.clone(),
        port: first.port,
        certificate: None,
        forward_to: target_group.clone(),
        is_switched: false,
    };
    let listener = assembled.stack.add(File::Network, Label::new("twin"), twin);
    Some(BackendNodes { listener: Some(listener), target_group, green: None, rules: Vec::new() })
}

fn other_target_type(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = groups(assembled).next()?;
    group.target_type = if group.target_type == TargetType::Ip { TargetType::Instance } else { TargetType::Ip };
    Some(())
}

fn other_targets(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = groups(assembled).find(|it| !matches!(it.targets, Targets::None | Targets::Balancer { .. } | Targets::Kept { .. }))?;
    match &mut group.targets {
        Targets::Registered { members: Members::Listed(list), .. } | Targets::Scaled(Members::Listed(list)) => {
            list.first_mut()?.1 = Value::Literal(Arc::from("i-0123456789abcdef0"));
        }
        Targets::Registered { members: Members::Each(list), .. } | Targets::Scaled(Members::Each(list)) => {
            *list = Value::Input(Arc::from("others"));
        }
        Targets::Balancer { .. } | Targets::Kept { .. } | Targets::None => return None,
    }
    Some(())
}
