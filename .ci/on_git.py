"""What hooks.py, packaged.py and review.py share: commands in git repositories of their own, and steps of actions as GitHub runs them."""

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


def step(name, inputs, folder, action=PROJECT, env=None):
    """Runs a step of an action as GitHub does."""
    described = yaml.safe_load((action / "action.yml").read_text())
    values = {f"inputs.{key}": it["default"] for key, it in described["inputs"].items()}
    values |= {f"inputs.{key}": it for key, it in inputs.items()} | {"github.token": "t0ken"}
    found = next(it for it in described["runs"]["steps"] if it["name"] == name)
    filled = lambda text: re.sub(r"\$\{\{ ([a-z0-9.-]+) \}\}", lambda it: values[it[1]], text)
    assert "${{" not in found["run"], "an expression in a script is an injection"
    own = {key: filled(value) for key, value in found.get("env", {}).items()}
    temp = WORK / "runner-temp"
    temp.mkdir(exist_ok=True)
    script = temp / "step.sh"
    script.write_text(found["run"])
    own |= {"RUNNER_TEMP": str(temp), "GITHUB_ACTION_PATH": str(action)} | (env or {})
    return run(folder, "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script), env=own)


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
