//! What `predict` says of changes, without Terraform: each kind of action, what causes it, and how
//! far it spreads. `.ci/full predicted` compares it with what the real Terraform plans.

use std::collections::BTreeMap;
use std::sync::Arc;

use gwgen::predict::{Action, ActionKind, StackState, predict};
use gwgen::source::{FilesInMemory, RelativePath};
use gwgen::{Circumstances, Compiled, Request, compile_in};

const FORMATS: [&str; 3] = ["terraform", "terraform-json", "cloudformation"];

/// An input: the paths of the description, the first backend's fields, and what else the blueprint
/// has.
#[derive(Clone, Copy)]
struct Input<'a> {
    format: &'a str,
    paths: &'a [&'a str],
    backend: &'a str,
    rest: &'a str,
}

const FIRST: Input<'_> = Input {
    format: "terraform",
    paths: &["/orders", "/orders/{id}"],
    backend: "port: 8080, targets: {ips: [10.0.0.1]}",
    rest: "",
};

impl Input<'_> {
    fn files(self) -> FilesInMemory {
        let Input {
            format,
            backend,
            rest,
            ..
        } = self;
        let path = |path: &&str| {
            let parameters = if path.contains('{') {
                "parameters: [{name: id, in: path, required: true, schema: {type: string}}], "
            } else {
                ""
            };
            format!(
                "  {path}:\n    get: {{{parameters}responses: {{'200': {{description: ok}}}}}}\n"
            )
        };
        let paths: String = self.paths.iter().map(path).collect();
        let description =
            format!("openapi: 3.0.3\ninfo: {{title: Shop, version: '1'}}\npaths:\n{paths}");
        let blueprint = format!(
            "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\n\
             output: {{format: {format}}}\n\
             network: {{vpc: {{var: vpc_id}}, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}}\n\
             backends:\n  orders: {{{backend}}}\n{rest}"
        );
        let files = [("gwgen.yaml", blueprint), ("openapi.yaml", description)];
        FilesInMemory(BTreeMap::from(
            files.map(|(name, text)| (name.to_owned(), text.into_bytes())),
        ))
    }

    fn compiled(self, after: Option<&Compiled>) -> Compiled {
        let request = Request {
            blueprint: RelativePath::join("", "gwgen.yaml").unwrap(),
            display: Arc::from("gwgen.yaml"),
        };
        let run = Circumstances {
            after: after.map(|after| &after.tree.as_ref().unwrap().memory),
            ..Circumstances::default()
        };
        let compiled = compile_in(&self.files(), &request, run);
        assert!(compiled.tree.is_some(), "{:?}", compiled.diagnostics);
        compiled
    }
}

fn state(compiled: &Compiled) -> StackState<'_> {
    StackState {
        plan: compiled.plan.as_ref().unwrap(),
        stack: &compiled.assembled.as_ref().unwrap().stack,
    }
}

/// What happens from one input to another.
fn actions(before: Input<'_>, after: Input<'_>) -> Vec<Action> {
    let before = before.compiled(None);
    let after = after.compiled(Some(&before));
    predict(state(&before), state(&after))
}

/// Lines `action address: because`, without the lines of a deployment.
fn lines(before: Input<'_>, after: Input<'_>) -> Vec<String> {
    let line = |action: Action| {
        let kind = serde_json::to_value(action.action).unwrap();
        let because = action.because.join(" ");
        format!("{} {}: {because}", kind.as_str().unwrap(), action.address)
    };
    actions(before, after).into_iter().map(line).collect()
}

#[test]
fn equal_inputs_give_no_action_in_any_format() {
    for format in FORMATS {
        let input = Input { format, ..FIRST };
        assert_eq!(lines(input, input), [""; 0], "{format}");
    }
    let json = Input {
        format: "terraform-json",
        ..FIRST
    };
    assert_eq!(lines(FIRST, json), [""; 0]);
}

#[test]
fn a_new_route_is_created_with_a_new_deployment_and_the_old_one_is_forgotten() {
    let more = Input {
        paths: &["/orders", "/orders/{id}", "/ping"],
        ..FIRST
    };
    assert_eq!(
        lines(FIRST, more),
        [
            "forget aws_api_gateway_deployment.g0: ",
            "create aws_api_gateway_deployment.g1: ",
            "create aws_api_gateway_integration.get__ping: ",
            "create aws_api_gateway_method.get__ping: ",
            "create aws_api_gateway_resource.path__ping: ",
            "update aws_api_gateway_stage.v1: aws_api_gateway_deployment.g1",
            "update terraform_data.deployment: aws_api_gateway_integration.get__ping aws_api_gateway_method.get__ping",
        ]
    );
    let back = lines(more, FIRST);
    assert!(
        back.contains(&"destroy aws_api_gateway_method.get__ping: ".to_owned()),
        "{back:?}"
    );
}

#[test]
fn a_create_only_argument_replaces_and_spreads_to_what_reads_the_resource() {
    let fewer = |format| Input { format, ..FIRST };
    let one = |input: Input<'_>| {
        let mut files = input.files();
        let text = String::from_utf8(files.0["gwgen.yaml"].clone()).unwrap();
        let text = text.replace("subnet-0a0a0a0a, ", "");
        files.0.insert("gwgen.yaml".into(), text.into_bytes());
        files
    };
    let before = fewer("terraform").compiled(None);
    let request = Request {
        blueprint: RelativePath::join("", "gwgen.yaml").unwrap(),
        display: Arc::from("gwgen.yaml"),
    };
    let run = Circumstances {
        after: Some(&before.tree.as_ref().unwrap().memory),
        ..Circumstances::default()
    };
    let after = compile_in(&one(FIRST), &request, run);
    let found = predict(state(&before), state(&after));
    let of = |address: &str| {
        let action = found.iter().find(|it| it.address == address).unwrap();
        (action.action, action.because.join(" "))
    };
    assert_eq!(of("aws_lb.nlb"), (ActionKind::Replace, "subnets".into()));
    assert_eq!(
        of("aws_api_gateway_vpc_link.this"),
        (ActionKind::Replace, "aws_lb.nlb".into())
    );
    assert_eq!(of("aws_lb_listener.nlb__8080").0, ActionKind::Replace);
    let integration = of("aws_api_gateway_integration.get__orders");
    assert_eq!(integration.0, ActionKind::Update);
    assert!(integration.1.contains("aws_api_gateway_vpc_link.this"));
    // A subnet more replaces no load balancer.
    let back = compile_in(
        &FIRST.files(),
        &request,
        Circumstances {
            after: Some(&after.tree.as_ref().unwrap().memory),
            ..run
        },
    );
    let found = predict(state(&after), state(&back));
    assert!(
        found.iter().all(|it| it.action != ActionKind::Replace),
        "{found:?}"
    );
}

#[test]
fn what_is_left_out_has_the_default_or_stays_as_it_was() {
    let rest = |rest| Input { rest, ..FIRST };
    let secure = |rest| Input {
        backend: "port: 8443, protocol: https, host: orders.example.com, targets: {ips: [10.0.0.1]}",
        rest,
        ..FIRST
    };
    let found = lines(
        secure("nlb: {tls: {certificate: {var: certificate}}, access_logs: {bucket: shop-logs}}\n"),
        secure("nlb: {tls: {certificate: {var: certificate}}}\n"),
    );
    let logged = "update aws_lb.nlb: access_logs.bucket access_logs.enabled";
    assert!(found.iter().any(|it| it == logged), "{found:?}");
    // AWS may decide what the API has.
    let found = lines(rest("api: {binary_media_types: [image/png]}\n"), FIRST);
    assert!(
        found
            .iter()
            .all(|it| !it.contains("aws_api_gateway_rest_api.")),
        "{found:?}"
    );
}

#[test]
fn values_that_are_known_only_at_deploy_time_may_change() {
    let input = |vpc| Input { rest: vpc, ..FIRST };
    let tagged = |tag| input(tag);
    let found = lines(
        tagged("tags: {team: {expr: local.team}}\n"),
        tagged("tags: {team: {expr: local.group}}\n"),
    );
    assert!(
        !found.is_empty() && found.iter().all(|it| it.starts_with("may-change ")),
        "{found:?}"
    );
    let found = lines(
        tagged("tags: {team: {expr: local.team}}\n"),
        tagged("tags: {team: {expr: local.team}, more: x}\n"),
    );
    assert!(
        found.iter().any(|it| it == "update aws_lb.nlb: tags"),
        "{found:?}"
    );
}

#[test]
fn a_template_is_compared_property_by_property() {
    let of = |backend| Input {
        format: "cloudformation",
        backend,
        ..FIRST
    };
    let found = actions(
        of(FIRST.backend),
        of("port: 8080, deregistration_delay: 90s, targets: {ips: [10.0.0.1]}"),
    );
    let [only] = &*found else {
        panic!("{found:?}");
    };
    assert!(only.address.starts_with("TargetGroup"), "{found:?}");
    assert_eq!(only.action, ActionKind::Update);
    assert_eq!(only.because, ["TargetGroupAttributes"]);
}
