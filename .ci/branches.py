#!/usr/bin/env python3
"""Pairs of branches that each add an endpoint, rendered and merged by git.

Usage: branches.py GWGEN EXAMPLES WORK PAIRS

The merge may stop in the manifest alone; a pair whose endpoints are neighbours is replaced by another. One render over what git left there mends it, and what it writes is what a render of the merged
inputs writes over the output of either branch; another render changes nothing.
"""
from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

MANIFEST = "generated/.gwgen.json"
METHODS = ("get", "post", "put", "delete")


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    settings = ["-c", "user.name=ci", "-c", "user.email=ci@example.com", "-c", "commit.gpgsign=false", "-c", "merge.conflictStyle=diff3"]
    done = subprocess.run(["git", *settings, *arguments], cwd=folder, text=True, capture_output=True)
    if check and done.returncode:
        raise RuntimeError(f"git {arguments[0]}: {done.stdout[-600:]}{done.stderr[-600:]}")
    return done.stdout


def add_endpoint(description: Path, at: int, name: str, method: str) -> None:
    """Writes an endpoint before one of the paths, and below it."""
    lines = description.read_text().splitlines()
    places = [number for number, line in enumerate(lines) if re.match(r"  /\S*:", line)]
    number = places[at % len(places)]
    above = lines[number].strip().split(":")[0].rstrip("/")
    path = f"{above.split('/{')[0]}/{name}"
    lines[number:number] = [f"  {path}:", f"    {method}:", f"      operationId: {name}", "      responses: {\"200\": {description: It}}"]
    description.write_text("\n".join(lines) + "\n")


def rendered(gwgen: Path, folder: Path) -> str | None:
    """Renders, and says what went wrong."""
    done = subprocess.run([gwgen, "render", "--quiet", "gwgen.yaml"], cwd=folder, text=True, capture_output=True)
    return None if done.returncode == 0 else f"render ended with {done.returncode}: {done.stderr[-500:]}"


def output(folder: Path) -> dict[str, bytes]:
    """The output but for the manifest."""
    files = (path for path in (folder / "generated").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name not in (".gwgen.json", ".gwgen.lock")}


def is_one_place(text: str) -> bool:
    """Whether git stopped because both branches add lines between the same two, which no order of lines prevents for all names."""
    hunks = re.findall(r"^\|{7} .*\n(.*?)^={7}$", text, re.M | re.S)
    return bool(hunks) and not any(hunks)


def branches(gwgen: Path, example: Path, folder: Path, chosen: random.Random) -> list[str]:
    """What is wrong with one pair of branches."""
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("ci-*", "generated"))
    (folder / ".gitignore").write_text(".gwgen.lock\n")
    description = next(folder.glob("openapi.*"))
    count = len(re.findall(r"^  /\S*:", description.read_text(), re.M))
    places = chosen.sample(range(count), 2) if count > 1 else [0, 0]
    git(folder, "init", "--quiet", "--initial-branch=main")

    def commit(what: str) -> None:
        if failed := rendered(gwgen, folder):
            raise RuntimeError(f"{what}: {failed}")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message", what)

    commit("base")
    for name, place in zip(("one", "two"), places):
        git(folder, "checkout", "--quiet", "-b", name, "main")
        add_endpoint(description, place, f"{name}{chosen.randrange(1000)}", chosen.choice(METHODS))
        if "GW3001" in (rendered(gwgen, folder) or ""):   # no route of the example serves it
            return ["inputs"]
        commit(name)
    git(folder, "checkout", "--quiet", "one")
    git(folder, "merge", "--no-edit", "--quiet", "two", check=False)
    stopped = git(folder, "diff", "--name-only", "--diff-filter=U").split()
    elsewhere = [path for path in stopped if path != MANIFEST]
    if description.name in stopped or any(is_one_place((folder / path).read_text()) for path in elsewhere):
        return ["inputs"]
    problems = [f"git stops in {path}" for path in elsewhere]
    if problems:
        return problems
    if failed := rendered(gwgen, folder):
        return [f"the merge is not mended: {failed}"]
    mended, manifest = output(folder), (folder / MANIFEST).read_bytes()
    if failed := rendered(gwgen, folder):
        return [f"after the mend: {failed}"]
    if (output(folder), (folder / MANIFEST).read_bytes()) != (mended, manifest):
        problems.append("a second render changes what the first one wrote")
    for name in ("one", "two"):
        other = folder.with_name(f"{folder.name}-{name}")
        git(folder, "worktree", "add", "--quiet", "--force", "--detach", str(other), name)
        shutil.copy(description, other)
        failed = rendered(gwgen, other)
        wanted = output(other)
        differing = sorted(path for path in {*mended, *wanted} if mended.get(path) != wanted.get(path))
        problems += [failed] if failed else [f"{path} differs from a render of the merged inputs over `{name}`" for path in differing]
    return problems


def main() -> int:
    gwgen, examples, work = (Path(argument).resolve() for argument in sys.argv[1:4])
    shutil.rmtree(work, ignore_errors=True)
    inputs, failed = sorted(path.parent for path in examples.glob("*/gwgen.yaml")), 0
    inputs = [path for path in inputs if len(re.findall(r"^  /\S*:", next(path.glob("openapi.*")).read_text(), re.M)) > 2]
    for number in range(int(sys.argv[4])):
        # A conflict in the inputs, or an endpoint that nobody serves: another place is chosen.
        for seed in range(40):
            example = inputs[(number + seed) % len(inputs)]
            try:
                problems = branches(gwgen, example, work / f"{number}-{seed}", random.Random(f"{number} {seed}"))
            except RuntimeError as failure:
                problems = [str(failure)]
            if problems != ["inputs"]:
                break
        failed += bool(problems)
        for problem in problems:
            print(f"  {number} {example.name}: {problem}")
    print(f"  {int(sys.argv[4])} pairs of branches, {failed} with a problem")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
