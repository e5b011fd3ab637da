//! A template as JSON.
//!
//! In: names, plain values, starts and ends of objects and lists. Out: text. Pure.
//! Two spaces a level; a function is on one line.

use super::{Call, Container};

/// The text so far.
#[derive(Debug, Default)]
pub(crate) struct Json {
    pub(crate) out: String,
    indent: usize,
    /// The object or list has content already.
    has_content: bool,
}

impl Json {
    fn separate(&mut self) {
        if self.has_content {
            self.out.push(',');
        }
        if self.indent > 0 {
            self.out.push('\n');
        }
        self.margin();
        self.has_content = true;
    }

    fn margin(&mut self) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }

    pub(crate) fn name(&mut self, name: &str) {
        self.separate();
        self.text(name);
        self.out.push_str(": ");
    }

    /// Starts an item of a list.
    pub(crate) fn item(&mut self) {
        self.separate();
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.out
            .push_str(&serde_json::Value::from(text).to_string());
    }

    /// A number, a flag or null.
    pub(crate) fn plain(&mut self, json: &str) {
        self.out.push_str(json);
    }

    pub(crate) fn open(&mut self, shape: Container) {
        self.out.push(match shape {
            Container::Object => '{',
            Container::List => '[',
        });
        self.indent += 1;
        self.has_content = false;
    }

    pub(crate) fn close(&mut self, shape: Container) {
        self.indent -= 1;
        if self.has_content {
            self.out.push('\n');
            self.margin();
        }
        self.has_content = true;
        self.out.push(match shape {
            Container::Object => '}',
            Container::List => ']',
        });
    }

    pub(crate) fn call(&mut self, call: Call<'_>) {
        let (function, arguments) = match call {
            Call::Ref(name) => ("Ref", &[name][..]),
            Call::Sub(template) => ("Fn::Sub", &[template][..]),
            Call::GetAtt(id, name) => ("Fn::GetAtt", &[id, name][..]),
        };
        self.out.extend(["{\"", function, "\": "]);
        match arguments {
            [argument] => self.text(argument),
            several => {
                for (index, argument) in several.iter().enumerate() {
                    self.out.push_str(if index == 0 { "[" } else { ", " });
                    self.text(argument);
                }
                self.out.push(']');
            }
        }
        self.out.push('}');
    }
}
