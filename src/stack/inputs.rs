//! Inputs and parameters that the values of a stack refer to.
//!
//! In: a complete stack. Out: the stack without inputs that nothing uses. Pure.

use std::collections::BTreeSet;

use serde::Serialize;

use super::StackOf;
use super::value::{INPUT, PARAMETER};

impl<N: Serialize> StackOf<N> {
    /// Drops the inputs and parameters that no node, tag or output refers to.
    pub fn drop_unused_inputs(&mut self) {
        if self.inputs.is_empty() && self.parameters.is_empty() {
            return;
        }
        let mut used = References::default();
        used.add(&(&self.tags, &self.short_environment));
        for output in &self.outputs {
            used.add(&(&output.terraform, &output.cloudformation));
        }
        for entry in &self.entries {
            used.add(&entry.node);
        }
        self.inputs.retain(|name, _| used.inputs.contains(&**name));
        self.parameters
            .retain(|label, _| used.parameters.contains(label.as_str()));
    }
}

/// Names that serialized values refer to.
#[derive(Default)]
struct References {
    inputs: BTreeSet<String>,
    parameters: BTreeSet<String>,
    buffer: Vec<u8>,
}

impl References {
    fn add(&mut self, part: &impl Serialize) {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, part).expect("a node has text keys only");
        let json = std::str::from_utf8(&self.buffer).expect("JSON is UTF-8");
        for (key, names) in [(INPUT, &mut self.inputs), (PARAMETER, &mut self.parameters)] {
            // No text holds this: its quotes would be escaped.
            let start = format!("{{\"{key}\":\"");
            for (position, _) in json.match_indices(&start) {
                let rest = &json[position + start.len()..];
                let name = rest.split('"').next().unwrap_or_default();
                if !names.contains(name) {
                    names.insert(name.to_owned());
                }
            }
        }
    }
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
