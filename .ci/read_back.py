#!/usr/bin/env python3
"""Deploys examples to an emulated AWS in both styles of an API, and compares what it tells back.

Usage: read_back.py JUDGES GAPS.txt FOLDER...

Each folder has `ci-cloudformation-gwgen` and `ci-body-cloudformation-gwgen`. The emulator's import of a body is basic: it makes the tree of
resources, the methods, and of an integration what is compared here. It makes no authorizers, validators, models and gateway
responses; these are compared in the texts (styles.py). What it imports wrongly is listed with reasons (GAPS.txt: example, method and path, field).
"""
from __future__ import annotations

import importlib
import json
import sys
import urllib.request
from pathlib import Path

import with_functions

PARAMS = json.loads(with_functions.PARAMS.read_text())


def main() -> int:
    judges, gaps_path, folders = Path(sys.argv[1]), Path(sys.argv[2]), [Path(it) for it in sys.argv[3:]]
    sys.path.insert(0, str(judges))
    judge = importlib.import_module("apply_moto")
    from judgelib import apply, emulator

    with_functions.start_our_server(emulator)
    import_bodies(apply)
    lines = [it.split(None, 3) for it in gaps_path.read_text().splitlines() if it.strip() and not it.startswith("#")]
    gaps, met, problems, compared = {tuple(it[:3]) for it in lines if len(it) == 4}, set(), [], 0
    with emulator.emulator("moto") as endpoint:
        emulator.paged = with_functions.naming_links(emulator.Clients(endpoint), emulator.paged)
        for folder in folders:
            state = {}
            for style in ("ci-cloudformation-gwgen", "ci-body-cloudformation-gwgen"):
                state[style] = deployed(judge, emulator, endpoint, folder / style / "template.json", problems)
            left, right = state.values()
            name = folder.name
            if set(left["resources"]) != set(right["resources"]):
                problems.append(f"{name}: resources: {sorted(set(left['resources']) ^ set(right['resources']))}")
            for key in sorted(set(left["methods"]) | set(right["methods"])):
                one, other = left["methods"].get(key, {}), right["methods"].get(key, {})
                for field in sorted(field for field in {**one, **other} if one.get(field) != other.get(field)):
                    gap = (name, key.replace(" ", ":"), field)
                    if gap in gaps:
                        met.add(gap)
                    else:
                        problems.append(f"{name}: {key}: {field}: {one.get(field)} as resources, {other.get(field)} as a body")
            compared += len(left["methods"])
            print(f"  {name}: {len(left['methods'])} methods, {len(left['resources'])} resources read back")
    problems += [f"a known gap that is gone: {' '.join(it)}" for it in sorted(gaps - met)]
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems or not compared else 0


def import_bodies(apply) -> None:
    """The judge makes an API and passes its body by."""
    made = apply.HANDLERS["AWS::ApiGateway::RestApi"]

    def rest_api(applier, name, properties):
        attributes = made(applier, name, properties)
        if "Body" in properties:
            client = applier.client("apigateway")
            client.put_rest_api(restApiId=attributes["id"], mode="overwrite", body=json.dumps(properties["Body"]))
            items = client.get_resources(restApiId=attributes["id"], limit=500)["items"]
            attributes["RootResourceId"] = next(it["id"] for it in items if it["path"] == "/")
        return attributes

    apply.HANDLERS["AWS::ApiGateway::RestApi"] = rest_api


def deployed(judge, emulator, endpoint: str, template: Path, problems: list[str]) -> dict:
    """What a fresh emulator holds after a template."""
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST"), timeout=30).close()
    with_functions.make_functions(emulator.Clients(endpoint))
    result = judge.through_api(endpoint, template, PARAMS)
    problems += [f"{template.parent.parent.name}: {template.parent.name}: {name}: {why}" for name, why in result["failed"].items()]
    [api] = result["state"]["apis"]
    return {"resources": api["resources"], "methods": {f"{it['method']} {it['path']}": seen(it["integration"]) for it in api["operations"]}}


def seen(integration: dict) -> dict:
    """A connection that nobody named is the internet's, and an integration of the gateway's own has no URI."""
    return {**integration, "connection": integration["connection"] or "INTERNET", "uri": integration["uri"] or None}


if __name__ == "__main__":
    sys.exit(main())
