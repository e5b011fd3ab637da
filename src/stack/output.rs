//! Outputs of the deployed stack.

use std::sync::Arc;

use super::{Address, StackOf, Value};

/// Outputs of a template. Source: docs/aws-rules.md#f5.
pub(crate) const TEMPLATE_OUTPUTS: usize = 200;

/// An output of the deployed stack.
#[derive(Clone, Debug)]
pub struct Output {
    pub name: Arc<str>,
    pub description: Arc<str>,
    pub terraform: Value,
    pub cloudformation: Value,
    /// Nodes that it waits for besides those it names.
    pub after: Vec<Address>,
    /// One of a single backend, which a stack with very many backends can do without.
    pub is_optional: bool,
}

impl Output {
    /// An output, with its values in Terraform and in CloudFormation.
    pub fn new(
        name: impl Into<Arc<str>>,
        description: impl Into<Arc<str>>,
        values: [Value; 2],
    ) -> Self {
        let [terraform, cloudformation] = values;
        Self {
            name: name.into(),
            description: description.into(),
            terraform,
            cloudformation,
            after: Vec::new(),
            is_optional: false,
        }
    }
}

impl<N> StackOf<N> {
    /// Adds an output that has the same value in both formats.
    pub fn output(
        &mut self,
        name: impl Into<Arc<str>>,
        description: impl Into<Arc<str>>,
        value: Value,
    ) {
        let values = [value.clone(), value];
        self.outputs.push(Output::new(name, description, values));
    }

    /// Leaves the optional outputs out where there are more than `most` in all.
    pub fn limit_outputs(&mut self, most: usize) {
        let all = self.outputs.len();
        if all > most {
            self.outputs.retain(|output| !output.is_optional);
        }
        self.outputs_left_out = all - self.outputs.len();
    }
}
