use super::super::{convert, to_json};
use super::mended;

fn json(text: &str) -> String {
    to_json(text)
        .unwrap_or_else(|fault| panic!("{}: {text}", fault.message))
        .0
}

#[test]
fn what_only_this_parser_refuses_is_read() {
    for (text, expected) in [
        (
            "a:\n  b: {\n    \"c\": 1\n }\n  d: 2\n",
            r#"{"a":{"b":{"c":1},"d":2}}"#,
        ),
        ("a:\n  b: [\n    x,\n    y\n]\n", r#"{"a":{"b":["x","y"]}}"#),
        (
            "a:\n  b: [\n    {\"c\": [\n      1,\n ]\n },\n ]\n  d: e\n",
            r#"{"a":{"b":[{"c":[1]}],"d":"e"}}"#,
        ),
        (
            "a:\r\n  b: {\r\n    c: 1\r\n }\r\nd: 2\r\n",
            r#"{"a":{"b":{"c":1}},"d":2}"#,
        ),
        (
            "a:\n  b: {\n    c: é\n\n } # done\n  d: 2\n",
            r#"{"a":{"b":{"c":"é"},"d":2}}"#,
        ),
        ("a:\tb\nc: \tdé\ne:\t- f\n", ""),
        ("a:\tb\nc:\t\td\n", r#"{"a":"b","c":"d"}"#),
    ] {
        assert!(convert(text).is_err(), "this parser reads it: {text}");
        if expected.is_empty() {
            assert!(
                to_json(text).is_err(),
                "a sequence cannot start behind its key: {text}"
            );
        } else {
            assert_eq!(json(text), expected, "{text}");
        }
    }
}

#[test]
fn texts_stay_as_they_are_beside_what_is_mended() {
    let refused = "z:\n  y: {\n    x: 1\n }\n  w:\tv\n";
    for (text, expected) in [
        ("a: |\n  {\n    b:\tc\n  }\n", r#"{"a":"{\n  b:\tc\n}\n""#),
        ("a: >-\n  b:\tc\n  }\n", r#"{"a":"b:\tc }""#),
        ("a: \"b:\tc\n  }\"\n", r#"{"a":"b:\tc }""#),
        ("a: 'b:\tc\n  ]'\n", r#"{"a":"b:\tc ]""#),
        ("a: b\n  }\n", r#"{"a":"b }""#),
        ("a: {b: |-\n", ""),
        ("# b:\tc\n# {\n#   d\na: 1\n", r#"{"a":1"#),
    ] {
        let whole = text.to_owned() + refused;
        match expected {
            "" => assert!(to_json(&whole).is_err()),
            _ => assert_eq!(
                json(&whole),
                format!("{expected},\"z\":{{\"y\":{{\"x\":1}},\"w\":\"v\"}}}}"),
                "{text}"
            ),
        }
    }
}

#[test]
fn nothing_valid_changes_its_meaning() {
    let valid = [
        "a: {b: 1\n  }\nc: [\n  d\n  ]\n",
        "a: {b: 'it''s }', c: \"]\"\n ,\n d: e\n }\n",
        "- |\n  x:\ty\n  }\n- 'q:\t\n  ]'\n- {a: b:c,\n   d:\n   }\n",
        "? [a\n  ]\n: 1\n",
        "a: [b:\n  ]\n",
        "a: [*x\n  ]\nb: &x c\n",
        "a: &x c\nb: [*x\n  ]\nd: {e: !!str\n  }\n",
        "a: { b: - \n  }\n",
        "a:  \t# x:\t}\n  b\n",
        "a:\t1\nb: \"c\":\t\n",
    ];
    let mut compared = 0;
    for text in valid {
        let (Ok((before, _)), Some(mended)) = (convert(text), mended(text)) else {
            continue;
        };
        assert_eq!(mended.len(), text.len());
        assert_eq!(
            convert(&mended).map(|(json, _)| json).unwrap_or_default(),
            before,
            "{text}"
        );
        compared += 1;
    }
    assert!(compared >= 4, "only {compared} texts were compared");
}

#[test]
fn places_stay_true() {
    let text = "a:\n  b: {\n    c: 1\n }\n  d:\te\n  f: 7\n";
    let (json, marks) = to_json(text).unwrap_or_else(|fault| panic!("{}", fault.message));
    let at = |key: &str| marks.position(json.find(key).expect("there"));
    assert_eq!(
        [at("\"c\""), at("\"d\""), at("\"f\"")],
        [(3, 5), (5, 3), (6, 3)]
    );
}

#[test]
fn other_mistakes_are_reported_where_they_stand() {
    let Err(fault) = to_json("a:\n  b: {\n    c: 1\n }\nd: ]\n") else {
        panic!("a bracket too many")
    };
    assert_eq!(fault.line, 4, "the first thing that this parser refuses");
    assert!(to_json("a: {b: c\n").is_err());
}

#[test]
fn many_of_them_cost_no_more_than_the_text() {
    let text = "a:\n  - {\n    b: [\n    c,\n ],\n }\n".to_owned()
        + &"  - {\n    b:\tc\n }\n".repeat(20_000);
    assert_eq!(json(&text).matches("\"b\"").count(), 20_001);
    let hostile = "a: [\n".to_owned() + &"}\n]\n,\nx:\t".repeat(50_000);
    assert!(to_json(&hostile).is_err());
}
