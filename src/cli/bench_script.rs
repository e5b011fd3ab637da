//! `gwgen bench-script`: a script that compares the gateway with the servers behind it.
//!
//! In: one blueprint. Out: a POSIX script on standard output. Nothing is sent.

use std::io;

use clap::Args;

use super::Exit;
use super::session::{BlueprintArguments, Session, compiled};
use crate::bench::{BenchRequest, MAX_CONCURRENCY, MAX_REQUESTS, script};
use crate::diagnostic;

/// Part of `--help` about the script.
const AFTER_HELP: &str = "\
The script takes both URLs as arguments and has no default for them:
  gwgen bench-script >bench.sh
  sh bench.sh https://ID.execute-api.REGION.amazonaws.com/STAGE http://BALANCER:PORT

It runs where the load balancer can be reached, needs `oha` or `ab`, and ends by itself.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct BenchScriptArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
    /// Path below the stage, such as /orders/42?view=short; without, a public GET that needs
    /// nothing is chosen
    #[arg(long, value_name = "PATH", value_parser = path)]
    path: Option<String>,
    /// Requests to each of the two, at most 100000
    #[arg(long, value_name = "NUMBER", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_REQUESTS)))]
    requests: u32,
    /// Requests at one time, at most 1000, and never more than there are in all
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_CONCURRENCY)))]
    concurrency: u32,
}

fn path(text: &str) -> Result<String, String> {
    if text.starts_with('/') {
        return Ok(text.to_owned());
    }
    Err("a path starts with `/`; give it without scheme, host and stage".to_owned())
}

/// Errors: those of compiling; GW0024 nothing can be measured; GW0025 more than one blueprint.
pub(crate) fn run(arguments: &BenchScriptArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, mut reports) = session.jobs(&arguments.blueprints);
    if jobs.len() > 1 {
        return session.refuse_several("a script", jobs.len());
    }
    let request = BenchRequest {
        path: arguments.path.clone(),
        requests: arguments.requests,
        concurrency: arguments.concurrency,
    };
    for job in &jobs {
        let mut compiled = compiled(job);
        // Without files there is no stack that was followed.
        if let (Some(plan), Some(assembled), Some(_)) =
            (&compiled.plan, &compiled.assembled, &compiled.tree)
        {
            match script(plan, assembled, &request) {
                Ok(text) => session.print(&text)?,
                Err(problem) => compiled.diagnostics.push(
                    diagnostic::NOTHING_TO_MEASURE
                        .at(plan.place.clone())
                        .message(problem.message)
                        .help(problem.help),
                ),
            }
        }
        reports.push((compiled.sources, compiled.diagnostics));
    }
    session.report(reports)
}
