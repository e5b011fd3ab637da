//! Changes of one field of a node, each to another legal value.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use crate::aws::{Document, Node, ResourceRef};
use crate::openapi::{ByMediaType, HttpMethod};
use crate::stack::{Address, Handle, Holds, Label, List, Names, Value};

/// A field, or a part of one.
pub(crate) trait Part: Sized + 'static {
    /// Returns any legal value.
    fn sample(_: &Change) -> Option<Self> {
        None
    }

    /// Shows each part that can be changed by itself.
    fn visit(&mut self, change: &mut Change);
}

/// What becomes of the parts that are visited.
enum Purpose {
    /// Their paths are listed.
    List(Vec<String>),
    /// The one of this path is changed.
    Change(String),
    /// The one of this path gets its value back.
    Restore(String),
}

/// A visit to the parts of a node.
pub(crate) struct Change {
    /// All nodes of the stack, in order.
    nodes: Vec<Address>,
    /// Index of the visited node.
    own: usize,
    path: Vec<String>,
    purpose: Purpose,
    /// Paths of the parts that have no other value in this stack.
    pub(crate) fixed: Vec<String>,
    saved: Option<Box<dyn Any>>,
    /// A kind of which the stack has no second node, but has to get one.
    twin: Cell<Option<&'static Names>>,
}

impl Change {
    pub(crate) fn new(nodes: Vec<Address>) -> Self {
        Self {
            nodes,
            own: 0,
            path: Vec::new(),
            purpose: Purpose::List(Vec::new()),
            fixed: Vec::new(),
            saved: None,
            twin: Cell::default(),
        }
    }

    /// Returns the paths of the parts that can be changed.
    pub(crate) fn list(&mut self, own: usize, node: &mut Node) -> Vec<String> {
        self.fixed.clear();
        self.run(own, node, Purpose::List(Vec::new()));
        match mem::replace(&mut self.purpose, Purpose::List(Vec::new())) {
            Purpose::List(paths) => paths,
            Purpose::Change(_) | Purpose::Restore(_) => Vec::new(),
        }
    }

    /// Changes a part. Returns the kind of which the stack has to get another node, at its end,
    /// with the label `twin`.
    pub(crate) fn change(
        &mut self,
        own: usize,
        node: &mut Node,
        path: &str,
    ) -> Option<&'static Names> {
        self.run(own, node, Purpose::Change(path.to_owned()));
        assert!(self.saved.is_some(), "{path} is changed");
        self.twin.take()
    }

    pub(crate) fn restore(&mut self, own: usize, node: &mut Node, path: &str) {
        self.run(own, node, Purpose::Restore(path.to_owned()));
        assert!(self.saved.is_none(), "{path} is as before");
    }

    fn run(&mut self, own: usize, node: &mut Node, purpose: Purpose) {
        self.own = own;
        self.purpose = purpose;
        self.twin.take();
        node.visit(self);
    }

    /// Visits a part of this part.
    pub(crate) fn at(&mut self, name: &str, part: &mut impl Part) {
        self.path.push(name.to_owned());
        part.visit(self);
        self.path.pop();
    }

    /// Offers the part at this path for a change to another value.
    pub(crate) fn leaf<T: 'static>(
        &mut self,
        part: &mut T,
        other: impl FnOnce(&T, &Self) -> Option<T>,
    ) {
        let path = self.path.join(".");
        let is_here = match &self.purpose {
            Purpose::List(_) => true,
            Purpose::Change(wanted) | Purpose::Restore(wanted) => *wanted == path,
        };
        if !is_here {
            return;
        }
        if let Purpose::Restore(_) = self.purpose {
            if let Some(saved) = self.saved.take() {
                *part = *saved.downcast().expect("a path leads to one part");
            }
            return;
        }
        let Some(other) = other(part, self) else {
            self.fixed.push(path);
            return;
        };
        if let Purpose::List(paths) = &mut self.purpose {
            paths.push(path);
        } else {
            self.saved = Some(Box::new(mem::replace(part, other)));
        }
    }

    /// Returns a handle to another node of the kind: to one before the visited node where there is
    /// one, to a new one where there is no other.
    fn handle<K>(&self, old: Option<usize>) -> Option<Handle<K>>
    where
        Node: Holds<K>,
    {
        let names = <Node as Holds<K>>::NAMES;
        let all = || {
            self.nodes
                .iter()
                .enumerate()
                .filter(|(_, address)| address.names == names)
        };
        let mut others = all().filter(|(index, _)| Some(*index) != old && *index != self.own);
        if let Some((index, address)) = others.next() {
            return Some(Handle::to(index, address.clone()));
        }
        let (_, one) = all().next()?;
        self.twin.set(Some(names));
        Some(Handle::to(
            self.nodes.len(),
            one.relabelled(Label::new("twin")),
        ))
    }
}

/// Another text of the same form.
fn changed(text: &str) -> String {
    let at = text.find(|character: char| character.is_ascii_alphanumeric());
    let (start, end) = text.split_at(at.unwrap_or(text.len()));
    format!("{start}x{end}")
}

macro_rules! leaves {
    ($($type:ty: $sample:expr, $other:expr;)*) => { $(
        impl Part for $type {
            fn sample(_: &Change) -> Option<Self> {
                Some($sample)
            }

            fn visit(&mut self, change: &mut Change) {
                let other: fn(&Self) -> Self = $other;
                change.leaf(self, |old, _| Some(other(old)));
            }
        }
    )* };
}

leaves! {
    bool: true, |old| !old;
    u16: 1, |old| old ^ 1;
    u32: 1, |old| old ^ 1;
    u64: 1, |old| old ^ 1;
    f64: 1.0, |old| old + 1.0;
    &'static str: "changed", |_| "changed";
    &'static [&'static str]: &["changed"], |_| &["changed"];
    Document: Document::Bare("null".into()), |_| Document::Bare("null".into());
    String: "changed".into(), |old| changed(old);
    Arc<str>: "changed".into(), |old| changed(old).into();
    Value: Value::literal("changed"), |old| match old {
        Value::Literal(text) => Value::literal(changed(text)),
        _ => Value::literal("changed"),
    };
    List: List::Of(vec![Value::literal("changed")]), |old| match old {
        List::Of(items) => List::Of([items.as_slice(), &[Value::literal("changed")]].concat()),
        List::One(_) => List::One(Value::literal("changed")),
    };
    HttpMethod: HttpMethod::Get, |old| match old {
        HttpMethod::Patch => HttpMethod::Head,
        _ => HttpMethod::Patch,
    };
    serde_json::Value: serde_json::Value::Null, |_| serde_json::Value::Null;
}

impl<K: 'static> Part for Handle<K>
where
    Node: Holds<K>,
{
    fn sample(change: &Change) -> Option<Self> {
        change.handle(None)
    }

    fn visit(&mut self, change: &mut Change) {
        change.leaf(self, |old, change| change.handle(Some(old.index())));
    }
}

impl<K: 'static> Part for ResourceRef<K>
where
    Node: Holds<K>,
{
    fn sample(change: &Change) -> Option<Self> {
        Part::sample(change).map(Self::Existing)
    }

    fn visit(&mut self, change: &mut Change) {
        change.leaf(self, |old, change| match old {
            Self::Made(_) => Part::sample(change).map(Self::Existing),
            Self::Existing(_) => Part::sample(change).map(Self::Made),
        });
        match self {
            Self::Made(handle) => change.at("Made", handle),
            Self::Existing(value) => change.at("Existing", value),
        }
    }
}

impl<T: Part> Part for Option<T> {
    fn visit(&mut self, change: &mut Change) {
        change.leaf(self, |old, change| match old {
            Some(_) => Some(None),
            None => T::sample(change).map(Some),
        });
        if let Some(part) = self {
            change.at("Some", part);
        }
    }
}

/// One fewer, or one where there is none; then its first.
impl<T: Part + Clone> Part for Vec<T> {
    fn sample(change: &Change) -> Option<Self> {
        Some(vec![T::sample(change)?])
    }

    fn visit(&mut self, change: &mut Change) {
        change.leaf(self, |old, change| match old.split_last() {
            Some((_, fewer)) => Some(fewer.to_vec()),
            None => Self::sample(change),
        });
        if let Some(first) = self.first_mut() {
            change.at("first", first);
        }
    }
}

/// One fewer, or one where there is none; then each.
impl<K: Part + Clone + Ord + AsRef<str>, T: Part + Clone> Part for BTreeMap<K, T> {
    fn visit(&mut self, change: &mut Change) {
        change.leaf(self, |old, change| {
            let mut new = old.clone();
            if new.pop_last().is_none() {
                new.insert(K::sample(change)?, T::sample(change)?);
            }
            Some(new)
        });
        for (key, part) in self {
            change.at(key.as_ref(), part);
        }
    }
}

impl<T: Part + Clone> Part for ByMediaType<T> {
    fn visit(&mut self, change: &mut Change) {
        let entries = |of: &Self| -> Vec<(Arc<str>, T)> {
            of.iter()
                .map(|(key, part)| (Arc::clone(key), part.clone()))
                .collect()
        };
        change.leaf(self, |old, change| {
            let mut entries = entries(old);
            if entries.pop().is_none() {
                entries.push(("text/plain".into(), T::sample(change)?));
            }
            Some(entries.into_iter().collect())
        });
        let mut entries = entries(self);
        if let Some((_, part)) = entries.first_mut() {
            change.at("first", part);
            *self = entries.into_iter().collect();
        }
    }
}

impl<T: Part + Clone> Part for Arc<T> {
    fn sample(change: &Change) -> Option<Self> {
        T::sample(change).map(Self::new)
    }

    fn visit(&mut self, change: &mut Change) {
        Arc::make_mut(self).visit(change);
    }
}

impl<A: Part, B: Part> Part for (A, B) {
    fn visit(&mut self, change: &mut Change) {
        change.at("0", &mut self.0);
        change.at("1", &mut self.1);
    }
}

impl<A: Part, B: Part, C: Part> Part for (A, B, C) {
    fn sample(change: &Change) -> Option<Self> {
        Some((A::sample(change)?, B::sample(change)?, C::sample(change)?))
    }

    fn visit(&mut self, change: &mut Change) {
        change.at("0", &mut self.0);
        change.at("1", &mut self.1);
        change.at("2", &mut self.2);
    }
}
