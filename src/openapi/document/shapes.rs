//! Types of members that several objects have.
//!
//! In: JSON text. Out: values. Pure.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Content, is_read_extension};
use crate::source::raw::{ObjectMembers, Text};

/// A member of which absence and null differ, since security depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Presence<T> {
    #[default]
    Absent,
    Null,
    There(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Presence<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::There))
    }
}

/// Names of a mapping; its values are not read.
#[derive(Default)]
pub(crate) struct Keys<'a>(pub(in crate::openapi) Vec<Text<'a>>);

impl<'de> Deserialize<'de> for Keys<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ObjectMembers::<IgnoredAny>::deserialize(deserializer)
            .map(|members| Self(members.0.into_iter().map(|(key, _)| key).collect()))
    }
}

/// Extensions of an object of which nothing else is read.
#[derive(Default)]
pub(crate) struct ExtensionKeys<'a>(pub(in crate::openapi) Vec<Text<'a>>);

impl<'de> Deserialize<'de> for ExtensionKeys<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let Ok(Keys(keys)) = serde_json::from_str::<Keys<'de>>(raw.get()) else {
            return Ok(Self::default());
        };
        Ok(Self(
            keys.into_iter()
                .filter(|key| is_read_extension(key))
                .collect(),
        ))
    }
}

/// A mapping whose `x-` keys are extensions, or a reference to one.
#[derive(Default)]
pub(crate) struct Patterned<'a, T> {
    pub(crate) members: Vec<(Text<'a>, T)>,
    pub(crate) reference: Option<Text<'a>>,
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Patterned<'de, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Reader<T> {
            type Value = Patterned<'de, T>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut members, mut reference) = (Vec::new(), None);
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    if *key == *"$ref" {
                        reference = Some(map.next_value()?);
                    } else if key.starts_with("x-") {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        members.push((key, map.next_value::<Option<T>>()?.unwrap_or_default()));
                    }
                }
                Ok(Patterned { members, reference })
            }
        }
        deserializer.deserialize_map(Reader(std::marker::PhantomData))
    }
}

/// A request body with its text, which is read again where a model is made of it.
#[derive(Default)]
pub(crate) struct RequestBodyObject<'a> {
    pub(crate) content: Content<'a>,
    pub(crate) json: Option<&'a str>,
}

impl<'de> Deserialize<'de> for RequestBodyObject<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        let content = serde_json::from_str(json).map_err(|error| {
            let text = error.to_string();
            serde::de::Error::custom(text.split(" at line ").next().unwrap_or_default())
        })?;
        Ok(Self {
            content,
            json: Some(json),
        })
    }
}
