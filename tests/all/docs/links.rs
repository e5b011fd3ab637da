//! Links between pages: to files and headings that there are, within the book.
//!
//! In: the Markdown in the root and in `docs`. Out: nothing. Addresses of the net are not opened.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::repository;

/// A page as a reader of links sees it.
struct Page {
    /// Anchors of headings, and those that are written as `<a id="…">`.
    anchors: BTreeSet<String>,
    /// Targets of links, without those of the net.
    links: Vec<String>,
}

/// Lines outside fences and comments.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let (mut is_fenced, mut is_comment) = (false, false);
    text.lines().filter(move |line| {
        let is_mark = line.trim_start().starts_with("```");
        is_fenced ^= is_mark;
        is_comment |= line.starts_with("<!--");
        let is_prose = !is_fenced && !is_mark && !is_comment;
        is_comment &= !line.ends_with("-->");
        is_prose
    })
}

/// The anchor of a heading, as GitHub and mdBook make it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>()
        .trim()
        .replace(' ', "-")
        .to_lowercase()
}

/// A line without what stands in backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

fn read(text: &str) -> Page {
    let mut page = Page {
        anchors: BTreeSet::new(),
        links: Vec::new(),
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for line in prose(text) {
        if line.starts_with('#') {
            let name = anchor(line.trim_start_matches('#'));
            let before = seen.entry(name.clone()).or_insert(0);
            let anchor = match *before {
                0 => name.clone(),
                number => format!("{name}-{number}"),
            };
            page.anchors.insert(anchor);
            *before += 1;
        }
        for part in line.split("<a id=\"").skip(1) {
            let name = part.split('"').next().unwrap();
            page.anchors.insert(name.to_owned());
        }
        for part in without_code(line).split("](").skip(1) {
            let target = part.split(')').next().unwrap();
            if !target.contains("://") && !target.starts_with("mailto:") {
                page.links.push(target.to_owned());
            }
        }
    }
    page
}

/// Pages of the root and of `docs`, by their path below the repository.
fn pages() -> BTreeMap<String, Page> {
    let mut pages = BTreeMap::new();
    for folder in ["", "docs/"] {
        for entry in fs::read_dir(repository().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.file_name().unwrap().to_string_lossy();
                let text = fs::read_to_string(&path).unwrap();
                pages.insert(format!("{folder}{name}"), read(&text));
            }
        }
    }
    pages
}

/// The path below the repository to which a link of a page leads, and the anchor.
fn target<'l>(page: &str, link: &'l str) -> (String, &'l str) {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    if path.is_empty() {
        return (page.to_owned(), anchor);
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." | "" => {}
            name => parts.push(name),
        }
    }
    (parts.join("/"), anchor)
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let pages = pages();
    let mut faults = Vec::new();
    for (name, page) in &pages {
        for link in &page.links {
            let (path, anchor) = target(name, link);
            let leads = match pages.get(&path) {
                Some(other) => anchor.is_empty() || other.anchors.contains(anchor),
                // A folder is no page in the book.
                None if name.starts_with("docs/") => repository().join(&path).is_file(),
                None => repository().join(&path).exists(),
            };
            let leaves_book = name.starts_with("docs/") && !path.starts_with("docs/");
            if !leads || leaves_book {
                faults.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_stands_in_the_book_once() {
    let pages = pages();
    let mut listed = pages["docs/SUMMARY.md"].links.clone();
    listed.sort();
    let there: Vec<&str> = pages
        .keys()
        .filter_map(|name| name.strip_prefix("docs/"))
        .filter(|name| *name != "SUMMARY.md")
        .collect();
    assert_eq!(listed, there);
}

#[test]
fn what_a_newcomer_asks_is_two_clicks_from_the_first_page() {
    let pages = pages();
    for first in ["README.md", "docs/start.md"] {
        let links = pages[first].links.iter().map(|link| target(first, link).0);
        let near: BTreeSet<String> = links.collect();
        for answer in [
            "docs/topologies.md",
            "docs/troubleshooting.md",
            "docs/environments.md",
        ] {
            assert!(near.contains(answer), "{first} has no link to {answer}");
        }
    }
    let (path, anchor) = target(
        "docs/start.md",
        "troubleshooting.md#missing-authentication-token",
    );
    assert!(pages[&path].anchors.contains(anchor));
}

#[test]
fn faults_of_links_are_found() {
    let page = read(
        "# A `b`\n\n## A b\n[x](y.md#z) `[c](d)`\n```\n[e](f)\n```\n<!-- [g](h) -->\n[net](https://a.example)\n",
    );
    assert_eq!(page.links, ["y.md#z"]);
    assert!(page.anchors.contains("a-b") && page.anchors.contains("a-b-1"));
    assert_eq!(target("docs/a.md", "../b.md#c"), ("b.md".to_owned(), "c"));
}
