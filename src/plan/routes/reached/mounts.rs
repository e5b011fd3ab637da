//! Operations that are hidden or protected under one mount, and open under another that leads to
//! the same servers.
//!
//! In: `Places`. Out: findings, one for two mounts. Pure.

use std::collections::BTreeMap;

use super::findings::{MAX_NAMED, name};
use super::is_weaker;
use super::places::{Place, Places};
use super::shape::Part;
use crate::diagnostic::{self, Diagnostic};
use crate::plan::routes::Builder;

/// Drafts that are guarded, by the mount that is open and the one that is guarded.
type ByMounts<'a> = BTreeMap<(&'a str, &'a str), Vec<usize>>;

impl Builder<'_> {
    /// Warnings: GW3084.
    pub(crate) fn open_under_another_mount(&self, places: &Places) -> Vec<Diagnostic> {
        if self.mounts.len() < 2 {
            return Vec::new();
        }
        let mut by_mounts = ByMounts::new();
        for group in places.by_source() {
            // Mounts that ask callers for the same are looked at once.
            let mut public: BTreeMap<&[Part], BTreeMap<usize, usize>> = BTreeMap::new();
            for place in group.iter().map(|index| &places.all[*index]) {
                if let Some(guard) = place.tag.guard {
                    public
                        .entry(&place.parts)
                        .or_default()
                        .entry(guard)
                        .or_insert(place.draft);
                }
            }
            for guarded in group.iter().map(|index| &places.all[*index]) {
                let asks_less = |(guard, draft): (&usize, &usize)| {
                    is_opener(places, *guard, guarded).then_some(*draft)
                };
                if let Some(open) = public
                    .get(&*guarded.parts)
                    .and_then(|guards| guards.iter().find_map(asks_less))
                {
                    let drafts = by_mounts
                        .entry((self.drafts[open].under, self.drafts[guarded.draft].under))
                        .or_default();
                    drafts.push(guarded.draft);
                }
            }
        }
        by_mounts
            .into_iter()
            .map(|(mounts, drafts)| self.open_under(mounts, &drafts))
            .collect()
    }

    fn open_under(&self, (open, guarded): (&str, &str), drafts: &[usize]) -> Diagnostic {
        let mut named = drafts
            .iter()
            .take(MAX_NAMED)
            .map(|it| format!("`{}`", name(&self.drafts[*it].plan)))
            .collect::<Vec<_>>()
            .join(", ");
        if drafts.len() > MAX_NAMED {
            named.push_str(&format!(" and {} more", drafts.len() - MAX_NAMED));
        }
        let finding = diagnostic::OPEN_UNDER_ANOTHER_MOUNT.at(self.place_of_mount(open)).also(self.place_of_mount(guarded)).message(format_args!(
            "under `/{guarded}` callers are kept from {named}, or asked for more; under `/{open}` they reach the same at the same servers"
        ));
        let finding = finding.help(format_args!(
            "let the route hold under both mounts (leave `mounts` out of its `match`), give one mount a backend with servers of its own, or say why it is meant: `lint: {{allow: [{{code: {}, reason: \"...\"}}]}}`",
            diagnostic::OPEN_UNDER_ANOTHER_MOUNT.code
        ));
        drafts.iter().take(MAX_NAMED).fold(finding, |finding, it| {
            finding.also(self.drafts[*it].plan.place.clone())
        })
    }

    fn place_of_mount(&self, at: &str) -> crate::diagnostic::Place {
        let mounts = self.blueprint.spec.mounts.as_deref().unwrap_or_default();
        let index = mounts
            .iter()
            .position(|it| it.at.trim_matches('/') == at)
            .unwrap_or_default();
        self.blueprint.place(&format!("/mounts/{index}/at"))
    }
}

/// Whether a guard asks for less than a place does, and for nothing else: two kinds of callers are
/// no hole.
fn is_opener(places: &Places, guard: usize, guarded: &Place) -> bool {
    let open = &places.guards[guard];
    guarded.tag.guard.is_none_or(|it| {
        is_weaker(open, &places.guards[it]) && !is_weaker(&places.guards[it], open)
    })
}
