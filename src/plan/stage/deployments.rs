//! Names of deployments in Terraform.
//!
//! In: `Memory`. Out: `DeploymentsPlan`. Pure.
//! A new deployment has a new name, so that the one before is forgotten and not destroyed: AWS
//! refuses to delete it while the stage shows it (docs/aws-rules.md#w16), and a deployment that is created before the
//! old one is destroyed would hand that on to every method (docs/aws-rules.md#w1).

use std::collections::BTreeSet;

use crate::memory::{FactMap, Memory};

/// The names, used one after another; behind the last one comes the first.
pub(crate) const RING: [&str; 16] = [
    "g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g9", "g10", "g11", "g12", "g13", "g14",
    "g15",
];

/// Count of names that are remembered, and are not used again.
const REMEMBERED: usize = 8;

/// Names of the last deployments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeploymentsPlan {
    /// Indices in the ring with the digests of the API, the newest one first.
    recent: Vec<(usize, BTreeSet<String>)>,
}

impl DeploymentsPlan {
    pub(crate) fn of(memory: &Memory) -> Self {
        let digests = |index: usize| memory.deployments.get(RING[index % RING.len()]);
        let is_newest = |index: &usize| digests(*index).is_some() && digests(*index + 1).is_none();
        let Some(newest) = (0..RING.len()).find(is_newest) else {
            return Self::default();
        };
        let backwards = (0..REMEMBERED).map(|step| (newest + RING.len() - step) % RING.len());
        let recent = backwards.map_while(|index| Some((index, digests(index)?.clone())));
        Self {
            recent: recent.collect(),
        }
    }

    /// Index of the deployment of an API with this digest: the newest one, if it is of this digest
    /// alone, else the next.
    fn index(&self, digest: &str) -> usize {
        match self.recent.first() {
            None => 0,
            Some((newest, digests)) if digests.iter().eq([digest]) => *newest,
            Some((newest, _)) => (newest + 1) % RING.len(),
        }
    }

    /// Name of the deployment of an API with this digest.
    pub(crate) fn name(&self, digest: &str) -> &'static str {
        RING[self.index(digest)]
    }

    /// The names and digests that the next render has to know.
    pub(crate) fn next(&self, digest: &str) -> FactMap {
        let index = self.index(digest);
        let before = self.recent.iter().filter(|(recent, _)| *recent != index);
        let before = before.take(REMEMBERED - 1);
        let before = before.map(|(index, digests)| (RING[*index].to_owned(), digests.clone()));
        let now = (RING[index].to_owned(), BTreeSet::from([digest.to_owned()]));
        before.chain([now]).collect()
    }

    /// What was remembered, for an output without a deployment of Terraform.
    pub(crate) fn unchanged(&self) -> FactMap {
        let recent = self.recent.iter();
        recent
            .map(|(index, digests)| (RING[*index].to_owned(), digests.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{DeploymentsPlan, Memory, RING};

    #[test]
    fn a_new_digest_takes_the_next_name_and_eight_are_remembered() {
        let mut memory = Memory::default();
        for (number, name) in RING.iter().chain(&RING).enumerate() {
            let digest = number.to_string();
            let plan = DeploymentsPlan::of(&memory);
            assert_eq!(plan.name(&digest), *name);
            memory.deployments = plan.next(&digest);
            assert_eq!(memory.deployments.len(), (number + 1).min(8));
            let again = DeploymentsPlan::of(&memory);
            assert_eq!(again.name(&digest), *name);
            assert_eq!(again.next(&digest), memory.deployments);
            assert_eq!(again.unchanged(), memory.deployments);
        }
    }

    #[test]
    fn a_merge_of_two_renders_takes_a_name_of_its_own() {
        let mut memory = Memory::default();
        for (name, digest) in [("g15", "1"), ("g0", "2"), ("g0", "3")] {
            let digests = memory.deployments.entry(name.to_owned()).or_default();
            digests.insert(digest.to_owned());
        }
        for digest in ["2", "3", "4"] {
            assert_eq!(DeploymentsPlan::of(&memory).name(digest), "g1");
        }
    }
}
