#!/usr/bin/env python3
"""Runs checkov over the examples as their blueprints say, and compares what fails with the list of what may.

Usage: checkov.py GWGEN CHECKOV FOLDER KNOWN.txt

FOLDER holds copies of the examples, with an output `ci-<format>-<name>` beside each blueprint that the format can say: those are rendered for an
emulated AWS, without protection against deletion, so each is rendered once more. Exit status 1 for a failed check that is not known, and for a
known one that no longer fails.
"""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def render(gwgen: str, folder: Path, format: str, scratch: Path) -> tuple[Path, set[str]]:
    """A folder with a folder for each example, and their names.

    It lies below `scratch`, a temporary one: checkov reads the path of a template as a variable of each function in it, and takes 40 characters
    without a hyphen for a secret key, which the path of a checkout can hold, and the random part of a temporary folder, too.
    """
    together, names = scratch / f"{format}-examples", set()
    together.mkdir()
    for blueprint in sorted(folder.glob("*/gwgen*.yaml")):
        if not (blueprint.parent / f"ci-{format}-{blueprint.stem}").is_dir():
            continue
        copy = blueprint.with_name(f"checkov-{format}-{blueprint.name}")
        copy.write_text(f"extends: {blueprint.name}\noutput: {{dir: {copy.stem}, format: {format}}}\n")
        subprocess.run([gwgen, "render", "--quiet", "--blueprint", copy], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # A folder may have several, such as `gwgen.prod.yaml`.
        name = blueprint.parent.name + blueprint.stem.removeprefix("gwgen")
        shutil.move(copy.with_suffix(""), together / name)
        names.add(name)
    return together, names


def start(checkov: str, format: str, together: Path) -> subprocess.Popen:
    """One process for all of a format: most of its time goes into its own start. Nothing is fetched."""
    command = [checkov, "--directory", together, "--framework", format, "--skip-download", "--compact", "--output", "json"]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def result(process: subprocess.Popen) -> dict:
    """checkov says 1 where a check fails."""
    out, err = process.communicate()
    if process.returncode not in (0, 1):
        sys.exit(f"checkov ended with {process.returncode}\n{err[-4000:]}")
    return json.loads(out)["results"]


Known = dict[str, dict[str, str]]


def known_from(path: Path) -> tuple[Known, list[str]]:
    """How often each check fails in which examples; `*` alone is any example, and no number is any number."""
    known, problems = {}, []
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        check, examples, *reason = line.split(None, 2)
        if not reason or check in known:
            problems.append(f"without a reason, or twice: {line}")
        known[check] = {name: times for name, _, times in (it.partition("=") for it in examples.split(","))}
    return known, problems


def compare(found: dict[str, dict[str, list[str]]], known: Known) -> list[str]:
    problems = [f"known, but gone: {check}" for check in sorted(set(known) - set(found))]
    for check, examples in sorted(found.items()):
        allowed = known.get(check, {})
        if "*" in allowed:
            continue
        for name, texts in sorted(examples.items()):
            if allowed.get(name, "0") not in ("", str(len(texts))):
                problems += [f"new, of {len(texts)}: {check}: {text}" for text in texts]
        problems += [f"known, but gone: {check}: {name}" for name in sorted(set(allowed) - set(examples))]
    return problems


def main() -> int:
    gwgen, checkov, folder, listed = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="checkov-") as scratch:
        return judge(gwgen, checkov, Path(folder), Path(listed), Path(scratch))


def judge(gwgen: str, checkov: str, folder: Path, listed: Path, scratch: Path) -> int:
    rendered = {format: render(gwgen, folder, format, scratch) for format in ("terraform", "cloudformation")}
    processes = {format: start(checkov, format, together) for format, (together, _) in rendered.items()}
    known, problems = known_from(listed)
    found: dict[str, dict[str, list[str]]] = {}
    for format, (_, names) in rendered.items():
        results = result(processes[format])
        passed, failed = results["passed_checks"], results["failed_checks"]
        problems += [f"{format}: cannot be read: {path}" for path in results["parsing_errors"]]
        problems += [f"{format}: not judged: {name}" for name in sorted(names - {example_of(it) for it in passed + failed})]
        for record in failed:
            example = example_of(record)
            text = f"{format}: {example}: {record['resource']}: {record['check_name']}"
            found.setdefault(record["check_id"], {}).setdefault(example, []).append(text)
        checks = {it["check_id"] for it in passed + failed}
        print(f"  {format}: {len(names)} examples, {len(checks)} checks that apply: {len(passed)} times passed, {len(failed)} failed")
    problems += compare(found, known)
    for problem in problems:
        print(f"  {problem}")
    print(f"  {len(found)} checks fail, {len(known)} are known, {len(problems)} problems")
    return 1 if problems else 0


def example_of(record: dict) -> str:
    return record["file_path"].split("/")[1]


if __name__ == "__main__":
    sys.exit(main())
