//! The revision that a branch began from: side A where none is named.

use std::env;
use std::path::Path;
use std::process::Output;

use super::git::{run, words};
use super::revision::{Revision, no_git, refused, short};
use crate::diagnostic::{self, COMMAND_LINE, Diagnostic, Place};

/// Variables by which a CI names the branch that a pull request is for.
///
/// Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/variables> and
/// <https://docs.gitlab.com/ci/variables/predefined_variables/>, read 2026-11-30.
const TARGETS: [&str; 2] = ["GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"];

/// The commit from which a merge request of GitLab began, whose jobs may lack the branch.
const COMMIT: &str = "CI_MERGE_REQUEST_DIFF_BASE_SHA";

/// Branches from which others usually begin, of a remote.
const USUAL: [&str; 3] = ["HEAD", "main", "master"];

/// Returns what a CI names as that which a pull request is for; nothing elsewhere.
pub(super) fn of_ci() -> Vec<String> {
    let value = |name: &&str| env::var(name).ok().filter(|value| !value.is_empty());
    let branches = TARGETS.iter().filter_map(value);
    let branches = branches.map(|branch| format!("refs/remotes/origin/{branch}"));
    branches.chain(value(&COMMIT)).collect()
}

impl Revision {
    /// The merge base of `HEAD` with what a CI names, else with the upstream branch, else with the
    /// default branch of the remote; and its label. Errors: GW0022 there is none, GW0023 git fails.
    ///
    /// An upstream branch of the same name is where the branch itself was pushed to: what it changes
    /// is on both.
    pub(super) fn base(
        folder: &Path,
        of_ci: Vec<String>,
    ) -> Result<(Self, String), Box<Diagnostic>> {
        let git =
            |arguments: &[&str]| run(folder, arguments).map_err(|error| Box::new(no_git(&error)));
        let output = git(&["rev-parse", "--symbolic-full-name", "HEAD", "@{upstream}"])?;
        let refs = printed(&output);
        let mut names = refs.lines();
        let Some(head) = names.next() else {
            return Err(Box::new(refused(&words(&output))));
        };
        let candidates = if of_ci.is_empty() {
            candidates(head, names.next())
        } else {
            of_ci
        };
        for candidate in &candidates {
            let output = git(&["merge-base", "--end-of-options", "HEAD", candidate])?;
            let commit = printed(&output);
            match output.status.code() {
                Some(0) => {
                    // The default branch of a remote has a name of its own.
                    let called = match candidate.ends_with("/HEAD") {
                        true => printed(&git(&["rev-parse", "--symbolic-full-name", candidate])?),
                        false => candidate.clone(),
                    };
                    let name = short(&commit);
                    let label = format!("{name} (merge base with {})", shown(&called));
                    return Ok((Self::of(folder, name, &commit)?, label));
                }
                Some(1) => return Err(Box::new(unrelated(shown(candidate)))),
                // There is no such branch.
                _ => {}
            }
        }
        Err(Box::new(none(&candidates)))
    }
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

/// Branches to try, by their full names.
fn candidates(head: &str, upstream: Option<&str>) -> Vec<String> {
    let branch = head.strip_prefix("refs/heads/");
    let (remote, of_remote) = upstream
        .and_then(|upstream| upstream.strip_prefix("refs/remotes/"))
        .and_then(|upstream| upstream.split_once('/'))
        .unzip();
    let is_own = of_remote.is_some() && of_remote == branch;
    let remote = remote.unwrap_or("origin");
    let usual = USUAL
        .iter()
        .map(|name| format!("refs/remotes/{remote}/{name}"));
    let upstream = upstream.map(str::to_owned);
    let (first, last) = if is_own {
        (None, upstream)
    } else {
        (upstream, None)
    };
    first.into_iter().chain(usual).chain(last).collect()
}

/// A branch as people name it.
fn shown(name: &str) -> &str {
    let prefixes = ["refs/remotes/", "refs/heads/"];
    let mut shown = prefixes
        .iter()
        .filter_map(|prefix| name.strip_prefix(prefix));
    shown.next().unwrap_or(name)
}

const HELP: &str = "fetch the branch with its history (`git fetch --unshallow`; in GitHub Actions `fetch-depth: 0` of actions/checkout, in GitLab `GIT_DEPTH: 0`), or name what to compare with: `gwgen diff origin/main`";

/// Errors: GW0022.
fn none(candidates: &[String]) -> Diagnostic {
    let names: Vec<String> = candidates
        .iter()
        .map(|name| format!("`{}`", shown(name)))
        .collect();
    diagnostic::NO_BASE
        .at(Place::file(&COMMAND_LINE.into()))
        .message(format_args!(
            "there is nothing to compare with: this repository has none of {}",
            names.join(", ")
        ))
        .help(HELP)
}

/// Errors: GW0022.
fn unrelated(branch: &str) -> Diagnostic {
    diagnostic::NO_BASE
        .at(Place::file(&COMMAND_LINE.into()))
        .message(format_args!(
            "there is nothing to compare with: `HEAD` and `{branch}` have no common commit in this repository"
        ))
        .help(HELP)
}
