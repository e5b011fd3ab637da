//! Mounts: prefixes under which the whole API is served.

use std::collections::BTreeMap;

use super::paths::{self, Segment};
use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic};

/// Checks that every mount is a path of literal segments, and no two are one.
///
/// Errors: GW2002 no such path, GW2013 two mounts at one path.
pub(super) fn check(blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, mount) in blueprint.spec.mounts.iter().flatten().enumerate() {
        let place = blueprint.place(&format!("/mounts/{index}/at"));
        let segments = paths::template(&mount.at, false).map(|it| it.segments);
        if !segments.is_ok_and(|it| it.iter().all(|segment| matches!(segment, Segment::Literal(_)))) {
            findings.push(
                diagnostic::INVALID_VALUE
                    .at(place)
                    .message(format_args!("`{}` is no path that an API can be mounted at", mount.at))
                    .help("write `/` and segments of letters, digits, `-`, `_`, `.` and `:`, such as `/dev`"),
            );
        } else if let Some(first) = seen.insert(mount.at.trim_matches('/'), index) {
            findings.push(
                diagnostic::CONFLICTING_MOUNTS
                    .at(place)
                    .also(blueprint.place(&format!("/mounts/{first}/at")))
                    .message(format_args!("`{}` is mounted twice, and a request has one way", mount.at))
                    .help("remove one of the two, or mount it elsewhere"),
            );
        }
    }
    findings
}
