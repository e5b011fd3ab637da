//! The same input gives the same bytes: whatever the order of keys, the spelling of the file, the
//! folder, the language of the machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use gwgen::emit::FileTree;
use serde_json::{Map, Value};

use crate::support::corpus::rendered_entries;
use crate::support::{Case, fixtures, in_parallel, is_full, json_of};

/// Numbers that look random and are the same in every run (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// The same data with the keys of every mapping in another order.
fn shuffled(value: Value, numbers: &mut Numbers) -> Value {
    match value {
        Value::Object(mapping) => {
            let mut members: Vec<(String, Value)> = mapping.into_iter().collect();
            for index in (1..members.len()).rev() {
                members.swap(index, numbers.below(index + 1));
            }
            Value::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key, shuffled(value, numbers)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|it| shuffled(it, numbers)).collect())
        }
        scalar => scalar,
    }
}

/// Compiles a description that is written otherwise, as often as is said and once as YAML: the
/// output stays.
fn assert_same(case: &Case, whole: &FileTree, description: &Value, times: u64) {
    for seed in 1..=times {
        let mixed = shuffled(
            description.clone(),
            &mut Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        );
        let json = serde_json::to_vec(&mixed).unwrap();
        assert!(
            case.compile_with("terraform", Some(json)).tree.as_ref() == Some(whole),
            "{}: another order, other bytes",
            case.name
        );
    }
    // JSON is YAML; a comment before it makes it nothing but YAML.
    let yaml = [
        b"# yaml\n".as_slice(),
        &serde_json::to_vec(description).unwrap(),
    ]
    .concat();
    assert!(
        case.compile_with("terraform", Some(yaml)).tree.as_ref() == Some(whole),
        "{}: YAML and JSON differ",
        case.name
    );
}

#[test]
fn order_of_keys_and_spelling_of_the_file_do_not_matter() {
    for case in fixtures() {
        assert_same(
            case,
            case.compiled("terraform").tree.as_ref().unwrap(),
            &case.description(),
            3,
        );
    }
}

#[test]
fn order_of_keys_in_every_file_does_not_matter() {
    for case in fixtures().iter().filter(|it| it.files.len() > 2) {
        let whole = case.compiled("terraform").tree.as_ref().unwrap();
        for seed in 1..=5_u64 {
            let mut mixed: Case = (**case).clone();
            let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            for (name, bytes) in mixed
                .files
                .iter_mut()
                .filter(|(name, _)| !name.starts_with("gwgen") && !name.ends_with(".gwgen.json"))
            {
                let value = serde_json::from_str(&json_of(name, bytes.clone())).unwrap();
                *bytes = serde_json::to_vec(&shuffled(value, &mut numbers)).unwrap();
            }
            assert!(
                mixed.compile("terraform").tree.as_ref() == Some(whole),
                "{}: another order, other bytes",
                case.name
            );
        }
    }
}

#[test]
fn order_and_spelling_of_real_descriptions_do_not_matter() {
    in_parallel(&rendered_entries(), |entry| {
        let whole = entry.compiled.tree.as_ref().unwrap();
        assert_same(
            &entry.case,
            whole,
            &serde_json::from_str(&entry.json).unwrap(),
            1,
        );
    });
}

/// Renders a copy of the case by the real program, and reads what it wrote.
fn rendered(case: &Case, folder: &Path, environment: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    for (name, bytes) in &case.files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    fs::write(
        folder.join("gwgen.yaml"),
        serde_json::to_vec(&case.blueprint).unwrap(),
    )
    .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gwgen"));
    let output = command
        .arg("render")
        .current_dir(folder)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}: {}",
        case.name,
        String::from_utf8_lossy(&output.stderr)
    );
    let generated = folder.join(
        case.blueprint["output"]["dir"]
            .as_str()
            .unwrap_or("generated"),
    );
    let paths = |folder: &Path| {
        fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect::<Vec<_>>()
    };
    let (folders, mut files): (Vec<_>, Vec<_>) =
        paths(&generated).into_iter().partition(|it| it.is_dir());
    files.extend(folders.iter().flat_map(|it| paths(it)));
    files
        .into_iter()
        .map(|it| {
            (
                it.strip_prefix(&generated)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned(),
                fs::read(&it).unwrap(),
            )
        })
        .collect()
}

#[test]
fn two_processes_write_the_same_bytes() {
    let real = rendered_entries().into_iter().filter(|it| !it.is_heavy());
    // A process differs from another by its seeds and its environment, which the cases show as
    // well: a few real descriptions do.
    let real = real
        .step_by(if is_full() { 1 } else { 5 })
        .map(|it| it.case.clone());
    let cases: Vec<Case> = fixtures()
        .iter()
        .map(|it| (**it).clone())
        .chain(real)
        .collect();
    in_parallel(&cases, |case| {
        let folder = tempfile::tempdir().unwrap();
        let (near, far) = (
            folder.path().join("a"),
            folder.path().join("another folder/deep/below"),
        );
        fs::create_dir_all(&far).unwrap();
        let first = rendered(
            case,
            &near,
            &[("LC_ALL", "C"), ("LANG", "C"), ("TZ", "UTC"), ("HOME", "/")],
        );
        let home = far.to_str().unwrap();
        let second = rendered(
            case,
            &far,
            &[
                ("LC_ALL", "tr_TR.UTF-8"),
                ("LANG", "tr_TR.UTF-8"),
                ("TZ", "Asia/Tokyo"),
                ("HOME", home),
            ],
        );
        assert!(first.contains_key(".gwgen.json"));
        assert!(first == second, "{}", case.name);
    });
}
