//! The command: what it prints, what it takes, its exit codes.

use std::fs;

use serde_json::Value;

use crate::support::program::{gwgen, text};
use crate::support::repository;

/// Name of the snapshot, example, arguments of `trace`, exit code.
const PRINTED: &str = "
minimal.txt                  minimal    0  get /orders/42?expand=lines
minimal.json                 minimal    0  get /orders/42?expand=lines --format json
shop.txt                     shop       0  POST /orders
shop.json                    shop       0  POST /orders --format json
shop_refused.txt             shop       1  GET /orders/export
shop_refused.json            shop       1  GET /orders/export --format json
minimal_unknown_path.txt     minimal    1  GET /order/42
minimal_unknown_method.txt   minimal    1  put /orders/42
minimal_unknown_path.json    minimal    1  GET /order/42 --format json
minimal_stage_in_path.txt    minimal    1  GET /v1/orders
complete_unknown_path.txt    complete   1  GET /Orders
complete_unknown_method.txt  complete   1  PATCH /robots
complete_preflight.txt       complete   0  OPTIONS /orders
alb.txt                      alb        0  GET /users/7/orders
sync.txt                     sync       0  GET /fares/a
forwarder.txt                forwarder  0  GET /orders/7/invoice
function.txt                 function   0  GET /tickets/a%20b
existing.txt                 existing   0  POST /machines/7/jobs
domain.txt                   domain     0  GET /receipts
internet.txt                 internet   0  DELETE /preview/books/{id}
";

#[test]
fn the_text_and_the_json_stay_as_they_are() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(repository().join("snapshots/trace"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for row in PRINTED.trim().lines() {
        let mut words = row.split_whitespace();
        let [name, example, code] = std::array::from_fn(|_| words.next().unwrap());
        let blueprint = format!("blueprints/{example}/gwgen.yaml");
        let arguments: Vec<&str> = ["trace", "--quiet", "--blueprint", &blueprint]
            .into_iter()
            .chain(words)
            .collect();
        let output = gwgen(repository(), &arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), code.parse().ok(), "{row}: {err}");
        settings.bind(|| insta::assert_snapshot!(name, out));
    }
}

#[test]
fn exit_codes_and_what_the_command_takes() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["gwgen.yaml", "openapi.yaml"] {
        fs::copy(
            repository().join("blueprints/minimal").join(name),
            folder.path().join(name),
        )
        .unwrap();
    }
    let code = |arguments: &[&str]| gwgen(folder.path(), arguments).status.code().unwrap();
    assert_eq!(
        code(&["trace", "GET", "/orders"]),
        0,
        "the blueprint of the folder is the default"
    );
    assert_eq!(code(&["trace", "GET", "/nowhere"]), 1);
    for wrong in [
        &["trace", "GET"][..],
        &["trace", "TRACE", "/orders"],
        &["trace", "ANY", "/orders"],
        &["trace", "GET", "orders"],
    ] {
        let output = gwgen(folder.path(), wrong);
        assert_eq!(
            (output.status.code(), text(&output.stdout)),
            (Some(2), ""),
            "{wrong:?}"
        );
    }
    fs::copy(
        folder.path().join("gwgen.yaml"),
        folder.path().join("gwgen.prod.yaml"),
    )
    .unwrap();
    let both = gwgen(folder.path(), &["trace", "GET", "/orders"]);
    assert!(
        text(&both.stdout).starts_with("gwgen.yaml\nGET /orders\n"),
        "{}",
        text(&both.stdout)
    );
    assert!(
        text(&both.stdout).contains("\n\ngwgen.prod.yaml\nGET /orders\n"),
        "{}",
        text(&both.stdout)
    );
    let prod = gwgen(
        folder.path(),
        &[
            "trace", "GET", "/orders", "--env", "prod", "--format", "json",
        ],
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&prod.stdout).unwrap()["blueprint"],
        "gwgen.prod.yaml"
    );
    fs::write(folder.path().join("gwgen.prod.yaml"), "version: 1\n").unwrap();
    let broken = gwgen(folder.path(), &["trace", "GET", "/orders", "--env", "prod"]);
    assert_eq!(
        (broken.status.code(), text(&broken.stdout)),
        (Some(1), ""),
        "what has errors has no way to follow"
    );
    assert_eq!(
        code(&["trace", "GET", "/orders", "--blueprint", "nowhere.yaml"]),
        3
    );
}
