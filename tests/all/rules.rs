//! Listener rules of whole blueprints: what a private caller reaches, and what is refused for a
//! reason.

use std::fmt::Write as _;
use std::sync::Arc;

use gwgen::source::{FilesInMemory, RelativePath};
use gwgen::{Request, compile};

/// Codes of the errors, and the network file.
fn rendered(paths: &[(&str, &str)], blueprint: &str) -> (Vec<&'static str>, String) {
    let mut api = "openapi: 3.0.3\ninfo: {title: Shop, version: \"1\"}\npaths:\n".to_owned();
    for (path, methods) in paths {
        let variables: Vec<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
        let parameters: Vec<String> = variables
            .iter()
            .map(|name| {
                format!("{{name: {name}, in: path, required: true, schema: {{type: string}}}}")
            })
            .collect();
        writeln!(
            api,
            "  {path}:\n    parameters: [{}]",
            parameters.join(", ")
        )
        .unwrap();
        for method in methods.split(' ') {
            writeln!(
                api,
                "    {method}: {{responses: {{\"200\": {{description: OK}}}}}}"
            )
            .unwrap();
        }
    }
    let topology = if blueprint.starts_with("topology") {
        ""
    } else {
        "topology: nlb-alb\n"
    };
    let start = "version: 1\nname: shop\nspec: openapi.yaml\n\
        network: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}\napi: {partial_segments: widen}\n";
    let files = [
        ("gwgen.yaml", format!("{start}{topology}{blueprint}")),
        ("openapi.yaml", api),
    ];
    let memory = FilesInMemory(
        files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect(),
    );
    let request = Request {
        blueprint: RelativePath::join("", "gwgen.yaml").unwrap(),
        display: Arc::from("gwgen.yaml"),
    };
    let compiled = compile(&memory, &request);
    let codes = compiled
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(|diagnostic| diagnostic.code.code)
        .collect();
    let network = compiled.tree.and_then(|tree| {
        tree.files
            .get("network.tf")
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    });
    (codes, network.unwrap_or_default())
}

const TWO: &str = "backends:\n  orders: {port: 8080, targets: {ecs: true}}\n  users: {port: 8081, targets: {ecs: true}}\n";

#[test]
fn a_hidden_path_is_refused_with_a_slash_behind_it() {
    let routes =
        "routes: [{match: {}, backend: orders}, {match: {paths: [/users]}, exposure: hidden}]\n";
    let (codes, network) = rendered(
        &[("/users", "get"), ("/users/{id}", "get")],
        &format!("{TWO}{routes}"),
    );
    assert!(
        codes.is_empty() && network.contains("values = [\"/users/\"]"),
        "{codes:?} {network}"
    );
}

#[test]
fn a_hidden_path_is_refused_behind_the_prefix_of_another_backend() {
    let backends = TWO.replace("port: 8081,", "port: 8081, path_prefix: /u,");
    let routes = "routes: [{match: {}, backend: orders}, {match: {paths: [\"/users/{id}\"]}, backend: users}, \
        {match: {paths: [/users/export]}, exposure: hidden}]\n";
    let (codes, network) = rendered(
        &[
            ("/users/export", "get"),
            ("/users/{id}", "get"),
            ("/a", "get"),
        ],
        &format!("{backends}{routes}"),
    );
    assert!(
        codes.is_empty() && network.contains("\"/u/users/export\""),
        "{codes:?} {network}"
    );
}

#[test]
fn a_widened_path_keeps_its_method_from_another_backend_s_narrower_pattern() {
    let routes = "routes: [{match: {}, backend: orders}, {match: {methods: [put]}, backend: users}, \
        {match: {methods: [get]}, exposure: internal}]\n";
    let (codes, network) = rendered(&[("/a/{id}.json", "get put")], &format!("{TWO}{routes}"));
    assert!(
        codes.is_empty() && network.contains("http_request_method"),
        "{codes:?} {network}"
    );
}

#[test]
fn a_rule_names_its_methods_beside_a_wider_hidden_path() {
    let routes = "routes: [{match: {}, backend: orders}, {match: {paths: [\"/{x}\"]}, exposure: hidden}, {match: {paths: [/a]}, exposure: internal}]\n";
    for hidden in ["x-amazon-apigateway-any-method", "get"] {
        let (codes, network) = rendered(
            &[("/{x}", hidden), ("/a", "post"), ("/b/{y}", "get")],
            &format!("{TWO}{routes}"),
        );
        assert!(
            codes.is_empty() && network.contains("values = [\"POST\"]"),
            "{codes:?} {network}"
        );
    }
}

#[test]
fn a_rule_names_its_methods_beside_a_wider_path_of_another_backend() {
    let backends = TWO.replace("port: 8080,", "port: 8080, path_prefix: /v1,");
    let routes = "routes: [{match: {}, backend: users}, {match: {paths: [/b]}, backend: orders}]\n";
    let (codes, network) = rendered(
        &[("/b", "delete"), ("/{x}/{y}", "post")],
        &format!("{backends}{routes}"),
    );
    assert!(
        codes.is_empty() && network.contains("values = [\"DELETE\"]"),
        "{codes:?} {network}"
    );
}

#[test]
fn any_and_a_method_of_what_is_one_path_on_the_balancer_are_refused() {
    let backends = TWO.replace("port: 8081,", "port: 8081, path_prefix: /a,");
    let routes =
        "routes: [{match: {}, backend: orders}, {match: {paths: [\"/b/{x}\"]}, backend: users}]\n";
    let paths = [
        ("/b/{x}", "x-amazon-apigateway-any-method"),
        ("/a/b/{y}", "get"),
    ];
    let (codes, _) = rendered(&paths, &format!("{backends}{routes}"));
    assert_eq!(codes, ["GW3030"]);
}

#[test]
fn a_path_with_a_fault_of_its_own_shadows_nothing() {
    let routes =
        "routes: [{match: {}, backend: orders}, {match: {paths: [\"/a=b\"]}, backend: users}]\n";
    let (codes, _) = rendered(&[("/a=b", "get"), ("/", "get")], &format!("{TWO}{routes}"));
    assert_eq!(codes, ["GW4002"]);
}

#[test]
fn listeners_of_the_application_load_balancer_are_counted() {
    let (mut listeners, mut backends) = (String::new(), String::new());
    for number in 0..51 {
        write!(listeners, "{{port: {}}}, ", 2_000 + number).unwrap();
        writeln!(
            backends,
            "  b{number}: {{port: 8080, alb_port: {}, targets: {{ecs: true}}}}",
            2_000 + number
        )
        .unwrap();
    }
    let blueprint = format!(
        "topology: alb\nalb: {{listeners: [{listeners}]}}\nbackends:\n{backends}routes: [{{match: {{}}, backend: b0}}]\n"
    );
    let (codes, _) = rendered(&[("/a", "get")], &blueprint);
    assert_eq!(codes, ["GW4019"]);
}

#[test]
fn a_prefix_makes_no_path_another_backends() {
    let backends = TWO.replace("port: 8081,", "port: 8081, path_prefix: /pre,");
    let routes =
        "routes: [{match: {}, backend: orders}, {match: {paths: [/export]}, backend: users}]\n";
    let paths = |wide: &'static str| [(wide, "get"), ("/export", "get")];
    // A caller's `/pre/export` is a tenant's on the gateway, and would be the other backend's
    // `/export` on the balancer.
    let (codes, _) = rendered(&paths("/{tenant}/export"), &format!("{backends}{routes}"));
    assert_eq!(codes, ["GW3030"]);
    let (codes, _) = rendered(&paths("/{path+}"), &format!("{backends}{routes}"));
    assert_eq!(codes, ["GW3030"]);
    let (codes, _) = rendered(&paths("/{tenant}/orders"), &format!("{backends}{routes}"));
    assert_eq!(codes, [""; 0]);
    // Another method has another rule.
    let (codes, _) = rendered(
        &[("/{tenant}/export", "post"), ("/export", "get")],
        &format!("{backends}{routes}"),
    );
    assert_eq!(codes, [""; 0]);
}
