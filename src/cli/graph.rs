//! `gwgen graph`: the picture of a stack, and of what a change does to its routes.
//!
//! In: a blueprint, and a state before for `--diff`. Out: SVG, Mermaid or DOT on standard output.

use std::io;

use clap::{Args, ValueEnum};

use super::Exit;
use super::diff::CompiledPair;
use super::session::{BlueprintArguments, Session, compiled};
use crate::diagnostic::Diagnostic;
use crate::diff::{self, DiffStates, Subject};
use crate::graph::{self, Change, Graph, GraphChanges};
use crate::io::sides;
use crate::listing::field::{self, Heading};
use crate::report::SourceReport;
use crate::source::Sources;

#[derive(Debug, Args)]
pub(crate) struct GraphArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
    /// Format of the picture
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: GraphFormat,
    /// Show what was added, removed and loosened since A: a blueprint, a folder or a revision of
    /// git, as of `gwgen diff`
    #[arg(long, value_name = "A")]
    diff: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum GraphFormat {
    #[default]
    Svg,
    Mermaid,
    Dot,
}

impl GraphFormat {
    fn written(self, graph: &Graph) -> String {
        match self {
            Self::Svg => graph::svg(graph),
            Self::Mermaid => graph::mermaid(graph),
            Self::Dot => graph::dot(graph),
        }
    }
}

/// Errors: those of compiling; GW0025 more than one blueprint.
pub(crate) fn run(arguments: &GraphArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let drawn = match &arguments.diff {
        Some(before) => compared(before, arguments, session),
        None => current(arguments, session),
    };
    match drawn {
        Ok((pictures, reports)) => {
            pictures.iter().try_for_each(|text| session.print(text))?;
            session.report(reports)
        }
        Err(count) => session.refuse_several("a picture", count),
    }
}

/// At most one picture, or how many blueprints there are.
type Drawn = Result<(Option<String>, Vec<SourceReport>), usize>;

fn current(arguments: &GraphArguments, session: &Session<'_>) -> Drawn {
    let (jobs, mut reports) = session.jobs(&arguments.blueprints);
    let [job] = &*jobs else {
        return if jobs.is_empty() {
            Ok((None, reports))
        } else {
            Err(jobs.len())
        };
    };
    let compiled = compiled(job);
    let plan = compiled.plan.as_ref();
    let is_sound = !compiled.diagnostics.iter().any(Diagnostic::is_error);
    let picture = plan.filter(|_| is_sound).map(|plan| {
        let graph = Graph::of(plan, &GraphChanges::default(), None);
        arguments.format.written(&graph)
    });
    reports.push((compiled.sources, compiled.diagnostics));
    Ok((picture, reports))
}

fn compared(before: &str, arguments: &GraphArguments, session: &Session<'_>) -> Drawn {
    let selection = session.selection(&arguments.blueprints);
    let found = sides(&session.folder, Some(before), None, &selection);
    let mut reports = vec![(Sources::default(), found.diagnostics)];
    let Some(sides) = found.value else {
        return Ok((None, reports));
    };
    let [pair] = &*sides.pairs else {
        return if sides.pairs.is_empty() {
            Ok((None, reports))
        } else {
            Err(sides.pairs.len())
        };
    };
    let compiled = CompiledPair::of(pair);
    let picture = (!compiled.has_error())
        .then(|| compiled.states())
        .and_then(|states| {
            let after = states.after.or(states.before)?;
            let before = states.before.map(|before| before.plan);
            let graph = Graph::of(after.plan, &changes(states), before);
            Some(arguments.format.written(&graph))
        });
    reports.extend(compiled.reports(&sides));
    Ok((picture, reports))
}

/// What the rows of a comparison say.
fn changes(states: DiffStates<'_>) -> GraphChanges {
    let mut changes = GraphChanges::default();
    for row in diff::compare(states, &[]).rows {
        let change = match row.heading {
            Heading::Loosened if row.field == &field::OPEN_ROUTE => Change::AddedOpen,
            Heading::Loosened => Change::Loosened,
            Heading::Removed => Change::Removed,
            Heading::Added => Change::Added,
            Heading::Waits
            | Heading::Moved
            | Heading::Relaxed
            | Heading::Changed
            | Heading::Tightened => continue,
        };
        match row.subject {
            Subject::Route { path, method } => {
                let known = changes.routes.entry((path, method)).or_insert(change);
                *known = change.max(*known);
            }
            Subject::Part(part) if change == Change::Loosened => {
                changes.loosened.insert(part);
            }
            Subject::Part(_) => {}
        }
    }
    changes
}
