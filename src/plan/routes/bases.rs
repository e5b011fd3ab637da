//! What stands before the paths of the operations: prefixes of mounts, and base paths of the descriptions.
//!
//! In: mounts, descriptions. Out: segments on the gateway and behind it, and findings. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Builder;
use crate::blueprint::{BasePath, Blueprint, MountSpec};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Api;
use crate::plan::paths::{self, Segment};

/// Mounts without those whose prefix an earlier one has, which `blueprint` reports.
pub(super) fn distinct(mounts: &[MountSpec]) -> impl Iterator<Item = &MountSpec> {
    let mut seen = BTreeSet::new();
    mounts.iter().filter(move |it| seen.insert(it.at.trim_matches('/')))
}

/// The segments of a description's base path, as the side wants them that gets them.
///
/// Errors: GW1013 a base path that is none, GW4001 to GW4007 a base path that no resource can have.
pub(super) fn base(api: &Api, base_path: BasePath, blueprint: &Blueprint, diagnostics: &mut Vec<Diagnostic>) -> Vec<Segment> {
    if let Some(fault) = api.base_path_fault.as_ref().filter(|_| base_path != BasePath::Ignore) {
        diagnostics.push(
            diagnostic::BAD_BASE_PATH
                .at(Place::pointer(&api.file, api.base_path_pointer))
                .message(fault)
                .help("write a plain path there, or leave it out with `api.base_path: ignore`"),
        );
    }
    match base_path {
        BasePath::Backend => api.base_path.split('/').filter(|it| !it.is_empty()).map(|it| Segment::Literal(it.into())).collect(),
        BasePath::Both => paths::template(if api.base_path.is_empty() { "/" } else { &api.base_path }, false).map_or_else(
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
        BasePath::Ignore => Vec::new(),
    }
}

impl Builder<'_> {
    /// As private callers write it, but for the backend's prefix.
    pub(super) fn private_path(&self, description: usize, own: &str) -> Arc<str> {
        let base = if self.base_behind { &self.bases[description][..] } else { &[] };
        let mut path: String = base.iter().map(|it| format!("/{}", it.path_part())).collect();
        if !own.starts_with('/') {
            path.push('/');
        }
        path.push_str(&paths::plain(own));
        path.into()
    }
}
