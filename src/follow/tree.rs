//! The resources of the finished stack as the tree that API Gateway routes by.
//!
//! In: `Stack`. Out: `ResourceTree`, or which node does not fit into one. Pure.
//! Read from the handles of resources and methods alone; the walk and `trace` share it.

use std::collections::BTreeMap;

use super::step::StackNode;
use crate::aws::{ApiRoot, Method, Node, Stack};
use crate::openapi::HttpMethod;
use crate::plan::Segment;

/// A place of the resource tree.
#[derive(Debug, Default)]
pub(crate) struct ResourcePlace<'a> {
    /// Index of its node; `None` for the root, which is no node of its own.
    pub(crate) index: Option<usize>,
    pub(crate) literals: BTreeMap<&'a str, usize>,
    /// The variable and its name.
    pub(crate) variable: Option<(&'a str, usize)>,
    pub(crate) rest: Option<(&'a str, usize)>,
    pub(crate) methods: BTreeMap<HttpMethod, StackNode<'a, Method>>,
}

/// One segment of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TemplatePart<'a> {
    Literal(&'a str),
    Variable(&'a str),
    Rest(&'a str),
}

impl<'a> ResourcePlace<'a> {
    /// Returns every place right below, with its part of the path.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (TemplatePart<'a>, usize)> {
        let literals = self.literals.iter();
        let literals = literals.map(|(text, place)| (TemplatePart::Literal(text), *place));
        let variable = self.variable.into_iter();
        let variable = variable.map(|(name, place)| (TemplatePart::Variable(name), place));
        let rest = self.rest.into_iter();
        let rest = rest.map(|(name, place)| (TemplatePart::Rest(name), place));
        literals.chain(variable).chain(rest)
    }

    /// Returns every place right below.
    pub(crate) fn children(&self) -> impl Iterator<Item = usize> {
        self.parts().map(|(_, place)| place)
    }
}

/// Every resource and method. The root is the first place, and parents are before their children.
#[derive(Debug)]
pub(crate) struct ResourceTree<'a> {
    pub(crate) places: Vec<ResourcePlace<'a>>,
    pub(crate) methods: usize,
}

impl<'a> ResourceTree<'a> {
    /// Reads the resource tree from the handles.
    pub(crate) fn of(stack: &'a Stack) -> Result<Self, String> {
        let mut tree = Self {
            places: vec![ResourcePlace::default()],
            methods: 0,
        };
        let mut place_of: Vec<Option<usize>> = vec![None; stack.entries.len()];
        for (index, entry) in stack.entries.iter().enumerate() {
            if let Node::Resource(resource) = &entry.node {
                let parent = at(&resource.parent, &place_of).ok_or_else(|| {
                    format!("resource {} stands before its parent", entry.address.label)
                })?;
                let place = tree.places.len();
                tree.places.push(ResourcePlace {
                    index: Some(index),
                    ..ResourcePlace::default()
                });
                place_of[index] = Some(place);
                if !tree.grow(parent, &resource.path_part, place) {
                    return Err(format!(
                        "resource {} takes the place of another",
                        entry.address.label
                    ));
                }
            } else if let Node::Method(method) = &entry.node {
                let place = at(&method.on, &place_of).ok_or_else(|| {
                    format!("method {} stands before its resource", entry.address.label)
                })?;
                tree.methods += 1;
                if tree.places[place]
                    .methods
                    .insert(
                        method.http_method,
                        StackNode {
                            index,
                            node: method,
                        },
                    )
                    .is_some()
                {
                    return Err(format!(
                        "method {} takes the place of another",
                        entry.address.label
                    ));
                }
            }
        }
        Ok(tree)
    }

    /// Returns the places of a template's segments, with its own names of variables, from the root
    /// on.
    pub(crate) fn places_to(&self, template: &[Segment]) -> Option<Vec<usize>> {
        let mut places = vec![0];
        let mut place = &self.places[0];
        for segment in template {
            let named = |(name, _): &(&str, usize)| {
                segment
                    .variable()
                    .is_some_and(|variable| **variable == **name)
            };
            let next = match segment {
                Segment::Literal(text) => place.literals.get(&**text).copied(),
                Segment::Variable(_) => place.variable.filter(named).map(|(_, next)| next),
                Segment::Rest(_) => place.rest.filter(named).map(|(_, next)| next),
            };
            places.push(next?);
            place = &self.places[next?];
        }
        Some(places)
    }

    /// Returns the method of a template.
    pub(crate) fn method(
        &self,
        method: HttpMethod,
        template: &[Segment],
    ) -> Option<StackNode<'a, Method>> {
        let place = *self.places_to(template)?.last()?;
        self.places[place].methods.get(&method).copied()
    }

    fn grow(&mut self, parent: usize, part: &'a str, place: usize) -> bool {
        let parent = &mut self.places[parent];
        let name = part
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        match name.map(|name| (name, name.strip_suffix('+'))) {
            None => parent.literals.insert(part, place).is_none(),
            Some((_, Some(name))) => {
                parent.variable.is_none() && parent.rest.replace((name, place)).is_none()
            }
            Some((name, None)) => {
                parent.rest.is_none() && parent.variable.replace((name, place)).is_none()
            }
        }
    }
}

fn at(root: &ApiRoot, place_of: &[Option<usize>]) -> Option<usize> {
    match root {
        ApiRoot::Root(_) => Some(0),
        ApiRoot::Below(handle) => place_of.get(handle.index()).copied().flatten(),
    }
}
