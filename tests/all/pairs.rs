//! Pairs of a description and a blueprint from a generator: the output serves exactly the
//! requested operations.
//!
//! In: seeds, as many as `GWGEN_PAIRS` says, or 60. Out: plain assertions; every pair in
//! `target/pairs`, for independent readers (`.ci/differential.py`).

pub(crate) mod choices;
mod generator;
mod offered;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use choices::bytes_of;
use generator::{Pair, pair};
use gwgen::source::{FilesInMemory, RelativePath};
use gwgen::{Request, compile};
use serde_json::json;

#[test]
fn what_is_rendered_offers_what_was_asked_for() {
    let count: u64 = std::env::var("GWGEN_PAIRS").map_or(60, |text| text.parse().unwrap());
    let mut rendered = 0;
    for seed in 0..count {
        let pair = pair(&bytes_of(seed));
        write(&pair, seed);
        let files = BTreeMap::from(
            [&pair.blueprint, &pair.api]
                .map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())),
        );
        let blueprint = RelativePath::join("", pair.blueprint.0).unwrap();
        let compiled = compile(
            &FilesInMemory(files),
            &Request {
                blueprint,
                display: Arc::from(pair.blueprint.0),
            },
        );
        let has_error = compiled
            .diagnostics
            .iter()
            .any(gwgen::diagnostic::Diagnostic::is_error);
        assert_eq!(
            compiled.tree.is_none(),
            has_error,
            "{seed}: {:?}",
            compiled.diagnostics
        );
        assert!(
            compiled
                .diagnostics
                .iter()
                .all(|finding| finding.code.code != "GW9001"),
            "{seed}: {:?}",
            compiled.diagnostics
        );
        let Some(tree) = &compiled.tree else { continue };
        rendered += 1;
        offered::parse(tree);
        if let Some(asked_for) = &pair.offered {
            assert_eq!(
                offered::offered(tree),
                *asked_for,
                "{seed}\n{}\n{}",
                pair.blueprint.1,
                pair.api.1
            );
        }
    }
    assert!(
        rendered * 10 >= count * 3,
        "only {rendered} of {count} pairs render: the generator makes too much that is refused"
    );
}

/// Files of a pair, and what a judge has to know of it.
fn write(pair: &Pair, seed: u64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/pairs")
        .join(seed.to_string());
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in [&pair.blueprint, &pair.api] {
        fs::write(folder.join(name), text).unwrap();
    }
    let expected = json!({"is_spoilt": pair.offered.is_none(), "spec": pair.api.0, "left_out": pair.left_out, "prefixes": pair.prefixes});
    fs::write(folder.join("expected.json"), expected.to_string()).unwrap();
}
