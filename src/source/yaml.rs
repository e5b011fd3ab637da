//! YAML 1.2 events become JSON text in one pass.
//! In: YAML text. Out: JSON text, and the positions of its parts in the YAML.

mod aliases;
mod marks;
mod mend;
mod scalars;

use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::diagnostic::{self, Code, Diagnostic, Place};
use aliases::expansion;
pub(crate) use marks::Marks;
use scalars::core_schema;

/// Deepest nesting of collections, as in `serde_json`, which reads the result.
const MAX_DEPTH: usize = 127;

/// Factor by which the JSON may be larger than the YAML, and bytes that every file is allowed.
///
/// JSON escapes of control characters take six times their text; only aliases take more.
const MAX_GROWTH: usize = 8;
const FREE_BYTES: usize = 1 << 20;

/// Reason for which YAML cannot become JSON.
pub(crate) struct ConversionError {
    code: &'static Code,
    line: usize,
    column: usize,
    message: String,
    help: &'static str,
    /// The parser could not read it.
    is_syntax: bool,
}

impl ConversionError {
    fn new(code: &'static Code, span: Span, message: String, help: &'static str) -> Self {
        Self {
            code,
            line: span.start.line(),
            column: span.start.col() + 1,
            message,
            help,
            is_syntax: false,
        }
    }

    /// Returns the error of YAML that has no equal in JSON.
    fn inexpressible(span: Span, message: &str, help: &'static str) -> Self {
        Self::new(&diagnostic::SYNTAX, span, message.to_owned(), help)
    }

    /// Returns the diagnostic, with its line where that may be shown. An error at the end of the
    /// file is placed on the last line, not after it.
    pub(crate) fn at(mut self, file: &Arc<str>, text: &str, is_shown: bool) -> Diagnostic {
        let end = marks::end_of(text);
        if self.line > end.0 {
            (self.line, self.column) = end;
        }
        let position = |number: usize| u32::try_from(number.max(1)).unwrap_or(u32::MAX);
        let line = position(self.line);
        let mut finding = self
            .code
            .at(Place::position(file, line, position(self.column)))
            .message(self.message)
            .help(self.help);
        if is_shown {
            finding.extra().line = super::line_of(text, line);
        }
        finding
    }
}

/// A collection that is open.
struct OpenCollection {
    is_mapping: bool,
    /// Offset of its opening bracket in the JSON.
    start: usize,
    anchor: usize,
    is_empty: bool,
    /// In a mapping: the next event is a key.
    at_key: bool,
    /// In a mapping: one of its keys is a merge key (`<<`).
    has_merge: bool,
    /// The last anchor that closed before it.
    last_anchor: usize,
}

/// Text of an anchor.
#[derive(Clone)]
enum Anchored {
    /// Range in the JSON.
    Json(usize, usize),
    /// A copy, since the mapping around it was written again.
    Apart(Arc<str>),
}

struct Converter {
    json: String,
    marks: Marks,
    frames: Vec<OpenCollection>,
    /// By the parser's numbers, which ascend.
    anchors: BTreeMap<usize, Anchored>,
    last_anchor: usize,
    limit: usize,
    /// Text that was written again because of merge keys. Unit: bytes.
    rewritten: usize,
}

/// Turns YAML into JSON; what only this parser refuses is mended first.
pub(crate) fn to_json(text: &str) -> Result<(String, Marks), ConversionError> {
    convert(text).or_else(|error| {
        let mended = error.is_syntax.then(|| mend::mended(text)).flatten();
        mended.map_or(Err(error), |mended| convert(&mended))
    })
}

fn convert(text: &str) -> Result<(String, Marks), ConversionError> {
    let mut converter = Converter {
        json: String::with_capacity(text.len() + text.len() / 8),
        marks: Marks::new(text),
        frames: Vec::new(),
        anchors: BTreeMap::new(),
        last_anchor: 0,
        rewritten: 0,
        limit: text.len().saturating_mul(MAX_GROWTH) + FREE_BYTES,
    };
    let mut documents = 0;
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| syntax(&error))?;
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err(ConversionError::inexpressible(
                    span,
                    "a second YAML document starts here",
                    "keep one document a file",
                ));
            }
        }
        converter.take(event, span)?;
    }
    if converter.json.is_empty() {
        converter.json.push_str("null");
    }
    Ok((converter.json, converter.marks))
}

fn syntax(error: &saphyr_parser::ScanError) -> ConversionError {
    let is_syntax = !error.info().contains("recursion");
    let code = if is_syntax {
        &diagnostic::SYNTAX
    } else {
        &diagnostic::TOO_DEEP
    };
    let span = Span::empty(*error.marker());
    let message = format!("this is no YAML: {}", error.info());
    ConversionError {
        is_syntax,
        ..ConversionError::new(code, span, message, mend_of(error.info()))
    }
}

/// Returns the help for an error of the parser.
fn mend_of(info: &str) -> &'static str {
    let says = |part: &str| info.contains(part);
    if says("anchor") {
        "put text that begins with `*` or `&` in quotes, as in `\"*\"`; unquoted it names an anchor"
    } else if says("tab") {
        "indent with spaces; YAML takes no tabs there"
    } else if says("unexpected character") {
        "put text that begins with this character in quotes"
    } else if says("quoted scalar") {
        "close the quotes that are opened here"
    } else {
        "mend the text here or just above; text that holds `: ` or ` #`, or begins with a bracket, needs quotes"
    }
}

impl Converter {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), ConversionError> {
        if self.json.len() > self.limit {
            return Err(expansion(span));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = style != ScalarStyle::Plain
                    || tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                self.scalar(&text, is_text, anchor, span);
                Ok(())
            }
            Event::SequenceStart(anchor, _) => self.open(false, anchor, span),
            Event::MappingStart(anchor, _) => self.open(true, anchor, span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    /// Writes the separator before a key, a value or an item. Returns whether a key is next.
    fn separate(&mut self, span: Span) -> bool {
        let Some(frame) = self.frames.last_mut() else {
            return false;
        };
        if frame.is_mapping && !frame.at_key {
            self.json.push(':');
            frame.at_key = true;
            return false;
        }
        if !frame.is_empty {
            self.json.push(',');
        }
        frame.is_empty = false;
        frame.at_key = false;
        self.marks.push(self.json.len(), span);
        frame.is_mapping
    }

    fn scalar(&mut self, text: &str, is_text: bool, anchor: usize, span: Span) {
        let is_key = self.separate(span);
        let start = self.json.len();
        if is_key
            && !is_text
            && text == "<<"
            && let Some(frame) = self.frames.last_mut()
        {
            frame.has_merge = true;
        }
        let is_plain = !is_text && !is_key;
        match is_plain.then(|| core_schema(text)).flatten() {
            Some(literal) => self.json.push_str(&literal),
            None => push_string(&mut self.json, text),
        }
        self.remember(anchor, start);
    }

    fn remember(&mut self, anchor: usize, start: usize) {
        if anchor != 0 {
            self.anchors
                .insert(anchor, Anchored::Json(start, self.json.len()));
            self.last_anchor = self.last_anchor.max(anchor);
        }
    }

    fn open(&mut self, is_mapping: bool, anchor: usize, span: Span) -> Result<(), ConversionError> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(ConversionError::new(
                &diagnostic::TOO_DEEP,
                span,
                format!("the file nests more than {MAX_DEPTH} levels deep"),
                "move the inner parts to `components` and refer to them",
            ));
        }
        if self.separate(span) {
            return Err(ConversionError::inexpressible(
                span,
                "a mapping or sequence cannot be a key here",
                "write the key as text",
            ));
        }
        self.frames.push(OpenCollection {
            is_mapping,
            start: self.json.len(),
            anchor,
            is_empty: true,
            at_key: true,
            has_merge: false,
            last_anchor: self.last_anchor,
        });
        self.json.push(if is_mapping { '{' } else { '[' });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), ConversionError> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        self.json.push(if frame.is_mapping { '}' } else { ']' });
        if frame.has_merge {
            self.rewritten += self.json.len() - frame.start;
            self.copy_anchors(&frame);
            if self.rewritten > self.limit {
                return Err(expansion(span));
            }
            self.merge(frame.start).map_err(|()| {
                ConversionError::inexpressible(
                    span,
                    "a merge key (`<<`) of the mapping that ends here takes a mapping or a list of mappings",
                    "give it an alias to a mapping",
                )
            })?;
        }
        self.remember(frame.anchor, frame.start);
        Ok(())
    }
}

/// Writes a JSON string literal.
fn push_string(json: &mut String, text: &str) {
    json.push('"');
    let mut rest = text;
    while let Some(index) = rest
        .bytes()
        .position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
    {
        json.push_str(&rest[..index]);
        match rest.as_bytes()[index] {
            b'"' => json.push_str("\\\""),
            b'\\' => json.push_str("\\\\"),
            b'\n' => json.push_str("\\n"),
            b'\t' => json.push_str("\\t"),
            b'\r' => json.push_str("\\r"),
            byte => json.push_str(&format!("\\u{byte:04x}")),
        }
        rest = &rest[index + 1..];
    }
    json.push_str(rest);
    json.push('"');
}
