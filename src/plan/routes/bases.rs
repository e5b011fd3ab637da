//! Prefixes of the operations' paths: those of mounts, and base paths of the descriptions.
//!
//! In: mounts, descriptions. Out: segments on the gateway and behind it, and findings. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Builder;
use crate::blueprint::{BasePathUse, Blueprint, MountSpec};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Api, ServerKind};
use crate::plan::paths::{self, Segment};

/// Mounts without those whose prefix an earlier one has, which `blueprint` reports.
pub(crate) fn distinct(mounts: &[MountSpec]) -> impl Iterator<Item = &MountSpec> {
    let mut seen = BTreeSet::new();
    mounts
        .iter()
        .filter(move |mount| seen.insert(mount.at.trim_matches('/')))
}

/// The segments of a description's base path: as resources where the gateway serves it, else as
/// written.
///
/// Errors: GW1013 a base path that is none, GW4001 to GW4007 a base path that no resource can have;
/// GW4130 no address (a warning), GW4131 a mock's (a warning), GW5021 a stage and GW5022 a
/// developer's machine (notes).
pub(crate) fn base(
    api: &Api,
    base_path: BasePathUse,
    blueprint: &Blueprint,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Segment> {
    if base_path != BasePathUse::Ignore {
        diagnostics.extend(origin(api, blueprint));
    }
    if let Some(fault) = api
        .base_path_fault
        .as_ref()
        .filter(|_| base_path != BasePathUse::Ignore)
    {
        diagnostics.push(
            diagnostic::BAD_BASE_PATH
                .at(Place::pointer(&api.file, api.base_path_pointer))
                .message(fault)
                .help("write a plain path there, or leave it out with `api.base_path: ignore`"),
        );
    }
    match base_path {
        BasePathUse::Backend => api
            .base_path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| Segment::Literal(segment.into()))
            .collect(),
        BasePathUse::Both => paths::template(
            if api.base_path.is_empty() {
                "/"
            } else {
                &api.base_path
            },
            false,
        )
        .map_or_else(
            |fault| {
                diagnostics.push(
                    fault
                        .code
                        .at(Place::pointer(&api.file, api.base_path_pointer))
                        .also(blueprint.place("/api/base_path"))
                        .message(fault.message)
                        .help("set `api.base_path: backend`, or change the server's path"),
                );
                Vec::new()
            },
            |template| template.segments,
        ),
        BasePathUse::Ignore => Vec::new(),
    }
}

/// Reports doubts about the server's path; `api.base_path` answers all but a text that is no
/// address.
fn origin(api: &Api, blueprint: &Blueprint) -> Option<Diagnostic> {
    let (path, url) = (&api.base_path, &api.base_path_origin.url);
    let place = || Place::pointer(&api.file, api.base_path_pointer);
    let gateway = blueprint.spec.api.as_ref();
    let is_decided = gateway.is_some_and(|gateway| gateway.base_path.is_some());
    let is_doubtful = !is_decided && !path.is_empty();
    match &api.base_path_origin.kind {
        ServerKind::NoAddress => Some(
            diagnostic::NO_ADDRESS
                .at(place())
                .message(format_args!("`{url}` is neither an absolute URL nor a path that begins with `/`: no base path is taken from it"))
                .help("write the whole URL, such as `https://api.shop.example/v1`, or the path alone, such as `/v1`; where backends have no base path, `api: {base_path: ignore}` in the blueprint says so"),
        ),
        ServerKind::Mock(service) if is_doubtful => Some(
            diagnostic::MOCK_SERVER
                .at(place())
                .message(format_args!("the first server is a mock of {service}, and its path `{path}` is put before every path that a backend gets"))
                .help("put the real server first; or write `api: {base_path: ignore}` in the blueprint where backends do not have this path, `base_path: backend` where they do"),
        ),
        ServerKind::Stage(stage) if !is_decided => Some(
            diagnostic::STAGE_IN_SERVER
                .at(place())
                .message(format_args!("`/{stage}` is the stage of the API Gateway (execute-api) that the description comes from, so it is no part of the base path"))
                .help("nothing has to be done; `api.base_path` in the blueprint answers this note"),
        ),
        ServerKind::Local if is_doubtful => Some(
            diagnostic::LOCAL_SERVER
                .at(place())
                .message(format_args!("the first server is a developer's machine, and its path `{path}` is put before every path that a backend gets"))
                .help("write `api: {base_path: backend}` in the blueprint where backends have this path, `base_path: ignore` where they do not"),
        ),
        ServerKind::Ordinary | ServerKind::Mock(_) | ServerKind::Stage(_) | ServerKind::Local => None,
    }
}

impl Builder<'_> {
    /// The path that private callers write, without the backend's prefix.
    pub(crate) fn private_path(&self, description: usize, own: &str) -> Arc<str> {
        let base = self.base_behind(description).iter();
        let mut path: String = base
            .map(|segment| format!("/{}", segment.path_part()))
            .collect();
        if !own.starts_with('/') {
            path.push('/');
        }
        path.push_str(&paths::plain(own));
        path.into()
    }
}
