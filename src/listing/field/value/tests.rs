use proptest::prelude::*;

use super::super::AUTH;
use super::*;

proptest! {
    #[test]
    fn what_the_memory_keeps_comes_back(
        members in prop::collection::vec("[ -~é%; ]{1,6}", 0..4),
        level in 0..4_u8,
        is_any in any::<bool>(),
    ) {
        let set = Set {
            whole: None,
            members: members.iter().map(|member| Cow::Borrowed(&**member)).collect(),
            none: "none",
        };
        let of_set = if is_any { FieldValue::AnyOf(set) } else { FieldValue::AllOf(set) };
        let of_level = FieldValue::Level(level, members.join(" ").into());
        for value in [of_set, of_level] {
            let text = value.remembered().unwrap();
            prop_assert!(!text.contains("; "));
            let back = value.recalled(&text).unwrap();
            prop_assert_eq!(back.compare(&value), Some(Ordering::Equal));
        }
    }
}

#[test]
fn what_cannot_be_compared_counts_as_looser() {
    let set = |member| FieldValue::AnyOf(Set::of([member], "none"));
    assert_eq!(
        set("one").heading(&set("other"), &AUTH),
        Some(Heading::Loosened)
    );
    assert_eq!(set("one").heading(&set("one"), &AUTH), None);
}

#[test]
fn a_star_is_kept_as_a_star() {
    let star = FieldValue::AnyOf(Set::of(["*"], "none"));
    let back = star.recalled(&star.remembered().unwrap()).unwrap();
    let everything = FieldValue::AnyOf(Set::whole("none"));
    assert_eq!(everything.heading(&back, &AUTH), Some(Heading::Loosened));
}

/// The heading of a change of who may call.
fn heading_of(before: &[&str], after: &[&str]) -> Option<Heading> {
    let [before, after] = [before, after].map(|members| {
        let members = members.iter().map(|text| (*text).to_owned());
        FieldValue::AnyOf(Set::of(members, "none"))
    });
    after.heading(&before, &super::super::POLICY)
}

#[test]
fn ranges_are_compared_by_the_addresses_that_they_hold() {
    let wide = ["10.0.0.0/8"];
    let loosened = Some(Heading::Loosened);
    for (before, after, expected) in [
        (&wide[..], &["10.1.0.0/16"][..], Some(Heading::Tightened)),
        (&["10.1.0.0/16"], &wide, loosened),
        (&wide, &["10.0.0.0/9", "10.128.0.0/9"], None),
        (
            &wide,
            &["10.128.0.0/9", "10.0.0.0/10"],
            Some(Heading::Tightened),
        ),
        (&["10.128.0.0/9", "10.0.0.0/10"], &wide, loosened),
        (&wide, &["10.1.0.0/16", "192.0.2.0/24"], loosened),
        (
            &["192.0.2.0/24", "10.0.0.0/8"],
            &["10.1.0.0/16"],
            Some(Heading::Tightened),
        ),
        (&wide, &["11.0.0.0/16"], loosened),
        // Bits behind the prefix do not count.
        (&["10.0.0.0/8"], &["10.7.0.0/8"], None),
        (&["0.0.0.0/0"], &["::/0"], loosened),
        (&["::/0"], &["2001:db8::/32"], Some(Heading::Tightened)),
        (&["2001:db8::/32"], &["::/0"], loosened),
        // What is no range is a name.
        (&wide, &["(var: office)"], loosened),
        (&wide, &["10.0.0.0/33"], loosened),
        (
            &["10.0.0.0/8", "(var: office)"],
            &["(var: office)"],
            Some(Heading::Tightened),
        ),
    ] {
        assert_eq!(heading_of(before, after), expected, "{before:?} {after:?}");
    }
}
