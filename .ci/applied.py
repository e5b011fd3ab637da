#!/usr/bin/env python3
"""Prints what `terraform_real.py apply` reported of an example, in one line.

Usage: applied.py NAME REPORT.json
"""
import json
import sys
from pathlib import Path

text = Path(sys.argv[2]).read_text().strip()
report = json.loads(text) if text else {}
changes = len(report.get("second_plan", []))
said = f"{report.get('applied')} resources applied, {changes} changes in the second plan, destroyed: {report.get('destroyed')}"
print(f"  {sys.argv[1]}: {said if report else 'not judged'}")
