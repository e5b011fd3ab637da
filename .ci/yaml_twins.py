#!/usr/bin/env python3
"""Holds a template in YAML against the same template in JSON, as a reader of YAML 1.1 reads it.

Usage: yaml_twins.py GWGEN WORK FOLDER...

Every `gwgen.yaml` below the folders is rendered to CloudFormation in both styles of an API and both syntaxes, into copies below WORK.
PyYAML takes `on`, `1:30`, `010` and `2010-09-09` for something else than text, as CloudFormation may; so what it reads has to be the
JSON, value by value and member by member, in the same order. Only short forms of functions become what they stand for. A key that
stands twice in an object is an error here, and so is an alias, which CloudFormation does not take. Runs where PyYAML is.
"""
from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import yaml
from render import TERRAFORM_ONLY, copies, render

REFUSALS = TERRAFORM_ONLY | {"GW4034"}


class Reader(yaml.SafeLoader):
    """YAML 1.1 as PyYAML has it, with the short forms that gwgen writes and no others."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(f"an alias: {self.peek_event().start_mark}")
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if any(not isinstance(it, str) for it in keys) or len(set(keys)) != len(keys):
            raise yaml.YAMLError(f"keys that are no texts or stand twice: {keys}, {node.start_mark}")
        return super().construct_mapping(node, deep)


def short(name: str, argument):
    def construct(reader: Reader, node):
        if not isinstance(node, yaml.ScalarNode):
            raise yaml.YAMLError(f"{name} of something else than a text: {node.start_mark}")
        return {name: argument(node.value)}
    return construct


Reader.add_constructor("!Ref", short("Ref", str))
Reader.add_constructor("!Sub", short("Fn::Sub", str))
Reader.add_constructor("!GetAtt", short("Fn::GetAtt", lambda it: it.split(".", 1)))


def template(gwgen: Path, folder: Path, style: str, syntax: str) -> Path | set[str]:
    """The template, or the codes of the errors."""
    output = render(gwgen, folder / "gwgen.yaml", f"ci-{syntax}-{style}", format="cloudformation", template=syntax, api_style=style)
    return output / f"template.{syntax}" if isinstance(output, Path) else output


def main() -> int:
    gwgen, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    compared, sizes, refused, failed = 0, [0, 0], 0, []
    for name, folder in copies(work, sys.argv[3:]):
        for style in ("resources", "body"):
            made = [template(gwgen, folder, style, syntax) for syntax in ("json", "yaml")]
            if any(isinstance(it, set) for it in made):
                codes = set().union(*(it for it in made if isinstance(it, set)))
                refused += 1
                if not codes <= REFUSALS:
                    failed.append(f"{name} ({style}): refused: {sorted(codes)}"[:400])
                continue
            compared += 1
            sizes = [size + it.stat().st_size for size, it in zip(sizes, made)]
            failed += [f"{name} ({style}): {it}"[:400] for it in differences(*made)]
        shutil.rmtree(folder)
    shutil.rmtree(work, ignore_errors=True)
    print(f"  {compared} templates read as YAML 1.1 are their JSON, but for {len(failed)}; {refused} that cannot be rendered; "
          f"{sizes[0]} bytes of JSON, {sizes[1]} of YAML")
    for problem in failed[:50]:
        print(f"  {problem}")
    # An empty comparison proves nothing.
    return 1 if failed or not compared else 0


def differences(twin: Path, template: Path) -> list[str]:
    try:
        found = yaml.load(template.read_text(encoding="utf-8"), Reader)  # noqa: S506, a SafeLoader
    except (yaml.YAMLError, ValueError) as error:
        return [f"does not read: {' '.join(str(error).split())}"]
    return list(unequal(json.loads(twin.read_text(encoding="utf-8")), found, ""))


def unequal(wanted, found, at: str):
    """Where two values differ. `True` is not 1 here, and the order of members counts."""
    if type(wanted) is not type(found):
        yield f"{at} is {found!r} and not {wanted!r}"
    elif isinstance(wanted, dict):
        if list(wanted) != list(found):
            yield f"{at} has the members {list(found)} and not {list(wanted)}"
        for key in wanted.keys() & found.keys():
            yield from unequal(wanted[key], found[key], f"{at}/{key}")
    elif isinstance(wanted, list):
        if len(wanted) != len(found):
            yield f"{at} has {len(found)} items and not {len(wanted)}"
        for index, (left, right) in enumerate(zip(wanted, found)):
            yield from unequal(left, right, f"{at}/{index}")
    elif wanted != found:
        yield f"{at} is {found!r} and not {wanted!r}"


if __name__ == "__main__":
    sys.exit(main())
