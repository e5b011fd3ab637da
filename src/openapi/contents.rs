//! Request body of an operation, and the media types of its bodies.
//!
//! In: bodies and responses, which may be references. Out: `RequestBody`, media types, faults.
//! Pure.

use std::sync::Arc;

use super::dereference::{LazyPlace, cycle};
use super::document::{Content, Operation as OperationObject, ResponsesObject, is_success};
use super::items::place_below;
use super::media::{self, Variety};
use super::operation::{OperationParts, operation_fault};
use super::references::{MAX_REFERENCES, ReferenceError, Target};
use super::resolve::{ComponentSection, Shared};
use super::{Fault, Operation, RequestBody};
use crate::diagnostic::{At, Place};
use crate::pointer;
use crate::source::{SourceFile, raw};

/// Bodies that share a section of `components`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ContentKind {
    RequestBody,
    Response { is_success: bool },
}

impl<'a> Shared<'a> {
    /// Reads the body that a request has, or may have.
    pub(crate) fn request_body(
        &mut self,
        operation: &Operation,
        object: &OperationObject<'a>,
        file: &'a SourceFile,
    ) -> Option<Arc<RequestBody>> {
        let (main, references) = (self.file, &self.references);
        if self.version.is_swagger {
            let body = std::mem::take(&mut self.body);
            return body
                .request_body(object, self.document, |schema| {
                    self.bodies.schema(references, main, schema)
                })
                .map(Arc::new);
        }
        let json = object.body.json?;
        let pointer = match operation.place("/requestBody").at {
            At::Pointer(pointer) => pointer,
            At::File | At::Repeated(..) | At::Position { .. } => String::new(),
        };
        let target = Target {
            file,
            pointer,
            json,
        };
        self.bodies.request_body(references, main, target)
    }

    /// Collects the media types of an operation's bodies that are not text.
    pub(crate) fn media_types(
        &self,
        operation: &Operation,
        object: &OperationObject<'a>,
        file: &'a SourceFile,
    ) -> OperationParts {
        let mut found = OperationParts::default();
        if self.version.is_swagger {
            self.swagger_media_types(&mut found, operation, object);
        } else {
            let at = LazyPlace {
                file,
                place: &|| operation.place("/requestBody"),
            };
            self.content(
                &mut found,
                &object.body.content,
                ContentKind::RequestBody,
                &at,
            );
        }
        let at = LazyPlace {
            file,
            place: &|| operation.place("/responses"),
        };
        self.responses(&mut found, &object.responses, &at);
        if object.responses.reference.is_some() {
            self.referenced_responses(&mut found, &object.responses, &at);
        }
        found
    }

    /// Collects the media types that `consumes` and `produces` of 2.0 list.
    fn swagger_media_types(
        &self,
        found: &mut OperationParts,
        operation: &Operation,
        object: &OperationObject<'a>,
    ) {
        let types = self.inherited.of_operation(object, &self.body);
        let takes_bytes = self
            .body
            .schema()
            .is_some_and(|schema| self.is_of_bytes(schema.file, schema.json));
        if takes_bytes {
            found.media_types.extend(types.consumes.ranges);
        }
        found.media_types.extend(types.consumes.binary);
        found.media_types.extend(types.produces.binary);
        found.add_variety(types.produces.variety);
        found.ranges = types.produces.ranges;
        found.faults.extend(types.faults.iter().map(|fault| Fault {
            help: "write a list of media types, or serve the rest with `exposure: hidden` for this operation".into(),
            ..operation_fault(&|below| operation.place(below), fault)
        }));
    }

    /// Follows the reference that is written in place of `responses`.
    fn referenced_responses(
        &self,
        found: &mut OperationParts,
        written: &ResponsesObject<'a>,
        at: &LazyPlace<'_, 'a>,
    ) {
        let (mut reference, mut file, mut place) =
            (written.reference.clone(), at.file, (at.place)());
        for _ in 0..MAX_REFERENCES {
            let Some(text) = reference.take() else { return };
            match self.responses_target(file, &text) {
                Ok((target, responses)) => {
                    file = target.file;
                    place = Place::pointer(&file.display, target.pointer);
                    let at = LazyPlace {
                        file,
                        place: &|| place.clone(),
                    };
                    self.responses(found, &responses, &at);
                    reference = responses.reference;
                }
                Err(error) => {
                    let fault = error.at(place_below(place.clone(), "/$ref"));
                    found.faults.push(fault);
                }
            }
        }
        found.faults.push(cycle(place));
    }

    /// Returns the mapping that a reference in place of `responses` leads to.
    fn responses_target(
        &self,
        file: &'a SourceFile,
        reference: &str,
    ) -> Result<(Target<'a>, ResponsesObject<'a>), ReferenceError> {
        let target = self.references.target(file, reference)?;
        let is_status = |key: &str| {
            key == "default"
                || (key.len() == 3 && key.starts_with(|first: char| first.is_ascii_digit()))
        };
        target.accept("a mapping of responses", |key, _| {
            is_status(key) || key == "$ref"
        })?;
        let responses =
            serde_json::from_str(target.json).map_err(|_| target.no_mapping("`responses`"))?;
        Ok((target, responses))
    }

    fn responses(
        &self,
        found: &mut OperationParts,
        responses: &ResponsesObject<'a>,
        at: &LazyPlace<'_, 'a>,
    ) {
        for (status, response) in &responses.by_status {
            let kind = ContentKind::Response {
                is_success: is_success(status),
            };
            let at = LazyPlace {
                file: at.file,
                place: &|| place_below((at.place)(), &pointer::child("", &**status)),
            };
            self.content(found, response, kind, &at);
        }
    }

    fn section(&self, kind: ContentKind) -> &ComponentSection<'a, Content<'a>> {
        match kind {
            ContentKind::RequestBody => &self.components.bodies,
            ContentKind::Response { .. } => &self.components.responses,
        }
    }

    /// Collects the facts of a request body or a response.
    fn content(
        &self,
        found: &mut OperationParts,
        written: &Content<'a>,
        kind: ContentKind,
        at: &LazyPlace<'_, 'a>,
    ) {
        let section = self.section(kind);
        let content = match self.dereference(written, Some(section), at) {
            Ok(content) => content,
            Err(fault) => return found.faults.push(fault),
        };
        let file = self.file_of(&content, at.file);
        self.content_types(found, &content, kind, file);
        let Some(headers) = content.headers_with_references() else {
            return;
        };
        for (name, json) in raw::members(headers).unwrap_or_default() {
            if let Err(error) = self.references.check(file, json.get()) {
                let below = format!("/headers{}/$ref", pointer::child("", &*name));
                let place = self.place_of(&content, section.pointer, at);
                found.faults.push(error.at(place_below(place, &below)));
            }
        }
    }

    fn content_types(
        &self,
        found: &mut OperationParts,
        content: &Content<'a>,
        kind: ContentKind,
        file: &'a SourceFile,
    ) {
        let is_cacheable = kind == ContentKind::Response { is_success: true };
        if self.version.is_swagger {
            // Media types of 2.0 are listed by `produces`.
            if !found.ranges.is_empty()
                && is_cacheable
                && content
                    .schema
                    .is_some_and(|schema| self.is_of_bytes(file, schema.get()))
            {
                found.media_types.append(&mut found.ranges);
            }
        } else {
            let types = &content.media_types;
            let binary = types.binary.iter().map(|name| Arc::from(&**name));
            found.media_types.extend(binary);
            for (range, json) in &types.ranges {
                if self.has_schema_of_bytes(file, json) {
                    found.media_types.push(media::bare(range).into());
                }
            }
            if is_cacheable {
                found.add_variety(types.variety);
            }
        }
        if let Some(headers) = content.headers_with_vary().filter(|_| is_cacheable) {
            found.varies.extend(self.varying(file, headers));
        }
    }
}

impl OperationParts {
    fn add_variety(&mut self, variety: Variety) {
        self.is_stream |= variety.is_stream;
        if variety.is_several {
            self.varies.push("Accept".into());
        }
    }
}
