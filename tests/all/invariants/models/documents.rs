//! Documents for a schema: some that fit, some that do not, the same ones every time.
//!
//! In: a schema with its definitions. Out: an endless row of documents.

use std::rc::Rc;

use serde_json::{Map, Value, json};

pub(crate) struct Documents {
    schema: Rc<Value>,
    state: u64,
    count: usize,
}

impl Documents {
    /// The seed is the name of what the schema is of.
    pub(crate) fn new(name: &str, schema: Value) -> Self {
        let state = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, it| {
            (hash ^ u64::from(it)).wrapping_mul(0x0100_0000_01b3)
        });
        Self {
            schema: Rc::new(schema),
            state: state | 1,
            count: 0,
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 11).unwrap() % limit.max(1)
    }

    fn fitting(&mut self, schema: &Value, depth: usize) -> Value {
        let Some(members) = schema.as_object() else {
            return self.plain();
        };
        if depth > 12 {
            return Value::Null;
        }
        if let Some(name) = members
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|it| it.strip_prefix("#/definitions/"))
        {
            let whole = Rc::clone(&self.schema);
            return self.fitting(&whole["definitions"][name], depth + 1);
        }
        if let Some(value) = members.get("const") {
            return value.clone();
        }
        if let Some(values) = members
            .get("enum")
            .and_then(Value::as_array)
            .filter(|it| !it.is_empty())
        {
            return values[self.below(values.len())].clone();
        }
        let mut value = self.typed(members, depth);
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(parts) = members
                .get(keyword)
                .and_then(Value::as_array)
                .filter(|it| !it.is_empty())
            else {
                continue;
            };
            let picked = self.below(parts.len());
            for (index, part) in parts
                .iter()
                .enumerate()
                .filter(|(index, _)| keyword == "allOf" || *index == picked)
            {
                let fitting = self.fitting(part, depth + 1);
                match (&mut value, fitting) {
                    (Value::Object(value), Value::Object(more)) => value.extend(more),
                    (_, more)
                        if index == 0 || keyword != "allOf" || members.get("type").is_none() =>
                    {
                        value = more
                    }
                    _ => {}
                }
            }
        }
        value
    }

    fn typed(&mut self, members: &Map<String, Value>, depth: usize) -> Value {
        let kind = match members.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) if !kinds.is_empty() => kinds[self.below(kinds.len())]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            _ if members.contains_key("properties") || members.contains_key("required") => {
                "object".to_owned()
            }
            _ if members.contains_key("items") => "array".to_owned(),
            _ => return self.plain(),
        };
        let number = |keyword: &str, or: i64| {
            members
                .get(keyword)
                .and_then(Value::as_f64)
                .map_or(or, |it| it as i64)
        };
        match kind.as_str() {
            "object" => self.object(members, depth),
            "array" => {
                let low = usize::try_from(number("minItems", 0)).unwrap_or(0).min(4);
                let count = low + self.below(if depth > 6 { 1 } else { 2 });
                let anything = json!({});
                let items = members.get("items").unwrap_or(&anything);
                Value::Array((0..count).map(|_| self.fitting(items, depth + 1)).collect())
            }
            "string" => self.text(members),
            "integer" => {
                let whole = number("minimum", 0)
                    .max(number("exclusiveMinimum", -1).saturating_add(1))
                    .saturating_add(self.below(2) as i64);
                // `1.0` is a whole number in 3.1, and none before it.
                if self.below(4) == 0 {
                    json!(whole as f64)
                } else {
                    json!(whole)
                }
            }
            "number" => json!(number("minimum", 0) as f64 + 0.5),
            "boolean" => json!(self.below(2) == 0),
            _ => Value::Null,
        }
    }

    fn object(&mut self, members: &Map<String, Value>, depth: usize) -> Value {
        let required: Vec<&str> = members
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut out = Map::new();
        for (name, property) in members
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if required.contains(&name.as_str()) || (depth < 5 && self.below(3) == 0) {
                out.insert(name.clone(), self.fitting(property, depth + 1));
            }
        }
        for name in required {
            out.entry(name).or_insert(json!("x"));
        }
        if let Some(more @ Value::Object(_)) = members
            .get("additionalProperties")
            .filter(|_| self.below(3) == 0)
        {
            out.insert("more".into(), self.fitting(more, depth + 1));
        }
        Value::Object(out)
    }

    fn text(&mut self, members: &Map<String, Value>) -> Value {
        const TEXTS: [&str; 12] = [
            "",
            "a",
            "abc",
            "Abc1",
            "12345",
            "2026-11-22",
            "2026-11-22T10:00:00Z",
            "a@b.example",
            "https://a.example/b",
            "é",
            "1.5",
            "a-b_c d",
        ];
        let low = members
            .get("minLength")
            .and_then(Value::as_u64)
            .unwrap_or(0)
            .min(100) as usize;
        let text = TEXTS[self.below(TEXTS.len())];
        if text.chars().count() < low {
            json!("a".repeat(low))
        } else {
            json!(text)
        }
    }

    fn plain(&mut self) -> Value {
        const VALUES: [fn() -> Value; 9] = [
            || json!(null),
            || json!({}),
            || json!([]),
            || json!("x"),
            || json!(1),
            || json!(-1.5),
            || json!(true),
            || json!({"a": 1}),
            || json!([1]),
        ];
        VALUES[self.below(VALUES.len())]()
    }

    /// Changes one place.
    fn changed(&mut self, value: &mut Value, depth: usize) {
        let goes_on = depth < 8 && self.below(4) > 0;
        match value {
            Value::Object(members) if !members.is_empty() && goes_on => {
                let index = self.below(members.len());
                let (name, member) = members.iter_mut().nth(index).unwrap();
                let name = name.clone();
                match self.below(6) {
                    0 => drop(members.shift_remove(&name)),
                    1 => drop(members.insert("unknown".into(), json!(1))),
                    _ => self.changed(member, depth + 1),
                }
            }
            Value::Array(items) if !items.is_empty() && goes_on => {
                let index = self.below(items.len());
                self.changed(&mut items[index], depth + 1);
            }
            Value::Number(number) if goes_on => {
                *value = json!(number.as_f64().unwrap_or(0.0) - 1.0e6 - 0.5);
            }
            Value::String(text) if goes_on => *value = json!(text.repeat(self.below(60))),
            _ => *value = self.plain(),
        }
    }
}

impl Iterator for Documents {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        self.count += 1;
        if self.count <= 3 {
            return Some(self.plain());
        }
        if self.count == 4 {
            return Some(json!({}));
        }
        let schema = Rc::clone(&self.schema);
        let mut document = self.fitting(&schema, 0);
        if self.count.is_multiple_of(2) {
            self.changed(&mut document, 0);
        }
        Some(document)
    }
}
