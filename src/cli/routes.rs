//! `gwgen routes`: every operation with its way to a backend.
//!
//! In: blueprints. Out: a table, JSON or Markdown on standard output.
//! Read from the plan; nothing is decided here.

use std::collections::BTreeSet;
use std::io;

use clap::{Args, ValueEnum};

use unicode_width::UnicodeWidthStr as _;

use super::Exit;
use super::session::{Named, Session, compiled};
use crate::blueprint::{Exposure, Validation};
use crate::diagnostic::Diagnostic;
use crate::plan::{
    AlbBalancerPlan, AlbPlan, BackendPlan, BalancerPlan, Check, FunctionPlan, NlbPlan, OperationPlan, Plan, Value, Values, Way, text_of,
};
use crate::printed;
use crate::source::Sources;

#[derive(Debug, Args)]
pub(super) struct Arguments {
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

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, diagnostics) = session.jobs(&arguments.named);
    let mut groups = vec![(Sources::default(), diagnostics)];
    for job in &jobs {
        let compiled = compiled(job);
        if let Some(plan) = &compiled.plan {
            let unserved = unserved(&compiled.diagnostics);
            let rows: Vec<Row> = plan.operations.iter().map(|operation| Row::of(plan, operation, &unserved)).collect();
            match arguments.format {
                RouteFormat::Json => session.print_json(&rows)?,
                RouteFormat::Table => session.print(&table(&rows))?,
                RouteFormat::Markdown => session.print(&markdown(&rows))?,
            }
        }
        groups.push((compiled.sources, compiled.diagnostics));
    }
    session.report(groups)
}

/// Method and path of the operations that an error keeps from being served.
fn unserved(diagnostics: &[Diagnostic]) -> BTreeSet<(&str, &str)> {
    diagnostics.iter().filter(|it| it.is_error()).flat_map(|it| &it.operations).map(|it| (it.method, &*it.path)).collect()
}

/// What is decided of an operation; `null` in JSON and `-` elsewhere where there is nothing to say.
#[derive(Debug, serde::Serialize)]
struct Row {
    method: &'static str,
    /// As the description writes it.
    path: String,
    exposure: Exposure,
    /// Below the stage's URL.
    url: Option<String>,
    backend: Option<String>,
    backend_url: Option<String>,
    auth: Option<String>,
    scopes: Vec<String>,
    api_key: bool,
    throttle: Option<String>,
    cache: Option<String>,
    validation: Option<Validation>,
    timeout_ms: Option<u32>,
}

impl Row {
    fn of(plan: &Plan, operation: &OperationPlan, unserved: &BTreeSet<(&str, &str)>) -> Self {
        let backend = operation.backend.map(|index| &plan.backends[index]);
        let public = operation.gateway_path.as_ref();
        Self {
            method: operation.method.as_str(),
            path: operation.path.to_string(),
            exposure: operation.exposure,
            url: public.map(|path| text_of(path)),
            backend: backend.map(|it| it.name.to_string()),
            backend_url: backend.and_then(|backend| match public {
                Some(_) => Some(backend_url(plan, backend, operation)),
                None => private_url(plan, backend, operation),
            }),
            auth: match public {
                Some(_) => asked(operation, unserved.contains(&(operation.method.as_str(), &*operation.path))),
                // The load balancer checks nobody.
                None => backend.and_then(|it| private_url(plan, it, operation)).map(|_| "none".to_owned()),
            },
            scopes: operation.auth.scopes.iter().map(ToString::to_string).collect(),
            api_key: operation.auth.api_key,
            throttle: public.and(operation.throttle).map(|it| format!("{}/s, {} at once", it.rate, it.burst)),
            cache: operation.cache.as_ref().map(|it| format!("{}s", it.ttl_s)),
            validation: public.map(|_| operation.checks.level()),
            timeout_ms: public.map(|_| operation.timeout_ms),
        }
    }

    fn cells(&self) -> [String; HEADER.len()] {
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let exposure = match self.exposure {
            Exposure::Public => "public",
            Exposure::Internal => "internal",
            Exposure::Hidden => "hidden",
        };
        [
            self.method.to_owned(),
            self.path.clone(),
            exposure.to_owned(),
            or_dash(self.url.as_deref()),
            or_dash(self.backend.as_deref()),
            or_dash(self.backend_url.as_deref()),
            or_dash(self.auth.as_deref()),
            if self.scopes.is_empty() { "-".to_owned() } else { self.scopes.join(" ") },
            if self.api_key { "yes" } else { "-" }.to_owned(),
            or_dash(self.throttle.as_deref()),
            or_dash(self.cache.as_deref()),
            or_dash(self.validation.map(shown_level)),
            self.timeout_ms.map_or_else(|| "-".to_owned(), |it| format!("{it}ms")),
        ]
    }
}

fn shown_level(level: Validation) -> &'static str {
    match level {
        Validation::Full => "full",
        Validation::Body => "body",
        Validation::Params => "params",
        Validation::None => "none",
    }
}

/// The entry of `auth` that callers are checked by. Nothing is said to be open that an error leaves undecided.
fn asked(operation: &OperationPlan, is_unserved: bool) -> Option<String> {
    match &operation.auth.check {
        Check::Nobody => (!is_unserved).then(|| "none".to_owned()),
        Check::Iam => Some("iam".to_owned()),
        Check::Authorizer(name) => Some(name.to_string()),
    }
}

const HEADER: [&str; 13] =
    ["method", "path", "exposure", "url", "backend", "backend url", "auth", "scopes", "key", "throttle", "cache", "validation", "timeout"];

/// Where private callers reach what is internal.
fn private_url(plan: &Plan, backend: &BackendPlan, operation: &OperationPlan) -> Option<String> {
    let alb = plan.network.as_ref()?.alb.as_ref().filter(|_| operation.exposure == Exposure::Internal)?;
    let (balanced, path) = (backend.balanced()?, operation.private_path.as_ref()?);
    let host = alb.hosts.first().map_or("(alb)", |it| it);
    let prefix: String = backend.path_prefix.iter().map(|it| format!("/{it}")).collect();
    Some(format!("{}://{host}:{}{prefix}{path}", if balanced.is_tls { "https" } else { "http" }, balanced.listener_port))
}

fn backend_url(plan: &Plan, backend: &BackendPlan, operation: &OperationPlan) -> String {
    let slash = if operation.has_trailing_slash && !operation.backend_path.is_empty() { "/" } else { "" };
    let path = || format!("{}{slash}", text_of(&operation.backend_path));
    match &backend.way {
        Way::Balanced(it) => {
            let scheme = if it.is_tls { "https" } else { "http" };
            let (dns_name, balancer) = front(plan);
            let host = it.host.as_ref().or(dns_name).map_or_else(|| balancer.to_owned(), shown);
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
        Way::Function(FunctionPlan::Name { name: text, qualifier } | FunctionPlan::Arn { arn: text, qualifier }) => {
            qualifier.as_ref().map_or_else(|| format!("lambda:{text}"), |it| format!("lambda:{text}:{it}"))
        }
        Way::Function(FunctionPlan::Given(arn)) => format!("lambda:{}", shown(arn)),
    }
}

/// The name of the balancer that the gateway calls, where it is known, and what stands for it where it is not.
fn front(plan: &Plan) -> (Option<&Value>, &'static str) {
    let Some(network) = &plan.network else { return (None, "(nlb)") };
    match (&network.nlb, &network.alb) {
        (Some(NlbPlan { balancer: BalancerPlan::Existing { dns_name, .. }, .. }), _) => (dns_name.as_ref(), "(nlb)"),
        (None, Some(AlbPlan { balancer: AlbBalancerPlan::Existing { dns_name, .. }, .. })) => (dns_name.as_ref(), "(alb)"),
        (None, Some(AlbPlan { balancer: AlbBalancerPlan::Made { .. }, .. })) => (None, "(alb)"),
        (Some(NlbPlan { balancer: BalancerPlan::Made { .. }, .. }), _) | (None, None) => (None, "(nlb)"),
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

fn table(rows: &[Row]) -> String {
    let visible = |row: &Row| row.cells().map(|it| printed::line(&it).into_owned());
    let cells: Vec<[String; HEADER.len()]> = std::iter::once(HEADER.map(str::to_owned)).chain(rows.iter().map(visible)).collect();
    let widths: Vec<usize> = (0..HEADER.len()).map(|column| cells.iter().map(|it| it[column].width()).max().unwrap_or(0)).collect();
    let padded = |it: &[String; HEADER.len()]| {
        let line: String = it.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}  ", " ".repeat(width - cell.width()))).collect();
        line.trim_end().to_owned() + "\n"
    };
    cells.iter().map(padded).collect()
}

fn markdown(rows: &[Row]) -> String {
    let line = |cells: &[String; HEADER.len()]| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", " --- |".repeat(HEADER.len()));
    // A dash alone is what stands for nothing; at the start of a cell it makes no list.
    let escaped = |cell: String| if cell == "-" { cell } else { printed::markdown(&cell) };
    let head = line(&HEADER.map(str::to_owned)) + &rule;
    rows.iter().fold(head, |text, row| text + &line(&row.cells().map(escaped)))
}
