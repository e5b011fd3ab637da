"""Prepares a release, and checks that a tag is one.

usage: release.py prepare VERSION      writes the version into every place, heads the CHANGELOG, commits and tags; publishes nothing
       release.py check TAG ADDRESS    exit 1 where the tag, the version, the CHANGELOG or the repository's address disagree
       release.py notes                prints what the CHANGELOG says of this version
"""

import datetime
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NUMBER = r"\d+\.\d+\.\d+(?:-[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*)?"
# What stands before the version in a page or a file; tests/all/release.rs knows the same.
BEFORE = r'(?:gwgen==|gwgen(?:/comment)?@v|gwgen-v|\brev: v|\bVERSION: )'
PAGES = ["README.md", "action.yml", "pyproject.toml", "docs"]


def read(name):
    return (PROJECT / name).read_text(encoding="utf-8")


def of_package(key):
    return re.search(rf'^{key} = "([^"]*)"', read("Cargo.toml"), re.MULTILINE)[1]


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"git {arguments[0]} failed")
    return done.stdout


def replaced(old, new):
    """Every file that names the version, with its new text."""
    files = git("ls-files", "-z", "--", *PAGES).split("\0")
    texts = {it: re.sub(rf"({BEFORE}){re.escape(old)}(?![\w.-]*\d)", rf"\g<1>{new}", read(it)) for it in files if it and Path(it).suffix in (".md", ".yml", ".toml")}
    for name in ("Cargo.toml", "pyproject.toml"):
        text = texts.get(name, read(name))
        texts[name] = re.sub(rf'^version = "{re.escape(old)}"', f'version = "{new}"', text, count=1, flags=re.MULTILINE)
    for name in ("Cargo.lock", "fuzz/Cargo.lock"):
        texts[name] = read(name).replace(f'name = "gwgen"\nversion = "{old}"', f'name = "gwgen"\nversion = "{new}"')
    return {name: text for name, text in texts.items() if text != read(name)}


def prepare(new):
    old = of_package("version")
    numbers = lambda version: [int(it) for it in version.split("-")[0].split(".")]
    if not re.fullmatch(NUMBER, new):
        sys.exit(f"{new} is no version such as 1.2.3")
    if numbers(new) < numbers(old) or f"v{new}" in git("tag", "--list").split():
        sys.exit(f"{new} is released already, or older than {old}")
    if git("status", "--porcelain"):
        sys.exit("commit or stash first: the release is a commit of its own")
    changes = read("CHANGELOG.md")
    if f"## [{new}]" not in changes:
        changed = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", changes, re.DOTALL | re.MULTILINE)
        if not changed or not changed[1].strip():
            sys.exit("CHANGELOG.md has nothing under [Unreleased]")
        changes = changes.replace("## [Unreleased]\n", f"## [Unreleased]\n\n## [{new}] - {datetime.date.today()}\n", 1)
    for name, text in (replaced(old, new) | {"CHANGELOG.md": changes}).items():
        (PROJECT / name).write_bytes(text.encode())
    git("add", "--update")
    if git("status", "--porcelain"):
        git("commit", "--quiet", "--message", f"Release {new}")
    git("tag", "--annotate", f"v{new}", "--message", f"gwgen {new}")
    print(f"tagged v{new}; `cargo test` and `bash .ci/full packaged workflows` first, then `git push --follow-tags` publishes it")


def notes(version):
    found = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)", read("CHANGELOG.md"), re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else ""


def check(tag, address):
    version = of_package("version")
    wrong = []
    if tag != f"v{version}":
        wrong.append(f"the tag is {tag}, and Cargo.toml has {version}")
    if not notes(version):
        wrong.append(f"CHANGELOG.md says nothing of {version}")
    if of_package("repository") != address:
        wrong.append(f"`repository` in Cargo.toml is {of_package('repository')}, and this is {address}")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{tag} of {address}")


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "prepare":
        prepare(*arguments)
    elif command == "check":
        check(*arguments)
    else:
        print(notes(of_package("version")))
