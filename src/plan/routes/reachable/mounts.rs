//! Operations that are protected under one mount, and open under another with the same servers.
//! In: `BackendPaths`. Out: findings, one for two mounts.

use std::collections::BTreeMap;

use super::is_weaker;
use super::paths::{BackendPath, BackendPaths};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::plan::routes::Builder;
use crate::plan::routes::finish::listed;
use crate::plan::routes::tree::PathSegment;

/// Two mounts that lead to the same servers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct MountPair<'a> {
    open: &'a str,
    guarded: &'a str,
}

impl Builder<'_> {
    /// Warnings: GW3084.
    pub(crate) fn open_under_another_mount(&self, paths: &BackendPaths) -> Vec<Diagnostic> {
        if self.mounts.len() < 2 {
            return Vec::new();
        }
        let mut by_mounts: BTreeMap<MountPair<'_>, Vec<usize>> = BTreeMap::new();
        for group in paths.by_source() {
            // Mounts that require the same of callers are compared once.
            let mut public: BTreeMap<&[PathSegment], BTreeMap<usize, usize>> = BTreeMap::new();
            for path in group.iter().map(|index| &paths.all[*index]) {
                if let Some(guard) = path.context.guard {
                    public
                        .entry(&path.parts)
                        .or_default()
                        .entry(guard)
                        .or_insert(path.draft);
                }
            }
            for guarded in group.iter().map(|index| &paths.all[*index]) {
                let requires_less = |(guard, draft): (&usize, &usize)| {
                    is_opener(paths, *guard, guarded).then_some(*draft)
                };
                if let Some(open) = public
                    .get(&*guarded.parts)
                    .and_then(|guards| guards.iter().find_map(requires_less))
                {
                    let mounts = MountPair {
                        open: self.drafts[open].mount,
                        guarded: self.drafts[guarded.draft].mount,
                    };
                    by_mounts.entry(mounts).or_default().push(guarded.draft);
                }
            }
        }
        by_mounts
            .into_iter()
            .map(|(mounts, drafts)| self.open_under(mounts, &drafts))
            .collect()
    }

    fn open_under(&self, mounts: MountPair<'_>, drafts: &[usize]) -> Diagnostic {
        let MountPair { open, guarded } = mounts;
        let named = listed(drafts.iter().map(|draft| self.drafts[*draft].plan.name()));
        let finding = diagnostic::OPEN_UNDER_ANOTHER_MOUNT.at(self.place_of_mount(open)).also(self.place_of_mount(guarded)).message(format_args!(
            "under `/{guarded}` callers are kept from {named}, or asked for more; under `/{open}` they reach the same at the same servers"
        ));
        let finding = finding.help(format_args!(
            "let the route hold under both mounts (leave `mounts` out of its `match`), give one mount a backend with servers of its own, or say why it is meant: `lint: {{allow: [{{code: {}, reason: \"...\"}}]}}`",
            diagnostic::OPEN_UNDER_ANOTHER_MOUNT.code
        ));
        self.with_places(finding, drafts)
    }

    fn place_of_mount(&self, at: &str) -> Place {
        let mounts = self.blueprint.spec.mounts.as_deref().unwrap_or_default();
        let index = mounts
            .iter()
            .position(|mount| mount.at.trim_matches('/') == at)
            .unwrap_or_default();
        self.blueprint.place(&format!("/mounts/{index}/at"))
    }
}

/// Returns whether a guard requires less than a path does, and nothing else: two kinds of callers
/// are no hole.
fn is_opener(paths: &BackendPaths, guard: usize, guarded: &BackendPath) -> bool {
    let open = &paths.guards[guard];
    guarded.context.guard.is_none_or(|own| {
        let own = &paths.guards[own];
        is_weaker(open, own) && !is_weaker(own, open)
    })
}
