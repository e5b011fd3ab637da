//! Names that outlive a render: labels, files, and the names of AWS resources.
//!
//! In: a method and a path, or the blueprint's name. Out: text. Pure.
//! A label is a function of its own method and path, so that a new endpoint adds lines and changes
//! none.

use std::fmt::Write as _;
use std::sync::Arc;

use super::Value;
use super::paths::Segment;
use crate::blueprint::OutputFormat;
use crate::openapi::HttpMethod;

/// Label of an operation.
pub fn operation_label(method: HttpMethod, path: &[Segment]) -> String {
    label(method.lower(), path)
}

/// Label of a path.
pub fn path_label(path: &[Segment]) -> String {
    label("path", path)
}

/// Label of something at a path, of whose label this is the other end.
pub(crate) fn at_path(first: &str, path_label: &str) -> String {
    let rest = path_label.strip_prefix("path").unwrap_or(path_label);
    format!("{first}{rest}")
}

pub(crate) fn label(first: &str, path: &[Segment]) -> String {
    let mut label = String::with_capacity(16 * (path.len() + 1));
    label.push_str(first);
    label.push_str("__");
    for (index, segment) in path.iter().enumerate() {
        if index > 0 {
            label.push_str("__");
        }
        match segment {
            Segment::Variable(_) => label.push_str("any"),
            Segment::Rest(_) => label.push_str("rest"),
            Segment::Literal(text) => push_literal(&mut label, text),
        }
    }
    label
}

/// Part of a label for any text.
pub fn literal(text: &str) -> String {
    let mut label = String::new();
    push_literal(&mut label, text);
    label
}

/// Letters and digits stay, `_` and `-` between two of them too; any other byte is `--hh`.
fn push_literal(label: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let is_word = matches!(text, "any" | "rest");
    for (index, byte) in bytes.iter().enumerate() {
        let between = || {
            index > 0
                && bytes[index - 1].is_ascii_alphanumeric()
                && bytes.get(index + 1).is_some_and(u8::is_ascii_alphanumeric)
        };
        let stays = byte.is_ascii_alphanumeric() || (matches!(byte, b'_' | b'-') && between());
        if stays && !(is_word && index == 0) {
            label.push(char::from(*byte));
        } else {
            write!(label, "--{byte:02x}").expect("writing to a String cannot fail");
        }
    }
}

/// Label of a parameter of the Systems Manager: a path starts with `/`, a name does not.
pub fn parameter_label(path: &str) -> String {
    let (mut label, rest) = match path.strip_prefix('/') {
        Some(rest) => ("path".to_owned(), rest),
        None => ("name".to_owned(), path),
    };
    for segment in rest.split('/') {
        label.push_str("__");
        push_literal(&mut label, segment);
    }
    label
}

/// Names that Windows keeps for devices.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Longest part of a name that identifies its subject. Unit: characters.
const MAX_WORDS: usize = 100;

/// A word, the words of a label, and a hash of the label, always: letters and digits alone.
pub fn words_and_hash(word: &str, label: &str) -> String {
    named(word, label, label)
}

/// A word, the words of another text, and a hash of the label.
pub fn named(word: &str, words: &str, label: &str) -> String {
    let mut name = String::from(word);
    push_words(&mut name, words, word.len() + MAX_WORDS);
    name.push_str(
        &data_encoding::BASE32_NOPAD.encode(blake3::hash(label.as_bytes()).as_bytes())[..10],
    );
    name
}

/// Words in PascalCase.
pub fn push_words(name: &mut String, text: &str, limit: usize) {
    let mut starts_word = true;
    for character in text.chars() {
        if !character.is_ascii_alphanumeric() {
            starts_word = true;
        } else if name.len() < limit {
            name.push(if starts_word {
                character.to_ascii_uppercase()
            } else {
                character
            });
            starts_word = false;
        }
    }
}

/// Name of the file that holds the routes of a path's first segment, without its ending.
///
/// A first segment that could be mistaken for another on some disk gets a hash behind a dot, which
/// no plain name holds.
pub fn routes_file(path: &[Segment]) -> Arc<str> {
    let (text, shape) = match path.first() {
        None => return "routes".into(),
        Some(Segment::Literal(text)) => (&**text, label("", &path[..1])),
        Some(Segment::Variable(_)) => ("any", "{}".to_owned()),
        Some(Segment::Rest(_)) => ("rest", "{+}".to_owned()),
    };
    let is_plain = matches!(path.first(), Some(Segment::Literal(_)))
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'))
        && text.len() <= 100
        && !DEVICES.contains(&text)
        // Terraform merges `*_override.tf` into other files.
        && text != "override"
        && !text.ends_with("_override");
    if is_plain {
        return format!("routes_{text}").into();
    }
    let slug: String = text
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .take(40)
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    format!(
        "routes_{slug}.{}",
        &blake3::hash(shape.as_bytes()).to_hex()[..8]
    )
    .into()
}

/// Longest name of a load balancer or target group. Unit: characters.
///
/// Source: docs/aws-rules.md#l1, docs/aws-rules.md#l2.
const MAX_BALANCER_NAME: usize = 32;

/// Longest start of a balancer's name. Unit: characters. Source: docs/aws-rules.md#l2.
const MAX_BALANCER_PREFIX: usize = 6;

/// Longest name of a function. Unit: characters. Source: docs/aws-rules.md#z5.
const MAX_FUNCTION_NAME: usize = 64;

/// Most characters of an environment in names that are short at AWS.
pub const MAX_SHORT_ENVIRONMENT: usize = 8;

/// Terraform's local value that holds a short environment, where it is known only at deploy time.
const SHORT_ENVIRONMENT: &str = "local.short_environment";

/// First part of every AWS name, and what follows it where there is one.
#[derive(Clone, Debug)]
pub struct Prefix {
    pub name: Arc<str>,
    environment: Option<Value>,
    /// The environment in names that are short at AWS.
    short: Option<Value>,
}

impl Prefix {
    pub fn new(name: &str, environment: Option<Value>, format: OutputFormat) -> Self {
        let short = environment
            .as_ref()
            .map(|environment| shortened(environment, format));
        Self {
            name: name.into(),
            environment,
            short,
        }
    }

    /// `name-environment`, then `suffix`.
    pub fn with(&self, suffix: &str) -> Vec<Value> {
        parts(&self.name, self.environment.as_ref(), suffix)
    }

    /// The same where AWS takes few characters.
    pub fn short(&self, suffix: &str) -> Vec<Value> {
        parts(&self.name, self.short.as_ref(), suffix)
    }

    /// The environment that Terraform's local value `short_environment` shortens.
    pub fn shortened_at_deploy_time(&self) -> Option<&Value> {
        let is_local = |short: &Value| matches!(short, Value::Expression(text) if **text == *SHORT_ENVIRONMENT);
        self.environment
            .as_ref()
            .filter(|_| self.short.as_ref().is_some_and(is_local))
    }

    /// Characters that the environment takes with its hyphen, where AWS takes few.
    fn environment_length(&self) -> usize {
        match &self.short {
            None => 0,
            Some(Value::Literal(text)) => text.len() + 1,
            Some(Value::Input(_) | Value::Expression(_) | Value::Parameter { .. }) => {
                MAX_SHORT_ENVIRONMENT + 1
            }
        }
    }

    /// Start of a balancer's name, which has room for little: a balancer is replaced for reasons
    /// that only deploy time knows, such as a subnet that goes, and the one that takes its place
    /// must not meet it.
    ///
    /// Source: docs/aws-rules.md#l35.
    pub fn balancer(&self) -> String {
        format!("{}-", cut(&self.name, MAX_BALANCER_PREFIX - 1))
    }

    /// Name of a function: as much of the backend as fits, and a hash of it where that is not all.
    ///
    /// Source: docs/aws-rules.md#z5 (64 characters).
    pub fn function(&self, word: &str, backend: &str) -> Vec<Value> {
        let room = MAX_FUNCTION_NAME - self.name.len() - self.environment_length() - word.len() - 2;
        if backend.len() <= room {
            return self.short(&format!("-{word}-{backend}"));
        }
        let hash = short_hash(&[backend], 8);
        self.short(&format!(
            "-{word}-{}-{hash}",
            cut(backend, room - hash.len() - 1)
        ))
    }

    /// Name of a target group: as much of name and backend as fits, and a hash of all that cannot
    /// change in place.
    ///
    /// Source: docs/aws-rules.md#l3: a replacement under the same name collides in both orders.
    pub fn target_group(&self, backend: &str, unchangeable: &[&str]) -> Vec<Value> {
        let hash = short_hash(&[&[&*self.name, backend], unchangeable].concat(), 8);
        let room = MAX_BALANCER_NAME - self.environment_length() - hash.len() - 1;
        let name = cut(&self.name, room);
        let backend = cut(backend, room.saturating_sub(name.len() + 1));
        let separator = if backend.is_empty() { "" } else { "-" };
        parts(
            name,
            self.short.as_ref(),
            &format!("{separator}{backend}-{hash}"),
        )
    }
}

/// `name-environment`, then `suffix`.
fn parts(name: &str, environment: Option<&Value>, suffix: &str) -> Vec<Value> {
    let Some(environment) = environment else {
        return vec![Value::Literal(format!("{name}{suffix}").into())];
    };
    let mut parts = vec![
        Value::Literal(format!("{name}-").into()),
        environment.clone(),
    ];
    if !suffix.is_empty() {
        parts.push(Value::Literal(suffix.into()));
    }
    parts
}

/// An environment of at most `MAX_SHORT_ENVIRONMENT` characters, with a hash where it is cut.
///
/// CloudFormation has no function that shortens, so a parameter takes no more there.
fn shortened(environment: &Value, format: OutputFormat) -> Value {
    match (environment, format) {
        (Value::Literal(text), _) if text.len() > MAX_SHORT_ENVIRONMENT => {
            Value::Literal(format!("{}-{}", cut(text, 3), short_hash(&[text], 4)).into())
        }
        (
            Value::Input(_) | Value::Parameter { .. } | Value::Expression(_),
            OutputFormat::Terraform | OutputFormat::TerraformJson,
        ) => Value::Expression(SHORT_ENVIRONMENT.into()),
        (Value::Literal(_), _)
        | (
            Value::Input(_) | Value::Parameter { .. } | Value::Expression(_),
            OutputFormat::Cloudformation,
        ) => environment.clone(),
    }
}

fn cut(text: &str, length: usize) -> &str {
    text[..text.floor_char_boundary(length)].trim_end_matches('-')
}

fn short_hash(parts: &[&str], length: usize) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..length].to_owned()
}

#[cfg(test)]
mod tests;
