//! From the stack to files: spelling only.
//!
//! In: `Stack`, a format. Out: `FileTree`. Pure.
//! Nothing is looked up, matched, defaulted or dropped here.

mod callers;
pub mod cloudformation;
mod names;
mod notes;
pub mod places;
pub mod readme;
mod routes;
mod servers;
mod stage_notes;
pub mod terraform;
mod usage;
mod way;

use std::collections::BTreeMap;

use crate::aws::{Deployment, Stack};
use crate::blueprint::OutputFormat;
use crate::graph::{self, Graph};
use crate::listing::facts;
use crate::memory::Memory;
use crate::plan::Plan;
use crate::printed::code;
pub use crate::sink::BANNER;
use crate::sink::Syntax;
pub use crate::stack::{logical_id, pascal};

/// Bytes by path below the output folder, `/` between names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileTree {
    pub files: BTreeMap<String, Vec<u8>>,
    /// Facts that later renders know; without the files.
    pub memory: Memory,
    /// Hash of the manifest that was read for it, of nothing where there was none; `None` where it
    /// fits any.
    pub after: Option<String>,
}

/// Writes a stack in the format of the plan, with its README.
pub fn files(plan: &Plan, stack: &Stack, blueprint: &str) -> FileTree {
    let mut tree = match plan.output.format {
        OutputFormat::Terraform => terraform::files(Syntax::Native, stack),
        OutputFormat::TerraformJson => terraform::files(Syntax::Json, stack),
        OutputFormat::Cloudformation => cloudformation::files(plan.output.template, stack),
    };
    let names = names::OutputNames::of(plan);
    let readme_facts = readme::ReadmeFacts {
        names: &names,
        name: &plan.prefix.name,
        sources: &sources(plan, blueprint),
        way: &way::way(plan, &names),
        picture: graph::mermaid(&Graph::of(plan, &graph::GraphChanges::default(), None)),
        usage: usage::usage(plan, stack, &names, &tree),
        notes: notes::notes(plan, &names),
        routes: &routes::table(plan),
    };
    tree.memory = memory(plan, stack);
    let text = readme::readme(stack, readme_facts);
    tree.files.insert("README.md".into(), text.into_bytes());
    tree
}

/// Facts that the next render has to know.
fn memory(plan: &Plan, stack: &Stack) -> Memory {
    let deployment = stack.all::<Deployment>().next();
    let deployment = deployment.filter(|_| plan.output.format != OutputFormat::Cloudformation);
    Memory {
        deployments: match deployment {
            Some(deployment) => plan.deployments.next(&deployment.digest),
            None => plan.deployments.unchanged(),
        },
        routes: plan.closed.known.clone(),
        access: facts::remembered(plan),
        ..plan.history.remembered.clone()
    }
}

/// Returns the size of the template; none in Terraform. Unit: bytes.
pub fn template_bytes(plan: &Plan, tree: &FileTree) -> Option<usize> {
    let template = tree.files.get(cloudformation::name(plan.output.template))?;
    Some(template.len())
}

/// Lines of what Terraform or CloudFormation reads.
pub fn lines(tree: &FileTree) -> usize {
    let is_read = |name: &str| {
        name.ends_with(".tf") || name.ends_with(".tf.json") || name.starts_with("template.")
    };
    let read = tree.files.iter().filter(|(name, _)| is_read(name));
    read.map(|(_, bytes)| memchr::memchr_iter(b'\n', bytes).count())
        .sum()
}

/// Sources of the files: the blueprint, and the descriptions where there are several.
fn sources(plan: &Plan, blueprint: &str) -> String {
    let name = blueprint.rsplit('/').next().unwrap_or(blueprint);
    match plan.descriptions.as_slice() {
        [] | [_] => code(name),
        several => format!(
            "{} and the descriptions {}",
            code(name),
            several
                .iter()
                .map(|path| code(path))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}
