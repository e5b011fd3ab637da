//! The picture in DOT, the language of Graphviz.
//! In: `Graph`. Out: text. Pure.
//! Source: Graphviz, "DOT Language", <https://graphviz.org/doc/info/lang.html>.

use std::fmt::Write as _;

use super::{Graph, GraphBox, Outline, edges};

const INFALLIBLE: &str = "writing to a String cannot fail";

/// Writes the picture.
pub(crate) fn dot(graph: &Graph) -> String {
    let mut out = format!(
        "digraph {} {{\n  rankdir=LR\n  compound=true\n  label={}\n  node [shape=box, fontname=monospace]\n",
        quoted(&graph.name),
        quoted(&graph.summary)
    );
    let mut lane = |id: &str, title: &str, boxes: &[GraphBox]| {
        if boxes.is_empty() {
            return;
        }
        writeln!(
            out,
            "  subgraph cluster_{id} {{\n    label={}",
            quoted(title)
        )
        .expect(INFALLIBLE);
        for one in boxes {
            writeln!(out, "    {}", node(one)).expect(INFALLIBLE);
        }
        out.push_str("  }\n");
    };
    lane("callers", "Callers", &graph.callers);
    lane("gateway", graph.gateway, &graph.routes);
    for (title, boxes) in &graph.between {
        lane(&title.to_lowercase(), title, boxes);
    }
    lane("targets", "Targets", &graph.targets);
    for (from, to) in edges::all(graph) {
        // A whole lane is no node: the arrow leads to one of its nodes, and ends at its border.
        let (to, border) = match graph.targets.last() {
            Some(target) if to == edges::TARGETS => (&*target.id, " [lhead=cluster_targets]"),
            _ => (to, ""),
        };
        writeln!(out, "  {} -> {}{border}", quoted(from), quoted(to)).expect(INFALLIBLE);
    }
    out.push_str("}\n");
    out
}

fn node(one: &GraphBox) -> String {
    let style = match one.outline {
        Outline::Open => ", style=rounded",
        Outline::Protected => ", peripheries=2",
        Outline::Internal => ", style=dashed",
        Outline::Hidden | Outline::Closed => ", style=dotted",
        Outline::Part => "",
    };
    format!(
        "{} [label={}{style}]",
        quoted(&one.id),
        quoted(&one.lines().join("\n"))
    )
}

/// A text between quotes, where `\N` and the like would be parts of the graph.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}
