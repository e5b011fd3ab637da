//! What the fuzz targets and the generator of texts share.
//!
//! In: bytes of a fuzzer, or a seed. Out: panics where something does not hold. Touches no file.

#[path = "../../tests/all/pairs/choices.rs"]
pub mod choices;
#[path = "../../tests/all/pairs/offered.rs"]
pub mod offered;
#[path = "../../tests/all/pairs/generator.rs"]
pub mod pairs;
pub mod texts;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gwgen::diagnostic::Severity;
use gwgen::source::{FilesInMemory, RelativePath};
use gwgen::{Compiled, Request, compile};

/// A description that renders with `BLUEPRINT`.
pub const API: &str = include_str!("../../blueprints/minimal/openapi.yaml");

/// A blueprint that renders with any description that asks for no security.
pub const BLUEPRINT: &str = "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\n\
    network: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}\n\
    backends:\n  orders: {port: 8080, targets: {ecs: true}}\n";

/// Compiles files; the first is the blueprint. Holds every finding against its place, and every
/// file against its format.
pub fn run(files: &[(&str, &[u8])]) -> Compiled {
    let memory = FilesInMemory(
        files
            .iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
            .collect(),
    );
    let blueprint = RelativePath::join("", files[0].0).expect("the name is plain");
    let mut compiled = compile(
        &memory,
        &Request {
            blueprint,
            display: Arc::from(files[0].0),
        },
    );
    let findings = compiled
        .sources
        .locate(std::mem::take(&mut compiled.diagnostics));
    let has_error = findings.iter().any(|it| it.severity == Severity::Error);
    assert_eq!(compiled.tree.is_none(), has_error, "{findings:?}");
    for it in &findings {
        assert_ne!(
            it.code, "GW9001",
            "the walk found a mistake of ours: {it:?}"
        );
        assert!(
            !it.message.is_empty() && !it.help.is_empty() && !it.places.is_empty(),
            "{it:?}"
        );
        for place in &it.places {
            // YAML ends a line at a lone carriage return too.
            let lines = memory.0.get(&*place.file).map_or(1, |bytes| {
                bytes
                    .iter()
                    .filter(|it| matches!(it, b'\n' | b'\r'))
                    .count()
                    + 1
            });
            assert!((1..=lines).contains(&(place.line as usize)), "{it:?}");
        }
    }
    if let Some(tree) = &compiled.tree {
        offered::parse(tree);
    }
    compiled
}

/// Counts what became of the inputs, and prints it when the process ends.
pub struct Tally {
    name: &'static str,
    counts: [(&'static str, AtomicU64); 4],
}

impl Tally {
    pub const fn new(name: &'static str, names: [&'static str; 4]) -> Self {
        let [a, b, c, d] = names;
        Self {
            name,
            counts: [
                (a, AtomicU64::new(0)),
                (b, AtomicU64::new(0)),
                (c, AtomicU64::new(0)),
                (d, AtomicU64::new(0)),
            ],
        }
    }

    pub fn count(&self, index: usize) {
        self.counts[index].1.fetch_add(1, Ordering::Relaxed);
    }

    pub fn print(&self) {
        let counts: BTreeMap<&str, u64> = self
            .counts
            .iter()
            .map(|(name, count)| (*name, count.load(Ordering::Relaxed)))
            .collect();
        let all = self.counts[0].1.load(Ordering::Relaxed).max(1);
        for (name, count) in counts.iter().filter(|(name, _)| !name.is_empty()) {
            eprintln!(
                "{}: {name}: {count} ({} % of all)",
                self.name,
                count * 100 / all
            );
        }
    }
}

/// Calls `print` when the process ends: libFuzzer leaves through `exit`.
pub fn at_exit(print: extern "C" fn()) {
    unsafe extern "C" {
        safe fn atexit(callback: extern "C" fn()) -> i32;
    }
    assert_eq!(atexit(print), 0);
}
