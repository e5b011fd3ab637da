//! The places of nodes and of hops: lines of the files that are written.

use std::collections::BTreeSet;

use gwgen::aws::{Entry, Stack};
use gwgen::emit::places::{Places, Written};
use gwgen::emit::{FileTree, logical_id};
use gwgen::openapi::HttpMethod;
use gwgen::plan::text_of;
use gwgen::stack::Item;
use serde_json::Value;

use super::traced;
use crate::support::program::text;
use crate::support::{SPELLINGS, YAML, fixtures};

fn line<'a>(tree: &'a FileTree, place: &Written) -> &'a str {
    text(&tree.files[&place.file])
        .lines()
        .nth(place.line - 1)
        .unwrap()
}

/// Addresses of the resource blocks of an output.
fn addresses(tree: &FileTree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, bytes) in &tree.files {
        if name.ends_with(".tf.json") {
            let file: Value = serde_json::from_slice(bytes).unwrap();
            for (kind, blocks) in file["resource"].as_object().into_iter().flatten() {
                let labels = blocks.as_object().unwrap().keys();
                found.extend(labels.map(|label| format!("{kind}.{label}")));
            }
        } else if name.ends_with(".tf") {
            let heads = text(bytes)
                .lines()
                .filter_map(|line| line.strip_prefix("resource \"")?.strip_suffix("\" {"));
            found.extend(heads.map(|head| head.replacen("\" \"", ".", 1)));
        }
    }
    found
}

/// The line that a block starts with.
fn head(address: &str, format: &str) -> String {
    let (kind, label) = address.split_once('.').unwrap();
    if format == "terraform" {
        format!("resource \"{kind}\" \"{label}\" {{")
    } else {
        format!("      \"{label}\": {{")
    }
}

/// The key that a line of a map starts with.
fn key(line: &str) -> &str {
    line.split('"').nth(1).unwrap()
}

/// Returns whether a block is that of a group.
fn is_of_group(stack: &Stack, address: &str) -> bool {
    let mut items = stack
        .entries
        .iter()
        .filter_map(|it| it.address.item.as_ref());
    items.any(|Item { group, .. }| {
        let mut kinds = group.kinds.iter();
        kinds.any(|kind| address == format!("{kind}.{}", group.block))
    })
}

/// The line of a template that a resource starts with.
fn head_of(entry: &Entry, file: &str) -> String {
    let id = logical_id(&entry.address);
    if file.ends_with(".yaml") {
        format!("  {id}:")
    } else {
        format!("    \"{id}\": {{")
    }
}

#[test]
fn the_place_of_every_node_is_its_own_block() {
    let (mut blocks, mut items) = (0, 0);
    for case in fixtures() {
        for format in SPELLINGS {
            let compiled = case.compiled(format);
            let Some(tree) = &compiled.tree else { continue };
            let stack = &compiled.assembled.as_ref().unwrap().stack;
            let places = Places::of(&compiled.plan.as_ref().unwrap().output, stack);
            let mut seen = BTreeSet::new();
            let mut rest = addresses(tree);
            for (index, entry) in stack.entries.iter().enumerate() {
                let at = format!("{}/{format} {}", case.name, entry.address.label);
                let place = places
                    .node(index)
                    .unwrap_or_else(|| panic!("{at} is nowhere"));
                if entry.is_in_body {
                    let end = if place.file.ends_with(".yaml") {
                        ':'
                    } else {
                        '{'
                    };
                    assert!(
                        line(tree, &place).ends_with(end),
                        "{at}: {}",
                        line(tree, &place)
                    );
                    continue;
                }
                let first = if format.starts_with("cloudformation") {
                    head_of(entry, &place.file)
                } else if let Some(item) = &entry.address.item {
                    items += 1;
                    assert_eq!(key(line(tree, &place)), item.key.as_str(), "{at}");
                    assert!(seen.insert((place.file, place.line)), "{at}");
                    continue;
                } else {
                    let address =
                        format!("{}.{}", entry.address.names.terraform, entry.address.label);
                    assert!(rest.remove(&address), "{at}");
                    blocks += 1;
                    head(&address, format)
                };
                assert_eq!(line(tree, &place), first, "{at}");
                assert!(seen.insert((place.file, place.line)), "{at}");
            }
            // What a node writes beside its own block, but for the blocks of groups.
            for address in rest.iter().filter(|it| !is_of_group(stack, it)) {
                let at = format!("{}/{format} {address}", case.name);
                let by_itself = |(_, entry): &(usize, &Entry)| !entry.is_in_body;
                let found: Vec<Written> = stack
                    .entries
                    .iter()
                    .enumerate()
                    .filter(by_itself)
                    .filter(|(_, entry)| entry.address.item.is_none())
                    .filter_map(|(index, _)| places.block(index, address))
                    .collect();
                assert!(format != "terraform" || found.len() == 1, "{at}");
                let place = found
                    .first()
                    .unwrap_or_else(|| panic!("{at} is of no node"));
                assert_eq!(line(tree, place), head(address, format), "{at}");
                assert!(seen.insert((place.file.clone(), place.line)), "{at}");
                blocks += 1;
            }
        }
    }
    assert!(blocks > 1_000 && items > 100, "{blocks} {items}");
}

#[test]
fn a_node_stands_below_the_same_keys_in_both_syntaxes_of_a_template() {
    /// The key of a line, and how many keys stand above it.
    fn key(line: &str) -> (&str, usize) {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let key = line
            .trim()
            .trim_end_matches('{')
            .trim_end()
            .trim_end_matches(':')
            .trim_matches('"');
        // All of a JSON document stands in its braces.
        (key, depth - usize::from(line.ends_with('{')))
    }
    let mut compared = 0;
    for case in fixtures() {
        let both = ["cloudformation", YAML].map(|format| case.compiled(format));
        let [Some(json), Some(yaml)] = both.each_ref().map(|compiled| compiled.tree.as_ref())
        else {
            continue;
        };
        let places = both.each_ref().map(|compiled| {
            Places::of(
                &compiled.plan.as_ref().unwrap().output,
                &compiled.assembled.as_ref().unwrap().stack,
            )
        });
        for index in 0..both[0].assembled.as_ref().unwrap().stack.entries.len() {
            let [left, right] = places.each_ref().map(|places| places.node(index).unwrap());
            assert_eq!(
                key(line(json, &left)),
                key(line(yaml, &right)),
                "{}: {left:?} {right:?}",
                case.name
            );
            compared += 1;
        }
    }
    assert!(compared > 1_000, "{compared}");
}

#[test]
fn hops_of_a_request_name_lines_of_files_that_are_there() {
    for case in fixtures() {
        for format in SPELLINGS {
            let compiled = case.compiled(format);
            let Some(tree) = &compiled.tree else { continue };
            for operation in compiled
                .plan
                .as_ref()
                .unwrap()
                .operations
                .iter()
                .filter(|operation| operation.is_public() && operation.method != HttpMethod::Any)
            {
                let trace = traced(
                    compiled,
                    operation.method,
                    &text_of(operation.gateway_path.as_ref().unwrap()),
                );
                assert!(
                    trace.served,
                    "a template stands for its requests: {} {trace:#?}",
                    case.name
                );
                for hop in &trace.hops {
                    let Some(place) = &hop.place else { continue };
                    let line = line(tree, place);
                    let is_block = ["resource \"", "    \"", "      \""]
                        .iter()
                        .any(|start| line.starts_with(start))
                        || line.ends_with('{');
                    let is_start = if place.file.ends_with(".yaml") {
                        line.ends_with(':')
                    } else {
                        is_block
                    };
                    assert!(is_start, "{}/{format} {hop:?}: {line}", case.name);
                }
            }
        }
    }
}
