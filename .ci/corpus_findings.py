#!/usr/bin/env python3
"""Prints what corpus.py found.

Usage: corpus_findings.py ROWS.json [--refused-before ROWS.json]

Exit status 1 for a defect, a finding, or, with --refused-before, a description that this format refuses for another reason than the size
of a template (GW4020) and the other format renders.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

# Operations of whose paths the judge takes `:name` for a literal, where gwgen serves the variable that is meant by it (GW4112): each is
# missing under one name and too many under the other.
READ_LITERALLY = {"APIs_guru-clever_cloud-1.0.0.json": 8, "meilisearch-open_api-1.7.0.yaml": 1}


def findings_of(row: dict) -> list[str]:
    """What the judges found of a description, without what is theirs; what is theirs has to be there."""
    findings, examples = dict(row["findings"]), row.get("examples", [])
    # Terraform's JSON is not compared operation by operation.
    count = READ_LITERALLY.get(row["name"]) if "matched" in row else None
    if count is not None:
        if (findings.pop("RT001", 0), findings.pop("RT002", 0)) != (count, count):
            return [f"not {count} operations under another name", *row["findings"], *examples]
        examples = [text for text in examples if not text.startswith(("RT001", "RT002"))]
    return [*findings, *examples]


def rows_of(path: str) -> list[dict]:
    """corpus.py prints its rows as JSON, and a summary behind them."""
    return json.JSONDecoder().raw_decode(Path(path).read_text().lstrip())[0]


def main() -> int:
    rows, problems = rows_of(sys.argv[1]), []
    refused = {row["name"]: " ".join(row["codes"]) for row in rows if row["status"] == "refused"}
    if sys.argv[2:3] == ["--refused-before"]:
        before = {row["name"] for row in rows_of(sys.argv[3]) if row["status"] == "refused"}
        problems += [f"refused in this format only: {name}: {codes}" for name, codes in refused.items()
                     if name not in before and "GW4020" not in codes]
    else:
        for row in rows:
            print(f"  {row['status']:12} {row['name']:52} {row.get('matched', '-')!s:>6}/{row['operations']:<6} {row.get('seconds', 0):7.3f} s "
                  f"{row.get('peak_mib', 0):6.1f} MiB  {refused.get(row['name']) or ' '.join(sorted(row['findings']))}")
            problems += [f"{row['name']}: {text}" for text in [*row["defects"], *findings_of(row)]]
    for problem in problems:
        print(f"  {problem}")
    print(f"  {len(rows)} descriptions: {len(refused)} refused, {len(rows) - len(refused)} rendered; {len(problems)} problems")
    return 1 if problems or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
