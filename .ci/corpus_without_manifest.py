#!/usr/bin/env python3
"""corpus.py over outputs without their manifest: it takes the first `*.json` for the template, and that is `.gwgen.json`.

Usage: corpus_without_manifest.py JUDGES [arguments of corpus.py]...
"""
import sys

sys.path.insert(0, sys.argv.pop(1))
import corpus  # noqa: E402 - the judges bring their own environment

judged = corpus.judged


def without_manifest(work, *rest):
    (work / "out" / ".gwgen.json").unlink(missing_ok=True)
    return judged(work, *rest)


corpus.judged = without_manifest
sys.exit(corpus.main())
