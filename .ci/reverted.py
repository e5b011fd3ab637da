#!/usr/bin/env python3
"""Every change of a folder of changes once more: taken back, and skipped by an environment that gets the next one at once.

Usage: reverted.py GWGEN JUDGES CHANGES CACHE [WORD[,WORD]]

CHANGES has pairs of inputs, as its run_changes.py describes them. A and B are rendered into one folder. Taken back: the files of A, as a
revert in git brings them, are planned over what B left. Skipped: another change of the same inputs is made after B, and its output C is planned
over what A left. Neither may find what `motion.NEVER` lists. A WORD chooses the changes whose names have it.
"""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import motion


class Change:
    """A pair of inputs."""

    def __init__(self, file: Path):
        self.name = file.parent.name
        self.said = json.loads(file.read_text())

    def follows(self, first: Change) -> bool:
        """Whether it is another change of the same inputs, in Terraform."""
        same = all(self.said.get(field) == first.said.get(field) for field in ("base", "before"))
        return same and self is not first and "terraform" in self.said["languages"]


def main() -> int:
    gwgen, judges, folder, cache = (Path(argument).resolve() for argument in sys.argv[1:5])
    words = sys.argv[5].split(",") if len(sys.argv) > 5 else [""]
    sys.path.insert(0, str(folder))
    import run_changes

    changes = [Change(file) for file in sorted(folder.glob("*/change.json"))]
    chosen = [it for it in changes if "terraform" in it.said["languages"] and any(word in it.name for word in words)]

    def judged(before: Path, after: Path, what: str) -> list[str]:
        command = [judges / ".venv/bin/python", judges / "transition.py", before, after, "--cache", cache]
        done = subprocess.run(command, text=True, capture_output=True)
        if done.returncode == 3 or not done.stdout.startswith("{"):
            return [f"cannot: {what}: {done.stderr[-300:].strip()}"]
        return motion.never(json.loads(done.stdout), what)

    def both(change: Change) -> list[str]:
        with tempfile.TemporaryDirectory() as scratch:
            story = motion.Story(gwgen, folder / "bases" / change.said["base"], Path(scratch))
            run_changes.edit(story.work, change.said.get("before", []), {})
            first = story.render()
            run_changes.edit(story.work, change.said.get("edits", []), change.said.get("files", {}))
            second = story.render()
            if not isinstance(first, Path) or not isinstance(second, Path):
                return [f"refused: {change.name}: {first if not isinstance(first, Path) else second}"]
            found = judged(second, first, f"{change.name}, taken back")
            place = changes.index(change)
            for other in (it for it in changes[place:] + changes[:place] if it.follows(change)):
                texts = {path: path.read_text() for path in story.work.glob("*.*") if path.is_file()}
                try:
                    run_changes.edit(story.work, other.said.get("edits", []), other.said.get("files", {}))
                    third = story.render()
                except SystemExit:   # what it edits is no longer there
                    third = None
                if isinstance(third, Path):
                    return found + judged(first, third, f"{change.name}, skipped before {other.name}")
                for path, text in texts.items():
                    path.write_text(text)
            return [*found, f"cannot: {change.name}, skipped: no other change of its inputs can follow it"]

    # An apply waits much for balancers, so several run at one time.
    with ThreadPoolExecutor(4) as some:
        lines = [line for found in some.map(both, chosen) for line in found]
    problems = [line for line in lines if not line.startswith(("cannot: ", "refused: "))]
    for line in lines:
        print(line if line.startswith("cannot: ") else f"  {line}")
    print(f"  {len(chosen)} changes taken back and skipped, {len(problems)} findings")
    return 1 if problems or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
