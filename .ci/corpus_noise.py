#!/usr/bin/env python3
"""Counts how many kinds of findings each description of the corpus has: what is said has to be read.

Usage: corpus_noise.py GWGEN FOLDER

FOLDER is what corpus.py kept: a folder a description, with the blueprint that it was rendered with. Exit status 1 where a description has
more than 12 codes of severity warning or error, or the median is more than 2.
"""
from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

MOST, MEDIAN = 12, 2


def codes_of(gwgen: str, folder: Path) -> list[str]:
    """The codes of what is wrong or warned of, each once."""
    said = subprocess.run([gwgen, "lint", "--message-format", "json"], cwd=folder, capture_output=True, text=True, check=False)
    findings = [json.loads(line) for line in said.stderr.splitlines()]
    return sorted({it["code"] for it in findings if it["severity"] != "info"})


def main() -> int:
    gwgen, folders = str(Path(sys.argv[1]).resolve()), sorted(Path(sys.argv[2]).iterdir())
    codes = {folder.name: codes_of(gwgen, folder) for folder in folders}
    if not codes:
        print("  no description was kept")
        return 1
    median = statistics.median(len(it) for it in codes.values())
    name, most = max(codes.items(), key=lambda it: len(it[1]))
    print(f"  {len(codes)} descriptions: at most {len(most)} codes ({name}: {' '.join(most)}), median {median:g}")
    return 1 if len(most) > MOST or median > MEDIAN else 0


if __name__ == "__main__":
    sys.exit(main())
