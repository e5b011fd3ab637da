//! The legend: the shapes that occur, each with what it means.
//! In: `Graph`. Out: a group of shapes and texts. Pure.
//! It stands below the place of two callers, where no route moves it.

use std::fmt::Write as _;

use super::super::{Graph, GraphBox, Outline};
use super::{INFALLIBLE, LINE, MARGIN, MIDDLE, SPACE, mark};

/// From one entry to the next. Unit: pixels.
const ENTRY: usize = 2 * LINE + 8;
/// Size of a shape. Unit: pixels.
const WIDTH: usize = 26;

/// A shape, its word and what it means.
pub(super) struct LegendEntry {
    shape: String,
    class: &'static str,
    word: &'static str,
    meaning: &'static str,
}

/// The shapes that occur.
pub(super) fn entries(graph: &Graph) -> Vec<LegendEntry> {
    let has = |is: &dyn Fn(&GraphBox) -> bool| graph.routes.iter().any(is);
    let outlines = [
        Outline::Open,
        Outline::Protected,
        Outline::Internal,
        Outline::Hidden,
        Outline::Closed,
    ];
    let outlines = outlines.into_iter();
    let outlines = outlines.filter(|outline| has(&|one| one.outline == *outline));
    let outlines = outlines.map(|outline| LegendEntry {
        shape: super::outline(WIDTH, LINE, outline),
        class: outline.word(),
        word: outline.word(),
        meaning: meaning(outline),
    });
    let cached = has(&|one| one.cached.is_some()).then_some((true, "cached", "stored a while"));
    let is_throttled = has(&|one| one.throttled.is_some());
    let throttled = is_throttled.then_some((false, "throttled", "limited rate"));
    let marks = cached.into_iter().chain(throttled);
    let marks = marks.map(|(is_cached, word, meaning)| LegendEntry {
        shape: mark(is_cached, 0, 0, WIDTH),
        class: "part",
        word,
        meaning,
    });
    outlines.chain(marks).collect()
}

/// At most so many characters as there is place for.
fn meaning(outline: Outline) -> &'static str {
    match outline {
        Outline::Open => "checks nobody",
        Outline::Protected => "checks callers",
        Outline::Internal => "private callers",
        Outline::Hidden => "no callers",
        Outline::Closed => "answers 404",
        Outline::Part => "",
    }
}

/// From the first box of callers. Unit: pixels.
pub(super) fn below_callers() -> usize {
    2 * (MIDDLE + LINE + 2 * SPACE) + LINE
}

/// Unit: pixels.
pub(super) fn height(entries: &[LegendEntry]) -> usize {
    entries.len() * ENTRY
}

/// Writes the entries, from that height on.
pub(super) fn legend(entries: &[LegendEntry], top: usize) -> String {
    let mut out = format!("<g class=\"legend\" transform=\"translate({MARGIN} {top})\">\n");
    for (index, entry) in entries.iter().enumerate() {
        writeln!(
            out,
            "<g class=\"{}\" transform=\"translate(0 {})\">{}<text class=\"name\" x=\"{left}\" y=\"13\">{}</text><text x=\"{left}\" y=\"{}\">{}</text></g>",
            entry.class,
            index * ENTRY,
            entry.shape,
            entry.word,
            13 + LINE,
            entry.meaning,
            left = WIDTH + 12,
        )
        .expect(INFALLIBLE);
    }
    out.push_str("</g>\n");
    out
}
