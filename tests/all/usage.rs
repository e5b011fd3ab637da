//! The README of an output: its commands and code name the inputs and outputs that there are, and
//! all that have to be given.
//!
//! In: every example and case in native Terraform and CloudFormation. Out: compared with the files.

use std::collections::BTreeSet;

use gwgen::Compiled;
use hcl::{Body, Structure};
use serde_json::Value;

use crate::support::emitted::{template, texts};
use crate::support::{Case, fixtures, repository};

fn text<'a>(compiled: &'a Compiled, name: &str) -> &'a str {
    let tree = compiled.tree.as_ref().unwrap();
    let mut files = texts(tree).filter(|(file, _)| *file == name);
    files.next().map_or("", |(_, text)| text)
}

/// The code blocks of a page in a language, without the margin that they have in a list.
fn code(page: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let margin = line.len() - line.trim_start().len();
        if line.trim_start() != format!("```{language}") {
            continue;
        }
        let inside = lines.by_ref().take_while(|line| line.trim_start() != "```");
        let inside = inside.map(|line| line.get(margin..).unwrap_or_default().to_owned() + "\n");
        blocks.push(inside.collect());
    }
    blocks
}

/// Names after a marker, such as `module.shop.`.
fn names_after(page: &str, marker: &str) -> BTreeSet<String> {
    let name = |rest: &str| {
        let end = rest.find(|character: char| !(character.is_alphanumeric() || character == '_'));
        rest[..end.unwrap_or(rest.len())].to_owned()
    };
    page.split(marker).skip(1).map(name).collect()
}

/// Labels of the blocks of a kind, with whether they hold an attribute `default`.
fn labels(body: &Body, kind: &str) -> Vec<(String, bool)> {
    body.blocks()
        .filter(|block| block.identifier() == kind)
        .map(|block| {
            let has_default = block.body().attributes().any(|it| it.key() == "default");
            (block.labels()[0].as_str().to_owned(), has_default)
        })
        .collect()
}

#[test]
fn a_module_is_called_with_all_that_it_needs() {
    let mut called = 0;
    for fixture in fixtures() {
        let compiled = fixture.compiled("terraform");
        if compiled.tree.is_none() {
            continue;
        }
        let page = text(compiled, "README.md");
        let variables = hcl::parse(text(compiled, "variables.tf")).unwrap();
        let needed: BTreeSet<String> = labels(&variables, "variable")
            .into_iter()
            .filter_map(|(name, has_default)| (!has_default).then_some(name))
            .collect();
        let outputs = hcl::parse(text(compiled, "outputs.tf")).unwrap();
        let outputs: BTreeSet<String> = labels(&outputs, "output")
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let blocks: Vec<Body> = code(page, "hcl")
            .iter()
            .map(|code| hcl::parse(code).unwrap())
            .collect();
        let module = blocks.iter().flat_map(Body::blocks);
        for module in module.filter(|block| block.identifier() == "module") {
            let given = module.body().iter().filter_map(|it| match it {
                Structure::Attribute(it) => Some(it.key().to_owned()),
                Structure::Block(_) => None,
            });
            let given: BTreeSet<String> = given.filter(|key| key != "source").collect();
            assert_eq!(given, needed, "{}", fixture.name);
            let mut references =
                names_after(page, &format!("module.{}.", module.labels()[0].as_str()));
            // An address for `terraform state`.
            references.remove("aws_api_gateway_deployment");
            assert!(references.is_subset(&outputs), "{}", fixture.name);
            called += 1;
        }
        let commands = code(page, "sh");
        let mut commands = commands.iter();
        if let Some(command) = commands.find(|command| command.contains("terraform init")) {
            assert_eq!(names_after(command, "-var '"), needed, "{}", fixture.name);
        }
    }
    assert!(called > 50, "{called}");
}

#[test]
fn the_example_of_the_documentation_uses_what_there_is() {
    let folder = repository().join("docs/examples/ecs");
    let case = Case::read(&folder);
    let compiled = case.compile("terraform");
    let outputs = hcl::parse(text(&compiled, "outputs.tf")).unwrap();
    let outputs = labels(&outputs, "output").into_iter().map(|(name, _)| name);
    let main = std::fs::read_to_string(folder.join("main.tf")).unwrap();
    let used = names_after(&main, "module.orders.");
    assert!(
        used.len() > 5 && used.is_subset(&outputs.collect()),
        "{used:?}"
    );
    let compiled = case.compile("cloudformation");
    let template = template(compiled.tree.as_ref().unwrap());
    let exported = template["Outputs"].as_object().unwrap().keys().cloned();
    let stack = std::fs::read_to_string(folder.join("stack.yaml")).unwrap();
    let used = names_after(&stack, "!Sub ${ApiStack}-");
    assert!(
        used.len() > 3 && used.is_subset(&exported.collect()),
        "{used:?}"
    );
}

#[test]
fn a_template_is_deployed_with_all_that_it_needs() {
    for fixture in fixtures() {
        let compiled = fixture.compiled("cloudformation");
        let Some(tree) = &compiled.tree else { continue };
        let page = text(compiled, "README.md");
        let template = template(tree);
        let members = |name: &str| template[name].as_object().into_iter().flatten();
        let has_roles = members("Resources").any(|(_, it)| it["Type"] == "AWS::IAM::Role");
        let command = code(page, "sh").swap_remove(0);
        assert_eq!(
            command.contains("--capabilities CAPABILITY_IAM"),
            has_roles,
            "{}",
            fixture.name
        );
        let bytes = tree
            .files
            .iter()
            .find(|(name, _)| name.starts_with("template"));
        let is_large = bytes.unwrap().1.len() > 51_200;
        assert_eq!(
            command.contains("--s3-bucket"),
            is_large,
            "{}",
            fixture.name
        );
        let needed = members("Parameters").filter(|(_, it)| it["Default"] == Value::Null);
        let needed: BTreeSet<String> = needed.map(|(name, _)| name.clone()).collect();
        let given = command
            .lines()
            .filter_map(|line| line.trim().split_once('='));
        let given: BTreeSet<String> = given.map(|(name, _)| name.to_owned()).collect();
        assert_eq!(given, needed, "{}", fixture.name);
        let exported: BTreeSet<String> = members("Outputs")
            .map(|(name, it)| {
                let export = it["Export"]["Name"].to_string();
                let end = format!("${{AWS::StackName}}-{name}\"");
                assert!(export.contains(&end), "{}: {export}", fixture.name);
                name.clone()
            })
            .collect();
        let stack = command
            .lines()
            .find_map(|line| line.trim().strip_prefix("--stack-name "));
        let stack = stack.unwrap().trim_end_matches(" \\");
        let imported = names_after(page, &format!("!ImportValue {stack}-"));
        assert!(imported.is_subset(&exported), "{}", fixture.name);
    }
}
