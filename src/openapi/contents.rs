//! What an operation takes and answers: its request body, and the media types of its bodies.
//!
//! In: lean bodies and answers, which may be references. Out: `RequestBody`, media types, faults.
//! Pure.

use std::sync::Arc;

use super::held::{Here, circle};
use super::items::under;
use super::lean::{Content, Operation as LeanOperation};
use super::media::{self, Answers, Variety, is_success};
use super::operation::{Found, lifted};
use super::references::{Held, Lost, MAX_REFERENCES, Target};
use super::resolve::{Named, Shared};
use super::{Fault, Operation, RequestBody};
use crate::diagnostic::{At, Place};
use crate::source::{SourceFile, pointer, raw};

impl<'a> Shared<'a> {
    /// The body that a request has, or may have.
    pub(crate) fn request_body(
        &mut self,
        operation: &Operation,
        lean: &LeanOperation<'a>,
        file: &'a SourceFile,
    ) -> Option<Arc<RequestBody>> {
        let (main, references) = (self.file, &self.references);
        if self.homes.is_swagger {
            let body = std::mem::take(&mut self.body);
            return body
                .request_body((lean, self.document), |it| {
                    self.bodies.schema(references, main, it)
                })
                .map(Arc::new);
        }
        let json = lean.body.json?;
        let place = operation.place("/requestBody");
        let pointer = if let At::Pointer(pointer) = place.at {
            pointer
        } else {
            String::new()
        };
        self.bodies.request_body(
            references,
            main,
            Target {
                file,
                pointer,
                json,
            },
        )
    }

    /// Notes the media types of an operation's bodies that are not text.
    pub(crate) fn media_types(
        &self,
        operation: &Operation,
        lean: &LeanOperation<'a>,
        file: &'a SourceFile,
    ) -> Found {
        let mut found = Found::default();
        if self.homes.is_swagger {
            let listed = self.inherited.of_operation(lean, &self.body);
            let takes_bytes = self
                .body
                .schema()
                .is_some_and(|it| self.is_of_bytes(it.file, it.json));
            found.media_types.extend(
                listed
                    .consumes
                    .ranges
                    .iter()
                    .filter(|_| takes_bytes)
                    .cloned(),
            );
            found.media_types.extend(
                listed
                    .consumes
                    .binary
                    .into_iter()
                    .chain(listed.produces.binary),
            );
            found.note(listed.produces.variety);
            found.ranges = listed.produces.ranges;
            found.faults.extend(listed.faults.iter().map(|fault| Fault {
                help: "write a list of media types, or serve the rest with `exposure: hidden` for this operation".into(),
                ..lifted(&|below| operation.place(below), fault)
            }));
        } else {
            let place = || operation.place("/requestBody");
            self.content(
                &mut found,
                (&lean.body.content, &self.components.bodies),
                &Here {
                    file,
                    place: &place,
                },
                false,
            );
        }
        self.answers(
            &mut found,
            &lean.responses,
            &Here {
                file,
                place: &|| operation.place("/responses"),
            },
        );
        if lean.responses.1.is_some() {
            self.referred_answers(
                &mut found,
                (&lean.responses, file),
                operation.place("/responses"),
            );
        }
        found
    }

    /// Follows the reference that stands in place of `responses`.
    fn referred_answers(
        &self,
        found: &mut Found,
        (written, file): (&Answers<'a>, &'a SourceFile),
        place: Place,
    ) {
        let (mut reference, mut file, mut place) = (written.1.clone(), file, place);
        for _ in 0..MAX_REFERENCES {
            let Some(text) = reference.take() else { return };
            match self.responses(file, &text) {
                Ok((there, responses, at)) => {
                    self.answers(
                        found,
                        &responses,
                        &Here {
                            file: there,
                            place: &|| at.clone(),
                        },
                    );
                    (reference, file, place) = (responses.1.clone(), there, at);
                }
                Err(lost) => found.faults.push(lost.at(under(place.clone(), "/$ref"))),
            }
        }
        found.faults.push(circle(place));
    }

    /// The mapping that a reference in place of `responses` leads to.
    fn responses(
        &self,
        file: &'a SourceFile,
        reference: &str,
    ) -> Result<(&'a SourceFile, Answers<'a>, Place), Lost> {
        let target = self.references.target(file, reference)?;
        let is_status = |key: &str| {
            key == "default"
                || (key.len() == 3 && key.starts_with(|first: char| first.is_ascii_digit()))
        };
        target.accepted("a mapping of responses", |key, _| {
            is_status(key) || key == "$ref"
        })?;
        let responses =
            serde_json::from_str(target.json).map_err(|_| target.no_mapping("`responses`"))?;
        Ok((
            target.file,
            responses,
            Place::pointer(&target.file.display, target.pointer),
        ))
    }

    fn answers(&self, found: &mut Found, responses: &Answers<'a>, here: &Here<'_, 'a>) {
        for (status, answer) in &responses.0 {
            let place = || under((here.place)(), &pointer::child("", &**status));
            self.content(
                found,
                (answer, &self.components.responses),
                &Here {
                    file: here.file,
                    place: &place,
                },
                is_success(status),
            );
        }
    }

    /// Notes what a body or an answer tells, the latter where it is one that is kept.
    fn content(
        &self,
        found: &mut Found,
        (written, named): (&Content<'a>, &Named<'a, Content<'a>>),
        here: &Here<'_, 'a>,
        is_kept: bool,
    ) {
        let held = match self.held(written, Some(named), here) {
            Ok(held) => held,
            Err(fault) => return found.faults.push(fault),
        };
        let file = match &held {
            Held::Here(_) => here.file,
            Held::Component(..) => self.file,
            Held::Elsewhere(elsewhere) => elsewhere.file,
        };
        self.note_types(found, &held, file, is_kept);
        let Some(headers) = held.referring_headers() else {
            return;
        };
        for (name, json) in raw::members(headers).unwrap_or_default() {
            let pointer = ["/headers", &pointer::child("", &*name)].concat();
            if let Err(lost) = self.references.followed_by(file, json.get()) {
                found.faults.push(lost.at(under(
                    self.held_place(&held, named.home, here),
                    &format!("{pointer}/$ref"),
                )));
            }
        }
    }

    fn note_types(
        &self,
        found: &mut Found,
        held: &Content<'a>,
        file: &'a SourceFile,
        is_kept: bool,
    ) {
        // In 2.0 these are said by `produces`.
        if self.homes.is_swagger {
            if !found.ranges.is_empty()
                && is_kept
                && held
                    .schema
                    .is_some_and(|it| self.is_of_bytes(file, it.get()))
            {
                found.media_types.append(&mut found.ranges);
            }
        } else {
            let types = &held.media_types;
            found
                .media_types
                .extend(types.binary.iter().map(|it| Arc::from(&**it)));
            for (range, json) in &types.ranges {
                if self.has_schema_of_bytes(file, json) {
                    found.media_types.push(media::bare(range).into());
                }
            }
            if is_kept {
                found.note(types.variety);
            }
        }
        if let Some(headers) = held.varying_headers().filter(|_| is_kept) {
            found.varies.extend(self.varying(file, headers));
        }
    }
}

impl Found {
    fn note(&mut self, variety: Variety) {
        self.is_stream |= variety.is_stream;
        if variety.is_several {
            self.varies.push("Accept".into());
        }
    }
}
