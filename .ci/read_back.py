#!/usr/bin/env python3
"""Deploys examples to an emulated AWS in both styles of an API, and compares what it tells back.

Usage: read_back.py JUDGES FOLDER...

Each folder has `ci-cloudformation-gwgen` and `ci-body-cloudformation-gwgen`. Compared is the whole API that the gateway's own interface tells:
its settings and policy, the tree, methods with who may call, declared parameters, models and answers, integrations, authorizers,
validators, models, gateway responses and the stage. The schema of a model has to be what its template says: tests/all/styles.rs compares those
of the styles.
"""
from __future__ import annotations

import importlib
import json
import re
import sys
import urllib.request
from pathlib import Path

import with_functions

PARAMS = json.loads(with_functions.PARAMS.read_text())
# Made up by AWS, another one every time; and the document's version, which resources have no word for.
UNCOMPARED = {"id", "createdDate", "rootResourceId", "deploymentId", "lastUpdatedDate", "ResponseMetadata", "version"}
# What is meant where nothing is said.
MEANT = {"connectionType": "INTERNET", "passthroughBehavior": "WHEN_NO_MATCH", "timeoutInMillis": 29000, "authorizerResultTtlInSeconds": 300}


def main() -> int:
    judges, *folders = (Path(argument) for argument in sys.argv[1:])
    sys.path.insert(0, str(judges))
    judge = importlib.import_module("apply_moto")
    from judgelib import apply, emulator

    import_bodies(apply)
    problems, compared = [], {}
    with emulator.emulator("moto") as endpoint:
        for folder in folders:
            left, right = (deployed(judge, emulator, endpoint, folder / style / "template.json", problems)
                           for style in ("ci-cloudformation-gwgen", "ci-body-cloudformation-gwgen"))
            problems += [f"{folder.name}: {part}: {field}: {one} as resources, {other} as a body"
                         for part, field, one, other in differences(left, right)]
            counts = count(left)
            compared = {kind: compared.get(kind, 0) + number for kind, number in counts.items()} | {
                kind: number for kind, number in compared.items() if kind not in counts}
            print(f"  {folder.name}: {told(counts)} read back")
    print(f"  all: {told(compared)}")
    # An empty comparison proves nothing.
    problems += [f"no {kind} read back" for kind in ("method", "authorizer", "validator", "model", "response") if not compared.get(kind)]
    for problem in problems:
        print(f"  {problem[:600]}")
    return 1 if problems else 0


def count(parts: dict) -> dict[str, int]:
    kinds = [name.split(" ")[0] for name in parts]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def told(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in counts.items())


def differences(left: dict, right: dict):
    for part in sorted(set(left) | set(right)):
        one, other = left.get(part, {}), right.get(part, {})
        for field in sorted(field for field in {**one, **other} if one.get(field) != other.get(field)):
            yield part.replace(" ", ":"), field, one.get(field), other.get(field)


def import_bodies(apply) -> None:
    """The judge makes an API and passes its body by."""
    made = apply.HANDLERS["AWS::ApiGateway::RestApi"]

    def rest_api(applier, name, properties):
        attributes = made(applier, name, properties)
        if "Body" in properties:
            client = applier.client("apigateway")
            client.put_rest_api(restApiId=attributes["id"], mode="overwrite", failOnWarnings=True, body=json.dumps(properties["Body"]))
            # What stands beside a body wins over it.
            says = {"description": "Description", "minimumCompressionSize": "MinimumCompressionSize", "apiKeySource": "ApiKeySourceType"}
            client.update_rest_api(restApiId=attributes["id"], patchOperations=[
                {"op": "replace", "path": f"/{name}", "value": str(properties[key])} for name, key in says.items() if key in properties])
            items = client.get_resources(restApiId=attributes["id"], limit=500)["items"]
            attributes["RootResourceId"] = next(it["id"] for it in items if it["path"] == "/")
        return attributes

    apply.HANDLERS["AWS::ApiGateway::RestApi"] = rest_api


def deployed(judge, emulator, endpoint: str, template: Path, problems: list[str]) -> dict:
    """What a fresh emulator holds after a template; without the schemas of models once they are what the template says."""
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST"), timeout=30).close()
    client = emulator.Clients(endpoint)
    with_functions.make_everything(client)
    result = judge.through_api(endpoint, template, PARAMS)
    name = f"{template.parent.parent.name}: {template.parent.name}"
    problems += [f"{name}: {resource}: {why}" for resource, why in result["failed"].items()]
    problems += [f"{name}: not made: {kinds}" for kinds in [result["ignored"]] if kinds]
    found, said = parts(client, emulator.paged), schemas(json.loads(template.read_text())["Resources"].values())
    for part in (part for part in found if part.startswith("model ")):
        schema = found[part].pop("schema", {})
        if schema != said.pop(part.removeprefix("model "), schema if part in ("model Empty", "model Error") else None):
            problems.append(f"{name}: {part}: {schema} is not what the template says")
    problems += [f"{name}: no model {model}" for model in said]
    return found


def schemas(resources) -> dict[str, dict]:
    """Schema of each model by name; one is written as text where CloudFormation would take a name in it for a function of its own."""
    found = {each["Properties"]["Name"]: each["Properties"]["Schema"] for each in resources if each["Type"] == "AWS::ApiGateway::Model"}
    for each in resources:
        if each["Type"] == "AWS::ApiGateway::RestApi" and "Body" in each["Properties"]:
            found |= each["Properties"]["Body"].get("components", {}).get("schemas", {})
    return {name: json.loads(schema) if isinstance(schema, str) else schema for name, schema in found.items()}


def parts(client, paged) -> dict[str, dict]:
    """The API by parts, each with what the gateway tells of it; ids of other parts are told by name."""
    gateway = client("apigateway")
    [api] = paged(gateway.get_rest_apis, "items")
    of = {"restApiId": api["id"]}
    authorizers, validators = paged(gateway.get_authorizers, "items", **of), paged(gateway.get_request_validators, "items", **of)
    names = {it["id"]: it["name"] for it in [*authorizers, *validators, *paged(gateway.get_vpc_links, "items")]}
    names |= {link["VpcLinkId"]: link["Name"] for link in client("apigatewayv2").get_vpc_links()["Items"]}
    found = {"API": api}
    # How a scheme is called in a document says nothing.
    found |= {f"authorizer {it['name']}": meaning({**it, "authType": None}, "authorizerResultTtlInSeconds") for it in authorizers}
    found |= {f"validator {it['name']}": it for it in validators}
    found |= {f"model {it['name']}": {**it, "schema": json.loads(it["schema"])} for it in paged(gateway.get_models, "items", **of)}
    found |= {f"response {it['responseType']}": it for it in gateway.get_gateway_responses(limit=500, **of)["items"]}
    found |= {f"stage {it['stageName']}": it for it in gateway.get_stages(**of)["item"]}
    for resource in paged(gateway.get_resources, "items", **of):
        found[f"resource {resource['path']}"] = {"path": resource["path"]}
        for verb in resource.get("resourceMethods") or {}:
            method = gateway.get_method(resourceId=resource["id"], httpMethod=verb, **of)
            found[f"method {verb} {resource['path']}"] = whole_method(method)
    text = json.dumps(found, default=str).replace(api["id"], "API")
    text = re.sub(r"(:loadbalancer/\w+/[^/\"]+)/[0-9a-f]{16}", r"\1", text)
    for made_up, name in names.items():
        text = re.sub(rf'"{made_up}"', json.dumps(name).replace("\\", r"\\"), text)
    return {name: known(it) for name, it in json.loads(text).items()}


def whole_method(method: dict) -> dict:
    """A method with its integration beside it. Whether a header of an answer is required, which a document cannot say, matters to nobody."""
    integration = meaning(method.pop("methodIntegration"), "connectionType", "passthroughBehavior", "timeoutInMillis")
    answers = {status: known({**it, "responseParameters": sorted(it.get("responseParameters") or {})})
               for status, it in (method.pop("methodResponses", None) or {}).items()}
    answered = {status: known(it) for status, it in (integration.pop("integrationResponses", None) or {}).items()}
    return {**method, "answers": answers, "answered": answered, **{f"integration.{name}": value for name, value in integration.items()}}


def meaning(part: dict, *names: str) -> dict:
    return {**part, **{name: MEANT[name] if part.get(name) is None else part[name] for name in names}}


def known(part: dict) -> dict:
    """What is not told, empty or off is all the same."""
    return {name: value for name, value in part.items() if name not in UNCOMPARED and value not in (None, "", [], {}, False)}


if __name__ == "__main__":
    sys.exit(main())
