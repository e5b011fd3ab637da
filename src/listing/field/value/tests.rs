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
