//! Dependencies between modules, read from `use` lines and from paths in code.

use std::collections::{BTreeMap, BTreeSet};

use super::SourceFile;

type Path = Vec<String>;

/// Modules and their dependencies.
pub(super) struct Modules {
    all: BTreeSet<Path>,
    /// For each folder, the modules in it, each with the others in it that it names.
    dependencies: BTreeMap<Path, BTreeMap<String, BTreeSet<String>>>,
}

impl Modules {
    pub(super) fn of(files: &[SourceFile]) -> Self {
        let texts: BTreeMap<Path, &str> = files
            .iter()
            .filter(|file| file.path != "main.rs")
            .map(|file| (module_of_file(&file.path), &*file.text))
            .collect();
        let mut modules = Self {
            all: texts.keys().cloned().collect(),
            dependencies: BTreeMap::new(),
        };
        for (own, text) in texts {
            for named in paths_in(text) {
                modules.add_dependency(&own, &named);
            }
        }
        modules
    }

    fn add_dependency(&mut self, own: &Path, named: &[String]) {
        let Some(target) = self.resolve(own, named) else {
            return;
        };
        let common = own
            .iter()
            .zip(&target)
            .take_while(|(one, other)| one == other)
            .count();
        if let (Some(from), Some(to)) = (own.get(common), target.get(common)) {
            let folder = self.dependencies.entry(own[..common].to_vec()).or_default();
            folder.entry(from.clone()).or_default().insert(to.clone());
        }
    }

    /// The module that a path names, or that has the item that it names.
    fn resolve(&self, own: &Path, named: &[String]) -> Option<Path> {
        let (mut target, rest) = match named.first().map(String::as_str) {
            Some("crate") => (Vec::new(), &named[1..]),
            Some("self") => (own.clone(), &named[1..]),
            Some("super") => {
                let up = named.iter().take_while(|word| *word == "super").count();
                (own[..own.len().checked_sub(up)?].to_vec(), &named[up..])
            }
            _ => return None,
        };
        for word in rest {
            target.push(word.clone());
            if !self.all.contains(&target) {
                target.pop();
                break;
            }
        }
        Some(target)
    }

    /// Cycles of modules in one folder, each once.
    pub(super) fn cycles(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (folder, edges) in &self.dependencies {
            let mut reported: BTreeSet<&str> = BTreeSet::new();
            for module in edges.keys() {
                let back = |other: &&String| reachable(edges, other).contains(module.as_str());
                let cycle: BTreeSet<&str> = reachable(edges, module)
                    .into_iter()
                    .filter(|other| back(&&(*other).to_owned()))
                    .collect();
                if !cycle.is_empty() && !reported.contains(module.as_str()) {
                    reported.extend(&cycle);
                    let names = cycle.into_iter().collect::<Vec<_>>().join(" ");
                    found.push(format!("src/{}: {names}", folder.join("/")));
                }
            }
        }
        found
    }

    /// Dependencies of a stage on a later one, in the order of `mod` lines.
    pub(super) fn against_order(&self, order: &[&str]) -> Vec<String> {
        let position = |module: &str| order.iter().position(|stage| *stage == module);
        let mut found = Vec::new();
        for (from, named) in self.dependencies.get(&Path::new()).into_iter().flatten() {
            let later = |to: &&String| position(to).is_some_and(|to| Some(to) > position(from));
            let pair = |to: &String| format!("{from} names {to}");
            found.extend(named.iter().filter(later).map(pair));
        }
        found
    }
}

/// Modules that a module depends on, directly or not; itself only in a cycle.
fn reachable<'a>(edges: &'a BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = edges
        .get(from)
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    while let Some(module) = open.pop() {
        if found.insert(module) {
            open.extend(edges.get(module).into_iter().flatten().map(String::as_str));
        }
    }
    found
}

fn module_of_file(file: &str) -> Path {
    let path = file.trim_end_matches(".rs");
    if path == "lib" {
        Vec::new()
    } else {
        path.split('/').map(str::to_owned).collect()
    }
}

/// Paths that begin with `crate`, `self` or `super`.
fn paths_in(text: &str) -> Vec<Path> {
    let mut code = String::new();
    for line in text.lines() {
        code.push_str(line.find("//").map_or(line, |at| &line[..at]));
        code.push('\n');
    }
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(at) = rest.find("use ") {
        let starts = rest[..at].ends_with('\n')
            || rest[..at].ends_with(") ")
            || rest[..at].ends_with("pub ");
        let Some(end) = rest[at..].find(';').map(|end| at + end) else {
            break;
        };
        if starts {
            expand(&rest[at + 4..end], &mut Vec::new(), &mut found);
            rest = &rest[end..];
        } else {
            rest = &rest[at + 4..];
        }
    }
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let is_whole =
                !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if is_whole {
                let path = code[at..]
                    .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                    .next()
                    .unwrap_or_default();
                found.push(
                    path.split("::")
                        .filter(|word| !word.is_empty())
                        .map(str::to_owned)
                        .collect(),
                );
            }
        }
    }
    found
}

/// The paths of one `use`, with its braces opened.
fn expand(tree: &str, before: &mut Path, found: &mut Vec<Path>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let words = tree
            .split(" as ")
            .next()
            .unwrap_or_default()
            .split("::")
            .map(|word| word.trim().to_owned());
        found.push(before.iter().cloned().chain(words).collect());
        return;
    };
    let length = before.len();
    before.extend(
        tree[..open]
            .split("::")
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned),
    );
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut start) = (0_usize, 0);
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&inner[start..at], before, found);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inner[start..].trim().is_empty() {
        expand(&inner[start..], before, found);
    }
    before.truncate(length);
}
