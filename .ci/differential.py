#!/usr/bin/env python3
"""Renders pairs of a description and a blueprint that a generator made, and has others judge what came out.

Usage: differential.py GWGEN JUDGES FOLDER

FOLDER holds what `tests/all/pairs.rs` wrote. Judges, in this one process: HashiCorp's HCL parser and the provider's schema
(check_tf), and a reader of descriptions that shares no code with gwgen (compare_routes). What a pair leaves out on purpose has to be
missing, and nothing else. Every scheme is ignored there, so RT008 is what was asked for.
"""
from __future__ import annotations

import collections
import json
import subprocess
import sys
from pathlib import Path

LATER = ("RT008",)


def render(gwgen: Path, pair: Path) -> tuple[int, list[str]]:
    command = [str(gwgen), "render", "--quiet", "--message-format", "json", "--blueprint", "gwgen.yaml"]
    done = subprocess.run(command, cwd=pair, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=20)
    found = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    if done.returncode not in (0, 1, 3) or (done.returncode and not found):
        return done.returncode, [f"exit {done.returncode}: {done.stderr[:500]}"]
    return done.returncode, [it["code"] for it in found if it["severity"] == "error"]


def missing_and_extra(compare, pair: Path, output: Path, expected: dict) -> list[str]:
    """What compare_routes says, mount by mount, without what the blueprint means."""
    problems = []
    prefixes = expected["prefixes"]
    for prefix in prefixes:
        hidden = {f"{method} {prefix}{path}".rstrip("/") for method, path in expected["left_out"]}
        absent = set(hidden)
        # What differs in an operation is told by its path in the description.
        hidden |= {f"{method} {path}".rstrip("/") for method, path in expected["left_out"]}
        for finding in compare(pair / expected["spec"], output, prefix).findings:
            code, name = finding.code.split()[0], finding.message.split(": ")[0].rstrip("/")
            path = name.partition(" ")[2]
            elsewhere = any(path.startswith(other + "/") or path == other for other in prefixes if other != prefix)
            if finding.level != "error" or code in LATER:
                continue
            if code == "RT001" and name in absent:
                absent.discard(name)
            elif code == "RT002" and elsewhere:
                pass
            elif code in ("RT005", "RT007", "RT009") and name in hidden:  # the gateway's own 404 stands there
                pass
            else:
                problems.append(f"{finding.code} {finding.where}: {finding.message}")
    return problems


def main() -> int:
    gwgen, judges, folder = (Path(it).absolute() for it in sys.argv[1:4])
    sys.path.insert(0, str(judges))
    from check_tf import judge  # the judges bring their own environment
    from compare_routes import compare
    from judgelib import tfcheck

    counts, codes, problems = collections.Counter(), collections.Counter(), []
    pairs = sorted(folder.iterdir(), key=lambda it: int(it.name))
    rendered = {pair: render(gwgen, pair) for pair in pairs}
    # Starting HashiCorp's parser takes longer than all that it does here, so it reads every file in one go.
    files = {str(path): path.read_text() for pair in pairs for path in (pair / "generated").glob("*.tf")}
    parsed = tfcheck.run_hcl_library(files)
    by_text = {text: parsed[name] for name, text in files.items()}
    tfcheck.run_hcl_library = lambda texts: {name: by_text[text] for name, text in texts.items()}
    for pair in pairs:
        expected = json.loads((pair / "expected.json").read_text())
        status, said = rendered[pair]
        counts["pairs"] += 1
        if any(it.startswith(("exit", "GW9")) for it in said):
            problems.append(f"{pair.name}: {said}")
        if status:
            counts["refused"] += 1
            codes.update(set(said))
            continue
        counts["rendered"] += 1
        if expected["is_spoilt"]:
            continue
        output = pair / "generated"
        if templates := sorted(output.glob("template.*")):
            [output] = templates
        else:
            counts["parsed by HashiCorp's parser"] += 1
            # TF025: a variable of a backend that serves nothing in this pair is asked for all the same.
            found = [it for it in judge(output).findings if it.level == "error" and not it.code.startswith("TF025")]
            problems.extend(f"{pair.name}: {it.code} {it.where}: {it.message}" for it in found)
        counts["compared operation by operation"] += 1
        problems.extend(f"{pair.name}: {it}" for it in missing_and_extra(compare, pair, output, expected))
    print("  " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    print("  refused with " + ", ".join(f"{code} ({count})" for code, count in codes.most_common()))
    for problem in problems[:50]:
        print(f"  {problem}")
    print(f"  {len(problems)} problems")
    return 1 if problems or counts["rendered"] * 10 < counts["pairs"] * 3 else 0


if __name__ == "__main__":
    sys.exit(main())
