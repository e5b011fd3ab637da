//! Differences for a terminal of 80 columns.
//! In: comparisons. Out: text, nothing where nothing differs.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use super::compared::StackDiff;
use super::grouped::{self, RouteLines, RowGroup};
use crate::listing::field::Heading;
use crate::printed;
use crate::source::Located;

/// Columns of a line, where what it holds can be put on another one.
const WIDTH: usize = 80;

/// Widest column of subjects.
const MAX_SUBJECT: usize = 28;

pub(super) fn text(comparisons: &[StackDiff]) -> String {
    let texts = comparisons
        .iter()
        .filter(|one| !one.rows.is_empty() || !one.actions.is_empty());
    texts.map(stack).collect::<Vec<_>>().join("\n")
}

/// The style of a line, which is a heading's where it is one.
pub(super) fn style_of(line: &str) -> Style {
    let mut headings = Heading::ALL.into_iter();
    match headings.find(|heading| heading.name().to_uppercase() == line) {
        Some(Heading::Loosened) => AnsiColor::Red.on_default().bold(),
        Some(_) => Style::new().bold(),
        None => Style::new(),
    }
}

fn stack(comparison: &StackDiff) -> String {
    let plural = if comparison.routes == 1 { "" } else { "s" };
    let mut text = format!(
        "{}   {} -> {}   {} of {} route{plural} differ\n\n",
        printed::line(&comparison.name),
        printed::line(&comparison.before),
        printed::line(&comparison.after),
        comparison.differ,
        comparison.routes,
    );
    for heading in Heading::ALL {
        let groups = grouped::groups(std::slice::from_ref(comparison), heading, RouteLines::Apart);
        if groups.is_empty() {
            continue;
        }
        text += &format!("{}\n", heading.name().to_uppercase());
        let widest = groups
            .iter()
            .map(|group| group.names().width())
            .max()
            .unwrap_or_default();
        let subjects = widest.min(MAX_SUBJECT);
        let fields = groups
            .iter()
            .map(|group| group.first.row.field.name.len())
            .max()
            .unwrap_or_default();
        for group in &groups {
            text += &row(group, [subjects, fields]);
        }
    }
    if !comparison.rows.is_empty() {
        text.push('\n');
    }
    text += &format!(
        "{}: {}\n",
        grouped::tool(comparison),
        grouped::actions(comparison)
    );
    if !comparison.rows.is_empty() {
        text += &format!("{}\n", grouped::counts(std::slice::from_ref(comparison)));
    }
    text
}

/// A row with its places, and its reason; `widths` are those of subjects and fields.
fn row(group: &RowGroup<'_>, widths: [usize; 2]) -> String {
    let row = group.first;
    let [subjects, fields] = widths;
    let mut lines = Lines::new(subjects + 4);
    lines.cell(&group.names(), subjects);
    if row.row.heading != Heading::Waits {
        lines.cell(row.row.field.name, fields);
    }
    let what = row.row.change();
    for part in what.split_inclusive(" -> ") {
        lines.part(part.trim_end(), if part.len() < what.len() { 1 } else { 2 });
    }
    let was = row.was.as_ref().map(|was| format!("was {}", place(was)));
    let places = [row.place.as_ref().map(place), was].into_iter().flatten();
    places.for_each(|place| lines.part(&place, 2));
    if let Some(reason) = &row.row.reason {
        lines.next();
        lines.cell("why", fields);
        lines.part(&format!("`{}: {}`", reason.by, reason.text), 2);
        if let Some(because) = &row.because {
            lines.part(&place(because), 2);
        }
    }
    lines.text + "\n"
}

/// Lines of a row: what does not fit on one is continued on the next one.
struct Lines {
    text: String,
    /// Columns of the last line.
    width: usize,
    /// Columns before a continued line.
    indent: usize,
}

impl Lines {
    fn new(indent: usize) -> Self {
        Self {
            text: "  ".to_owned(),
            width: 2,
            indent,
        }
    }

    fn next(&mut self) {
        self.text = format!("{}\n{}", self.text.trim_end(), " ".repeat(self.indent));
        self.width = self.indent;
    }

    /// A cell of a column, two spaces before the next one.
    fn cell(&mut self, text: &str, width: usize) {
        let text = printed::line(text);
        let padding = width.saturating_sub(text.width()) + 2;
        self.width += text.width() + padding;
        self.text += &format!("{text}{}", " ".repeat(padding));
        if text.width() > width {
            self.next();
        }
    }

    /// A part after `space` spaces.
    fn part(&mut self, text: &str, space: usize) {
        let text = printed::line(text);
        let is_first = self.text.ends_with("  ");
        if !is_first && self.width + space + text.width() > WIDTH {
            self.next();
        } else if !is_first {
            self.text += &" ".repeat(space);
            self.width += space;
        }
        self.width += text.width();
        self.text += &text;
    }
}

pub(super) fn place(place: &Located) -> String {
    format!("{}:{}", printed::line(&place.file), place.line)
}
