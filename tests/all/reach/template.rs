//! Templates of paths, and which requests fit them.
//!
//! In: texts of paths. Out: `Template`. Pure; a reading of its own of what a path template means.

/// A segment of a template. The order is the order in which routers look: a fixed text first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    Literal(String),
    Variable,
    /// One segment or more.
    Rest,
}

pub(super) type Template = Vec<Segment>;

pub(super) fn template(path: &str) -> Template {
    let segment = |text: &str| match text {
        it if it.starts_with('{') && it.ends_with("+}") => Segment::Rest,
        it if it.starts_with('{') => Segment::Variable,
        it => Segment::Literal(it.to_owned()),
    };
    segments(path).map(segment).collect()
}

pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|it| !it.is_empty())
}

/// The text of a segment that is fixed.
pub(super) fn text(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Literal(text) => Some(text.clone()),
        Segment::Variable | Segment::Rest => None,
    }
}

pub(super) fn fits(template: &[Segment], path: &[String]) -> bool {
    match (template.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((Segment::Rest, _)), Some(_)) => true,
        (Some((Segment::Variable, template)), Some((_, path))) => fits(template, path),
        (Some((Segment::Literal(text), template)), Some((first, path))) => {
            text == first && fits(template, path)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// Order in which routers compare, segment by segment from the left.
pub(super) fn rank(template: &[Segment]) -> Vec<u8> {
    let rank = |segment: &Segment| match segment {
        Segment::Literal(_) => 0,
        Segment::Variable => 1,
        Segment::Rest => 2,
    };
    template.iter().map(rank).collect()
}

/// Returns whether every path that fits the second fits the first.
pub(super) fn covers(wider: &[Segment], narrower: &[Segment]) -> bool {
    match (wider.split_first(), narrower.split_first()) {
        (None, None) => true,
        (Some((Segment::Rest, _)), Some(_)) => true,
        (
            Some((Segment::Variable, wider)),
            Some((Segment::Literal(_) | Segment::Variable, narrower)),
        ) => covers(wider, narrower),
        (Some((Segment::Literal(one), wider)), Some((Segment::Literal(other), narrower))) => {
            one == other && covers(wider, narrower)
        }
        (Some(_) | None, Some(_)) | (Some(_), None) => false,
    }
}

/// Segments of a path that fits both templates: `None` stands for a text that no template has.
pub(super) fn common(one: &[Segment], other: &[Segment]) -> Option<Vec<Option<String>>> {
    let free = |it: &Segment| match it {
        Segment::Literal(text) => vec![Some(text.clone())],
        Segment::Variable => vec![None],
        Segment::Rest => vec![None, None],
    };
    let (Some((first, one_rest)), Some((second, other_rest))) =
        (one.split_first(), other.split_first())
    else {
        return (one.is_empty() && other.is_empty()).then(Vec::new);
    };
    let common_of = |segment: Option<String>| {
        let mut all = vec![segment];
        all.extend(common(one_rest, other_rest)?);
        Some(all)
    };
    match (first, second) {
        (Segment::Rest, _) => Some(other.iter().flat_map(free).collect()),
        (_, Segment::Rest) => Some(one.iter().flat_map(free).collect()),
        (Segment::Variable, Segment::Variable) => common_of(None),
        (Segment::Literal(text), Segment::Variable)
        | (Segment::Variable, Segment::Literal(text)) => common_of(Some(text.clone())),
        (Segment::Literal(one), Segment::Literal(other)) if one == other => {
            common_of(Some(one.clone()))
        }
        (Segment::Literal(_), Segment::Literal(_)) => None,
    }
}

#[test]
fn templates_are_read_as_routers_read_them() {
    let path = |text: &str| segments(text).map(str::to_owned).collect::<Vec<_>>();
    assert!(
        fits(&template("/a/{x}/c"), &path("/a/b/c")) && !fits(&template("/a/{x}"), &path("/a"))
    );
    assert!(
        fits(&template("/a/{x+}"), &path("/a/b/c")) && !fits(&template("/a/{x+}"), &path("/a"))
    );
    assert!(
        rank(&template("/a/b")) < rank(&template("/a/{x}"))
            && rank(&template("/{x}/b")) < rank(&template("/{x+}"))
    );
    assert!(
        covers(&template("/{x}/b"), &template("/a/b"))
            && !covers(&template("/{x}/b"), &template("/a/{y}"))
    );
    let common = common(&template("/a/{x}/c"), &template("/{y}/b/{z}"));
    assert_eq!(
        common,
        Some(vec![
            Some("a".to_owned()),
            Some("b".to_owned()),
            Some("c".to_owned())
        ])
    );
}
