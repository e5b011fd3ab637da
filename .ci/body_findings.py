#!/usr/bin/env python3
"""Compares what the judges found in bodies with the list of what they are known to find for not following one.

Usage: body_findings.py FOUND.txt KNOWN.txt

FOUND has a line for each error: format, code, example, text. Exit status 1 for one that is not known, a known one that is gone, and
a line without a reason.
"""
from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    found = [line.split(None, 3) for line in Path(sys.argv[1]).read_text().splitlines()]
    lines = [it.split(None, 3) for it in Path(sys.argv[2]).read_text().splitlines() if it.strip() and not it.startswith("#")]
    known = {tuple(it[:3]) for it in lines}
    problems = [f"without a reason: {' '.join(it)}" for it in lines if len(it) < 4]
    problems += [f"new: {' '.join(it)}" for it in found if tuple(it[:3]) not in known]
    problems += [f"known, but gone: {' '.join(it)}" for it in sorted(known - {tuple(it[:3]) for it in found})]
    for problem in problems:
        print(f"  {problem}")
    print(f"  {len(found)} findings of {len(known)} known kinds, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
