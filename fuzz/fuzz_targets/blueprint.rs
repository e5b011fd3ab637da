//! Any bytes as a blueprint, with a description that is in order.
#![no_main]

use gwgen_fuzz::{API, Tally, at_exit, run};

static TALLY: Tally = Tally::new("blueprint", ["executions", "rendered", "", ""]);

extern "C" fn print() {
    TALLY.print();
}

libfuzzer_sys::fuzz_target!(init: at_exit(print), |data: &[u8]| {
    let compiled = run(&[("gwgen.yaml", data), ("openapi.yaml", API.as_bytes()), ("base.yaml", b"tags: {team: shop}\n")]);
    TALLY.count(0);
    if compiled.tree.is_some() {
        TALLY.count(1);
    }
});
