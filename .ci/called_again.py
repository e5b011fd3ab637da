#!/usr/bin/env python3
"""Applies an example by the real terraform to an emulated AWS that answers requests, changes it once, applies it again, and calls it.

Usage: called_again.py GWGEN JUDGES EXAMPLE

The change removes an operation and moves the port of a backend behind its listener. Afterwards the removed operation must not reach the server,
and every other public one must. No emulator has VPC links and balancers in its data plane: the output is applied without them, its
integrations call the server directly, and no credentials are asked for. What is left is the API in the order that the output has.
"""
from __future__ import annotations

import copy
import json
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import edits
import example
import motion
import planned

Json = dict[str, Any]
# What is applied: the API and what puts its changes in order.
APPLIED = {*(f"aws_api_gateway_{of}" for of in ("rest_api", "resource", "method", "integration", "method_response", "integration_response", "model",
                                                "request_validator", "gateway_response", "deployment", "stage")), "terraform_data"}
# Arguments that lead to what is not applied.
DROPPED = {"aws_api_gateway_stage": ("access_log_settings", "cache_cluster_enabled", "cache_cluster_size", "client_certificate_id"),
           "aws_api_gateway_method": ("authorizer_id", "authorization_scopes", "api_key_required"),
           "aws_api_gateway_integration": ("connection_id", "connection_type", "integration_target", "cache_key_parameters", "tls_config"),
           "aws_api_gateway_rest_api": ("policy", "endpoint_configuration", "disable_execute_api_endpoint")}


def alone(output: Path, folder: Path, server: str) -> None:
    """Writes the API of an output in JSON, alone, in front of the server."""
    for old in folder.glob("*.tf.json"):
        old.unlink()
    for file in output.glob("*.tf.json"):
        document = {kind: it for kind, it in json.loads(file.read_text()).items() if kind not in ("output", "data", "provider", "//")}
        resources = {of: labelled for of, labelled in document.get("resource", {}).items() if of in APPLIED}
        for of, labelled in resources.items():
            for body in labelled.values():
                for name in DROPPED.get(of, ()):
                    body.pop(name, None)
                if of == "aws_api_gateway_method":
                    body["authorization"] = "NONE"
                if of == "aws_api_gateway_integration" and str(body.get("type", "")).startswith("HTTP"):
                    body["uri"] = re.sub(r"^https?://(?:\$\{[^}]*\}|[^/])*", f"http://{server}", body["uri"])
        document["resource"] = resources
        for kind in ("moved", "removed"):
            document[kind] = [it for it in document.get(kind, []) if it["from"].split(".")[0] in APPLIED]
        document = {kind: without_others(it) for kind, it in document.items() if it}
        if document:
            (folder / file.name).write_text(json.dumps(document, indent=1))


def without_others(value: Any) -> Any:
    """A value in which a text stands where a resource is named that is not applied."""
    others = r"\b(?:data\.)?(aws_\w+)\.\w"
    if isinstance(value, dict):
        return {name: without_others(it) for name, it in value.items()}
    if isinstance(value, list):
        return [without_others(it) for it in value if not (isinstance(it, str) and re.match(others, it) and it.split(".")[0] not in APPLIED)]
    if not isinstance(value, str):
        return value
    named = lambda text: any(of not in APPLIED for of in re.findall(others, text))  # noqa: E731
    return re.sub(r"\$\{[^{}]*\}", lambda it: "elsewhere" if named(it[0]) else it[0], value)


def change(story: motion.Story, name: str) -> tuple[tuple[str, str], str] | None:
    """Removes an operation and moves a port; which, and how the render ended."""
    import yaml  # the judges bring it

    texts = [(story.work / file).read_text() for file in ("gwgen.yaml", "openapi.yaml")]
    for attempt in range(40):
        chosen = random.Random(f"{name} {attempt}")
        it = edits.Inputs(*(yaml.safe_load(text) for text in texts), chosen)
        before = {(verb.upper(), path) for path, verb, _ in it.operations()}
        hidden = {name for route in it.blueprint.get("routes") or [] if "exposure" in route for name in route["match"].get("operation_ids", [])}
        if not edits.removed(it):
            return None
        [gone] = before - {(verb.upper(), path) for path, verb, _ in it.operations()}
        backend = it.a_backend()
        if "port" in backend:
            backend.setdefault("listener_port", backend["port"])
            backend["port"] += 1000
        (story.work / "gwgen.yaml").write_text(yaml.safe_dump(it.blueprint, sort_keys=False))
        (story.work / "openapi.yaml").write_text(yaml.safe_dump(it.description, sort_keys=False))
        if isinstance(story.render(), Path) and not hidden & {gone}:
            return gone, "rendered"
    return None


def main() -> int:
    gwgen, judges, inputs = (Path(it).resolve() for it in sys.argv[1:4])
    sys.path.insert(0, str(judges))
    import call_api
    import terraform_real as real
    import transition
    from judgelib.emulator import Clients, emulator

    with tempfile.TemporaryDirectory() as scratch, emulator("ministack") as endpoint:
        folder = Path(scratch)
        story = motion.Story(gwgen, inputs, folder)
        blueprint = story.work / "gwgen.yaml"
        document = example.read(blueprint) | {"output": {"dir": "generated", "format": "terraform-json"}}
        document.pop("expect", None)
        blueprint.write_text(json.dumps(document))
        spec = call_api.Spec(story.work / document["spec"])
        prefixes, echo = example.prefixes(document, spec.base_path()), call_api.Echo()
        public = {(it["method"], it["path"]) for it in example.routes(gwgen, blueprint) if it["exposure"] == "public"}
        if not isinstance(first := story.render(), Path):
            print(f"  {inputs.name}: {first}")
            return 1
        work = folder / "stack"
        work.mkdir()

        def apply(output: Path) -> None:
            alone(output, work, echo.address)
            variables = planned.values_of(transition, real.module_of(work, {}))
            (work / "judge.auto.tfvars.json").write_text(json.dumps(variables))
            real.provider_file(work, endpoint)
            real.initialise(work)
            real.terraform(work, "apply", "-auto-approve", "-no-color", "-parallelism=1")

        def reached() -> set[tuple[str, str, str]]:
            [api] = Clients(endpoint)("apigateway").get_rest_apis()["items"]
            [stage] = Clients(endpoint)("apigateway").get_stages(restApiId=api["id"])["item"]
            call, found = call_api.Caller(endpoint, api["id"], stage["stageName"], echo), set()
            for operation in spec.operations():
                for prefix in prefixes:
                    path, query, headers = call_api.arguments(operation, prefix)
                    content = next((it for it in operation["body"] if "json" in it), None)
                    body = json.dumps(call_api.sample(spec, call_api.body_schema(spec, operation), spec.path.resolve())).encode() if content else None
                    _, received = call(operation["method"], path, query, headers | ({"Content-Type": content} if content else {}), body)
                    if received is not None:
                        found.add((prefix, operation["method"], operation["path"]))
            return found

        wanted = {(prefix, *operation) for prefix in prefixes for operation in public}
        problems = []
        try:
            apply(first)
            problems += [f"before the change: {it} does not reach the server" for it in sorted(wanted - reached())]
            gone, _ = change(story, inputs.name) or ((None, None), None)
            if gone[0] is None:
                print(f"  {inputs.name}: no operation can be removed")
                return 1
            apply(story.outputs[-1])
            after = reached()
            problems += [f"{it} was removed, and is still served" for it in sorted(after) if it[1:] == gone]
            problems += [f"after the change: {it} does not reach the server" for it in sorted(wanted - after) if it[1:] != gone]
        except RuntimeError as failure:
            problems.append(str(failure)[-1500:])
        print(f"  {inputs.name}: {len(wanted)} operations called, {'falls short' if problems else 'the removed one is refused, the others answer'}")
        for problem in problems:
            print(f"  {problem}")
        return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
