//! Segments of a pattern and of a template that have to be the same text.
//!
//! In: the shapes of both. Out: positions of segments to look a pattern or a template up by. Pure.
//! The segments of a pattern that has as many slashes as every request of the template are compared
//! one by one. Otherwise a `*` may match several segments, and only the segments before the first
//! wildcard and after the last one have a known position.

use crate::plan::segments::SegmentPosition;

/// Specificity of a segment, the most specific first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Specificity {
    Literal,
    /// Literal text and wildcards.
    Partial,
    Variable,
}

impl Specificity {
    /// The specificity of a segment of a pattern.
    pub(crate) fn of(segment: &str) -> Self {
        match segment {
            "*" => Self::Variable,
            text if text.contains('*') => Self::Partial,
            _ => Self::Literal,
        }
    }

    pub(crate) fn is_literal(self) -> bool {
        self == Self::Literal
    }
}

/// Shape of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PatternShape {
    /// Of each segment.
    pub(crate) specificity: Vec<Specificity>,
    /// As `Pattern::is_plain`.
    pub(crate) is_plain: bool,
    /// The text starts with a slash.
    pub(crate) is_rooted: bool,
}

/// Shape of a template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TemplateShape {
    /// Of each segment.
    pub(crate) specificity: Vec<Specificity>,
    /// The first segment that takes any number of segments.
    pub(crate) rest: Option<usize>,
    pub(crate) is_rooted: bool,
}

impl PatternShape {
    /// Literal segments from the left.
    pub(crate) fn literal_start(&self) -> usize {
        let segments = self.specificity.iter();
        segments.take_while(|segment| segment.is_literal()).count()
    }

    /// Positions of literal segments beside those of a template: of all of them where both have as
    /// many segments, else of those before the first wildcard and after the last one.
    fn literals(&self, is_aligned: bool) -> Vec<SegmentPosition> {
        let count = self.specificity.len();
        let (left, right) = if is_aligned {
            (count, 0)
        } else {
            let from_right = self.specificity.iter().rev();
            let end = from_right.take_while(|segment| segment.is_literal());
            // Without a wildcard all of them are counted from the left.
            let end = Some(end.count()).filter(|end| *end < count);
            (self.literal_start(), end.unwrap_or_default())
        };
        let from_left = (0..left).filter(|at| self.specificity[*at].is_literal());
        from_left
            .map(SegmentPosition::FromLeft)
            .chain((0..right).map(SegmentPosition::FromRight))
            .collect()
    }
}

impl TemplateShape {
    fn is_literal(&self, position: SegmentPosition) -> bool {
        self.specificity[position.index(self.specificity.len())].is_literal()
    }

    /// Returns whether the segment has the same position in every request.
    fn is_fixed(&self, position: SegmentPosition) -> bool {
        let count = self.specificity.len();
        match position {
            SegmentPosition::FromLeft(at) => at < self.rest.unwrap_or(count),
            SegmentPosition::FromRight(at) => at < count - self.rest.map_or(0, |rest| rest + 1),
        }
    }

    /// Returns whether a path with so many literal segments and variables behind them is more
    /// particular, and has as many segments.
    pub(crate) fn can_be_claimed(&self, literal_start: usize) -> bool {
        let mut start = self.specificity.iter().take(literal_start);
        self.rest.is_none() && self.is_rooted && !start.all(|segment| segment.is_literal())
    }
}

/// Segments that are the same text in every pattern and template that have a request in common;
/// none where no request can be of both.
pub(crate) fn shared(
    pattern: &PatternShape,
    template: &TemplateShape,
) -> Option<Vec<SegmentPosition>> {
    let (of_pattern, of_template) = (pattern.specificity.len(), template.specificity.len());
    if !pattern.is_rooted || !template.is_rooted {
        return Some(Vec::new());
    }
    if template.rest.is_none() && of_pattern > of_template {
        return None;
    }
    let mut shared = pattern.literals(template.rest.is_none() && of_pattern == of_template);
    shared.retain(|at| template.is_fixed(*at) && template.is_literal(*at));
    Some(shared)
}

/// Segments that are the same text in every pattern and template of which the pattern takes all
/// requests; none where it never does.
pub(crate) fn covered(
    pattern: &PatternShape,
    template: &TemplateShape,
) -> Option<Vec<SegmentPosition>> {
    let (of_pattern, of_template) = (pattern.specificity.len(), template.specificity.len());
    if !pattern.is_rooted || !template.is_rooted {
        return Some(Vec::new());
    }
    if of_pattern > of_template {
        return None;
    }
    let literals = pattern.literals(of_pattern == of_template);
    let are_literal = literals.iter().all(|at| template.is_literal(*at));
    are_literal.then_some(literals)
}
