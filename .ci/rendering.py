"""Copies of examples and cases, rendered as a judge asks for it. In: folders, fields of `output`. Out: folders, or codes of errors."""
from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path


def copies(work: Path, roots: list[str]):
    """Every `gwgen.yaml` below the folders: its name, and a copy of its folder below WORK."""
    blueprints = sorted(it for root in roots for it in Path(root).rglob("gwgen.yaml"))
    shutil.rmtree(work, ignore_errors=True)
    for blueprint in blueprints:
        if not any(part.startswith("ci-") for part in blueprint.parts):
            folder = work / blueprint.parent.name
            shutil.copytree(blueprint.parent, folder, symlinks=False, dirs_exist_ok=True)
            yield folder.name, folder


def render(gwgen: Path, folder: Path, **output: str) -> Path | set[str]:
    """The output, or the codes of the errors."""
    name = "-".join(["ci", *output.values()])
    blueprint = folder / f"{name}.yaml"
    fields = ", ".join(f"{field}: {value}" for field, value in {"dir": name, **output}.items())
    blueprint.write_text(f"extends: gwgen.yaml\noutput: {{{fields}}}\n")
    done = subprocess.run([gwgen, "render", "--quiet", "--message-format", "json", "--blueprint", blueprint], text=True, capture_output=True)
    if done.returncode == 0:
        return folder / name
    lines = [json.loads(it) for it in done.stderr.splitlines() if it.startswith("{")]
    return {it["code"] for it in lines if it["severity"] == "error"} or {done.stderr[-300:]}
