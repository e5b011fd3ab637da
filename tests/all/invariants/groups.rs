//! Nodes that Terraform declares in the same blocks: these are equal, whichever node writes them.

use std::collections::BTreeMap;

use gwgen::sink::{Syntax, Terraform};
use gwgen::stack::Label;

use crate::support::fixtures;

#[test]
fn the_nodes_of_a_group_write_the_same_blocks_under_keys_of_their_own() {
    let mut written = 0;
    for case in fixtures() {
        let Some(assembled) = &case.compiled("terraform").assembled else {
            continue;
        };
        let mut blocks: BTreeMap<&str, String> = BTreeMap::new();
        let mut keys = Vec::new();
        for entry in &assembled.stack.entries {
            let Some(item) = &entry.address.item else {
                continue;
            };
            let mut out = Terraform::new(Syntax::Native);
            let label = Label::new(item.group.block);
            entry.node.terraform(&label, &mut out);
            let text = out.into_text();
            for kind in item.group.kinds {
                let head = format!("resource \"{kind}\" \"{label}\" {{");
                assert!(text.contains(&head), "{}: {head}", case.name);
            }
            let first = blocks
                .entry(item.group.local)
                .or_insert_with(|| text.clone());
            assert_eq!(*first, text, "{}: {}", case.name, item.key);
            keys.push((item.group.local, &item.key));
            written += 1;
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count, "{}: two nodes have one key", case.name);
    }
    assert!(written > 100, "{written}");
}
