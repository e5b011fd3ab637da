//! Types of members that several objects have.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::{Content, is_read_extension};
use crate::source::raw::{self, FromMembers, ObjectMembers, Text};

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

/// Extensions of an object of which nothing else is read.
#[derive(Default)]
pub(crate) struct ExtensionKeys<'a>(pub(crate) Vec<Text<'a>>);

impl<'de> Deserialize<'de> for ExtensionKeys<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        let ObjectMembers(members) =
            serde_json::from_str::<ObjectMembers<'de, IgnoredAny>>(json).unwrap_or_default();
        let keys = members.into_iter().map(|(key, _)| key);
        Ok(Self(keys.filter(|key| is_read_extension(key)).collect()))
    }
}

/// A mapping whose `x-` keys are extensions, or a reference to one.
#[derive(Default)]
pub(crate) struct Patterned<'a, T> {
    pub(crate) members: Vec<(Text<'a>, T)>,
    pub(crate) reference: Option<Text<'a>>,
}

impl<'de, T: Deserialize<'de> + Default> FromMembers<'de> for Patterned<'de, T> {
    fn from_members<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
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
        Ok(Self { members, reference })
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Patterned<'de, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        raw::mapping(deserializer)
    }
}

/// A request body with its text, which is read again where a model is created from it.
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
