//! Properties as a tree instead of text.
//!
//! In: names, plain values, starts and ends of objects and lists. Out: `Property`. Pure.

use super::Container;

/// A value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    Text(String),
    /// A number, a flag or null as JSON writes it.
    Plain(String),
    /// A text that is known only at deploy time.
    Joined(Vec<PropertyPart>),
    List(Vec<Property>),
    Object(Vec<(String, Property)>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PropertyPart {
    Text(String),
    /// A parameter of the template or of CloudFormation.
    Parameter(String),
    /// A resource, with the attribute that is read where that is not what `Ref` returns.
    Resource(String, Option<&'static str>),
}

/// The tree so far.
#[derive(Debug, Default)]
pub(crate) struct PropertyRecorder {
    open: Vec<OpenProperty>,
    /// Name of what is written next.
    name: String,
    pub(crate) root: Option<Property>,
}

#[derive(Debug)]
struct OpenProperty {
    name: String,
    property: Property,
}

impl PropertyRecorder {
    pub(crate) fn name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    pub(crate) fn open(&mut self, shape: Container) {
        self.open.push(OpenProperty {
            name: std::mem::take(&mut self.name),
            property: match shape {
                Container::Object => Property::Object(Vec::new()),
                Container::List => Property::List(Vec::new()),
            },
        });
    }

    pub(crate) fn close(&mut self) {
        let OpenProperty { name, property } = self.open.pop().expect("what closes was open");
        self.name = name;
        self.add(property);
    }

    pub(crate) fn add(&mut self, property: Property) {
        match self.open.last_mut().map(|open| &mut open.property) {
            Some(Property::List(items)) => items.push(property),
            Some(Property::Object(members)) => {
                members.push((std::mem::take(&mut self.name), property));
            }
            Some(Property::Text(_) | Property::Plain(_) | Property::Joined(_)) => {
                unreachable!("only objects and lists are opened")
            }
            None => self.root = Some(property),
        }
    }

    pub(crate) fn add_parts(&mut self, parts: Vec<PropertyPart>) {
        self.add(match parts.as_slice() {
            [] => Property::Text(String::new()),
            [PropertyPart::Text(text)] => Property::Text(text.clone()),
            _ => Property::Joined(parts),
        });
    }
}
