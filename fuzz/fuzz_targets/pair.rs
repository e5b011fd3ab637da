//! A description and a blueprint that belong together. What is emitted offers exactly what was
//! asked for, and a second reader finds the operations that ours finds.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use gwgen::openapi::HttpMethod;
use gwgen::source::{FilesInMemory, Library, RelativePath, SourceFile};
use gwgen_fuzz::pairs::{Pair, pair};
use gwgen_fuzz::{Tally, at_exit, offered, run};

static TALLY: Tally = Tally::new(
    "pair",
    [
        "executions",
        "reached emit",
        "compared with what was asked for",
        "compared with a second reader",
    ],
);

extern "C" fn print() {
    TALLY.print();
}

/// Method and path of every operation, as the crate `openapiv3` reads them.
fn second_reading(json: &str) -> Option<BTreeSet<(String, String)>> {
    let document = serde_json::from_str::<openapiv3::OpenAPI>(json).ok()?;
    let mut found = BTreeSet::new();
    for (path, item) in &document.paths.paths {
        let openapiv3::ReferenceOr::Item(item) = item else {
            return None;
        };
        found.extend(
            item.iter()
                .map(|(method, _)| (method.to_uppercase(), path.clone())),
        );
    }
    Some(found)
}

fn compare_readers(pair: &Pair) {
    // The crate panics on repeated keys, which our generator never makes.
    let Some(second) = second_reading(&pair.json) else {
        return;
    };
    let path = RelativePath::join("", pair.api.0).expect("the name is plain");
    let file = SourceFile::of(pair.api.1.clone().into_bytes(), path, pair.api.0.into())
        .expect("it rendered");
    let no_other = FilesInMemory(BTreeMap::new());
    let api = gwgen::openapi::read(&file, &Library::new(&no_other))
        .value
        .expect("it rendered");
    let own = api
        .operations
        .iter()
        .filter(|it| it.method != HttpMethod::Any);
    let own: BTreeSet<_> = own
        .map(|it| (it.method.as_str().to_owned(), it.path.to_string()))
        .collect();
    assert_eq!(own, second, "{}", pair.json);
    TALLY.count(3);
}

libfuzzer_sys::fuzz_target!(init: at_exit(print), |data: &[u8]| {
    let pair = pair(data);
    let compiled = run(&[(pair.blueprint.0, pair.blueprint.1.as_bytes()), (pair.api.0, pair.api.1.as_bytes())]);
    TALLY.count(0);
    let Some(tree) = &compiled.tree else { return };
    TALLY.count(1);
    if let Some(asked_for) = &pair.offered {
        assert_eq!(offered::offered(tree), *asked_for, "{}\n{}", pair.blueprint.1, pair.api.1);
        TALLY.count(2);
        compare_readers(&pair);
    }
});
