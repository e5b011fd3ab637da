"""Plans over plans: what happens in sequences of changes, without an AWS.

A state is what the plan before said: known values as they are, made-up ones where AWS would have said something, dependencies and
create_before_destroy as Terraform stores them. Several stacks are modules of one root, and one provider serves all commands, since its start takes
longest.
"""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import motion
import with_functions

Json = dict[str, Any]
# Stacks in one root: time grows faster than a root does.
TOGETHER = 15
GIVEN = {**json.loads(with_functions.PARAMS.read_text()), "private_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]}
AWS = 'provider["registry.terraform.io/hashicorp/aws"]'
BUILTIN = 'provider["terraform.io/builtin/terraform"]'
# What AWS would have said, by type and attribute; {} is a number.
COMPUTED = {
    ("aws_lb", "arn"): "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/made-up/{}",
    ("aws_lb_target_group", "arn"): "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/made-up/{}",
    ("aws_lb_target_group", "protocol_version"): "HTTP1",
}


def values_of(judge: Any, module: Any) -> Json:
    """Values of a module's variables."""
    return {**judge.made_up(module, GIVEN), **{variable: value for variable, value in GIVEN.items() if variable in module.variables}}


def plan(judge: Any, real: Any, work: Path) -> tuple[Json, list[Json], Any]:
    """A plan of what is in a folder, its changes of managed resources, and its order."""
    told, changes = planned(real, work)
    return told, changes, judge.Order(real.terraform(work, "graph", "-plan=change.tfplan").stdout)


def planned(real: Any, work: Path) -> tuple[Json, list[Json]]:
    real.terraform(work, "plan", "-refresh=false", "-no-color", "-out=change.tfplan")
    told = json.loads(real.terraform(work, "show", "-json", "change.tfplan").stdout)
    return told, [each for each in told.get("resource_changes", []) if each.get("mode") == "managed"]


@contextmanager
def running_provider(real: Any) -> Iterator[None]:
    """One provider for every command: most of a plan is its start."""
    [program] = sorted((real.plugin_mirror() / "registry.terraform.io/hashicorp/aws").glob("*/*/terraform-provider-aws*"))[-1:]
    # A bundle of certificates is refused at the second command, and nothing is asked of AWS.
    environment = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"}
    with subprocess.Popen([program, "-debug"], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as provider:
        try:
            said = next(line for line in provider.stdout if "TF_REATTACH_PROVIDERS=" in line)
            os.environ["TF_REATTACH_PROVIDERS"] = said.split("=", 1)[1].strip().strip("'")
            yield
        finally:
            os.environ.pop("TF_REATTACH_PROVIDERS", None)
            provider.terminate()


class Blocks:
    """The resources that an output in JSON declares: what each depends on, and which are created before they are destroyed."""

    def __init__(self, output: Path):
        self.bodies: dict[str, Json] = {}
        self.locals: Json = {}
        for file in output.glob("*.tf.json"):
            document = json.loads(file.read_text())
            for local in document.get("locals", []) if isinstance(document.get("locals"), list) else [document.get("locals", {})]:
                self.locals.update(local)
            for of, labelled in document.get("resource", {}).items():
                self.bodies.update({f"{of}.{label}": body for label, body in labelled.items()})
        self.needs = {address: self.named(body) for address, body in self.bodies.items()}
        self.is_first = set()
        for address, body in self.bodies.items():
            if (body.get("lifecycle") or {}).get("create_before_destroy"):
                self.is_first |= {address, *self.behind(address)}

    def named(self, value: Any) -> set[str]:
        """Resources that a value names, through local values too."""
        text = json.dumps(value)
        found = {match for match in re.findall(r"\b((?:aws|terraform)_\w+\.[\w-]+)", text) if match in self.bodies}
        for local in set(re.findall(r"\blocal\.([\w-]+)", text)) & set(self.locals):
            found |= self.named(self.locals[local])
        return found

    def behind(self, address: str) -> set[str]:
        """All that a resource depends on."""
        seen: set[str] = set()
        stack = [address]
        while stack:
            for other in self.needs.get(stack.pop(), set()) - seen:
                seen.add(other)
                stack.append(other)
        return seen


REFERENCE = re.compile(r'\$\{((?:aws|terraform)_\w+\.[\w-]+(?:\["[^"]*"\]|\[each\.key\])?)\.(\w+)\}')


class Root:
    """Stacks, each a module."""

    def __init__(self, judge: Any, folder: Path, outputs: dict[str, Path]):
        import terraform_real as real

        self.judge, self.real, self.folder, self.count = judge, real, folder, 0
        self.held: dict[str, Json] = {}   # instances by address
        self.actions: dict[str, dict[str, str]] = {}   # of each stack in the last step, by address
        folder.mkdir(parents=True)
        self.put(outputs)
        real.provider_file(folder, "http://127.0.0.1:9")
        real.initialise(folder)
        told = json.loads(real.terraform(folder, "providers", "schema", "-json").stdout)["provider_schemas"]
        self.schemas = {of: schema for provider in told.values() for of, schema in provider.get("resource_schemas", {}).items()}
        self.keep(planned(real, folder)[1])

    def put(self, outputs: dict[str, Path]) -> None:
        """Takes the stacks' outputs in place of those before."""
        modules = {}
        for name, output in outputs.items():
            shutil.rmtree(self.folder / name, ignore_errors=True)
            shutil.copytree(output, self.folder / name)
            module = self.real.module_of(output, {})
            modules[name] = {"source": f"./{name}", **values_of(self.judge, module)}
        self.blocks = {name: Blocks(output) for name, output in outputs.items()}
        (self.folder / "main.tf.json").write_text(json.dumps({"module": modules}, indent=1))

    def step(self, outputs: dict[str, Path]) -> dict[str, list[Json]]:
        """The findings of each stack on its way to the next output."""
        self.put(outputs)
        told, changes = planned(self.real, self.folder)
        empty = [each["address"] for each in changes for it in [each["change"]]
                 if it["actions"] == ["update"] and it["before"] == it["after"] and not is_open(it["after_unknown"])]
        if empty:
            raise RuntimeError(f"the state was not what the plan before said: {empty}")
        dot = self.real.terraform(self.folder, "graph", "-plan=change.tfplan").stdout
        found = {}
        for name in outputs:
            prefix = f"module.{name}."
            own = [{**each, "address": each["address"].removeprefix(prefix)} for each in changes if each["address"].startswith(prefix)]
            done = [(each["address"], self.judge.ACTIONS.get(tuple(each["change"]["actions"]))) for each in own]
            self.actions[name] = {address: action for address, action in done if action}
            order = self.judge.Order("\n".join(line.replace(prefix, "") for line in dot.splitlines() if prefix in line))
            root = told["configuration"]["root_module"]["module_calls"][name]["module"]
            found[name] = self.judge.judge_plan(own, order, self.judge.named({"configuration": {"root_module": root}}))
        self.keep(changes)
        return found

    def keep(self, changes: list[Json]) -> None:
        """Takes what a plan says for the state, until a plan over it shows nothing that was not known."""
        there = [each for each in changes if each["change"].get("after") is not None]
        self.held = {each["address"]: self.instance(each) for each in there}
        for each in there:   # once more, since an instance may name one that comes later
            self.fill(each, self.held[each["address"]]["attributes"], self.held[each["address"]]["attributes"])
        for _ in range(6):
            self.write()
            left = [each for each in planned(self.real, self.folder)[1] if each["change"]["actions"] != ["no-op"]]
            for each in left:
                held = self.held[each["address"]]
                self.fill(each, held["attributes"], held["attributes"])
            # What `terraform_data` gives is what goes in.
            open_ones = [each for each in left if each["change"]["actions"] != ["update"]
                         or is_open(each["change"]["after_unknown"]) and each["type"] != "terraform_data"]
            if not open_ones:
                self.write()
                return
        told = {each["address"]: [each["change"]["actions"], each["change"]["after_unknown"]] for each in open_ones}
        raise RuntimeError(f"the state does not settle: {str(told)[:1500]}")

    def instance(self, change: Json) -> Json:
        """An instance as it is after a change."""
        before = self.held.get(change.get("previous_address") or change["address"])
        stays = before is not None and "create" not in change["change"]["actions"]
        schema = self.schemas[change["type"]]
        attributes = {name: None for name in schema["block"]["attributes"]} | {
            name: None if it["nesting_mode"] == "single" else [] for name, it in schema["block"].get("block_types", {}).items()}
        self.fill(change, attributes, before["attributes"] if stays else {})
        module, rest = change["address"].split(".", 2)[1:]
        marks = change["change"].get("after_sensitive") or {}
        return {"module": module, "address": rest.split("[")[0], "type": change["type"], "name": change["name"], "index": change.get("index"),
                "version": schema["version"], "attributes": attributes,
                "sensitive": [[{"type": "get_attr", "value": name}] for name, mark in marks.items() if mark is True]}

    def fill(self, change: Json, attributes: Json, known: Json) -> None:
        """Writes the attributes after a change; what AWS decides stays, or is made up."""
        unknown, after = change["change"].get("after_unknown") or {}, change["change"].get("after") or {}
        module, rest = change["address"].split(".", 2)[1:]
        body, block = self.blocks[module].bodies.get(rest.split("[")[0], {}), self.schemas[change["type"]]["block"]
        resolve = lambda text: self.resolved(text, module, change.get("index"))  # noqa: E731
        for name, of in ((name, it.get("type")) for name, it in block["attributes"].items()):
            if unknown.get(name) is True:
                default = self.made_up(change["type"], name) if of == "string" else nothing(of)
                attributes[name] = resolve(body.get(name)) or known.get(name) or default
            elif name in after:
                value = whole(after[name], unknown.get(name), body.get(name), resolve, "made-up" if of == "dynamic" else None)
                attributes[name] = {"value": value, "type": type_of(value)} if of == "dynamic" and value is not None else value
        for name in block.get("block_types", {}):
            if after.get(name) is not None:
                attributes[name] = whole(after[name], unknown.get(name), body.get(name), resolve)
        if change["type"] == "terraform_data":
            attributes["output"] = attributes["input"]

    def resolved(self, text: Any, module: str, index: Any) -> Any:
        """What an expression of an output comes to, where it only names attributes of others."""
        def value(match: re.Match) -> Any:
            address = match[1].replace("[each.key]", f"[{json.dumps(index)}]")
            return self.held.get(f"module.{module}.{address}", {}).get("attributes", {}).get(match[2])

        if not isinstance(text, str):
            return None
        if alone := REFERENCE.fullmatch(text):
            return value(alone)
        found = [value(match) for match in REFERENCE.finditer(text)]
        out = REFERENCE.sub(lambda _: str(found.pop(0)), text) if None not in found else "${"
        return None if "${" in out else out

    def made_up(self, of: str, name: str) -> str:
        self.count += 1
        default = "arn:aws:lambda:us-east-1:123456789012:function:{}" if name.endswith("arn") else "made-up-{}"
        return COMPUTED.get((of, name), default).format(self.count)

    def write(self) -> None:
        resources: dict[tuple, Json] = {}
        for held in self.held.values():
            blocks = self.blocks[held["module"]]
            provider = BUILTIN if held["type"] == "terraform_data" else AWS
            resource = resources.setdefault((held["module"], held["address"]), {
                "module": f"module.{held['module']}", "mode": "managed", "type": held["type"], "name": held["name"], "provider": provider, "instances": []})
            instance = {"schema_version": held["version"], "attributes": held["attributes"], "sensitive_attributes": held["sensitive"],
                        "dependencies": sorted(f"module.{held['module']}.{it}" for it in blocks.behind(held["address"]))}
            if held["address"] in blocks.is_first:
                instance["create_before_destroy"] = True
            resource["instances"].append(instance | ({} if held["index"] is None else {"index_key": held["index"]}))
            resource |= {} if held["index"] is None else {"each": "map" if isinstance(held["index"], str) else "list"}
        state = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "planned", "outputs": {}, "resources": list(resources.values())}
        (self.folder / "terraform.tfstate").write_text(json.dumps(state))


def whole(value: Any, unknown: Any, body: Any, resolve: Any, missing: Any = None) -> Any:
    """A value with what its unknown parts come to, or `missing` in their place: the next plan knows most of them."""
    if unknown is True:
        found = resolve(body)
        return missing if found is None else found
    if isinstance(value, dict) or isinstance(unknown, dict):
        parts, unknowns, bodies = (it if isinstance(it, dict) else {} for it in (value, unknown, body))
        return {name: whole(parts.get(name), unknowns.get(name), bodies.get(name), resolve, missing) for name in {**parts, **unknowns}}
    if isinstance(value, list):
        marks = unknown if isinstance(unknown, list) else [None] * len(value)
        bodies = body if isinstance(body, list) and len(body) == len(value) else [body if len(value) == 1 else None] * len(value)
        return [whole(part, mark, inner, resolve, missing) for part, mark, inner in zip(value, marks, bodies)]
    return value


def is_open(unknown: Any) -> bool:
    """Whether a part of a value is not known."""
    parts = unknown.values() if isinstance(unknown, dict) else unknown if isinstance(unknown, list) else []
    return unknown is True or any(is_open(part) for part in parts)


def nothing(of: Any) -> Any:
    """What AWS would have said of a number, a list or a map that nobody sets: a provider asks once more for one that is null."""
    return {"bool": False, "number": 0}.get(of) if isinstance(of, str) else {} if of[0] == "map" else []


def type_of(value: Any) -> Any:
    """The type of a value that has any, as a state writes it."""
    if isinstance(value, dict):
        return ["object", {name: type_of(part) for name, part in value.items()}]
    if isinstance(value, list):
        return ["tuple", [type_of(part) for part in value]]
    return "bool" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "string"


def problems(judge: Any, sequences: list[Any], length: int, folder: Path) -> list[str]:
    """The findings of all sequences, two roots at a time."""
    def one(number: int) -> list[str]:
        return list(of_root(judge, sequences[number:number + TOGETHER], length, folder / str(number)))

    import terraform_real as real

    with running_provider(real), ThreadPoolExecutor(2) as two:
        return [it for them in two.map(one, range(0, len(sequences), TOGETHER)) for it in them]


def of_root(judge: Any, sequences: list[Any], length: int, folder: Path) -> Iterator[str]:
    root = Root(judge, folder, {f"s{place}": it.story.outputs[0] for place, it in enumerate(sequences)})
    steps = [it.steps(length) for it in sequences]
    for _ in range(length):
        now = [next(it) for it in steps]
        found = root.step({f"s{place}": after for place, (_, _, after) in enumerate(now)})
        for place, (what, _, _) in enumerate(now):
            yield from motion.never({"findings": found[f"s{place}"]}, what)
