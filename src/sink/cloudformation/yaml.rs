//! A template as YAML, for readers of version 1.1 and of version 1.2.
//!
//! In: names, plain values, starts and ends of objects and lists. Out: text. Pure.
//! Objects and lists in block form, two spaces a level; short forms of functions only where the
//! sink itself calls one, so that nothing of the user's becomes a tag.
//! Source: AWS, "CloudFormation template format": YAML 1.1 without aliases, merges and binary,
//! ordered and set types,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html>, read
//! 2026-11-22.

use super::scalars::{literal, number, scalar};
use super::{Call, Container};

/// Longest key that is on one line with its `:`. Unit: bytes.
///
/// Source: YAML 1.1, section 9.1.3 "Keys": 1024 characters, <https://yaml.org/spec/1.1/>, read
/// 2026-11-22.
const MAX_KEY: usize = 1_000;

/// The text so far.
#[derive(Debug, Default)]
pub(crate) struct Yaml {
    pub(crate) out: String,
    /// Of the members or items that are written now.
    depth: usize,
    last: LastWritten,
    open: Vec<Open>,
}

/// End of the text so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum LastWritten {
    /// Nothing.
    #[default]
    Start,
    /// `key:`
    Key,
    /// `- `
    Item,
    /// A value, whole.
    Value,
}

/// An object or list that is being written.
#[derive(Debug)]
struct Open {
    /// Length of the text before it.
    start: usize,
    /// Depth of what holds it.
    depth: usize,
}

impl Yaml {
    /// Goes to the start of a member or an item: the first is beside the `- ` of its list.
    fn line(&mut self) {
        match self.last {
            LastWritten::Start | LastWritten::Item => {}
            LastWritten::Key | LastWritten::Value => {
                self.out.push('\n');
                self.margin(self.depth);
            }
        }
    }

    fn margin(&mut self, depth: usize) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }

    pub(crate) fn name(&mut self, name: &str) {
        self.line();
        let key = scalar(name);
        if key.len() > MAX_KEY {
            self.out.extend(["? ", &key, "\n"]);
            self.margin(self.depth);
        } else {
            self.out.push_str(&key);
        }
        self.out.push(':');
        self.last = LastWritten::Key;
    }

    /// Starts an item of a list.
    pub(crate) fn item(&mut self) {
        self.line();
        self.out.push_str("- ");
        self.last = LastWritten::Item;
    }

    fn push(&mut self, parts: &[&str]) {
        if self.last == LastWritten::Key {
            self.out.push(' ');
        }
        self.out.extend(parts.iter().copied());
        self.last = LastWritten::Value;
    }

    pub(crate) fn text(&mut self, text: &str) {
        let Some((header, lines)) = literal(text) else {
            return self.push(&[&scalar(text)]);
        };
        self.push(&[header]);
        for line in lines.split('\n') {
            self.out.push('\n');
            // An empty line has no margin, like everywhere.
            if !line.is_empty() {
                self.margin(self.depth + 1);
                self.out.push_str(line);
            }
        }
    }

    /// A number, a flag or null.
    pub(crate) fn plain(&mut self, json: &str) {
        self.push(&[&number(json)]);
    }

    pub(crate) fn open(&mut self) {
        self.open.push(Open {
            start: self.out.len(),
            depth: self.depth,
        });
        self.depth += usize::from(self.last != LastWritten::Start);
    }

    pub(crate) fn close(&mut self, shape: Container) {
        let open = self.open.pop().expect("what closes was open");
        self.depth = open.depth;
        if self.out.len() == open.start {
            self.push(&[match shape {
                Container::Object => "{}",
                Container::List => "[]",
            }]);
        }
    }

    /// The short forms. None of them holds another function, which AWS would refuse.
    pub(crate) fn call(&mut self, call: Call<'_>) {
        match call {
            Call::Ref(name) => self.push(&["!Ref ", &scalar(name)]),
            Call::Sub(template) => self.push(&["!Sub ", &scalar(template)]),
            Call::GetAtt(id, name) => self.push(&["!GetAtt ", &scalar(&format!("{id}.{name}"))]),
        }
    }
}
