//! Parameters of an operation: those of its path items and its own, merged.
//! In: Parameter Objects, which may be references. Out: `Parameter`s and faults.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::dereference::LazyPlace;
use super::document::{Operation as OperationObject, Parameter as ParameterObject};
use super::items::PathLevels;
use super::operation::{OperationParts, operation_faults};
use super::references::Resolved;
use super::resolve::{MEND, Shared};
use super::serialization::ParameterSchemas;
use super::swagger::{self, BodyParameters, SpecVersion};
use super::{Fault, FilePointer, Location, Operation, Parameter, ParameterAt};
use crate::diagnostic::{self, Place};
use crate::source::SourceFile;

/// Largest capacity that is reserved for parameters before they are read.
const MAX_ROOM: usize = 64;

impl<'a> Shared<'a> {
    /// Reads the parameters of an operation.
    pub(crate) fn parameters(
        &mut self,
        operation: &Operation,
        levels: PathLevels<'_, '_, 'a>,
        object: &OperationObject<'a>,
        file: &'a SourceFile,
    ) -> OperationParts {
        self.parameter_indexes.clear();
        self.body = BodyParameters::default();
        let mut found = OperationParts::default();
        let of_items = levels.all.iter().map(|level| level.item.parameters.len());
        let count = of_items.sum::<usize>() + object.parameters.len();
        found.parameters.reserve_exact(count.min(MAX_ROOM));
        for (index, level) in levels.all.iter().enumerate().rev() {
            for (number, parameter) in level.item.parameters.iter().enumerate() {
                let place = || level.place(levels.path, &format!("/parameters/{number}"));
                let written = if index == levels.owner {
                    ParameterAt::Item(number)
                } else {
                    let place = place();
                    ParameterAt::Referenced(Arc::new(FilePointer {
                        file: Arc::clone(&place.file),
                        pointer: place.into_pointer().into(),
                    }))
                };
                let at = LazyPlace::new(level.file, &place);
                self.parameter(&mut found, parameter, written, &at);
            }
        }
        for (number, parameter) in object.parameters.iter().enumerate() {
            let place = || operation.place(&format!("/parameters/{number}"));
            let at = LazyPlace::new(file, &place);
            self.parameter(&mut found, parameter, ParameterAt::Operation(number), &at);
        }
        found
    }

    /// Adds a parameter of the operation or of a path item, or the fault of one that cannot be read.
    fn parameter(
        &mut self,
        found: &mut OperationParts,
        written: &ParameterObject<'a>,
        written_at: ParameterAt,
        at: &LazyPlace<'_, 'a>,
    ) {
        self.parts += 1;
        let object = match self.dereference(written, Some(&self.components.parameters), at) {
            Ok(object) => object,
            Err(fault) => return found.faults.push(fault),
        };
        let file = self.file_of(&object, at.file);
        let section = self.components.parameters.pointer;
        if self.version.is_swagger && self.body.takes(&object) {
            let pointer = self.place_of(&object, section, at).into_pointer();
            return self.body.describe(&object, file, &pointer);
        }
        let place = |below: &str| self.place_of(&object, section, at).below(below);
        let (location, name) = match location_and_name(&object, &place, self.version) {
            Ok(read) => read,
            Err(faults) => return found.faults.extend(faults),
        };
        let written_at = match &object {
            Resolved::Referenced(referenced) if referenced.file.display != at.file.display => {
                ParameterAt::Referenced(Arc::clone(&referenced.location))
            }
            Resolved::Inline(_) | Resolved::Component(..) | Resolved::Referenced(_) => written_at,
        };
        let schemas = ParameterSchemas::new(&self.references, &self.schemas);
        let (serialization, may_be_blank) =
            schemas.serialization(&object, location, file, self.version);
        let style = if self.version.is_swagger {
            swagger::style(&object)
        } else {
            object.style.as_deref()
        };
        let name = self.shared_name(name);
        let parameter = Parameter {
            name: Arc::clone(&name),
            location,
            required: object.required,
            style: style.map(Arc::from),
            serialization,
            may_be_blank,
            at: written_at,
        };
        match self.parameter_indexes.entry((location, name)) {
            Entry::Occupied(index) => found.parameters[*index.get()] = parameter,
            Entry::Vacant(index) => {
                index.insert(found.parameters.len());
                found.parameters.push(parameter);
            }
        }
    }
}

/// Returns the location and the name of a parameter.
fn location_and_name<'p>(
    object: &'p ParameterObject<'_>,
    place: &dyn Fn(&str) -> Place,
    version: &SpecVersion,
) -> Result<(Location, &'p str), Vec<Fault>> {
    if !object.faults.is_empty() {
        return Err(operation_faults(place, &object.faults).collect());
    }
    let wrong = |message: String| {
        Err(vec![Fault {
            code: &diagnostic::WRONG_TYPE,
            place: place(""),
            message,
            help: MEND.into(),
        }])
    };
    let location = match object.location.as_deref() {
        Some("path") => Location::Path,
        Some("query") => Location::Query,
        Some("querystring") if !version.is_swagger => Location::QueryString,
        Some("header") => Location::Header,
        Some("cookie") if !version.is_swagger => Location::Cookie,
        Some(other) => {
            return wrong(format!(
                "`in` of this parameter is `{other}`, which is none of {}",
                version.locations
            ));
        }
        None => return wrong("this parameter has no `in`".into()),
    };
    match object.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Ok((location, name)),
        None => wrong("this parameter has no `name`".into()),
    }
}
