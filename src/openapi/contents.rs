//! Request body of an operation, and the media types of its bodies.
//! In: bodies and responses, which may be references. Out: `RequestBody`, media types, faults.

use std::sync::Arc;

use super::dereference::{LazyPlace, cycle};
use super::document::{Content, Operation as OperationObject, ResponsesObject, is_success};
use super::media::{self, Variety};
use super::operation::{OperationParts, operation_faults};
use super::references::{MAX_REFERENCES, ReferenceError, Target};
use super::resolve::Shared;
use super::{Fault, Operation, RequestBody};
use crate::diagnostic::Place;
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
        let references = &self.references;
        if self.version.is_swagger {
            let body = std::mem::take(&mut self.body);
            let schema = |schema| self.bodies.schema(references, schema);
            return body
                .request_body(object, self.document, schema)
                .map(Arc::new);
        }
        let json = object.body.json?;
        let pointer = operation.place("/requestBody").into_pointer();
        let target = Target {
            file,
            pointer,
            json,
        };
        self.bodies.request_body(references, target)
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
            let place = || operation.place("/requestBody");
            let (body, at) = (&object.body.content, LazyPlace::new(file, &place));
            self.content(&mut found, body, ContentKind::RequestBody, &at);
        }
        let place = || operation.place("/responses");
        let at = LazyPlace::new(file, &place);
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
        let schema = self.body.schema();
        if schema.is_some_and(|schema| self.is_of_bytes(schema.file, schema.json)) {
            found.media_types.extend(types.consumes.ranges);
        }
        found.media_types.extend(types.consumes.binary);
        found.media_types.extend(types.produces.binary);
        found.add_variety(types.produces.variety);
        found.ranges = types.produces.ranges;
        let place = |below: &str| operation.place(below);
        let faults = operation_faults(&place, &types.faults);
        found.faults.extend(faults.map(|fault| Fault {
            help: "write a list of media types, or serve the rest with `exposure: hidden` for this operation".into(),
            ..fault
        }));
    }

    /// Follows the reference that is written in place of `responses`.
    fn referenced_responses(
        &self,
        found: &mut OperationParts,
        written: &ResponsesObject<'a>,
        at: &LazyPlace<'_, 'a>,
    ) {
        let mut reference = written.reference.clone();
        let (mut file, mut place) = (at.file, (at.place)());
        for _ in 0..MAX_REFERENCES {
            let Some(text) = reference.take() else { return };
            match self.responses_target(file, &text) {
                Ok((target, responses)) => {
                    file = target.file;
                    place = Place::pointer(&file.display, target.pointer);
                    let place = || place.clone();
                    self.responses(found, &responses, &LazyPlace::new(file, &place));
                    reference = responses.reference;
                }
                Err(error) => found.faults.push(error.at(place.clone().below("/$ref"))),
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
            let place = || (at.place)().below(&pointer::child("", &**status));
            let at = LazyPlace::new(at.file, &place);
            self.content(found, response, kind, &at);
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
        let section = match kind {
            ContentKind::RequestBody => &self.components.bodies,
            ContentKind::Response { .. } => &self.components.responses,
        };
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
                found.faults.push(error.at(place.below(&below)));
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
            let schema = content
                .schema
                .filter(|_| !found.ranges.is_empty() && is_cacheable);
            if schema.is_some_and(|schema| self.is_of_bytes(file, schema.get())) {
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
