"""Draws pictures for .ci/pictures.mjs: APIs of 3, 60 and 1,000 routes, the examples, and other people's descriptions.

Usage: pictures.py GWGEN OUT BLUEPRINTS CORPUS
"""

import json
import pathlib
import shutil
import subprocess
import sys


def draw(gwgen, blueprint, name, out):
    """Writes OUT/NAME.svg and OUT/NAME.mmd; False where the blueprint has errors."""
    for ending, form in [("svg", "svg"), ("mmd", "mermaid")]:
        done = subprocess.run([gwgen, "graph", "--quiet", "--format", form, "--blueprint", blueprint], capture_output=True, text=True)
        if done.returncode:
            return False
        (out / f"{name}.{ending}").write_text(done.stdout)
    return True


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
        if not draw(gwgen, blueprint, f"routes-{routes}", out):
            sys.exit(subprocess.run([gwgen, "graph", "--blueprint", blueprint]).returncode or 1)
    for blueprint in sorted(blueprints.glob("*/gwgen*.yaml")):
        draw(gwgen, blueprint, f"{blueprint.parent.name}-{blueprint.stem}", out)
    drawn = 0
    for description in sorted(path for path in corpus.glob("*") if path.suffix in (".json", ".yaml", ".yml")):
        folder = out / f"input-{description.stem}"
        folder.mkdir()
        spec = folder / description.name
        shutil.copy(description, spec)
        subprocess.run([gwgen, "-C", folder, "init", "--topology", "nlb-targets", "--spec", spec.name], capture_output=True)
        drawn += (folder / "gwgen.yaml").exists() and draw(gwgen, folder / "gwgen.yaml", f"corpus-{description.stem}", out)
    print(f"{len(list(out.glob('*.svg')))} pictures, {drawn} of the corpus")


main()
