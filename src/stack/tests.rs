//! Handles and addresses that no stack gave, for tests of what finds them out.

use std::marker::PhantomData;
use std::sync::Arc;

use super::{Address, Handle, Label, Named};

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
