//! Any texts through the Terraform sink: the HCL parser reads back exactly these.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use gwgen::stack::Value;
use gwgen_fuzz::texts::{Texts, has_run_of_signs};
use gwgen_fuzz::{Tally, at_exit};

static TALLY: Tally = Tally::new(
    "hcl",
    [
        "executions",
        "compared",
        "with an interpolation",
        "left to .ci/texts.py",
    ],
);

extern "C" fn print() {
    TALLY.print();
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

fn check(texts: &Texts) {
    let source = texts.source(&Value::Input("x".into()));
    TALLY.count(0);
    // The crate misreads an escape behind another sign; `.ci/texts.py` has HashiCorp's parser read
    // these.
    if has_run_of_signs(&source) {
        return TALLY.count(3);
    }
    let body = hcl::parse(&source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    let block = body.blocks().next().expect("a block");
    assert_eq!(block.labels()[1].as_str(), texts.label, "{source}");
    let of = |name: &str| {
        &block
            .body()
            .attributes()
            .find(|it| it.key() == name)
            .unwrap_or_else(|| panic!("{name}: {source}"))
            .expr
    };
    assert_eq!(text(of("a")), texts.attribute, "{source}");
    assert_eq!(text(of("longer")), texts.short, "{source}");
    let hcl::Expression::Array(items) = of("list") else {
        panic!("{source}")
    };
    assert_eq!(
        items.iter().map(text).collect::<Vec<_>>(),
        texts.list,
        "{source}"
    );
    assert_eq!(text(of("template")), texts.template(MARK), "{source}");
    let hcl::Expression::Object(members) = of("map") else {
        panic!("{source}")
    };
    let (key, value) = members.iter().next().expect("an entry");
    let key = match key {
        hcl::ObjectKey::Identifier(name) => name.to_string(),
        hcl::ObjectKey::Expression(key) => text(key),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (key.as_str(), text(value).as_str()),
        (&*texts.key, &*texts.attribute),
        "{source}"
    );
    TALLY.count(1);
    if texts.template.contains(&None) {
        TALLY.count(2);
    }
}

libfuzzer_sys::fuzz_target!(init: at_exit(print), |data: &[u8]| {
    if let Ok(texts) = Texts::arbitrary(&mut Unstructured::new(data)) {
        check(&texts);
    }
});
