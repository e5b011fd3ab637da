"""The judges' emulator, made to do what it says it cannot: a usage plan lets go of a stage that has throttles of its own.

Usage: moto_server.py JUDGES_SERVER.py arguments...

moto 5.2.5 compares the whole entry of the stage, throttles too, with the stage's name, and ends with an error of its own. The provider
takes that for a passing one and asks again for many minutes: no `destroy` would end. Nothing else is altered.
"""
from __future__ import annotations

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


if __name__ == "__main__":
    server = sys.argv.pop(1)
    runpy.run_path(server, run_name="patches")  # what the judges alter
    models.UsagePlan.apply_patch_operations = patch  # type: ignore[method-assign]
    main(sys.argv[1:])
