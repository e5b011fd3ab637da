//! Two states of one stack, compiled and compared.
//! In: a pair of blueprints. Out: `StackDiff`, with the lines of all places.

use crate::aws::Stack;
use crate::diagnostic::{Diagnostic, Place};
use crate::diff::{self, DiffRow, DiffState, DiffStates, Differences};
use crate::io::{Pair, SideJob, Sides, today};
use crate::memory::Memory;
use crate::predict::{self, Action};
use crate::report::SourceReport;
use crate::source::{Located, Sources};
use crate::{Circumstances, Compiled, compile_in};

/// What differs of one stack.
pub(super) struct StackDiff {
    /// The blueprint, as it was named.
    pub(super) blueprint: String,
    /// The stack's own name.
    pub(super) name: String,
    pub(super) before: String,
    pub(super) after: String,
    /// Routes that have a row, of all that either state serves.
    pub(super) differ: usize,
    pub(super) routes: usize,
    pub(super) rows: Vec<ReportRow>,
    pub(super) actions: Vec<Action>,
    pub(super) is_terraform: bool,
}

/// A row with its lines.
pub(super) struct ReportRow {
    pub(super) row: DiffRow,
    pub(super) place: Option<Located>,
    pub(super) was: Option<Located>,
    /// Of the reason.
    pub(super) because: Option<Located>,
}

/// Compiles the second state after the memory of the first one, and compares; `None` where one of
/// them has an error.
pub(super) fn compare(sides: &Sides, pair: &Pair) -> (Option<StackDiff>, Vec<SourceReport>) {
    let compiled = CompiledPair::of(pair);
    let comparison = (!compiled.has_error()).then(|| {
        let jobs = [pair.before.as_ref(), pair.after.as_ref()];
        let job = jobs.into_iter().flatten().next_back();
        let display = job.map_or("", |job| &*job.request.display);
        comparison(sides, display, &compiled)
    });
    (comparison, compiled.reports(sides))
}

/// Both states of a stack.
pub(in crate::cli) struct CompiledPair {
    before: Option<Compiled>,
    after: Option<Compiled>,
}

impl CompiledPair {
    pub(in crate::cli) fn of(pair: &Pair) -> Self {
        let day = today();
        // What was allowed once is no fault of this change.
        let before = pair.before.as_ref().map(|job| compiled(job, None, None));
        let memory = before.as_ref().map(|compiled| &compiled.memory);
        let after = pair.after.as_ref();
        let after = after.map(|job| compiled(job, Some(&day), memory));
        Self { before, after }
    }

    pub(in crate::cli) fn has_error(&self) -> bool {
        let states = [&self.before, &self.after].into_iter().flatten();
        let mut diagnostics = states.flat_map(|state| &state.diagnostics);
        diagnostics.any(Diagnostic::is_error)
    }

    pub(in crate::cli) fn states(&self) -> DiffStates<'_> {
        DiffStates {
            before: self.before.as_ref().and_then(DiffState::of),
            after: self.after.as_ref().and_then(DiffState::of),
        }
    }

    pub(in crate::cli) fn reports(self, sides: &Sides) -> Vec<SourceReport> {
        let report = |(side, compiled): (&crate::io::Side, Option<Compiled>)| {
            compiled.map(|compiled| (side.named(compiled.sources), compiled.diagnostics))
        };
        let reports = [(&sides.before, self.before), (&sides.after, self.after)];
        reports.into_iter().filter_map(report).collect()
    }
}

fn compiled(job: &SideJob, day: Option<&str>, after: Option<&Memory>) -> Compiled {
    let run = Circumstances {
        day,
        after,
        keeps_sources: true,
        is_compared: true,
        ..Circumstances::default()
    };
    compile_in(&job.files, &job.request, run)
}

fn comparison(sides: &Sides, display: &str, compiled: &CompiledPair) -> StackDiff {
    let states = compiled.states();
    let actions = actions(states);
    let Differences {
        rows,
        differ,
        routes,
    } = diff::compare(states, &actions);
    let plan = states.after.or(states.before).map(|state| state.plan);
    let format = plan.map(|plan| plan.output.format);
    StackDiff {
        blueprint: display.to_owned(),
        name: plan
            .map(|plan| plan.prefix.name.to_string())
            .unwrap_or_default(),
        before: sides.before.label.clone(),
        after: sides.after.label.clone(),
        differ,
        routes,
        rows: with_lines(rows, compiled.before.as_ref(), compiled.after.as_ref()),
        actions,
        is_terraform: format != Some(crate::blueprint::OutputFormat::Cloudformation),
    }
}

/// What happens where the first state is applied and the second one is applied over it.
fn actions(states: DiffStates<'_>) -> Vec<Action> {
    let nothing = Stack::default();
    let (Some(one), Some(other)) = (
        states.before.or(states.after),
        states.after.or(states.before),
    ) else {
        return Vec::new();
    };
    predict::predict(
        predict::StackState {
            plan: one.plan,
            stack: stack_of(states.before, &nothing),
        },
        predict::StackState {
            plan: other.plan,
            stack: stack_of(states.after, &nothing),
        },
    )
}

fn stack_of<'a>(state: Option<DiffState<'a>>, nothing: &'a Stack) -> &'a Stack {
    state.map_or(nothing, |state| state.stack)
}

/// Finds the lines of all rows, in one pass over each file.
fn with_lines(
    rows: Vec<DiffRow>,
    before: Option<&Compiled>,
    after: Option<&Compiled>,
) -> Vec<ReportRow> {
    let nothing = Sources::default();
    let located = |compiled: Option<&Compiled>, places: Vec<Place>| {
        let sources = compiled.map_or(&nothing, |compiled| &compiled.sources);
        sources.lines(places)
    };
    let all = |of: fn(&DiffRow) -> Option<&Place>| {
        rows.iter().filter_map(of).cloned().collect::<Vec<_>>()
    };
    let mut places = located(after, all(|row| row.place.as_ref())).into_iter();
    let mut reasons = located(
        after,
        all(|row| row.reason.as_ref().map(|reason| &reason.place)),
    )
    .into_iter();
    let mut earlier = located(before, all(|row| row.was.as_ref())).into_iter();
    let with = |row: DiffRow| ReportRow {
        place: row.place.as_ref().and_then(|_| places.next()),
        was: row.was.as_ref().and_then(|_| earlier.next()),
        because: row.reason.as_ref().and_then(|_| reasons.next()),
        row,
    };
    rows.into_iter().map(with).collect()
}

impl ReportRow {
    /// The row as a finding at its line.
    pub(super) fn finding(&self) -> Diagnostic {
        let located = self.place.as_ref().or(self.was.as_ref());
        let place = located.map_or_else(
            || Place::file(&crate::diagnostic::COMMAND_LINE.into()),
            |place| Place::position(&place.file, place.line, place.column),
        );
        let help = match &self.row.reason {
            Some(reason) => format!("{}: {}", reason.by, reason.text),
            None => "look whether this is meant".to_owned(),
        };
        let what = self.row.change();
        let finding = self.row.heading.code().at(place);
        finding
            .message(format_args!(
                "{}: {} {what}",
                self.row.subject, self.row.field.name
            ))
            .help(help)
    }
}
