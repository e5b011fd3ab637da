//! How the templates of two operations lie to each other where a backend gets them.
//!
//! In: the kinds of their segments. Out: `Relation`. Pure.

use std::sync::Arc;

use crate::plan::paths::Segment;
use crate::plan::routes::tree::Asked;

/// A segment of a path as the backend gets it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    Literal(Arc<str>),
    Variable,
    Rest,
    /// A part of it is a variable.
    Partial,
}

/// What a segment is, without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Literal,
    Variable,
    Rest,
    Partial,
}

impl Part {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Literal(_) => Kind::Literal,
            Self::Variable => Kind::Variable,
            Self::Rest => Kind::Rest,
            Self::Partial => Kind::Partial,
        }
    }
}

impl From<&Segment> for Part {
    fn from(segment: &Segment) -> Self {
        match segment {
            Segment::Literal(text) => Self::Literal(Arc::clone(text)),
            Segment::Variable(_) => Self::Variable,
            Segment::Rest(_) => Self::Rest,
        }
    }
}

impl From<&Asked<'_>> for Part {
    fn from(segment: &Asked<'_>) -> Self {
        match segment {
            Asked::Literal(text) => Self::Literal((*text).into()),
            Asked::Variable => Self::Variable,
            Asked::Rest => Self::Rest,
            Asked::Opaque => Self::Partial,
        }
    }
}

/// How a public template lies to a guarded one, if a request can fit both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relation {
    /// Places of the segments that have to be the same text.
    pub(crate) shared: Vec<usize>,
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
    pub(crate) fn of(public: &[Kind], guarded: &[Kind]) -> Option<Self> {
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
                (Some(Kind::Rest), Some(Kind::Rest)) => break,
                (Some(Kind::Rest), Some(_)) => {
                    relation.public_is_wider = true;
                    relation.is_through_rest = true;
                    break;
                }
                (Some(_), Some(Kind::Rest)) => {
                    relation.guarded_takes_more();
                    break;
                }
                (Some(Kind::Literal), Some(Kind::Literal)) => relation.shared.push(at),
                (Some(Kind::Literal), Some(Kind::Variable)) => relation.guarded_takes_more(),
                (Some(Kind::Variable), Some(Kind::Variable)) => {}
                (Some(Kind::Variable), Some(Kind::Literal | Kind::Partial)) => {
                    relation.public_is_wider = true
                }
                // A fixed text beside a part of a segment is the more particular one, and the
                // gateway knows no parts.
                (Some(Kind::Literal), Some(Kind::Partial)) | (Some(Kind::Partial), Some(_)) => {
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
