"""The judges' emulator, made to do what it cannot: let a usage plan go, and import a body.

Usage: moto_server.py JUDGES_SERVER.py arguments...

moto 5.2.5 compares the whole entry of a plan's stage, throttles too, with the stage's name, and ends with an error of its own. The
provider takes that for a passing one and asks again for many minutes: no `destroy` would end. Its import of a body ends so, too, at
an integration without a URI, knows types in capitals only, takes the method ANY for one of another name, fills in no region, and
forgets links and cache keys; it has no authorizers, validators, models and gateway responses, and those are not made here either. Its
check of warnings asks for an answer in `responses`, which API Gateway does not. Nothing else is altered.
"""
from __future__ import annotations

import json
import runpy
import sys
from typing import Any

from moto.apigateway import models
from moto.server import main

patched = models.UsagePlan.apply_patch_operations


def patch(self: Any, patch_operations: list[dict[str, Any]]) -> None:
    for operation in patch_operations:
        if operation["op"] == "remove" and operation["path"] == "/apiStages":
            api, _, stage = operation["value"].partition(":")
            for entry in self.api_stages:
                if (entry["apiId"], entry["stage"]) == (api, stage):
                    entry.pop("throttle", None)
    patched(self, patch_operations)


imported = models.APIGatewayBackend.put_rest_api
FILLED_IN = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}
ANY = "x-amazon-apigateway-any-method"
KEPT = ("connectionId", "cacheKeyParameters", "integrationTarget")


def put_rest_api(self: Any, function_id: str, api_doc: dict[str, Any], fail_on_warnings: bool, mode: str = "merge") -> Any:
    text = json.dumps(api_doc)
    for name, value in FILLED_IN.items():
        text = text.replace("${" + name + "}", value)
    document = json.loads(text)
    for item in document["paths"].values():
        if ANY in item:
            item["ANY"] = item.pop(ANY)
        for operation in item.values():
            integration = operation["x-amazon-apigateway-integration"]
            integration["type"] = integration["type"].upper()
            integration.update({name: integration.get(name, "") for name in ("uri", "httpMethod")})
    api = imported(self, function_id, document, False, mode)
    for resource in api.resources.values():
        for method in resource.resource_methods.values():
            written = document["paths"][resource.get_path()].get(method.http_method.lower()) or document["paths"][resource.get_path()]["ANY"]
            integration = written["x-amazon-apigateway-integration"]
            method.method_integration.kept = {name: integration[name] for name in KEPT if name in integration}
    return api


if __name__ == "__main__":
    server = sys.argv.pop(1)
    runpy.run_path(server, run_name="patches")  # what the judges alter
    models.UsagePlan.apply_patch_operations = patch  # type: ignore[method-assign]
    models.APIGatewayBackend.put_rest_api = put_rest_api  # type: ignore[method-assign]
    main(sys.argv[1:])
