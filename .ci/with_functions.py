#!/usr/bin/env python3
"""Runs a judge against an emulated AWS in which the functions of the examples are there.

Usage: with_functions.py JUDGES TOOL.py arguments...

An emulator starts empty, and leave to call a function can be given only where the function is. So what params.json names (functions,
a hosted zone, a web ACL) is made as soon as the emulator runs.

apply_moto.py works out every expression before it deploys anything, so a function of an attribute stays unknown to it, and with
it the partition and region of a function's URI, which are parts of the API's ARN, or of a log group's. Where the emulator stands is known: its parts
are given. Real Terraform works them out itself. The judge also hands on the dimensions of an alarm as Terraform writes them, and
compares the names of roles and of API Gateway's own logs, which AWS makes up: here they are translated, and replaced by what a role
may do and by a name without the id.
A VPC link of the second version is told by its name, like one of the first. Everything else is the judge's own.
"""
from __future__ import annotations

import importlib
import io
import json
import os
import re
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

PARAMS = Path(__file__).parent / "params.json"


def main() -> int:
    judges, tool = Path(sys.argv[1]), sys.argv[2]
    sys.path.insert(0, str(judges))
    judge = importlib.import_module(tool.removesuffix(".py"))
    from judgelib.emulator import Clients

    from judgelib import emulator as reader

    started, paged = judge.emulator, reader.paged

    @contextmanager
    def emulator(*arguments, **named):
        with started(*arguments, **named) as endpoint:
            make_everything(Clients(endpoint))
            reader.paged = naming_links(Clients(endpoint), paged)
            yield endpoint

    judge.emulator = emulator
    start_our_server(reader)
    if "apply" in sys.argv:
        # Half of a run is the collecting of garbage: the provider holds much, and lives for seconds.
        os.environ.setdefault("GOGC", "400")
        keep_the_account(judge)
        plan_as_json_too(judge, Path(sys.argv[-1]))
    know_where_the_api_is()
    know_dimensions()
    know_roles_by_what_they_may_do()
    sys.argv = [tool, *sys.argv[3:], *([] if "validate" in sys.argv else ["--params", str(PARAMS)])]
    return judge.main()


def start_our_server(reader) -> None:
    """The judges' emulator with what moto_server.py mends."""
    run = reader.subprocess

    def popen(command, **named):
        server = next((it for it in command if it.endswith("moto_server.py")), None)
        ours = [] if server is None else [str(Path(__file__).with_name("moto_server.py"))]
        return run.Popen([*command[:1], *ours, *command[1:]], **named)

    reader.subprocess = SimpleNamespace(**{**vars(run), "Popen": popen})


def keep_the_account(judge) -> None:
    """Before a destroy: what the output's README says of the role that other APIs of the region write logs with, since it refuses to go."""
    run = judge.terraform
    kept = {"aws_api_gateway_account.this", "aws_iam_role_policy.logs", "aws_iam_role.logs"}

    def terraform(work: Path, *arguments: str, check: bool = True):
        if arguments[0] == "destroy":
            there = run(work, "state", "list").stdout.split()
            if "aws_api_gateway_account.this" in there:
                run(work, "state", "rm", *sorted(kept & set(there)))
            # The plan before has just read all of it.
            arguments = (*arguments, "-refresh=false")
        return run(work, *arguments, check=check)

    judge.terraform = terraform


def plan_as_json_too(judge, folder: Path) -> None:
    """After the second plan of an output: its twin as JSON has to plan the same on what was applied."""
    twin = folder.parent / folder.name.replace("terraform-", "terraform-json-", 1)
    run = judge.terraform

    def changes(work: Path, name: str) -> list:
        found = json.loads(run(work, "show", "-json", name).stdout).get("resource_changes", [])
        return [(it["address"], it["change"]["actions"], it["change"].get("before"), it["change"].get("after")) for it in found]

    def terraform(work: Path, *arguments: str, check: bool = True):
        done = run(work, *arguments, check=check)
        if "-out=again.tfplan" not in arguments or done.returncode == 1:
            return done
        replaced = {it: it.read_bytes() for it in work.glob("*.tf") if (twin / f"{it.name}.json").is_file()}
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

    if twin.is_dir():
        judge.terraform = terraform


def know_where_the_api_is() -> None:
    from judgelib import apply, tfeval

    worked_out = tfeval.call_function
    services = {"execution_arn": "execute-api", "arn": "logs"}

    def call_function(name, args, folder):
        if name == "split" and args[0] == ":" and getattr(args[1], "attr", None) in services:
            return ["arn", "aws", services[args[1].attr], apply.REGION, apply.ACCOUNT]
        return worked_out(name, args, folder)

    tfeval.call_function = call_function


def know_dimensions() -> None:
    """Terraform's mapping of dimensions, as the API takes it."""
    from judgelib import apply

    made = apply.HANDLERS["AWS::CloudWatch::Alarm"]

    def alarm(applier, name, properties):
        dimensions = properties.get("Dimensions")
        if isinstance(dimensions, dict):
            properties = {**properties, "Dimensions": [{"Name": it, "Value": value} for it, value in dimensions.items()]}
        return made(applier, name, properties)

    apply.HANDLERS["AWS::CloudWatch::Alarm"] = alarm


def know_roles_by_what_they_may_do() -> None:
    from judgelib import emulator

    read = emulator.read_functions

    def read_functions(client, out, problems):
        read(client, out, problems)
        iam = client("iam")

        def actions(role):
            policies = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
                        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]]
            return sorted(action for it in policies for statement in it["Statement"] for action in statement["Action"])

        for function in out["functions"]:
            function["role"] = actions(function["role"])
        out["roles"] = sorted(actions(role) for role in out["roles"])

        # API Gateway's own log is named by the API's id, which is another one every time.
        for group in out["log_groups"]:
            group["name"] = re.sub(r"^(API-Gateway-Execution-Logs_)[^/]+/", r"\1API/", group["name"])

    emulator.read_functions = read_functions


def naming_links(client, read):
    """Links of the second version are told by their names, as the judge tells the others: an id is another one every time."""
    def paged(call, key, **arguments):
        items = read(call, key, **arguments)
        if getattr(call, "__name__", "") == "get_vpc_links":
            second = client("apigatewayv2").get_vpc_links()["Items"]
            items += [{"id": it["VpcLinkId"], "name": it["Name"], "targetArns": [f"{len(it['SubnetIds'])} subnets"]} for it in second]
        return items

    return paged


def make_functions(client) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return None\n")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                     "Principal": {"Service": "lambda.amazonaws.com"}}]}
    role = client("iam").create_role(RoleName="functions", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    for arn in sorted(it for it in set(json.loads(PARAMS.read_text()).values()) if ":lambda:" in it):
        client("lambda").create_function(FunctionName=arn.split(":")[6], Runtime="python3.13", Role=role, Handler="index.handler",
                                         Code={"ZipFile": code.getvalue()})


def make_everything(client) -> None:
    """What params.json names: functions, a zone for the domain's record, and a web ACL; moto_server.py gives these two their ids."""
    make_functions(client)
    client("route53").create_hosted_zone(Name="example", CallerReference="example")
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "callers"}
    client("wafv2").create_web_acl(Name="callers", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen)


if __name__ == "__main__":
    sys.exit(main())
