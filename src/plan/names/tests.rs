use std::collections::BTreeMap;

use super::super::paths;
use super::*;

fn path(text: &str) -> Vec<Segment> {
    paths::template(text, false)
        .expect("a path that a REST API holds")
        .segments
}

#[test]
fn labels_of_adversarial_paths_are_distinct() {
    let pieces = [
        "a", "a_", "_a", "a-", "-a", "a--5f", "a__b", "a_b", "any", "rest", "Any", "{id}", "{p+}",
        "--61ny", "5f", "a.b", "a--2eb", "path", "_", "-", "__",
    ];
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for first in pieces {
        for second in pieces.iter().copied().chain([""]) {
            let text = format!("/{first}/{second}")
                .trim_end_matches('/')
                .to_owned();
            let Ok(template) = paths::template(&text, false) else {
                continue;
            };
            let label = path_label(&template.segments);
            if let Some(other) = seen.insert(label.clone(), text.clone()) {
                panic!("{other} and {text} are both {label}");
            }
        }
    }
    assert!(seen.len() > 400);
}

#[test]
fn labels_do_not_depend_on_the_names_of_variables() {
    assert_eq!(
        operation_label(HttpMethod::Get, &path("/orders/{id}")),
        "get__orders__any"
    );
    assert_eq!(
        operation_label(HttpMethod::Get, &path("/orders/{order}")),
        "get__orders__any"
    );
    assert_eq!(
        path_label(&path("/v1.2/a_b/{proxy+}")),
        "path__v1--2e2__a_b__rest"
    );
    assert_eq!(path_label(&path("/any/rest")), "path__--61ny__--72est");
}

#[test]
fn files_do_not_collide_on_a_case_blind_disk() {
    let names = [
        "/users", "/Users", "/USERS", "/con", "/{id}", "/any", "/{p+}", "/rest", "/a.b", "/",
    ]
    .map(|name| routes_file(&path(name)).to_lowercase());
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    assert_eq!(&*routes_file(&path("/orders/{id}")), "routes_orders");
    for first in [
        "/override",
        "/x_override",
        "/_override",
        "/Override",
        "/a/override",
    ] {
        let name = routes_file(&path(first));
        assert!(
            !name.ends_with("_override") && &*name != "override",
            "{first}: {name}"
        );
    }
}

/// A name, with a value of deploy time as eight characters.
fn text(parts: &[Value]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Value::Literal(text) => text,
            Value::Input(_) | Value::Expression(_) | Value::Parameter { .. } => "12345678",
        })
        .collect()
}

fn of_environment(environment: Value, format: OutputFormat) -> Prefix {
    Prefix::new("abcdefghij-klmnopqrs", Some(environment), format)
}

#[test]
fn names_of_balancers_fit() {
    let long = of_environment(Value::Input("environment".into()), OutputFormat::Terraform);
    assert_eq!(long.balancer(), "abcde-");
    assert!(text(&long.target_group("orders-of-the-day", &["8080"])).len() <= 32);
    assert_ne!(
        long.target_group("orders", &["8080"]),
        long.target_group("orders", &["8081"])
    );
    let short = Prefix::new("shop", None, OutputFormat::Terraform);
    assert_eq!(short.balancer(), "shop-");
}

#[test]
fn names_of_functions_fit() {
    let long = of_environment(Value::Input("environment".into()), OutputFormat::Terraform);
    let name = long.function("forwarder", &"orders".repeat(9));
    assert_eq!(text(&name).len(), 64);
    assert_ne!(name, long.function("forwarder", &"orders".repeat(8)));
    let short = Prefix::new("shop", None, OutputFormat::Terraform);
    assert_eq!(
        text(&short.function("forwarder", "orders")),
        "shop-forwarder-orders"
    );
}

#[test]
fn names_with_a_long_environment_fit() {
    for environment in [
        "production-eu-west-1",
        "production-eu-west-2",
        "a-----------------b",
    ] {
        let literal = of_environment(
            Value::Literal(environment.into()),
            OutputFormat::Cloudformation,
        );
        assert!(text(&literal.target_group("orders", &["8080"])).len() <= 32);
        assert!(text(&literal.function("forwarder", &"orders".repeat(9))).len() <= 64);
        assert!(text(&literal.short("-forward-")).len() <= 38);
        assert_eq!(
            text(&literal.with("")),
            format!("abcdefghij-klmnopqrs-{environment}")
        );
    }
    let short_name = |environment: &str| {
        let environment = Value::Literal(environment.into());
        text(&Prefix::new("a", Some(environment), OutputFormat::Terraform).short(""))
    };
    assert_eq!(short_name("12345678"), "a-12345678");
    assert_ne!(
        short_name("production-eu-west-1"),
        short_name("production-eu-west-2")
    );
}
