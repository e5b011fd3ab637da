#!/usr/bin/env python3
"""Compares the description of an example with its output, mount by mount.

Usage: example_routes.py GWGEN JUDGES BLUEPRINT OUTPUT

compare_routes.py knows nothing of blueprints. So what the blueprint leaves out on purpose has to be missing, exactly, and what
stands under another mount, or refuses with 404 what was left out, is no extra; and what it opens (`ignore`, a route with a
reason in `weakens`) may be open. A body that a route says is not checked needs no model.
"""
from __future__ import annotations

import sys
from pathlib import Path

import example


def main() -> int:
    gwgen, judges, blueprint, output = (Path(it) for it in sys.argv[1:5])
    shown = example.routes(gwgen, blueprint)
    sys.path.insert(0, str(judges))
    from compare_routes import compare  # the judges bring their own environment
    from judgelib.openapi import expected

    document = example.read(blueprint)
    spec = blueprint.parent / document["spec"]
    wanted = expected(spec)
    prefixes = example.prefixes(document, wanted["base_path"])
    opened = {(it["method"], it["path"]) for it in wanted["operations"] if example.may_be_open(document, it)}
    unchecked = {(it["method"], it["path"]) for it in wanted["operations"] if example.body_is_unchecked(document, it)}
    hidden = {(it["method"], it["path"]) for it in shown if it["exposure"] != "public"}
    problems = []
    for prefix in prefixes:
        report = compare(spec, output, prefix)
        absent = {f"{method} {prefix}{path}" for method, path in hidden}
        for finding in report.findings:
            code, name = finding.code.split()[0], finding.message.split(": ")[0]
            path = name.partition(" ")[2]
            if finding.level != "error":
                continue
            elsewhere = any(path.startswith(other + "/") or path == other for other in prefixes if other != prefix)
            if code == "RT001" and name in absent:
                absent.discard(name)
            elif code == "RT008" and name in {f"{method} {prefix}{path}" for method, path in opened}:
                pass
            elif code == "RT002" and elsewhere:
                pass
            # The gateway's own 404 stands where a hidden operation would be: its path and method are there, its parameters are not,
            # and it asks nobody.
            elif code in ("RT005", "RT007", "RT008", "RT009") and name in {f"{method} {path}" for method, path in hidden}:
                pass
            elif code in ("RT007", "RT009") and name in {f"{method} {prefix}{path}" for method, path in unchecked}:
                pass
            else:
                problems.append(f"{finding.code} {finding.where}: {finding.message}")
        print(f"  {prefix or '/'}: {report.facts['matched']} of {report.facts['expected']} operations, {len(hidden)} left out")
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
