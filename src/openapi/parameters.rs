//! Parameters of an operation: those of its path items and its own, merged.
//!
//! In: lean parameters, which may be references. Out: `Parameter`s and faults. Pure.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::held::Here;
use super::items::{Level, item_place, under};
use super::lean::{Operation as LeanOperation, Parameter as LeanParameter};
use super::operation::{Found, lifted};
use super::references::Held;
use super::resolve::{MEND, Shared};
use super::sent::Sending;
use super::swagger::{self, Body, Homes};
use super::{Fault, Location, Operation, Parameter, ParameterAt, Spot};
use crate::diagnostic::{self, At, Place};
use crate::source::SourceFile;

/// Most parameters that room is made for before they are found.
const MAX_ROOM: usize = 64;

impl<'a> Shared<'a> {
    pub(crate) fn parameters(
        &mut self,
        operation: &Operation,
        (levels, of): (&[Level<'_, 'a>], usize),
        (lean, file): (&LeanOperation<'a>, &'a SourceFile),
    ) -> Found {
        self.placed.clear();
        self.body = Body::default();
        let mut found = Found::default();
        let count = levels
            .iter()
            .map(|it| it.item.parameters.len())
            .sum::<usize>()
            + lean.parameters.len();
        found.parameters.reserve_exact(count.min(MAX_ROOM));
        let main = self.file;
        for (index, level) in levels.iter().enumerate().rev() {
            for (number, parameter) in level.item.parameters.iter().enumerate() {
                let place = || {
                    under(
                        item_place(main, &operation.path, level.spot.as_ref()),
                        &format!("/parameters/{number}"),
                    )
                };
                let at = if index == of {
                    ParameterAt::Item(number)
                } else {
                    elsewhere(place())
                };
                self.parameter(
                    &mut found,
                    parameter,
                    at,
                    &Here {
                        file: level.file,
                        place: &place,
                    },
                );
            }
        }
        for (number, parameter) in lean.parameters.iter().enumerate() {
            let place = || operation.place(&format!("/parameters/{number}"));
            self.parameter(
                &mut found,
                parameter,
                ParameterAt::Operation(number),
                &Here {
                    file,
                    place: &place,
                },
            );
        }
        found
    }

    /// Adds a parameter that the operation or a path item lists, or the fault that keeps it from
    /// being read.
    fn parameter(
        &mut self,
        found: &mut Found,
        written: &LeanParameter<'a>,
        at: ParameterAt,
        here: &Here<'_, 'a>,
    ) {
        self.parts += 1;
        let held = match self.held(written, Some(&self.components.parameters), here) {
            Ok(held) => held,
            Err(fault) => return found.faults.push(fault),
        };
        let file = match &held {
            Held::Here(_) => here.file,
            Held::Component(..) => self.file,
            Held::Elsewhere(elsewhere) => elsewhere.file,
        };
        if self.homes.is_swagger && self.body.takes(&held) {
            let place = self.held_place(&held, self.components.parameters.home, here);
            self.body.describe(
                &held,
                file,
                if let At::Pointer(pointer) = &place.at {
                    pointer
                } else {
                    ""
                },
            );
            return;
        }
        let place = |below: &str| {
            under(
                self.held_place(&held, self.components.parameters.home, here),
                below,
            )
        };
        let (location, name) = match located(&held, &place, self.homes) {
            Ok(read) => read,
            Err(faults) => return found.faults.extend(faults),
        };
        let at = match &held {
            Held::Elsewhere(elsewhere) if elsewhere.file.display != here.file.display => {
                ParameterAt::Elsewhere(Arc::clone(&elsewhere.spot))
            }
            Held::Here(_) | Held::Component(..) | Held::Elsewhere(_) => at,
        };
        let (sent, may_be_blank) =
            Sending::new(&self.references, &self.shapes).of(&held, location, (file, self.homes));
        let style = if self.homes.is_swagger {
            swagger::style(&held)
        } else {
            held.style.as_deref()
        }
        .map(Arc::from);
        let name = self.shared_name(name);
        let parameter = Parameter {
            name: Arc::clone(&name),
            location,
            required: held.required,
            style,
            sent,
            may_be_blank,
            at,
        };
        match self.placed.entry((location, name)) {
            Entry::Occupied(place) => found.parameters[*place.get()] = parameter,
            Entry::Vacant(place) => {
                place.insert(found.parameters.len());
                found.parameters.push(parameter);
            }
        }
    }
}

/// A parameter that another path item on the way lists.
fn elsewhere(place: Place) -> ParameterAt {
    let pointer = match place.at {
        crate::diagnostic::At::Pointer(pointer) => pointer,
        _ => String::new(),
    };
    ParameterAt::Elsewhere(Arc::new(Spot {
        file: place.file,
        pointer: pointer.into(),
    }))
}

/// Where a parameter is sent, and its name.
fn located<'p>(
    lean: &'p LeanParameter<'_>,
    place: &dyn Fn(&str) -> Place,
    homes: &Homes,
) -> Result<(Location, &'p str), Vec<Fault>> {
    if !lean.faults.is_empty() {
        return Err(lean
            .faults
            .iter()
            .map(|fault| lifted(place, fault))
            .collect());
    }
    let wrong = |message: String| {
        Err(vec![Fault {
            code: &diagnostic::WRONG_TYPE,
            place: place(""),
            message,
            help: MEND.into(),
        }])
    };
    let location = match lean.location.as_deref() {
        Some("path") => Location::Path,
        Some("query") => Location::Query,
        Some("querystring") if !homes.is_swagger => Location::QueryString,
        Some("header") => Location::Header,
        Some("cookie") if !homes.is_swagger => Location::Cookie,
        Some(other) => {
            return wrong(format!(
                "`in` of this parameter is `{other}`, which is none of {}",
                homes.locations
            ));
        }
        None => return wrong("this parameter has no `in`".into()),
    };
    match lean.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Ok((location, name)),
        None => wrong("this parameter has no `name`".into()),
    }
}
