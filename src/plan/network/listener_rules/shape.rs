//! Which segments of a pattern and of a template have to be the same text.
//!
//! In: the shapes of both. Out: places of segments to look a pattern or a template up by. Pure.
//! Where a pattern has as many slashes as every request of the template, their segments stand side
//! by side. Else a `*` may take several segments, and only what stands before the first wildcard
//! and after the last one has a known place.

use super::pattern::Kind;

/// The place of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    FromLeft(usize),
    FromRight(usize),
}

/// What patterns may have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PatternShape {
    /// Of each segment.
    pub(crate) kinds: Vec<Kind>,
    /// The pattern says neither more nor less than its template, which has as many slashes.
    pub(crate) is_plain: bool,
    /// The text starts with a slash.
    pub(crate) is_rooted: bool,
}

/// What templates may have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TemplateShape {
    /// Of each segment.
    pub(crate) kinds: Vec<Kind>,
    /// The first segment that takes any number of segments.
    pub(crate) rest: Option<usize>,
    pub(crate) is_rooted: bool,
}

impl PatternShape {
    fn is_literal(&self, at: usize) -> bool {
        self.kinds[at] == Kind::Literal
    }

    /// Literal segments from the left.
    pub(crate) fn literal_start(&self) -> usize {
        self.kinds
            .iter()
            .take_while(|it| **it == Kind::Literal)
            .count()
    }

    /// Literal segments from the right, after a wildcard.
    fn literal_end(&self) -> usize {
        let end = self
            .kinds
            .iter()
            .rev()
            .take_while(|it| **it == Kind::Literal)
            .count();
        if end == self.kinds.len() { 0 } else { end }
    }
}

impl TemplateShape {
    fn is_literal(&self, at: usize) -> bool {
        self.kinds.get(at) == Some(&Kind::Literal)
    }

    /// Whether a path with so many literal segments and variables behind them is more particular,
    /// and has as many segments.
    pub(crate) fn can_be_claimed(&self, literal_start: usize) -> bool {
        self.rest.is_none()
            && self.is_rooted
            && self
                .kinds
                .iter()
                .take(literal_start)
                .any(|it| *it != Kind::Literal)
    }
}

/// Segments that are the same text in every pattern and template that have a request in common;
/// none where no request can be of both.
pub(crate) fn shared(pattern: &PatternShape, template: &TemplateShape) -> Option<Vec<Place>> {
    let (of_pattern, of_template) = (pattern.kinds.len(), template.kinds.len());
    if !pattern.is_rooted || !template.is_rooted {
        return Some(Vec::new());
    }
    if template.rest.is_none() && of_pattern > of_template {
        return None;
    }
    if template.rest.is_none() && of_pattern == of_template {
        let is_shared = |at: &usize| pattern.is_literal(*at) && template.is_literal(*at);
        return Some(
            (0..of_pattern)
                .filter(is_shared)
                .map(Place::FromLeft)
                .collect(),
        );
    }
    let left = pattern
        .literal_start()
        .min(template.rest.unwrap_or(of_template));
    let right = pattern
        .literal_end()
        .min(of_template - template.rest.map_or(0, |it| it + 1));
    let from_left = (0..left)
        .filter(|at| template.is_literal(*at))
        .map(Place::FromLeft);
    let from_right = (0..right)
        .filter(|at| template.is_literal(of_template - 1 - at))
        .map(Place::FromRight);
    Some(from_left.chain(from_right).collect())
}

/// Segments that are the same text in every pattern and template of which the pattern takes all
/// requests; none where it never does.
pub(crate) fn covered(pattern: &PatternShape, template: &TemplateShape) -> Option<Vec<Place>> {
    let (of_pattern, of_template) = (pattern.kinds.len(), template.kinds.len());
    if !pattern.is_rooted || !template.is_rooted {
        return Some(Vec::new());
    }
    if of_pattern > of_template {
        return None;
    }
    let places: Vec<Place> = if of_pattern == of_template {
        (0..of_pattern)
            .filter(|at| pattern.is_literal(*at))
            .map(Place::FromLeft)
            .collect()
    } else {
        let from_right = (0..pattern.literal_end()).map(Place::FromRight);
        (0..pattern.literal_start())
            .map(Place::FromLeft)
            .chain(from_right)
            .collect()
    };
    let is_literal = |place: &Place| match *place {
        Place::FromLeft(at) => template.is_literal(at),
        Place::FromRight(at) => template.is_literal(of_template - 1 - at),
    };
    places.iter().all(is_literal).then_some(places)
}

/// The texts at some places.
pub(crate) fn at<'a>(segments: &[&'a str], places: &[Place]) -> Vec<&'a str> {
    let text = |place: &Place| match *place {
        Place::FromLeft(at) => segments[at],
        Place::FromRight(at) => segments[segments.len() - 1 - at],
    };
    places.iter().map(text).collect()
}
