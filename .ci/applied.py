#!/usr/bin/env python3
"""Judges what `terraform_real.py apply` reported of an example.

Usage: applied.py GWGEN JUDGES BLUEPRINT REPORT.json [OTHER.json]

What was read back from the emulated AWS has to be the operations that expected_routes.py finds in the description, under every
mount, without those that the blueprint leaves out. The second plan has to be empty but for what the judge knows of the emulator, and
destroy has to end clean. With the report of the same example in the other style, everything that was read back has to be the same: methods
and who may call them, integrations, authorizers, validators, models, gateway responses, the stage, usage plans, and whatever stands beside
the API.
"""
from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import example


def expected_operations(gwgen: Path, judges: Path, blueprint: Path) -> set[tuple[str, str]]:
    """(method, path on the gateway) of every operation that is to be reachable; variables without names."""
    sys.path.insert(0, str(judges))
    from judgelib.openapi import expected, normal_path
    from judgelib.routes import shape

    document = example.read(blueprint)
    wanted = expected(blueprint.parent / document["spec"])
    left_out = {(it["method"], normal_path(it["path"])) for it in example.routes(gwgen, blueprint) if it["exposure"] != "public"}
    return {(it["method"], shape(normal_path(prefix + it["path"]))) for prefix in example.prefixes(document, wanted["base_path"])
            for it in wanted["operations"] if (it["method"], it["path"]) not in left_out}


# What Terraform puts behind a `name_prefix`: the time in 18 digits, and a counter of 8 hexadecimal ones.
# Source: hashicorp/terraform-plugin-sdk, helper/id, PrefixedUniqueId.
UNIQUE_SUFFIX = re.compile(r"-\d{18}[0-9a-f]{8}")


def told(state):
    """A state without what is not told (empty, off, the internet), made-up suffixes and the emulator's messages. No list of it has an order."""
    if isinstance(state, dict):
        members = {key: told(it) for key, it in state.items() if key != "problems"}
        return {key: it for key, it in sorted(members.items()) if it not in (None, False, "", [], {}, "INTERNET")}
    if isinstance(state, list):
        return sorted((told(it) for it in state), key=lambda it: json.dumps(it, sort_keys=True))
    return UNIQUE_SUFFIX.sub("", state) if isinstance(state, str) else state


def differences(left, right, at: str) -> list[str]:
    """Where two states differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        return [it for key in sorted({*left, *right}) for it in differences(left.get(key), right.get(key), f"{at}: {key}")]
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [it for number, pair in enumerate(zip(left, right)) for it in differences(*pair, f"{at} {number}")]
    return [] if left == right else [f"{at}: {str(left)[:300]}, {str(right)[:300]} in the other style"]


def main() -> int:
    gwgen, judges, blueprint, report_path, *other = (Path(argument) for argument in sys.argv[1:6])
    report = json.loads(report_path.read_text())
    if "failed" in report:
        print(f"  {report['failed'][-3000:]}")
        return 1
    problems = [f"second plan: {change['address']} {change['actions']} {change['attributes']}" for change in report["second_plan"]]
    from_aws = {(it["method"], it["path"]) for api in report["state"]["apis"] for it in api["operations"]
                if it["integration"]["type"] in ("HTTP_PROXY", "AWS_PROXY")}
    wanted = expected_operations(gwgen, judges, blueprint)
    from judgelib.routes import shape  # the path of the judges is known by now
    from_aws = {(method, shape(path)) for method, path in from_aws}
    problems += [f"not deployed: {method} {path}" for method, path in sorted(wanted - from_aws)]
    problems += [f"deployed, but not asked for: {method} {path}" for method, path in sorted(from_aws - wanted)]
    for path in other:
        problems += differences(told(json.loads(path.read_text())["state"]), told(report["state"]), "read back")
    if report.get("destroyed") is not True:
        problems.append(f"destroy: {report.get('destroy_error', 'did not end clean')[-2000:]}")
    name = f"{blueprint.parent.name}, {'a body' if 'body' in blueprint.name else 'resources'}"
    summary = (f"{report['applied']} resources applied; {len(from_aws)} of {len(wanted)} operations read back; "
               f"the second plan is empty but for {len(report['emulator_forgets'])} attributes that the emulator forgets; "
               f"destroyed: {report.get('destroyed')}{'; the other style reads back the same' if other else ''}")
    print(f"  {name}: {'falls short' if problems else summary}")
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
