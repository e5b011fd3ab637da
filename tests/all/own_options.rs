//! An OPTIONS of the description's own in place of a preflight, and back: one method at AWS, which
//! Terraform has in a group or by itself.

use std::fs;
use std::path::Path;

use crate::support::program::{diagnosed, folder_with};

const GROUPED: [&str; 2] = [
    "aws_api_gateway_method.preflight[\"path__works\"]",
    "aws_api_gateway_integration.preflight[\"path__works\"]",
];
const SINGLE: [&str; 2] = [
    "aws_api_gateway_method.options__works",
    "aws_api_gateway_integration.options__works",
];

/// Renders a description with further methods; returns the text of the `moved` blocks.
fn render(folder: &Path, format: &str, methods: &str) -> String {
    let blueprint = format!(
        "version: 1\nname: shop\nspec: openapi.yaml\ntopology: internet\nbackends: {{works: {{url: 'https://works.example.com'}}}}\n\
         api: {{cors: {{origins: ['https://shop.example']}}}}\noutput: {{format: {format}}}\n"
    );
    let responses = "{responses: {'200': {description: ok}}}";
    let mut description = format!(
        "openapi: 3.0.3\ninfo: {{title: Shop, version: '1'}}\npaths:\n  /feed: {{get: {responses}}}\n"
    );
    description += &format!("  /works:\n    get: {responses}\n");
    for method in methods.split_whitespace() {
        description += &format!("    {method}: {responses}\n");
    }
    fs::write(folder.join("gwgen.yaml"), blueprint).unwrap();
    fs::write(folder.join("openapi.yaml"), description).unwrap();
    let (code, _, diagnostics) = diagnosed(folder, &["render"]);
    assert_eq!(code, 0, "{diagnostics:?}");
    let [native, json] = ["moved.tf", "moved.tf.json"]
        .map(|name| fs::read_to_string(folder.join("generated").join(name)).unwrap_or_default());
    native + &json.replace("\\\"", "\"")
}

/// The blocks in native syntax.
fn blocks(from: [&str; 2], to: [&str; 2]) -> Vec<String> {
    let pairs = from.into_iter().zip(to);
    pairs
        .map(|(from, to)| format!("moved {{\n  from = {from}\n  to   = {to}\n}}\n"))
        .collect()
}

fn has(text: &str, blocks: &[String]) -> bool {
    text.matches("moved {").count() == blocks.len()
        && blocks.iter().all(|block| text.contains(block))
}

#[test]
fn a_method_moves_into_the_group_and_out_of_it() {
    let folder = folder_with(&[]);
    let folder = folder.path();
    assert_eq!(render(folder, "terraform", ""), "");
    let out = blocks(GROUPED, SINGLE);
    let back = blocks(SINGLE, GROUPED);
    // It stays for environments that skip a render.
    for methods in ["options", "options post"] {
        assert!(has(&render(folder, "terraform", methods), &out));
    }
    for methods in ["post", ""] {
        assert!(has(&render(folder, "terraform", methods), &back));
    }
    assert!(has(&render(folder, "terraform", "options"), &out));
    assert_eq!(diagnosed(folder, &["render", "--forget"]).0, 0);
    assert!(!folder.join("generated/moved.tf").exists());
    assert_eq!(render(folder, "terraform", "options"), "");
}

#[test]
fn json_moves_the_same() {
    let folder = folder_with(&[]);
    render(folder.path(), "terraform-json", "");
    let moved = render(folder.path(), "terraform-json", "options");
    let addresses = GROUPED.iter().chain(&SINGLE);
    assert!(
        addresses.into_iter().all(|address| moved.contains(address)),
        "{moved}"
    );
}

#[test]
fn a_template_has_one_logical_id_for_both() {
    let folder = folder_with(&[]);
    assert_eq!(render(folder.path(), "cloudformation", ""), "");
    assert_eq!(render(folder.path(), "cloudformation", "options"), "");
}
