//! `gwgen trace`: one request, hop by hop.
//!
//! In: a method, a path, blueprints. Out: text or JSON on standard output; exit 1 where nothing
//! serves the request.
//! Nothing is decided here; `trace` follows the request.

use std::fmt::Write as _;
use std::io;

use clap::{Args, ValueEnum};

use super::Exit;
use super::parallel::in_threads;
use super::session::{BlueprintArguments, Session, aligned, compiled, headed};
use crate::Compiled;
use crate::diagnostic::{self, Diagnostic};
use crate::io::{Job, shown_output};
use crate::openapi::HttpMethod;
use crate::printed;
use crate::trace::{Answerer, Hop, Trace, TracedRequest, trace};

/// Part of `--help` about the JSON.
const AFTER_HELP: &str = "\
JSON, one object, or a list of them where there are several blueprints:
  blueprint, method, path  what was asked
  served                   whether a backend gets the request, or the gateway
                           answers a browser as `api.cors` says
  answer                   by (backend, gateway, balancer), status, body, why;
                           status and body are null where the backend
                           decides, and where there is no API; what only
                           a request knows stands as $context in a body
  hops                     in order, each with kind, name, detail, place;
                           place is file and line, or null for what is not made here
  private                  of what is internal: served, path, answer and hops
                           where a private caller sends the request to the
                           load balancer, which checks nobody; null else
  methods                  methods that the path has
  nearest                  where nothing serves the request: up to three routes (method, path)
  notes                    what was left aside, or is not certain

Kinds of hops: stage, resource, method, authorizer, integration, link, balancer, listener, rule,
target_group, target, function, internet. What is known only at deploy time stands in ${}.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct TraceArguments {
    /// Method of the request, in any case
    #[arg(value_name = "METHOD", value_parser = TracedRequest::method)]
    method: HttpMethod,
    /// Path below the stage, such as /orders/42, or a template, such as /orders/{id}; a query
    /// string is ignored
    #[arg(value_name = "PATH", value_parser = path)]
    path: String,
    /// How the hops look
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: TraceFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum TraceFormat {
    #[default]
    Text,
    Json,
}

fn path(text: &str) -> Result<String, String> {
    TracedRequest::of(HttpMethod::Get, text).map(|_| text.to_owned())
}

/// A trace, with its blueprint.
#[derive(serde::Serialize)]
struct BlueprintTrace<'a> {
    blueprint: &'a str,
    #[serde(flatten)]
    trace: Trace,
}

/// Errors: those of compiling; GW9001 the stack cannot be followed.
pub(crate) fn run(arguments: &TraceArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let requested = TracedRequest::of(arguments.method, &arguments.path)
        .expect("the parser of the command line has read it once");
    let (jobs, mut reports) = session.jobs(&BlueprintArguments::default());
    let (mut exit, mut traces) = (Exit::Done, Vec::new());
    let results = in_threads(&jobs, |job| {
        let compiled = compiled(job);
        let traced = traced(job, &compiled, &requested);
        (traced, (compiled.sources, compiled.diagnostics))
    });
    for (job, (traced, mut report)) in jobs.iter().zip(results) {
        match traced {
            Some(Ok(trace)) => {
                let is_served =
                    trace.served || trace.private.as_ref().is_some_and(|private| private.served);
                exit = exit.max(if is_served { Exit::Done } else { Exit::Found });
                match arguments.format {
                    TraceFormat::Json => traces.push(BlueprintTrace {
                        blueprint: &job.request.display,
                        trace,
                    }),
                    TraceFormat::Text => {
                        session.print(&headed(job, jobs.len() > 1, text(&trace)))?
                    }
                }
            }
            Some(Err(diagnostic)) => report.1.push(*diagnostic),
            None => {}
        }
        reports.push(report);
    }
    match (arguments.format, traces.as_slice()) {
        (TraceFormat::Text, _) => {}
        (TraceFormat::Json, []) if jobs.len() < 2 => {}
        (TraceFormat::Json, [only]) if jobs.len() < 2 => session.print_json(only)?,
        (TraceFormat::Json, traces) => session.print_json(&traces)?,
    }
    Ok(exit.max(session.report(reports)?))
}

/// Traces the request; `None` where the blueprint has no output.
fn traced(
    job: &Job,
    compiled: &Compiled,
    requested: &TracedRequest,
) -> Option<Result<Trace, Box<Diagnostic>>> {
    let (Some(plan), Some(assembled), Some(_), Some(output)) = (
        &compiled.plan,
        &compiled.assembled,
        &compiled.tree,
        &compiled.output,
    ) else {
        return None;
    };
    let folder = shown_output(&job.request, output);
    let mut traced = match trace(plan, assembled, requested) {
        Ok(traced) => traced,
        Err(problem) => {
            let diagnostic = diagnostic::WALK_MISMATCH
                .at(plan.place.clone())
                .message(format_args!(
                    "the finished stack cannot be followed: {problem}"
                ))
                .help("this is a bug of gwgen; please report it");
            return Some(Err(Box::new(diagnostic)));
        }
    };
    if &*folder != "." {
        let private = traced
            .private
            .iter_mut()
            .flat_map(|private| &mut private.hops);
        let hops = traced.hops.iter_mut().chain(private);
        for place in hops.filter_map(|hop| hop.place.as_mut()) {
            place.file = format!("{}/{}", folder.trim_end_matches('/'), place.file);
        }
    }
    Some(Ok(traced))
}

/// A line for each hop: kind, name, place, detail.
fn hop_lines(hops: &[Hop]) -> String {
    let place = |hop: &Hop| {
        let place = hop.place.as_ref();
        place.map_or_else(
            || "-".to_owned(),
            |place| format!("{}:{}", place.file, place.line),
        )
    };
    let row = |hop: &Hop| {
        [
            hop.kind.replace('_', " "),
            hop.name.clone(),
            place(hop),
            hop.detail.clone(),
        ]
    };
    let lines = aligned(hops.iter().map(row).collect()).into_iter();
    lines.map(|line| format!("  {line}\n")).collect()
}

/// The hops and the response, then the hops of private callers, then suggestions.
fn text(trace: &Trace) -> String {
    let visible = |text: &str| printed::line(text).into_owned();
    let mut out = format!(
        "{} {}\n{}",
        trace.method,
        visible(&trace.path),
        hop_lines(&trace.hops)
    );
    let mut line = |text: std::fmt::Arguments<'_>| {
        writeln!(out, "{}", visible(&text.to_string())).expect("writing to a String cannot fail")
    };
    let answer = &trace.answer;
    match (answer.by, answer.status, &answer.body) {
        (Answerer::Gateway, Some(status), Some(_)) if trace.served => line(format_args!(
            "served: the gateway answers {status}: {}",
            answer.why
        )),
        (Answerer::Gateway, Some(status), Some(body)) => line(format_args!(
            "not served: the gateway answers {status} {body}: {}",
            answer.why
        )),
        (Answerer::Balancer, Some(status), Some(body)) => line(format_args!(
            "not served: the load balancer answers {status} {body}: {}",
            answer.why
        )),
        (Answerer::Gateway, None, _) => line(format_args!("not served: {}", answer.why)),
        (Answerer::Gateway | Answerer::Balancer | Answerer::Backend, _, _) => {
            line(format_args!("served: {}", answer.why))
        }
    }
    if let Some(private) = &trace.private {
        let hops = hop_lines(&private.hops);
        line(format_args!(
            "private callers: {} {} at the load balancer\n{}",
            trace.method,
            private.path,
            hops.trim_end()
        ));
        match (private.answer.status, &private.answer.body) {
            (Some(status), Some(body)) => line(format_args!(
                "not served: the load balancer answers {status} {body}: {}",
                private.answer.why
            )),
            _ => line(format_args!(
                "served to private callers: {}",
                private.answer.why
            )),
        }
    }
    if !trace.served && !trace.methods.is_empty() {
        line(format_args!(
            "methods of this path: {}",
            trace.methods.join(", ")
        ));
    }
    if !trace.nearest.is_empty() {
        line(format_args!("nearest routes:"));
        trace
            .nearest
            .iter()
            .for_each(|route| line(format_args!("  {} {}", route.method, route.path)));
    }
    trace
        .notes
        .iter()
        .for_each(|note| line(format_args!("note: {note}")));
    out
}
