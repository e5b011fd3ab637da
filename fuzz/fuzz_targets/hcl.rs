//! Any texts through the Terraform sink: the HCL parser reads back exactly these.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use gwgen::emit::terraform::Terraform;
use gwgen::stack::Value;
use gwgen_fuzz::{Tally, at_exit};

static TALLY: Tally = Tally::new("hcl", ["executions", "with an interpolation", "", ""]);

extern "C" fn print() {
    TALLY.print();
}

#[derive(Debug, Arbitrary)]
struct Texts<'a> {
    attribute: &'a str,
    key: &'a str,
    label: &'a str,
    list: Vec<&'a str>,
    template: Vec<Option<&'a str>>,
    short: &'a str,
}

/// What stands for an interpolation of `var.x`.
const MARK: &str = "\u{0}var.x\u{0}";

fn text(expression: &hcl::Expression) -> String {
    match expression {
        hcl::Expression::String(text) => text.clone(),
        hcl::Expression::TemplateExpr(template) => {
            let template = hcl::Template::from_expr(template).expect("a template");
            template.elements().iter().map(element).collect()
        }
        hcl::Expression::Traversal(_) => MARK.to_owned(),
        other => panic!("{other:?} is no text"),
    }
}

fn element(element: &hcl::template::Element) -> String {
    match element {
        hcl::template::Element::Literal(text) => text.clone(),
        hcl::template::Element::Interpolation(it) => text(&it.expr),
        hcl::template::Element::Directive(_) => panic!("a directive of nobody"),
    }
}

fn check(texts: &Texts<'_>) {
    let parts: Vec<Value> = texts
        .template
        .iter()
        .map(|it| it.map_or_else(|| Value::Input("x".into()), Value::literal))
        .chain([Value::literal(texts.short)])
        .collect();
    let meant: String = texts.template.iter().map(|it| it.unwrap_or(MARK)).chain([texts.short]).collect();
    let has_interpolation = texts.template.contains(&None);
    let mut out = Terraform::default();
    out.labelled(&["resource", "kind", texts.label], |out| {
        out.attribute("a", texts.attribute);
        out.attribute("longer", texts.short);
        out.texts("list", &texts.list);
        out.attribute("template", &Value::Text(parts));
        out.map("map", [(texts.key, texts.attribute)]);
    });
    let source = out.into_text();
    // The crate misreads an escape right behind another sign; Terraform does not.
    if ["%%%{", "$%%{", "$$${", "%$${"].iter().any(|it| source.contains(it)) {
        return;
    }
    let body = hcl::parse(&source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    let block = body.blocks().next().expect("a block");
    assert_eq!(block.labels()[1].as_str(), texts.label, "{source}");
    let of = |name: &str| &block.body().attributes().find(|it| it.key() == name).unwrap_or_else(|| panic!("{name}: {source}")).expr;
    assert_eq!(text(of("a")), texts.attribute, "{source}");
    assert_eq!(text(of("longer")), texts.short, "{source}");
    let hcl::Expression::Array(items) = of("list") else { panic!("{source}") };
    assert_eq!(items.iter().map(text).collect::<Vec<_>>(), texts.list, "{source}");
    assert_eq!(text(of("template")), meant, "{source}");
    let hcl::Expression::Object(members) = of("map") else { panic!("{source}") };
    let (key, value) = members.iter().next().expect("an entry");
    let key = match key {
        hcl::ObjectKey::Identifier(name) => name.to_string(),
        hcl::ObjectKey::Expression(key) => text(key),
        other => panic!("{other:?}"),
    };
    assert_eq!((key.as_str(), text(value).as_str()), (texts.key, texts.attribute), "{source}");
    TALLY.count(0);
    if has_interpolation {
        TALLY.count(1);
    }
}

libfuzzer_sys::fuzz_target!(init: at_exit(print), |data: &[u8]| {
    if let Ok(texts) = Texts::arbitrary(&mut Unstructured::new(data)) {
        check(&texts);
    }
});
