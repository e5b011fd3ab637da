//! Notes of the output's README on servers: security groups that admit the load balancer or the
//! functions, and services of ECS that name a target group.

use super::names::OutputNames;
use crate::plan::{
    AlbBalancerPlan, BalancedPlan, BalancerPlan, ForwarderGroupsPlan, Plan, SourcePlan, TargetsPlan,
};
use crate::stack::{pascal, snake};

/// What the servers admit.
enum Admitted {
    /// The security group that is this output.
    Output(&'static str),
    /// Something that the stack does not have.
    Other(&'static str),
}

/// Servers of a backend whose security group the blueprint does not name.
struct Servers<'a> {
    backend: &'a str,
    port: u16,
    /// Port of health checks, where it is another one.
    health: Option<u16>,
}

pub(crate) fn notes(plan: &Plan, names: &OutputNames) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(source) = balancer(plan) {
        let (inside, outside): (Vec<_>, Vec<_>) = plan
            .balanced()
            .filter(|backend| backend.security_group.is_none())
            .partition(|backend| !is_outside(backend));
        let servers: Vec<_> = inside.into_iter().map(behind_balancer).collect();
        notes.extend(admit(&servers, &source, names));
        notes.extend(outside.iter().map(|backend| format!(
            "`{}`: its servers are outside the VPC. Routes lead there, and what guards them admits the ranges of the load balancer's subnets on port {}.",
            backend.name,
            backend.port
        )));
        notes.extend(services(plan, names));
    }
    if let Some(forwarders) = &plan.forwarders {
        let source = match &forwarders.groups {
            ForwarderGroupsPlan::Made(_) => Admitted::Output("forwarder_security_group_id"),
            ForwarderGroupsPlan::Given(_) => {
                Admitted::Other("those of the functions (`forwarder.security_groups`)")
            }
        };
        let called = plan.backends.iter().filter_map(|backend| {
            let forwarder = backend.forwarder()?;
            forwarder.security_group.is_none().then(|| Servers {
                backend: &backend.name,
                port: forwarder.port,
                health: None,
            })
        });
        notes.extend(admit(&called.collect::<Vec<_>>(), &source, names));
    }
    notes
}

/// What the servers behind a load balancer admit; none where the stack has no way to them.
fn balancer(plan: &Plan) -> Option<Admitted> {
    let network = plan.network.as_ref()?;
    let (source, output, given) = match (&network.alb, &network.nlb) {
        (Some(alb), _) if !alb.emits_rules => return None,
        (Some(alb), _) => {
            let given = match alb.balancer {
                AlbBalancerPlan::Made { .. } => {
                    "those of the load balancer (`alb.security_groups`)"
                }
                AlbBalancerPlan::Existing { .. } => "that of the load balancer that was there",
            };
            (&alb.source, "alb_security_group_id", given)
        }
        (None, nlb) => {
            let nlb = nlb.as_ref()?;
            let given = match nlb.balancer {
                BalancerPlan::Made { .. } => "those of the load balancer (`nlb.security_groups`)",
                BalancerPlan::Existing { .. } => {
                    "that of the load balancer that was there, or the ranges of its subnets where it has none"
                }
            };
            (&nlb.source, "nlb_security_group_id", given)
        }
    };
    Some(match source {
        SourcePlan::OwnGroup => Admitted::Output(output),
        SourcePlan::Groups(_) | SourcePlan::Cidrs(_) => Admitted::Other(given),
    })
}

fn is_outside(backend: &BalancedPlan) -> bool {
    matches!(
        backend.targets,
        TargetsPlan::Ips {
            outside_vpc: true,
            ..
        }
    )
}

fn behind_balancer(backend: &BalancedPlan) -> Servers<'_> {
    Servers {
        backend: &backend.name,
        port: backend.port,
        health: backend
            .health_check
            .port
            .filter(|port| *port != backend.port),
    }
}

/// The rules that the servers' security groups need, one of them as code.
fn admit(servers: &[Servers<'_>], source: &Admitted, names: &OutputNames) -> Option<String> {
    let first = servers.first()?;
    let from = match source {
        Admitted::Output(output) => format!("the security group {}", names.code(output)),
        Admitted::Other(given) => (*given).to_owned(),
    };
    let mut note = format!(
        "The servers' own security groups have to admit {from}. (For a backend whose `security_group` the blueprint names, the rule is made.)\n"
    );
    for servers in servers {
        note.push_str(&format!("- `{}`: port {}", servers.backend, servers.port));
        if let Some(health) = servers.health {
            note.push_str(&format!(", and {health} for health checks"));
        }
        note.push('\n');
    }
    if let Admitted::Output(output) = source {
        let rule = if names.is_terraform() {
            terraform_rule(first, &names.reference(output))
        } else {
            template_rule(first, &names.reference(output))
        };
        note.push('\n');
        note.push_str(&names.block(&rule));
    }
    Some(note.trim_end().to_owned())
}

fn terraform_rule(servers: &Servers<'_>, source: &str) -> String {
    let (port, label) = (servers.port, snake(servers.backend));
    format!(
        "resource \"aws_vpc_security_group_ingress_rule\" \"{label}\" {{\n\
         \x20 security_group_id            = aws_security_group.{label}.id\n\
         \x20 referenced_security_group_id = {source}\n\
         \x20 ip_protocol                  = \"tcp\"\n\
         \x20 from_port                    = {port}\n\
         \x20 to_port                      = {port}\n}}"
    )
}

fn template_rule(servers: &Servers<'_>, source: &str) -> String {
    let (port, id) = (servers.port, pascal(servers.backend));
    format!(
        "{id}Ingress:\n\
         \x20 Type: AWS::EC2::SecurityGroupIngress\n\
         \x20 Properties:\n\
         \x20   GroupId: !GetAtt {id}SecurityGroup.GroupId\n\
         \x20   SourceSecurityGroupId: {source}\n\
         \x20   IpProtocol: tcp\n\
         \x20   FromPort: {port}\n\
         \x20   ToPort: {port}"
    )
}

/// How services of ECS name their target groups, one of them as code.
///
/// Source: Amazon ECS developer guide, "Use load balancing to distribute Amazon ECS service
/// traffic", <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html>:
/// network mode `awsvpc` needs targets of type `ip`.
fn services(plan: &Plan, names: &OutputNames) -> Option<String> {
    let mut first = None;
    let mut note = String::from(
        "Services of ECS register their tasks by themselves once each names its target group:\n",
    );
    for backend in plan.balanced() {
        let TargetsPlan::Ecs { by_address, .. } = backend.targets else {
            continue;
        };
        first.get_or_insert(backend);
        let mode = if by_address {
            "`awsvpc`"
        } else {
            "`bridge` or `host`"
        };
        let group = format!("target_group_arn_{}", snake(&backend.name));
        note.push_str(&format!(
            "- `{}`: {}, tasks of network mode {mode} that listen on {}\n",
            backend.name,
            names.code(&group),
            backend.port
        ));
    }
    let backend = first?;
    let (name, port) = (&backend.name, backend.port);
    let group = names.reference(&format!("target_group_arn_{}", snake(name)));
    let code = if names.is_terraform() {
        format!(
            "resource \"aws_ecs_service\" \"{}\" {{\n  # ...\n  load_balancer {{\n\
             \x20   target_group_arn = {group}\n\
             \x20   container_name   = \"{name}\"\n\
             \x20   container_port   = {port}\n  }}\n}}",
            snake(name)
        )
    } else {
        format!(
            "LoadBalancers:\n  - TargetGroupArn: {group}\n    ContainerName: {name}\n    ContainerPort: {port}"
        )
    };
    Some(format!("{note}\n{}", names.block(&code)))
}
