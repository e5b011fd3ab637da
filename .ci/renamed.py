#!/usr/bin/env python3
"""Names that follow one another (`was`), planned by the real terraform in JSON over a state that the plans before say.

Usage: renamed.py GWGEN JUDGES

A backend, a usage plan and an authorizer get another name twice (orders, sales, shop). One environment takes each render, another one skips
the middle one. Nothing may be destroyed or made but the next deployment, and what has a name of theirs has to move.
"""
from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import motion
import planned

NAMES = (("orders", "partner", "checker"), ("sales", "retail", "guard"), ("shop", "wholesale", "porter"))
# Kinds whose addresses have one of the names.
MOVED = {"aws_lb_target_group", "aws_lb_target_group_attachment", "aws_api_gateway_authorizer", "aws_api_gateway_usage_plan",
         "aws_api_gateway_usage_plan_key"}
DESCRIPTION = """openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    get: {responses: {"200": {description: It}}}
"""
BLUEPRINT = """version: 1
name: shop
spec: openapi.yaml
topology: nlb-targets
network: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}
output: {format: terraform-json}
"""


def blueprint(names: tuple[str, ...], before: tuple[str, ...] | None) -> str:
    backend, plan, authorizer = (f"{name}: {{{f'was: {was}, ' if was else ''}" for name, was in zip(names, before or ("", "", "")))
    pool = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEf123"
    return (f"{BLUEPRINT}backends: {{{backend}port: 8080, targets: {{ips: [10.0.1.10]}}}}}}\n"
            f"usage_plans: {{{plan}keys: [acme]}}}}\nauth: {{{authorizer}cognito: {{user_pools: ['{pool}']}}}}}}\n"
            f"routes: [{{match: {{}}, backend: {names[0]}, auth: {names[2]}, api_key: true}}]\n")


def main() -> int:
    gwgen, judges = (Path(argument).resolve() for argument in sys.argv[1:3])
    judge = motion.judges_of(judges)
    with tempfile.TemporaryDirectory() as scratch:
        inputs = Path(scratch) / "inputs"
        inputs.mkdir()
        (inputs / "openapi.yaml").write_text(DESCRIPTION)
        story = motion.Story(gwgen, inputs, Path(scratch))
        for before, names in zip((None, *NAMES), NAMES):
            (story.work / "gwgen.yaml").write_text(blueprint(names, before))
            if not isinstance(output := story.render(), Path):
                print(f"  {names[0]}: {output}")
                return 1
        first, second, third = story.outputs
        root, problems = planned.Root(judge, Path(scratch) / "root", {"each": first, "skipped": first}), []
        for each, skipped in ((second, first), (third, third)):
            root.put({"each": each, "skipped": skipped})
            changes = planned.planned(root.real, root.folder)[1]
            for change in changes:
                does = change["change"]["actions"]
                if ("delete" in does or "create" in does) and change["type"] != "aws_api_gateway_deployment":
                    problems.append(f"{change['address']}: {' and '.join(does)}")
            for stack, output in (("each", each), ("skipped", skipped)):
                moved = {it["type"] for it in changes if it.get("previous_address") and it["address"].startswith(f"module.{stack}.")}
                if output is not first and moved != MOVED:
                    problems.append(f"{stack}: {sorted(moved)} move, and {sorted(MOVED)} have to")
            root.keep(changes)
    for problem in problems:
        print(f"  {problem}")
    print(f"  names that follow one another, in each render and one skipped: {len(problems)} findings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
