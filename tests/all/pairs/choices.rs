//! Choices that follow bytes, of a fuzzer or of a seed.
//!
//! The package `fuzz` includes this file too.
#![allow(unreachable_pub, reason = "public in the package `fuzz`")]

use serde_json::{Value, json};

/// The bytes of a seed.
pub fn bytes_of(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(4096);
    // SplitMix64.
    while bytes.len() < 4096 {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((word ^ (word >> 31)).to_le_bytes());
    }
    bytes
}

/// Choices that follow bytes; when these are used up, always the first, plainest one.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first) % end
    }

    /// Never, when the bytes are used up.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) + percent >= 100
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub(crate) fn text(&mut self) -> String {
        if self.chance(60) {
            return self.pick(TEXTS).to_owned();
        }
        let length = self.below(25).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text)
            .chars()
            .filter(|character| !character.is_control())
            .collect()
    }
}

const TEXTS: &[&str] = &[
    "plain",
    "${x}",
    "%{x}",
    "$${",
    "\"",
    "\\",
    "{{ x }}",
    "a: b # c",
    "\u{2028}",
    "\u{e9}\u{1f600}",
    "null",
    "1.10",
    "~",
    "EOT",
];

/// Changes one thing somewhere in a document.
pub(crate) fn spoil(choices: &mut Choices<'_>, document: &mut Value) {
    let mut at = document;
    for _ in 0..1 + choices.below(6) {
        let length = match &*at {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if length == 0 {
            break;
        }
        let index = choices.below(length);
        at = match at {
            Value::Array(items) => &mut items[index],
            Value::Object(members) => members
                .values_mut()
                .nth(index)
                .expect("it is below the length"),
            _ => unreachable!("it has members"),
        };
    }
    let text = choices.text();
    let spoilt = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!([]),
        json!({}),
        text.into(),
        json!([[]]),
        json!({"$ref": "#/paths"}),
        json!({"var": "x"}),
        json!({"expr": "a.b"}),
    ];
    *at = spoilt[choices.below(spoilt.len())].clone();
}
