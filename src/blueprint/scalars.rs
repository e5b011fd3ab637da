//! Durations, ports, paths, settings that can be `off`, and fields that are not built.
//! In: the tree. Out: checked values. Pure.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::decode::Decode;
use super::fault::Faults;
use super::node::TreeNode;

/// A span of time with its unit: `500ms`, `30s`, `5m`, `1h`, `1d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    milliseconds: u64,
}

/// Unit of the numbers: milliseconds. Largest first; `ms` before `m` and `s` where suffixes are
/// looked for.
const UNITS: &[(&str, u64)] = &[
    ("ms", 1),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
];

impl Duration {
    pub const fn of_milliseconds(milliseconds: u64) -> Self {
        Self { milliseconds }
    }

    pub const fn of_seconds(seconds: u64) -> Self {
        Self {
            milliseconds: seconds * 1_000,
        }
    }

    pub const fn milliseconds(self) -> u64 {
        self.milliseconds
    }

    /// Whole seconds of it.
    pub fn seconds(self) -> u32 {
        u32::try_from(self.milliseconds / 1_000).unwrap_or(u32::MAX)
    }

    fn parsed(text: &str) -> Option<Self> {
        let (unit, factor) = UNITS.iter().find(|(unit, _)| text.ends_with(unit))?;
        let digits = &text[..text.len() - unit.len()];
        if !is_digits(digits) {
            return None;
        }
        digits
            .parse::<u64>()
            .ok()?
            .checked_mul(*factor)
            .map(Self::of_milliseconds)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |factor: u64| self.milliseconds.is_multiple_of(factor);
        let (unit, factor) = match self.milliseconds {
            // A minute is written `60s`, as AWS writes it.
            0 | 60_000 => ("s", 1_000),
            _ => *UNITS[1..]
                .iter()
                .find(|(_, factor)| whole(*factor))
                .unwrap_or(&UNITS[0]),
        };
        write!(formatter, "{}{unit}", self.milliseconds / factor)
    }
}

impl Decode for Duration {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        match (node.number(), node.value()) {
            (Some(number), _) if number.is_f64() => faults.wrong(
                node,
                format_args!("the bare number {number} has no unit"),
                "write whole milliseconds or seconds, for example `500ms` or `30s`",
            ),
            (Some(number), _) if !number.is_u64() => faults.wrong(
                node,
                format_args!("the number {number} is no duration"),
                "write for example `30s`",
            ),
            (Some(number), _) => bare(node, &number.to_string(), faults),
            (None, Json::String(text)) if is_digits(text) => bare(node, text, faults),
            (None, Json::String(text)) => Self::parsed(text).or_else(|| {
                faults.wrong(
                    node,
                    format_args!("`{text}` is no duration"),
                    "write a whole number and one of `ms`, `s`, `m`, `h`, `d`, for example `30s`",
                )
            }),
            _ => faults.mismatch(
                node,
                "a duration such as `500ms`, `30s`, `5m`, `1h` or `1d`",
            ),
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Refuses a number without a unit.
fn bare(node: &TreeNode<'_>, number: &str, faults: &mut Faults) -> Option<Duration> {
    faults.wrong(
        node,
        format_args!("the bare number {number} has no unit"),
        format_args!(
            "write `{number}s` for seconds or `{number}ms` for milliseconds, whichever is meant"
        ),
    )
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]+(ms|s|m|h|d)$",
            "description": "A whole number with its unit: `500ms`, `30s`, `5m`, `1h`, `1d`."
        })
    }
}

/// A TCP port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Port(u16);

impl Port {
    /// `None` for 0.
    pub const fn new(number: u16) -> Option<Self> {
        if number == 0 {
            None
        } else {
            Some(Self(number))
        }
    }

    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Port {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Decode for Port {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let Some(number) = node.number().filter(|number| !number.is_f64()) else {
            return faults.mismatch(node, "a port, a number from 1 to 65535 without quotes");
        };
        let port = number.as_u64().and_then(|number| number.try_into().ok());
        port.and_then(Self::new).or_else(|| {
            faults.wrong(
                node,
                format_args!("{number} is no port"),
                "write a number from 1 to 65535",
            )
        })
    }
}

impl JsonSchema for Port {
    fn schema_name() -> Cow<'static, str> {
        "Port".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 65535 })
    }
}

/// A setting, or `off`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch<T> {
    Off,
    #[serde(untagged)]
    On(T),
}

impl<T> Switch<T> {
    /// The setting, unless it is off.
    pub const fn on(&self) -> Option<&T> {
        match self {
            Self::Off => None,
            Self::On(setting) => Some(setting),
        }
    }
}

impl<T: Decode> Decode for Switch<T> {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        match node.value() {
            Json::String(text) if text == "off" => Some(Self::Off),
            Json::String(text) => faults.wrong(
                node,
                format_args!("`{text}` is not accepted here"),
                "write `off` or a mapping",
            ),
            Json::Object(_) => T::decode(node, faults).map(Self::On),
            _ => faults.mismatch(node, "`off` or a mapping"),
        }
    }
}

impl<T: JsonSchema> JsonSchema for Switch<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrOff", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let setting = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "const": "off" }, setting] })
    }
}

/// A path, or a list of paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PathList(Vec<String>);

impl Deref for PathList {
    type Target = Vec<String>;

    fn deref(&self) -> &Vec<String> {
        &self.0
    }
}

impl Decode for PathList {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        match node.value() {
            Json::String(path) => Some(Self(vec![path.clone()])),
            Json::Array(_) => Vec::decode(node, faults).map(Self),
            _ => faults.mismatch(node, "a path or a list of paths"),
        }
    }
}

impl JsonSchema for PathList {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PathList".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }] })
    }
}

/// A field that the contract names and this release does not build: its shape is checked, and it is
/// refused, but for `false`, which asks for nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reserved<T>(pub T);

impl<T: Decode> Decode for Reserved<T> {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let value = T::decode(node, faults)?;
        match node.value() {
            Json::Bool(false) => {}
            Json::Bool(true) => faults.not_built(node, Some("false")),
            _ => faults.not_built(node, None),
        }
        Some(Self(value))
    }
}

impl<T: JsonSchema> JsonSchema for Reserved<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<T>();
        schema.insert(RESERVED.to_owned(), true.into());
        schema
    }
}

/// The mark of a reserved field in the schema that documentation is made from.
pub(crate) const RESERVED: &str = "x-reserved";

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Duration;
    use crate::blueprint::decode::Decode;
    use crate::blueprint::fault::Faults;
    use crate::blueprint::node::{Numbers, TreeNode};

    fn read(value: &Value) -> Result<Duration, String> {
        let mut faults = Faults::default();
        let numbers = Numbers::default();
        Duration::decode(&TreeNode::root(value, &numbers), &mut faults)
            .ok_or_else(|| faults.all.iter().map(|fault| fault.help.as_str()).collect())
    }

    #[test]
    fn durations_have_a_unit() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("5m", 300_000),
            ("1h", 3_600_000),
            ("1d", 86_400_000),
            ("0s", 0),
        ] {
            let read = read(&text.into()).unwrap();
            assert_eq!(read.milliseconds(), milliseconds);
            assert_eq!(read.to_string(), text);
        }
        for text in [
            "30",
            "s",
            "-1s",
            "1.5s",
            "30 s",
            "1w",
            "99999999999999999999d",
            "99999999999999999d",
            "",
        ] {
            assert!(read(&text.into()).is_err(), "{text}");
        }
        let help = read(&30.into()).unwrap_err();
        assert!(help.contains("`30s`"), "{help}");
    }
}
