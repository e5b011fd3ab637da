#!/usr/bin/env python3
"""What `gwgen diff` says that Terraform or CloudFormation will do, against what they plan: every address and action, none missing, none too much.

Usage: predicted.py terraform|cloudformation GWGEN JUDGES LENGTH BASE... [--seed SEED]

Each BASE is a folder with gwgen.yaml and openapi.yaml. LENGTH random edits of `edits.py` are applied to each, one over the other; an edit that
render refuses is replaced by another. terraform: all bases are modules of one root, planned over a state that the plans before say.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator

import motion
import planned
import random_edits

Json = dict[str, Any]


def predicted(gwgen: Path, before: Path, after: Path) -> dict[str, str] | str:
    """The actions that `gwgen diff` prints, or why there are none."""
    done = subprocess.run([gwgen, "diff", before, after, "--format", "json"], text=True, capture_output=True)
    try:
        return {it["address"]: it["action"] for blueprint in json.loads(done.stdout)["blueprints"] for it in blueprint["actions"]}
    except ValueError:
        return f"exit {done.returncode}: {done.stderr[-300:]}"


def differences(what: str, said: dict[str, str] | str, actions: dict[str, str]) -> Iterator[str]:
    if isinstance(said, str):
        yield f"{what}: {said}"
        return
    for address in sorted({*said, *actions}):
        if said.get(address) != actions.get(address):
            yield f"{what}: {address}: predicted {said.get(address, 'nothing')}, planned {actions.get(address, 'nothing')}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("terraform", "cloudformation"))
    for name in ("gwgen", "judges"):
        parser.add_argument(name, type=Path)
    parser.add_argument("length", type=int)
    parser.add_argument("bases", type=Path, nargs="+")
    parser.add_argument("--seed", default="0")
    options = parser.parse_args()
    judge, gwgen = motion.judges_of(options.judges.resolve()), options.gwgen.resolve()
    mode = "graph" if options.language == "terraform" else "cloudformation"
    count, changes, found = 0, 0, []
    with tempfile.TemporaryDirectory() as scratch:
        sequences = {}
        for number, base in enumerate(options.bases):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            sequences[f"s{number}"] = random_edits.Sequence(mode, gwgen, base.resolve(), f"{options.seed} {number}", folder)
        root = None
        if options.language == "terraform":
            root = planned.Root(judge, Path(scratch) / "root", {name: it.story.outputs[0] for name, it in sequences.items()})
        steps = {name: it.steps(options.length) for name, it in sequences.items()}
        for _ in range(options.length):
            now = {name: next(it) for name, it in steps.items()}
            if root:
                root.step({name: after for name, (_, _, after) in now.items()})
            for name, (what, before, after) in now.items():
                actions = root.actions[name] if root else judge.cfn_transition(motion.target_of(before), motion.target_of(after))["actions"]
                inputs = [sequences[name].story.inputs_of(output) for output in (before, after)]
                found += differences(what, predicted(gwgen, *inputs), actions)
                count, changes = count + 1, changes + len(actions)
            print(f"  {count} pairs, {changes} actions, {len(found)} differences", flush=True)
    for problem in found:
        print(f"  {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
