#!/usr/bin/env python3
"""Judges one half of the rendered examples, in every format and style, in one process: a judge's own start takes longer than most that it does.

Usage: examples.py GWGEN JUDGES FOLDER 0|1

FOLDER is what render.py wrote. For each output: check_tf (against both provider versions, where it allows both) or check_cfn, and the
operations, mount by mount. compare_routes knows nothing of blueprints. So what the blueprint leaves out on purpose has to be missing,
exactly, and what stands under another mount, or refuses with 404 what was left out, is no extra; what it opens (`ignore`, a route with a
reason in `weakens`) may be open; and a body that a route says is not checked needs no model. Then both formats are deployed to an emulated
AWS and have to give the same topology; the other style is deployed by .ci/full, which has the body imported as a whole.
"""
from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import example
import with_functions


class Judges:
    """The judges' own modules, with one run of the slow programs behind them for all outputs."""

    def __init__(self, folder: Path, outputs: list[Path]):
        sys.path.insert(0, str(folder))
        import apply_moto
        import check_cfn
        import check_tf
        from compare_routes import compare
        from judgelib import emulator, openapi, tfcheck

        self.apply, self.check_cfn, self.check_tf, self.compare, self.emulator, self.openapi = (
            apply_moto, check_cfn, check_tf, compare, emulator, openapi)
        self.old_schema = folder / "tf_schema_v5.json"
        texts = {str(path): path.read_text() for output in outputs for path in output.glob("*.tf")}
        parsed = tfcheck.run_hcl_library(texts)
        by_text = {text: parsed[name] for name, text in texts.items()}
        tfcheck.run_hcl_library = lambda asked: {name: by_text[text] for name, text in asked.items()}
        self.lint([path for output in outputs for path in output.glob("template.*")])

    def lint(self, templates: list[Path]) -> None:
        """cfn-lint over all templates; check_cfn gets what it said of each."""
        program = Path(sys.executable).with_name("cfn-lint")
        done = subprocess.run([program, "--format", "json", "--regions", "us-east-1", "--", *templates], capture_output=True, text=True)
        found = json.loads(done.stdout or "[]")
        if done.returncode and not found:
            sys.exit(f"cfn-lint ended with {done.returncode}\n{done.stderr[-4000:]}")

        def of_one(template, _regions, report) -> None:
            for match in found:
                if Path(match["Filename"]) == template:
                    add = {"Error": report.add, "Warning": report.warn}.get(match["Level"], report.note)
                    add(f"cfn-lint {match['Rule']['Id']}", f"{template.name}:{match['Location']['Start']['LineNumber']}", match["Message"])

        self.check_cfn.run_cfn_lint = of_one


def main() -> int:
    gwgen, folder, root = (Path(argument).resolve() for argument in sys.argv[1:4])
    blueprints = sorted(root.glob("*/gwgen*.yaml"))[int(sys.argv[4])::2]
    outputs = [output for blueprint in blueprints for output in outputs_of(blueprint)]
    judges = Judges(folder, outputs)
    problems: list[str] = []
    with judges.emulator.emulator("moto") as endpoint:
        for blueprint in blueprints:
            found = languages(judges, blueprint) + packages(blueprint.parent)
            found += [problem for output in outputs_of(blueprint) for problem in operations(judges, gwgen, blueprint, output)]
            found += topologies(judges, endpoint, blueprint)
            name = blueprint.parent.name
            print(f"  {name}: {len(outputs_of(blueprint))} outputs, {len(found)} problems", flush=True)
            problems += [f"{name}: {problem}" for problem in found]
    for problem in problems:
        print(f"  {problem[:2000]}")
    return 1 if problems or not outputs else 0


def outputs_of(blueprint: Path) -> list[Path]:
    """Folders that the judges read; JSON for Terraform is for the real one."""
    names = ("terraform", "body-terraform", "cloudformation", "body-cloudformation", "yaml-cloudformation", "body-yaml-cloudformation")
    folders = [blueprint.parent / f"ci-{name}-{blueprint.stem}" for name in names]
    return [folder for folder in folders if folder.is_dir()]


def target_of(output: Path) -> Path:
    """What a judge is given: the template, or the folder of a Terraform output."""
    return next(iter(output.glob("template.*")), output)


def languages(judges: Judges, blueprint: Path) -> list[str]:
    problems = []
    for output in outputs_of(blueprint):
        target = target_of(output)
        if target != output:
            reports = [judges.check_cfn.judge(target)]
        else:
            takes_version_5 = ">= 6" not in (output / "versions.tf").read_text()
            schemas = [None, judges.old_schema] if takes_version_5 else [None]
            reports = [judges.check_tf.judge(output, None, schema) for schema in schemas]
        problems += [f"{output.name}: {finding.code} {finding.where}: {finding.message}"
                     for report in reports for finding in report.findings if finding.level == "error"]
    return problems


def packages(folder: Path) -> list[str]:
    """Packages of functions, by a zip reader that is not ours: one module, the text beside it behind the banner, and nothing that a
    machine left."""
    problems = []
    for path in sorted(folder.rglob("functions/*.zip")):
        with zipfile.ZipFile(path) as package:
            [entry] = package.infolist()
            is_plain = entry.date_time == (1980, 1, 1, 0, 0, 0) and entry.external_attr >> 16 == 0o100644 and not entry.extra
            code, beside = package.read(entry), path.with_suffix(".py").read_bytes()
            banner = beside.removesuffix(code).splitlines()
            is_same = beside.endswith(code) and banner and all(line.startswith(b"#") or not line for line in banner)
            if not is_plain or entry.filename != "index.py" or not is_same or not package.comment.startswith(b"Generated by gwgen"):
                problems.append(f"{path}: {entry}")
    return problems


def operations(judges: Judges, gwgen: Path, blueprint: Path, output: Path) -> list[str]:
    copy = output.with_name(f"{output.name}.yaml")
    document = example.read(copy)
    spec = copy.parent / document["spec"]
    expected = judges.openapi.expected(spec)
    prefixes = example.prefixes(document, expected["base_path"])
    opened = {(op["method"], op["path"]) for op in expected["operations"] if example.may_be_open(document, op)}
    unchecked = {(op["method"], op["path"]) for op in expected["operations"] if example.body_is_unchecked(document, op)}
    hidden = {(row["method"], row["path"]) for row in example.routes(gwgen, copy) if row["exposure"] != "public"}
    problems = []
    for prefix in prefixes:
        absent = {f"{method} {prefix}{path}" for method, path in hidden}
        for finding in judges.compare(spec, target_of(output), prefix).findings:
            code, name = finding.code.split()[0], finding.message.split(": ")[0]
            path = name.partition(" ")[2]
            elsewhere = any(path.startswith(other + "/") or path == other for other in prefixes if other != prefix)
            if finding.level != "error":
                continue
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
                problems.append(f"{output.name}: {finding.code} {finding.where}: {finding.message}")
    return problems


def topologies(judges: Judges, endpoint: str, blueprint: Path) -> list[str]:
    """Each output deployed to the emptied emulator; where what it says then differs from the first one."""
    given = json.loads(with_functions.PARAMS.read_text())
    problems, first = [], None
    for output in outputs_of(blueprint):
        if "-yaml-" in output.name or "-body-" in output.name:
            continue
        urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST"), timeout=30).close()
        with_functions.make_everything(judges.emulator.Clients(endpoint))
        result = judges.apply.through_api(endpoint, target_of(output), given)
        problems += [f"{output.name}: {name}: {why}" for name, why in result["failed"].items()]
        state = judges.apply.comparable(result["state"])
        first = first or state
        problems += [f"{output.name}: {key}: {str(state.get(key))[:600]}, {str(first.get(key))[:600]} in the first output"
                     for key in sorted({*state, *first}) if state.get(key) != first.get(key)]
    return problems


if __name__ == "__main__":
    sys.exit(main())
