//! Native Terraform keeps the rules of tflint's ruleset for Terraform that no judge checks.
//!
//! In: every example and case, and `docs/tflint.md`. Out: plain assertions.
//! Source: tflint-ruleset-terraform, "Rules",
//! <https://github.com/terraform-linters/tflint-ruleset-terraform/tree/main/docs/rules>, read
//! 2026-11-30.

use std::collections::BTreeSet;
use std::fs;

use hcl::expr::{Expression, TemplateExpr};
use hcl::template::Element;
use hcl::{Block, Body, Template};
use regex::Regex;

use crate::support::emitted::texts;
use crate::support::{fixtures, repository};

/// The own format of `terraform_naming_convention`.
const SNAKE_CASE: &str = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$";

/// The format of labels that users are told to configure.
fn label_format() -> Regex {
    let page = fs::read_to_string(repository().join("docs/tflint.md")).unwrap();
    let (_, rest) = page.split_once("regex       = \"").unwrap();
    Regex::new(rest.split('"').next().unwrap()).unwrap()
}

#[test]
fn outputs_keep_the_rules_of_tflint() {
    let (label, snake_case) = (label_format(), Regex::new(SNAKE_CASE).unwrap());
    let mut found = BTreeSet::new();
    let mut blocks = 0;
    for case in fixtures() {
        let tree = case.compiled("terraform").tree.as_ref().unwrap();
        let native: Vec<(&str, &str)> = texts(tree)
            .filter(|(name, _)| name.ends_with(".tf"))
            .collect();
        let all: String = native.iter().map(|(_, text)| *text).collect();
        for (file, text) in &native {
            let mut report = |rule: &str, what: &str| {
                _ = found.insert(format!("{}/{file}: {rule}: {what}", case.name))
            };
            let body: Body = hcl::parse(text).unwrap();
            for block in body.blocks() {
                blocks += 1;
                let name = block.labels().last().map_or("", |it| it.as_str());
                named(block, name, [&label, &snake_case], &mut report);
                let (kind, wanted) = (block.identifier(), format!("{}s.tf", block.identifier()));
                if matches!(kind, "variable" | "output") && *file != wanted {
                    report("terraform_standard_module_structure", name);
                }
                if !is_used(block, name, &all) {
                    report("terraform_unused_declarations", name);
                }
                interpolations(&block.body, &mut report);
            }
            if text.lines().any(|line| line.trim_start().starts_with("//")) {
                report("terraform_comment_syntax", "//");
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(blocks > 2_000, "only {blocks} blocks were read");
}

fn named(
    block: &Block,
    name: &str,
    [label, snake_case]: [&Regex; 2],
    report: &mut impl FnMut(&str, &str),
) {
    const RULE: &str = "terraform_naming_convention";
    match block.identifier() {
        "resource" | "data" | "output" if !label.is_match(name) => report(RULE, name),
        "locals" => {
            for local in block.body.attributes().map(hcl::Attribute::key) {
                if !snake_case.is_match(local) {
                    report(RULE, local);
                }
            }
        }
        _ => {}
    }
}

/// Returns whether a variable or a data source is referred to. Local values are a judge's.
fn is_used(block: &Block, name: &str, text: &str) -> bool {
    let reference = match block.identifier() {
        "variable" => format!(r"\bvar[.]{name}\b"),
        "data" => format!(r"\bdata[.]{}[.]{name}\b", block.labels()[0].as_str()),
        _ => return true,
    };
    let declared = block.identifier() == "variable";
    let own = format!("var.{name}");
    // A validation names its own variable.
    let in_itself = hcl::format::to_string(block).unwrap().matches(&own).count();
    let least = if declared { in_itself } else { 0 };
    Regex::new(&reference).unwrap().find_iter(text).count() > least
}

/// Reports texts that hold an interpolation and nothing else.
fn interpolations(body: &Body, report: &mut impl FnMut(&str, &str)) {
    for attribute in body.attributes() {
        expression(&attribute.expr, report);
    }
    for block in body.blocks() {
        interpolations(&block.body, report);
    }
}

fn expression(value: &Expression, report: &mut impl FnMut(&str, &str)) {
    match value {
        Expression::Array(items) => items.iter().for_each(|it| expression(it, report)),
        Expression::Object(members) => members.values().for_each(|it| expression(it, report)),
        Expression::FuncCall(call) => call.args.iter().for_each(|it| expression(it, report)),
        Expression::TemplateExpr(template) => {
            if let TemplateExpr::QuotedString(text) = &**template
                && let [Element::Interpolation(_)] =
                    Template::from_expr(template).unwrap().elements()
            {
                report("terraform_deprecated_interpolation", text);
            }
        }
        _ => {}
    }
}
