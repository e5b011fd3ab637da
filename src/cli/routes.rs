//! `gwgen routes`: every operation with its way to a backend, and what is in force of it.
//!
//! In: blueprints. Out: a table or Markdown for each, or one JSON document for all, on standard
//! output.
//! Read from the plan; nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use unicode_width::UnicodeWidthStr as _;

use super::Exit;
use super::session::{Named, Session, compiled, headed};
use crate::blueprint::{Exposure, Validation};
use crate::diagnostic::Diagnostic;
use crate::io::Job;
use crate::listing::{self, Cache, Difference, NOTHING, Throttle};
use crate::plan::{
    AlbBalancerPlan, AlbPlan, BackendPlan, BalancerPlan, Check, FunctionPlan, NlbPlan,
    OperationPlan, Plan, Value, Values, Way, text_of,
};
use crate::printed;
use crate::source::Sources;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// How the list looks
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: RouteFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum RouteFormat {
    #[default]
    Table,
    Json,
    Markdown,
}

pub(crate) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, diagnostics) = session.jobs(&arguments.named);
    let mut groups = vec![(Sources::default(), diagnostics)];
    let (mut all, is_one_of_several) = (Vec::new(), jobs.len() > 1);
    for job in &jobs {
        let compiled = compiled(job);
        if let Some(plan) = &compiled.plan {
            let unserved = unserved(&compiled.diagnostics);
            let row = |operation| Row::of(&job.request.display, plan, operation, &unserved);
            let cells = || {
                plan.operations
                    .iter()
                    .map(|operation| row(operation).cells(operation))
                    .collect()
            };
            match arguments.format {
                RouteFormat::Json => all.extend(plan.operations.iter().map(row)),
                RouteFormat::Table => {
                    session.print(&headed(job, is_one_of_several, table(cells())))?
                }
                RouteFormat::Markdown => {
                    session.print(&titled(job, is_one_of_several, &markdown(cells())))?
                }
            }
        }
        groups.push((compiled.sources, compiled.diagnostics));
    }
    match arguments.format {
        RouteFormat::Json => session.print_json(&all)?,
        RouteFormat::Table | RouteFormat::Markdown => {}
    }
    session.report(groups)
}

/// A table on a page, below the blueprint's name where there are several.
fn titled(job: &Job, is_one_of_several: bool, table: &str) -> String {
    if is_one_of_several {
        format!("## {}\n\n{table}\n", printed::code(&job.request.display))
    } else {
        table.to_owned()
    }
}

/// Method and path of the operations that an error keeps from being served.
fn unserved(diagnostics: &[Diagnostic]) -> BTreeSet<(&str, &str)> {
    diagnostics
        .iter()
        .filter(|it| it.is_error())
        .flat_map(|it| &it.operations)
        .map(|it| (it.method, &*it.path))
        .collect()
}

/// What is in force of an operation of a blueprint; `null` where there is nothing to say.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct Row {
    /// The blueprint, as it was named.
    blueprint: String,
    /// Upper-case HTTP method, or `ANY`.
    method: &'static str,
    /// As the description writes it.
    path: String,
    exposure: Exposure,
    /// Below the stage's URL.
    url: Option<String>,
    backend: Option<String>,
    /// Where the backend gets the request; `(...)` is known only at deploy time.
    backend_url: Option<String>,
    /// What the description asks of callers: its `security`, alternatives of schemes with their
    /// scopes.
    declared: Vec<BTreeMap<Arc<str>, Vec<Arc<str>>>>,
    /// Who checks callers: an entry of `auth`, `iam`, or `none`; `null` where nobody is answered,
    /// or an error leaves it undecided.
    auth: Option<String>,
    /// Why callers are asked for something else than `declared`.
    differs: Option<Difference>,
    /// A token needs one of them.
    scopes: Vec<String>,
    api_key: bool,
    throttle: Option<Throttle>,
    cache: Option<Cache>,
    validation: Option<Validation>,
    timeout_ms: Option<u32>,
}

/// The JSON Schema of the list.
pub(crate) fn schema() -> serde_json::Value {
    let mut schema = crate::blueprint::schema_of_type::<Vec<Row>>();
    schema["title"] = "gwgen routes".into();
    schema["description"] =
        "What `gwgen routes --format json` prints: every operation of every blueprint.".into();
    schema
}

impl Row {
    fn of(
        blueprint: &str,
        plan: &Plan,
        operation: &OperationPlan,
        unserved: &BTreeSet<(&str, &str)>,
    ) -> Self {
        let backend = operation.backend.map(|index| &plan.backends[index]);
        let public = operation.gateway_path.as_ref();
        // Nothing is said to be open that an error leaves undecided.
        let is_undecided = operation.auth.check == Check::Nobody
            && unserved.contains(&(operation.method.as_str(), &*operation.path));
        Self {
            blueprint: blueprint.to_owned(),
            method: operation.method.as_str(),
            path: operation.path.to_string(),
            exposure: operation.exposure,
            url: public.map(|path| text_of(path)),
            backend: backend.map(|it| it.name.to_string()),
            backend_url: backend.and_then(|backend| match public {
                Some(_) => Some(backend_url(plan, backend, operation)),
                None => private_url(plan, backend, operation),
            }),
            declared: listing::declared(operation),
            auth: listing::auth(plan, operation)
                .filter(|_| public.is_none() || !is_undecided)
                .map(str::to_owned),
            differs: listing::difference(plan, operation),
            scopes: operation
                .auth
                .scopes
                .iter()
                .map(ToString::to_string)
                .collect(),
            api_key: operation.auth.api_key,
            throttle: public.and(operation.throttle).map(Throttle::of),
            cache: operation.cache.as_ref().map(Cache::of),
            validation: public.map(|_| operation.checks.level()),
            timeout_ms: public.map(|_| operation.timeout_ms),
        }
    }

    fn cells(&self, operation: &OperationPlan) -> Cells {
        let or_dash = |text: Option<&str>| text.unwrap_or(NOTHING).to_owned();
        [
            self.method.to_owned(),
            self.path.clone(),
            listing::exposure(operation).to_owned(),
            or_dash(self.url.as_deref()),
            or_dash(self.backend.as_deref()),
            or_dash(self.backend_url.as_deref()),
            listing::declared_cell(operation).into_owned(),
            or_dash(self.auth.as_deref()),
            or_dash(self.differs.as_ref().map(Difference::cell).as_deref()),
            if self.scopes.is_empty() {
                NOTHING.to_owned()
            } else {
                self.scopes.join(" ")
            },
            if self.api_key { "yes" } else { NOTHING }.to_owned(),
            or_dash(self.throttle.as_ref().map(Throttle::cell).as_deref()),
            or_dash(self.cache.as_ref().map(Cache::cell).as_deref()),
            or_dash(self.validation.map(listing::validation)),
            self.timeout_ms
                .map_or_else(|| NOTHING.to_owned(), |it| format!("{it}ms")),
        ]
    }
}

const HEADER: [&str; 15] = [
    "method",
    "path",
    "exposure",
    "url",
    "backend",
    "backend url",
    "declared",
    "auth",
    "why",
    "scopes",
    "key",
    "throttle",
    "cache",
    "validation",
    "timeout",
];

/// A row of a table.
type Cells = [String; HEADER.len()];

/// Where private callers reach what is internal.
fn private_url(plan: &Plan, backend: &BackendPlan, operation: &OperationPlan) -> Option<String> {
    let alb = plan
        .network
        .as_ref()?
        .alb
        .as_ref()
        .filter(|_| listing::is_private(plan, operation))?;
    let (balanced, path) = (backend.balanced()?, operation.private_path.as_ref()?);
    let host = alb.hosts.first().map_or("(alb)", |it| it);
    let prefix: String = backend
        .path_prefix
        .iter()
        .map(|it| format!("/{it}"))
        .collect();
    Some(format!(
        "{}://{host}:{}{prefix}{path}",
        if balanced.is_tls { "https" } else { "http" },
        balanced.listener_port
    ))
}

fn backend_url(plan: &Plan, backend: &BackendPlan, operation: &OperationPlan) -> String {
    let slash = if operation.has_trailing_slash && !operation.backend_path.is_empty() {
        "/"
    } else {
        ""
    };
    let path = || format!("{}{slash}", text_of(&operation.backend_path));
    match &backend.way {
        Way::Balanced(it) => {
            let scheme = if it.is_tls { "https" } else { "http" };
            let (dns_name, balancer) = front(plan);
            let host = it
                .host
                .as_ref()
                .or(dns_name)
                .map_or_else(|| balancer.to_owned(), shown);
            format!("{scheme}://{host}:{}{}", it.listener_port, path())
        }
        Way::Forwarder(it) => {
            let scheme = if it.is_tls { "https" } else { "http" };
            let hosts = match &it.hosts {
                Values::List(list) => list.iter().map(shown).collect::<Vec<_>>().join(","),
                Values::One(list) => shown(list),
            };
            format!("{scheme}://{hosts}:{}{}", it.port, path())
        }
        Way::Internet(it) => format!("{}{}", shown(&it.url), path()),
        Way::Function(
            FunctionPlan::Name {
                name: text,
                qualifier,
            }
            | FunctionPlan::Arn {
                arn: text,
                qualifier,
            },
        ) => qualifier.as_ref().map_or_else(
            || format!("lambda:{text}"),
            |it| format!("lambda:{text}:{it}"),
        ),
        Way::Function(FunctionPlan::Given(arn)) => format!("lambda:{}", shown(arn)),
    }
}

/// The name of the balancer that the gateway calls, where it is known, and what stands for it where
/// it is not.
fn front(plan: &Plan) -> (Option<&Value>, &'static str) {
    let Some(network) = &plan.network else {
        return (None, "(nlb)");
    };
    match (&network.nlb, &network.alb) {
        (
            Some(NlbPlan {
                balancer: BalancerPlan::Existing { dns_name, .. },
                ..
            }),
            _,
        ) => (dns_name.as_ref(), "(nlb)"),
        (
            None,
            Some(AlbPlan {
                balancer: AlbBalancerPlan::Existing { dns_name, .. },
                ..
            }),
        ) => (dns_name.as_ref(), "(alb)"),
        (
            None,
            Some(AlbPlan {
                balancer: AlbBalancerPlan::Made { .. },
                ..
            }),
        ) => (None, "(alb)"),
        (
            Some(NlbPlan {
                balancer: BalancerPlan::Made { .. },
                ..
            }),
            _,
        )
        | (None, None) => (None, "(nlb)"),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.to_string(),
        Value::Input(name) => format!("(var: {name})"),
        Value::Parameter { path, .. } => format!("(ssm: {path})"),
        Value::Expression(text) => format!("({text})"),
    }
}

fn table(rows: Vec<Cells>) -> String {
    let visible = |row: Cells| row.map(|it| printed::line(&it).into_owned());
    let cells: Vec<Cells> = std::iter::once(HEADER.map(str::to_owned))
        .chain(rows.into_iter().map(visible))
        .collect();
    let widths: Vec<usize> = (0..HEADER.len())
        .map(|column| cells.iter().map(|it| it[column].width()).max().unwrap_or(0))
        .collect();
    let padded = |it: &Cells| {
        let line: String = it
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}  ", " ".repeat(width - cell.width())))
            .collect();
        line.trim_end().to_owned() + "\n"
    };
    cells.iter().map(padded).collect()
}

fn markdown(rows: Vec<Cells>) -> String {
    let line = |cells: &Cells| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", " --- |".repeat(HEADER.len()));
    // A dash alone is what stands for nothing; at the start of a cell it makes no list.
    let escaped = |cell: String| {
        if cell == NOTHING {
            cell
        } else {
            printed::markdown(&cell)
        }
    };
    let head = line(&HEADER.map(str::to_owned)) + &rule;
    rows.into_iter()
        .fold(head, |text, row| text + &line(&row.map(escaped)))
}
