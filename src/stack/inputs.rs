//! Inputs and parameters that the values of a stack refer to.
//!
//! In: a complete stack. Out: the stack without inputs that nothing uses. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::value::{INPUT, PARAMETER};
use super::{File, Label, StackOf};

impl<N: Serialize> StackOf<N> {
    /// Drops the inputs and parameters that no node, tag or output refers to.
    pub fn drop_unused_inputs(&mut self) {
        let mut unused = UnusedInputs {
            inputs: self.inputs.keys().cloned().collect(),
            parameters: self.parameters.keys().cloned().collect(),
            buffer: Vec::new(),
        };
        unused.remove_those_of(&(&self.tags, &self.short_environment));
        for output in &self.outputs {
            unused.remove_those_of(&(&output.terraform, &output.cloudformation));
        }
        // Network and stage refer to nearly all, so the many routes are seldom searched.
        let (network, rest): (Vec<_>, Vec<_>) = self
            .entries
            .iter()
            .partition(|entry| entry.file == File::Network);
        for entry in network.into_iter().chain(rest.into_iter().rev()) {
            if unused.inputs.is_empty() && unused.parameters.is_empty() {
                return;
            }
            unused.remove_those_of(&entry.node);
        }
        self.inputs.retain(|name, _| !unused.inputs.contains(name));
        self.parameters
            .retain(|label, _| !unused.parameters.contains(label));
    }
}

/// Inputs and parameters that nothing searched so far refers to.
struct UnusedInputs {
    inputs: BTreeSet<Arc<str>>,
    parameters: BTreeSet<Label>,
    buffer: Vec<u8>,
}

impl UnusedInputs {
    fn remove_those_of(&mut self, part: &impl Serialize) {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, part).expect("a node has text keys only");
        let json = std::str::from_utf8(&self.buffer).expect("JSON is UTF-8");
        self.inputs
            .retain(|name| !json.contains(&reference(INPUT, name)));
        self.parameters
            .retain(|label| !json.contains(&reference(PARAMETER, label.as_str())));
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
