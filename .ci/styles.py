#!/usr/bin/env python3
"""Holds the two styles of an API against each other: resources of their own, and one body that API Gateway imports.

Usage: styles.py GWGEN WORK FOLDER...

Every `gwgen.yaml` below the folders is rendered to CloudFormation in both styles, into copies below WORK, and the two templates are
read here: no code of gwgen's, and none of the judges', which do not follow a body. Equal have to be the tree of resources and, method
by method, the integration (type, method, URI, timeout, connection, TLS, mapped parameters, cache keys, templates, answers), who may
call (kind, authorizer, scopes, key), the validator, the declared parameters and the models by media type; of the API its authorizers,
validators, gateway responses, binary types, compression, policy; and whatever stands beside the API. A model in a body may only be
weaker than its twin, and only by what OpenAPI 3.0 has no word for.

What CloudFormation cannot say has no template to read, and is counted. The body as Terraform's JSON has to be the template's, too, but
for what is known only at deploy time.
"""
from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

from rendering import copies, render

# Refusals of CloudFormation alone. GW4025 (a backend whose certificate is not verified) is one of its resources: a body can say it.
TERRAFORM_ONLY = {"GW2008", "GW4020", "GW4025"}
# Made by import.
PARTS = {"Resource", "Method", "Authorizer", "RequestValidator", "Model", "GatewayResponse"}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method")
# Keywords of a model that OpenAPI 3.0 has no word for.
WORDLESS = {"$schema", "patternProperties", "dependencies", "definitions", "additionalItems", "$ref", "id", "format", "default"}


def main() -> int:
    gwgen, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    compared = operations = models = weaker = 0
    unsaid, without, by_body_alone, failed = [], [], [], []
    for name, folder in copies(work, sys.argv[3:]):
        # JSON is read here, and Terraform takes no syntax of a template.
        copy = folder / "gwgen.yaml"
        copy.write_text(re.sub(r", template: yaml", "", copy.read_text()))
        rendered = {}
        for style in ("resources", "body"):
            rendered[style] = render(gwgen, folder, format="cloudformation", api_style=style)
        if any(isinstance(it, set) for it in rendered.values()):
            if all(isinstance(it, set) and it <= TERRAFORM_ONLY for it in rendered.values()):
                unsaid.append(name)
            elif rendered["resources"] == {"GW4025"}:
                by_body_alone.append(name)
            else:
                failed.append(f"{name}: refused: {rendered}"[:400])
            continue
        by_resources, by_body = (json.loads((it / "template.json").read_text()) for it in rendered.values())
        if not has_api(by_resources) and by_resources == by_body:
            without.append(name)
            continue
        left, right = Resources(by_resources).read(), BodyOf(by_body).read()
        problems = differences(left, right, name)
        found, relaxed = compare_models(left["models"], right["models"], name)
        problems += found + as_terraform(gwgen, folder, by_body, name)
        compared, operations = compared + 1, operations + len(left["methods"])
        models, weaker = models + len(left["models"]), weaker + relaxed
        failed += problems
    shutil.rmtree(work, ignore_errors=True)
    print(f"  {compared} APIs in both styles: {operations} methods, {models} models, {weaker} of them weaker in a body; "
          f"{len(unsaid)} that only Terraform can say: {', '.join(unsaid)}; "
          f"{len(by_body_alone)} that CloudFormation says in a body alone: {', '.join(by_body_alone)}; "
          f"{len(without)} without an API: {', '.join(without)}")
    for problem in failed[:50]:
        print(f"  {problem}")
    if len(failed) > 50:
        print(f"  and {len(failed) - 50} more")
    # An empty comparison proves nothing.
    return 1 if failed or not operations else 0


def whole(schema):
    """A schema is written as text where CloudFormation would take a name in it for a function of its own."""
    return json.loads(schema) if isinstance(schema, str) else schema


def has_api(template: dict) -> bool:
    return any(it["Type"] == "AWS::ApiGateway::RestApi" for it in template["Resources"].values())


def text(value) -> str:
    """A value of a template as one text: `Ref` and `Sub` alike, and names that API Gateway fills in at import as if Sub did."""
    if isinstance(value, dict) and len(value) == 1:
        [(function, argument)] = value.items()
        if function == "Ref":
            return f"${{{argument}}}"
        if function == "Fn::GetAtt":
            return f"${{{argument[0]}.{argument[1]}}}"
        if function == "Fn::Sub":
            return re.sub(r"\$\{!(AWS::\w+)\}", r"${\1}", argument)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def texts(values) -> list[str] | str:
    return [text(it) for it in values] if isinstance(values, list) else text(values)


def mapping(values: dict | None) -> dict[str, str]:
    return {name: text(value) for name, value in (values or {}).items()}


class Template:
    def __init__(self, template: dict):
        self.resources = template["Resources"]
        self.template = template
        [(self.api_id, api)] = [(name, it) for name, it in self.resources.items() if it["Type"] == "AWS::ApiGateway::RestApi"]
        self.api = dict(api["Properties"])

    def of(self, kind: str) -> dict[str, dict]:
        return {name: it["Properties"] for name, it in self.resources.items() if it["Type"] == f"AWS::ApiGateway::{kind}"}

    def beside(self) -> dict:
        """What is no part of the API, with its outputs and inputs. A body changes two things there: the deployment waits for the whole
        API, so it has a name of its own; and leave for an authorizer holds for every one of the API, since none has an id."""
        kept = {}
        for name, it in self.resources.items():
            kind = it["Type"].removeprefix("AWS::ApiGateway::")
            if it["Type"] == "AWS::ApiGateway::RestApi" or (kind in PARTS and kind != it["Type"]):
                continue
            written = json.dumps({key: value for key, value in it.items() if kind != "Deployment" or key != "DependsOn"}, sort_keys=True)
            kept[self.undated(name)] = re.sub(r"/authorizers/(\$\{\w+\}|\*)", "/authorizers/…", self.undated(written))
        rest = {key: value for key, value in self.template.items() if key not in ("Resources", "Metadata")}
        return {"resources": kept, "rest": json.loads(self.undated(json.dumps(rest)))}

    @staticmethod
    def undated(written: str) -> str:
        return re.sub(r"(Deployment\w{10})[0-9a-f]{16}", r"\1", written)


class Resources(Template):
    """The API from blocks of its own."""

    def read(self) -> dict:
        names = {id: it["Name"] for kind in ("Authorizer", "RequestValidator", "Model") for id, it in self.of(kind).items()}
        paths = self.paths()
        methods = {}
        for method in self.of("Method").values():
            path = paths[text(method["ResourceId"])]
            methods[f"{method['HttpMethod']} {path}"] = self.method(method, names)
        return {
            "tree": sorted(paths.values()),
            "methods": methods,
            "authorizers": {it["Name"]: self.authorizer(it) for it in self.of("Authorizer").values()},
            "validators": {it["Name"]: (it["ValidateRequestBody"], it["ValidateRequestParameters"]) for it in self.of("RequestValidator").values()},
            "models": {it["Name"]: whole(it["Schema"]) for it in self.of("Model").values()},
            "responses": {it["ResponseType"]: (str(it.get("StatusCode")), mapping(it.get("ResponseParameters")), it.get("ResponseTemplates"))
                          for it in self.of("GatewayResponse").values()},
            "api": self.of_api(),
            "beside": self.beside(),
        }

    def of_api(self) -> dict:
        return {key: json.loads(json.dumps(value)) for key, value in self.api.items()}

    def paths(self) -> dict[str, str]:
        """Path by what a method names as its resource."""
        found, open_ = {f"${{{self.api_id}.RootResourceId}}": "/"}, self.of("Resource")
        while open_:
            known = {name: it for name, it in open_.items() if text(it["ParentId"]) in found}
            assert known, f"no way to the root: {sorted(open_)}"
            for name, it in known.items():
                found[f"${{{name}}}"] = found[text(it["ParentId"])].rstrip("/") + "/" + it["PathPart"]
                del open_[name]
        return found

    @staticmethod
    def authorizer(it: dict) -> dict:
        sources = it.get("IdentitySource")
        return {"kind": it["Type"], "uri": text(it.get("AuthorizerUri", "")), "identity": sorted(sources.split(",")) if sources else [],
                "ttl": it.get("AuthorizerResultTtlInSeconds", 300), "pools": texts(it.get("ProviderARNs", [])),
                "rest": sorted(set(it) - {"RestApiId", "Name", "Type", "AuthorizerUri", "IdentitySource", "AuthorizerResultTtlInSeconds", "ProviderARNs"})}

    @staticmethod
    def method(it: dict, names: dict[str, str]) -> dict:
        def named(key: str) -> str | None:
            return names[it[key]["Ref"]] if key in it else None

        known = {"RestApiId", "ResourceId", "HttpMethod", "AuthorizationType", "AuthorizerId", "AuthorizationScopes", "ApiKeyRequired",
                 "RequestValidatorId", "RequestModels", "RequestParameters", "Integration", "MethodResponses"}
        return {
            "asks": (it["AuthorizationType"], named("AuthorizerId"), sorted(it.get("AuthorizationScopes", [])), it.get("ApiKeyRequired", False)),
            "validator": named("RequestValidatorId"),
            "models": {media: names[model["Ref"]] for media, model in it.get("RequestModels", {}).items()},
            "parameters": it.get("RequestParameters", {}),
            "answers": {answer["StatusCode"]: sorted(answer.get("ResponseParameters", {})) for answer in it.get("MethodResponses", [])},
            "integration": Resources.integration(it["Integration"]),
            "rest": sorted(set(it) - known),
        }

    @staticmethod
    def integration(it: dict) -> dict:
        known = {"Type", "IntegrationHttpMethod", "Uri", "TimeoutInMillis", "ConnectionType", "ConnectionId", "IntegrationTarget", "TlsConfig",
                 "RequestParameters", "CacheKeyParameters", "PassthroughBehavior", "ContentHandling", "RequestTemplates", "IntegrationResponses"}
        tls = {key: value for key, value in it.get("TlsConfig", {}).items()}
        return {
            "type": it["Type"], "method": it.get("IntegrationHttpMethod"), "uri": text(it.get("Uri", "")), "timeout": it.get("TimeoutInMillis"),
            "connection": (it.get("ConnectionType", "INTERNET"), text(it.get("ConnectionId", "")), text(it.get("IntegrationTarget", ""))),
            "unverified": tls.get("InsecureSkipVerification", False),
            "parameters": mapping(it.get("RequestParameters")), "keys": sorted(it.get("CacheKeyParameters", [])),
            "passthrough": it.get("PassthroughBehavior", "WHEN_NO_MATCH"), "handling": it.get("ContentHandling"),
            "templates": it.get("RequestTemplates", {}),
            "answers": {answer.get("SelectionPattern", "default"): (answer["StatusCode"], mapping(answer.get("ResponseParameters")),
                        answer.get("ResponseTemplates", {}), answer.get("ContentHandling")) for answer in it.get("IntegrationResponses", [])},
            "rest": sorted(set(it) - known),
        }


class BodyOf(Template):
    """The same API from the document that it imports."""

    def __init__(self, template: dict):
        super().__init__(template)
        self.body = self.api.pop("Body")
        self.components = self.body.get("components", {})
        self.schemes = self.components.get("securitySchemes", {})

    def read(self) -> dict:
        paths = self.body["paths"]
        tree = {"/"} | {"/".join(path.split("/")[:end]) for path in paths for end in range(2, path.count("/") + 2)} - {""}
        methods, rest = {}, []
        for path, item in paths.items():
            rest += [f"{path}: {key}" for key in item if key not in METHODS]
            for key in METHODS:
                if key in item:
                    method = "ANY" if key.startswith("x-") else key.upper()
                    methods[f"{method} {path}"] = self.method(item[key])
        assert not rest, rest
        return {
            "tree": sorted(tree),
            "methods": methods,
            "authorizers": {name: self.authorizer(it) for name, it in self.schemes.items() if "x-amazon-apigateway-authorizer" in it},
            "validators": {name: (it["validateRequestBody"], it["validateRequestParameters"])
                           for name, it in self.body.get("x-amazon-apigateway-request-validators", {}).items()},
            "models": self.components.get("schemas", {}),
            "responses": {kind: (str(it.get("statusCode")), mapping(it.get("responseParameters")), it.get("responseTemplates"))
                          for kind, it in self.body.get("x-amazon-apigateway-gateway-responses", {}).items()},
            "api": self.of_api(),
            "beside": self.beside(),
        }

    def of_api(self) -> dict:
        """The arguments beside a body win over it; where both say a thing they say the same."""
        api = dict(self.api)
        told = {key: api.pop(key, None) for key in ("Mode", "FailOnWarnings", "Parameters")}
        assert told == {"Mode": "overwrite", "FailOnWarnings": True, "Parameters": {"basepath": "ignore", "ignore": "documentation"}}, told
        known = {"openapi", "info", "paths", "components", "x-amazon-apigateway-gateway-responses", "x-amazon-apigateway-request-validators"}
        assert text(self.body["info"]["title"]) == text(api["Name"]), self.body["info"]
        names = {"x-amazon-apigateway-binary-media-types": "BinaryMediaTypes", "x-amazon-apigateway-minimum-compression-size": "MinimumCompressionSize",
                 "x-amazon-apigateway-api-key-source": "ApiKeySourceType", "x-amazon-apigateway-policy": "Policy",
                 "x-amazon-apigateway-endpoint-configuration": "EndpointConfiguration"}
        for key, value in self.body.items():
            if key in known:
                continue
            assert key in names, f"a member of the body that nothing here knows: {key}"
            if key == "x-amazon-apigateway-endpoint-configuration":
                continue
            assert names[key] not in api or text(api[names[key]]) == text(value), f"{key}: {value} beside {api.get(names[key])}"
            api[names[key]] = value
        return api

    @staticmethod
    def authorizer(scheme: dict) -> dict:
        it = scheme["x-amazon-apigateway-authorizer"]
        kind = {"token": "TOKEN", "request": "REQUEST", "cognito_user_pools": "COGNITO_USER_POOLS"}[it["type"]]
        # A token is looked for where the scheme says.
        sources = it.get("identitySource") or (f"method.request.header.{scheme['name']}" if kind != "REQUEST" else "")
        assert scheme["type"] == "apiKey", scheme
        return {"kind": kind, "uri": text(it.get("authorizerUri", "")), "identity": sorted(sources.split(",")) if sources else [],
                "ttl": it.get("authorizerResultTtlInSeconds", 300), "pools": texts(it.get("providerARNs", [])),
                "rest": sorted(set(it) - {"type", "authorizerUri", "identitySource", "authorizerResultTtlInSeconds", "providerARNs"})}

    def method(self, it: dict) -> dict:
        known = {"security", "x-amazon-apigateway-request-validator", "requestBody", "parameters", "responses", "x-amazon-apigateway-integration"}
        places = {"query": "querystring", "header": "header", "path": "path"}
        content = it.get("requestBody", {}).get("content", {})
        return {
            "asks": self.asks(it.get("security", self.body.get("security", []))),
            "validator": it.get("x-amazon-apigateway-request-validator", self.body.get("x-amazon-apigateway-request-validator")),
            "models": {media: body["schema"]["$ref"].removeprefix("#/components/schemas/") for media, body in content.items()},
            "parameters": {f"method.request.{places[each['in']]}.{each['name']}": each.get("required", False) for each in it.get("parameters", [])},
            "answers": {status: sorted(f"method.response.header.{name}" for name in answer.get("headers", {}))
                        for status, answer in it["responses"].items()},
            "integration": self.integration(it["x-amazon-apigateway-integration"]),
            "rest": sorted(set(it) - known),
        }

    def asks(self, security: list[dict]) -> tuple:
        assert len(security) <= 1, f"import takes one requirement: {security}"
        kind, authorizer, scopes, key = "NONE", None, [], False
        for name, needed in (security[0] if security else {}).items():
            scheme = self.schemes[name]
            match scheme.get("x-amazon-apigateway-authtype"):
                case None:
                    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "x-api-key"), scheme
                    key = True
                case "awsSigv4":
                    kind = "AWS_IAM"
                case "custom":
                    kind, authorizer, scopes = "CUSTOM", name, sorted(needed)
                case "cognito_user_pools":
                    kind, authorizer, scopes = "COGNITO_USER_POOLS", name, sorted(needed)
                case other:
                    raise AssertionError(f"no kind of authorizer: {other}")
        return kind, authorizer, scopes, key

    @staticmethod
    def integration(it: dict) -> dict:
        known = {"type", "httpMethod", "uri", "timeoutInMillis", "connectionType", "connectionId", "integrationTarget", "tlsConfig",
                 "requestParameters", "cacheKeyParameters", "passthroughBehavior", "contentHandling", "requestTemplates", "responses"}
        return {
            "type": it["type"].upper(), "method": it.get("httpMethod"), "uri": text(it.get("uri", "")), "timeout": it.get("timeoutInMillis"),
            "connection": (it.get("connectionType", "INTERNET"), text(it.get("connectionId", "")), text(it.get("integrationTarget", ""))),
            "unverified": it.get("tlsConfig", {}).get("insecureSkipVerification", False),
            "parameters": mapping(it.get("requestParameters")), "keys": sorted(it.get("cacheKeyParameters", [])),
            "passthrough": it.get("passthroughBehavior", "when_no_match").upper(), "handling": it.get("contentHandling"),
            "templates": it.get("requestTemplates", {}),
            "answers": {pattern: (answer["statusCode"], mapping(answer.get("responseParameters")), answer.get("responseTemplates", {}),
                                  answer.get("contentHandling")) for pattern, answer in it.get("responses", {}).items()},
            "rest": sorted(set(it) - known),
        }


def differences(left, right, at: str) -> list[str]:
    """Where two trees differ; models are looked at by themselves."""
    if isinstance(left, dict) and isinstance(right, dict):
        found = []
        for key in sorted(set(left) | set(right), key=str):
            here = f"{at}: {key}"
            if key == "models" and "tree" in left:
                continue
            if key not in left or key not in right:
                found.append(f"{here} is in the {'body' if key in right else 'resources'} alone")
            else:
                found += differences(left[key], right[key], here)
        return found
    return [] if left == right else [f"{at}: {str(left)[:200]} as resources, {str(right)[:200]} in the body"]


def compare_models(left: dict, right: dict, at: str) -> tuple[list[str], int]:
    problems = differences(dict.fromkeys(left), dict.fromkeys(right), f"{at}: models")
    weaker = 0
    for name in sorted(set(left) & set(right)):
        found, is_weaker = stricter(left[name], right[name], f"{at}: {name}")
        problems += found
        weaker += is_weaker
    return problems, weaker


def is_function(name: str) -> bool:
    """What CloudFormation reads as its own wherever it stands as a key."""
    return name in ("Ref", "Condition") or name.startswith("Fn::")


def stricter(of_resource, of_body, at: str) -> tuple[list[str], bool]:
    """Where a body refuses what the resource takes, or lets go of what it need not; and whether it is weaker."""
    if not isinstance(of_resource, dict) or not isinstance(of_body, dict):
        return ([] if of_resource == of_body else [f"{at}: {of_resource} became {of_body}"]), False
    problems, weaker = [], False
    body = dict(of_body)
    misread = any(is_function(it) for it in of_resource.get("properties", {}))
    for key, value in of_resource.items():
        here = f"{at}/{key}"
        mine = body.pop(key, None) if key != "oneOf" or "oneOf" in body else None
        if key in WORDLESS and mine is None:
            weaker |= key != "$schema"
        elif mine is None and (key == "type" and (isinstance(value, list) or value == "null") or key == "items" and isinstance(value, list)
                               or key == "additionalProperties" and misread):
            weaker = True
        elif key == "properties":
            names = {name for name in value if not is_function(name)}
            if set(mine or {}) != names:
                problems.append(f"{here}: {sorted(names ^ set(mine or {}))}")
            for name in names & set(mine or {}):
                found, less = stricter(value[name], mine[name], f"{here}/{name}")
                problems, weaker = problems + found, weaker or less
            weaker |= misread
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            found, less = stricter(value, mine, here)
            problems, weaker = problems + found, weaker or less
        elif key == "not":
            # What is weaker below would refuse more here: it is whole, or gone.
            if mine is None:
                weaker = True
            elif stricter(value, mine, here) != ([], False):
                problems.append(f"{here}: weaker below `not` refuses more")
        elif key in ("allOf", "anyOf", "oneOf"):
            found, less = choices(key, value, mine, body, here)
            problems, weaker = problems + found, weaker or less
        elif mine != value:
            problems.append(f"{here}: {value} became {mine}")
    problems += [f"{at}/{key}: in the body alone" for key in body]
    return problems, weaker


def choices(key: str, value: list, mine: list | None, body: dict, at: str) -> tuple[list[str], bool]:
    """`oneOf` whose parts are weaker has become `anyOf`, since two of them may match."""
    stays = mine is not None
    if not stays and key == "oneOf":
        mine = body.pop("anyOf", None) or next((it["anyOf"] for it in body.pop("allOf", []) if set(it) == {"anyOf"}), None)
    if mine is None or len(mine) != len(value):
        return [f"{at}: {len(value)} choices became {mine}"], False
    problems, weaker = [], False
    for number, (one, other) in enumerate(zip(value, mine)):
        found, less = stricter(one, other, f"{at}/{number}")
        problems, weaker = problems + found, weaker or less
    if key == "oneOf" and stays and weaker:
        problems.append(f"{at}: a part is weaker, so two may match")
    if key == "oneOf" and not stays and not weaker:
        problems.append(f"{at}: gave up `oneOf` for nothing")
    return problems, weaker


def as_terraform(gwgen: Path, folder: Path, template: dict, at: str) -> list[str]:
    """The body in Terraform's JSON, with everything that is known only at deploy time left open."""
    rendered = render(gwgen, folder, format="terraform-json", api_style="body")
    if isinstance(rendered, set):
        return [f"{at}: Terraform refuses what CloudFormation takes: {rendered}"]
    files = [json.loads(it.read_text()) for it in sorted(rendered.glob("*.tf.json"))]
    [body] = [it["locals"]["openapi"] for it in files if "openapi" in it.get("locals", {})]
    [api] = [it["Properties"] for it in template["Resources"].values() if it["Type"] == "AWS::ApiGateway::RestApi"]
    return differences(opened(body), opened(api["Body"]), f"{at}: Terraform and CloudFormation")


def opened(value, key: str = ""):
    if isinstance(value, dict):
        if len(value) == 1 and is_function(next(iter(value))):
            return "…"
        # A model says more in Terraform: its properties may have any name. They are compared between the styles.
        return {name: opened(it, name) for name, it in value.items() if name != "schemas"}
    if isinstance(value, list):
        return [opened(it) for it in value]
    return "…" if isinstance(value, str) and "${" in value else value


if __name__ == "__main__":
    sys.exit(main())
