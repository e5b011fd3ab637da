//! Descriptions and blueprints in which much has to be compared with much.
//!
//! In: sizes. Out: `Input`s.

use serde_json::{Map, Value, json};

use super::{Input, blueprint, description};

/// That many routes behind an ALB, half of them crossing the other half, whose backend is another
/// one.
pub(crate) fn crossing(name: &'static str, routes: usize) -> Input {
    let mut blueprint = behind_an_alb();
    blueprint["backends"]["side"] = json!({"port": 9090, "targets": {"ecs": true}});
    blueprint["routes"] =
        json!([{"match": {}, "backend": "rest"}, {"match": {"tags": ["side"]}, "backend": "side"}]);
    let mut paths = Map::new();
    for index in 0..routes / 2 {
        paths.insert(
            format!("/a/{{x}}/s{index}"),
            json!({"get": operation("rest")}),
        );
        paths.insert(
            format!("/a/t{index}/{{y}}"),
            json!({"get": operation("side")}),
        );
    }
    Input::new(name, &description(paths, &json!({})), &blueprint)
}

/// The same routes under the limits that an account has by default, which refuse them.
pub(crate) fn crossing_above_the_limit(routes: usize) -> Input {
    let mut input = crossing("2,000 crossing routes above the default limit", routes);
    let mut blueprint: Value =
        serde_json::from_slice(&input.blueprint).expect("it was just written");
    blueprint
        .as_object_mut()
        .expect("a blueprint is an object")
        .shift_remove("limits");
    input.blueprint = super::to_bytes(&blueprint);
    input
}

/// That many resources, each with a variable below it and one hidden literal beside the variable.
pub(crate) fn hidden_literals(resources: usize) -> Input {
    let mut blueprint = behind_an_alb();
    blueprint["routes"] = json!([{"match": {"tags": ["hidden"]}, "exposure": "hidden"}]);
    let mut paths = Map::new();
    for index in 0..resources {
        paths.insert(
            format!("/r{index}/{{id}}"),
            json!({"get": operation("open")}),
        );
        paths.insert(
            format!("/r{index}/export"),
            json!({"get": operation("hidden")}),
        );
    }
    Input::new(
        "2,000 hidden literals",
        &description(paths, &json!({})),
        &blueprint,
    )
}

/// One route with that many patterns for that many operations.
pub(crate) fn patterns(patterns: usize, operations: usize) -> Input {
    let mut blueprint = blueprint();
    let list: Vec<String> = (0..patterns).map(|index| format!("/p{index}/**")).collect();
    blueprint["routes"] = json!([{"match": {"paths": list}, "timeout": "10s"}]);
    let paths = (0..operations)
        .map(|index| {
            (
                format!("/p{index}/{{id}}"),
                json!({"get": operation("open")}),
            )
        })
        .collect();
    Input::new(
        "100,000 patterns for 1,000 operations",
        &description(paths, &json!({})),
        &blueprint,
    )
}

/// That many routes that each name a tag, for operations with all of the tags.
pub(crate) fn tags(routes: usize, operations: usize, tags: usize) -> Input {
    let mut blueprint = blueprint();
    let named: Vec<Value> = (0..routes)
        .map(|index| json!({"match": {"tags": [format!("tag{index}")]}, "timeout": "10s"}))
        .collect();
    blueprint["routes"] = json!(named);
    let all: Vec<String> = (0..tags).map(|index| format!("tag{index}")).collect();
    let get = json!({"tags": all, "responses": {"200": {"description": "Done"}}});
    let paths = (0..operations)
        .map(|index| (format!("/p{index}"), json!({"get": get})))
        .collect();
    Input::new(
        "1,000 routes by tag for 5,000 tags",
        &description(paths, &json!({})),
        &blueprint,
    )
}

fn behind_an_alb() -> Value {
    let mut blueprint = blueprint();
    blueprint["topology"] = json!("nlb-alb");
    blueprint
}

fn operation(tag: &str) -> Value {
    json!({"tags": [tag], "responses": {"200": {"description": "Done"}}})
}
