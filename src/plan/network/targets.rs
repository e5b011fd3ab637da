//! Targets of a backend behind a load balancer, decided.
//!
//! In: `TargetsSpec`. Out: `TargetsPlan`, findings. Pure.
//! A list that is known only at deploy time is Terraform's alone where every item needs a resource
//! of its own.

use std::net::Ipv4Addr;

use super::existing::report_without_effect;
use crate::blueprint::{
    BackendSpec, EcsDeployment, EcsNetwork, EcsSpec, OutputFormat, ValueSpec, ValuesSpec,
};
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, TargetsPlan};

/// Decides the targets of a backend.
///
/// Errors: GW2002 value, GW2003 no targets, GW2008 Terraform only, GW2011 fields that do not fit,
/// GW2020 without effect, GW2023 attached by others, GW4040 address, GW4041 switched listener.
pub(crate) fn targets(
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    name: &str,
    at: &str,
) -> Option<TargetsPlan> {
    let Some(targets) = &spec.targets else {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(variables.place(at))
                .message("the backend has no `targets`")
                .help("write for example `targets: {ecs: true}` or `targets: {instances: [i-0a1b2c3d]}`"),
        );
        return None;
    };
    let at_outside = format!("{at}/outside_vpc");
    if variables.blueprint().is_written(&at_outside) && targets.ips.is_none() {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(variables.place(&at_outside))
                .message("only targets named by their addresses can lie outside the VPC")
                .help("name the targets by `ips`, or remove the line"),
        );
    }
    let kind = |kind: &str| format!("{at}/targets/{kind}");
    if let Some(written) = &targets.instances {
        return Some(instances(variables, written, &kind("instances")));
    }
    if let Some(written) = &targets.autoscaling_groups {
        let at = kind("autoscaling_groups");
        return Some(autoscaling_groups(variables, written, &at));
    }
    if let Some(written) = &targets.ips {
        return Some(TargetsPlan::Ips {
            addresses: addresses(variables, written, &kind("ips")),
            outside_vpc: spec.outside_vpc,
        });
    }
    if let Some(arn) = &targets.target_group {
        report_fields_of_new(variables, at);
        let at = kind("target_group");
        let arn = variables.value(arn, InputType::TargetGroup, &at);
        return Some(TargetsPlan::Existing(arn));
    }
    let written = targets.ecs.as_ref()?;
    Some(ecs(variables, written, name, &kind("ecs")))
}

/// Refuses a list in CloudFormation that is known only at deploy time.
fn refuse_unknown_list(variables: &mut Variables<'_>, targets: &ValuesSpec, what: &str, at: &str) {
    if matches!(targets, ValuesSpec::One(_)) {
        variables.only_terraform(
            at,
            "CloudFormation cannot register a list of targets that is known only at deploy time",
            &format!("list the {what} one by one, each as `{{var: name}}` if need be"),
        );
    }
}

fn instances(variables: &mut Variables<'_>, instances: &ValuesSpec, at: &str) -> TargetsPlan {
    refuse_unknown_list(variables, instances, "instances", at);
    let message = "the list of instances is empty";
    let help = "name an instance, or use `ecs: true` for targets that register themselves";
    variables.refuse_empty(instances, at, message, help);
    TargetsPlan::Instances(variables.values(instances, InputType::Instances, at))
}

/// Source: CloudFormation attaches a target group where the autoscaling group itself is declared,
/// "AWS::AutoScaling::AutoScalingGroup", `TargetGroupARNs`,
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html>:
/// there is no resource that attaches one that is there.
fn autoscaling_groups(variables: &mut Variables<'_>, groups: &ValuesSpec, at: &str) -> TargetsPlan {
    let message = "the list of autoscaling groups is empty";
    let help = "name a group, or use `ecs: true` for targets that register themselves";
    variables.refuse_empty(groups, at, message, help);
    let is_attached = match variables.format() {
        OutputFormat::Terraform | OutputFormat::TerraformJson => true,
        OutputFormat::Cloudformation => false,
    };
    let groups = variables.values(groups, InputType::AutoscalingGroups, at);
    if is_attached {
        return TargetsPlan::AutoscalingGroups(Some(groups));
    }
    variables.report(
        diagnostic::UNATTACHED_GROUPS
            .at(variables.place(at))
            .message("CloudFormation cannot attach an autoscaling group that is there: the backend has no targets until you do")
            .help("add the output with the target group's ARN to `TargetGroupARNs` of the autoscaling groups, or use Terraform"),
    );
    TargetsPlan::AutoscalingGroups(None)
}

fn addresses(
    variables: &mut Variables<'_>,
    addresses: &ValuesSpec,
    at: &str,
) -> crate::plan::Values {
    refuse_unknown_list(variables, addresses, "addresses", at);
    let message = "the list of addresses is empty";
    let help = "name an address, or use `ecs: true` for targets that register themselves";
    variables.refuse_empty(addresses, at, message, help);
    if let ValuesSpec::List(list) = addresses {
        for (index, value) in list.iter().enumerate() {
            let ValueSpec::Literal(text) = value else {
                continue;
            };
            if !text.parse().is_ok_and(is_taken) {
                variables.report(
                    diagnostic::ADDRESS_OUT_OF_RANGE
                        .at(variables.place(&format!("{at}/{index}")))
                        .message(format_args!("`{text}` is no private IPv4 address, and a load balancer takes no other as its target"))
                        .help("write one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10; where the VPC itself has other addresses, pass it as `{var: name}`"),
                );
            }
        }
    }
    variables.values(addresses, InputType::Addresses, at)
}

/// Source: docs/aws-rules.md#l24.
fn is_taken(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private() || (first == 100 && (64..128).contains(&second))
}

fn ecs(variables: &mut Variables<'_>, ecs: &EcsSpec, name: &str, at: &str) -> TargetsPlan {
    let settings = ecs.settings();
    let is_blue_green = settings.deployment == EcsDeployment::BlueGreen;
    let is_cloudformation = variables.format() == OutputFormat::Cloudformation;
    if is_blue_green && is_cloudformation {
        variables.report(
            diagnostic::SWITCHED_LISTENER
                .at(variables.place(&format!("{at}/deployment")))
                .message("CloudFormation does not know that deployments switch the listener: an update of the stack that touches it sends everything back to the first target group")
                .help("update the stack only while the first group serves, or use Terraform, which leaves the listener's target alone"),
        );
    }
    TargetsPlan::Ecs {
        by_address: settings.network == EcsNetwork::Awsvpc,
        is_blue_green,
        serves: (is_blue_green && !is_cloudformation).then(|| variables.serving(name, at)),
    }
}

/// Reports fields beside an existing target group. The port of its health check has an effect:
/// security groups admit it.
fn report_fields_of_new(variables: &mut Variables<'_>, at: &str) {
    let fields = [
        "health_check/protocol",
        "health_check/path",
        "health_check/interval",
        "health_check/timeout",
        "health_check/healthy",
        "health_check/unhealthy",
        "health_check/matcher",
        "deregistration_delay",
    ];
    report_without_effect(variables, at, &fields, "target group");
}

#[cfg(test)]
mod tests {
    use super::is_taken;

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
}
