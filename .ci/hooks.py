"""Tries the hooks with the real pre-commit, and the steps of action.yml with bash, on git repositories.

usage: hooks.py PROJECT WORK GWGEN     run by the python of a venv that has pre-commit (and so PyYAML)

Prints what it tried. Exit 1: something does not hold. A line `cannot: ...` says what this machine cannot tell.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

PROJECT, WORK, GWGEN = (Path(it).resolve() for it in sys.argv[1:4])
API = "openapi: 3.0.3\ninfo: {title: Orders}\nsecurity: []\npaths:\n  /orders: {get: {responses: {}}}\n"
USERS = "  /users: {post: {responses: {}}}\n"
ENV = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "ci", "GIT_AUTHOR_EMAIL": "ci@shop.example", "GIT_COMMITTER_NAME": "ci", "GIT_COMMITTER_EMAIL": "ci@shop.example",
    "PRE_COMMIT_HOME": str(WORK / "pre-commit-home"), "PRE_COMMIT_COLOR": "never",
    # What the project has built already is not built again.
    "CARGO_TARGET_DIR": str(PROJECT / "target"),
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


def run(folder, *command, env=None):
    done = subprocess.run(command, cwd=folder, env=ENV | (env or {}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def passes(folder, *command):
    code, said = run(folder, *command)
    assert code == 0, f"{command} exits {code}:\n{said}"
    return said


def stopped(folder, *command, by):
    code, said = run(folder, *command)
    assert code != 0 and by in said, f"{command} exits {code}, without {by!r}:\n{said}"


def repository(name):
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    passes(folder, "git", "init", "--quiet")
    return folder


def offline(said):
    """The line that says that Cargo's registry cannot be reached; any other reason is a failure of ours."""
    signs = ("failed to download", "could not resolve host", "network", "offline", "spurious", "failed to get `")
    line = next((it.strip() for it in said.splitlines() if any(sign in it.lower() for sign in signs)), None)
    assert line, f"gwgen cannot be built:\n{said}"
    return line


def hook_repository():
    """The project as pre-commit clones it, with what stands in the working tree."""
    folder = repository("hook-repository")
    for path in passes(PROJECT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if path and (PROJECT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / path, folder / path)
    passes(folder, "git", "add", "--all", "--force")
    passes(folder, "git", "commit", "--quiet", "--message", "hooks")
    return folder, passes(folder, "git", "rev-parse", "HEAD").strip()


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
    configured(folder, hooks, "gwgen-render")
    code, said = run(folder, "pre-commit", "install-hooks")
    language = {}
    if code == 0:
        print("  pre-commit built the hook as `language: rust` says")
    else:
        # Without Cargo's registry there is nothing to build from; everything but the building is tried all the same.
        print(f"cannot: whether pre-commit builds the hook (`language: rust`): {offline(said)}")
        language = {"language": "system"}
        ENV["PATH"] = f"{GWGEN.parent}{os.pathsep}{ENV['PATH']}"
        configured(folder, hooks, "gwgen-render", **language)
    try_render(folder)
    configured(folder, hooks, "gwgen-check", **language)
    passes(folder, "git", "add", ".")
    try_check(folder)


def step(name, inputs, folder):
    """Runs a step of action.yml as GitHub does."""
    action = yaml.safe_load((PROJECT / "action.yml").read_text())
    values = {key: it["default"] for key, it in action["inputs"].items()} | inputs
    found = next(it for it in action["runs"]["steps"] if it["name"] == name)
    filled = lambda text: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda it: values[it[1]], text)
    assert "${{" not in found["run"], "an expression in a script is an injection"
    env = {key: filled(value) for key, value in found.get("env", {}).items()}
    temp = WORK / "runner-temp"
    temp.mkdir(exist_ok=True)
    script = temp / "step.sh"
    script.write_text(found["run"])
    env |= {"RUNNER_TEMP": str(temp), "GITHUB_ACTION_PATH": str(PROJECT)}
    return run(folder, "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script), env=env)


def annotations(said):
    """What the runner takes for commands: every line that begins with `::`, but between stop-commands and its token."""
    token, found = None, []
    for line in said.splitlines():
        line = line.strip()
        if token:
            token = None if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.startswith(("::error", "::warning", "::notice")) and "title=GW5015 " not in line:  # said of every API with logs
            found.append(line)
    assert token is None, "commands stay off"
    return found


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
    blueprint = api / "gwgen.yaml"
    blueprint.write_text(blueprint.read_text().replace("name: error-hello", "name: shop"))
    code, said = step("gwgen check", inputs, folder)
    found = annotations(said)
    assert code == 1 and len(found) == 1 and "\n \\::error::hello\n" in said, said
    assert found[0].startswith("::error file=api%2C 1/generated/README.md,line=1,col=1,title=GW0014 out-of-date::"), found
    (api / "openapi.yaml").write_text(API + "  /a?b: {get: {responses: {}}}\n")
    code, said = step("gwgen check", inputs | {"blueprint": "gwgen.yaml\n"}, folder)
    found = annotations(said)
    assert code == 1 and len(found) == 1, said
    assert found[0].startswith("::error file=api%2C 1/openapi.yaml,line=6,col=3,title=GW4005 query-in-path::"), found
    code, said = step("gwgen check", inputs | {"blueprint": "nowhere.yaml"}, folder)
    assert code == 1 or code == 3, said
    print("  action.yml: passes, annotates the folder that is out of date and the line that is wrong, and runs no command of a description")
    code, said = step("Build gwgen", {}, folder)
    if code != 0:
        print(f"cannot: whether action.yml builds gwgen: {offline(said)}")
        return
    code, said = step("gwgen check", {"working-directory": "api, 1"}, folder)
    assert code == 1 and annotations(said) == found, said
    print("  action.yml: builds gwgen and runs what it built")


try_action()
try_hooks()
