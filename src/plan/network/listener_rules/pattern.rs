//! Path templates as path patterns of a rule.
//!
//! In: a path template. Out: `Pattern`. Pure.

mod matching;
mod template;

use std::sync::Arc;

use super::shape::{PatternShape, Specificity, TemplateShape};
pub(crate) use template::TemplateToken;
use template::{ConditionValue, condition_value, starred, tokens};

/// Path on which the balancer responds to health checks of the balancer before it (L21).
pub const HEALTH_PATH: &str = "/__gwgen_health";

/// A template and its pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// The value of the condition.
    pub(crate) text: Arc<str>,
    pub(crate) wildcards: usize,
    /// Of the pattern.
    pub(crate) slashes: usize,
    /// Of the pattern's segments, from the left.
    pub(crate) specificity: Vec<Specificity>,
    /// The template; two may have one pattern.
    pub(crate) template: Vec<TemplateToken>,
    /// The template with a `*` for each variable; none where this is the pattern.
    unshortened: Option<Arc<str>>,
    /// Of the template's segments; none where it is that of the pattern.
    own_specificity: Option<Vec<Specificity>>,
    /// The first segment of the template that takes any number of segments.
    rest: Option<usize>,
    /// Of the template.
    own_slashes: usize,
    /// The template takes any number of segments.
    pub(crate) is_greedy: bool,
}

impl Pattern {
    /// The pattern of a path template: `/users/{id}` is `/users/*`.
    pub(crate) fn of(path: &str) -> Self {
        Self::of_template(tokens(path))
    }

    fn of_template(template: Vec<TemplateToken>) -> Self {
        let slashes_of =
            |tokens: &[TemplateToken]| tokens.iter().filter(|token| token.is_slash()).count();
        let specificity_of = |text: &str| text.split('/').skip(1).map(Specificity::of).collect();
        let whole = starred(&template);
        let ConditionValue { text, is_shortened } = condition_value(whole.clone());
        let slashes = text.matches('/').count();
        let rest = template
            .iter()
            .position(|token| *token == TemplateToken::Rest);
        Self {
            own_specificity: is_shortened.then(|| specificity_of(&whole)),
            unshortened: is_shortened.then(|| whole.into()),
            own_slashes: slashes_of(&template),
            rest: rest.map(|at| slashes_of(&template[..at]).saturating_sub(1)),
            wildcards: text.matches('*').count(),
            slashes,
            specificity: specificity_of(&text),
            is_greedy: rest.is_some(),
            text: text.into(),
            template,
        }
    }

    /// Segments of the pattern.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.text.split('/').skip(1).collect()
    }

    /// Segments of the template, with a `*` for each variable.
    pub(crate) fn own_segments(&self) -> Vec<&str> {
        self.unshortened
            .as_ref()
            .unwrap_or(&self.text)
            .split('/')
            .skip(1)
            .collect()
    }

    /// Returns whether the pattern matches the requests of its template and no others, all of which
    /// have as many slashes.
    pub(crate) fn is_plain(&self) -> bool {
        self.unshortened.is_none() && !self.is_greedy
    }

    pub(crate) fn shape(&self) -> PatternShape {
        PatternShape {
            specificity: self.specificity.clone(),
            is_plain: self.is_plain(),
            is_rooted: self.text.starts_with('/'),
        }
    }

    pub(crate) fn own_shape(&self) -> TemplateShape {
        let is_rooted = self.template.first() == Some(&TemplateToken::Character(b'/'));
        TemplateShape {
            specificity: self.specificity_of_template().to_vec(),
            rest: self.rest,
            is_rooted,
        }
    }

    /// Returns whether a request that both take is the other's own: it has as many slashes, and is
    /// more particular where they first differ.
    pub(crate) fn yields_to(&self, other: &Self) -> bool {
        let is_as_long = self.own_slashes == other.slashes && other.is_plain();
        other.wildcards == 0
            || (!self.is_greedy
                && is_as_long
                && other.specificity[..] < *self.specificity_of_template())
    }

    /// Specificity of the template's own segments, which a shortened pattern no longer has.
    pub(crate) fn specificity_of_template(&self) -> &[Specificity] {
        self.own_specificity.as_ref().unwrap_or(&self.specificity)
    }

    /// The template with the literal segments of a pattern that takes some of its requests: all
    /// these requests are the result's.
    ///
    /// `None` where a wildcard may match several of the segments.
    pub(crate) fn within(&self, other: &Self) -> Option<Self> {
        // Where both have as many slashes no `*` of the pattern crosses one; else only the position
        // of its start is known.
        let is_aligned = !self.is_greedy && !other.is_greedy && other.slashes == self.own_slashes;
        let known = if is_aligned {
            other.specificity.len()
        } else {
            other.literal_start().count()
        };
        let mut template = Vec::with_capacity(self.template.len());
        let mut rest = self.template.as_slice();
        let segments = other.text.split('/').skip(1).zip(&other.specificity);
        for (text, specificity) in segments.take(known) {
            let (slash, inside) = rest.split_first().filter(|(first, _)| first.is_slash())?;
            let end = inside
                .iter()
                .position(TemplateToken::is_slash)
                .unwrap_or(inside.len());
            let own = &inside[..end];
            if own.contains(&TemplateToken::Rest) {
                return None;
            }
            template.push(*slash);
            match specificity {
                Specificity::Literal => template.extend(text.bytes().map(TemplateToken::Character)),
                Specificity::Partial | Specificity::Variable => template.extend_from_slice(own),
            }
            rest = &inside[end..];
        }
        template.extend_from_slice(rest);
        Some(Self::of_template(template))
    }

    /// Literal segments from the left.
    pub(crate) fn literal_start(&self) -> impl Iterator<Item = &str> {
        self.text
            .split('/')
            .skip(1)
            .zip(&self.specificity)
            .take_while(|(_, specificity)| **specificity == Specificity::Literal)
            .map(|(text, _)| text)
    }
}
