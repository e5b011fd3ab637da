#!/usr/bin/env python3
"""Compares what corpus.py found with the list of known errors of the judges.

Usage: corpus_findings.py FORMAT ROWS.json KNOWN.txt [--refused-before ROWS.json]

Exit status 1 for a defect, a finding that is not known, a known one that is gone, or, with --refused-before, a
description that this format refuses for another reason than the size of a template (GW4020) and the other format renders.
"""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def rows_of(path: Path) -> list[dict]:
    """corpus.py prints its rows as JSON, and a summary behind them."""
    return json.JSONDecoder().raw_decode(path.read_text().lstrip())[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("format")
    parser.add_argument("rows", type=Path)
    parser.add_argument("known", type=Path)
    parser.add_argument("--refused-before", type=Path)
    arguments = parser.parse_args()
    rows = rows_of(arguments.rows)
    names = {row["name"] for row in rows}
    lines = [line.split(None, 3) for line in arguments.known.read_text().splitlines() if line.strip() and not line.startswith("#")]
    unexplained = [line for line in lines if len(line) < 4]
    known = {(code, name) for format, code, name, *_ in lines if format == arguments.format and name in names}
    found, problems = set(), [f"without a reason: {' '.join(line)}" for line in unexplained]
    for row in rows:
        print(f"  {row['status']:12} {row['name']:52} {row.get('matched', '-')!s:>6}/{row['operations']:<6} {row.get('seconds', 0):7.3f} s "
              f"{row.get('peak_mib', 0):6.1f} MiB  {' '.join(row['codes'] if row['status'] == 'refused' else sorted(row['findings']))}")
        problems += [f"defect: {row['name']}: {text}" for text in row["defects"]]
        for code in row["findings"]:
            found.add((code, row["name"]))
            if (code, row["name"]) not in known:
                problems += [f"new: {row['name']}: {text}" for text in row.get("examples", []) if text.startswith(code)]
    problems += [f"new: {name}: {code}" for code, name in sorted(found - known)]
    problems += [f"known, but gone: {name}: {code}" for code, name in sorted(known - found)]
    if arguments.refused_before:
        before = {row["name"] for row in rows_of(arguments.refused_before) if row["status"] == "refused"}
        problems += [f"refused in {arguments.format} only: {row['name']}: {' '.join(row['codes'])}" for row in rows
                     if row["status"] == "refused" and row["name"] not in before and "GW4020" not in row["codes"]]
    for problem in problems:
        print(f"  {problem}")
    refused = sum(row["status"] == "refused" for row in rows)
    print(f"  {len(rows)} descriptions: {refused} refused, {len(rows) - refused} rendered; {len(found)} known errors of the judges, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
