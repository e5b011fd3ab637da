//! Quotas, and sizes that are known only once the stack is built.
//!
//! In: `Plan`, `Stack`. Out: diagnostics, before AWS would refuse a deployment halfway.

use std::collections::BTreeMap;

use crate::aws::{
    GroupProtocol, Home, HttpListener, Listener, ListenerRule, Method, Node, Resource, RestApi,
    Stack, TargetGroup,
};
use crate::blueprint::{ApiStyle, OutputFormat, TemplateSyntax};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::plan::{BackendPlan, Plan};
use crate::stack::{StoredParameter, TEMPLATE_OUTPUTS, logical_id, pascal};

/// Listeners of an application load balancer. Source: docs/aws-rules.md#l5.
const ALB_LISTENERS: u64 = 50;

/// Share of the listener rules from which on a note reports that few are left.
const NEAR_PERCENT: u64 = 80;

/// Resources and parameters of a template. Source: docs/aws-rules.md#f5.
const TEMPLATE_RESOURCES: usize = 500;
const TEMPLATE_PARAMETERS: usize = 200;

/// Bytes of a template that CloudFormation reads from S3, as its error spells 1 MB. Source:
/// docs/aws-rules.md#f5.
const TEMPLATE_BYTES: usize = 1_000_000;

/// Bytes of an OpenAPI document that API Gateway imports. Source: docs/aws-rules.md#m8,
/// docs/aws-rules.md#o9 (6 MB).
const BODY_BYTES: usize = 6 * 1024 * 1024;

/// Methods, and resources in a template, from which on an API is better written as one document.
///
/// Source: docs/aws-rules.md#f12 (200 resources).
const MANY_METHODS: usize = 150;
const MANY_RESOURCES: u64 = 200;

/// Calls that read or change APIs, of an account. Unit: per second. Source: docs/aws-rules.md#d26.
pub(crate) const CALLS_PER_SECOND: usize = 10;

/// Resources of the API: one a path.
pub fn resources(stack: &Stack) -> u64 {
    stack.all::<Resource>().count() as u64
}

/// Checks a stack against the quotas. Errors: GW4018 resources, GW4019 listeners, GW4020 template,
/// GW4034 body, GW4061 rules, GW4062 target groups, GW4063 few rules left, GW4083 authorizers,
/// GW2006 names that become one.
pub fn limits(plan: &Plan, stack: &Stack) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let resources = resources(stack);
    if resources > plan.limits.resources {
        findings.push(
            diagnostic::TOO_MANY_RESOURCES
                .at(plan.place.clone())
                .message(format_args!("the paths need {resources} resources, and an API may have {}", plan.limits.resources))
                .help("ask AWS for a higher quota and set `limits.resources` to it, or hide operations that nobody calls"),
        );
    }
    let listeners = stack.all::<Listener>().count() as u64;
    if listeners > plan.limits.nlb_listeners {
        findings.push(
            diagnostic::TOO_MANY_LISTENERS
                .at(plan.place.clone())
                .message(format_args!(
                    "the backends need {listeners} listeners, and a network load balancer may have {}",
                    plan.limits.nlb_listeners
                ))
                .help("split the API in two blueprints, or put several services behind one port"),
        );
    }
    let authorizers = plan.authorizers.len() as u64;
    if authorizers > plan.limits.authorizers {
        findings.push(
            diagnostic::TOO_MANY_AUTHORIZERS
                .at(Place::pointer(&plan.place.file, "/auth"))
                .message(format_args!("the operations need {authorizers} authorizers, and an API may have {}", plan.limits.authorizers))
                .help("ask AWS for a higher quota and set `limits.authorizers` to it, or let schemes share an entry of `auth`"),
        );
    }
    behind_alb(plan, stack, &mut findings);
    body(plan, stack, &mut findings);
    if plan.output.format == OutputFormat::Cloudformation {
        template(plan, stack, &mut findings);
    }
    findings
}

/// Checks the size of the document that API Gateway imports.
fn body(plan: &Plan, stack: &Stack, findings: &mut Vec<Diagnostic>) {
    let body = stack.all().find_map(|api: &RestApi| api.body.as_ref());
    let bytes = body.map_or(0, |document| document.bytes());
    if bytes > BODY_BYTES {
        findings.push(
            diagnostic::BODY_TOO_LARGE
                .at(plan.place.clone())
                .message(format_args!("the API's document would have {bytes} bytes or more, and API Gateway imports {BODY_BYTES}"))
                .help("write `output.api_style: resources` in Terraform, or `api.validation: params`, which leaves the models out, or split the API in two blueprints"),
        );
    }
}

/// Checks the size of a template as it was written. Unit: bytes. Errors: GW4020.
pub fn template_size(plan: &Plan, bytes: usize) -> Option<Diagnostic> {
    // What takes less room: the YAML of large templates has about seven tenths of their JSON.
    let other_syntax = match plan.output.template {
        TemplateSyntax::Json if bytes / 10 * 7 <= TEMPLATE_BYTES => {
            "`output.template: yaml`, which takes less room, or "
        }
        TemplateSyntax::Json | TemplateSyntax::Yaml => "",
    };
    (bytes > TEMPLATE_BYTES).then(|| {
        diagnostic::TEMPLATE_TOO_LARGE
            .at(plan.place.clone())
            .message(format_args!("the template would have {bytes} bytes, and CloudFormation takes {TEMPLATE_BYTES}"))
            .help(format_args!(
                "write {other_syntax}`output.format: terraform`, or `api.validation: params`, which leaves the models out, or split the API in two blueprints"
            ))
    })
}

/// Notes that a large API is written object by object; `lines` are those of the output. Errors:
/// GW5030 (a note).
pub fn large_api(plan: &Plan, stack: &Stack, lines: impl FnOnce() -> usize) -> Option<Diagnostic> {
    let (methods, resources) = (stack.all::<Method>().count(), resources(stack));
    let is_template = plan.output.format == OutputFormat::Cloudformation;
    let is_large = methods > MANY_METHODS || is_template && resources > MANY_RESOURCES;
    if plan.output.api_style == ApiStyle::Body || !is_large {
        return None;
    }
    let objects = api_objects(stack);
    let seconds = objects.div_ceil(CALLS_PER_SECOND);
    let each = if is_template {
        "CloudFormation creates each with a call of its own"
    } else {
        "a plan of Terraform reads each with a call of its own"
    };
    let mut message = format!(
        "{methods} methods and {resources} resources are {objects} objects of API Gateway, on {} lines: {each}, \
         which takes {seconds} s or more at the {CALLS_PER_SECOND} calls a second that an account has",
        lines()
    );
    if is_template && resources > MANY_RESOURCES {
        message.push_str("; of more than 200 resources CloudFormation may not find the root (cloudformation-coverage-roadmap 1364)");
    }
    let found = diagnostic::LARGE_API.at(Place::pointer(&plan.place.file, "/output"));
    Some(found.message(message).help(
        "write `output: {api_style: body}`, which makes the API one object; where the blocks are wanted, `lint.allow` takes this code",
    ))
}

/// Parts of the API that are created with a call each: those that are no part of a body.
pub(crate) fn api_objects(stack: &Stack) -> usize {
    let single = stack.entries.iter().filter(|entry| !entry.is_in_body);
    single
        .map(|entry| match &entry.node {
            Node::Method(method) if method.integration.is_mock() => 4,
            Node::Method(_) => 2,
            node => usize::from(node.home() == Home::Document),
        })
        .sum()
}

/// Listeners, rules and target groups of the application load balancer.
fn behind_alb(plan: &Plan, stack: &Stack, findings: &mut Vec<Diagnostic>) {
    let listeners = stack.all::<HttpListener>().count() as u64;
    if listeners > ALB_LISTENERS {
        findings.push(
            diagnostic::TOO_MANY_LISTENERS
                .at(Place::pointer(&plan.place.file, "/alb/listeners"))
                .message(format_args!("{listeners} listeners are written, and an application load balancer may have {ALB_LISTENERS}"))
                .help("let backends share listeners, or split the API in two blueprints"),
        );
    }
    let rules = stack.all::<ListenerRule>().count() as u64;
    let most = plan.limits.listener_rules;
    if rules <= most && rules * 100 >= most * NEAR_PERCENT {
        findings.push(
            diagnostic::FEW_RULES_LEFT
                .at(plan.place.clone())
                .message(format_args!(
                    "the operations need {rules} of the {most} listener rules that an application load balancer may have"
                ))
                .help("ask AWS for a higher quota before it is needed, and set `limits.listener_rules` to it"),
        );
    }
    if rules > most {
        findings.push(
            diagnostic::TOO_MANY_RULES
                .at(plan.place.clone())
                .message(format_args!(
                    "the operations need {rules} listener rules, and an application load balancer may have {most}"
                ))
                .help("ask AWS for a higher quota and set `limits.listener_rules` to it, or give each backend paths below one start of its own"),
        );
    }
    let is_http =
        |group: &&TargetGroup| matches!(group.protocol, GroupProtocol::Http | GroupProtocol::Https);
    let groups = stack.all().filter(is_http).count() as u64;
    if groups > plan.limits.target_groups {
        findings.push(
            diagnostic::TOO_MANY_TARGET_GROUPS
                .at(plan.place.clone())
                .message(format_args!(
                    "the backends need {groups} target groups, and an application load balancer may have {}",
                    plan.limits.target_groups
                ))
                .help("ask AWS for a higher quota and set `limits.target_groups` to it, or split the API in two blueprints"),
        );
    }
}

fn template(plan: &Plan, stack: &Stack, findings: &mut Vec<Diagnostic>) {
    let resources = stack.entries.iter().filter(|entry| !entry.is_in_body);
    let parameters = stack.inputs.len() + stack.parameters.len();
    for (what, found, most) in [
        ("resources", resources.count(), TEMPLATE_RESOURCES),
        ("parameters", parameters, TEMPLATE_PARAMETERS),
        ("outputs", stack.outputs.len(), TEMPLATE_OUTPUTS),
    ] {
        if found > most {
            findings.push(
                diagnostic::TEMPLATE_TOO_LARGE
                    .at(plan.place.clone())
                    .message(format_args!("the template would have {found} {what}, and CloudFormation takes {most}"))
                    .help("write `output.api_style: body`, which makes the API one resource, or `format: terraform`, or split the API in two blueprints"),
            );
        }
    }
    let ids = stack
        .entries
        .iter()
        .map(|entry| (logical_id(&entry.address), entry.address.label.to_string()));
    let names = stack
        .inputs
        .keys()
        .map(|name| (pascal(name), format!("var: {name}")));
    let parameters = stack.parameters.iter().map(|(label, parameter)| {
        (
            logical_id(&StoredParameter::address(label)),
            format!("ssm: {}", parameter.path),
        )
    });
    unique(plan, ids.chain(names).chain(parameters), findings);
    // Outputs of each end with its name.
    let with_outputs =
        |backend: &&BackendPlan| backend.balanced().is_some() || backend.forwarder().is_some();
    let backends = plan.backends.iter().filter(with_outputs);
    let backends = backends.map(|backend| {
        let name = &backend.name;
        (pascal(name), format!("backends.{name}"))
    });
    unique(plan, backends, findings);
}

/// Checks that no two names of the blueprint become one id. Errors: GW2006.
fn unique(
    plan: &Plan,
    ids: impl Iterator<Item = (String, String)>,
    findings: &mut Vec<Diagnostic>,
) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (id, of) in ids {
        if let Some(other) = seen.insert(id.clone(), of.clone()) {
            findings.push(
                diagnostic::CONFLICTING_VARIABLE
                    .at(plan.place.clone())
                    .message(format_args!(
                        "`{other}` and `{of}` would both be `{id}` in CloudFormation"
                    ))
                    .help("rename one of them"),
            );
        }
    }
}
