"""What the steps about changes share: inputs that are rendered again and again into one folder, and what a judge may never find between two
of its outputs."""
from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]
# What no change may do: serve what has gone, lose a part, meet a twin, fail, keep the old behaviour, delete what is in use.
NEVER = ("TR001", "TR004", "TR005", "TR008", "TR010", "TR011")


def judges_of(folder: Path) -> Any:
    """The judge of changes, as a module."""
    sys.path.insert(0, str(folder))
    import transition

    return transition


def never(report: Json, what: str) -> list[str]:
    """Findings that no change may have; a judge that failed is one, too."""
    if "failed" in report:
        return [f"{what}: TR008: {report['failed'][-600:]}"]
    return [f"{what}: {it['code']} {it['address']}: {it['message'][:200]}" for it in report["findings"] if it["code"] in NEVER]


class Story:
    """Inputs in a folder, and copies of each output: every render finds there what the one before left."""

    def __init__(self, gwgen: Path, inputs: Path, folder: Path):
        self.gwgen, self.folder, self.outputs = gwgen, folder, []
        self.work = Path(shutil.copytree(inputs, folder / "work", ignore=shutil.ignore_patterns("ci-*", "generated")))

    def render(self) -> Path | str:
        """A copy of the output, or why there is none; then the folder is as before."""
        done = subprocess.run([self.gwgen, "render", "--quiet", "gwgen.yaml"], cwd=self.work, text=True, capture_output=True)
        if done.returncode:
            return next((line for line in done.stderr.splitlines() if line.startswith("error")), done.stderr[-300:] or "no message")
        copy = self.folder / f"output-{len(self.outputs)}"
        shutil.copytree(self.work / "generated", copy)
        self.outputs.append(copy)
        shutil.copytree(self.work, self.inputs_of(copy))
        return copy

    def inputs_of(self, output: Path) -> Path:
        """A copy of the folder as it was after a render."""
        return output.with_name(output.name.replace("output", "inputs"))


def target_of(output: Path) -> Path:
    """What a judge is given: the template, or the folder of a Terraform output."""
    return next(iter(output.glob("template.*")), output)
