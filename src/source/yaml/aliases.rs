//! Aliases and merge keys: parts that the JSON repeats as often as the YAML names them.
//! In: anchors so far. Out: copies of their text, within the limit.

use std::collections::BTreeSet;
use std::sync::Arc;

use saphyr_parser::Span;

use super::{Anchored, ConversionError, Converter, OpenCollection, push_string};
use crate::diagnostic;
use crate::source::raw;

impl Converter {
    pub(crate) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), ConversionError> {
        let Some(anchored) = self.anchors.get(&anchor).cloned() else {
            return Err(ConversionError::inexpressible(
                span,
                "this alias is inside its own anchor",
                "write the part out, or refer to it with `$ref`",
            ));
        };
        let is_key = self.separate(span);
        let copy = match &anchored {
            Anchored::Json(start, end) => self.json[*start..*end].into(),
            Anchored::Apart(text) => Arc::clone(text),
        };
        if is_key && !copy.starts_with('"') {
            return Err(ConversionError::inexpressible(
                span,
                "an alias to something else than text cannot be a key",
                "write the key as text",
            ));
        }
        if self.json.len() + copy.len() > self.limit {
            return Err(expansion(span));
        }
        let at = self.json.len();
        self.json.push_str(&copy);
        if let Anchored::Json(start, end) = anchored {
            self.marks.repeat(start, end, at - start);
        }
        Ok(())
    }

    /// Copies the anchors of a mapping that is written again, since their text moves.
    pub(crate) fn copy_anchors(&mut self, frame: &OpenCollection) {
        for (_, anchored) in self.anchors.range_mut(frame.last_anchor + 1..) {
            if let Anchored::Json(start, end) = *anchored
                && start >= frame.start
                && self.rewritten <= self.limit
            {
                self.rewritten += end - start;
                *anchored = Anchored::Apart(self.json[start..end].into());
            }
        }
    }

    /// Writes a mapping with merge keys again: its own members, then those of the merged mappings.
    pub(crate) fn merge(&mut self, start: usize) -> Result<(), ()> {
        let text = self.json[start..].to_owned();
        let all = raw::members(&text).map_err(drop)?;
        let (merges, mut members): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(key, _)| key == "<<");
        let mut names: BTreeSet<raw::Text<'_>> =
            members.iter().map(|(key, _)| key.clone()).collect();
        for (_, value) in &merges {
            let list = if value.get().starts_with('[') {
                raw::elements(value.get()).map_err(drop)?
            } else {
                vec![*value]
            };
            for mapping in list {
                for (key, value) in raw::members(mapping.get()).map_err(drop)? {
                    if names.insert(key.clone()) {
                        members.push((key, value));
                    }
                }
            }
        }
        self.json.truncate(start);
        self.marks.truncate(start + 1);
        self.json.push('{');
        for (index, (key, value)) in members.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            push_string(&mut self.json, key);
            self.json.push(':');
            self.json.push_str(value.get());
        }
        self.json.push('}');
        Ok(())
    }
}

pub(crate) fn expansion(span: Span) -> ConversionError {
    ConversionError::new(
        &diagnostic::TOO_LARGE,
        span,
        "the aliases of this file expand to far more than the file".to_owned(),
        "write repeated parts as `$ref`, which are not copied",
    )
}
