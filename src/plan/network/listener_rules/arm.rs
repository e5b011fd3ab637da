//! A pattern with its methods and one destination: a part of a rule.
//!
//! In: operations. Out: `Arm`, `RoutedTemplate`. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Destination;
use super::pattern::Pattern;
use super::shape::TemplateShape;
use crate::openapi::HttpMethod;

/// An operation with its path template, to look arms up for.
pub(crate) struct RoutedTemplate {
    pub(crate) pattern: Pattern,
    pub(crate) shape: TemplateShape,
    pub(crate) method: HttpMethod,
    pub(crate) to: Destination,
}

impl RoutedTemplate {
    pub(crate) fn new(pattern: Pattern, method: HttpMethod, to: Destination) -> Self {
        Self {
            shape: pattern.own_shape(),
            pattern,
            method,
            to,
        }
    }
}

/// Pattern and destination of an arm, which stay while its methods change.
pub(crate) type ArmKey = (Arc<str>, Destination);

/// Methods of a pattern with one destination.
#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub(crate) pattern: Pattern,
    /// Empty: every method that no other arm of the pattern names.
    pub(crate) methods: BTreeSet<HttpMethod>,
    /// Methods of the operations with this pattern and destination.
    pub(crate) served: BTreeSet<HttpMethod>,
    pub(crate) to: Destination,
    /// Index of the first such operation.
    pub(crate) operation: usize,
}

impl Arm {
    pub(crate) fn takes(&self, method: HttpMethod) -> bool {
        method == HttpMethod::Any || self.takes_all(method)
    }

    /// Returns whether every request with the method is taken.
    pub(crate) fn takes_all(&self, method: HttpMethod) -> bool {
        self.methods.is_empty() || self.methods.contains(&method)
    }

    /// Returns whether one of its operations has the method, or `ANY`.
    pub(crate) fn serves(&self, method: HttpMethod) -> bool {
        self.served.contains(&method) || self.served.contains(&HttpMethod::Any)
    }

    pub(crate) fn key(&self) -> ArmKey {
        (Arc::clone(&self.pattern.text), self.to)
    }
}
