//! The table of routes in the output's README: what is in force of every operation, hidden ones
//! too.
//!
//! In: `Plan`. Out: Markdown. Pure.

use std::borrow::Cow;

use crate::listing::{NOTHING, RouteRow};
use crate::plan::{Plan, text_of};
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
    let rows = || {
        plan.operations
            .iter()
            .map(|operation| RouteRow::of(plan, operation))
    };
    let served = rows().filter(|row| row.url.is_some());
    let closed = plan.closed.routes.iter();
    served
        .chain(rows().filter(|row| row.url.is_none()))
        .chain(closed.map(|route| RouteRow::closed(plan, route)))
        .for_each(|row| write(&row, &mut table));
    table
}

fn write(row: &RouteRow<'_>, out: &mut String) {
    let (path, behind) = paths(row);
    out.extend(["| ", row.method, " | ", &code(&path)]);
    cell(out, row.exposure.name());
    let backend = row.backend.filter(|_| behind.is_some());
    cell(out, backend.unwrap_or(NOTHING));
    out.push_str(" | ");
    out.push_str(&behind.map_or_else(|| NOTHING.to_owned(), |path| code(&path)));
    row.settings().iter().for_each(|text| cell(out, text));
    out.push_str(" |\n");
}

/// Returns the path that callers request, and the path at the backend.
fn paths<'a>(row: &'a RouteRow<'_>) -> (Cow<'a, str>, Option<String>) {
    if let Some(private) = row.private {
        let path = private.full_path();
        return (path.clone().into(), Some(path));
    }
    let path = row.requested.map(text_of);
    let served = row.backend.filter(|_| row.url.is_some());
    (
        path.map_or_else(|| (&*row.path).into(), Cow::Owned),
        served.map(|_| row.backend_path.text()),
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
