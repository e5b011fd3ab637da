#!/usr/bin/env python3
"""Runs terraform_real.py against an emulated AWS in which that is there which the examples name.

Usage: with_functions.py JUDGES apply FOLDER

An emulator starts empty, and leave to call a function can be given only where the function is. So what params.json names (functions,
a hosted zone, a web ACL) is made as soon as the emulator runs. After the second plan of an output its twin as JSON is planned, too.
Everything else is the judge's own.
"""
from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path

PARAMS = Path(__file__).parent / "params.json"


def main() -> int:
    sys.path.insert(0, sys.argv.pop(1))
    import terraform_real as judge
    from judgelib.emulator import Clients

    started = judge.emulator

    @contextmanager
    def emulator(*arguments, **named):
        with started(*arguments, **named) as endpoint:
            make_everything(Clients(endpoint))
            yield endpoint

    judge.emulator = emulator
    plan_as_json_too(judge, Path(sys.argv[-1]))
    sys.argv += ["--params", str(PARAMS)]
    return judge.main()


def plan_as_json_too(judge, folder: Path) -> None:
    """After the second plan of an output: its twin as JSON has to plan the same on what was applied. The plan before a destroy reads nothing anew."""
    twin = folder.parent / folder.name.replace("terraform-", "terraform-json-", 1)
    run = judge.terraform

    def changes(work: Path, name: str) -> list:
        found = json.loads(run(work, "show", "-json", name).stdout).get("resource_changes", [])
        return [(each["address"], each["change"]["actions"], each["change"].get("before"), each["change"].get("after")) for each in found]

    def terraform(work: Path, *arguments: str, check: bool = True):
        done = run(work, *arguments, *(["-refresh=false"] if arguments[0] == "destroy" else []), check=check)
        if "-out=again.tfplan" not in arguments or done.returncode == 1:
            return done
        replaced = {path: path.read_bytes() for path in work.glob("*.tf") if (twin / f"{path.name}.json").is_file()}
        for path in replaced:
            path.unlink()
            (work / f"{path.name}.json").write_bytes((twin / f"{path.name}.json").read_bytes())
        as_json = run(work, "plan", "-no-color", "-detailed-exitcode", "-out=json.tfplan", check=False)
        # Two plans without a change are the same.
        same = as_json.returncode == done.returncode == 0 or (
            as_json.returncode == done.returncode == 2 and changes(work, "json.tfplan") == changes(work, "again.tfplan"))
        if not replaced or not same:
            raise RuntimeError(f"the JSON of {len(replaced)} files plans otherwise:\n{as_json.stdout[-4000:]}{as_json.stderr[-4000:]}")
        for path, content in replaced.items():
            (work / f"{path.name}.json").unlink()
            path.write_bytes(content)
        return done

    judge.terraform = terraform


def make_everything(client) -> None:
    """What params.json names: functions, a zone for the domain's record, and a web ACL; the emulator gives these two fixed ids."""
    from judgelib.apply import function_from_outside

    for arn in sorted({value for value in json.loads(PARAMS.read_text()).values() if ":lambda:" in value}):
        function_from_outside(client, arn)
    client("route53").create_hosted_zone(Name="example", CallerReference="example")
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "callers"}
    client("wafv2").create_web_acl(Name="callers", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen)


if __name__ == "__main__":
    sys.exit(main())
