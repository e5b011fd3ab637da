//! Resources of a stack as Terraform has them in its state: one by one, by address.
//!
//! In: `Stack`. Out: `Module`. Pure.

use std::collections::BTreeMap;

use crate::aws::Stack;
use crate::emit::terraform;
use crate::sink::{Recorded, RecordedBlock};

/// A resource, or one item of those that a block stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Instance<'a> {
    /// Its type, such as `aws_lb`.
    pub(super) of: &'a str,
    pub(super) block: &'a RecordedBlock,
    pub(super) each: Option<Each<'a>>,
}

/// An item of a block's `for_each`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Each<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a Recorded,
}

/// All that a stack is written as.
#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    pub(super) instances: BTreeMap<String, Instance<'a>>,
    /// Local values.
    pub(super) locals: BTreeMap<&'a str, &'a Recorded>,
}

/// The blocks of a stack.
pub(super) fn blocks(stack: &Stack) -> Vec<RecordedBlock> {
    if stack.entries.is_empty() {
        return Vec::new();
    }
    terraform::recorded(stack)
}

impl<'a> Module<'a> {
    pub(super) fn of(blocks: &'a [RecordedBlock]) -> Self {
        let mut module = Self::default();
        for block in blocks.iter().filter(|block| block.header == ["locals"]) {
            let locals = block.arguments.iter();
            module
                .locals
                .extend(locals.map(|(name, value)| (&**name, value)));
        }
        for block in blocks {
            if let [resource, of, label] = &*block.header
                && resource == "resource"
            {
                module.add(block, of, label);
            }
        }
        module
    }

    fn add(&mut self, block: &'a RecordedBlock, of: &'a str, label: &str) {
        let address = format!("{of}.{label}");
        let instance = Instance {
            of,
            block,
            each: None,
        };
        let Some(items) = self.items(block) else {
            self.instances.insert(address, instance);
            return;
        };
        for (key, value) in items {
            let each = Some(Each { key, value });
            let instance = Instance { each, ..instance };
            self.instances
                .insert(format!("{address}[\"{key}\"]"), instance);
        }
    }

    /// Items of a block's `for_each`; none without one, or where they are known only at deploy time.
    fn items(&self, block: &'a RecordedBlock) -> Option<&'a [(String, Recorded)]> {
        match block.argument("for_each")? {
            Recorded::Map(items) => Some(items),
            Recorded::Expression(text) => match self.locals.get(text.strip_prefix("local.")?)? {
                Recorded::Map(items) => Some(items),
                Recorded::Expression(_) | Recorded::List(_) => None,
            },
            Recorded::List(_) => None,
        }
    }

    /// Addresses of a block's items, in order.
    pub(super) fn items_of(&self, block: &str) -> Vec<&str> {
        let start = format!("{block}[\"");
        let from = self.instances.range(start.clone()..);
        let addresses = from.map(|(address, _)| &**address);
        addresses
            .take_while(|address| address.starts_with(&start))
            .collect()
    }
}
