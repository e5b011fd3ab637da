"""Draws pictures for .ci/pictures.mjs: APIs of 3, 60 and 1,000 routes, a change, the examples, and other people's descriptions.

Usage: pictures.py GWGEN OUT BLUEPRINTS CORPUS
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys


def draw(gwgen, blueprint, name, out, *options):
    """Writes OUT/NAME.svg and OUT/NAME.mmd, and lets Graphviz read the DOT; returns what gwgen says where the blueprint has errors."""
    for ending, form in [("svg", "svg"), ("mmd", "mermaid"), ("dot", "dot")]:
        done = subprocess.run([gwgen, "graph", "--quiet", "--format", form, "--blueprint", blueprint, *options], capture_output=True, text=True)
        if done.returncode:
            return done.stderr or "no word"
        if ending == "dot":
            subprocess.run(["dot", "-Tcanon"], input=done.stdout, text=True, stdout=subprocess.DEVNULL, check=True)
        else:
            (out / f"{name}.{ending}").write_text(done.stdout)
    return ""


def decided(blueprint):
    """Decides what `gwgen init` leaves open: IAM checks all callers, and a base path that nobody can serve is left out."""
    text = blueprint.read_text()
    text = re.sub(r"^# (auth:|api: )", r"\1", text, flags=re.M)
    blueprint.write_text(re.sub(r"^  # (\S+: iam)$", r"  \1", text, flags=re.M))


def picked(blueprint, said):
    """Adds the routes that an error names: one of several ways to check a caller. `routes` is the last section."""
    routes = "".join(f"  - {route}\n" for route in re.findall(r"`(\{match: .*, auth: .*\})`", said))
    text = blueprint.read_text()
    if "\nroutes:" not in text:
        text += "routes:\n"
    blueprint.write_text(text + routes)


def taken(description, folder):
    """Copies a description of the corpus, which may be a folder; returns its main file."""
    if description.is_dir():
        shutil.copytree(description, folder)
        return (description / "ENTRY").read_text().strip()
    folder.mkdir()
    shutil.copy(description, folder)
    return description.name


def generated(folder, routes):
    """An API with routes that are open, protected, cached, throttled, internal and hidden, and with hostile and wide texts."""
    folder.mkdir(parents=True)
    # What the gateway takes, and what a hidden operation may have.
    ends, hostile = ["", "/" + "long" * 30, "/a:b-c.d_e", "/{id}"], ["/漢字-äöü", "/<b>&'`#;--end"]
    paths = {}
    for number in range(routes):
        variables = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
        end = hostile[number // 6 % 2] if number % 6 == 1 else ends[number % len(ends)]
        operation = {"tags": [f"t{number % 6}"], "responses": {"200": {"description": "ok"}}}
        if "{" in end:
            operation["parameters"] = variables
        paths[f"/s{number % 9}/r{number}{end}"] = {"get": operation}
    (folder / "openapi.json").write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths}))
    blueprint = {
        "version": 1,
        "name": "drawn",
        "spec": "openapi.json",
        "topology": "nlb-alb",
        "network": {"vpc": {"var": "vpc_id"}, "subnets": {"var": "subnets"}},
        "backends": {f"b{number}": {"port": 8000 + number, "targets": {"ecs": True}} for number in range(6)},
        "limits": {"resources": 9000, "listener_rules": 5000},
        "account": {"cloudwatch_role": "existing"},
        "stage": {"cache": {"size_gb": 0.5}},
        "auth": {"signed": "iam"},
        "routes": [{"match": {"tags": [f"t{number}"]}, "backend": f"b{number}"} for number in range(6)]
        + [
            {"match": {"tags": ["t0"]}, "auth": "signed", "throttle": {"rate": 10, "burst": 20}},
            {"match": {"tags": ["t1"]}, "exposure": "hidden"},
            {"match": {"tags": ["t2"]}, "exposure": "internal"},
            {"match": {"tags": ["t3"]}, "cache": {"ttl": "60s", "shared": "the same for all callers"}},
        ],
    }
    (folder / "gwgen.yaml").write_text(json.dumps(blueprint))
    return folder / "gwgen.yaml"


def main():
    gwgen, out, blueprints, corpus = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for routes in [3, 60, 1000]:
        blueprint = generated(out / f"input-{routes}", routes)
        said = draw(gwgen, blueprint, f"routes-{routes}", out)
        if routes == 60:
            # Some routes go, some are new, and some are no longer protected.
            before = json.loads(blueprint.read_text())
            before["auth"]["all"] = "iam"
            before["routes"].append({"match": {"tags": ["t4"]}, "auth": "all"})
            old = out / "input-before"
            shutil.copytree(blueprint.parent, old)
            (old / "gwgen.yaml").write_text(json.dumps(before))
            text = json.loads((old / "openapi.json").read_text())
            text["paths"] = {path: item for path, item in text["paths"].items() if not re.search("/r(3|10)(/|$)", path)}
            text["paths"]["/gone"] = {"get": {"tags": ["t0"], "responses": {"200": {"description": "ok"}}}}
            (old / "openapi.json").write_text(json.dumps(text))
            said = said or draw(gwgen, blueprint, "changed", out, "--diff", old / "gwgen.yaml")
        if said:
            sys.exit(said)
    failed = 0
    for blueprint in sorted(blueprints.glob("*/gwgen*.yaml")):
        said = draw(gwgen, blueprint, f"{blueprint.parent.name}-{blueprint.stem}", out)
        if said:
            failed += 1
            print(f"{blueprint}: {said}")
    drawn, empty = 0, 0
    names = [path for path in corpus.glob("*") if path.is_dir() or path.suffix in (".json", ".yaml", ".yml")]
    for description in sorted(names):
        folder = out / f"input-{description.name}"
        main_file = taken(description, folder)
        subprocess.run([gwgen, "-C", folder, "init", "--topology", "nlb-targets", "--spec", main_file], capture_output=True)
        if not (folder / "gwgen.yaml").exists():
            failed += 1
            print(f"{description.name}: no blueprint")
            continue
        decided(folder / "gwgen.yaml")
        said = draw(gwgen, folder / "gwgen.yaml", f"corpus-{description.stem}", out)
        if "GW3040" in said:
            picked(folder / "gwgen.yaml", said)
            said = draw(gwgen, folder / "gwgen.yaml", f"corpus-{description.stem}", out)
        drawn += not said
        # A description of webhooks alone has no operation.
        if "GW3006" in said:
            empty += 1
        elif said:
            failed += 1
            print(f"{description.name}: {said}")
    print(f"{len(list(out.glob('*.svg')))} pictures, {drawn} of the corpus, {empty} descriptions without operations")
    sys.exit(failed)


main()
