//! Prefixes of the operations' paths: those of mounts, and base paths of the descriptions.
//! In: mounts, descriptions. Out: segments on the gateway and behind it, and findings.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Builder;
use crate::blueprint::{BasePathUse, Blueprint, MountSpec};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Api, ServerKind};
use crate::plan::paths::{self, Segment, text_of};

/// Mounts without those whose prefix an earlier one has, which `blueprint` reports.
pub(crate) fn distinct(mounts: &[MountSpec]) -> impl Iterator<Item = &MountSpec> {
    let mut seen = BTreeSet::new();
    mounts
        .iter()
        .filter(move |mount| seen.insert(mount.at.trim_matches('/')))
}

/// The segments of a description's base path, on the gateway and behind it.
///
/// Errors: GW1013 a base path that is none, GW4001 to GW4007 a base path that no resource can have;
/// GW4130 no address (a warning), GW4131 a mock's (a warning), GW5021 a stage and GW5022 a
/// developer's machine (notes).
pub(crate) fn base(
    api: &Api,
    base_path: BasePathUse,
    blueprint: &Blueprint,
    diagnostics: &mut Vec<Diagnostic>,
) -> [Vec<Segment>; 2] {
    if base_path == BasePathUse::Ignore {
        return Default::default();
    }
    diagnostics.extend(origin(api, blueprint));
    let place = || Place::pointer(&api.file, api.base_path_pointer);
    if let Some(fault) = &api.base_path_fault {
        diagnostics.push(
            diagnostic::BAD_BASE_PATH
                .at(place())
                .message(fault)
                .help("write a plain path there, or leave it out with `api.base_path: ignore`"),
        );
    }
    let path = match &*api.base_path {
        "" => "/",
        path => path,
    };
    if base_path == BasePathUse::Backend {
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        let literals = segments.map(|segment| Segment::Literal(segment.into()));
        return [Vec::new(), literals.collect()];
    }
    match paths::template(path, false) {
        Ok(template) => [template.segments.clone(), template.segments],
        Err(fault) => {
            diagnostics.push(
                fault
                    .code
                    .at(place())
                    .also(blueprint.place("/api/base_path"))
                    .message(fault.message)
                    .help("set `api.base_path: backend`, or change the server's path"),
            );
            Default::default()
        }
    }
}

/// Reports doubts about the server's path; with `api.base_path` written, only a text that is no
/// address.
fn origin(api: &Api, blueprint: &Blueprint) -> Option<Diagnostic> {
    let (path, url) = (&api.base_path, &api.base_path_origin.url);
    let is_decided = blueprint.is_written("/api/base_path");
    let is_doubtful = !is_decided && !path.is_empty();
    let (code, message, help) = match &api.base_path_origin.kind {
        ServerKind::NoAddress => (
            &diagnostic::NO_ADDRESS,
            format!(
                "`{url}` is neither an absolute URL nor a path that begins with `/`: no base path is taken from it"
            ),
            "write the whole URL, such as `https://api.shop.example/v1`, or the path alone, such as `/v1`; where backends have no base path, `api: {base_path: ignore}` in the blueprint says so",
        ),
        ServerKind::Mock(service) if is_doubtful => (
            &diagnostic::MOCK_SERVER,
            format!(
                "the first server is a mock of {service}, and its path `{path}` is put before every path that a backend gets"
            ),
            "put the real server first; or write `api: {base_path: ignore}` in the blueprint where backends do not have this path, `base_path: backend` where they do",
        ),
        ServerKind::Stage(stage) if !is_decided => (
            &diagnostic::STAGE_IN_SERVER,
            format!(
                "`/{stage}` is the stage of the API Gateway (execute-api) that the description comes from, so it is no part of the base path"
            ),
            "nothing has to be done; `api.base_path` in the blueprint answers this note",
        ),
        ServerKind::Local if is_doubtful => (
            &diagnostic::LOCAL_SERVER,
            format!(
                "the first server is a developer's machine, and its path `{path}` is put before every path that a backend gets"
            ),
            "write `api: {base_path: backend}` in the blueprint where backends have this path, `base_path: ignore` where they do not",
        ),
        ServerKind::Ordinary | ServerKind::Mock(_) | ServerKind::Stage(_) | ServerKind::Local => {
            return None;
        }
    };
    let place = Place::pointer(&api.file, api.base_path_pointer);
    Some(code.at(place).message(message).help(help))
}

impl Builder<'_> {
    /// The path that private callers write, without the backend's prefix.
    pub(crate) fn private_path(&self, description: usize, own: &str) -> Arc<str> {
        let base = text_of(self.base_behind(description));
        let slash = if own.starts_with('/') { "" } else { "/" };
        let path = format!("{}{slash}{}", base.trim_end_matches('/'), paths::plain(own));
        path.into()
    }

    /// The base path of a description behind the gateway.
    pub(crate) fn base_behind(&self, description: usize) -> &[Segment] {
        &self.bases[description][1]
    }
}
