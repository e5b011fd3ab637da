//! The picture as SVG: self-contained, light and dark.
//! In: `Graph`. Out: text. Pure.
//!
//! ```text
//! callers   gateway   link   balancers   targets
//!   [ ]--+--> [ ]-+--> [ ] ---> [ ]-+--> [ ]
//!        +--> [ ]-+             [ ] +--> [ ]
//! ```
//! The boxes of a lane are nested groups, each placed below the one before: a new one moves those
//! below it and changes one line of them. A box draws its piece of the lines beside its lane.

use std::fmt::Write as _;

use super::{Graph, GraphBox, Outline, fit};

/// Space at the edges, between boxes, and between lanes. Unit: pixels, as everywhere here.
const MARGIN: usize = 24;
const SPACE: usize = 14;
const GAP: usize = 56;
/// From the top of a box to the lines that lead to it.
const MIDDLE: usize = 22;
/// From the top of the picture to that of the boxes.
const TOP: usize = 124;
/// From one line of text to the next.
const LINE: usize = 18;
/// Space between a box and its text.
const INSET: usize = 14;
/// Width of a character at 12 pixels. Fonts of equal widths have 0.60 em (Menlo, Consolas 0.55,
/// DejaVu Sans Mono 0.602).
const CHARACTER: f64 = 7.44;
const ROUTES: usize = 348;
const PARTS: usize = 186;
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
    entry: Entry,
    /// Its boxes lead on.
    leads_on: bool,
}

/// How lines come to the boxes of a lane.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
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
    let callers = graph.callers();
    let lanes = lanes(graph, &callers);
    let last = lanes.last().map_or(0, |lane| lane.left + lane.width);
    let heights = lanes.iter().map(|lane| boxes_height(lane.boxes));
    let (width, height) = (last + MARGIN, TOP + heights.max().unwrap_or(0) + MARGIN);
    let mut out = String::with_capacity(4096 + graph.routes.len() * 1024);
    let (name, summary) = (escaped(&graph.name), escaped(&graph.summary));
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{name}</title>\n\
         {STYLE}\
         <text class=\"head\" x=\"{MARGIN}\" y=\"36\" font-size=\"18\">{}</text>\n\
         <text x=\"{MARGIN}\" y=\"60\">{summary}</text>\n",
        escaped(&fit(&graph.name, 60)),
    )
    .expect(INFALLIBLE);
    if let Some(line) = direct_line(graph, &lanes) {
        out.push_str(&line);
    }
    for lane in &lanes {
        write_lane(&mut out, lane);
    }
    out.push_str("</svg>\n");
    out
}

const INFALLIBLE: &str = "writing to a String cannot fail";

fn lanes<'a>(graph: &'a Graph, callers: &'a [GraphBox]) -> Vec<Lane<'a>> {
    let mut left = MARGIN;
    let mut lane = |title: &'a str, width: usize, boxes: &'a [GraphBox]| {
        let lane = Lane {
            title,
            left,
            width,
            boxes,
            is_routes: false,
            entry: Entry::None,
            leads_on: false,
        };
        left += width + GAP;
        lane
    };
    let mut lanes = vec![
        lane("Callers", PARTS, callers),
        Lane {
            is_routes: true,
            entry: Entry::Each,
            leads_on: true,
            ..lane("API Gateway", ROUTES, &graph.routes)
        },
    ];
    for (index, (title, boxes)) in graph.between.iter().enumerate() {
        let is_last = index + 1 == graph.between.len();
        lanes.push(Lane {
            entry: Entry::First,
            leads_on: !is_last || graph.has_targets_behind(),
            ..lane(title, PARTS, boxes)
        });
    }
    let entry = match graph.between.is_empty() {
        true => Entry::Each,
        false => Entry::EachOrDirect,
    };
    lanes.push(Lane {
        entry,
        ..lane("Targets", TARGETS, &graph.targets)
    });
    lanes
}

/// The line over the lanes between, to targets that the gateway calls itself.
fn direct_line(graph: &Graph, lanes: &[Lane<'_>]) -> Option<String> {
    let has_direct = graph.targets.iter().any(|target| target.is_direct);
    let (gateway, targets) = (lanes.get(1)?, lanes.last()?);
    (has_direct && !graph.between.is_empty()).then(|| {
        format!(
            "<path class=\"wire\" d=\"M{} {}V{}H{}V{}\"/>\n",
            gateway.left + gateway.width + GAP / 2,
            TOP + MIDDLE,
            TOP - SPACE,
            targets.left - GAP / 4,
            TOP + MIDDLE,
        )
    })
}

fn write_lane(out: &mut String, lane: &Lane<'_>) {
    writeln!(
        out,
        "<g transform=\"translate({} {TOP})\"><text class=\"head\" y=\"-26\">{}</text>",
        lane.left, lane.title
    )
    .expect(INFALLIBLE);
    let mut below = 0;
    for (index, one) in lane.boxes.iter().enumerate() {
        write_box(out, lane, index, one, below);
        below = height(one) + SPACE;
    }
    let closed = "</g>".repeat(lane.boxes.len() + 1);
    out.push_str(&closed);
    out.push('\n');
}

/// A box: its group, its outline and lines, its texts.
fn write_box(out: &mut String, lane: &Lane<'_>, index: usize, one: &GraphBox, below: usize) {
    let change = one.change.as_ref().map(|(change, _)| change.word());
    writeln!(
        out,
        "<g id=\"{}\" class=\"{}\" transform=\"translate(0 {below})\"><title>{}</title>",
        escaped(&one.id),
        one.outline.word(),
        escaped(&one.lines().join(", ")),
    )
    .expect(INFALLIBLE);
    out.push_str(&outline(lane.width, height(one), one.outline));
    out.push_str(&wires(lane, index, one, below));
    out.push('\n');
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
    out.push_str(&marks(one, y));
    out.push('\n');
}

/// What a box says of cache and throttle, each in a shape of its own.
fn marks(one: &GraphBox, y: usize) -> String {
    let (mut out, mut left) = (String::new(), INSET);
    let marks = [(&one.cached, true), (&one.throttled, false)];
    for (text, is_cached) in marks {
        let Some(text) = text else { continue };
        let text = fit(text, 18);
        let width = (text.chars().count() as f64 * CHARACTER) as usize + 2 * INSET - 4;
        let (top, bottom, right) = (y - 13, y + 5, left + width);
        let shape = match is_cached {
            true => format!(
                "<rect class=\"mark\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{}\" rx=\"9\"/>",
                bottom - top
            ),
            false => format!(
                "<path class=\"mark\" d=\"M{} {top}H{}L{right} {}L{} {bottom}H{}L{left} {}Z\"/>",
                left + 7,
                right - 7,
                y - 4,
                right - 7,
                left + 7,
                y - 4,
            ),
        };
        write!(
            out,
            "{shape}<text x=\"{}\" y=\"{y}\">{}</text>",
            left + INSET - 2,
            escaped(&text)
        )
        .expect(INFALLIBLE);
        left = right + SPACE / 2;
    }
    out
}

/// Round where everybody may call, with two lines where a caller is checked.
fn outline(width: usize, height: usize, outline: Outline) -> String {
    let corner = match outline {
        Outline::Open => 16,
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

/// The pieces of lines beside a box: from where the box before ended to this one.
fn wires(lane: &Lane<'_>, index: usize, one: &GraphBox, below: usize) -> String {
    let (half, middle) = (GAP / 2, MIDDLE as isize);
    let before = middle - below as isize;
    let is_first = index == 0;
    let mut out = String::new();
    let tip = |x: isize, y: isize| {
        format!(
            "<path class=\"tip\" d=\"M{} {}L{x} {y}L{} {}Z\"/>",
            x - 9,
            y - 5,
            x - 9,
            y + 5
        )
    };
    let comes = !lane.is_routes || one.outline.is_called();
    match lane.entry {
        Entry::Each if comes => {
            let start = if is_first {
                -(GAP as isize)
            } else {
                -(half as isize)
            };
            let turn = if is_first { middle } else { before };
            write!(
                out,
                "<path class=\"wire\" d=\"M{start} {turn}H-{half}V{middle}H-2\"/>"
            )
            .expect(INFALLIBLE);
            out.push_str(&tip(0, middle));
        }
        Entry::First if is_first => {
            write!(out, "<path class=\"wire\" d=\"M-{half} {middle}H-2\"/>").expect(INFALLIBLE);
            out.push_str(&tip(0, middle));
        }
        Entry::First if !one.is_beside() => {
            let x = lane.width / 2;
            write!(
                out,
                "<path class=\"wire\" d=\"M{x} -{SPACE}V-3\"/><path class=\"tip\" d=\"M{} -9L{x} 0L{} -9Z\"/>",
                x - 5,
                x + 5
            )
            .expect(INFALLIBLE);
        }
        Entry::EachOrDirect => {
            let quarter = GAP / 4;
            let x = if one.is_direct { quarter } else { half };
            let start = if is_first { middle } else { before };
            write!(
                out,
                "<path class=\"wire\" d=\"M-{x} {start}V{middle}H-2\"/>"
            )
            .expect(INFALLIBLE);
            out.push_str(&tip(0, middle));
        }
        Entry::None | Entry::Each | Entry::First => {}
    }
    let leaves = match lane.is_routes {
        true => one.outline.is_called() && one.outline != Outline::Closed,
        false => lane.boxes[index..].iter().skip(1).all(GraphBox::is_beside) && !one.is_beside(),
    };
    if lane.leads_on && leaves {
        let right = lane.width + half;
        let up = if is_first {
            String::new()
        } else {
            format!("V{before}")
        };
        write!(
            out,
            "<path class=\"wire\" d=\"M{} {middle}H{right}{up}\"/>",
            lane.width
        )
        .expect(INFALLIBLE);
    }
    out
}

fn boxes_height(boxes: &[GraphBox]) -> usize {
    boxes.iter().map(|one| height(one) + SPACE).sum()
}

fn height(one: &GraphBox) -> usize {
    let marks = usize::from(one.cached.is_some() || one.throttled.is_some());
    let lines = 1 + one.details.len() + usize::from(one.change.is_some()) + marks;
    MIDDLE + LINE * (lines - 1) + SPACE + 4 * marks
}

/// Text of XML.
fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return text.into();
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;").into()
}
