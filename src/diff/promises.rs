//! Promises of the blueprint that are gone or new.
//! In: two states. Out: rows. Pure.

use serde_json::Value;

use super::{DiffRow, DiffState, Subject};
use crate::blueprint::ExpectSpec;
use crate::listing::field;

/// Promises of the blueprint that are gone or new.
pub(super) fn promises(before: DiffState<'_>, after: DiffState<'_>) -> Vec<DiffRow> {
    let all = |state: DiffState<'_>| state.blueprint.spec.expect.clone().unwrap_or_default();
    let (earlier, kept) = (all(before), all(after));
    let text = |promise: &ExpectSpec| {
        let value = serde_json::to_value(promise).unwrap_or_default();
        written(value).to_string()
    };
    let row = |heading, before, after| DiffRow {
        heading,
        subject: Subject::Part("expect".to_owned()),
        field: &field::PROMISE,
        before,
        after,
        place: None,
        was: None,
        reason: None,
        addresses: Vec::new(),
    };
    let place =
        |state: DiffState<'_>, index| Some(state.blueprint.place(&format!("/expect/{index}")));
    let gone = earlier
        .iter()
        .enumerate()
        .filter(|(_, promise)| !kept.contains(promise));
    let gone = gone.map(|(index, promise)| DiffRow {
        was: place(before, index),
        ..row(field::PROMISE.less, text(promise), "gone".to_owned())
    });
    let new = kept
        .iter()
        .enumerate()
        .filter(|(_, promise)| !earlier.contains(promise));
    let new = new.map(|(index, promise)| DiffRow {
        place: place(after, index),
        ..row(field::PROMISE.more, String::new(), text(promise))
    });
    gone.chain(new).collect()
}

/// A value without the fields that nobody wrote.
fn written(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            fields.map(|(name, value)| (name, written(value))).collect()
        }
        other => other,
    }
}
