#!/usr/bin/env python3
"""Deploys an example to an emulated AWS with a data plane, calls every operation over HTTP, and looks what a real server got.

Usage: called.py GWGEN JUDGES BLUEPRINT OUTPUT

call_api.py knows nothing of blueprints: here every operation is called under each mount, the public ones have to reach the
server (path, query, headers, body), and of the others none may. What a validator has to refuse is sent, too. A function that forwards runs
in the emulator as it was packaged; its server is the judge's, on loopback. VPC links, balancers and their rules are no part of
any emulator's data plane: gwgen's walk and compare_routes.py look at those.

Where operations ask their callers for something, the example is deployed a second time as it is written: without credentials
none of these may reach the server and all others have to; with the value of its usage plan's key, each that asks for a key alone has to.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import example

# Kinds that the emulator with a data plane does not have. A request passes through none of them.
NOT_EMULATED = ("aws_api_gateway_client_certificate.", "aws_wafv2_web_acl_association.")


def main() -> int:
    gwgen, judges, blueprint, output = (Path(it) for it in sys.argv[1:5])
    shown = example.routes(gwgen, blueprint)
    sys.path.insert(0, str(judges))
    import call_api  # the judges bring their own environment
    from judgelib.emulator import emulator

    document = example.read(blueprint)
    spec = call_api.Spec(blueprint.parent / document["spec"])
    prefixes = example.prefixes(document, spec.base_path())
    public = {(it["method"], it["path"]) for it in shown if it["exposure"] == "public" and not it["backend_url"].startswith("lambda:")}
    kept = {(it["method"], it["path"]) for it in shown if it["exposure"] != "public"}
    params = json.loads((Path(__file__).parent / "params.json").read_text())
    report, echo = call_api.Report("called", output.name), call_api.Echo()
    rewrite = call_api.rewrite

    def rewritten(resource, backend, opened):
        rewrite(resource, backend, opened)
        variables = (resource.props.get("Environment") or {}).get("Variables")
        if resource.type == "AWS::Lambda::Function" and "HOSTS" in (variables or {}):
            host, port = backend.split(":")
            variables.update(HOSTS=host, PORT=port, PROTOCOL="http")
            resource.props.pop("VpcConfig", None)

    call_api.rewrite = rewritten
    reached = refused = 0
    with emulator("ministack") as endpoint:
        made = call_api.deploy(endpoint, output, params, echo.address, True, report)
        if made is None:
            return report.finish(False)
        call = call_api.Caller(endpoint, *made, echo)
        for prefix in prefixes:
            for operation in spec.operations():
                key = (operation["method"], operation["path"])
                if key in public:
                    reached += call_api.check_open(spec, operation, prefix, call, report)
                elif key in kept:
                    path, query, headers = call_api.arguments(operation, prefix)
                    status, received = call(operation["method"], path, query, headers, None)
                    refused += received is None
                    if received is not None or status not in (403, 404):
                        report.add("DP002 protection", path, f"{operation['method']} {path} is kept back, and was answered {status}")
    asking = {(it["method"], it["path"]): it for it in shown if it["exposure"] == "public" and (it["auth"] != "none" or it["api_key"])}
    if asking:
        as_written(call_api, (output, params), (spec, prefixes), (asking, public), report)
    problems = [it for it in report.findings if it.level == "error" and not str(it.where).startswith(NOT_EMULATED)]
    print(f"  {reached} of {len(public) * len(prefixes)} operations reached the server, {refused} of {len(kept) * len(prefixes)} were refused")
    for it in problems:
        print(f"  {it.code} {it.where}: {it.message}")
    return 1 if problems or reached != len(public) * len(prefixes) else 0


def as_written(call_api, deployed: tuple, described: tuple, shown: tuple, report) -> None:
    """Who is let in: nobody without credentials, and whoever has a key where a key is all that is asked for."""
    from judgelib.emulator import Clients, emulator

    (output, params), (spec, prefixes), (asking, public) = deployed, described, shown
    echo, refused, let_in, with_key = call_api.Echo(), 0, 0, 0
    with emulator("ministack") as endpoint:
        client = Clients(endpoint)
        made = call_api.deploy(endpoint, output, params, echo.address, False, report)
        if made is None:
            return
        call = call_api.Caller(endpoint, *made, echo)
        keys = [it["value"] for it in client("apigateway").get_api_keys(includeValues=True)["items"]]
        for prefix in prefixes:
            for operation in spec.operations():
                key = (operation["method"], operation["path"])
                path, query, headers = call_api.arguments(operation, prefix)
                asked = asking.get(key)
                if key not in public:
                    continue
                status, received = call(operation["method"], path, query, headers, None)
                if asked and received is not None:
                    report.add("DP002 protection", path, f"{operation['method']} {path} reached the server without credentials")
                elif asked and status not in (401, 403):
                    report.add("DP002 protection", path, f"{operation['method']} {path} was answered {status} without credentials")
                elif not asked and received is None:
                    report.add("DP002 protection", path, f"{operation['method']} {path} asks for nothing, and was answered {status}")
                refused += bool(asked) and received is None
                let_in += not asked and received is not None
                if asked and asked["auth"] == "none" and keys:
                    status, received = call(operation["method"], path, query, {**headers, "x-api-key": keys[0]}, None)
                    with_key += received is not None
                    if received is None:
                        report.add("DP002 protection", path, f"{operation['method']} {path} was answered {status} with a key of its plan")
    print(f"  as written: {refused} refused without credentials, {let_in} that ask for nothing let through, {with_key} let through with a key")


if __name__ == "__main__":
    sys.exit(main())
