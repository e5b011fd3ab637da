//! The lines of the picture.
//! In: lanes. Out: paths. Pure.

use std::fmt::Write as _;

use super::super::{Graph, GraphBox, Outline, parts};
use super::{
    CALLERS, GAP, INFALLIBLE, Lane, LaneEntry, MARGIN, MIDDLE, SPACE, TOP, boxes_height, height,
};

/// The line over the lanes between, to targets that the gateway calls itself.
pub(super) fn direct(graph: &Graph, lanes: &[Lane<'_>]) -> Option<String> {
    let (gateway, targets) = (lanes.get(1)?, lanes.last()?);
    let first = targets.boxes.iter().position(|target| target.is_direct)?;
    let is_drawn = !targets.boxes[first].is_idle && !graph.between.is_empty();
    is_drawn.then(|| {
        format!(
            "<path class=\"wire\" d=\"M{} {}V{}H{}V{}\"/>\n",
            gateway.left + gateway.width + GAP / 2,
            TOP + MIDDLE,
            TOP - SPACE + 2,
            targets.left - GAP / 4,
            top(&targets.boxes[..first]) + MIDDLE,
        )
    })
}

/// The line from private callers to the last balancer, over the lane of routes.
pub(super) fn private(graph: &Graph, lanes: &[Lane<'_>]) -> Option<String> {
    let caller = graph
        .callers
        .iter()
        .position(|one| one.id == parts::PRIVATE)?;
    let lane = lanes.iter().rev().nth(1)?;
    let balancer = lane.boxes.iter().rposition(|one| !one.is_beside())?;
    let end = top(&lane.boxes[..balancer]) + height(&lane.boxes[balancer]) - SPACE;
    let (right, left) = (MARGIN + CALLERS, lane.left);
    Some(format!(
        "<path class=\"wire private\" d=\"M{right} {}h{}V{}H{}V{end}H{}\"/>{}\n",
        top(&graph.callers[..caller]) + MIDDLE,
        GAP / 4,
        TOP - SPACE - 6,
        left - GAP / 2,
        left - 2,
        tip(left as isize, end as isize),
    ))
}

/// The top of a box below others.
fn top(above: &[GraphBox]) -> usize {
    TOP + boxes_height(above)
}

/// A tip that points to the right.
fn tip(x: isize, y: isize) -> String {
    format!("<path class=\"tip\" d=\"M{} {}l9 5l-9 5Z\"/>", x - 9, y - 5)
}

/// The pieces of lines beside a box: from where the box before ended to this one.
pub(super) fn beside(lane: &Lane<'_>, index: usize, one: &GraphBox, below: usize) -> String {
    let (half, middle) = (GAP / 2, MIDDLE as isize);
    let before = middle - below as isize;
    let is_first = index == 0;
    let mut out = String::new();
    let comes = !one.is_idle && (!lane.is_routes || one.outline.is_called());
    match lane.entry {
        LaneEntry::Each if comes => {
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
        LaneEntry::First if is_first => {
            write!(out, "<path class=\"wire\" d=\"M-{half} {middle}H-2\"/>").expect(INFALLIBLE);
            out.push_str(&tip(0, middle));
        }
        LaneEntry::First if !one.is_beside() => {
            let x = lane.width / 2;
            write!(
                out,
                "<path class=\"wire\" d=\"M{x} -{SPACE}V-3\"/><path class=\"tip\" d=\"M{} -9L{x} 0L{} -9Z\"/>",
                x - 5,
                x + 5
            )
            .expect(INFALLIBLE);
        }
        LaneEntry::EachOrDirect if comes => {
            let x = if one.is_direct { GAP / 4 } else { half };
            let is_alike = |above: &GraphBox| above.is_direct == one.is_direct;
            let goes_on = index > 0 && is_alike(&lane.boxes[index - 1]);
            let start = if goes_on { before } else { middle };
            write!(
                out,
                "<path class=\"wire\" d=\"M-{x} {start}V{middle}H-2\"/>"
            )
            .expect(INFALLIBLE);
            out.push_str(&tip(0, middle));
        }
        LaneEntry::None | LaneEntry::Each | LaneEntry::EachOrDirect | LaneEntry::First => {}
    }
    out.push_str(&leaving(lane, index, one, below));
    out
}

/// The line from a box to where all of its lane come together.
fn leaving(lane: &Lane<'_>, index: usize, one: &GraphBox, below: usize) -> String {
    let leaves = match lane.is_routes {
        true => one.outline.is_called() && one.outline != Outline::Closed,
        false => lane.boxes[index..].iter().skip(1).all(GraphBox::is_beside) && !one.is_beside(),
    };
    if !lane.leads_on || !leaves {
        return String::new();
    }
    let right = lane.width + GAP / 2;
    let up = match index {
        0 => String::new(),
        _ => format!("V{}", MIDDLE as isize - below as isize),
    };
    let width = lane.width;
    format!("<path class=\"wire\" d=\"M{width} {MIDDLE}H{right}{up}\"/>")
}
