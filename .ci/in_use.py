#!/usr/bin/env python3
"""Judges the example of an output in use: as a module of Terraform, and as a stack whose outputs another one imports.

Usage: in_use.py GWGEN JUDGES EXAMPLE WORK

EXAMPLE has a blueprint, `main.tf` that calls the output, and `stack.yaml` that imports from it. Both formats are rendered into copies below
WORK, without protection against deletion. The real terraform formats and applies the first to an emulated AWS, plans again and destroys. Of
the second, cfn-lint reads both templates, and everything that is imported is exported.
"""
from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import render


def terraform(judges: Path, folder: Path) -> int:
    """Formats and applies `main.tf` with the module; the status of the judge."""
    sys.path.insert(0, str(judges))
    import terraform_real as judge

    # What the emulator does not tell again of a service.
    judge.EMULATOR_FORGETS.update({
        ("aws_ecs_service", "availability_zone_rebalancing"): lambda before, after: before in (None, ""),
        ("aws_ecs_service", "health_check_grace_period_seconds"): lambda before, after: not before,
    })
    formatted = subprocess.run(["terraform", "fmt", "-check", "-diff", folder / "main.tf"]) if shutil.which("terraform") else None
    if formatted is not None and formatted.returncode:
        return 1
    sys.argv = ["terraform_real.py", "apply", str(folder)]
    return judge.main()


def cloudformation(judges: Path, folder: Path) -> list[str]:
    """What is wrong with the two templates."""
    problems = []
    for template in (folder / "generated" / "template.json", folder / "stack.yaml"):
        done = subprocess.run([sys.executable, judges / "check_cfn.py", template], text=True, capture_output=True)
        if done.returncode:
            problems.append(f"{template.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    outputs = json.loads((folder / "generated" / "template.json").read_text())["Outputs"].values()
    exported = {it["Export"]["Name"]["Fn::Sub"].replace("${AWS::StackName}", "${ApiStack}") for it in outputs}
    imported = set(re.findall(r"Fn::ImportValue: !Sub (\S+)", (folder / "stack.yaml").read_text()))
    problems += [f"stack.yaml imports {name}, which is not exported" for name in sorted(imported - exported)]
    return problems if imported else [*problems, "stack.yaml imports nothing"]


def main() -> int:
    gwgen, judges, example, work = (Path(argument) for argument in sys.argv[1:5])
    shutil.rmtree(work, ignore_errors=True)
    folders = {}
    for format in ("terraform", "cloudformation"):
        folders[format] = shutil.copytree(example, work / format, ignore=shutil.ignore_patterns("generated"))
        made = render.render(gwgen, folders[format] / "gwgen.yaml", "generated", "nlb: {deletion_protection: false}\n", format=format)
        if not isinstance(made, Path):
            print(f"{format}: {sorted(made)}")
            return 1
    problems = cloudformation(judges, folders["cloudformation"])
    print("\n".join(problems) or "the second stack imports what the first exports", file=sys.stderr)
    return terraform(judges, folders["terraform"]) or int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
