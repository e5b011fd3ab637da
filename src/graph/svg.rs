//! The picture as SVG: self-contained, light and dark.
//! In: `Graph`. Out: text. Pure.
//!
//! ```text
//! callers   gateway   link   balancers   targets
//!   [ ]--+--> [ ]-+--> [ ] ---> [ ]-+--> [ ]
//!        +--> [ ]-+             [ ] +--> [ ]
//! ```
//! The boxes of routes are nested groups, each placed below the one before: a new one moves those
//! below it and changes one line of them. A box draws its piece of the lines beside its lane.

mod legend;
mod lines;

use std::fmt::Write as _;

use super::{Change, Graph, GraphBox, Outline, fit};

/// Space at the edges, between boxes, and between lanes. Unit: pixels, as everywhere here.
const MARGIN: usize = 24;
const SPACE: usize = 14;
const GAP: usize = 48;
/// From the top of a box to the lines that lead to it.
const MIDDLE: usize = 22;
/// From the top of the picture to that of the boxes.
const TOP: usize = 128;
/// From one line of text to the next.
const LINE: usize = 18;
/// Space between a box and its text.
const INSET: usize = 14;
/// Width of a character at 12 pixels. Fonts of equal widths have 0.60 em (Menlo, Consolas 0.55,
/// DejaVu Sans Mono 0.602).
const CHARACTER: f64 = 7.44;
/// Widths of lanes.
const CALLERS: usize = 160;
const ROUTES: usize = 330;
const TARGETS: usize = 236;

const STYLE: &str = "\
<style>
svg{background:#fff;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace}
text{fill:#59636e;white-space:pre}
.name,.head{fill:#1f2328;font-weight:600}
.box{fill:#f6f8fa;stroke:#59636e;stroke-width:1.5}
.open>.box{fill:#fff8c5;stroke:#9a6700}
.protected>.box{fill:#ddf4ff;stroke:#0969da}
.internal>.box{fill:#fff;stroke-dasharray:7 4}
.hidden>.box,.closed>.box{fill:#fff;stroke-dasharray:2 4}
.mark{fill:#fff;stroke:#59636e}
.wire{fill:none;stroke:#818b98;stroke-width:1.5}
.private{stroke-dasharray:7 4}
.tip{fill:#818b98}
.added{fill:#1a7f37;font-weight:600}
.removed{fill:#59636e;font-weight:600}
.loosened{fill:#cf222e;font-weight:600}
@media screen and (prefers-color-scheme:dark){
svg{background:#0d1117}
text{fill:#9198a1}
.name,.head{fill:#f0f6fc}
.box{fill:#151b23;stroke:#9198a1}
.open>.box{fill:#272115;stroke:#d29922}
.protected>.box{fill:#121d2f;stroke:#4493f8}
.internal>.box,.hidden>.box,.closed>.box,.mark{fill:#0d1117}
.added{fill:#3fb950}
.removed{fill:#9198a1}
.loosened{fill:#f85149}
}
</style>
";

/// A lane: its title, left edge, width and boxes.
struct Lane<'a> {
    title: &'a str,
    left: usize,
    width: usize,
    boxes: &'a [GraphBox],
    is_routes: bool,
    /// The lines at the left edge: to all boxes, or those that the gateway calls itself.
    entry: LaneEntry,
    /// Its boxes lead on.
    leads_on: bool,
}

/// How lines come to the boxes of a lane.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LaneEntry {
    None,
    /// To the first box, and from each to the next.
    First,
    /// To each box.
    Each,
    /// To each box, from the lane before or over a line of their own.
    EachOrDirect,
}

/// Writes the picture.
pub(crate) fn svg(graph: &Graph) -> String {
    let lanes = lanes(graph);
    let last = lanes.last().map_or(0, |lane| lane.left + lane.width);
    let entries = legend::entries(graph);
    let below_callers = legend::below_callers();
    let heights = lanes.iter().map(|lane| boxes_height(lane.boxes));
    let heights = heights.chain([below_callers + legend::height(&entries)]);
    let (width, height) = (last + MARGIN, TOP + heights.max().unwrap_or(0) + MARGIN);
    let mut out = String::with_capacity(4096 + graph.routes.len() * 1024);
    let (name, summary) = (escaped(&graph.name), escaped(&graph.summary));
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\"><title>{name}</title><desc>{summary}</desc><text x=\"{MARGIN}\" y=\"56\">{summary}</text>\n\
         {STYLE}\
         <text class=\"head\" x=\"{MARGIN}\" y=\"34\" font-size=\"18\">{}</text>\n",
        escaped(&fit(&graph.name, 60)),
    )
    .expect(INFALLIBLE);
    if !graph.loosened.is_empty() {
        let sign = Change::Loosened.sign();
        let text = format!("{sign} loosened: {}", graph.loosened.join(", "));
        let columns = ((width - 2 * MARGIN) as f64 / CHARACTER) as usize;
        let text = escaped(&fit(&text, columns)).into_owned();
        writeln!(
            out,
            "<text class=\"loosened\" x=\"{MARGIN}\" y=\"75\">{text}</text>"
        )
        .expect(INFALLIBLE);
    }
    let over = lines::direct(graph, &lanes).into_iter();
    out.extend(over.chain(lines::private(graph, &lanes)));
    for lane in &lanes {
        write_lane(&mut out, lane);
    }
    out.push_str(&legend::legend(&entries, TOP + below_callers));
    out.push_str("</svg>\n");
    out
}

const INFALLIBLE: &str = "writing to a String cannot fail";

fn lanes(graph: &Graph) -> Vec<Lane<'_>> {
    let mut left = MARGIN;
    let mut lane = |title, width: usize, boxes| {
        let lane = Lane {
            title,
            left,
            width,
            boxes,
            is_routes: false,
            entry: LaneEntry::None,
            leads_on: false,
        };
        left += width + GAP;
        lane
    };
    let mut lanes = vec![
        lane("Callers", CALLERS, &graph.callers),
        Lane {
            is_routes: true,
            entry: LaneEntry::Each,
            leads_on: true,
            ..lane(graph.gateway, ROUTES, &graph.routes)
        },
    ];
    let is_called = graph.routes.iter().any(|one| one.outline.is_called());
    for (index, (title, boxes)) in graph.between.iter().enumerate() {
        let is_last = index + 1 == graph.between.len();
        lanes.push(Lane {
            entry: match index == 0 && !is_called {
                true => LaneEntry::None,
                false => LaneEntry::First,
            },
            leads_on: !is_last || graph.has_targets_behind(),
            ..lane(title, width_of(boxes), boxes)
        });
    }
    let entry = match graph.between.is_empty() {
        true => LaneEntry::Each,
        false => LaneEntry::EachOrDirect,
    };
    lanes.push(Lane {
        entry,
        ..lane("Targets", TARGETS, &graph.targets)
    });
    lanes
}

/// The width of boxes whose texts are of gwgen's own, and no shorter than their title.
fn width_of(boxes: &[GraphBox]) -> usize {
    let lines = boxes.iter().flat_map(GraphBox::lines);
    let columns = lines.map(str::len).max().unwrap_or(0).max(11);
    (columns as f64 * CHARACTER).ceil() as usize + 2 * INSET
}

fn write_lane(out: &mut String, lane: &Lane<'_>) {
    writeln!(
        out,
        "<g transform=\"translate({} {TOP})\"><text class=\"head\" y=\"-30\">{}</text>",
        lane.left, lane.title
    )
    .expect(INFALLIBLE);
    let mut from_lane = 0;
    let mut below = 0;
    for (index, one) in lane.boxes.iter().enumerate() {
        let y = if lane.is_routes { below } else { from_lane };
        let start = format!(
            "<g id=\"{}\" class=\"{}\" transform=\"translate(0 {y})\"><title>{}</title>",
            escaped(&one.id),
            one.outline.word(),
            escaped(&one.lines().join(", ")),
        );
        out.push_str(&start);
        out.push_str(&lines::beside(lane, index, one, below));
        out.push('\n');
        write_box(out, lane, one);
        if !lane.is_routes {
            out.push_str("</g>");
        }
        out.push('\n');
        below = height(one) + SPACE;
        from_lane += below;
    }
    if lane.is_routes {
        out.push_str(&"</g>".repeat(lane.boxes.len()));
    }
    out.push_str("</g>\n");
}

/// The outline of a box, and its texts.
fn write_box(out: &mut String, lane: &Lane<'_>, one: &GraphBox) {
    let change = one.change.as_ref().map(|(change, _)| change.class());
    out.push_str(&outline(lane.width, height(one), one.outline));
    let columns = ((lane.width - 2 * INSET) as f64 / CHARACTER) as usize;
    let mut y = MIDDLE + 2;
    let mut text = |class: &str, text: &str| {
        let text = escaped(&fit(text, columns)).into_owned();
        let line = format!("<text{class} x=\"{INSET}\" y=\"{y}\">{text}</text>");
        y += LINE;
        line
    };
    let name = text(" class=\"name\"", &one.name);
    out.push_str(&name);
    for detail in &one.details {
        out.push_str(&text("", detail));
    }
    if let (Some((change, words)), Some(class)) = (&one.change, change) {
        let words = format!("{} {words}", change.sign());
        out.push_str(&text(&format!(" class=\"{class}\""), &words));
    }
    out.push_str(&marks(one, y + 4));
}

/// What a box says of cache and throttle, each in a shape of its own.
fn marks(one: &GraphBox, y: usize) -> String {
    let (mut out, mut left) = (String::new(), INSET);
    let cached = one.cached.iter().map(|text| (text, true));
    let throttled = one.throttled.iter().map(|text| (text, false));
    for (text, is_cached) in cached.chain(throttled) {
        let text = fit(text, 18);
        let width = (text.chars().count() as f64 * CHARACTER) as usize + 2 * INSET - 4;
        out.push_str(&mark(is_cached, left, y - 13, width));
        write!(
            out,
            "<text x=\"{}\" y=\"{y}\">{}</text>",
            left + INSET - 2,
            escaped(&text)
        )
        .expect(INFALLIBLE);
        left += width + SPACE / 2;
    }
    out
}

/// A round shape, or one with six sides.
fn mark(is_cached: bool, left: usize, top: usize, width: usize) -> String {
    if is_cached {
        return format!(
            "<rect class=\"mark\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{LINE}\" rx=\"9\"/>"
        );
    }
    let half = LINE / 2;
    format!(
        "<path class=\"mark\" d=\"M{} {top}h{}l7 {half}l-7 {half}h-{}l-7 -{half}Z\"/>",
        left + 7,
        width - 14,
        width - 14
    )
}

/// Round where everybody may call, with two lines where a caller is checked.
fn outline(width: usize, height: usize, outline: Outline) -> String {
    let corner = match outline {
        Outline::Open => (height / 3).min(16),
        Outline::Protected => 0,
        Outline::Internal | Outline::Hidden | Outline::Closed | Outline::Part => 5,
    };
    let rectangle =
        format!("<rect class=\"box\" width=\"{width}\" height=\"{height}\" rx=\"{corner}\"/>");
    match outline {
        Outline::Protected => format!("{rectangle}<path class=\"box\" d=\"M5 0V{height}\"/>"),
        _ => rectangle,
    }
}

fn boxes_height(boxes: &[GraphBox]) -> usize {
    boxes.iter().map(|one| height(one) + SPACE).sum()
}

fn height(one: &GraphBox) -> usize {
    let marks = usize::from(one.cached.is_some() || one.throttled.is_some());
    let lines = 1 + one.details.len() + usize::from(one.change.is_some()) + marks;
    MIDDLE + LINE * (lines - 1) + SPACE + 6 * marks
}

/// Text of XML.
fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return text.into();
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;").into()
}
