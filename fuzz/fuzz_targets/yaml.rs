//! Any bytes as YAML. What is read is JSON; read as YAML again it is the same data.
#![no_main]

use std::sync::Arc;

use gwgen::source::{RelativePath, SourceFile};
use gwgen_fuzz::{Tally, at_exit};

static TALLY: Tally = Tally::new("yaml", ["executions", "read", "read twice", ""]);

extern "C" fn print() {
    TALLY.print();
}

fn read(bytes: Vec<u8>) -> Option<Arc<String>> {
    let path = RelativePath::join("", "openapi.yaml").expect("the name is plain");
    SourceFile::of(bytes, path, Arc::from("openapi.yaml"))
        .ok()
        .map(|it| it.json)
}

libfuzzer_sys::fuzz_target!(init: at_exit(print), |data: &[u8]| {
    TALLY.count(0);
    let Some(json) = read(data.to_vec()) else { return };
    // As deep as `serde_json` goes; what is deeper is refused when it is read further.
    let Ok(value) = serde_json::from_str::<serde_json::Value>(&json) else {
        let error = serde_json::from_str::<serde_json::Value>(&json).expect_err("it is none");
        assert!(["recursion limit", "number out of range"].iter().any(|it| error.to_string().starts_with(it)), "{error}: {json}");
        return;
    };
    TALLY.count(1);
    // In front of `---` it is not taken for JSON.
    let Some(again) = read(format!("--- {json}\n").into_bytes()) else { return };
    TALLY.count(2);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&again).expect("it was JSON before"), value, "{json}");
});
