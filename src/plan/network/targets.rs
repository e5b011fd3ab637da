//! What a backend runs on, decided.
//!
//! In: `TargetsSpec`. Out: `TargetsPlan`, findings. Pure.
//! A list that is known only at deploy time is Terraform's alone where every item needs a resource
//! of its own.

use std::net::Ipv4Addr;

use crate::blueprint::{
    self, BackendSpec, Blueprint, EcsDeployment, EcsNetwork, EcsSpec, Format, defaults,
};
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, TargetsPlan, Values};

/// Decides the targets of a backend.
///
/// Errors: GW2002 value, GW2003 no targets, GW2008 Terraform only, GW2011 fields that do not fit,
/// GW2020 without effect, GW2023 attached by others, GW4040 address, GW4041 switched listener.
pub(crate) fn targets(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> Option<TargetsPlan> {
    let Some(targets) = &spec.targets else {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(blueprint.place(at))
                .message("the backend has no `targets`")
                .help("write for example `targets: {ecs: true}` or `targets: {instances: [i-0a1b2c3d]}`"),
        );
        return None;
    };
    if spec.outside_vpc.is_some() && targets.ips.is_none() {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(blueprint.place(&format!("{at}/outside_vpc")))
                .message("only targets named by their addresses can lie outside the VPC")
                .help("name the targets by `ips`, or remove the line"),
        );
    }
    let place = |kind: &str| format!("{at}/targets/{kind}");
    if let Some(instances) = &targets.instances {
        return Some(instances_of(
            blueprint,
            variables,
            instances,
            &place("instances"),
        ));
    }
    if let Some(groups) = &targets.autoscaling_groups {
        return Some(autoscaling_groups(
            blueprint,
            variables,
            groups,
            &place("autoscaling_groups"),
        ));
    }
    if let Some(addresses) = &targets.ips {
        let addresses = ips(blueprint, variables, addresses, &place("ips"));
        return Some(TargetsPlan::Ips {
            addresses,
            outside_vpc: spec.outside_vpc.unwrap_or(defaults::OUTSIDE_VPC),
        });
    }
    if let Some(arn) = &targets.target_group {
        without_effect(blueprint, variables, spec, at);
        return Some(TargetsPlan::Existing(variables.value(
            arn,
            InputType::TargetGroup,
            &place("target_group"),
        )));
    }
    targets
        .ecs
        .as_ref()
        .map(|it| ecs(blueprint, variables, it, &place("ecs")))
}

fn instances_of(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    instances: &blueprint::Values,
    at: &str,
) -> TargetsPlan {
    if matches!(instances, blueprint::Values::One(_)) {
        variables.only_terraform(
            at,
            "CloudFormation cannot register a list of targets that is known only at deploy time",
            "list the instances one by one, each as `{var: name}` if need be",
        );
    }
    let help = "name an instance, or use `ecs: true` for targets that register themselves";
    not_empty(
        blueprint,
        variables,
        instances,
        (at, "the list of instances is empty", help),
    );
    TargetsPlan::Instances(variables.values(
        instances,
        (InputType::Instance, InputType::Instances),
        at,
    ))
}

/// Source: CloudFormation attaches a target group where the autoscaling group itself is declared,
/// "AWS::AutoScaling::AutoScalingGroup", `TargetGroupARNs`,
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html>:
/// there is no resource that attaches one that is there.
fn autoscaling_groups(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    groups: &blueprint::Values,
    at: &str,
) -> TargetsPlan {
    let help = "name a group, or use `ecs: true` for targets that register themselves";
    not_empty(
        blueprint,
        variables,
        groups,
        (at, "the list of autoscaling groups is empty", help),
    );
    let is_attached = match variables.format() {
        Format::Terraform | Format::TerraformJson => true,
        Format::Cloudformation => false,
    };
    let groups = variables.read_all(
        groups,
        (InputType::AutoscalingGroup, InputType::AutoscalingGroups),
        (at, is_attached),
    );
    if is_attached {
        return TargetsPlan::AutoscalingGroups(Some(groups));
    }
    variables.report(
        diagnostic::UNATTACHED_GROUPS
            .at(blueprint.place(at))
            .message("CloudFormation cannot attach an autoscaling group that is there: the backend has no targets until you do")
            .help("add the output with the target group's ARN to `TargetGroupARNs` of the autoscaling groups, or use Terraform"),
    );
    TargetsPlan::AutoscalingGroups(None)
}

fn ips(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    addresses: &blueprint::Values,
    at: &str,
) -> Values {
    if matches!(addresses, blueprint::Values::One(_)) {
        variables.only_terraform(
            at,
            "CloudFormation cannot register a list of targets that is known only at deploy time",
            "list the addresses one by one, each as `{var: name}` if need be",
        );
    }
    let help = "name an address, or use `ecs: true` for targets that register themselves";
    not_empty(
        blueprint,
        variables,
        addresses,
        (at, "the list of addresses is empty", help),
    );
    if let blueprint::Values::List(list) = addresses {
        for (index, value) in list.iter().enumerate() {
            let blueprint::Value::Literal(text) = value else {
                continue;
            };
            if !text.parse().is_ok_and(is_taken) {
                variables.report(
                    diagnostic::ADDRESS_OUT_OF_RANGE
                        .at(blueprint.place(&format!("{at}/{index}")))
                        .message(format_args!("`{text}` is no private IPv4 address, and a load balancer takes no other as its target"))
                        .help("write one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10; where the VPC itself has other addresses, pass it as `{var: name}`"),
                );
            }
        }
    }
    variables.values(addresses, (InputType::Address, InputType::Addresses), at)
}

/// Source: docs/aws-rules.md#l24.
fn is_taken(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private() || (first == 100 && (64..128).contains(&second))
}

/// Whether a text is an IPv4 range as a rule of a security group takes it: the first address, and 8
/// bits of the network or more.
///
/// A wider range would admit other networks than one's own.
pub(crate) fn is_range(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let (Ok(address), Ok(bits)) = (address.parse::<Ipv4Addr>(), bits.parse::<u32>()) else {
        return false;
    };
    (8..=32).contains(&bits)
        && text == format!("{address}/{bits}")
        && address.to_bits().checked_shl(bits).unwrap_or(0) == 0
}

fn ecs(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    ecs: &EcsSpec,
    at: &str,
) -> TargetsPlan {
    let (network, deployment) = match ecs {
        EcsSpec::Service => (None, None),
        EcsSpec::With(with) => (with.network, with.deployment),
    };
    let is_blue_green = deployment.unwrap_or(defaults::ECS_DEPLOYMENT) == EcsDeployment::BlueGreen;
    if is_blue_green && variables.format() == Format::Cloudformation {
        variables.report(
            diagnostic::SWITCHED_LISTENER
                .at(blueprint.place(&format!("{at}/deployment")))
                .message("CloudFormation does not know that deployments switch the listener: an update of the stack that touches it sends everything back to the first target group")
                .help("update the stack only while the first group serves, or use Terraform, which leaves the listener's target alone"),
        );
    }
    TargetsPlan::Ecs {
        by_address: network.unwrap_or(defaults::ECS_NETWORK) == EcsNetwork::Awsvpc,
        is_blue_green,
    }
}

/// Names what a target group that is there decides by itself. The port of its health check is of
/// use: security groups admit it.
fn without_effect(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) {
    let check = spec.health_check.clone().unwrap_or_default();
    let fields = [
        ("health_check/protocol", check.protocol.is_some()),
        ("health_check/path", check.path.is_some()),
        ("health_check/interval", check.interval.is_some()),
        ("health_check/timeout", check.timeout.is_some()),
        ("health_check/healthy", check.healthy.is_some()),
        ("health_check/unhealthy", check.unhealthy.is_some()),
        ("health_check/matcher", check.matcher.is_some()),
        ("deregistration_delay", spec.deregistration_delay.is_some()),
    ];
    for (field, _) in fields.into_iter().filter(|(_, is_written)| *is_written) {
        variables.report(
            diagnostic::NO_EFFECT
                .at(blueprint.place(&format!("{at}/{field}")))
                .message(format_args!(
                    "`{}` has no effect on a target group that is there",
                    field.replace('/', ".")
                ))
                .help("set it where the target group is made, and remove the line here"),
        );
    }
}

pub(crate) fn not_empty(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    values: &blueprint::Values,
    (at, message, help): (&str, &str, &str),
) {
    if matches!(values, blueprint::Values::List(list) if list.is_empty()) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(at))
                .message(message)
                .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{is_range, is_taken};

    #[test]
    fn addresses_that_a_balancer_takes() {
        let taken = |text: &str| is_taken(text.parse().expect("an address"));
        for text in [
            "10.0.1.10",
            "172.16.0.1",
            "172.31.255.254",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.254",
        ] {
            assert!(taken(text), "{text}");
        }
        for text in [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "100.63.0.1",
            "169.254.1.1",
            "127.0.0.1",
            "0.0.0.0",
        ] {
            assert!(!taken(text), "{text}");
        }
    }

    #[test]
    fn ranges_that_a_rule_takes() {
        for text in ["10.0.0.0/8", "10.0.1.0/24", "10.0.1.7/32"] {
            assert!(is_range(text), "{text}");
        }
        for text in [
            "0.0.0.0/0",
            "10.0.0.0/7",
            "10.0.1.1/24",
            "10.0.1.0",
            "10.0.1.0/33",
            "10.0.1.0/024",
            "fd00::/8",
            "10.0.1.0/ 24",
        ] {
            assert!(!is_range(text), "{text}");
        }
    }
}
