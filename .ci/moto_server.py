"""The judges' emulator, made to do what it cannot, as AWS does it.

Usage: moto_server.py JUDGES_SERVER.py arguments...

What moto 5.2.5 does otherwise than AWS, and what is mended for that reason:
- It compares the whole entry of a usage plan's stage, throttles too, with the stage's name, and ends with an error of its own. The
  provider takes that for a passing one and asks again for many minutes: no `destroy` would end.
- It imports a small part of a body: moto_import.py.
- It tells an API's policy as it was given. AWS tells it as the inside of a JSON string, with slashes escaped, too, and `execute-api:/…`
  in full; the provider takes one layer off before it reads it (rest_api.go, flattenAPIPolicy).
- Of the patches to an API it takes a media type for empty, since the type stands in the path; `false` for true; and none for the
  compression. CreateRestApi forgets media types.
- A domain forgets its trust store, a stage its client certificate, and there are no client certificates.
- Ids of hosted zones and web ACLs are made up: the first ones get fixed ids, so that params.json can name them.
Nothing else is altered.
"""
from __future__ import annotations

import json
import re
import runpy
import sys
import time
from typing import Any

import moto_import
from moto.apigateway import models, responses, urls
from moto.apigateway.exceptions import BadRequestException, NotFoundException
from moto.moto_api._internal import mock_random
from moto.route53 import models as route53
from moto.server import main
from moto.wafv2 import models as wafv2

Json = dict[str, Any]
ZONE, WEB_ACL = "Z00000000000000EXAMPLE", "00000000-0000-4000-8000-000000000000"


def mended(owner: Any) -> Any:
    """Puts a function in the place of the one of its name, which it gets as its first argument."""
    def put(function: Any) -> Any:
        before = getattr(owner, function.__name__)
        setattr(owner, function.__name__, lambda self, *arguments, **named: function(before, self, *arguments, **named))
        return function

    return put


def plans() -> None:
    @mended(models.UsagePlan)
    def apply_patch_operations(before: Any, self: Any, patch_operations: list[Json]) -> None:
        for operation in patch_operations:
            if operation["op"] == "remove" and operation["path"] == "/apiStages":
                api, _, stage = operation["value"].partition(":")
                for entry in self.api_stages:
                    if (entry["apiId"], entry["stage"]) == (api, stage):
                        entry.pop("throttle", None)
        before(self, patch_operations)


def apis() -> None:
    @mended(models.RestAPI)
    def to_dict(before: Any, self: Any) -> Json:
        policy = self.policy and re.sub('"execute-api:/', f'"arn:aws:execute-api:{self.region_name}:{self.account_id}:{self.id}/', self.policy)
        return {**before(self), "policy": policy and json.dumps(policy)[1:-1].replace("/", "\\/")}

    @mended(models.RestAPI)
    def apply_patch_operations(before: Any, self: Any, patch_operations: list[Json]) -> None:
        others = []
        for it in patch_operations:
            if it["path"].startswith("/binaryMediaTypes/"):
                media = it["path"].split("/", 2)[2].replace("~1", "/").replace("~0", "~")
                self.binaryMediaTypes = [kept for kept in self.binaryMediaTypes if kept != media] + ([media] if it["op"] == "add" else [])
            elif it["path"] == "/minimumCompressionSize":
                self.minimum_compression_size = None if it.get("value") is None else int(it["value"])
            elif it["path"] == "/disableExecuteApiEndpoint":
                self.disableExecuteApiEndpoint = it["value"] == "true"
            else:
                others.append(it)
        before(self, others)

    @mended(responses.APIGatewayResponse)
    def create_rest_api(before: Any, self: Any) -> Any:
        status, headers, body = before(self)
        if status != 200:
            return status, headers, body
        api = self.backend.get_rest_api(json.loads(body)["id"])
        api.binaryMediaTypes = self._get_param("binaryMediaTypes") or []
        return status, headers, json.dumps(api.to_dict())


def domains() -> None:
    @mended(responses.APIGatewayResponse)
    def create_domain_name(before: Any, self: Any) -> Any:
        status, headers, _ = before(self)
        made = self.backend.get_domain_name(self._get_param("domainName"))
        made.trust = self._get_param("mutualTlsAuthentication")
        return status, headers, json.dumps(made.to_json())

    @mended(models.DomainName)
    def to_json(before: Any, self: Any) -> Json:
        trust = getattr(self, "trust", None)
        return {**before(self), **({"mutualTlsAuthentication": trust} if trust else {})}


def certificates() -> None:
    """Client certificates: made, told, described anew, and let go where no stage shows them."""
    kind = responses.APIGatewayResponse

    def of(self: Any) -> Json:
        return vars(self.backend).setdefault("client_certificates", {})

    def named(self: Any) -> Json:
        found = of(self).get(self.path.rstrip("/").split("/")[-1])
        if found is None:
            raise NoCertificate()
        return found

    def generate_client_certificate(self: Any) -> Any:
        now, name = int(time.time()), mock_random.get_random_hex(6)
        of(self)[name] = {"clientCertificateId": name, "description": self._get_param("description"), "tags": self._get_param("tags") or {},
                          "pemEncodedCertificate": "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n",
                          "createdDate": now, "expirationDate": now + 365 * 86400}
        return 201, {"status": 201}, json.dumps(of(self)[name])

    def get_client_certificate(self: Any) -> Any:
        return 200, {}, json.dumps(named(self))

    def get_client_certificates(self: Any) -> Any:
        return 200, {}, json.dumps({"item": list(of(self).values())})

    def delete_client_certificate(self: Any) -> Any:
        name = named(self)["clientCertificateId"]
        if any(getattr(stage, "certificate", None) == name for api in self.backend.apis.values() for stage in api.stages.values()):
            raise BadRequestException(f"Client certificate {name} is used by a stage.")
        del of(self)[name]
        return 202, {"status": 202}, "{}"

    for function in (generate_client_certificate, get_client_certificate, get_client_certificates, delete_client_certificate):
        setattr(kind, function.__name__, function)
    urls.url_paths["{0}/clientcertificates$"] = kind.dispatch
    urls.url_paths["{0}/clientcertificates/(?P<certificate>[^/]+)/?$"] = kind.dispatch

    @mended(models.Stage)
    def apply_operations(before: Any, self: Any, patch_operations: list[Json]) -> Any:
        for it in patch_operations:
            if it["path"] == "/clientCertificateId":
                self.certificate = it.get("value")
        return before(self, [it for it in patch_operations if it["path"] != "/clientCertificateId"])

    @mended(models.Stage)
    def to_json(before: Any, self: Any) -> Json:
        shown = getattr(self, "certificate", None)
        return {**before(self), **({"clientCertificateId": shown} if shown else {})}


class NoCertificate(NotFoundException):
    code = 404

    def __init__(self) -> None:
        super().__init__("Invalid Client Certificate identifier specified")


def ids() -> None:
    @mended(wafv2.WAFV2Backend)
    def _generate_id(before: Any, self: Any) -> str:
        return before(self) if self.wacls else WEB_ACL

    @mended(route53.Route53Backend)
    def create_hosted_zone(before: Any, self: Any, *arguments: Any, **named: Any) -> Any:
        zone = before(self, *arguments, **named)
        if ZONE not in self.zones:
            self.zones[ZONE] = self.zones.pop(zone.resource_id)
            zone.resource_id = ZONE
        return zone


if __name__ == "__main__":
    server = sys.argv.pop(1)
    runpy.run_path(server, run_name="patches")  # what the judges alter
    for mend in (plans, apis, domains, certificates, ids):
        mend()
    models.APIGatewayBackend.put_rest_api = moto_import.put_rest_api  # type: ignore[method-assign]
    main(sys.argv[1:])
