"""What a blueprint of an example says, for the scripts that hold it against a judge's findings."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path


def read(blueprint: Path) -> dict:
    """The blueprint, with what it extends."""
    import yaml  # the judges bring it

    document = yaml.safe_load(blueprint.read_text())
    base = document.pop("extends", None)
    return {**read(blueprint.parent / base), **document} if base else document


def routes(gwgen: Path, blueprint: Path) -> list[dict]:
    """The rows of `gwgen routes`."""
    return json.loads(subprocess.run([gwgen, "routes", "--format", "json", "--blueprint", blueprint], check=True, text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def prefixes(document: dict, base_path: str) -> list[str]:
    """What stands before a path of the description on the gateway: each mount, and the base path where the gateway has it, too."""
    base = base_path if (document.get("api") or {}).get("base_path") == "both" else ""
    return [mount["at"].rstrip("/") + base for mount in document.get("mounts") or [{"at": "/"}]]


def may_be_open(document: dict, operation: dict) -> bool:
    """Whether the blueprint says that the gateway does not check an operation, or asks for less of it; `operation` is the judges'."""
    entries = document.get("auth") or {}
    if any(entries.get(name) == "ignore" for alternative in operation["security"] for name in alternative):
        return True
    return any(matches(route["match"], operation) for route in document.get("routes") or [] if "weakens" in route)


def body_is_unchecked(document: dict, operation: dict) -> bool:
    """Whether a route says that the gateway looks at no body of an operation; `operation` is the judges'."""
    return any(matches(route["match"], operation) for route in document.get("routes") or [] if route.get("validation") in ("params", "none"))


def matches(match: dict, operation: dict) -> bool:
    """The patterns that examples use; whatever else stands in a match is taken for none."""
    def fits(pattern: str) -> bool:
        path = operation["path"]
        return path == pattern or (pattern.endswith("/**") and f"{path}/".startswith(pattern[:-2]))

    methods = [it.upper() for it in match.get("methods") or [operation["method"]]]
    return operation["method"] in methods and any(fits(it) for it in match.get("paths") or ["/**"]) and not set(match) - {"methods", "paths"}
