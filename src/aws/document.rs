//! JSON documents that AWS takes as one argument: policies, models, bodies.
//!
//! In: a tree of values. Out: text in a sink. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::sink::{Hcl, Properties, Terraform, key};
use crate::stack::{List, Value};

/// A part of a document, in the order in which it is written.
#[derive(Clone, Debug)]
pub enum Document {
    Text(Value),
    /// A number, `true`, `false` or `null`: both languages spell them alike.
    Bare(Cow<'static, str>),
    List(Vec<Document>),
    /// A list of plain parts that is written on one line.
    Line(Vec<Document>),
    /// A list that may be known only at deploy time.
    Values(List),
    Object(Vec<(Cow<'static, str>, Document)>),
}

impl Document {
    pub(crate) fn number(number: u32) -> Self {
        Self::Bare(number.to_string().into())
    }

    /// Any JSON.
    pub(crate) fn json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::json).collect()),
            serde_json::Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, it)| (name.clone().into(), Self::json(it)))
                    .collect(),
            ),
            serde_json::Value::String(text) => Self::text(text),
            other => Self::Bare(other.to_string().into()),
        }
    }

    /// The same, with short lists of plain parts on one line.
    pub(crate) fn in_lines(self) -> Self {
        match self {
            Self::List(parts)
                if line(&parts).is_some_and(|it| it.len() <= MAX_LINE + "]".len()) =>
            {
                Self::Line(parts)
            }
            Self::List(parts) => Self::List(parts.into_iter().map(Self::in_lines).collect()),
            Self::Object(parts) => Self::Object(
                parts
                    .into_iter()
                    .map(|(name, it)| (name, it.in_lines()))
                    .collect(),
            ),
            plain @ (Self::Text(_) | Self::Bare(_) | Self::Line(_) | Self::Values(_)) => plain,
        }
    }

    pub(crate) const TRUE: Self = Self::Bare(Cow::Borrowed("true"));

    pub(crate) fn text(text: &str) -> Self {
        Self::Text(Value::literal(text))
    }

    pub(crate) fn texts<T: AsRef<str>>(texts: &[T]) -> Self {
        let texts = texts.iter().map(|text| Self::text(text.as_ref()));
        Self::List(texts.collect())
    }

    /// An object whose members are known here.
    pub(crate) fn object<const N: usize>(members: [(&'static str, Self); N]) -> Self {
        let members = members.into_iter().map(|(name, part)| (name.into(), part));
        Self::Object(members.collect())
    }

    /// A policy of IAM.
    pub(crate) fn policy(statements: Vec<Self>) -> Self {
        Self::object([
            ("Version", Self::text("2012-10-17")),
            ("Statement", Self::List(statements)),
        ])
    }

    /// Least bytes of the JSON, without a blank and without what is known only at deploy time.
    pub(crate) fn bytes(&self) -> usize {
        let within = |parts: usize, sum: usize| 2 + parts.saturating_sub(1) + sum;
        match self {
            Self::Text(value) => 2 + known(value),
            Self::Bare(text) => text.len(),
            Self::Values(List::Of(values)) => {
                within(values.len(), values.iter().map(|it| 2 + known(it)).sum())
            }
            Self::Values(List::One(_)) => 2,
            Self::List(parts) | Self::Line(parts) => {
                within(parts.len(), parts.iter().map(Self::bytes).sum())
            }
            Self::Object(parts) => within(
                parts.len(),
                parts
                    .iter()
                    .map(|(name, it)| 3 + name.len() + it.bytes())
                    .sum(),
            ),
        }
    }

    /// `name = jsonencode({…})`
    pub(crate) fn terraform(&self, name: &str, out: &mut Terraform) {
        out.nested(name, ["jsonencode(", ")"], |out| self.push_terraform(out));
    }

    fn push_terraform(&self, out: &mut Terraform) {
        match self {
            Self::Text(value) => out.inner(value),
            Self::Bare(text) => out.inner_bare(text),
            Self::Line(parts) => out.inner_bare(&line(parts).expect("its parts are plain")),
            Self::List(parts) if parts.is_empty() => out.inner_bare("[]"),
            Self::Object(parts) if parts.is_empty() => out.inner_bare("{}"),
            Self::List(parts) => out.enclosed(["[", "]"], |out| {
                parts
                    .iter()
                    .for_each(|it| out.item(|out| it.push_terraform(out)))
            }),
            Self::Values(_) => unreachable!("a list of values stands under a name"),
            Self::Object(parts) => out.enclosed(["{", "}"], |out| {
                parts
                    .iter()
                    .for_each(|(name, part)| part.push_entry(&key(name), out))
            }),
        }
    }

    /// Writes on one line what fits there.
    fn push_entry(&self, name: &str, out: &mut Terraform) {
        match self {
            Self::Text(value) => out.attribute(name, value),
            Self::Bare(text) => out.bare(name, format_args!("{text}")),
            Self::Values(list) => out.list(name, list),
            Self::Line(parts) => out.bare(
                name,
                format_args!("{}", line(parts).expect("its parts are plain")),
            ),
            Self::List(parts) => match parts.as_slice() {
                [] => out.bare(name, format_args!("[]")),
                [Self::Text(value)] => out.values(name, std::slice::from_ref(value)),
                [_, ..] => out.nested(name, ["", ""], |out| self.push_terraform(out)),
            },
            Self::Object(parts) if parts.is_empty() => out.bare(name, format_args!("{{}}")),
            Self::Object(_) => out.nested(name, ["", ""], |out| self.push_terraform(out)),
        }
    }

    /// `name = {…}`; in JSON an object of its own, with a line a member.
    pub(crate) fn terraform_object(&self, name: &str, out: &mut Terraform) {
        if out.is_json() {
            self.push_json(name, out)
        } else {
            self.push_entry(name, out)
        }
    }

    fn push_json(&self, name: &str, out: &mut Terraform) {
        match self {
            Self::Text(value) => out.attribute(name, value),
            Self::Bare(text) => out.json_scalar(name, text),
            Self::Values(list) => out.list(name, list),
            Self::List(parts) | Self::Line(parts) => out.json_list(name, |out| {
                parts.iter().for_each(|it| it.push_json("", out))
            }),
            Self::Object(parts) => out.unaligned_map(name, |out| {
                parts
                    .iter()
                    .for_each(|(name, part)| part.push_json(name, out))
            }),
        }
    }

    pub(crate) fn cloudformation(&self, name: &str, out: &mut Properties) {
        match self {
            Self::Text(value) => out.value(name, value),
            Self::Bare(text) => out.plain(name, text),
            Self::Values(list) => out.list(name, list),
            Self::List(parts) | Self::Line(parts) => {
                out.items(name, parts, |out, part| part.push_cloudformation(out))
            }
            Self::Object(parts) => out.object(name, |out| {
                parts
                    .iter()
                    .for_each(|(name, part)| part.cloudformation(name, out))
            }),
        }
    }

    fn push_cloudformation(&self, out: &mut Properties) {
        match self {
            Self::Text(value) => out.inner(value),
            Self::Bare(text) => out.inner_plain(text),
            Self::Values(_) => unreachable!("a list of values stands under a name"),
            Self::List(parts) | Self::Line(parts) => {
                out.inner_items(parts, |out, part| part.push_cloudformation(out))
            }
            Self::Object(parts) => out.inner_object(|out| {
                parts
                    .iter()
                    .for_each(|(name, part)| part.cloudformation(name, out))
            }),
        }
    }
}

/// Bytes of a text that are known, with a backslash before what JSON escapes.
fn known(value: &Value) -> usize {
    match value {
        Value::Literal(text) => {
            text.len()
                + text
                    .bytes()
                    .filter(|it| matches!(it, b'"' | b'\\') || it.is_ascii_control())
                    .count()
        }
        Value::Text(parts) => parts.iter().map(known).sum(),
        Value::Input(_)
        | Value::Expression(_)
        | Value::Attribute(_)
        | Value::Pseudo(_)
        | Value::Here(_)
        | Value::Parameter { .. }
        | Value::BalancerOf(_)
        | Value::Joined(_) => 0,
    }
}

/// Longest list on one line. Unit: characters.
const MAX_LINE: usize = 100;

/// A list as one line; none where a part has parts of its own.
fn line(parts: &[Document]) -> Option<String> {
    let mut line = String::from("[");
    for (index, part) in parts.iter().enumerate() {
        line.push_str(if index > 0 { ", " } else { "" });
        match part {
            Document::Text(value) => value.hcl(&mut line),
            Document::Bare(text) => line.push_str(text),
            Document::List(_) | Document::Line(_) | Document::Values(_) | Document::Object(_) => {
                return None;
            }
        }
    }
    Some(line + "]")
}

/// Writes a text: JSON of plain members as `jsonencode({…})`, where that yields exactly the text.
pub(crate) fn terraform_text(name: &str, text: &str, out: &mut Terraform) {
    match plain_members(text).filter(|_| out.is_native()).as_deref() {
        None => out.attribute(name, text),
        Some([(member, value)]) => out.bare(
            name,
            format_args!("jsonencode({{ {} = {value} }})", key(member)),
        ),
        Some(members) => encoded(name, out, |out| {
            for (name, value) in members {
                out.bare(&key(name), format_args!("{value}"));
            }
        }),
    }
}

/// Writes a mapping. JSON of plain members is last, as `jsonencode({…})` with a line a member: that
/// a text is there, or one more member, moves no other line.
pub(crate) fn terraform_texts(name: &str, texts: &BTreeMap<String, Value>, out: &mut Terraform) {
    let mut documents = Vec::new();
    out.mapping(name, |out| {
        for (name, value) in texts {
            let members = match value {
                Value::Literal(text) if out.is_native() => plain_members(text),
                _ => None,
            };
            match members {
                Some(members) => documents.push((name, members)),
                None => out.attribute(name, value),
            }
        }
        for (name, members) in documents {
            encoded(name, out, |out| {
                members
                    .iter()
                    .for_each(|(name, value)| out.bare_entry(name, value))
            });
        }
    });
}

fn encoded(name: &str, out: &mut Terraform, members: impl FnOnce(&mut Terraform)) {
    out.nested(name, ["jsonencode(", ")"], |out| {
        out.enclosed(["{", "}"], members)
    });
}

/// Members of a JSON object, each with its value as an expression; none where `jsonencode` may
/// yield another text.
///
/// Source: Terraform, "jsonencode" (escapes `<`, `>`, `&`, U+2028 and U+2029),
/// <https://developer.hashicorp.com/terraform/language/functions/jsonencode>, read 2026-11-30; that
/// names are sorted was tried with terraform 1.11.
fn plain_members(text: &str) -> Option<Vec<(String, String)>> {
    let is_exact = text.is_ascii() && !text.contains(['<', '>', '&', '\\']);
    let json: serde_json::Value = serde_json::from_str(text).ok().filter(|_| is_exact)?;
    let members = json.as_object().filter(|it| !it.is_empty())?;
    if !members.keys().is_sorted() || serde_json::to_string(&json).ok().as_deref() != Some(text) {
        return None;
    }
    let expression = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => {
            let mut expression = String::new();
            text.hcl(&mut expression);
            Some(expression)
        }
        serde_json::Value::Number(number) => number.as_u64().map(|it| it.to_string()),
        _ => None,
    };
    let member = |(name, value): (&String, _)| Some((name.clone(), expression(value)?));
    members.iter().map(member).collect()
}

/// Returns whether CloudFormation would take a member of that name for one of its functions.
///
/// Source: AWS, "Intrinsic function reference",
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.
pub fn is_function(name: &str) -> bool {
    matches!(name, "Ref" | "Condition") || name.starts_with("Fn::")
}
