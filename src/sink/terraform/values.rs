//! Values behind a `=`, in both spellings of Terraform.
//!
//! In: values of the stack. Out: text. Pure.
//! In JSON every text is a template, and an expression is a template of one interpolation.

use std::fmt;
use std::fmt::Write as _;

use super::Recorded;
use super::escape::{is_heredoc, key, push_escaped, push_marked, quoted, quoted_json};
use crate::stack::{Attribute, Value};

/// A value that can be behind a `=`.
pub trait Hcl {
    /// An expression of the native syntax.
    fn hcl(&self, out: &mut String);

    /// The same as a JSON value.
    fn json(&self, out: &mut String);

    /// A text that a heredoc yields exactly.
    fn lines(&self) -> Option<&str> {
        None
    }

    /// The same as a value without layout.
    fn recorded(&self) -> Recorded {
        let mut text = String::new();
        self.hcl(&mut text);
        Recorded::Expression(text)
    }
}

/// The JSON value of an expression. Source: Terraform, "JSON Configuration Syntax", "Expression
/// Mapping", <https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping>,
/// read 2026-11-22.
pub(crate) fn interpolated(expression: &str, out: &mut String) {
    quoted_json(out, &["${", expression, "}"].concat());
}

impl Hcl for str {
    fn hcl(&self, out: &mut String) {
        quoted(out, self);
    }

    fn json(&self, out: &mut String) {
        literal(self, out);
    }

    fn lines(&self) -> Option<&str> {
        is_heredoc(self).then_some(self)
    }
}

impl Hcl for String {
    fn hcl(&self, out: &mut String) {
        quoted(out, self);
    }

    fn json(&self, out: &mut String) {
        literal(self, out);
    }

    fn lines(&self) -> Option<&str> {
        is_heredoc(self).then_some(self)
    }
}

impl Hcl for std::sync::Arc<str> {
    fn hcl(&self, out: &mut String) {
        quoted(out, self);
    }

    fn json(&self, out: &mut String) {
        literal(self, out);
    }

    fn lines(&self) -> Option<&str> {
        is_heredoc(self).then_some(self)
    }
}

impl<T: Hcl + ?Sized> Hcl for &T {
    fn hcl(&self, out: &mut String) {
        (*self).hcl(out);
    }

    fn json(&self, out: &mut String) {
        (*self).json(out);
    }

    fn lines(&self) -> Option<&str> {
        (**self).lines()
    }

    fn recorded(&self) -> Recorded {
        (**self).recorded()
    }
}

/// Writes a text that holds no interpolation.
fn literal(text: &str, out: &mut String) {
    let mut template = String::with_capacity(text.len());
    push_marked(&mut template, text);
    quoted_json(out, &template);
}

macro_rules! displayed {
    ($($type:ty),*) => {
        $(impl Hcl for $type {
            fn hcl(&self, out: &mut String) {
                write!(out, "{self}").expect("writing to a String cannot fail");
            }

            fn json(&self, out: &mut String) {
                self.hcl(out);
            }
        })*
    };
}

displayed!(bool, u16, u32, f64);

impl Hcl for Attribute {
    fn hcl(&self, out: &mut String) {
        match &self.of.item {
            None => out.extend([self.of.names.terraform, ".", self.of.label.as_str()]),
            Some(_) => out.push_str(&self.of.to_string()),
        }
        out.extend([".", self.terraform]);
    }

    fn json(&self, out: &mut String) {
        let mut text = String::new();
        self.hcl(&mut text);
        interpolated(&text, out);
    }
}

impl Hcl for Value {
    fn hcl(&self, out: &mut String) {
        match self {
            Self::Literal(text) => quoted(out, text),
            Self::Input(name) => out.extend(["var.", name]),
            Self::Expression(text) => out.push_str(text),
            Self::Attribute(attribute) => attribute.hcl(out),
            Self::Here(here) => out.extend(["local.", here.local()]),
            Self::Parameter { label, is_list } => {
                let (before, after) = if *is_list {
                    ("split(\",\", ", ")")
                } else {
                    ("", "")
                };
                write!(
                    out,
                    "{before}data.aws_ssm_parameter.{label}.insecure_value{after}"
                )
                .expect("writing to a String cannot fail");
            }
            Self::Pseudo(name) => unreachable!("{name} is CloudFormation's"),
            Self::BalancerOf(arn) => {
                out.push_str("split(\"loadbalancer/\", ");
                arn.hcl(out);
                out.push_str(")[1]");
            }
            Self::Joined(list) => {
                out.push_str("join(\",\", ");
                list.hcl(out);
                out.push(')');
            }
            Self::Text(parts) => {
                out.push('"');
                push_template(out, parts, push_escaped);
                out.push('"');
            }
        }
    }

    fn json(&self, out: &mut String) {
        match self {
            Self::Literal(text) => literal(text, out),
            Self::Text(parts) => {
                let mut template = String::new();
                push_template(&mut template, parts, push_marked);
                quoted_json(out, &template);
            }
            Self::Input(_)
            | Self::Expression(_)
            | Self::Attribute(_)
            | Self::Here(_)
            | Self::Parameter { .. }
            | Self::BalancerOf(_)
            | Self::Joined(_) => {
                let mut text = String::new();
                self.hcl(&mut text);
                interpolated(&text, out);
            }
            Self::Pseudo(name) => unreachable!("{name} is CloudFormation's"),
        }
    }

    fn lines(&self) -> Option<&str> {
        let Self::Literal(text) = self else {
            return None;
        };
        Hcl::lines(text)
    }
}

/// An object on one line.
#[derive(Default)]
pub struct Object(Vec<(String, Box<dyn Hcl>)>);

impl Object {
    pub fn with(mut self, name: &str, value: impl Hcl + 'static) -> Self {
        self.0.push((name.to_owned(), Box::new(value)));
        self
    }

    pub fn optional(self, name: &str, value: Option<impl Hcl + 'static>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Hcl for Object {
    fn hcl(&self, out: &mut String) {
        out.push('{');
        for (index, (name, value)) in self.0.iter().enumerate() {
            out.push_str(if index > 0 { ", " } else { " " });
            out.extend([&*key(name), " = "]);
            value.hcl(out);
        }
        out.push_str(if self.0.is_empty() { "}" } else { " }" });
    }

    fn json(&self, out: &mut String) {
        out.push('{');
        for (index, (name, value)) in self.0.iter().enumerate() {
            out.push_str(if index > 0 { ", " } else { "" });
            literal(name, out);
            out.push_str(": ");
            value.json(out);
        }
        out.push('}');
    }

    fn recorded(&self) -> Recorded {
        let members = self.0.iter();
        Recorded::Map(
            members
                .map(|(name, value)| (name.clone(), value.recorded()))
                .collect(),
        )
    }
}

/// An expression that is written as it is.
pub(crate) struct Bare<'a>(pub(super) fmt::Arguments<'a>);

impl Hcl for Bare<'_> {
    fn hcl(&self, out: &mut String) {
        out.write_fmt(self.0)
            .expect("writing to a String cannot fail");
    }

    fn json(&self, out: &mut String) {
        let text = self.0.to_string();
        match text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
        {
            // A template already.
            Some(template) if !template.contains('\\') => quoted_json(out, template),
            _ => interpolated(&text, out),
        }
    }
}

/// Escape of the texts between interpolations.
type Escape = fn(&mut String, &str);

/// The inside of a template.
fn push_template(out: &mut String, parts: &[Value], escape: Escape) {
    let mut held = String::new();
    push_parts(out, parts, &mut held, escape);
    escape(out, &held);
}

/// Writes parts; text that ends with the start of a marker is held until it is known what follows.
fn push_parts(out: &mut String, parts: &[Value], held: &mut String, escape: Escape) {
    const STARTS: [char; 2] = ['$', '%'];
    for part in parts {
        match part {
            Value::Text(inner) => push_parts(out, inner, held, escape),
            Value::Literal(text) if held.is_empty() && !text.ends_with(STARTS) => escape(out, text),
            Value::Literal(text) => {
                held.push_str(text);
                if !held.ends_with(STARTS) {
                    escape(out, held);
                    held.clear();
                }
            }
            part => {
                // Right before an interpolation they would read as its escape.
                let starts = held.trim_end_matches(STARTS).len();
                escape(out, &held[..starts]);
                if starts < held.len() {
                    out.extend(["${\"", &held[starts..], "\"}"]);
                }
                held.clear();
                out.push_str("${");
                part.hcl(out);
                out.push('}');
            }
        }
    }
}
