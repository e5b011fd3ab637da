#!/usr/bin/env python3
"""corpus.py over outputs without their manifest, with backends of any kind, and with a choice where the description leaves one.

Usage: corpus_without_manifest.py JUDGES [--targets KIND] [arguments of corpus.py]...

corpus.py takes the first `*.json` for the template, and that is `.gwgen.json`; and its backends are services of ECS.
KIND is a key of a backend's `targets`.
With `--auth mapped` an operation that takes one scheme of several is hidden by corpus.py; here it gets the route that the help of the
error names, so that it is judged, and so is the help. In body style AG033 knows no method; here the body is asked.
"""
import json
import re
import sys

sys.path.insert(0, sys.argv.pop(1))
import corpus  # noqa: E402 - the judges bring their own environment
import yaml  # noqa: E402

TARGETS = {
    "instances": ["i-0123456789abcdef0", {"var": "instance"}],
    "autoscaling_groups": [{"var": "group"}],
    "ips": ["10.0.1.10", {"var": "address"}],
    "target_group": {"var": "target_group_arn"},
    "function": {"var": "function_arn"},
}
ONE_OF_SEVERAL = "GW3040"

judged = corpus.judged
blueprint = corpus.blueprint
run = corpus.run


def choosing(command, folder):
    """Runs it, and where it asks for one scheme of several, once more with the answers that it names itself."""
    result = run(command, folder)
    helps = [found["help"] for found in corpus.diagnostics(result[2])[0] if found["code"] == ONE_OF_SEVERAL]
    if not helps:
        return result
    path = folder / "gwgen.yaml"
    document = yaml.safe_load(path.read_text())
    named = [re.search(r"`(\{match: .*\})`", text) for text in helps]
    # Before the routes that hide.
    shown = [route for route in document["routes"] if route.get("exposure") != "hidden"]
    document["routes"][len(shown):len(shown)] = [yaml.safe_load(found[1]) for found in named if found]
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return run(command, folder)


def without_manifest(work, entry, hidden, row, arguments):
    (work / "out" / ".gwgen.json").unlink(missing_ok=True)
    if arguments.style == "body":
        return without_methods_of_body(work, row, judged(work, entry, hidden, row, arguments), arguments)
    return judged(work, entry, hidden, row, arguments)


def without_methods_of_body(work, row, counts, arguments):
    """Method settings that name a method of the body are no finding. Every one is looked at: corpus.py keeps the first texts only."""
    if "AG033" not in counts:
        return counts
    out = work / "out"
    report = corpus.judge_tf(out) if arguments.format == "terraform" else corpus.judge_cfn(out / "template.json")
    texts = [f.message for f in report.findings if f.level == "error" and f.code.split()[0] == "AG033"]
    known = methods_of_body(out)
    missing = [text for text in texts if (found := re.search(r": no method '(.*)'$", text)) is None or setting(found[1]) not in known]
    row["examples"] = [text for text in row["examples"] if not text.startswith("AG033")] + [f"AG033 {text}" for text in missing[:2]]
    return {code: count for code, count in {**counts, "AG033": len(missing)}.items() if count}


def setting(name):
    """Path and method, as the judge prints what a method setting names."""
    path, _, method = name.rpartition("/")
    return "/" + path.replace("~1", "/").lstrip("/"), method


def methods_of_body(out):
    """(path, method) of the API's OpenAPI document, which stands in the template or in a local value."""
    template = out / "template.json"
    if template.exists():
        resources = json.loads(template.read_text())["Resources"].values()
        [api] = [it for it in resources if it["Type"] == "AWS::ApiGateway::RestApi"]
        paths = {path: list(methods) for path, methods in api["Properties"]["Body"]["paths"].items()}
    else:
        paths = paths_of_local((out / "openapi.tf").read_text())
    any_method = "x-amazon-apigateway-any-method"
    return {(path, "ANY" if name == any_method else name.upper()) for path, names in paths.items() for name in names}


def paths_of_local(text):
    """Keys below `paths`, by their depth: the text is formatted."""
    paths, path, inside = {}, None, False
    for line in text.splitlines():
        found = re.match(r'( *)(?:"((?:[^"\\]|\\.)*)"|([\w-]+)) += \{$', line)
        depth, name = (len(found[1]), found[2] or found[3]) if found else (None, None)
        if depth == 4:
            inside = name == "paths"
        elif inside and depth == 6:
            path = name.replace("$${", "${").replace("%%{", "%{")
            paths[path] = []
        elif inside and depth == 8:
            paths[path].append(name)
    return paths


def with_targets(*rest):
    document = blueprint(*rest)
    for backend in document["backends"].values():
        backend["targets"] = {kind: TARGETS[kind]}
        if kind == "function":
            # It is called by its name; there is nothing to listen on.
            backend.pop("port", None)
    return document


corpus.judged = without_manifest
corpus.run = choosing
if "--targets" in sys.argv:
    at = sys.argv.index("--targets")
    kind = sys.argv[at + 1]
    del sys.argv[at : at + 2]
    corpus.blueprint = with_targets
sys.exit(corpus.main())
