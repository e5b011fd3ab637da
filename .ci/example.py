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
