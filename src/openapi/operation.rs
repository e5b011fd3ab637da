//! One operation: its references followed, its parameters merged, its security inherited.
//!
//! In: the lean operation and the path items it belongs to. Out: `Operation` with its faults. Pure.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::items::{Level, item_place, under};
use super::lean::{Content, Extra, LeanFault, Operation as LeanOperation, Parameter as LeanParameter, Presence, is_of_gwgen};
use super::media::Answers;
use super::references::{Held, Lost, MAX_REFERENCES, Part, Target};
use super::resolve::{MEND, Named, Shared, null_security, security};
use super::swagger::{self, Body, Homes};
use super::{Fault, HttpMethod, Location, Operation, Parameter, ParameterAt, RequestBody, Security, Setting, SettingOf, Spot, servers};
use crate::diagnostic::{self, At, Place};
use crate::source::raw::{self, Text};
use crate::source::{SourceFile, pointer};

/// Most parameters that room is made for before they are found.
const MAX_ROOM: usize = 64;

/// The file of a part, and its place there, which is made only where something is wrong.
struct Here<'h, 'a> {
    file: &'a SourceFile,
    place: &'h dyn Fn() -> Place,
}

/// What was read of an operation, beside what it is called.
#[derive(Default)]
struct Found {
    parameters: Vec<Parameter>,
    media_types: Vec<Arc<str>>,
    faults: Vec<Fault>,
}

fn lifted(place: &dyn Fn(&str) -> Place, fault: &LeanFault) -> Fault {
    Fault { code: fault.code, place: place(&fault.below), message: fault.message.clone(), help: MEND.into() }
}

impl<'a> Shared<'a> {
    /// The operation of a method, which stands at one of the path's levels.
    pub(super) fn operation(
        &mut self,
        (path, method): (&Arc<str>, HttpMethod),
        (levels, of): (&[Level<'_, 'a>], usize),
        written: &LeanOperation<'a>,
    ) -> Operation {
        let level = &levels[of];
        let mut operation = self.empty((path, method), level);
        // The nearest to `paths` last: it wins.
        for level in levels.iter().rev() {
            let place = |below: &str| under(self.item_place(path, level.spot.as_ref()), below);
            operation.faults.extend(level.item.faults.iter().map(|fault| lifted(&place, fault)));
            extend(&mut operation, SettingOf::Path, &level.item.extensions, &place);
        }
        let held = self.referred(&mut operation, level.file, written);
        let (lean, file) = match &held {
            Held::Elsewhere(elsewhere) => (&elsewhere.part, elsewhere.file),
            Held::Here(lean) | Held::Component(lean, _) => (*lean, level.file),
        };
        operation.id = lean.id.as_deref().map(Arc::from);
        operation.tags = lean.tags.iter().map(|tag| self.shared_name(tag)).collect();
        let of_item = levels.iter().map(|level| &level.item.servers).find(|it| !it.is_empty()).unwrap_or(&level.item.servers);
        let servers = if lean.servers.is_empty() { of_item } else { &lean.servers };
        operation.other_servers = !servers.is_empty() && servers::base_path(servers).as_deref() != Ok(&*self.base_path);
        self.secure(&mut operation, lean, levels);
        let mut found = self.parameters(&operation, (levels, of), (lean, file));
        let bodies = self.media_types(&operation, lean, file);
        operation.parameters = found.parameters;
        operation.body = self.request_body(&operation, lean, file);
        operation.binary_media_types = bodies.media_types;
        operation.faults.append(&mut found.faults);
        operation.faults.extend(bodies.faults);
        operation.binary_media_types.sort();
        operation.binary_media_types.dedup();
        self.parts += lean.responses.0.len() + operation.binary_media_types.len() + operation.faults.len() + 1;
        operation
    }

    /// An operation of `additionalOperations`. None can be served, so only what names it and what hides it is looked at.
    pub(super) fn extra(&mut self, (path, key): (&Arc<str>, &str), (levels, of): (&[Level<'_, 'a>], usize), lean: &Extra<'a>) -> Operation {
        let method = HttpMethod::Other { name: self.kept_name(&key.to_ascii_uppercase()), key: self.kept_name(key) };
        let mut operation = self.empty((path, method), &levels[of]);
        operation.id = lean.id.as_deref().map(Arc::from);
        operation.tags = lean.tags.iter().map(|tag| self.shared_name(tag)).collect();
        for level in levels.iter().rev() {
            let place = |below: &str| under(self.item_place(path, level.spot.as_ref()), below);
            extend(&mut operation, SettingOf::Path, &level.item.extensions, &place);
        }
        if !lean.extensions.is_empty() {
            let base = operation.place("");
            extend(&mut operation, SettingOf::Operation, &lean.extensions, &|below: &str| under(base.clone(), below));
        }
        self.parts += 1;
        operation
    }

    /// An operation of which only its place is known.
    fn empty(&self, (path, method): (&Arc<str>, HttpMethod), level: &Level<'_, 'a>) -> Operation {
        Operation {
            method,
            path: Arc::clone(path),
            id: None,
            tags: Vec::new(),
            parameters: Vec::new(),
            security: Security::Open,
            binary_media_types: Vec::new(),
            body: None,
            other_servers: false,
            extensions: Vec::new(),
            settings: Vec::new(),
            faults: Vec::new(),
            file: Arc::clone(&self.file.display),
            item: level.spot.clone(),
            at: None,
        }
    }

    /// Follows the reference that stands in place of an operation.
    fn referred<'p>(
        &self,
        operation: &mut Operation,
        file: &'a SourceFile,
        written: &'p LeanOperation<'a>,
    ) -> Held<'p, 'a, LeanOperation<'a>>
    where
        'a: 'p,
    {
        if written.reference.is_none() && written.faults.is_empty() && written.extensions.is_empty() {
            return Held::Here(written);
        }
        let base = operation.place("");
        let place = |below: &str| under(base.clone(), below);
        operation.faults.extend(written.faults.iter().map(|fault| lifted(&place, fault)));
        let held = self.held(written, None, &Here { file, place: &|| base.clone() }).unwrap_or_else(|fault| {
            operation.faults.push(fault);
            Held::Here(written)
        });
        if let Held::Elsewhere(elsewhere) = &held {
            operation.faults.extend(beside(written).map(|name| Fault {
                code: &diagnostic::MEMBERS_BESIDE_REFERENCE,
                place: place(&pointer::child("", name)),
                message: format!("`{name}` stands beside the reference of an operation, and readers differ in whether it counts"),
                help: "move it into the operation that the reference leads to".into(),
            }));
            let there = |below: &str| elsewhere.spot.place(below);
            operation.faults.extend(elsewhere.part.faults.iter().map(|fault| lifted(&there, fault)));
            extend(operation, SettingOf::Operation, &elsewhere.part.extensions, &there);
            operation.at = Some(Arc::clone(&elsewhere.spot));
        }
        extend(operation, SettingOf::Operation, &written.extensions, &place);
        held
    }

    fn secure(&self, operation: &mut Operation, lean: &LeanOperation<'a>, levels: &[Level<'_, 'a>]) {
        if matches!(lean.security, Presence::Absent) {
            let of_path = levels.iter().filter(|it| it.item.security.is_some());
            operation.faults.extend(of_path.map(|it| Fault {
                code: &diagnostic::MISPLACED_SECURITY,
                place: under(self.item_place(&operation.path, it.spot.as_ref()), "/security"),
                message: "`security` of a path counts for none of its operations".into(),
                help: "write it on each operation of the path, or on the document".into(),
            }));
        }
        match (&lean.security, &self.security) {
            (Presence::There(requirements), _) => operation.security = security(requirements),
            (Presence::Absent, Ok(inherited)) => operation.security = inherited.clone(),
            (Presence::Absent, Err(())) => operation.faults.push(null_security(Place::pointer(&self.file.display, "/security"))),
            (Presence::Null, _) => operation.faults.push(null_security(operation.place("/security"))),
        }
        if let (Security::Needs(alternatives), false) = (&operation.security, self.lost_schemes.is_empty()) {
            let names = alternatives.iter().flat_map(|it| it.keys());
            let lost: Vec<Fault> = names.filter_map(|name| self.lost_schemes.get(name)).cloned().collect();
            operation.faults.extend(lost);
        }
    }

    fn parameters(
        &mut self,
        operation: &Operation,
        (levels, of): (&[Level<'_, 'a>], usize),
        (lean, file): (&LeanOperation<'a>, &'a SourceFile),
    ) -> Found {
        self.placed.clear();
        self.body = Body::default();
        let mut found = Found::default();
        let count = levels.iter().map(|it| it.item.parameters.len()).sum::<usize>() + lean.parameters.len();
        found.parameters.reserve_exact(count.min(MAX_ROOM));
        let main = self.file;
        for (index, level) in levels.iter().enumerate().rev() {
            for (number, parameter) in level.item.parameters.iter().enumerate() {
                let place = || under(item_place(main, &operation.path, level.spot.as_ref()), &format!("/parameters/{number}"));
                let at = if index == of { ParameterAt::Item(number) } else { elsewhere(place()) };
                self.parameter(&mut found, parameter, at, &Here { file: level.file, place: &place });
            }
        }
        for (number, parameter) in lean.parameters.iter().enumerate() {
            let place = || operation.place(&format!("/parameters/{number}"));
            self.parameter(&mut found, parameter, ParameterAt::Operation(number), &Here { file, place: &place });
        }
        found
    }

    /// Adds a parameter that the operation or a path item lists, or the fault that keeps it from being read.
    fn parameter(&mut self, found: &mut Found, written: &LeanParameter<'a>, at: ParameterAt, here: &Here<'_, 'a>) {
        self.parts += 1;
        let held = match self.held(written, Some(&self.components.parameters), here) {
            Ok(held) => held,
            Err(fault) => return found.faults.push(fault),
        };
        if self.homes.is_swagger && self.body.takes(&held) {
            let file = match &held {
                Held::Here(_) => here.file,
                Held::Component(..) => self.file,
                Held::Elsewhere(elsewhere) => elsewhere.file,
            };
            let place = self.held_place(&held, self.components.parameters.home, here);
            self.body.describe(&held, file, if let At::Pointer(pointer) = &place.at { pointer } else { "" });
            return;
        }
        let place = |below: &str| under(self.held_place(&held, self.components.parameters.home, here), below);
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
        let style = if self.homes.is_swagger { swagger::style(&held) } else { held.style.as_deref() }.map(Arc::from);
        let name = self.shared_name(name);
        let parameter = Parameter { name: Arc::clone(&name), location, required: held.required, style, at };
        match self.placed.entry((location, name)) {
            Entry::Occupied(place) => found.parameters[*place.get()] = parameter,
            Entry::Vacant(place) => {
                place.insert(found.parameters.len());
                found.parameters.push(parameter);
            }
        }
    }

    /// The body that a request has, or may have.
    fn request_body(&mut self, operation: &Operation, lean: &LeanOperation<'a>, file: &'a SourceFile) -> Option<Arc<RequestBody>> {
        let (main, references) = (self.file, &self.references);
        if self.homes.is_swagger {
            let body = std::mem::take(&mut self.body);
            return body.request_body((lean, self.document), |it| self.bodies.schema(references, main, it)).map(Arc::new);
        }
        let json = lean.body.json?;
        let place = operation.place("/requestBody");
        let pointer = if let At::Pointer(pointer) = place.at { pointer } else { String::new() };
        self.bodies.request_body(references, main, Target { file, pointer, json })
    }

    /// Notes the media types of an operation's bodies that are not text.
    fn media_types(&self, operation: &Operation, lean: &LeanOperation<'a>, file: &'a SourceFile) -> Found {
        let mut found = Found::default();
        if self.homes.is_swagger {
            let mut faults = Vec::new();
            found.media_types = self.inherited.of_operation(lean, &self.body, &mut faults);
            found.faults.extend(faults.iter().map(|fault| Fault {
                help: "write a list of media types, or serve the rest with `exposure: hidden` for this operation".into(),
                ..lifted(&|below| operation.place(below), fault)
            }));
        } else {
            let place = || operation.place("/requestBody");
            self.content(&mut found, (&lean.body.content, &self.components.bodies), &Here { file, place: &place });
        }
        self.answers(&mut found, &lean.responses, &Here { file, place: &|| operation.place("/responses") });
        if lean.responses.1.is_some() {
            self.referred_answers(&mut found, (&lean.responses, file), operation.place("/responses"));
        }
        found
    }

    /// Follows the reference that stands in place of `responses`.
    fn referred_answers(&self, found: &mut Found, (written, file): (&Answers<'a>, &'a SourceFile), place: Place) {
        let (mut reference, mut file, mut place) = (written.1.clone(), file, place);
        for _ in 0..MAX_REFERENCES {
            let Some(text) = reference.take() else { return };
            match self.responses(file, &text) {
                Ok((there, responses, at)) => {
                    self.answers(found, &responses, &Here { file: there, place: &|| at.clone() });
                    (reference, file, place) = (responses.1.clone(), there, at);
                }
                Err(lost) => found.faults.push(lost.at(under(place.clone(), "/$ref"))),
            }
        }
        found.faults.push(circle(place));
    }

    /// The mapping that a reference in place of `responses` leads to.
    fn responses(&self, file: &'a SourceFile, reference: &str) -> Result<(&'a SourceFile, Answers<'a>, Place), Lost> {
        let target = self.references.target(file, reference)?;
        let responses = serde_json::from_str(target.json).map_err(|_| target.no_mapping("`responses`"))?;
        Ok((target.file, responses, Place::pointer(&target.file.display, target.pointer)))
    }

    fn answers(&self, found: &mut Found, responses: &Answers<'a>, here: &Here<'_, 'a>) {
        for (status, answer) in &responses.0 {
            let place = || under((here.place)(), &pointer::child("", &**status));
            self.content(found, (answer, &self.components.responses), &Here { file: here.file, place: &place });
        }
    }

    fn content(&self, found: &mut Found, (written, named): (&Content<'a>, &Named<'a, Content<'a>>), here: &Here<'_, 'a>) {
        let held = match self.held(written, Some(named), here) {
            Ok(held) => held,
            Err(fault) => return found.faults.push(fault),
        };
        // In 2.0 these are said by `produces`.
        if !self.homes.is_swagger {
            found.media_types.extend(held.media_types.0.iter().map(|it| Arc::from(&**it)));
        }
        let Some(headers) = held.referring_headers() else { return };
        let file = match &held {
            Held::Here(_) => here.file,
            Held::Component(..) => self.file,
            Held::Elsewhere(elsewhere) => elsewhere.file,
        };
        for (name, json) in raw::members(headers).unwrap_or_default() {
            let pointer = ["/headers", &pointer::child("", &*name)].concat();
            if let Err(lost) = self.references.followed_by(file, json.get()) {
                found.faults.push(lost.at(under(self.held_place(&held, named.home, here), &format!("{pointer}/$ref"))));
            }
        }
    }

    /// Follows the references of a part.
    fn held<'p, T: Part<'a>>(&self, part: &'p T, named: Option<&Named<'a, T>>, here: &Here<'_, 'a>) -> Result<Held<'p, 'a, T>, Fault>
    where
        'a: 'p,
    {
        let (mut held, mut file) = (Held::Here(part), here.file);
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = held.reference() else { return Ok(held) };
            let next = self.hop(file, reference, named).map_err(|lost| {
                let place = self.held_place(&held, named.map_or("", |it| it.home), here);
                lost.at(under(place, "/$ref"))
            })?;
            file = match &next {
                Held::Elsewhere(elsewhere) => elsewhere.file,
                Held::Here(_) | Held::Component(..) => self.file,
            };
            held = next;
        }
        let first = part.reference().and_then(|it| self.hop(here.file, it, named).ok());
        Err(circle(self.held_place(&first.unwrap_or(held), named.map_or("", |it| it.home), here)))
    }

    /// What one reference leads to.
    ///
    /// Errors: those of `references`.
    pub(super) fn hop<'p, T: Part<'a>>(
        &self,
        from: &'a SourceFile,
        reference: &str,
        named: Option<&Named<'a, T>>,
    ) -> Result<Held<'p, 'a, T>, Lost>
    where
        'a: 'p,
    {
        let is_main = std::ptr::eq(from, self.file);
        let name = named.filter(|_| is_main && !reference.contains('%')).and_then(|it| below(reference, it.home));
        if let Some((name, part)) = name.zip(named).and_then(|(name, named)| named.parts.get_key_value(&*pointer::unescaped(name))) {
            return Ok(Held::Component(part, name));
        }
        self.references.part(from, reference).map(Held::Elsewhere)
    }

    /// Place of a part that was followed to.
    fn held_place<T>(&self, held: &Held<'_, 'a, T>, home: &str, here: &Here<'_, 'a>) -> Place {
        match held {
            Held::Here(_) => (here.place)(),
            Held::Component(_, name) => Place::pointer(&self.file.display, pointer::child(home, name)),
            Held::Elsewhere(elsewhere) => elsewhere.spot.place(""),
        }
    }
}

/// What a reference names below that pointer of its own file.
fn below<'r>(reference: &'r str, pointer: &str) -> Option<&'r str> {
    reference.strip_prefix('#')?.strip_prefix(pointer)?.strip_prefix('/')
}

fn circle(place: Place) -> Fault {
    Fault { code: &diagnostic::CYCLIC_REFERENCE, place, message: "the references of this part go in a circle".into(), help: MEND.into() }
}

/// A parameter that another path item on the way lists.
fn elsewhere(place: Place) -> ParameterAt {
    let pointer = match place.at {
        crate::diagnostic::At::Pointer(pointer) => pointer,
        _ => String::new(),
    };
    ParameterAt::Elsewhere(Arc::new(Spot { file: place.file, pointer: pointer.into() }))
}

/// Members beside a reference that would change who may call the operation, or what it takes.
fn beside(written: &LeanOperation<'_>) -> impl Iterator<Item = &'static str> {
    let security = (!matches!(written.security, Presence::Absent)).then_some("security");
    let parameters = (!written.parameters.is_empty()).then_some("parameters");
    let servers = (!written.servers.is_empty()).then_some("servers");
    [security, parameters, servers].into_iter().flatten()
}

/// Notes the extensions of an operation or of its path item.
fn extend(operation: &mut Operation, of: SettingOf, extensions: &[(Text<'_>, &str)], place: &dyn Fn(&str) -> Place) {
    for (name, json) in extensions {
        let name: Arc<str> = Arc::from(&**name);
        if is_of_gwgen(&name) {
            let place = place(&pointer::child("", &*name));
            operation.settings.push(Setting { of, name, json: Arc::from(*json), place });
        } else {
            operation.extensions.push(name);
        }
    }
}

/// Where a parameter is sent, and its name.
fn located<'p>(lean: &'p LeanParameter<'_>, place: &dyn Fn(&str) -> Place, homes: &Homes) -> Result<(Location, &'p str), Vec<Fault>> {
    if !lean.faults.is_empty() {
        return Err(lean.faults.iter().map(|fault| lifted(place, fault)).collect());
    }
    let wrong = |message: String| Err(vec![Fault { code: &diagnostic::WRONG_TYPE, place: place(""), message, help: MEND.into() }]);
    let location = match lean.location.as_deref() {
        Some("path") => Location::Path,
        Some("query") => Location::Query,
        Some("querystring") if !homes.is_swagger => Location::QueryString,
        Some("header") => Location::Header,
        Some("cookie") if !homes.is_swagger => Location::Cookie,
        Some(other) => return wrong(format!("`in` of this parameter is `{other}`, which is none of {}", homes.locations)),
        None => return wrong("this parameter has no `in`".into()),
    };
    match lean.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Ok((location, name)),
        None => wrong("this parameter has no `name`".into()),
    }
}
