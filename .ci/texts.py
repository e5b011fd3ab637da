#!/usr/bin/env python3
"""Reads Terraform that our sink wrote with HashiCorp's own parser, and compares every value with what was meant.

Usage: texts.py JUDGES FILE

FILE holds what `fuzz/examples/texts.rs` wrote. The parser is hcl2json, as WebAssembly. It prints a text without HCL's escapes, but
writes `${` and `%{` of a literal as `$${` and `%%{` again, other than in a label. An interpolation of a text is printed as that text.
HCL means every text in Unicode's form NFC.
"""
from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path

# Files that the parser reads in one process.
BATCH = 5000
# With one of these in the source, a literal could end between `$` and `{`, and what is printed would stand for two values.
AMBIGUOUS = re.compile(r"\\u007b|\\U0000007b|[$%]\"\}\{", re.I)


def composed(value):
    """Every text in NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(it) for it in value]
    return {composed(key): composed(it) for key, it in value.items()}


def printed(value):
    """A value as hcl2json prints it. No two values are printed alike."""
    if isinstance(value, str):
        return re.sub(r"([$%])\{", r"\1\1{", value)
    if isinstance(value, list):
        return [printed(it) for it in value]
    return {printed(key): printed(it) for key, it in value.items()}


def difference(source: str, meant: dict, read: dict) -> str | None:
    if read["error"]:
        return f"does not parse: {read['error'][:500]}"
    if AMBIGUOUS.search(source):
        return "cannot be compared exactly"
    if read["formatted"] != source:
        return f"terraform fmt spells it otherwise: {read['formatted']!r}"
    expected = {name: printed(it) for name, it in meant.items() if name != "label"}
    wanted = composed({"resource": {"kind": {meant["label"]: [expected]}}})
    found = composed(read["json"])
    return None if found == wanted else f"means {json.dumps(found)}\n    instead of {json.dumps(wanted)}"


def values(meant: dict) -> int:
    return 4 + len(meant["list"]) + 2 * len(meant["map"])


def main() -> int:
    sys.path.insert(0, sys.argv[1])
    from judgelib import tfcheck  # the judges bring their own environment

    cases = [json.loads(line) for line in Path(sys.argv[2]).read_text().split("\n") if line]
    compared, found = 0, []
    for start in range(0, len(cases), BATCH):
        batch = {str(index): it for index, it in enumerate(cases[start:start + BATCH], start)}
        read = tfcheck.run_hcl_library({name: it["source"] for name, it in batch.items()})
        for name, it in batch.items():
            compared += values(it["meant"])
            if problem := difference(it["source"], it["meant"], read[name]):
                found.append(f"{name}: {problem}\n    {it['source']!r}")
    print(f"  {len(cases)} cases, {compared} values read back by HashiCorp's parser")
    for it in found[:3]:
        print(f"  {it}")
    print(f"  {len(found)} differences")
    return 1 if found or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
