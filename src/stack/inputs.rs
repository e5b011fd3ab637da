//! Inputs and parameters that the values of a stack refer to.
//!
//! In: a complete stack. Out: the stack without inputs that nothing uses. Pure.

use std::collections::BTreeSet;

use serde::Serialize;

use super::value::{INPUT, PARAMETER};
use super::{File, StackOf};

impl<N: Serialize> StackOf<N> {
    /// Drops the inputs and parameters that no node, tag or output refers to.
    pub fn drop_unused_inputs(&mut self) {
        let inputs = self.inputs.keys().map(|name| reference(INPUT, name));
        let parameters = self.parameters.keys();
        let parameters = parameters.map(|label| reference(PARAMETER, label.as_str()));
        let mut unused = UnusedReferences {
            references: inputs.chain(parameters).collect(),
            buffer: Vec::new(),
        };
        unused.remove_used_by(&(&self.tags, &self.short_environment));
        for output in &self.outputs {
            unused.remove_used_by(&(&output.terraform, &output.cloudformation));
        }
        // What is beside the many routes refers to nearly all, so these are seldom searched.
        let (beside, routes): (Vec<_>, Vec<_>) = self
            .entries
            .iter()
            .partition(|entry| !matches!(entry.file, File::Routes(_)));
        for entry in beside.into_iter().chain(routes) {
            if unused.references.is_empty() {
                return;
            }
            unused.remove_used_by(&entry.node);
        }
        let is_used = |key, name: &str| !unused.references.contains(&reference(key, name));
        self.inputs.retain(|name, _| is_used(INPUT, name));
        self.parameters
            .retain(|label, _| is_used(PARAMETER, label.as_str()));
    }
}

/// References of inputs and parameters, as JSON, that nothing searched so far has.
struct UnusedReferences {
    references: BTreeSet<String>,
    buffer: Vec<u8>,
}

impl UnusedReferences {
    fn remove_used_by(&mut self, part: &impl Serialize) {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, part).expect("a node has text keys only");
        let json = std::str::from_utf8(&self.buffer).expect("JSON is UTF-8");
        self.references
            .retain(|reference| !json.contains(reference));
    }
}

/// Returns the JSON of a reference. No text contains it, since JSON escapes quotes in texts.
fn reference(key: &str, name: &str) -> String {
    format!("{{\"{key}\":\"{name}\"}}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Input, InputType, StackOf, Value};

    #[test]
    fn inputs_that_no_value_refers_to_are_dropped() {
        let input = || Input {
            of: InputType::Text,
            description: "A text.".into(),
            default: None,
            sensitive: false,
            pattern: None,
        };
        let mut stack = StackOf::<Value>::default();
        for name in ["tag", "part", "literal", "unused"] {
            stack.inputs.insert(name.into(), input());
        }
        stack
            .tags
            .insert("owner".into(), Value::Input("tag".into()));
        let part = Value::Text(vec![Value::literal("a-"), Value::Input("part".into())]);
        stack.output("name", "Name.", part);
        stack.output("text", "Text.", Value::literal("{\"input\":\"literal\"}"));
        stack.drop_unused_inputs();
        let left: Vec<Arc<str>> = stack.inputs.into_keys().collect();
        assert_eq!(left, ["part".into(), "tag".into()]);
    }
}
