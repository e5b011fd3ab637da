//! Segments of a pattern and of a template that have to be the same text.
//!
//! In: the shapes of both. Out: positions of segments to look a pattern or a template up by. Pure.
//! Where a pattern has as many slashes as every request of the template, their segments are side
//! by side. Else a `*` may take several segments, and only those before the first wildcard and after
//! the last one have a known position.

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
}

/// The position of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SegmentPosition {
    FromLeft(usize),
    FromRight(usize),
}

/// Shape of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PatternShape {
    /// Of each segment.
    pub(crate) specificity: Vec<Specificity>,
    /// The pattern says neither more nor less than its template, which has as many slashes.
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
    fn is_literal(&self, at: usize) -> bool {
        self.specificity[at] == Specificity::Literal
    }

    /// Literal segments from the left.
    pub(crate) fn literal_start(&self) -> usize {
        self.specificity
            .iter()
            .take_while(|segment| **segment == Specificity::Literal)
            .count()
    }

    /// Literal segments from the right, after a wildcard.
    fn literal_end(&self) -> usize {
        let end = self
            .specificity
            .iter()
            .rev()
            .take_while(|segment| **segment == Specificity::Literal)
            .count();
        if end == self.specificity.len() {
            0
        } else {
            end
        }
    }
}

impl TemplateShape {
    fn is_literal(&self, at: usize) -> bool {
        self.specificity.get(at) == Some(&Specificity::Literal)
    }

    /// Returns whether a path with so many literal segments and variables behind them is more particular,
    /// and has as many segments.
    pub(crate) fn can_be_claimed(&self, literal_start: usize) -> bool {
        self.rest.is_none()
            && self.is_rooted
            && self
                .specificity
                .iter()
                .take(literal_start)
                .any(|segment| *segment != Specificity::Literal)
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
    if template.rest.is_none() && of_pattern == of_template {
        let is_shared = |at: &usize| pattern.is_literal(*at) && template.is_literal(*at);
        return Some(
            (0..of_pattern)
                .filter(is_shared)
                .map(SegmentPosition::FromLeft)
                .collect(),
        );
    }
    let left = pattern
        .literal_start()
        .min(template.rest.unwrap_or(of_template));
    let right = pattern
        .literal_end()
        .min(of_template - template.rest.map_or(0, |rest| rest + 1));
    let from_left = (0..left)
        .filter(|at| template.is_literal(*at))
        .map(SegmentPosition::FromLeft);
    let from_right = (0..right)
        .filter(|at| template.is_literal(of_template - 1 - at))
        .map(SegmentPosition::FromRight);
    Some(from_left.chain(from_right).collect())
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
    let positions: Vec<SegmentPosition> = if of_pattern == of_template {
        (0..of_pattern)
            .filter(|at| pattern.is_literal(*at))
            .map(SegmentPosition::FromLeft)
            .collect()
    } else {
        let from_right = (0..pattern.literal_end()).map(SegmentPosition::FromRight);
        (0..pattern.literal_start())
            .map(SegmentPosition::FromLeft)
            .chain(from_right)
            .collect()
    };
    let is_literal = |position: &SegmentPosition| match *position {
        SegmentPosition::FromLeft(at) => template.is_literal(at),
        SegmentPosition::FromRight(at) => template.is_literal(of_template - 1 - at),
    };
    positions.iter().all(is_literal).then_some(positions)
}

/// The texts at some positions.
pub(crate) fn at<'a>(segments: &[&'a str], positions: &[SegmentPosition]) -> Vec<&'a str> {
    let text = |position: &SegmentPosition| match *position {
        SegmentPosition::FromLeft(at) => segments[at],
        SegmentPosition::FromRight(at) => segments[segments.len() - 1 - at],
    };
    positions.iter().map(text).collect()
}
