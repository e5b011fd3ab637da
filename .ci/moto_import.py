"""The emulated AWS's import of a body: what API Gateway makes of an OpenAPI document, in place of the parts that moto 5.2.5 makes.

In: a document in mode `overwrite`. Out: resources, methods, integrations, authorizers, validators, models, gateway responses and
the API's own settings. moto ends with an error of its own at an integration without a URI, knows types in capitals only, takes the
method ANY for one of another name, fills in no region, forgets links and cache keys, and makes none of the rest. Nothing is guessed: what
this does not know how to import is refused.

Source: recordings of imports on AWS (LocalStack, test_apigateway_import), the developer guide on imports (x-amazon-apigateway-*), and
AWS-RULES A1-A6, O1-O16, S2-S9, I7.
"""
from __future__ import annotations

import json
import re
from typing import Any

from moto.apigateway.exceptions import BadRequestException

Json = dict[str, Any]
ANY = "x-amazon-apigateway-any-method"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", ANY}
PLACES = {"query": "querystring", "header": "header", "path": "path"}
KEPT = ("connectionId", "cacheKeyParameters", "integrationTarget")
SCHEMAS = "#/components/schemas/"
# authtype of a scheme: the method's authorization. A method says no more than that it is signed, or which authorizer decides.
AUTHORIZATIONS = {"awsSigv4": "AWS_IAM", "custom": "CUSTOM", "cognito_user_pools": "COGNITO_USER_POOLS"}


def put_rest_api(self: Any, function_id: str, api_doc: Json, fail_on_warnings: bool, mode: str = "merge") -> Any:
    if mode != "overwrite":
        raise BadRequestException("Only mode overwrite is emulated.")
    document = filled_in(self, api_doc)
    # Source: AWS-RULES O1.
    if not re.fullmatch(r"3\.0\.\d+", str(document.get("openapi"))):
        raise BadRequestException("Invalid OpenAPI input.")
    api = self.get_rest_api(function_id)
    Import(self, api, document, fail_on_warnings).make()
    return api


def filled_in(backend: Any, document: Json) -> Json:
    """Source: AWS-RULES O10 (API Gateway resolves these three names at import)."""
    text = json.dumps(document)
    for name, value in {"Partition": "aws", "Region": backend.region_name, "AccountId": backend.account_id}.items():
        text = text.replace("${AWS::" + name + "}", value)
    return json.loads(text)


class Import:
    def __init__(self, backend: Any, api: Any, document: Json, fail_on_warnings: bool):
        self.backend, self.api, self.document, self.fail_on_warnings = backend, api, document, fail_on_warnings
        components = document.get("components", {})
        self.schemes, self.schemas = components.get("securitySchemes", {}), components.get("schemas", {})
        self.authorizers: dict[str, str] = {}
        self.validators: dict[str, str] = {}

    def make(self) -> None:
        self.settings()
        for name, schema in self.schemas.items():
            self.model(name, schema)
        for name, scheme in self.schemes.items():
            if "x-amazon-apigateway-authorizer" in scheme:
                self.authorizers[name] = self.authorizer(name, scheme)
        for name, it in self.document.get("x-amazon-apigateway-request-validators", {}).items():
            made = self.backend.create_request_validator(self.api.id, name, it.get("validateRequestBody", False), it.get("validateRequestParameters", False))
            self.validators[name] = made.id
        for kind, it in self.document.get("x-amazon-apigateway-gateway-responses", {}).items():
            status = it.get("statusCode")
            self.backend.put_gateway_response(self.api.id, kind, None if status is None else str(status), it.get("responseParameters", {}),
                                              it.get("responseTemplates", {}))
        made = {"/": self.api.default}
        for path, item in sorted(self.document["paths"].items()):
            resource = self.resource(path, made)
            for key, operation in item.items():
                if key not in METHODS:
                    raise BadRequestException(f"{path}: {key} is not emulated.")
                self.method(resource, "ANY" if key == ANY else key.upper(), operation)

    def settings(self) -> None:
        """What was there goes, and so do settings that the document does not say; the endpoint, its address and the tags stay.

        Source: AWS-RULES O12, O16, and the provider's own account of overwriting (rest_api.go: "will delete existing literal properties").
        """
        api, document = self.api, self.document
        api.authorizers, api.request_validators, api.models, api.gateway_responses, api.resources = {}, {}, {}, {}, {}
        api.default = api.add_child("/")
        api.root_resource_id = api.default.id
        api.name, api.version = document["info"]["title"], document["info"].get("version")
        api.description = document["info"].get("description")
        api.binaryMediaTypes = list(document.get("x-amazon-apigateway-binary-media-types", []))
        api.minimum_compression_size = document.get("x-amazon-apigateway-minimum-compression-size")
        api.api_key_source = document.get("x-amazon-apigateway-api-key-source", "HEADER")
        policy = document.get("x-amazon-apigateway-policy")
        api.policy = None if policy is None else json.dumps(policy)

    def model(self, name: str, schema: Json) -> None:
        """Source: AWS-RULES S2 (alphanumeric names), S9 (references between schemas become addresses of models)."""
        if not re.fullmatch("[a-zA-Z0-9]+", name):
            raise BadRequestException(f"Model name must be alphanumeric: {name}")
        self.backend.create_model(self.api.id, name, "application/json", None, json.dumps(self.referring(schema)))

    def referring(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self.referring(it) for it in schema]
        if not isinstance(schema, dict):
            return schema
        out = {key: self.referring(value) for key, value in schema.items()}
        if isinstance(schema.get("$ref"), str):
            name = self.named(schema["$ref"])
            out["$ref"] = f"https://apigateway.amazonaws.com/restapis/{self.api.id}/models/{name}"
        return out

    def named(self, reference: str) -> str:
        """Source: AWS-RULES O6 (a model that is not there is a warning, and stops the import only where warnings do)."""
        name = reference.removeprefix(SCHEMAS)
        if name not in self.schemas and self.fail_on_warnings:
            raise BadRequestException(f"Reference to model '{name}' not found. Ignoring")
        return name

    def authorizer(self, name: str, scheme: Json) -> str:
        """Source: AWS-RULES O4, A2 (a token is looked for in the scheme's header)."""
        if scheme["type"] != "apiKey":
            raise BadRequestException(f"{name}: a scheme of type {scheme['type']} has no authorizer.")
        it = scheme["x-amazon-apigateway-authorizer"]
        kind = it["type"].upper()
        source = it.get("identitySource")
        if source is None and kind != "REQUEST":
            source = f"method.request.header.{scheme['name']}"
        made = self.backend.create_authorizer(
            self.api.id, name, kind, provider_arns=it.get("providerARNs"), auth_type=scheme["x-amazon-apigateway-authtype"],
            authorizer_uri=it.get("authorizerUri"), authorizer_credentials=it.get("authorizerCredentials"), identity_source=source,
            identiy_validation_expression=it.get("identityValidationExpression"), authorizer_result_ttl=it.get("authorizerResultTtlInSeconds"))
        return made.id

    def resource(self, path: str, made: dict[str, Any]) -> Any:
        parent = made["/"]
        parts = [it for it in path.split("/") if it]
        for number, part in enumerate(parts, 1):
            here = "/" + "/".join(parts[:number])
            if here not in made:
                made[here] = self.backend.create_resource(self.api.id, parent.id, part)
            parent = made[here]
        return parent

    def method(self, resource: Any, verb: str, operation: Json) -> None:
        validator = operation.get("x-amazon-apigateway-request-validator", self.document.get("x-amazon-apigateway-request-validator"))
        if validator is not None and validator not in self.validators:
            raise BadRequestException(f"Invalid Request Validator identifier specified: {validator}")
        authorization, authorizer, scopes, key = self.asks(operation.get("security", []))
        self.backend.put_method(
            self.api.id, resource.id, verb, authorization, api_key_required=key, authorizer_id=authorizer, authorization_scopes=scopes or None,
            request_parameters={f"method.request.{PLACES[it['in']]}.{it['name']}": it.get("required", False)
                                for it in operation.get("parameters", []) if it["in"] in PLACES},
            request_models=self.models(operation.get("requestBody", {})), operation_name=operation.get("operationId"),
            request_validator_id=self.validators.get(validator))
        for status, answer in operation["responses"].items():
            # Recorded: a header of an answer is declared, and never required. AWS does not look at the flag there.
            headers = {f"method.response.header.{it}": False for it in answer.get("headers", {})}
            self.backend.put_method_response(self.api.id, resource.id, verb, status, self.models(answer), headers)
        self.integration(resource, verb, operation["x-amazon-apigateway-integration"])

    def models(self, of: Json) -> dict[str, str]:
        """Model by media type. AWS makes models of its own for schemas that stand at their place: not emulated."""
        found = {}
        for media, body in of.get("content", {}).items():
            reference = body["schema"].get("$ref")
            if reference is None:
                raise BadRequestException(f"{media}: a schema without a name is not emulated.")
            found[media] = self.named(reference)
        return found

    def asks(self, security: list[Json]) -> tuple[str, str | None, list[str], bool]:
        """Source: AWS-RULES A1-A6 (an authorizer and a key go together; a method has one authorizer)."""
        if len(security) > 1:
            raise BadRequestException("Alternatives of security are not emulated.")
        asked: list[tuple[str, str | None, list[str]]] = []
        key = False
        for name, scopes in (security[0] if security else {}).items():
            scheme = self.schemes.get(name)
            if scheme is None:
                raise BadRequestException(f"Invalid security scheme: {name}")
            if "x-amazon-apigateway-authtype" in scheme:
                asked.append((AUTHORIZATIONS[scheme["x-amazon-apigateway-authtype"]], self.authorizers.get(name), list(scopes)))
            elif (scheme["type"], scheme["in"], scheme["name"].lower()) == ("apiKey", "header", "x-api-key"):
                key = True
            else:
                raise BadRequestException(f"{name}: a scheme that API Gateway does not know.")
        if len(asked) > 1 or any(kind in ("CUSTOM", "COGNITO_USER_POOLS") and authorizer is None for kind, authorizer, _ in asked):
            raise BadRequestException("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS "
                                      "requires a valid authorizer.")
        return *(asked[0] if asked else ("NONE", None, [])), key

    def integration(self, resource: Any, verb: str, it: Json) -> None:
        """Source: AWS-RULES I7 (types of the extension), I6 (passthrough); recorded: 29 seconds, and for HTTP the internet, where nothing is said."""
        kind = it["type"].upper()
        where = {"function_id": self.api.id, "resource_id": resource.id, "method_type": verb}
        said = {"request_templates": it.get("requestTemplates"), "tls_config": it.get("tlsConfig"), "cache_namespace": it.get("cacheNamespace"),
                "timeout_in_millis": it.get("timeoutInMillis", 29000), "request_parameters": it.get("requestParameters"),
                "content_handling": it.get("contentHandling"), "credentials": it.get("credentials"),
                "connection_type": it.get("connectionType", "INTERNET" if kind.startswith("HTTP") else None)}
        made = self.backend.put_integration(
            **where, integration_type=kind, uri=it.get("uri"), integration_method=it.get("httpMethod"),
            passthrough_behavior=it.get("passthroughBehavior", "when_no_match").upper(), **said)
        made.kept = {name: it[name] for name in KEPT if name in it}
        for pattern, answer in it.get("responses", {}).items():
            self.backend.put_integration_response(
                **where, status_code=str(answer["statusCode"]), selection_pattern=None if pattern == "default" else pattern,
                response_templates=answer.get("responseTemplates", {}), response_parameters=answer.get("responseParameters", {}),
                content_handling=answer.get("contentHandling"))
