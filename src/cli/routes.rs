//! `gwgen routes`: every operation with its backend, authorization and settings.
//!
//! In: blueprints. Out: a table or Markdown for each, or one JSON document for all.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::Exit;
use super::session::{BlueprintArguments, Session, aligned, compiled, headed, in_threads};
use crate::blueprint::Validation;
use crate::diagnostic::Diagnostic;
use crate::io::Job;
use crate::listing::{
    self, CacheColumn, DifferenceColumn, ExposureColumn, NOTHING, ThrottleColumn,
};
use crate::plan::{
    AlbBalancerPlan, BackendPlan, BalancerPlan, Check, ClosedAnswer, ClosedRoute, FunctionPlan,
    IntegrationPlan, OperationPlan, Plan, Value, text_of,
};
use crate::printed;

#[derive(Debug, Args)]
pub(crate) struct RoutesArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
    /// Format of the list
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

pub(crate) fn run(arguments: &RoutesArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, mut reports) = session.jobs(&arguments.blueprints);
    let mut rows = Vec::new();
    let is_one_of_several = jobs.len() > 1;
    let listed = in_threads(&jobs, |job| {
        let compiled = compiled(job);
        let plan = compiled.plan.as_ref();
        let rows = plan.map(|plan| {
            let unserved = unserved(&compiled.diagnostics);
            Row::all(&job.request.display, plan, &unserved)
        });
        (rows, (compiled.sources, compiled.diagnostics))
    });
    for (job, (own, report)) in jobs.iter().zip(listed) {
        if let Some(own) = own {
            let cells = || own.iter().map(Row::cells).collect();
            match arguments.format {
                RouteFormat::Json => rows.extend(own),
                RouteFormat::Table => {
                    session.print(&headed(job, is_one_of_several, table(cells())))?
                }
                RouteFormat::Markdown => {
                    session.print(&titled(job, is_one_of_several, &markdown(cells())))?
                }
            }
        }
        reports.push(report);
    }
    match arguments.format {
        RouteFormat::Json => session.print_json(&rows)?,
        RouteFormat::Table | RouteFormat::Markdown => {}
    }
    session.report(reports)
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
        .filter(|diagnostic| diagnostic.is_error())
        .flat_map(|diagnostic| &diagnostic.operations)
        .map(|operation| (operation.method, &*operation.path))
        .collect()
}

/// An operation of a blueprint; `null` where a column does not apply.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct Row {
    /// The blueprint, as it was named.
    blueprint: String,
    /// Upper-case HTTP method, or `ANY`.
    method: &'static str,
    /// As the description writes it; that of the gateway where the route is closed.
    path: String,
    exposure: ExposureColumn,
    /// Below the stage's URL.
    url: Option<String>,
    backend: Option<String>,
    /// URL of the request at the backend; `(...)` is known only at deploy time.
    backend_url: Option<String>,
    /// The description's `security`: alternatives of schemes with their scopes.
    declared: Vec<BTreeMap<Arc<str>, Vec<Arc<str>>>>,
    /// Authorization: an entry of `auth`, `iam`, or `none`; `null` where no request is served, or an
    /// error leaves it undecided.
    auth: Option<String>,
    /// The reason why authorization differs from `declared`.
    differs: Option<DifferenceColumn>,
    /// A token needs one of them.
    scopes: Vec<String>,
    api_key: bool,
    throttle: Option<ThrottleColumn>,
    cache: Option<CacheColumn>,
    validation: Option<Validation>,
    timeout_ms: Option<u32>,
    #[serde(skip)]
    declared_cell: String,
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
    /// The operations of a blueprint, then the closed routes of earlier templates.
    fn all(blueprint: &str, plan: &Plan, unserved: &BTreeSet<(&str, &str)>) -> Vec<Self> {
        let operations = plan.operations.iter();
        let operations = operations.map(|operation| Self::of(blueprint, plan, operation, unserved));
        let closed = plan.closed.routes.iter();
        let closed = closed.map(|route| Self::closed(blueprint, plan, route));
        operations.chain(closed).collect()
    }

    /// A closed route, with what answers there.
    fn closed(blueprint: &str, plan: &Plan, route: &ClosedRoute) -> Self {
        let url = text_of(&route.path);
        let answers = match &route.answer {
            ClosedAnswer::Operation { copy, .. } => {
                Self::of(blueprint, plan, copy, &BTreeSet::new())
            }
            ClosedAnswer::NotFound | ClosedAnswer::Preflight(_) => Self::empty(blueprint),
        };
        Self {
            method: route.method.as_str(),
            path: url.clone(),
            exposure: ExposureColumn::Closed,
            url: Some(url),
            ..answers
        }
    }

    /// A row without an operation.
    fn empty(blueprint: &str) -> Self {
        Self {
            blueprint: blueprint.to_owned(),
            method: "",
            path: String::new(),
            exposure: ExposureColumn::Closed,
            url: None,
            backend: None,
            backend_url: None,
            declared: Vec::new(),
            auth: None,
            differs: None,
            scopes: Vec::new(),
            api_key: false,
            throttle: None,
            cache: None,
            validation: None,
            timeout_ms: None,
            declared_cell: NOTHING.to_owned(),
        }
    }

    fn of(
        blueprint: &str,
        plan: &Plan,
        operation: &OperationPlan,
        unserved: &BTreeSet<(&str, &str)>,
    ) -> Self {
        let backend = operation.backend.map(|index| &plan.backends[index]);
        let public = operation.gateway_path.as_ref();
        // An operation that an error leaves undecided is not listed as open.
        let is_undecided = operation.auth.check == Check::Nobody
            && unserved.contains(&(operation.method.as_str(), &*operation.path));
        Self {
            blueprint: blueprint.to_owned(),
            method: operation.method.as_str(),
            path: operation.path.to_string(),
            exposure: ExposureColumn::of(operation.exposure),
            url: public.map(|path| text_of(path)),
            backend: backend.map(|backend| backend.name.to_string()),
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
            throttle: public.and(operation.throttle).map(ThrottleColumn::of),
            cache: operation.cache.as_ref().map(CacheColumn::of),
            validation: public.map(|_| operation.checks.level()),
            timeout_ms: public.map(|_| operation.timeout_ms),
            declared_cell: listing::declared_cell(operation),
        }
    }

    fn cells(&self) -> Cells {
        let or_dash = |text: Option<&str>| text.unwrap_or(NOTHING).to_owned();
        [
            self.method.to_owned(),
            self.path.clone(),
            self.exposure.name().to_owned(),
            or_dash(self.url.as_deref()),
            or_dash(self.backend.as_deref()),
            or_dash(self.backend_url.as_deref()),
            self.declared_cell.clone(),
            or_dash(self.auth.as_deref()),
            or_dash(self.differs.as_ref().map(DifferenceColumn::cell).as_deref()),
            if self.scopes.is_empty() {
                NOTHING.to_owned()
            } else {
                self.scopes.join(" ")
            },
            if self.api_key { "yes" } else { NOTHING }.to_owned(),
            or_dash(self.throttle.as_ref().map(ThrottleColumn::cell).as_deref()),
            or_dash(self.cache.as_ref().map(CacheColumn::cell).as_deref()),
            or_dash(self.validation.map(Validation::name)),
            self.timeout_ms
                .map_or_else(|| NOTHING.to_owned(), |timeout| format!("{timeout}ms")),
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

/// The URL at the load balancer, by which private callers reach an internal operation.
fn private_url(plan: &Plan, backend: &BackendPlan, operation: &OperationPlan) -> Option<String> {
    let alb = plan.alb();
    let alb = alb.filter(|_| listing::is_private(plan, operation))?;
    let (balanced, path) = (backend.balanced()?, operation.private_path.as_ref()?);
    let host = alb.hosts.first().map_or("(alb)", |host| host);
    let prefix = backend.prefix();
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
    match &backend.integration {
        IntegrationPlan::Balanced(balanced) => {
            let scheme = if balanced.is_tls { "https" } else { "http" };
            let (dns_name, balancer) = entry_balancer(plan);
            let host = balanced
                .host
                .as_ref()
                .or(dns_name)
                .map_or_else(|| balancer.to_owned(), listing::value_text);
            format!("{scheme}://{host}:{}{}", balanced.listener_port, path())
        }
        IntegrationPlan::Forwarder(forwarder) => {
            let scheme = if forwarder.is_tls { "https" } else { "http" };
            let hosts = listing::values_text(&forwarder.hosts);
            format!("{scheme}://{hosts}:{}{}", forwarder.port, path())
        }
        IntegrationPlan::Internet(internet) => {
            format!("{}{}", listing::value_text(&internet.url), path())
        }
        IntegrationPlan::Function(
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
            |qualifier| format!("lambda:{text}:{qualifier}"),
        ),
        IntegrationPlan::Function(FunctionPlan::Given(arn)) => {
            format!("lambda:{}", listing::value_text(arn))
        }
    }
}

/// The DNS name of the balancer that the gateway calls, where it is known, and a text in its place.
fn entry_balancer(plan: &Plan) -> (Option<&Value>, &'static str) {
    let network = plan.network.as_ref();
    let nlb = network.and_then(|network| network.nlb.as_ref());
    let alb = plan.alb();
    match (nlb.map(|nlb| &nlb.balancer), alb.map(|alb| &alb.balancer)) {
        (Some(BalancerPlan::Existing { dns_name, .. }), _) => (dns_name.as_ref(), "(nlb)"),
        (Some(BalancerPlan::Made { .. }), _) | (None, None) => (None, "(nlb)"),
        (None, Some(AlbBalancerPlan::Existing { dns_name, .. })) => (dns_name.as_ref(), "(alb)"),
        (None, Some(AlbBalancerPlan::Made { .. })) => (None, "(alb)"),
    }
}

fn table(mut rows: Vec<Cells>) -> String {
    rows.insert(0, HEADER.map(str::to_owned));
    aligned(rows).into_iter().map(|line| line + "\n").collect()
}

fn markdown(rows: Vec<Cells>) -> String {
    let line = |cells: &Cells| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", " --- |".repeat(HEADER.len()));
    // A dash alone is an empty cell; Markdown does not take it for a list.
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
