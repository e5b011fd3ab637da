//! Handles and addresses that no stack gave, for tests of what finds them out; outputs beyond a
//! limit.

use std::marker::PhantomData;
use std::sync::Arc;

use super::{Address, Handle, Label, Named, Output, Value};

impl Address {
    /// The same under another label.
    pub(crate) fn relabelled(&self, label: Label) -> Self {
        Self(Arc::new(Named {
            names: self.names,
            label,
            revision: self.revision.clone(),
            item: self.item.clone(),
        }))
    }
}

impl<K> Handle<K> {
    pub(crate) fn to(index: usize, address: Address) -> Self {
        Self {
            index,
            address,
            kind: PhantomData,
        }
    }
}

#[test]
fn optional_outputs_are_left_out_where_there_are_too_many() {
    let mut stack = crate::aws::Stack::default();
    stack.output("kept", "Kept.", Value::literal("a"));
    let values = [Value::literal("b"), Value::literal("b")];
    stack.outputs.push(Output {
        is_optional: true,
        ..Output::new("optional", "Optional.", values)
    });
    stack.limit_outputs(2);
    assert_eq!((stack.outputs.len(), stack.outputs_left_out), (2, 0));
    stack.limit_outputs(1);
    assert_eq!((stack.outputs.len(), stack.outputs_left_out), (1, 1));
    assert_eq!(&*stack.outputs[0].name, "kept");
}
