//! Blueprints that extend others.

use std::sync::Arc;

use gwgen::blueprint::{AuthSpec, Blueprint, ValueSpec};
use gwgen::diagnostic::Place;
use gwgen::source::Finding;

use super::{MINIMAL, findings_of, found, read, read_all, seen};

#[test]
fn extends_is_merged_by_key_with_lists_and_references_replaced() {
    let base = MINIMAL.to_owned()
        + "tags: {a: one, b: two}\nroutes: [{match: {}, timeout: 5s}, {match: {}}]\nstage: {name: {var: stage}}\n";
    let top = "extends: common/gwgen.yaml\ntags: {b: three}\nroutes: [{match: {}, timeout: 7s}]\nstage: {name: prod}\n\
               backends: {orders: {targets: {ecs: true}}}\n";
    let (blueprint, findings) = read_all(&[("gwgen.prod.yaml", top), ("common/gwgen.yaml", &base)]);
    assert!(findings.is_empty(), "{findings:#?}");
    let blueprint = blueprint.unwrap();
    let spec = &blueprint.spec;
    assert_eq!(
        *spec.spec,
        ["common/openapi.yaml"],
        "a path is relative to the file that says it"
    );
    assert_eq!(
        spec.tags.as_ref().unwrap()["b"],
        ValueSpec::Literal("three".to_owned())
    );
    assert_eq!(spec.tags.as_ref().unwrap().len(), 2);
    assert_eq!(spec.routes.as_ref().unwrap().len(), 1);
    let targets = spec.backends["orders"].targets.as_ref().unwrap();
    assert!(targets.ecs.is_some() && targets.instances.is_none());
    assert_eq!(
        blueprint.place("/tags/a"),
        Place::pointer(&Arc::from("common/gwgen.yaml"), "/tags/a")
    );
    assert_eq!(
        blueprint.place("/tags/b"),
        Place::pointer(&Arc::from("gwgen.prod.yaml"), "/tags/b")
    );
    assert_eq!(
        blueprint.place("/tags/c"),
        Place::pointer(&Arc::from("gwgen.prod.yaml"), "/tags/c")
    );
}

#[test]
fn a_chain_that_cannot_be_read_says_why_and_nothing_else() {
    let (blueprint, findings) = read("extends: nowhere.yaml\ntagz: {}\n");
    assert!(blueprint.is_none());
    let codes: Vec<_> = findings.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["GW0001", "GW2001"]);
    let (_, findings) = read_all(&[
        ("a.yaml", "extends: b.yaml\n"),
        ("b.yaml", "extends: a.yaml\n"),
    ]);
    assert_eq!(seen(findings), [found("GW2012", 1, "/extends")]);
    let (_, findings) = read_all(&[
        ("a.yaml", "extends: b.yaml\n"),
        ("b.yaml", &MINIMAL.replace("name:", "nmae:")),
    ]);
    assert_eq!(
        findings[1].places[0].file.as_ref(),
        "b.yaml",
        "{findings:#?}"
    );
}

/// Files of which the first extends `base.yaml`.
fn overlaid(overlay: &str) -> (Option<Blueprint>, Vec<Finding>) {
    let base = "abstract: true\nversion: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\n\
        network: {vpc: {var: vpc_id}, subnets: {var: private_subnet_ids}}\n\
        backends:\n  orders: {port: 8080, targets: {instances: [i-0a1b2c3d]}}\n  users: {port: 8081, targets: {ecs: true}}\n\
        auth: {jwt: {cognito: {user_pools: [{var: pool}]}}, key: iam}\n\
        stage: {throttle: {rate: 10, burst: 20}, tracing: false}\nroutes: [{match: {paths: [/vault]}, exposure: hidden}]\n\
        api: {waf: {var: acl}}\n";
    read_all(&[
        ("gwgen.yaml", &format!("extends: base.yaml\n{overlay}")),
        ("base.yaml", base),
    ])
}

#[test]
fn null_removes_what_is_inherited() {
    let (blueprint, findings) =
        overlaid("backends: {users: null}\nstage: {tracing: null}\nauth: {key: null}\n");
    assert!(findings.is_empty(), "{findings:#?}");
    let spec = blueprint.unwrap().spec;
    assert_eq!(spec.backends.keys().collect::<Vec<_>>(), ["orders"]);
    assert_eq!(spec.auth.unwrap().keys().collect::<Vec<_>>(), ["jwt"]);
    assert!(spec.stage.tracing && spec.r#abstract.is_none());
    // What is not there cannot be removed, in a list nothing is inherited, and a base does not
    // inherit either.
    assert_eq!(
        seen(overlaid("stage: {tracng: null}\n").1),
        [found("GW2002", 2, "/stage/tracng")]
    );
    assert_eq!(
        seen(overlaid("nlb: {cross_zone: null}\n").1),
        [found("GW2002", 2, "/nlb/cross_zone")]
    );
    assert!(
        seen(overlaid("mounts: [{at: /a, backend: null}]\n").1).contains(&found(
            "GW2002",
            2,
            "/mounts/0/backend"
        ))
    );
    assert_eq!(
        findings_of(MINIMAL, "name: shop", "name: null")[0].0,
        "GW2002"
    );
    assert_eq!(seen(overlaid("topology: null\n").1)[0].0, "GW2003");
}

#[test]
fn what_null_opens_is_said() {
    for (overlay, pointer) in [
        ("routes: null\n", "/routes"),
        ("stage: null\n", "/stage"),
        ("stage: {throttle: null}\n", "/stage/throttle"),
        ("api: {waf: null}\n", "/api/waf"),
        ("api: null\n", "/api"),
    ] {
        assert_eq!(
            seen(overlaid(overlay).1),
            [found("GW2100", 2, pointer)],
            "{overlay}"
        );
    }
}

#[test]
fn an_entry_of_another_kind_replaces() {
    for (entry, is_it) in [
        (
            "{lambda: {function: {var: gate}}}",
            (|auth: &AuthSpec| matches!(auth, AuthSpec::Lambda(..))) as fn(&AuthSpec) -> bool,
        ),
        ("iam", |auth| matches!(auth, AuthSpec::Iam)),
        ("{cognito: null, lambda: {function: {var: gate}}}", |auth| {
            matches!(auth, AuthSpec::Lambda(..))
        }),
        ("{cognito: {user_pools: [{var: other}]}}", |auth| {
            matches!(auth, AuthSpec::Cognito(..))
        }),
    ] {
        let (blueprint, findings) = overlaid(&format!(
            "auth: {{jwt: {entry}, key: {{cognito: {{user_pools: [{{var: pool}}]}}}}}}\n"
        ));
        assert!(findings.is_empty(), "{entry}: {findings:#?}");
        assert!(
            is_it(&blueprint.unwrap().spec.auth.unwrap()["jwt"]),
            "{entry}"
        );
    }
    // A backend may be called as the field is.
    let base = MINIMAL.replace("orders:", "targets:");
    let files = [
        (
            "gwgen.yaml",
            "extends: base.yaml\nbackends: {targets: {port: 81}}\n",
        ),
        ("base.yaml", &*base),
    ];
    let (blueprint, findings) = read_all(&files);
    assert!(
        findings.is_empty()
            && blueprint.unwrap().spec.backends["targets"]
                .targets
                .is_some(),
        "{findings:#?}"
    );
}
