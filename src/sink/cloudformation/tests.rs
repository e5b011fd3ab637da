//! Tests that written YAML reads back unchanged, and that no reader of YAML 1.1 takes a text for
//! another value.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::scalars::{literal, number, scalar};
use super::{Call, Container, Properties};
use crate::blueprint::TemplateSyntax;
use crate::source::{RelativePath, SourceFile};
use crate::stack::Value;

/// Texts that some readers take for another value, or for the end of a text.
const TRAPS: &[&str] = &[
    "",
    " ",
    "~",
    "null",
    "Null",
    "NULL",
    "y",
    "Y",
    "n",
    "N",
    "yes",
    "Yes",
    "YES",
    "no",
    "No",
    "NO",
    "on",
    "On",
    "ON",
    "off",
    "Off",
    "OFF",
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "tRuE",
    "oN",
    "nan",
    "NaN",
    ".nan",
    ".NaN",
    ".NAN",
    "inf",
    "Inf",
    ".inf",
    "-.inf",
    "+.INF",
    "0",
    "1",
    "-1",
    "+1",
    "010",
    "0o10",
    "0x1F",
    "0b101",
    "-0b1",
    "1_000",
    "0_",
    "1:30",
    "190:20:30",
    "20:30.15",
    "1.5",
    "1.",
    ".5",
    "1e3",
    "1E3",
    "6.02e+23",
    "1_0.5",
    "2010-09-09",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43.10 -5",
    "=",
    "<<",
    "<",
    "*a",
    "&a",
    "!Ref x",
    "!!str",
    "|",
    ">",
    "|-",
    "%YAML 1.1",
    "@a",
    "`a`",
    "- a",
    "-",
    "--",
    "---",
    "...",
    "--- a",
    "? a",
    "?",
    ": a",
    ":",
    "a: b",
    "a:",
    "a :b ",
    "a #b",
    "#a",
    "a # b",
    " a",
    "a ",
    "\ta",
    "a\t",
    "[a",
    "]",
    "{a",
    "}",
    ",",
    "'a'",
    "\"a\"",
    "a\\b",
    "a'b",
    "/a: b",
    "/a #",
    "/orders:",
    "a\nb",
    "a\n",
    "\n",
    "\n\n",
    "a\n\n",
    " a\nb",
    "\n a\nb",
    "a\n b",
    "a \nb",
    "a\n\tb",
    "\ta\nb",
    "a\r\nb",
    "a\rb",
    "---\na",
    "a\n---\nb",
    "a\n...\nb",
    "# a\nb",
    "a\n# b",
    "- a\n- b",
    "a: b\nc: d",
    "|\n",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{2029}b\n",
    "\u{feff}a",
    "a\u{feff}\nb",
    "a\u{7f}\nb",
    "a\u{9f}",
    "\u{0}",
    "a\u{0}\nb",
    "\u{1b}[31m",
    "\u{fffe}",
    "\u{ffff}\n",
    "\u{a0}a",
    "ä",
    "ä\nö",
    "\u{1f600}",
    "\u{1f600}\n\u{10ffff}",
];

/// Texts that are written without quotes, so that a template is easy to read.
const PLAIN: &[&str] = &[
    "AWS::ApiGateway::RestApi",
    "shop-prod-api",
    "arn:aws:iam::123456789012:role/logs",
    "/orders/{id}/{rest+}",
    "https://orders.example.com/v1",
    "x-amazon-apigateway-integration",
    "method.request.header.Accept",
    "Private subnets of the load balancer, in two zones or more.",
    "a, b",
    "yesterday",
    "nothing",
    "e5",
];

fn member(name: &str, value: &Json, out: &mut Properties) {
    match value {
        Json::String(text) => out.text(name, text),
        Json::Array(items) => out.items(name, items, |out, value| item(value, out)),
        Json::Object(members) => out.object(name, |out| {
            members
                .iter()
                .for_each(|(name, value)| member(name, value, out))
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.plain(name, &value.to_string()),
    }
}

fn item(value: &Json, out: &mut Properties) {
    match value {
        Json::String(text) => out.inner(&Value::literal(text.as_str())),
        Json::Array(items) => out.inner_items(items, |out, value| item(value, out)),
        Json::Object(members) => out.inner_object(|out| {
            members
                .iter()
                .for_each(|(name, value)| member(name, value, out))
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.inner_plain(&value.to_string()),
    }
}

/// A document as a template is written.
fn document(syntax: TemplateSyntax, body: impl FnOnce(&mut Properties)) -> String {
    let mut out = Properties::new(syntax, BTreeMap::new());
    out.inner_object(body);
    out.into_text()
}

fn written(syntax: TemplateSyntax, members: &Map<String, Json>) -> String {
    document(syntax, |out| {
        members
            .iter()
            .for_each(|(name, value)| member(name, value, out))
    })
}

/// As the project itself reads files.
fn read(yaml: &str) -> Json {
    let name = RelativePath::join("", "template.yaml").unwrap();
    let file = SourceFile::of(yaml.into(), name, Arc::from("template.yaml"))
        .unwrap_or_else(|error| panic!("{error:?}\n{yaml}"));
    serde_json::from_str(&file.json).unwrap()
}

/// Equal, members in the same order; a number whose spelling differs may be read a bit off.
fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            left == right
                || left
                    .as_f64()
                    .zip(right.as_f64())
                    .is_some_and(|(left, right)| (left - right).abs() <= left.abs() * 1e-12)
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| left.0 == right.0 && same(left.1, right.1))
        }
        (left, right) => left == right,
    }
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(TRAPS).prop_map(str::to_owned),
        prop::sample::select(PLAIN).prop_map(str::to_owned),
        prop::sample::select(vec!["\n", " ", "  ", "\t", "a", ": ", " #", "- "])
            .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop_oneof![3 => prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat()), 1 => "[a-zA-Z0-9:._ /-]{0,12}", 1 => "[ab \n]{0,12}"]
}

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        6 => text().prop_map(Json::from),
        1 => any::<bool>().prop_map(Json::from),
        1 => Just(Json::Null),
        1 => any::<i64>().prop_map(Json::from),
        1 => any::<u64>().prop_map(Json::from),
        1 => any::<f64>().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn whatever_is_written_reads_back(members in prop::collection::vec((text(), value()), 0..4)) {
        let members: Map<String, Json> = members.into_iter().collect();
        let yaml = written(TemplateSyntax::Yaml, &members);
        let back = read(&yaml);
        prop_assert!(same(&back, &Json::Object(members.clone())), "{yaml}\n{back}");
        prop_assert!(!yaml.lines().any(|line| line.ends_with(' ')), "{yaml}");
        let json: Json = serde_json::from_str(&written(TemplateSyntax::Json, &members)).unwrap();
        prop_assert!(same(&json, &Json::Object(members)));
    }

    #[test]
    fn a_plain_text_starts_with_a_letter_or_a_slash(text in text()) {
        let scalar = scalar(&text);
        prop_assert!(scalar.starts_with('"') || (scalar == text && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')), "{scalar}");
    }
}

#[test]
fn traps_are_quoted_and_read_back() {
    for trap in TRAPS {
        assert!(
            scalar(trap).starts_with('"') && scalar(trap).ends_with('"'),
            "{trap:?}"
        );
        let members =
            json!({*trap: *trap, "in": [*trap, [*trap], {*trap: {*trap: *trap}}], "last": *trap});
        let yaml = written(TemplateSyntax::Yaml, members.as_object().unwrap());
        assert_eq!(read(&yaml), members, "{yaml}");
        assert!(
            yaml.chars()
                .all(|character| matches!(character, '\n' | ' '..='~' | '\u{a0}'..)),
            "{yaml:?}"
        );
        assert!(
            !yaml.contains(['\u{2028}', '\u{2029}', '\u{feff}', '\u{fffe}', '\u{ffff}']),
            "{yaml:?}"
        );
    }
    for plain in PLAIN {
        assert_eq!(scalar(plain), *plain);
    }
}

#[test]
fn lines_stand_as_lines_where_nothing_is_lost() {
    for (text, header, lines) in [
        ("a\nb", "|-", "a\nb"),
        ("a\n", "|", "a"),
        ("a\n\n", "|+", "a\n"),
        ("\n\na\n  b: c # d\n", "|", "\n\na\n  b: c # d"),
        ("# a\n- ä", "|-", "# a\n- ä"),
    ] {
        assert_eq!(literal(text), Some((header, lines)), "{text:?}");
    }
    for text in [
        "",
        "a",
        "\n",
        "\n\n",
        " a\nb",
        "\n a\nb",
        "a \nb",
        "a\n \nb",
        "a\tb\n",
        "a\r\n",
        "a\u{85}\n",
        "a\u{feff}\n",
        "a\u{2028}\n",
    ] {
        assert_eq!(literal(text), None, "{text:?}");
    }
}

#[test]
fn numbers_are_numbers_to_every_reader() {
    for (json, yaml) in [
        ("0", "0"),
        ("-17", "-17"),
        ("0.5", "0.5"),
        ("1e21", "1.0e+21"),
        ("1E5", "1.0e+5"),
        ("-1.5e-7", "-1.5e-7"),
        ("true", "true"),
        ("false", "false"),
        ("null", "null"),
    ] {
        assert_eq!(number(json), yaml);
    }
}

#[test]
fn functions_are_short_where_the_sink_calls_them_and_nowhere_else() {
    let yaml = document(TemplateSyntax::Yaml, |out| {
        out.object("Called", |out| {
            for (name, call) in [
                ("Ref", Call::Ref("AWS::Region")),
                ("Trap", Call::Ref("Y")),
                ("Sub", Call::Sub("${A}-b")),
                ("Att", Call::GetAtt("A", "b.c")),
            ] {
                out.name(name);
                out.call(call);
            }
            out.value(
                "Joined",
                &Value::Joined(Box::new(Value::Pseudo("AWS::NotificationARNs"))),
            );
        });
        out.object("Written", |out| {
            out.object("a", |out| out.text("Ref", "b"));
            out.name("empty");
            out.enclosed(Container::List, |_| {});
        });
    });
    let expected = "\
Called:
  Ref: !Ref AWS::Region
  Trap: !Ref \"Y\"
  Sub: !Sub \"${A}-b\"
  Att: !GetAtt A.b.c
  Joined:
    Fn::Join:
      - \",\"
      - !Ref AWS::NotificationARNs
Written:
  a:
    Ref: b
  empty: []
";
    assert_eq!(yaml, expected);
}

#[test]
fn lists_and_objects_stand_in_block_form() {
    let members = json!({
        "Tags": [{"Key": "a", "Value": "b\nc\n"}, {}],
        "Nested": [["a", {"b": ["c"], "d": "e\nf"}], []],
        "Long": [{"k".repeat(1_001): 1, "l".repeat(1_001): {"m": {}}}],
    });
    let long = ["k".repeat(1_001), "l".repeat(1_001)];
    let expected = format!(
        "\
Tags:
  - Key: a
    Value: |
      b
      c
  - {{}}
Nested:
  - - a
    - b:
        - c
      d: |-
        e
        f
  - []
Long:
  - ? {}
    : 1
    ? {}
    :
      m: {{}}
",
        long[0], long[1]
    );
    let yaml = written(TemplateSyntax::Yaml, members.as_object().unwrap());
    assert_eq!(yaml, expected);
    assert_eq!(read(&yaml), members);
}

#[test]
fn a_tag_of_the_users_stays_where_a_node_has_the_same() {
    let name = Value::literal("shop-nlb");
    let tags = BTreeMap::from([(Arc::from("Name"), name.clone())]);
    let mut out = Properties::new(TemplateSyntax::Json, tags);
    out.inner_object(|out| {
        out.object("First", |out| out.named_tags(&name));
        out.object("Second", Properties::tags);
    });
    let written: Json = serde_json::from_str(&out.into_text()).unwrap();
    let expected = json!({"Tags": [{"Key": "Name", "Value": "shop-nlb"}]});
    assert_eq!([&written["First"], &written["Second"]], [&expected; 2]);
}
