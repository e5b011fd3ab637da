//! The sides of a merge that git left to its user.

/// Starts of the lines with which git marks the sides of a conflict; between the second and the
/// third is their common ancestor.
///
/// Source: git, "git-merge", "How conflicts are presented",
/// <https://git-scm.com/docs/git-merge#_how_conflicts_are_presented>, read 2026-11-30.
const OURS: &str = "<<<<<<< ";
const ANCESTOR: &str = "||||||| ";
const THEIRS: &str = "=======";
const END: &str = ">>>>>>> ";

/// Returns whether a text has the markers of a conflict.
pub(crate) fn is_merged(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    lines.any(|line| line.starts_with(OURS.as_bytes()))
}

/// Returns the whole text as each side has it; the text itself where there is no conflict.
pub(crate) fn sides(text: &str) -> Vec<String> {
    if is_merged(text.as_bytes()) {
        vec![side(text, OURS), side(text, THEIRS)]
    } else {
        vec![text.to_owned()]
    }
}

/// The text with one side of every conflict.
fn side(text: &str, wanted: &str) -> String {
    let mut within = None;
    let mut side = String::with_capacity(text.len());
    for line in text.lines() {
        let markers = [OURS, ANCESTOR, THEIRS, END];
        match markers.into_iter().find(|marker| line.starts_with(marker)) {
            Some(END) => within = None,
            Some(marker) => within = Some(marker),
            None if within.is_none_or(|within| within == wanted) => side.extend([line, "\n"]),
            None => {}
        }
    }
    side
}

#[cfg(test)]
mod tests {
    use super::super::Memory;

    /// A hash with one letter.
    fn line(path: &str, letter: &str) -> String {
        format!("    \"{path}\": \"{}\"", letter.repeat(64))
    }

    #[test]
    fn a_merged_memory_has_the_facts_of_both_sides() {
        let ours = [line("a.tf", "1"), line("ours.tf", "1")].join(",\n");
        let theirs = [line("a.tf", "2"), line("theirs.tf", "2")].join(",\n");
        for ancestor in ["", "||||||| 1a2b3c4\n    \"a.tf\": \"\"\n"] {
            let text = format!(
                "{{\n  \"version\": 1,\n  \"files\": {{\n<<<<<<< HEAD\n{ours}\n{ancestor}=======\n{theirs}\n>>>>>>> feature\n  }}\n}}\n"
            );
            let memory = Memory::parse(text.as_bytes()).unwrap();
            let counts: Vec<(&str, usize)> = memory
                .files
                .iter()
                .map(|(path, hashes)| (path.as_str(), hashes.len()))
                .collect();
            assert_eq!(counts, [("a.tf", 2), ("ours.tf", 1), ("theirs.tf", 1)]);
            // As it is while a run writes: a path is there twice.
            let printed = memory.printed();
            assert_eq!(Memory::parse(&printed).unwrap(), memory);
        }
    }
}
