//! Relation of the templates of two operations where a backend gets them.
//!
//! In: the kinds of their segments. Out: `Relation`. Pure.

use std::sync::Arc;

use crate::plan::paths::Segment;
use crate::plan::routes::tree::RequestedSegment;
use crate::plan::segments::SegmentPosition;

/// A segment of a path as the backend gets it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum BackendSegment {
    Literal(Arc<str>),
    Variable,
    Rest,
    /// A part of it is a variable.
    Partial,
}

/// Kind of a segment, without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SegmentKind {
    Literal,
    Variable,
    Rest,
    Partial,
}

impl BackendSegment {
    pub(crate) fn kind(&self) -> SegmentKind {
        match self {
            Self::Literal(_) => SegmentKind::Literal,
            Self::Variable => SegmentKind::Variable,
            Self::Rest => SegmentKind::Rest,
            Self::Partial => SegmentKind::Partial,
        }
    }
}

impl From<&Segment> for BackendSegment {
    fn from(segment: &Segment) -> Self {
        match segment {
            Segment::Literal(text) => Self::Literal(Arc::clone(text)),
            Segment::Variable(_) => Self::Variable,
            Segment::Rest(_) => Self::Rest,
        }
    }
}

impl From<&RequestedSegment<'_>> for BackendSegment {
    fn from(segment: &RequestedSegment<'_>) -> Self {
        match segment {
            RequestedSegment::Literal(text) => Self::Literal((*text).into()),
            RequestedSegment::Variable => Self::Variable,
            RequestedSegment::Rest => Self::Rest,
            RequestedSegment::Opaque => Self::Partial,
        }
    }
}

/// Relation of a public template to a guarded one, if a request can fit both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relation {
    /// Positions of the segments that have to be the same text.
    pub(crate) shared: Vec<SegmentPosition>,
    /// Somewhere the public one takes more.
    pub(crate) public_is_wider: bool,
    /// Somewhere the guarded one takes more.
    pub(crate) guarded_is_wider: bool,
    /// Where they first differ, the public one is the more particular.
    pub(crate) public_comes_first: bool,
    /// The public one takes more through a greedy variable.
    pub(crate) is_through_rest: bool,
}

impl Relation {
    /// The relation of two shapes; none where no request fits both.
    pub(crate) fn of(public: &[SegmentKind], guarded: &[SegmentKind]) -> Option<Self> {
        let mut relation = Self {
            shared: Vec::new(),
            public_is_wider: false,
            guarded_is_wider: false,
            public_comes_first: false,
            is_through_rest: false,
        };
        for at in 0.. {
            match (public.get(at), guarded.get(at)) {
                (None, None) => break,
                (Some(SegmentKind::Rest), Some(SegmentKind::Rest)) => break,
                (Some(SegmentKind::Rest), Some(_)) => {
                    relation.public_is_wider = true;
                    relation.is_through_rest = true;
                    break;
                }
                (Some(_), Some(SegmentKind::Rest)) => {
                    relation.guarded_takes_more();
                    break;
                }
                (Some(SegmentKind::Literal), Some(SegmentKind::Literal)) => {
                    relation.shared.push(SegmentPosition::FromLeft(at))
                }
                (Some(SegmentKind::Literal), Some(SegmentKind::Variable)) => {
                    relation.guarded_takes_more()
                }
                (Some(SegmentKind::Variable), Some(SegmentKind::Variable)) => {}
                (
                    Some(SegmentKind::Variable),
                    Some(SegmentKind::Literal | SegmentKind::Partial),
                ) => relation.public_is_wider = true,
                // A fixed text beside a part of a segment is the more particular one, and the
                // gateway knows no parts.
                (Some(SegmentKind::Literal), Some(SegmentKind::Partial))
                | (Some(SegmentKind::Partial), Some(_)) => {
                    return None;
                }
                (Some(_), None) | (None, Some(_)) => return None,
            }
        }
        Some(relation)
    }

    fn guarded_takes_more(&mut self) {
        self.guarded_is_wider = true;
        self.public_comes_first |= !self.public_is_wider;
    }

    pub(crate) fn is_crossing(&self) -> bool {
        self.public_is_wider && self.guarded_is_wider
    }
}
