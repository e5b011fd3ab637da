"""Random edits of a blueprint and its description, as people make them. In: parsed documents and a seeded generator. An edit that does not fit
the inputs gives False and changes nothing.
"""
from __future__ import annotations

from random import Random
from typing import Any, Callable

Json = dict[str, Any]
VERBS = ("get", "put", "post", "delete", "patch", "options", "head")


class Inputs:
    """A blueprint and its description."""

    def __init__(self, blueprint: Json, description: Json, chosen: Random):
        self.blueprint, self.description, self.chosen = blueprint, description, chosen
        # Promises of an example would refuse half of the edits.
        self.blueprint.pop("expect", None)

    def operations(self) -> list[tuple[str, str, Json]]:
        return [(path, verb, item[verb]) for path, item in self.description["paths"].items() for verb in VERBS if verb in item]

    def one(self) -> tuple[str, str, Json]:
        return self.chosen.choice(self.operations())

    def route(self, operation: Json, **fields: Any) -> bool:
        """A route for one operation, in place of the one before."""
        match = {"operation_ids": [operation.get("operationId")]}
        routes = self.blueprint.setdefault("routes", [])
        if match["operation_ids"] == [None] or not [it for it in routes if not it["match"]] and self.many_backends():
            return False
        before = [it for it in routes if it["match"] == match and not set(it) & {"backend", "auth"}]
        for it in before:
            routes.remove(it)
        routes.append({"match": match, **fields})
        return True

    def many_backends(self) -> bool:
        return len(self.blueprint.get("backends") or {}) > 1

    def a_backend(self) -> Json:
        return self.chosen.choice(list(self.blueprint["backends"].values()))


def added(it: Inputs) -> bool:
    path, _, operation = it.one()
    above = path.split("/{")[0].rstrip("/")
    new = f"{above}/n{it.chosen.randrange(1000)}"
    verb = it.chosen.choice(("get", "put", "delete"))
    one = {"operationId": f"{verb}{new.replace('/', '_').replace('-', '_')}", "responses": {"200": {"description": "It"}}}
    if "security" in operation:
        one["security"] = operation["security"]
    it.description["paths"].setdefault(new, {})[verb] = one
    return True


def removed(it: Inputs) -> bool:
    if len(it.operations()) < 3:
        return False
    path, verb, operation = it.one()
    item = it.description["paths"][path]
    del item[verb]
    if not any(other in item for other in VERBS):
        del it.description["paths"][path]
    for route in list(it.blueprint.get("routes") or []):
        named = route["match"].get("operation_ids", [])
        if operation.get("operationId") in named:
            named.remove(operation["operationId"])
            if not named:
                it.blueprint["routes"].remove(route)
    return True


def kept_back(it: Inputs) -> bool:
    return it.route(it.one()[2], exposure=it.chosen.choice(("hidden", "internal")))


def public_again(it: Inputs) -> bool:
    routes = it.blueprint.get("routes") or []
    back = [route for route in routes if "exposure" in route]
    return bool(back) and not routes.remove(it.chosen.choice(back))


def renamed(it: Inputs) -> bool:
    """A literal last segment, with all that is below it."""
    path = it.one()[0]
    if path.endswith("}") or path == "/":
        return False
    new = f"{path.rsplit('/', 1)[0]}/r{it.chosen.randrange(1000)}"
    paths = it.description["paths"].items()
    it.description["paths"] = {new + key[len(path):] if key == path or key.startswith(f"{path}/") else key: item for key, item in paths}
    return True


def signed(it: Inputs) -> bool:
    """More is asked of callers."""
    return it.route(it.one()[2], auth="iam")


def setting(**values: list[Any]) -> Callable[[Inputs], bool]:
    """A field of a route."""
    def edit(it: Inputs) -> bool:
        name = it.chosen.choice(sorted(values))
        return it.route(it.one()[2], **{name: it.chosen.choice(values[name])})

    return edit


def cached(it: Inputs) -> bool:
    path, verb, operation = it.one()
    if verb != "get" or "{" in path:
        return False
    it.blueprint.setdefault("stage", {}).setdefault("cache", {"size_gb": 0.5})
    return it.route(operation, cache={"ttl": it.chosen.choice(("1m", "5m")), "shared": "it is the same for everybody"})


def backend_changed(it: Inputs) -> bool:
    backend = it.a_backend()
    if "port" not in backend:
        return False
    what = it.chosen.choice(("port", "listener_port", "health_check", "deregistration_delay"))
    if what == "port":
        backend.setdefault("listener_port", backend["port"])
        backend["port"] += 1000
    elif what == "listener_port":
        backend["listener_port"] = it.chosen.randrange(9100, 9900)
    elif what == "health_check" and isinstance(backend.get("health_check"), dict):
        backend["health_check"]["interval"] = it.chosen.choice(("10s", "15s", "30s"))
    else:
        backend["deregistration_delay"] = it.chosen.choice(("30s", "60s", "120s"))
    return True


def backend_added(it: Inputs) -> bool:
    if any("port" not in backend for backend in it.blueprint["backends"].values()) or len(it.blueprint["backends"]) > 4:
        return False
    if not it.blueprint.get("routes"):
        it.blueprint["routes"] = [{"match": {}, "backend": next(iter(it.blueprint["backends"]))}]
    number = it.chosen.randrange(100)
    it.blueprint["backends"][f"b{number}"] = {"port": 7000 + number, "targets": {"ips": [f"10.0.9.{number + 1}"]}}
    return it.route(it.one()[2], backend=f"b{number}")


def backend_removed(it: Inputs) -> bool:
    extra = [name for name in it.blueprint["backends"] if name[0] == "b" and name[1:].isdigit()]
    if not extra:
        return False
    gone = it.chosen.choice(extra)
    del it.blueprint["backends"][gone]
    it.blueprint["routes"] = [route for route in it.blueprint["routes"] if route.get("backend") != gone]
    return True


def api_changed(it: Inputs) -> bool:
    api = it.blueprint.setdefault("api", {})
    name, value = it.chosen.choice((("minimum_compression_size", 1024), ("gateway_responses", {"problem_json": True}), ("validation", "full"),
                                    ("validation", "params"), ("binary_media_types", ["image/png"]),
                                    ("cors", {"origins": ["https://a.example"], "headers": ["authorization"]})))
    api[name] = value
    if it.chosen.random() < 0.3:
        del api[name]
    return True


def stage_changed(it: Inputs) -> bool:
    rate = it.chosen.choice((50, 100, 200))
    it.blueprint.setdefault("stage", {})["throttle"] = {"rate": rate, "burst": 2 * rate}
    return True


EDITS: tuple[Callable[[Inputs], bool], ...] = (
    added, added, removed, removed, kept_back, public_again, renamed, signed, cached, setting(timeout=["5s", "12s", "20s"]),
    setting(throttle=[{"rate": 5, "burst": 10}, {"rate": 20, "burst": 40}]), setting(validation=["params", "none"]), backend_changed, backend_changed,
    backend_added, backend_removed, api_changed, stage_changed)
