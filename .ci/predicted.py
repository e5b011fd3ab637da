#!/usr/bin/env python3
"""What `gwgen diff` says that Terraform or CloudFormation will do, against what they plan: every address and action, none missing, none too much.

Usage: predicted.py terraform|cloudformation GWGEN JUDGES LENGTH BASE... [--seed SEED]

Each BASE is a folder with gwgen.yaml and openapi.yaml. LENGTH random edits of `edits.py` are applied to each, one over the other; an edit that
render refuses is replaced by another. terraform: all bases are modules of one root, planned over a state that the plans before say.
"""
from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
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


def by_block(said: dict[str, str], actions: dict[str, str]) -> dict[str, str]:
    """The planned actions, those of items whose keys only the value of a variable tells under the address of their block."""
    merged: dict[str, str] = {}
    for address, action in actions.items():
        block = address.partition("[")[0]
        name = block if block in said and address not in said else address
        # `may-change` stands for any action, and for several of one block.
        is_open = said.get(name) == "may-change" or merged.get(name, action) != action
        merged[name] = "may-change" if is_open and name != address else action
    return merged


def differences(what: str, said: dict[str, str] | str, actions: dict[str, str]) -> Iterator[str]:
    if isinstance(said, str):
        yield f"{what}: {said}"
        return
    actions = by_block(said, actions)
    for address in sorted({*said, *actions}):
        if said.get(address) != actions.get(address):
            yield f"{what}: {address}: predicted {said.get(address, 'nothing')}, planned {actions.get(address, 'nothing')}"


def compared(judge: Any, options: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """Where the two differ, step by step."""
    gwgen, is_terraform, sequences = options.gwgen.resolve(), options.language == "terraform", {}
    for number, base in enumerate(options.bases):
        folder = scratch / str(number)
        folder.mkdir()
        mode = "graph" if is_terraform else "cloudformation"
        sequences[f"s{number}"] = random_edits.Sequence(mode, gwgen, base.resolve(), f"{options.seed} {number}", folder)
    root = planned.Root(judge, scratch / "root", {name: it.story.outputs[0] for name, it in sequences.items()}) if is_terraform else None
    steps = {name: it.steps(options.length) for name, it in sequences.items()}
    pairs, changes, found = 0, 0, 0
    for _ in range(options.length):
        now = {name: next(it) for name, it in steps.items()}
        if root:
            root.step({name: after for name, (_, _, after) in now.items()})
        for name, (what, before, after) in now.items():
            actions = root.actions[name] if root else judge.cfn_transition(motion.target_of(before), motion.target_of(after))["actions"]
            inputs = [sequences[name].story.inputs_of(output) for output in (before, after)]
            pairs, changes = pairs + 1, changes + len(actions)
            for problem in differences(what, predicted(gwgen, *inputs), actions):
                found += 1
                yield problem
        print(f"  {pairs} pairs, {changes} actions, {found} differences", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("terraform", "cloudformation"))
    for name in ("gwgen", "judges"):
        parser.add_argument(name, type=Path)
    parser.add_argument("length", type=int)
    parser.add_argument("bases", type=Path, nargs="+")
    parser.add_argument("--seed", default="0")
    options, found = parser.parse_args(), 0
    judge = motion.judges_of(options.judges.resolve())
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            if options.language == "terraform":
                if not shutil.which("terraform"):
                    raise judge.real.CannotJudge("no terraform on the PATH")
                stack.enter_context(planned.running_provider(judge.real))
            for problem in compared(judge, options, scratch):
                found += 1
                print(f"  {problem}", flush=True)
        except judge.real.CannotJudge as reason:
            print(f"cannot be judged here: {reason}", file=sys.stderr)
            return 3
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
