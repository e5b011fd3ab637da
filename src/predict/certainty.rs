//! Values of arguments as far as they are known before an apply, and what a difference means.

/// A piece of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text of an expression whose value is known here.
    Known(String),
    /// What is known only at deploy time: a variable, a function's result, something outside.
    Given(String),
    /// An attribute of a resource that is there, by the address in the state before.
    There(String, String),
    /// An attribute of a resource that is created or replaced, by its address.
    New(String),
}

/// A value in pieces, no two known ones side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces(pub(super) Vec<Piece>);

/// What a difference between two values does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    None,
    /// It depends on what is known only at deploy time.
    May,
    Certain,
    /// The value comes from resources that are created or replaced.
    Follows(Vec<String>),
}

impl Difference {
    /// What two differences of one value do.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Follows(mut one), Self::Follows(other)) => {
                one.extend(other);
                Self::Follows(one)
            }
            (Self::None, other) | (Self::May, other @ (Self::Certain | Self::Follows(_))) => other,
            (Self::Certain, follows @ Self::Follows(_)) => follows,
            (one, Self::None | Self::May | Self::Certain) => one,
        }
    }
}

impl Pieces {
    pub(super) fn known(text: &str) -> Self {
        Self(vec![Piece::Known(text.to_owned())])
    }

    pub(super) fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (Some(Piece::Known(before)), Piece::Known(text)) => before.push_str(&text),
            (_, piece) => self.0.push(piece),
        }
    }

    pub(super) fn push_known(&mut self, text: &str) {
        self.push(Piece::Known(text.to_owned()));
    }

    pub(super) fn extend(&mut self, other: Self) {
        other.0.into_iter().for_each(|piece| self.push(piece));
    }

    /// The whole text, where nothing else is in it.
    pub(super) fn text(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// Addresses of the new resources in it.
    pub(super) fn new_ones(&self) -> Vec<String> {
        let new = self.0.iter().filter_map(|piece| match piece {
            Piece::New(address) => Some(address.clone()),
            Piece::Known(_) | Piece::Given(_) | Piece::There(..) => None,
        });
        let mut new: Vec<String> = new.collect();
        new.sort();
        new.dedup();
        new
    }

    fn given(&self) -> Vec<&str> {
        let given = self.0.iter().filter_map(|piece| match piece {
            Piece::Given(text) => Some(&**text),
            Piece::Known(_) | Piece::There(..) | Piece::New(_) => None,
        });
        given.collect()
    }

    /// Returns whether both are texts that differ before anything that is given.
    fn starts_otherwise(&self, now: &Self) -> bool {
        let [Some(Piece::Known(was)), Some(Piece::Known(now))] = [self.0.first(), now.0.first()]
        else {
            return false;
        };
        was.starts_with('"') && !was.starts_with(&**now) && !now.starts_with(&**was)
    }

    /// What a change from this value to another does, where some resources go.
    pub(super) fn difference(&self, now: &Self, goes: &dyn Fn(&str) -> bool) -> Difference {
        let new = now.new_ones();
        if !new.is_empty() {
            return Difference::Follows(new);
        }
        if self == now {
            return Difference::None;
        }
        let mut pieces = self.0.iter();
        let was_of_gone = pieces.any(|it| matches!(it, Piece::There(address, _) if goes(address)));
        // With equal values in the same places the texts around them make the difference.
        if was_of_gone || self.given() == now.given() || self.starts_otherwise(now) {
            Difference::Certain
        } else {
            Difference::May
        }
    }
}
