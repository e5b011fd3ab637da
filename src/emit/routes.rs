//! The table of routes in the output's README: what is in force of every operation, hidden ones
//! too.
//!
//! In: `Plan`. Out: Markdown. Pure.

use crate::listing::{
    self, CacheColumn, DifferenceColumn, ExposureColumn, NOTHING, ThrottleColumn,
};
use crate::plan::{ClosedRoute, OperationPlan, Plan, text_of};
use crate::printed::{code, markdown};

/// The head of the table, and the line below it.
const HEAD: &str = "\
| method | path | exposure | backend | the backend gets | declared | auth | why | scopes | key | throttle | cache | validation |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// Lists operations that are served, then those that are not on the gateway.
pub(crate) fn table(plan: &Plan) -> String {
    let mut table = String::with_capacity(HEAD.len() + plan.operations.len() * 128);
    table.push_str(HEAD);
    let is_served = |operation: &&OperationPlan| operation.gateway_path.is_some();
    let served = plan.operations.iter().filter(is_served);
    served
        .chain(
            plan.operations
                .iter()
                .filter(|operation| !is_served(operation)),
        )
        .for_each(|operation| row(plan, operation, &mut table));
    plan.closed
        .routes
        .iter()
        .for_each(|route| closed(route, &mut table));
    table
}

/// A method of an earlier template: 404, or what the operation does that gets its requests.
fn closed(route: &ClosedRoute, out: &mut String) {
    out.extend([
        "| ",
        route.method.as_str(),
        " | ",
        &code(&text_of(&route.path)),
    ]);
    cell(out, ExposureColumn::Closed.name());
    let columns = HEAD
        .lines()
        .next()
        .map_or(0, |head| head.matches(" | ").count());
    (2..columns).for_each(|_| cell(out, NOTHING));
    out.push_str(" |\n");
}

fn row(plan: &Plan, operation: &OperationPlan, out: &mut String) {
    let backend = operation.backend.map(|index| &plan.backends[index]);
    let (path, behind) = paths(plan, operation);
    out.push_str("| ");
    out.push_str(operation.method.as_str());
    out.push_str(" | ");
    out.push_str(&code(&path));
    cell(out, operation.exposure.name());
    cell(
        out,
        backend
            .filter(|_| behind.is_some())
            .map_or(NOTHING, |backend| &backend.name),
    );
    out.push_str(" | ");
    out.push_str(&behind.map_or_else(|| NOTHING.to_owned(), |path| code(&path)));
    cell(out, &listing::declared_cell(operation));
    cell(out, listing::auth(plan, operation).unwrap_or(NOTHING));
    optional(
        out,
        listing::difference(plan, operation)
            .as_ref()
            .map(DifferenceColumn::cell),
    );
    optional(
        out,
        (!operation.auth.scopes.is_empty()).then(|| operation.auth.scopes.join(" ")),
    );
    cell(
        out,
        if operation.auth.api_key {
            "yes"
        } else {
            NOTHING
        },
    );
    let public = operation.gateway_path.as_ref();
    optional(
        out,
        public
            .and(operation.throttle)
            .map(|limit| ThrottleColumn::of(limit).cell()),
    );
    optional(
        out,
        operation
            .cache
            .as_ref()
            .map(|cache| CacheColumn::of(cache).cell()),
    );
    cell(
        out,
        public.map_or(NOTHING, |_| operation.checks.level().name()),
    );
    out.push_str(" |\n");
}

/// Returns the path of an operation on the gateway, and the path at its backend.
fn paths(plan: &Plan, operation: &OperationPlan) -> (String, Option<String>) {
    if let Some(path) = &operation.gateway_path {
        let slash = if operation.has_trailing_slash && !operation.backend_path.is_empty() {
            "/"
        } else {
            ""
        };
        return (
            text_of(path),
            operation
                .backend
                .map(|_| text_of(&operation.backend_path) + slash),
        );
    }
    let private = operation
        .private_path
        .as_ref()
        .filter(|_| listing::is_private(plan, operation));
    if let (Some(path), Some(backend)) = (private, operation.backend) {
        let path = plan.backends[backend].prefix() + path;
        return (path.clone(), Some(path));
    }
    (
        operation
            .requested_path
            .as_ref()
            .map_or_else(|| operation.path.to_string(), |path| text_of(path)),
        None,
    )
}

/// Writes a cell; a dash alone means that there is nothing.
fn cell(out: &mut String, text: &str) {
    out.push_str(" | ");
    // Nearly all of them are plain words.
    if text == NOTHING || text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        out.push_str(text)
    } else {
        out.push_str(&markdown(text))
    }
}

fn optional(out: &mut String, text: Option<String>) {
    cell(out, text.as_deref().unwrap_or(NOTHING));
}
