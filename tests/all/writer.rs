//! The built program under faults: killed at any moment, a full disk, a folder that cannot be
//! written, two runs at once.
//!
//! `src/io/tests/faults.rs` strikes every single operation; here the operating system does it.

#![cfg(target_os = "linux")]
#![allow(clippy::print_stderr, reason = "tests say what they skip")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Count of files in a render; enough to be killed between two of them.
const SEGMENTS: usize = 150;
const KILLS: usize = 40;

/// A folder with two blueprints that write to one place: what one makes the other one changes,
/// removes or adds to.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, first) in [("a", 0), ("b", SEGMENTS / 3)] {
        let api = (first..first + SEGMENTS).fold(
            format!("openapi: 3.0.3\ninfo: {{title: {name}}}\npaths:\n"),
            |mut text, n| {
                writeln!(
                    text,
                    "  /s{n}: {{get: {{responses: {{}}}}}}\n  /s{n}/x: {{put: {{responses: {{}}}}}}"
                )
                .unwrap();
                text
            },
        );
        fs::write(folder.path().join(format!("{name}.openapi.yaml")), api).unwrap();
        let blueprint = format!(
            "version: 1\nname: {name}\nspec: {name}.openapi.yaml\ntopology: nlb-targets\nlimits: {{resources: 900}}\n\
             network: {{vpc: vpc-0a1b2c3d, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}}\nbackends:\n  orders: {{port: 8080, targets: {{ecs: true}}}}\n\
             output: {{dir: infra}}\nnlb: {{deletion_protection: false}}\n"
        );
        fs::write(folder.path().join(format!("gwgen.{name}.yaml")), blueprint).unwrap();
    }
    folder
}

fn command(folder: &Path, what: &str, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gwgen"));
    command.args([
        what,
        "--quiet",
        "--message-format",
        "json",
        "--blueprint",
        &format!("gwgen.{name}.yaml"),
    ]);
    command
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn code(folder: &Path, what: &str, name: &str) -> i32 {
    command(folder, what, name)
        .status()
        .unwrap()
        .code()
        .unwrap()
}

fn staging(infra: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(infra).ok()?;
    entries.flatten().map(|path| path.path()).find(|path| {
        path.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(".gwgen.tmp-")
    })
}

/// Name and text of every file of the folder itself; gwgen makes no other ones here.
fn files(infra: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(infra)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().unwrap().is_file());
    files
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// Files of the output once a blueprint is rendered over others, as nothing disturbs it.
fn expected_files(before: &BTreeMap<String, String>, name: &str) -> BTreeMap<String, String> {
    let folder = folder();
    let infra = folder.path().join("infra");
    fs::create_dir(&infra).unwrap();
    for (path, text) in before {
        fs::write(infra.join(path), text).unwrap();
    }
    assert_eq!(code(folder.path(), "render", name), 0);
    files(&infra)
}

/// Kills a render once its `number`-th change is staged or, `is_renamed`, has left the staging
/// folder. False where it ended before.
fn killed(folder: &Path, name: &str, (number, is_renamed): (usize, bool)) -> bool {
    let mut child = command(folder, "render", name).spawn().unwrap();
    let staged = folder.join(format!("infra/.gwgen.tmp-{}-0/{number}", child.id()));
    let mut was_there = false;
    while was_there || child.try_wait().unwrap().is_none() {
        let is_there = fs::symlink_metadata(&staged).is_ok();
        was_there |= is_there;
        if was_there && is_there != is_renamed {
            // It may have ended meanwhile.
            child.kill().unwrap();
            return child.wait().unwrap().code().is_none();
        }
    }
    false
}

#[test]
fn a_render_that_is_killed_leaves_old_or_new_files_and_the_next_one_mends_them() {
    let folder = folder();
    let infra = folder.path().join("infra");
    assert_eq!(code(folder.path(), "render", "a"), 0);
    fs::write(infra.join("mine.tf"), "# mine\n").unwrap();
    let (mut kills, mut mixtures) = (0, 0);
    // On a busy machine many renders end before they are seen, so there are more rounds then.
    for round in 0..10 * KILLS {
        if round >= KILLS && kills >= KILLS / 4 {
            break;
        }
        let name = ["b", "a"][round % 2];
        let before = files(&infra);
        let expected = expected_files(&before, name);
        let number = round % KILLS / 2 * 2 * SEGMENTS / KILLS;
        if !killed(folder.path(), name, (number, round % 4 > 0)) {
            assert_eq!(code(folder.path(), "render", name), 0);
            continue;
        }
        kills += 1;
        let found = files(&infra);
        for (path, text) in found.iter().filter(|(path, _)| *path != ".gwgen.json") {
            assert!(
                [&before, &expected]
                    .iter()
                    .any(|files| files.get(path) == Some(text)),
                "round {round}: {path} is torn"
            );
        }
        assert_eq!(found["mine.tf"], "# mine\n");
        let is_done = found == expected;
        mixtures += usize::from(!is_done && found != before);
        assert_eq!(
            code(folder.path(), "check", name),
            i32::from(!is_done),
            "round {round}: check says what it is"
        );
        assert_eq!(code(folder.path(), "render", name), 0, "round {round}");
        assert_eq!(files(&infra), expected, "round {round}");
        assert_eq!(staging(&infra), None, "round {round}");
    }
    eprintln!("{kills} renders were killed, {mixtures} left a mixture");
    assert!(kills >= KILLS / 4, "only {kills} kills struck");
}

/// Runs a script of the shell around `gwgen render`; `$0` is the program.
fn shell(folder: &Path, script: &str) -> Output {
    let arguments = "render --quiet --message-format json --blueprint gwgen.b.yaml";
    let script = script.replace("RENDER", &format!("\"$0\" {arguments}"));
    Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_gwgen")])
        .current_dir(folder)
        .output()
        .unwrap()
}

fn codes(output: &Output) -> Vec<String> {
    let lines = std::str::from_utf8(&output.stderr).unwrap().lines();
    lines
        .filter_map(|line| {
            Some(
                serde_json::from_str::<serde_json::Value>(line).ok()?["code"]
                    .as_str()?
                    .to_owned(),
            )
        })
        .collect()
}

/// The render of `b` over `a` fails with a code, loses nothing, and works once the cause is gone.
fn refused(script: &str) -> Option<String> {
    let folder = folder();
    let infra = folder.path().join("infra");
    assert_eq!(code(folder.path(), "render", "a"), 0);
    fs::write(infra.join("mine.tf"), "# mine\n").unwrap();
    let before = files(&infra);
    let output = shell(folder.path(), script);
    if output.status.code() == Some(77) {
        return Some(String::from_utf8(output.stderr).unwrap());
    }
    assert_eq!(
        (output.status.code(), codes(&output)),
        (Some(3), vec!["GW0004".to_owned()]),
        "{output:?}"
    );
    assert_eq!(files(&infra), before, "nothing is lost");
    assert_eq!(staging(&infra), None);
    assert_eq!(code(folder.path(), "render", "b"), 0);
    assert_eq!(files(&infra), expected_files(&before, "b"));
    None
}

fn skipped(why: Option<String>, what: &str) {
    if let Some(why) = why {
        eprintln!("skipped: {what}: {why}");
    }
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_nothing_is_lost() {
    // Any user may lower this limit; ignored, the signal becomes an error of `write`.
    assert_eq!(refused("trap '' XFSZ; ulimit -f 1; RENDER"), None);
}

#[test]
fn a_full_disk_is_an_error_and_nothing_is_lost() {
    let script = "command -v unshare >/dev/null || exit 77; unshare -m true || exit 77\n\
        unshare -m sh -c 'cp -R infra old && mount -t tmpfs -o size=4m none infra && cp -R old/. infra && rm -R old || exit 77\n\
        cat /dev/zero >infra/full 2>/dev/null; before=$(cat infra/*.tf | cksum)\n\
        RENDER; status=$?; [ \"$before\" = \"$(cat infra/*.tf | cksum)\" ] || exit 9; exit $status' \"$0\"";
    skipped(
        refused(script),
        "a full disk needs a file system of its own, so root",
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_nothing_is_lost() {
    // Permissions do not bind root, and a mount is root's to make: one of the two works for
    // everybody.
    let by_mount = "unshare -m sh -c 'mount --bind infra infra && mount -o remount,bind,ro infra || exit 77; RENDER' \"$0\"";
    let by_permission = "chmod a-w infra; RENDER; status=$?; chmod u+w infra; exit $status";
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    skipped(
        refused(if is_root { by_mount } else { by_permission }),
        "root may write everywhere, and cannot mount here",
    );
}

#[test]
fn a_link_in_the_output_folder_is_refused_and_what_it_leads_to_stays() {
    let (folder, elsewhere) = (folder(), tempfile::tempdir().unwrap());
    let infra = folder.path().join("infra");
    assert_eq!(code(folder.path(), "render", "a"), 0);
    let outside = elsewhere.path().join("routes_s60.tf");
    let file = infra.join("routes_s60.tf");
    fs::rename(&file, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &file).unwrap();
    let before = (files(&infra), fs::read_to_string(&outside).unwrap());
    let output = shell(folder.path(), "RENDER");
    assert_eq!(
        (output.status.code(), codes(&output)),
        (Some(1), vec!["GW0006".to_owned()])
    );
    assert_eq!(
        (files(&infra), fs::read_to_string(&outside).unwrap()),
        before
    );
    // The output folder itself may be a link, but not out of the repository.
    fs::remove_dir_all(&infra).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), &infra).unwrap();
    assert_eq!(codes(&shell(folder.path(), "RENDER")), ["GW0003"]);
    assert_eq!(files(elsewhere.path()).len(), 1);
}

#[test]
fn of_two_renders_at_once_one_is_refused_or_both_follow_each_other() {
    let folder = folder();
    let infra = folder.path().join("infra");
    for round in 0..10 {
        let children: Vec<_> = ["a", "b"]
            .map(|name| command(folder.path(), "render", name).spawn().unwrap())
            .into();
        let ended: Vec<i32> = children
            .into_iter()
            .map(|mut child| child.wait().unwrap().code().unwrap())
            .collect();
        assert!(
            ended.contains(&0) && ended.iter().all(|code| matches!(code, 0 | 3)),
            "round {round}: {ended:?}"
        );
        let is_done = |name: &str| code(folder.path(), "check", name) == 0;
        assert!(
            is_done("a") || is_done("b"),
            "round {round}: the folder is what one of them makes"
        );
        assert_eq!(staging(&infra), None);
    }
    // A lock goes with the process that held it; while it is held, the second run says so.
    let held = fs::File::open(&infra).unwrap();
    held.lock().unwrap();
    let output = shell(folder.path(), "RENDER");
    assert_eq!(
        (output.status.code(), codes(&output)),
        (Some(3), vec!["GW0020".to_owned()])
    );
    drop(held);
    assert_eq!(code(folder.path(), "render", "b"), 0);
}
