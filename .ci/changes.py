#!/usr/bin/env python3
"""Asks the real Terraform and the schemas of CloudFormation what a change of each written argument does, and compares it with what each
kind says (`Node::changes`), both ways.

Usage: changes.py JUDGES KINDS.json

KINDS.json is what `cargo test --lib changes` writes: for each kind its types of resources with what replaces them, and samples that together
have every argument that the kind writes. Each argument gets a resource of its own, with values in place of references. All of them are
planned from nothing; what that plan says is taken for the state; a second plan changes in each resource its one argument, and lists of
several items lose one in a further resource. No emulator is needed: whether a change replaces is decided by the provider alone.
"""
from __future__ import annotations

import copy
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterable, Iterator

Json = dict[str, Any]
# Arguments of a later provider than machines have.
NEWER = {("aws_api_gateway_integration", "integration_target")}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}
ARN = "arn:aws:lambda:us-east-1:123456789012:function:one"
# Arguments that are ARNs, beside those whose name says so; the role of a policy is a name.
ARNS = ("role", "kms_key_id", "alarm_actions", "ok_actions")
# Two values for a reference that has to be one of few.
FEW = {"http_method": ("GET", "POST"), "schema": ('{"type": "object"}', '{"type": "array"}'),
       "unauthorized_cache_control_header_strategy": ("FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER")}
# The other value of an argument that takes few.
OTHER = {"HTTP": "HTTPS", "HTTPS": "HTTP", "TCP": "TLS", "TLS": "TCP", "GET": "POST", "POST": "GET", "HTTP_PROXY": "AWS_PROXY", "AWS_PROXY": "HTTP_PROXY",
         "MOCK": "HTTP_PROXY", "VPC_LINK": "INTERNET", "NEVER": "WHEN_NO_MATCH", "REQUEST": "COGNITO_USER_POOLS", "TOKEN": "REQUEST",
         "COGNITO_USER_POOLS": "REQUEST", "AUTHORIZER": "HEADER", "overwrite": "merge", "REGIONAL": "EDGE", "EDGE": "REGIONAL",
         "PRIVATE": "REGIONAL", "TLS_1_2": "TLS_1_0", "network": "application", "application": "network", "ip": "instance", "instance": "ip",
         "alb": "ip", "off": "on", "forward": "redirect", "fixed-response": "redirect", "application/json": "text/plain", "OFF": "INFO",
         "INFO": "OFF", "DAY": "WEEK", "FAIL_WITH_403": "SUCCEED_WITH_RESPONSE_HEADER", "A": "AAAA", "Active": "PassThrough",
         "PassThrough": "Active", "arm64": "x86_64", "python3.13": "python3.12", "AES256": "aws:kms", "notBreaching": "ignore",
         "breaching": "ignore", "Average": "Sum", "Sum": "Average", "Maximum": "Sum", "GreaterThanOrEqualToThreshold": "LessThanThreshold",
         "GreaterThanThreshold": "LessThanThreshold", "p99": "p90", "CONVERT_TO_TEXT": "CONVERT_TO_BINARY",
         "CONVERT_TO_BINARY": "CONVERT_TO_TEXT", "0.5": "1.6", "0.0.0.0/0": "10.0.0.0/8", "10.0.0.0/16": "10.0.0.0/8",
         "traffic-port": "80", 365: 400, 60: 120, 10: 20}
# What the provider asks for beside a value.
BESIDE = {"redirect": {"redirect": [{"port": "443", "status_code": "HTTP_301"}]}, "REQUEST": {"authorizer_uri": ARN},
          "COGNITO_USER_POOLS": {"provider_arns": [ARN]}}
# Lists that hold one item.
SINGLE = ("target_arns", "types", "architectures")
# What AWS would have said.
COMPUTED = {"arn": f"{ARN}k", "protocol_version": "HTTP1"}


def made_up(name: str, of: Any, second: bool) -> Any:
    """A value in place of a reference."""
    letter = "b" if second else "a"
    if name in FEW:
        return FEW[name][second]
    if isinstance(of, list) and of[0] == "map":
        return {letter: made_up(name, of[1], second)}
    if isinstance(of, list):
        return [made_up(name, of[1], which) for which in ([second] if second or name in SINGLE else [False, True])]
    if of in ("bool", "number"):
        return second if of == "bool" else 1 + second
    if "policy" in name:
        return json.dumps(POLICY)
    return f"{ARN}{letter}" if "arn" in name or name in ARNS else f"made-up-{letter}"


def literal(block: Json, body: Json) -> Json:
    """A body without references; blocks are lists."""
    out: Json = {}
    for name, value in body.items():
        if name in block.get("block_types", {}):
            inner = block["block_types"][name]["block"]
            out[name] = [literal(inner, one) for one in (value if isinstance(value, list) else [value])]
        else:
            of = block["attributes"][name]["type"]
            out[name] = made_up(name, of, False) if "${" in json.dumps(value) else value
    if "policy" in out and "role" in out:
        out["role"] = "made-up"
    return out


def other(name: str, value: Any, of: Any) -> Any:
    """Another value of an argument; a list gets an item more."""
    if isinstance(value, dict):
        return {**value, **made_up(name, of, True)}
    if isinstance(value, list):
        return [other(name, value[0], of[1]), *([] if name in SINGLE else value)]
    if isinstance(value, bool):
        return not value
    if value in OTHER:
        return OTHER[value]
    if isinstance(value, (int, float)):
        return value + 1
    if value.startswith("{"):
        return json.dumps({**json.loads(value), "Id": "other"})
    if value.endswith("-"):   # the start of a name, which has a longest length
        return f"x{value[1:]}"
    return str(int(value) + 1) if value.isdigit() else f"{value}x"


def leaves(block: Json, body: Json, path: tuple = ()) -> Iterator[tuple[tuple, Json]]:
    """Paths of the arguments in a body, each with its schema. A map is one argument."""
    for name, value in body.items():
        if name in block.get("block_types", {}):
            for place, inner in enumerate(value):
                yield from leaves(block["block_types"][name]["block"], inner, (*path, name, place))
        else:
            yield (*path, name), block["attributes"][name]


def names(path: Iterable) -> str:
    """A path without the places in lists."""
    return ".".join(part for part in path if isinstance(part, str))


def at(body: Json, path: tuple) -> Any:
    for part in path:
        body = body[part]
    return body


def put(body: Json, path: tuple, value: Any) -> Json:
    """A body with another value at a path."""
    out = copy.deepcopy(body)
    at(out, path[:-1])[path[-1]] = value
    if names(path) == "health_check.protocol":
        at(out, path[:-1])["protocol"] = "HTTPS" if at(body, path) == "HTTP" else "HTTP"
    at(out, path[:-1]).update(BESIDE.get(value, {}) if isinstance(value, str) else {})
    return out


class Asked:
    """Resources, each for a change of one argument of a kind."""

    def __init__(self, kinds: Json, schemas: Json):
        self.before: Json = {}
        self.after: Json = {}
        self.changes: dict[str, tuple[str, Json, str, str]] = {}
        for word, types in kinds.items():
            for said in types:
                if said["type"] in schemas:
                    self.add(word, said, schemas[said["type"]]["block"])

    def add(self, word: str, said: Json, block: Json) -> None:
        seen = set()
        for sample in said["samples"]:
            body = literal(block, {name: value for name, value in sample.items() if (said["type"], name) not in NEWER})
            # The same argument of another protocol or type is another question.
            types = [at(body, path) for path, _ in leaves(block, body) if path[-1].endswith(("type", "protocol"))]
            for path, argument in leaves(block, body):
                if (names(path), str(types)) in seen:
                    continue
                seen.add((names(path), str(types)))
                value = at(body, path)
                self.ask(word, said, path, body, put(body, path, other(path[-1], value, argument["type"])))
                if isinstance(value, list) and len(value) > 1:
                    self.ask(word, said, path, body, put(body, path, value[:-1]))

    def ask(self, word: str, said: Json, path: tuple, body: Json, changed: Json) -> None:
        name = f"r{len(self.changes)}"
        self.before.setdefault(said["type"], {})[name] = body
        self.after.setdefault(said["type"], {})[name] = changed
        self.changes[name] = (word, said, names(path), [at(body, path), at(changed, path)])

    def problem(self, planned: Json) -> str | None:
        """Where a planned change is not what the kind says."""
        word, said, path, [old, new] = self.changes[planned["name"]]
        paths = [names(replaced) for replaced in planned["change"].get("replace_paths", [])]
        replaces = path in paths
        what = f"{word}: {said['type']}: {path}: {json.dumps(old)} to {json.dumps(new)}"
        whens = [each["when"] for each in said["replaced_when"] if each["argument"] == path]
        is_said = path in said["replaced_by"] or any(
            isinstance(old, list) and len(new) < len(old) if when == "LosesItem" else when["IsOrWas"] in (old, new) for when in whens)
        if planned["change"]["actions"] == ["no-op"]:
            return f"{what}: changes nothing, so another value is needed here"
        if set(paths) - {path}:
            return f"{what}: replaces for {paths}"
        return None if replaces == is_said else f"{what}: {'replaces' if replaces else 'updates'}, and the kind says otherwise"


def state_of(plan: Json, schemas: Json) -> Json:
    """The state in which everything is that a plan creates."""
    resources = []
    for each in plan["resource_changes"]:
        schema, after = schemas[each["type"]], each["change"]["after"]
        attributes = {name: None for name in schema["block"]["attributes"]} | {name: [] for name in schema["block"].get("block_types", {})} | after
        for name, is_unknown in each["change"]["after_unknown"].items():
            if is_unknown is True:
                is_text = schema["block"]["attributes"].get(name, {}).get("type") == "string"
                attributes[name] = COMPUTED.get(name, "known") if is_text else None
        resources.append({"mode": "managed", "type": each["type"], "name": each["name"], "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                          "instances": [{"schema_version": schema["version"], "attributes": attributes}]})
    return {"version": 4, "terraform_version": plan["terraform_version"], "serial": 1, "lineage": "changes", "outputs": {}, "resources": resources}


def terraform(real: Any, kinds: Json) -> list[str]:
    """Problems of Terraform's lists."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        (work / "versions.tf").write_text('terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n')
        real.provider_file(work, "http://127.0.0.1:9")
        real.initialise(work)

        def planned(resources: Json) -> Json:
            (work / "main.tf.json").write_text(json.dumps({"resource": resources}, indent=1))
            real.terraform(work, "plan", "-refresh=false", "-no-color", "-out=it.tfplan")
            return json.loads(real.terraform(work, "show", "-json", "it.tfplan").stdout)

        told = json.loads(real.terraform(work, "providers", "schema", "-json").stdout)
        [schemas] = [provider["resource_schemas"] for name, provider in told["provider_schemas"].items() if name.endswith("hashicorp/aws")]
        asked = Asked(kinds, schemas)
        (work / "terraform.tfstate").write_text(json.dumps(state_of(planned(asked.before), schemas)))
        changes = planned(asked.after)["resource_changes"]
    print(f"  {len(changes)} changes of {len(asked.after)} types planned")
    problems = [problem for problem in map(asked.problem, changes) if problem]
    return problems if len(changes) == len(asked.changes) else [*problems, "not every change was planned"]


def cloudformation(kinds: Json) -> list[str]:
    """Problems of CloudFormation's lists."""
    import cfnlint  # the judges bring it

    folder = Path(cfnlint.__file__).parent / "data" / "schemas"
    files, problems, number = json.loads((folder / "providers" / "us-east-1.json").read_text()), [], 0
    for word, said in ((word, said) for word, types in kinds.items() for said in types if "::" in said["type"]):
        schema = json.loads((folder / "resources" / f"{files[said['type']]}.json").read_text())

        def written(field: str) -> set[str]:
            paths = {path.removeprefix("/properties/").replace("/*", "").replace("/", ".") for path in schema.get(field, [])}
            return paths & set(said["paths"])

        number += len(said["paths"])
        for name in sorted(written("createOnlyProperties") ^ set(said["replaced_by"])):
            problems.append(f"{word}: {said['type']}: {name}: {'updates, and' if name in said['replaced_by'] else 'replaces, and'} the kind says otherwise")
        problems += [f"{word}: {said['type']}: {name}: replaces sometimes" for name in sorted(written("conditionalCreateOnlyProperties"))]
    print(f"  {number} properties compared with their schemas")
    return problems


def main() -> int:
    judges, kinds = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    sys.path.insert(0, str(judges))
    import terraform_real as real

    problems = cloudformation(kinds)
    try:
        problems += terraform(real, kinds)
    except real.CannotJudge as reason:
        print(f"cannot be judged here: {reason}", file=sys.stderr)
        return 1 if problems else 3
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
