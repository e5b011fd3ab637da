"""Tries the hooks that build gwgen with the real pre-commit, and the steps of action.yml and comment/action.yml with bash, on git repositories.

usage: hooks.py PROJECT WORK GWGEN     run by the python of a venv that has pre-commit (and so PyYAML)

packaged.py tries the hooks that install it. Prints what it tried. Exit 1: something does not hold. A line `cannot: ...` says what this machine cannot tell.
"""

import os
import shutil
import sys
import zipfile

import yaml

import review
from on_git import API, ENV, GWGEN, PROJECT, USERS, WORK, annotations, hook_repository, passes, repository, run, step, stopped


def offline(said):
    """The line that says that Cargo's registry cannot be reached; any other reason is a failure of ours."""
    signs = ("failed to download", "could not resolve host", "network", "offline", "spurious", "failed to get `")
    line = next((it.strip() for it in said.splitlines() if any(sign in it.lower() for sign in signs)), None)
    assert line, f"gwgen cannot be built:\n{said}"
    return line


def configured(folder, hooks, hook, **more):
    source, revision = hooks
    repo = {"repo": str(source), "rev": revision, "hooks": [{"id": hook} | more]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repo]}))
    passes(folder, "pre-commit", "install")


def commits(folder):
    return len(passes(folder, "git", "log", "--oneline").splitlines())


def try_render(folder):
    write = lambda text: (folder / "openapi.yaml").write_text(text)
    write(API)
    passes(folder, str(GWGEN), "init")
    passes(folder, str(GWGEN), "render")
    passes(folder, "git", "add", ".")
    passes(folder, "git", "commit", "--quiet", "-m", "Serve the orders")
    write(API + USERS)
    passes(folder, "git", "add", "openapi.yaml")
    stopped(folder, "git", "commit", "-m", "Add users", by="files were modified by this hook")
    passes(folder, "git", "add", "--update")
    stopped(folder, "git", "commit", "-m", "Add users", by="GW0015")  # routes_users.tf is new, and untracked still
    passes(folder, "git", "add", "generated")
    passes(folder, "git", "commit", "--quiet", "-m", "Add users")
    print("  a new endpoint: the commit waits for the changed files, and for the new one")
    passes(folder, "git", "rm", "--quiet", "generated/routes_users.tf")
    stopped(folder, "git", "commit", "-m", "Delete only", by="GW0015")
    passes(folder, "git", "add", "generated")
    write(API)
    stopped(folder, "git", "commit", "-a", "-m", "Remove users", by="removed generated/routes_users.tf")
    passes(folder, "git", "commit", "--quiet", "-a", "-m", "Remove users")
    print("  deletes: of a generated file alone, and of an endpoint with its file")
    passes(folder, "git", "mv", "openapi.yaml", "orders.yaml")
    stopped(folder, "git", "commit", "-m", "Move", by="GW0001")
    blueprint = folder / "gwgen.yaml"
    blueprint.write_text(blueprint.read_text().replace("spec: openapi.yaml", "spec: orders.yaml"))
    passes(folder, "git", "commit", "--quiet", "-a", "-m", "Move")
    print("  a rename: stopped until the blueprint follows")
    (folder / "orders.yaml").write_text(API + USERS)
    passes(folder, str(GWGEN), "render")
    passes(folder, "git", "add", "orders.yaml", "generated/routes_users.tf")
    stopped(folder, "git", "commit", "-m", "Half of it", by="files were modified by this hook")
    passes(folder, "git", "add", ".")
    passes(folder, "git", "commit", "--quiet", "-m", "All of it")
    passes(folder, "pre-commit", "run", "--all-files")
    assert commits(folder) == 5 and passes(folder, "git", "status", "--porcelain") == "", run(folder, "git", "status")
    print("  a half-staged change: judged by what is staged")
    schemes = "components: {securitySchemes: {staff: {type: http, scheme: bearer}}}\n"
    (folder / "orders.yaml").write_text((API + USERS).replace("security: []", "security: [{staff: []}]") + schemes)
    staff = "auth: {staff: {lambda: {function: {var: staff_arn}, kind: token, identity: [header.Authorization], ttl: 5m}}}\n"
    blueprint.write_text(blueprint.read_text() + staff)
    passes(folder, str(GWGEN), "render")
    passes(folder, "git", "add", ".")
    passes(folder, "git", "commit", "--quiet", "-m", "Ask for staff")
    blueprint.write_text(blueprint.read_text() + "routes: [{match: {methods: [post]}, auth: none, weakens: a form is open}]\n")
    told = "\nloosened POST /users: auth staff -> none (gwgen.yaml:15, weakens: a form is open)\n"
    stopped(folder, "git", "commit", "-a", "-m", "Open the form", by=told)
    passes(folder, "git", "add", ".")
    said = passes(folder, "git", "commit", "-m", "Open the form")
    assert "loosened" not in said, said
    print("  a change that lets more callers in: told where the commit is stopped, once")


def try_check(folder):
    (folder / "orders.yaml").write_text(API)
    stopped(folder, "git", "commit", "-a", "-m", "Remove users", by="+++ /dev/null")
    assert (folder / "generated/routes_users.tf").is_file(), "gwgen-check wrote something"
    passes(folder, str(GWGEN), "render")
    passes(folder, "git", "commit", "--quiet", "-a", "-m", "Remove users")
    print("  gwgen-check: prints the diff, writes nothing, passes once rendered")


def try_hooks():
    passes(PROJECT, "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    hooks = hook_repository()
    folder = repository("shop")
    configured(folder, hooks, "gwgen-render-from-source")
    code, said = run(folder, "pre-commit", "install-hooks")
    language = {}
    if code == 0:
        print("  pre-commit built the hook as `language: rust` says")
    else:
        # Without Cargo's registry there is nothing to build from; everything but the building is tried all the same.
        print(f"cannot: whether pre-commit builds the hook (`language: rust`): {offline(said)}")
        language = {"language": "system"}
        ENV["PATH"] = f"{GWGEN.parent}{os.pathsep}{ENV['PATH']}"
        configured(folder, hooks, "gwgen-render-from-source", **language)
    try_render(folder)
    configured(folder, hooks, "gwgen-check-from-source", **language)
    passes(folder, "git", "add", ".")
    try_check(folder)


def try_action():
    folder = repository("action")
    api = folder / "api, 1"
    api.mkdir()
    (api / "openapi.yaml").write_text(API.replace("title: Orders", 'title: "::error::hello"'))
    passes(api, str(GWGEN), "init")
    passes(api, str(GWGEN), "render")
    inputs = {"gwgen": str(GWGEN), "working-directory": "api, 1"}
    code, said = step("gwgen check", inputs, folder)
    assert (code, annotations(said)) == (0, []), said
    (api / "openapi.yaml").write_text(API.replace("title: Orders", 'title: "::error::bye"'))
    code, said = step("gwgen check", inputs, folder)
    found = annotations(said)
    assert code == 1 and len(found) == 1 and "\n-\\::error::hello\n" in said, said
    assert found[0].startswith("::error file=api%2C 1/generated/README.md,line=1,col=1,title=GW0014 out-of-date::"), found
    (api / "openapi.yaml").write_text(API + "  /a?b: {get: {responses: {}}}\n")
    code, said = step("gwgen check", inputs | {"blueprint": "gwgen.yaml\n"}, folder)
    found = annotations(said)
    assert code == 1 and len(found) == 1, said
    assert found[0].startswith("::error file=api%2C 1/openapi.yaml,line=6,col=3,title=GW4005 query-in-path::"), found
    code, said = step("gwgen check", inputs | {"blueprint": "nowhere.yaml"}, folder)
    assert code == 1 or code == 3, said
    print("  action.yml: passes, annotates the folder that is out of date and the line that is wrong, and runs no command of a description")
    try_get(folder, found)


def try_get(folder, found):
    """A released program is taken where its checksum is right; another one is never run, and what has no release is built."""
    # Not the program: what runs is what was downloaded.
    packed = WORK / "stand-in.whl"
    with zipfile.ZipFile(packed, "w") as wheel:
        wheel.writestr("gwgen.data/scripts/gwgen", f"#!/bin/sh\nexec '{GWGEN}' \"$@\"\n")
    sys.path.insert(0, str(PROJECT / "packaging"))
    import build

    version, target = build.cargo("version"), "x86_64-unknown-linux-musl"
    if os.uname().machine != "x86_64" or os.uname().sysname != "Linux":
        print("cannot: whether action.yml downloads gwgen: the stand-in is one for Linux on x86-64")
        return
    releases = WORK / "releases"
    shutil.rmtree(releases, ignore_errors=True)
    there = releases / f"v{version}"
    there.mkdir(parents=True)
    archive = build.archive(packed, target, there)
    inputs = {"releases": f"file://{releases}"}
    into = WORK / "runner-temp/gwgen"
    shutil.rmtree(into, ignore_errors=True)
    get = lambda **more: step("Get gwgen", inputs | more, folder)
    code, said = get()
    assert (code, said) == (0, "") and (into / "bin/gwgen").is_file(), said
    code, said = step("gwgen check", {"working-directory": "api, 1"}, folder)
    assert code == 1 and annotations(said) == found, said
    code, said = step("gwgen lint", {"working-directory": "api, 1"}, folder)
    assert code == 0 and '"version":"2.1.0"' in (into.parent / "gwgen.sarif").read_text().replace(" ", ""), said
    written, checksum = archive.read_bytes(), archive.with_name(f"{archive.name}.sha256").read_text().split()[0]
    archive.unlink()
    assert get(sha256=checksum) == (0, ""), "what the cache has is not downloaded"
    cached = into / archive.name
    for broken, more in [(written[:-1] + b"?", {}), (written[:-1] + b"?", {"sha256": checksum}), (written, {"sha256": "0" * 64})]:
        for place in (cached, archive):
            shutil.rmtree(into)
            into.mkdir()
            place.write_bytes(broken)
            if place == cached and not more:
                cached.with_name(f"{cached.name}.sha256").write_text(f"{checksum}  {cached.name}\n")
            code, said = get(**more)
            assert code == 1 and "Nothing of it was run" in said and not list(into.glob("bin/gwgen")), said
            archive.unlink(missing_ok=True)
    for wrong in ("9.9.9", "../../x", "1.0.0; true"):
        code, said = get(version=wrong)
        assert code == 1 and annotations(said)[0].startswith("::error title=gwgen::"), said
    print("  action.yml: takes a released program by version and checksum, from the cache too, and fails with any other")
    code, said = get()
    if code != 0:
        print(f"cannot: whether action.yml builds gwgen: {offline(said)}")
        return
    assert annotations(said)[0].startswith("::notice title=gwgen::No released gwgen"), said
    code, said = step("gwgen check", {"working-directory": "api, 1"}, folder)
    assert code == 1 and annotations(said) == found, said
    print("  action.yml: says that there is no release, builds gwgen and runs what it built")


review.try_all()
try_action()
try_hooks()
