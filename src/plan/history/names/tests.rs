use super::*;
use crate::source::{FilesInMemory, RelativePath, Sources};

/// A backend, what it was, and the port that distinguishes its servers.
type Named<'a> = (&'a str, &'a str, u16);

/// Renders, each after the one before.
#[derive(Default)]
struct Renders {
    memory: Memory,
    names: KnownNames,
}

impl Renders {
    /// Decides the names of backends, and returns the codes of findings. After an error the memory
    /// stays.
    fn render(&mut self, backends: &[Named<'_>]) -> Vec<&'static str> {
        let mut text =
            "version: 1\nname: shop\nspec: openapi.yaml\ntopology: internet\nbackends:\n"
                .to_owned();
        for (name, was, port) in backends {
            let was = if was.is_empty() {
                String::new()
            } else {
                format!("was: {was}, ")
            };
            text += &format!("  {name}: {{{was}url: 'https://shop.example.com:{port}'}}\n");
        }
        let files = FilesInMemory([("gwgen.yaml".to_owned(), text.into_bytes())].into());
        let path = RelativePath::join("", "gwgen.yaml").unwrap();
        let read =
            crate::blueprint::read(&files, path, "gwgen.yaml".into(), &mut Sources::default());
        let (blueprint, mut found) = (read.value.unwrap(), Vec::new());
        let names = names(&blueprint, &self.memory, &mut found);
        if !found.iter().any(Diagnostic::is_error) {
            self.memory = Memory::default();
            names.remember(&blueprint, &mut self.memory);
            self.names = names;
        }
        found.iter().map(|finding| finding.code.code).collect()
    }

    /// The first name of a backend, and those that a state may have.
    fn of(&self, name: &str) -> (String, Vec<String>) {
        let name = &self.names.names[&format!("backends/{name}")];
        let earlier = name.earlier().iter().map(|earlier| earlier.to_string());
        (name.first().to_string(), earlier.collect())
    }

    fn moves(&self) -> Vec<(&str, &str)> {
        let moves = self.memory.moves.iter();
        let moves = moves.filter_map(|(from, to)| Some((from.strip_prefix("backends/")?, to)));
        moves
            .flat_map(|(from, to)| to.iter().map(move |to| (from, to.as_str())))
            .collect()
    }
}

fn known(first: &str, earlier: &[&str]) -> (String, Vec<String>) {
    let earlier = earlier.iter().map(|&name| name.to_owned());
    (first.to_owned(), earlier.collect())
}

const NOTHING: [&str; 0] = [];

#[test]
fn names_follow_one_another_with_and_without_the_line() {
    let mut renders = Renders::default();
    assert_eq!(renders.render(&[("orders", "", 80)]), NOTHING);
    assert_eq!(renders.of("orders"), known("orders", &[]));
    assert_eq!(renders.render(&[("sales", "orders", 80)]), NOTHING);
    assert_eq!(renders.of("sales"), known("orders", &["orders"]));
    assert_eq!(renders.render(&[("shop", "sales", 80)]), NOTHING);
    for was in ["sales", "", "orders"] {
        // An environment that skipped the middle one moves from the first name on.
        assert_eq!(renders.render(&[("shop", was, 80)]), NOTHING, "{was}");
        assert_eq!(renders.of("shop"), known("orders", &["orders", "sales"]));
        assert_eq!(renders.moves(), [("orders", "sales"), ("sales", "shop")]);
    }
}

#[test]
fn a_line_may_name_any_name_before() {
    let mut renders = Renders::default();
    renders.render(&[("orders", "", 80)]);
    renders.render(&[("sales", "orders", 80)]);
    // A branch that has not seen `sales` renames `orders`.
    assert_eq!(renders.render(&[("shop", "orders", 80)]), NOTHING);
    assert_eq!(renders.of("shop"), known("orders", &["orders", "sales"]));
}

#[test]
fn moves_make_no_circle() {
    let mut renders = Renders::default();
    for (name, was) in [("a", ""), ("b", "a"), ("c", "b"), ("a", "c")] {
        assert_eq!(renders.render(&[(name, was, 80)]), NOTHING);
    }
    assert_eq!(renders.of("a"), known("a", &["b", "c"]));
    assert_eq!(renders.moves(), [("b", "c"), ("c", "a")]);
    assert_eq!(renders.render(&[("b", "a", 80)]), NOTHING);
    assert_eq!(renders.of("b"), known("a", &["c", "a"]));
    assert_eq!(renders.moves(), [("a", "b"), ("c", "a")]);
}

#[test]
fn two_are_renamed_in_one_render() {
    let mut renders = Renders::default();
    renders.render(&[("orders", "", 80), ("users", "", 81)]);
    let both = [("people", "users", 81), ("sales", "orders", 80)];
    assert_eq!(renders.render(&both), NOTHING);
    assert_eq!(renders.of("sales"), known("orders", &["orders"]));
    assert_eq!(renders.of("people"), known("users", &["users"]));
}

#[test]
fn names_that_lead_to_two_or_to_nothing_are_refused() {
    let before = [("orders", "", 80), ("users", "", 81)];
    let wrong: [&[Named<'_>]; 6] = [
        // Exchanged.
        &[("orders", "users", 81), ("users", "orders", 80)],
        // Into a name that another one leaves in the same render.
        &[("people", "users", 81), ("users", "orders", 80)],
        // Of one that is still there, of itself, of none.
        &[
            ("orders", "", 80),
            ("sales", "orders", 80),
            ("users", "", 81),
        ],
        &[("orders", "", 80), ("users", "users", 81)],
        &[("orders", "", 80), ("sales", "invoices", 81)],
        // Of one for two.
        &[
            ("retail", "orders", 80),
            ("sales", "orders", 80),
            ("users", "", 81),
        ],
    ];
    for backends in wrong {
        let mut renders = Renders::default();
        renders.render(&before);
        let found = renders.render(backends);
        assert!(found.contains(&"GW2150"), "{backends:?}: {found:?}");
    }
}

#[test]
fn a_first_name_is_given_to_no_other_part() {
    let mut renders = Renders::default();
    renders.render(&[("orders", "", 80)]);
    renders.render(&[("sales", "orders", 80)]);
    let both = [("orders", "", 81), ("sales", "", 80)];
    assert_eq!(renders.render(&both), ["GW2151"]);
    renders.memory.forget();
    assert_eq!(renders.render(&both), NOTHING);
    assert_eq!(renders.of("orders"), known("orders-2", &[]));
    assert_eq!(renders.of("sales"), known("orders", &[]));
    // It stays so, and the number is taken for a third part.
    let three = [("orders", "", 81), ("orders-2", "", 82), ("sales", "", 80)];
    assert_eq!(renders.render(&three), NOTHING);
    assert_eq!(renders.of("orders"), known("orders-2", &[]));
    assert_eq!(renders.of("orders-2"), known("orders-2-2", &[]));
}

#[test]
fn sides_of_a_merge_move_from_both_names() {
    let mut renders = Renders::default();
    renders.render(&[("orders", "", 80)]);
    renders.render(&[("sales", "orders", 80)]);
    let moved = renders.memory.moves.get_mut("backends/orders").unwrap();
    moved.insert("retail".to_owned());
    renders
        .memory
        .moves
        .insert("backends/retail".to_owned(), ["sales".to_owned()].into());
    assert_eq!(renders.render(&[("sales", "", 80)]), NOTHING);
    let (first, mut earlier) = renders.of("sales");
    earlier.sort();
    assert_eq!(
        (first.as_str(), earlier.as_slice()),
        ("orders", &["orders".to_owned(), "retail".to_owned()][..])
    );
}
