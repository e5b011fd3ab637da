//! The reader, and the search for blueprints, on real folders.

use std::fs;
use std::sync::Arc;

use super::super::{BlueprintSelection, Disk, MAX_FILE_BYTES, find, shown_output};
use super::{Repository, codes, request};
use crate::source::{Files, ReadError, RelativePath};

#[test]
fn reading_stays_below_the_root_and_waits_for_no_device() {
    let repository = Repository::new();
    repository.put("sub/openapi.yaml", "openapi: 3.0.0\n");
    let (disk, below) = Disk::around(&repository.path("sub")).unwrap();
    assert_eq!(below, "sub");
    let read = |path: &str| disk.read(&RelativePath::join("", path).unwrap());
    assert!(read("sub/openapi.yaml").is_ok());
    assert!(matches!(read("sub"), Err(ReadError::Io(_))));
    assert!(matches!(read("missing"), Err(ReadError::Io(_))));
    #[cfg(unix)]
    {
        let elsewhere = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), repository.path("link.yaml")).unwrap();
        assert!(matches!(read("link.yaml"), Err(ReadError::OutsideRoot)));
        std::os::unix::fs::symlink("sub/openapi.yaml", repository.path("inside.yaml")).unwrap();
        assert!(read("inside.yaml").is_ok());
        repository.put(".git/config", "[core]\n");
        std::os::unix::fs::symlink(".git/config", repository.path("config.yaml")).unwrap();
        assert!(matches!(read("config.yaml"), Err(ReadError::OfGit)));
    }
}

#[test]
fn a_file_past_the_limit_is_not_read_whole() {
    let repository = Repository::new();
    let file = fs::File::create(repository.path("large.json")).unwrap();
    file.set_len(MAX_FILE_BYTES * 8).unwrap();
    let bytes = repository
        .job()
        .files
        .read(&RelativePath::join("", "large.json").unwrap());
    assert!(matches!(bytes, Err(ReadError::Io(_))));
}

/// The names of the blueprints that are found without any on the command line.
fn found(repository: &Repository) -> Vec<Arc<str>> {
    let found = find(repository.0.path(), &BlueprintSelection::default());
    found
        .value
        .unwrap_or_default()
        .into_iter()
        .map(|job| job.request.display)
        .collect()
}

#[test]
fn blueprints_are_found_in_order_without_those_that_are_only_extended() {
    let repository = Repository::new();
    assert!(found(&repository).is_empty());
    repository.put(
        "gwgen.prod.yaml",
        "extends: gwgen.yaml\nspec: openapi.yaml\n",
    );
    repository.put("gwgen.dev.yaml", "extends: gwgen.yaml\n");
    repository.put("gwgen.yaml", "topology: internet\nbackends: {}\n");
    repository.put("gwgen..yaml", "");
    repository.put("other.yaml", "");
    assert_eq!(
        found(&repository)
            .iter()
            .map(|name| &**name)
            .collect::<Vec<_>>(),
        ["gwgen.dev.yaml", "gwgen.prod.yaml"]
    );
    // Complete itself: a blueprint of its own.
    let complete = "version: 1\nname: shop\ntopology: internet\nbackends: {}\nspec: openapi.yaml\n";
    repository.put("gwgen.yaml", complete);
    assert_eq!(
        found(&repository)
            .iter()
            .map(|name| &**name)
            .collect::<Vec<_>>(),
        ["gwgen.yaml", "gwgen.dev.yaml", "gwgen.prod.yaml"]
    );
    // A declared base, whatever it holds; and a file that has to declare whether it is one.
    repository.put("gwgen.yaml", &format!("{complete}abstract: true\n"));
    assert_eq!(found(&repository).len(), 2);
    repository.put("gwgen.yaml", complete);
    repository.put(
        "gwgen.dev.yaml",
        "extends: gwgen.prod.yaml\nenvironment: dev\n",
    );
    let unmarked = find(repository.0.path(), &BlueprintSelection::default());
    assert_eq!(
        (codes(&unmarked.diagnostics), unmarked.value.unwrap().len()),
        (vec!["GW2141", "GW2141"], 1)
    );
    let prod = BlueprintSelection {
        environment: Some("prod".to_owned()),
        ..BlueprintSelection::default()
    };
    assert_eq!(
        find(repository.0.path(), &prod).value.unwrap()[0]
            .request
            .blueprint
            .as_str(),
        "gwgen.prod.yaml"
    );
    let nothing = BlueprintSelection {
        environment: Some("qa".to_owned()),
        ..BlueprintSelection::default()
    };
    assert_eq!(
        codes(&find(repository.0.path(), &nothing).diagnostics),
        ["GW0007"]
    );
}

#[test]
fn an_output_folder_is_shown_as_the_user_would_name_it() {
    let cases = [
        ("gwgen.yaml", "gwgen.yaml", "infra", "infra"),
        ("sub/gwgen.yaml", "gwgen.yaml", "sub/infra", "infra"),
        ("sub/gwgen.yaml", "sub/gwgen.yaml", "sub/infra", "sub/infra"),
        ("sub/gwgen.yaml", "sub/gwgen.yaml", "infra", "infra"),
        ("sub/gwgen.yaml", "gwgen.yaml", "infra", "../infra"),
        ("sub/gwgen.yaml", "./gwgen.yaml", "sub", "."),
        (
            "sub/gwgen.yaml",
            "/repo/sub/gwgen.yaml",
            "sub/infra",
            "/repo/sub/infra",
        ),
    ];
    for (blueprint, display, output, shown) in cases {
        let output = RelativePath::join("", output).unwrap();
        assert_eq!(
            &*shown_output(&request(blueprint, display), &output),
            shown,
            "{blueprint} as {display}"
        );
    }
}
