//! Small things that are read by hand: durations, ports, one-or-many, and settings that can be
//! `off`.
//!
//! In: JSON. Out: checked values. Pure.
//! Each says what it accepts where it refuses.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::fault::fault;

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

    fn parsed(text: &str) -> Option<Self> {
        let (unit, factor) = UNITS.iter().find(|(unit, _)| text.ends_with(unit))?;
        let digits = &text[..text.len() - unit.len()];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
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

struct DurationVisitor;

impl DurationVisitor {
    fn bare<E: Error>(number: impl fmt::Display) -> E {
        fault(
            format!("the bare number {number} has no unit"),
            format!(
                "write `{number}s` for seconds or `{number}ms` for milliseconds, whichever is meant"
            ),
        )
    }
}

impl Visitor<'_> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a duration such as `500ms`, `30s`, `5m`, `1h` or `1d`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Self::bare(text));
        }
        Duration::parsed(text).ok_or_else(|| {
            fault(
                format!("`{text}` is no duration"),
                "write a whole number and one of `ms`, `s`, `m`, `h`, `d`, for example `30s`",
            )
        })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Duration, E> {
        Err(Self::bare(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Duration, E> {
        Err(fault(
            format!("the number {number} is no duration"),
            "write for example `30s`",
        ))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Duration, E> {
        Err(fault(
            format!("the bare number {number} has no unit"),
            "write whole milliseconds or seconds, for example `500ms` or `30s`",
        ))
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor)
    }
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

struct PortVisitor;

impl Visitor<'_> for PortVisitor {
    type Value = Port;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a port, a number from 1 to 65535 without quotes")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Port, E> {
        u16::try_from(number)
            .ok()
            .and_then(Port::new)
            .ok_or_else(|| {
                fault(
                    format!("{number} is no port"),
                    "write a number from 1 to 65535",
                )
            })
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Port, E> {
        Err(fault(
            format!("{number} is no port"),
            "write a number from 1 to 65535",
        ))
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PortVisitor)
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
#[derive(Clone, Debug, PartialEq)]
pub enum Switch<T> {
    Off,
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

struct SwitchVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SwitchVisitor<T> {
    type Value = Switch<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`off` or a mapping")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text == "off" {
            Ok(Switch::Off)
        } else {
            Err(fault(
                format!("`{text}` is not accepted here"),
                "write `off` or a mapping",
            ))
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Switch::On)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Switch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SwitchVisitor(PhantomData))
    }
}

impl<T: Serialize> Serialize for Switch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_str("off"),
            Self::On(setting) => setting.serialize(serializer),
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

struct PathsVisitor;

impl<'de> Visitor<'de> for PathsVisitor {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a path or a list of paths")
    }

    fn visit_str<E>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut paths = Vec::new();
        while let Some(path) = list.next_element()? {
            paths.push(path);
        }
        Ok(paths)
    }
}

/// Reads a path or a list of paths.
pub(crate) fn paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_any(PathsVisitor)
}

pub(crate) fn paths_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }] })
}

#[cfg(test)]
mod tests {
    use super::Duration;

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
            let read: Duration = serde_json::from_value(text.into()).unwrap();
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
            assert!(
                serde_json::from_value::<Duration>(text.into()).is_err(),
                "{text}"
            );
        }
        let error = serde_json::from_value::<Duration>(30.into())
            .unwrap_err()
            .to_string();
        assert!(error.contains("`30s`"), "{error}");
    }
}
