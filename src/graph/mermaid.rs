//! The picture in Mermaid, as GitHub draws it.
//! In: `Graph`. Out: text within GitHub's limits. Pure.
//! Source: Mermaid, "Flowcharts", <https://mermaid.js.org/syntax/flowchart.html>; its defaults
//! `maxTextSize` 50,000 and `maxEdges` 500, which GitHub keeps,
//! <https://mermaid.js.org/config/schema-docs/config.html>.

use std::fmt::Write as _;

use super::{Graph, GraphBox, Outline, edges, fit};

/// Characters of a whole picture.
const MAX_CHARACTERS: usize = 48_000;

/// Columns of a text, the first that fits.
const COLUMNS: [usize; 3] = [80, 40, 16];
const FEWEST_COLUMNS: usize = 6;

/// Longest identifier.
const MAX_ID: usize = 48;

/// Writes the picture.
pub(crate) fn mermaid(graph: &Graph) -> String {
    let written = |columns: usize| with_columns(graph, columns);
    let fits = |text: &String| text.chars().count() <= MAX_CHARACTERS;
    let found = COLUMNS.into_iter().map(written).find(fits);
    found.unwrap_or_else(|| written(FEWEST_COLUMNS))
}

fn with_columns(graph: &Graph, columns: usize) -> String {
    let mut out = "flowchart LR\n".to_owned();
    let mut lane = |id: &str, title: &str, boxes: &[GraphBox]| {
        if boxes.is_empty() {
            return;
        }
        writeln!(out, "  subgraph {id}[\"{title}\"]").expect(INFALLIBLE);
        for one in boxes {
            writeln!(out, "    {}", node(one, columns)).expect(INFALLIBLE);
        }
        out.push_str("  end\n");
    };
    lane("lane_callers", "Callers", &graph.callers);
    lane("lane_gateway", graph.gateway, &graph.routes);
    for (title, boxes) in &graph.between {
        lane(&format!("lane_{}", title.to_lowercase()), title, boxes);
    }
    lane("lane_targets", "Targets", &graph.targets);
    for (from, to) in edges::all(graph) {
        writeln!(out, "  {} --> {}", identifier(from), identifier(to)).expect(INFALLIBLE);
    }
    let is_drawn = |outline: Outline| graph.routes.iter().any(|one| one.outline == outline);
    for (outline, dashes) in [
        (Outline::Internal, "7 4"),
        (Outline::Hidden, "2 4"),
        (Outline::Closed, "2 4"),
    ] {
        if is_drawn(outline) {
            let word = outline.word();
            writeln!(out, "  classDef {word} stroke-dasharray:{dashes}").expect(INFALLIBLE);
        }
    }
    out
}

const INFALLIBLE: &str = "writing to a String cannot fail";

/// Round where everybody may call, with double sides where a caller is checked.
fn node(one: &GraphBox, columns: usize) -> String {
    let (open, close) = match one.outline {
        Outline::Open => ("([", "])"),
        Outline::Protected => ("[[", "]]"),
        Outline::Internal | Outline::Hidden | Outline::Closed | Outline::Part => ("[", "]"),
    };
    let class = match one.outline {
        Outline::Internal | Outline::Hidden | Outline::Closed => {
            format!(":::{}", one.outline.word())
        }
        Outline::Open | Outline::Protected | Outline::Part => String::new(),
    };
    let lines: Vec<String> = one
        .lines()
        .iter()
        .map(|line| escaped(&fit(line, columns)))
        .collect();
    format!(
        "{}{open}\"{}\"{close}{class}",
        identifier(&one.id),
        lines.join("<br/>")
    )
}

/// A label as an identifier. `--` would be an arrow; labels have no dot.
fn identifier(label: &str) -> String {
    let id = label.replace("--", ".");
    if id.len() <= MAX_ID {
        return id;
    }
    let hash = blake3::hash(label.as_bytes()).to_hex();
    // Labels are of ASCII.
    format!("{}.{}", &id[..MAX_ID - 9], &hash[..8])
}

/// Text between quotes, in entities of Mermaid.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '#' | '&' | '<' | '>' | '[' | ']' | '|' | '`' | '\\' | ';' | '*' | '_' | '~'
            | '$' => {
                write!(out, "#{};", character as u32).expect(INFALLIBLE);
            }
            _ => out.push(character),
        }
    }
    out
}
