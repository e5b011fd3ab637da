#!/usr/bin/env python3
"""Sequences of random edits: each output applied over the one before.

Usage: random_edits.py cloudformation|graph|apply GWGEN JUDGES EXAMPLES FIRST NUMBER LENGTH [SEED]

NUMBER sequences from the number FIRST on. An edit is one of `edits.py`, chosen with the seed; one that render refuses is replaced by another. None may find what `motion.NEVER` lists.
cloudformation: by its documented order. graph: planned by the real terraform over a state that the plans before say, and by its order graph.
apply: applied to an emulated AWS, read back and compared with the same output applied to an empty one.
"""
from __future__ import annotations

import copy
import json
import random
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Iterator

import edits
import motion
import planned
import with_functions

# Examples whose load balancers no edit makes anew, and which no emulator lacks anything for.
BASES = {"cloudformation": ("minimal", "secured", "complete", "mounts", "validated", "operated", "alb"),
         "graph": ("minimal", "secured", "mounts", "validated", "operated", "alb"),
         "apply": ("minimal", "operated", "mounts", "validated", "internet", "secured")}


class Sequence:
    """An example, edited again and again."""

    def __init__(self, mode: str, gwgen: Path, example: Path, seed: str, folder: Path):
        import yaml  # the judges bring it

        self.yaml, self.name = yaml, f"{seed} {example.name}"
        self.chosen = random.Random(self.name)
        self.story = motion.Story(gwgen, example, folder)
        self.inputs = edits.Inputs(yaml.safe_load((example / "gwgen.yaml").read_text()), self.description(example), self.chosen)
        format = {"graph": "terraform-json", "apply": "terraform"}.get(mode, mode)
        self.inputs.blueprint["output"] = {"dir": "generated", "format": format}
        if "network" in self.inputs.blueprint:
            self.inputs.blueprint["nlb"] = {"deletion_protection": False}
        self.write(self.inputs)
        first = self.story.render()
        if not isinstance(first, Path):
            raise RuntimeError(f"{self.name}: {first}")

    def description(self, folder: Path) -> Any:
        return self.yaml.safe_load((folder / "openapi.yaml").read_text())

    def write(self, inputs: edits.Inputs) -> None:
        for name, document in (("gwgen.yaml", inputs.blueprint), ("openapi.yaml", inputs.description)):
            (self.story.work / name).write_text(self.yaml.safe_dump(document, sort_keys=False))

    def steps(self, length: int) -> Iterator[tuple[str, Path, Path]]:
        """What was done, the output before and the one after."""
        for number in range(length):
            for _ in range(60):
                edit, inputs = self.chosen.choice(edits.EDITS), copy.deepcopy(self.inputs)
                inputs.chosen = self.chosen
                if not edit(inputs):
                    continue
                self.write(inputs)
                if isinstance(after := self.story.render(), Path):
                    self.inputs = inputs
                    yield f"{self.name}, step {number + 1}, {edit.__name__}", self.story.outputs[-2], after
                    break
            else:
                raise RuntimeError(f"{self.name}, step {number + 1}: no edit renders: {after}")


def applied(judge: Any, sequence: Sequence, length: int) -> Iterator[str]:
    """Each step applied at once, and read back as if it were the first."""
    import terraform_real as real
    from judgelib import tfapply

    given, left = json.loads(with_functions.PARAMS.read_text()), set()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "stack"
        work.mkdir()
        endpoint = stack.enter_context(judge.emulator("moto"))
        client = judge.Clients(endpoint)
        with_functions.make_everything(client)
        values = judge.applied(sequence.story.outputs[0], work, given, endpoint)
        for what, _, after in sequence.steps(length):
            shutil.copytree(after, work, dirs_exist_ok=True)
            module = real.module_of(work, given)
            values |= tfapply.variables_for(client, module, {**given, **values})
            (work / "judge.auto.tfvars.json").write_text(json.dumps({name: it for name, it in values.items() if name in module.variables}))
            real.provider_file(work, endpoint)
            plan, changes, order = planned.plan(judge, real, work)
            yield from motion.never({"findings": judge.judge_plan(changes, order, judge.named(plan))}, what)
            done = real.terraform(work, "apply", "-no-color", "-parallelism=20", "change.tfplan", check=False)
            if done.returncode:
                yield f"{what}: TR008: {' '.join(re.findall('Error: .+', done.stdout + done.stderr))[:600]}"
                return
            left |= {it["change"]["before"]["method_path"] for it in changes
                     if it["type"] == "aws_api_gateway_method_settings" and "delete" in it["change"]["actions"]}
            there, wanted = judge.read_back(client), fresh(judge, after, given, values)
            yield from (f"{what}: TR008: {it}" for it in without_left(there, wanted, left))
            yield from (f"{what}: TR008: {it}" for it in judge.differences(there, wanted))
            judge.settle(work)
            for file in [it for it in work.iterdir() if it.is_file() and it.suffix in (".tf", ".json", ".tfplan") and "tfstate" not in it.name]:
                file.unlink()


def without_left(there: dict, wanted: dict, left: set[str]) -> list[str]:
    """Takes settings of methods out of a state that the emulator leaves there: it ignores their removal (moto's `Stage.apply_operations`)."""
    [stage], [fresh_stage] = ([stage for api in state["apis"] for stage in api["stages"]] for state in (there, wanted))
    left -= set(fresh_stage["method_settings"])
    found = [f"the emulator removes the settings of {path}: `without_left` is of no use any more" for path in sorted(left - set(stage["method_settings"]))]
    stage["method_settings"] = [path for path in stage["method_settings"] if path not in left]
    return found


def fresh(judge: Any, output: Path, given: dict, values: dict) -> dict:
    """What an output makes in an empty AWS that has what params.json names."""
    emulator = judge.emulator

    def with_everything(kind: str) -> Any:
        stack = ExitStack()
        endpoint = stack.enter_context(emulator(kind))
        with_functions.make_everything(judge.Clients(endpoint))

        class Running:
            __enter__ = staticmethod(lambda: endpoint)
            __exit__ = staticmethod(lambda *_: stack.close())

        return Running()

    judge_of_fresh = dict(judge.fresh.__globals__, emulator=with_everything)
    return type(judge.fresh)(judge.fresh.__code__, judge_of_fresh)(output, given, values)


def main() -> int:
    mode, gwgen, judges, examples = sys.argv[1], *(Path(argument).resolve() for argument in sys.argv[2:5])
    first, number, length = (int(argument) for argument in sys.argv[5:8])
    seed, numbers = sys.argv[8] if len(sys.argv) > 8 else "0", range(first, first + number)
    judge = motion.judges_of(judges)
    with tempfile.TemporaryDirectory() as scratch:
        def sequence(index: int) -> Sequence:
            folder = Path(scratch) / str(index)
            folder.mkdir()
            return Sequence(mode, gwgen, examples / BASES[mode][index % len(BASES[mode])], f"{seed} {index}", folder)

        def problems(index: int) -> list[str]:
            if mode == "apply":
                return list(applied(judge, sequence(index), length))
            steps = sequence(index).steps(length)
            return [it for what, before, after in steps
                    for it in motion.never(judge.cfn_transition(motion.target_of(before), motion.target_of(after)), what)]

        try:
            if mode != "cloudformation" and not shutil.which("terraform"):
                raise judge.real.CannotJudge("no terraform on the PATH")
            if mode == "graph":
                found = planned.problems(judge, [sequence(index) for index in numbers], length, Path(scratch) / "roots")
            else:
                with ThreadPoolExecutor(5 if mode == "apply" else 2) as some:
                    found = [it for them in some.map(problems, numbers) for it in them]
        except judge.real.CannotJudge as reason:
            print(f"cannot be judged here: {reason}", file=sys.stderr)
            return 3
    for problem in found:
        print(f"  {problem}")
    print(f"  {number} sequences of {length} edits, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
