//! Relation of the templates of two operations where a backend gets them.
//! In: the kinds of their segments. Out: `Relation`.

use crate::plan::routes::tree::PathSegment;
use crate::plan::segments::SegmentPosition;

/// Kind of a segment, without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SegmentKind {
    Literal,
    Variable,
    Rest,
    Opaque,
}

impl From<&PathSegment> for SegmentKind {
    fn from(segment: &PathSegment) -> Self {
        match segment {
            PathSegment::Literal(_) => Self::Literal,
            PathSegment::Variable => Self::Variable,
            PathSegment::Rest => Self::Rest,
            PathSegment::Opaque => Self::Opaque,
        }
    }
}

/// Relation of a public template to a guarded one, if a request can fit both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relation {
    /// Positions of the segments that have to be the same text.
    pub(crate) shared: Vec<SegmentPosition>,
    /// Somewhere the public one takes more.
    pub(crate) public_is_wider: bool,
    /// Somewhere the guarded one takes more.
    pub(crate) guarded_is_wider: bool,
    /// The public one is the more particular, at the first segment that differs.
    pub(crate) public_comes_first: bool,
    /// The public one takes more through a greedy variable.
    pub(crate) is_through_rest: bool,
}

impl Relation {
    /// The relation of two shapes; none where no request fits both.
    pub(crate) fn of(public: &[SegmentKind], guarded: &[SegmentKind]) -> Option<Self> {
        use SegmentKind::{Literal, Opaque, Rest, Variable};
        let mut relation = Self::default();
        for at in 0.. {
            match (public.get(at), guarded.get(at)) {
                (None, None) | (Some(Rest), Some(Rest)) => break,
                (Some(Rest), Some(_)) => {
                    relation.public_is_wider = true;
                    relation.is_through_rest = true;
                    break;
                }
                (Some(_), Some(Rest)) => {
                    relation.guarded_takes_more();
                    break;
                }
                (Some(Literal), Some(Literal)) => {
                    relation.shared.push(SegmentPosition::FromLeft(at))
                }
                (Some(Literal), Some(Variable)) => relation.guarded_takes_more(),
                (Some(Variable), Some(Variable)) => {}
                (Some(Variable), Some(Literal | Opaque)) => relation.public_is_wider = true,
                // A fixed text beside a part of a segment is the more particular one, and the
                // gateway has no parts of segments.
                (Some(Literal), Some(Opaque)) | (Some(Opaque), Some(_)) => return None,
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
