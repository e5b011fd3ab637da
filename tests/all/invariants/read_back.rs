//! Output is read again by readers that are not ours.

use std::collections::BTreeSet;

use gwgen::blueprint::TemplateSyntax;
use gwgen::emit::FileTree;
use gwgen::openapi::HttpMethod;
use gwgen::{assemble, emit};

use crate::support::corpus::{entries, rendered_entries};
use crate::support::emitted::{
    TERRAFORM_ONLY, cloudformation_counts, template, terraform_counts, without_functions,
};
use crate::support::{Case, YAML, fixtures, in_parallel};

#[test]
fn both_formats_of_a_case_hold_the_same_resources() {
    let mut compared = 0;
    // What stays of earlier renders is another in each language.
    for case in fixtures().iter().filter(|case| case.memory().is_none()) {
        let tree = case.compiled("terraform").tree.as_ref();
        let mut terraform =
            terraform_counts(tree.unwrap_or_else(|| panic!("{} renders as Terraform", case.name)));
        terraform.remove(TERRAFORM_ONLY);
        if let Some(template) = &case.compiled("cloudformation").tree {
            assert_eq!(terraform, cloudformation_counts(template), "{}", case.name);
            compared += 1;
        }
    }
    assert!(compared > 15, "only {compared} cases have both formats");
}

/// A stack as both syntaxes of a template, which have to say the same in the same order.
fn assert_twins(name: &str, json: &FileTree, yaml: &FileTree) {
    // As text, since objects are equal in whatever order.
    let [json, yaml] = [json, yaml].map(|it| without_functions(&template(it)).to_string());
    assert!(json == yaml, "{name}: the YAML is not the JSON");
}

#[test]
fn the_yaml_of_a_case_is_its_json() {
    let mut compared = 0;
    for case in fixtures() {
        for style in ["resources", "body"] {
            let mut case: Case = (**case).clone();
            let root = case.blueprint.as_object_mut().unwrap();
            let output = root
                .entry("output")
                .or_insert_with(|| serde_json::json!({}))
                .as_object_mut()
                .unwrap();
            output.insert("api_style".into(), style.into());
            output.insert("template".into(), "json".into());
            let [json, yaml] = ["cloudformation", YAML].map(|it| case.compile(it).tree);
            assert_eq!(json.is_some(), yaml.is_some(), "{}", case.name);
            let (Some(json), Some(yaml)) = (json, yaml) else {
                continue;
            };
            assert_twins(&case.name, &json, &yaml);
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared} templates were compared");
}

#[test]
fn both_formats_of_a_real_description_hold_the_same_resources() {
    in_parallel(&rendered_entries(), |entry| {
        let compiled = &entry.compiled;
        let terraform = terraform_counts(compiled.tree.as_ref().unwrap());
        // The same stack, however large: the quota of a template has a test of its own.
        let stack = assemble::assemble(compiled.plan.as_ref().unwrap()).stack;
        let json = emit::cloudformation::files(TemplateSyntax::Json, &stack);
        assert_eq!(
            terraform,
            cloudformation_counts(&json),
            "{}",
            entry.case.name
        );
        assert_twins(
            &entry.case.name,
            &json,
            &emit::cloudformation::files(TemplateSyntax::Yaml, &stack),
        );
        let public = compiled
            .plan
            .as_ref()
            .unwrap()
            .operations
            .iter()
            .filter(|it| it.is_public())
            .count();
        let plan = compiled.plan.as_ref().unwrap();
        // What the gateway answers itself.
        let own = plan.refusals.len() + plan.cors.as_ref().map_or(0, |it| it.preflights.len());
        assert_eq!(
            terraform["AWS::ApiGateway::Method"],
            public + own,
            "{}",
            entry.case.name
        );
    });
}

/// Method and path of every operation, as the crate `openapiv3` reads them.
fn second_reading(json: &str) -> Option<BTreeSet<(String, String)>> {
    // The crate panics on some descriptions that are legal.
    let document = std::panic::catch_unwind(|| serde_json::from_str::<openapiv3::OpenAPI>(json))
        .ok()?
        .ok()?;
    let mut found = BTreeSet::new();
    for (path, item) in &document.paths.paths {
        let openapiv3::ReferenceOr::Item(item) = item else {
            continue;
        };
        found.extend(
            item.iter()
                .map(|(method, _)| (method.to_uppercase(), path.clone())),
        );
    }
    Some(found)
}

#[test]
fn a_second_reader_finds_the_same_operations() {
    // The second reader follows no references, so it reads descriptions of one file.
    let of_3_0: Vec<_> = entries()
        .iter()
        .filter(|it| it.json.contains("\"3.0.") && it.case.files.len() == 1)
        .filter_map(|it| Some((it, it.api.as_ref()?)))
        .collect();
    let compared = in_parallel(&of_3_0, |(entry, api)| {
        let Some(second) = second_reading(&entry.json) else {
            return 0;
        };
        let own = api
            .operations
            .iter()
            .filter(|it| it.method != HttpMethod::Any);
        let own: BTreeSet<_> = own
            .map(|it| (it.method.as_str().to_owned(), it.path.to_string()))
            .collect();
        assert_eq!(own, second, "{}", entry.case.name);
        1
    });
    let compared: usize = compared.into_iter().sum();
    assert!(
        entries().is_empty() || compared >= 10,
        "the second reader reads only {compared}"
    );
}
