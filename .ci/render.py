#!/usr/bin/env python3
"""Copies of examples and cases, rendered as a judge needs them.

Usage: render.py GWGEN FOLDER WORK

Every `gwgen*.yaml` of the examples in FOLDER is rendered in every format and style of an API, without protection against deletion: into
`ci-FORMAT-NAME` with resources, `ci-body-FORMAT-NAME` as a body, and templates as YAML too, `ci-yaml-cloudformation-NAME`.
"""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# What CloudFormation cannot say (GW2008, GW4025), and what only a smaller template can (GW4020).
TERRAFORM_ONLY = {"GW2008", "GW4020", "GW4025"}


def copies(work: Path, roots: list[str]):
    """Every `gwgen.yaml` below the folders: its name, and a copy of its folder below WORK."""
    blueprints = sorted(path for root in roots for path in Path(root).rglob("gwgen.yaml"))
    shutil.rmtree(work, ignore_errors=True)
    for blueprint in blueprints:
        if not any(part.startswith("ci-") for part in blueprint.parts):
            folder = work / blueprint.parent.name
            shutil.copytree(blueprint.parent, folder, symlinks=False, dirs_exist_ok=True)
            yield folder.name, folder


def render(gwgen: Path, blueprint: Path, directory: str, more: str = "", **output: str) -> Path | set[str]:
    """The output beside a blueprint, or the codes of the errors."""
    copy = blueprint.with_name(f"{directory}.yaml")
    fields = ", ".join(f"{field}: {value}" for field, value in {"dir": directory, **output}.items())
    copy.write_text(f"extends: {blueprint.name}\noutput: {{{fields}}}\n{more}")
    done = subprocess.run([gwgen, "render", "--quiet", "--message-format", "json", "--blueprint", copy], text=True, capture_output=True)
    if done.returncode == 0:
        return blueprint.parent / directory
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    return {line["code"] for line in lines if line["severity"] == "error"} or {done.stderr[-300:]}


def example(gwgen: Path, blueprint: Path) -> list[str]:
    """Renders an example in all ways; what should have rendered and did not."""
    problems = []
    for style in ("resources", "body"):
        for format, template in (("terraform", ""), ("terraform-json", ""), ("cloudformation", "json"), ("cloudformation", "yaml")):
            name = "-".join(["ci", *(["body"] if style == "body" else []), *(["yaml"] if template == "yaml" else []), format, blueprint.stem])
            output = {"format": format, "api_style": style, **({"template": template} if template else {})}
            made = render(gwgen, blueprint, name, "nlb: {deletion_protection: false}\n", **output)
            if isinstance(made, Path):
                # Files of the user's own, which stand beside the output.
                for path in blueprint.parent.glob("own/*.tf") if format != "cloudformation" else []:
                    shutil.copy(path, made)
            elif format != "cloudformation" or not made <= TERRAFORM_ONLY:
                problems.append(f"{blueprint.parent.name}: {name}: {sorted(made)}")
    return problems


def main() -> int:
    gwgen, folder, work = (Path(argument).resolve() for argument in sys.argv[1:4])
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(folder, work)
    blueprints = sorted(work.glob("*/gwgen*.yaml"))
    with ThreadPoolExecutor(2) as two:
        problems = [problem for found in two.map(lambda path: example(gwgen, path), blueprints) for problem in found]
    for problem in problems:
        print(f"  {problem}")
    print(f"  {len(blueprints)} examples, {len(list(work.glob('*/ci-*/')))} outputs, {len(problems)} problems")
    return 1 if problems or not blueprints else 0


if __name__ == "__main__":
    sys.exit(main())
