//! Values of fields, and which of two lets more pass.
//! In: two values. Out: the heading of the change. Pure.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::range::AddressRange;
use super::{Heading, PlanField};

/// A value of a field.
#[derive(Clone, Debug)]
pub(crate) enum FieldValue<'a> {
    Text(Cow<'a, str>),
    /// A text whose equality another one decides.
    Named {
        key: &'a str,
        text: &'a str,
    },
    /// A step of a scale: on a higher one more passes.
    Level(u8, Cow<'a, str>),
    /// Amounts, of each of which more lets more pass; without them nothing is limited.
    Amounts(Option<[f64; 2]>, Cow<'a, str>),
    /// Any of them lets a request pass.
    AnyOf(Set<'a>),
    /// Each of them is needed to pass.
    AllOf(Set<'a>),
    /// Schemas with their names, by media type.
    Schemas(Vec<NamedSchema<'a>>),
}

/// A schema with its name, which says where it is written.
#[derive(Clone, Debug)]
pub(crate) struct NamedSchema<'a> {
    pub(crate) media_type: &'a str,
    pub name: &'a str,
    pub(crate) json: &'a serde_json::Value,
}

impl PartialEq for NamedSchema<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.media_type == other.media_type && self.untitled().eq(other.untitled())
    }
}

impl NamedSchema<'_> {
    /// Its members but for its title, which is its name.
    fn untitled(&self) -> impl Iterator<Item = (&String, &serde_json::Value)> {
        let members = self.json.as_object().into_iter().flatten();
        members.filter(|(member, _)| *member != "title")
    }
}

/// A set of texts, or the whole of all.
#[derive(Clone, Debug)]
pub(crate) struct Set<'a> {
    /// The word for everything, where it is that.
    pub(crate) whole: Option<&'static str>,
    pub(crate) members: Vec<Cow<'a, str>>,
    /// The word for no member.
    pub(crate) none: &'static str,
}

impl<'a> Set<'a> {
    pub(crate) fn of<T: Into<Cow<'a, str>>>(
        members: impl IntoIterator<Item = T>,
        none: &'static str,
    ) -> Self {
        Self {
            whole: None,
            members: members.into_iter().map(Into::into).collect(),
            none,
        }
    }

    /// The set of everything.
    pub(crate) fn whole(word: &'static str) -> Self {
        Self {
            whole: Some(word),
            members: Vec::new(),
            none: word,
        }
    }

    /// A set that is everything where it has no member.
    pub(crate) fn or_whole(mut self) -> Self {
        if self.members.is_empty() {
            self.whole = Some(self.none);
        }
        self
    }

    /// How this set compares; `None` where neither holds the other.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self.whole.is_some(), other.whole.is_some()) {
            (true, true) => return Some(Ordering::Equal),
            (true, false) => return Some(Ordering::Greater),
            (false, true) => return Some(Ordering::Less),
            (false, false) => {}
        }
        match (self.holds(other), other.holds(self)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Greater),
            (false, true) => Some(Ordering::Less),
            (false, false) => None,
        }
    }

    /// Returns whether each member of another set is one here, or a range within ranges here.
    fn holds(&self, other: &Self) -> bool {
        let known: BTreeSet<&str> = self.members.iter().map(|text| &**text).collect();
        let mut rest = other
            .members
            .iter()
            .filter(|text| !known.contains(&***text))
            .peekable();
        if rest.peek().is_none() {
            return true;
        }
        let mut ranges: Vec<AddressRange> = known
            .iter()
            .filter_map(|text| AddressRange::of(text))
            .collect();
        ranges.sort_unstable();
        rest.all(|text| AddressRange::of(text).is_some_and(|range| range.is_within(&ranges)))
    }

    fn text(&self) -> String {
        match (self.whole, &*self.members) {
            (Some(whole), _) => whole.to_owned(),
            (None, []) => self.none.to_owned(),
            (None, members) => members.join(", "),
        }
    }
}

impl FieldValue<'_> {
    /// How much passes, compared with an earlier value; `None` where neither passes less.
    fn compare(&self, before: &Self) -> Option<Ordering> {
        let or_other = |is_equal: bool| is_equal.then_some(Ordering::Equal);
        match (self, before) {
            (Self::Text(one), Self::Text(two)) => or_other(one == two),
            (Self::Named { key: one, .. }, Self::Named { key: two, .. }) => or_other(one == two),
            (Self::Level(one, text), Self::Level(two, earlier)) => match one.cmp(two) {
                Ordering::Equal => or_other(text == earlier),
                unequal => Some(unequal),
            },
            (Self::Amounts(one, _), Self::Amounts(two, _)) => {
                let unlimited = [f64::INFINITY; 2];
                amounts(one.unwrap_or(unlimited), two.unwrap_or(unlimited))
            }
            (Self::AnyOf(one), Self::AnyOf(two)) => one.compare(two),
            (Self::AllOf(one), Self::AllOf(two)) => one.compare(two).map(Ordering::reverse),
            // Where one has none, the row of what is checked tells that.
            (Self::Schemas(one), Self::Schemas(two)) => {
                let is_none = one.is_empty() || two.is_empty();
                or_other(is_none || one == two)
            }
            (one, two) => or_other(one.text() == two.text()),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Level(_, text) | Self::Amounts(_, text) => text.to_string(),
            Self::Named { text, .. } => (*text).to_owned(),
            Self::AnyOf(set) | Self::AllOf(set) => set.text(),
            Self::Schemas(schemas) => {
                let text = |schema: &NamedSchema<'_>| {
                    let hash = blake3::hash(schema.json.to_string().as_bytes()).to_hex();
                    format!("{} {} {}", schema.media_type, schema.name, &hash[..8])
                };
                schemas.iter().map(text).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// The heading of a change of a field to this value; `None` where nothing changes.
    pub(crate) fn heading(&self, before: &Self, field: &PlanField) -> Option<Heading> {
        match self.compare(before) {
            Some(Ordering::Equal) => None,
            Some(Ordering::Greater) => Some(field.more),
            Some(Ordering::Less) => Some(field.less),
            None => Some(field.other),
        }
    }

    /// The value as the memory keeps it; `None` where nothing could pass more.
    pub(crate) fn remembered(&self) -> Option<String> {
        match self {
            Self::Level(level, text) => Some(format!("{level} {}", escaped(text))),
            Self::AnyOf(set) if set.whole.is_some() => None,
            Self::AnyOf(set) | Self::AllOf(set) => Some(match set.whole {
                Some(_) => "*".to_owned(),
                None => set
                    .members
                    .iter()
                    .map(|text| escaped(text))
                    .collect::<Vec<_>>()
                    .join(" "),
            }),
            _ => None,
        }
    }

    /// An earlier value of the same field, from the memory.
    pub(crate) fn recalled(&self, text: &str) -> Option<FieldValue<'static>> {
        let set = |none| Set {
            whole: (text == "*").then_some("everything"),
            members: match text {
                "*" | "" => Vec::new(),
                members => members
                    .split(' ')
                    .map(|member| Cow::Owned(plain(member)))
                    .collect(),
            },
            none,
        };
        Some(match self {
            Self::Level(..) => {
                let (level, text) = text.split_once(' ')?;
                FieldValue::Level(level.parse().ok()?, plain(text).into())
            }
            Self::AnyOf(known) => FieldValue::AnyOf(set(known.none)),
            Self::AllOf(known) => FieldValue::AllOf(set(known.none)),
            _ => return None,
        })
    }
}

/// Characters that mean something in what the memory keeps.
const SPECIAL: [(char, &str); 4] = [('%', "%25"), (' ', "%20"), (';', "%3B"), ('*', "%2A")];

fn escaped(text: &str) -> Cow<'_, str> {
    let is_special = |character| SPECIAL.iter().any(|(special, _)| *special == character);
    if !text.contains(is_special) {
        return Cow::Borrowed(text);
    }
    let escaped = SPECIAL
        .iter()
        .fold(text.to_owned(), |text, (character, escape)| {
            text.replace(*character, escape)
        });
    Cow::Owned(escaped)
}

fn plain(text: &str) -> String {
    SPECIAL
        .iter()
        .rev()
        .fold(text.to_owned(), |text, (character, escape)| {
            text.replace(escape, &character.to_string())
        })
}

fn amounts(one: [f64; 2], two: [f64; 2]) -> Option<Ordering> {
    let pair = [0, 1].map(|index| one[index].total_cmp(&two[index]));
    match pair {
        [first, second] if first == second => Some(first),
        [Ordering::Equal, other] | [other, Ordering::Equal] => Some(other),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
