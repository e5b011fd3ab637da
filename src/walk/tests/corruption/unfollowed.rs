//! Resources that no planned request comes to.

use crate::assemble::Assembled;
use crate::aws::{
    ApiRoot, Authorization, Checks, FixedResponse, HttpListener, Integration, LambdaPermission,
    Listener, ListenerRule, Method, Node, RuleAction, TargetGroup, TargetGroupRef,
};
use crate::openapi::HttpMethod;
use crate::plan::BackendPlan;
use crate::stack::{File, Handle, Holds, Label};

use super::{Corruption, groups, listeners};

pub(crate) const CORRUPTIONS: &[(&str, Corruption)] = &[
    ("method that nobody planned", |_, assembled| {
        let api = assembled.api.clone()?;
        let method = Method {
            on: ApiRoot::Root(api.clone()),
            api,
            http_method: HttpMethod::Head,
            request_parameters: Default::default(),
            checks: Checks::default(),
            cache_keys: Vec::new(),
            integration: Integration::NotFound,
            authorization: Authorization::default(),
        };
        add(assembled, method)
    }),
    ("target group that nobody planned", |_, assembled| {
        let group = twin_of_first_group(assembled)?;
        add(assembled, group)
    }),
    (
        "target group to switch to that nobody planned",
        |plan, assembled| {
            let green = |backend: &BackendPlan| Label::new(format!("{}__green", backend.name));
            let is_free = |label: &Label| {
                let mut entries = assembled.stack.entries.iter();
                !entries.any(|entry| entry.address.label == *label)
            };
            let mut labels = plan
                .backends
                .iter()
                .filter(|it| it.balanced().is_some())
                .map(green);
            let label = labels.find(is_free)?;
            let group = twin_of_first_group(assembled)?;
            assembled.stack.add(File::Network, label, group);
            Some(())
        },
    ),
    ("listener that nobody planned", |_, assembled| {
        let first = listeners(assembled).next()?;
        let listener = Listener {
            balancer: first.balancer.clone(),
            port: 65_000,
            certificate: None,
            forward_to: first.forward_to.clone(),
            attachments: Vec::new(),
            is_switched: false,
            start: None,
        };
        add(assembled, listener)
    }),
    ("HTTP listener that nobody planned", |_, assembled| {
        let first = assembled.stack.all::<HttpListener>().next()?;
        let listener = HttpListener {
            balancer: first.balancer.clone(),
            port: 65_000,
            certificate: None,
        };
        add(assembled, listener)
    }),
    ("rule behind all others", |_, assembled| {
        let first = assembled.stack.all::<ListenerRule>().next()?;
        let rule = ListenerRule {
            listener: first.listener.clone(),
            priority: 49_999,
            paths: vec!["/nowhere".into()],
            methods: Vec::new(),
            hosts: Vec::new(),
            action: RuleAction::Answer(FixedResponse::NOT_FOUND),
            attachments: Vec::new(),
            is_switched: false,
            start: None,
        };
        add(assembled, rule)
    }),
    ("permission twice", |_, assembled| {
        let first = assembled.stack.all::<LambdaPermission>().next()?;
        let permission = LambdaPermission {
            function: first.function.clone(),
            api: first.api.clone(),
            stage: first.stage.clone(),
        };
        add(assembled, permission)
    }),
    ("rule to a group of its own", |_, assembled| {
        let group = twin_of_first_group(assembled)?;
        let group: Handle<TargetGroup> = assembled.stack.add(File::Network, label(), group);
        let mut entries = assembled.stack.entries.iter_mut();
        let rule = entries.find_map(|entry| match &mut entry.node {
            Node::ListenerRule(rule) if matches!(rule.action, RuleAction::Forward(_)) => Some(rule),
            _ => None,
        });
        rule?.action = RuleAction::Forward(TargetGroupRef::Made(group));
        Some(())
    }),
];

fn label() -> Label {
    Label::new("nobodys")
}

fn add<K>(assembled: &mut Assembled, node: K) -> Option<()>
where
    Node: Holds<K>,
{
    assembled.stack.add(File::Network, label(), node);
    Some(())
}

fn twin_of_first_group(assembled: &mut Assembled) -> Option<TargetGroup> {
    let first = groups(assembled).next()?;
    Some(TargetGroup {
        name: first.name.clone(),
        port: first.port,
        protocol: first.protocol,
        target_type: first.target_type,
        vpc: first.vpc.clone(),
        deregistration_delay_s: first.deregistration_delay_s,
        health_check: first.health_check.clone(),
        targets: first.targets.clone(),
    })
}
