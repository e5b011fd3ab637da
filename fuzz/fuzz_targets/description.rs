//! Any bytes as a description. Of an odd length it is `openapi.json`, else `openapi.yaml`.
#![no_main]

use gwgen_fuzz::{BLUEPRINT, Tally, at_exit, run};

static TALLY: Tally = Tally::new("description", ["executions", "rendered", "", ""]);

extern "C" fn print() {
    TALLY.print();
}

libfuzzer_sys::fuzz_target!(init: at_exit(print), |data: &[u8]| {
    let name = if data.len() % 2 == 1 { "openapi.json" } else { "openapi.yaml" };
    let compiled = run(&[("gwgen.yaml", BLUEPRINT.replace("openapi.yaml", name).as_bytes()), (name, data)]);
    TALLY.count(0);
    if compiled.tree.is_some() {
        TALLY.count(1);
    }
});
