#!/usr/bin/env python3
"""corpus.py over outputs without their manifest, and with backends of any kind.

Usage: corpus_without_manifest.py JUDGES [--targets KIND] [arguments of corpus.py]...

corpus.py takes the first `*.json` for the template, and that is `.gwgen.json`; and its backends are services of ECS.
KIND is a key of a backend's `targets`.
"""
import sys

sys.path.insert(0, sys.argv.pop(1))
import corpus  # noqa: E402 - the judges bring their own environment

TARGETS = {
    "instances": ["i-0123456789abcdef0", {"var": "instance"}],
    "autoscaling_groups": [{"var": "group"}],
    "ips": ["10.0.1.10", {"var": "address"}],
    "target_group": {"var": "target_group_arn"},
    "function": {"var": "function_arn"},
}

judged = corpus.judged
blueprint = corpus.blueprint


def without_manifest(work, *rest):
    (work / "out" / ".gwgen.json").unlink(missing_ok=True)
    return judged(work, *rest)


def with_targets(*rest):
    document = blueprint(*rest)
    for backend in document["backends"].values():
        backend["targets"] = {kind: TARGETS[kind]}
        if kind == "function":
            # It is called by its name; there is nothing to listen on.
            backend.pop("port", None)
    return document


corpus.judged = without_manifest
if "--targets" in sys.argv:
    at = sys.argv.index("--targets")
    kind = sys.argv[at + 1]
    del sys.argv[at : at + 2]
    corpus.blueprint = with_targets
sys.exit(corpus.main())
