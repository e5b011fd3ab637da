"""Watches `gwgen diff REVISION` by strace, in a repository whose settings would run programs: no process but gwgen and git's plumbing,
nothing written, no connection.

usage: traced.py GWGEN WORK

Exit 1: something else happened. Exit 3: this machine cannot tell (no strace, no git, no `gwgen diff`).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

GWGEN, WORK = (Path(it).resolve() for it in sys.argv[1:3])
BLUEPRINT = (
    "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\nnetwork: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}\n"
    "backends:\n  orders: {port: 8080, targets: {ecs: true}}\n"
)
API = "openapi: 3.0.3\ninfo: {title: Orders}\nsecurity: []\npaths:\n  /orders: {get: {responses: {}}}\n"
USERS = "  /users: {post: {responses: {}}}\n"
ENV = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "ci", "GIT_AUTHOR_EMAIL": "ci@shop.example", "GIT_COMMITTER_NAME": "ci", "GIT_COMMITTER_EMAIL": "ci@shop.example",
}
PLUMBING = {"rev-parse", "merge-base", "ls-tree", "cat-file"}
# Every one of them changes something, or speaks to another process.
REFUSED = (
    "connect bind sendto creat mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat "
    "truncate chmod fchmodat chown fchownat mknod mknodat utimensat"
).split()
# Settings that name a program.
PROGRAMS = (
    "core.fsmonitor core.pager pager.rev-parse pager.cat-file core.sshCommand core.askPass core.gitProxy core.editor credential.helper "
    "diff.external diff.run.textconv filter.run.smudge filter.run.clean filter.run.process gpg.program remote.origin.uploadpack"
).split()


def cannot(why):
    print(f"cannot be judged here: whether `diff` starts no other program: {why}", file=sys.stderr)
    sys.exit(3)


def git(folder, *arguments):
    return subprocess.run(["git", *arguments], cwd=folder, env=ENV, check=True, capture_output=True, text=True).stdout.strip()


def repository():
    folder = WORK / "repository"
    shutil.rmtree(WORK, ignore_errors=True)
    (folder / "hooks").mkdir(parents=True)
    git(folder, "init", "--quiet")
    (folder / "gwgen.yaml").write_text(BLUEPRINT)
    (folder / ".gitattributes").write_text("* filter=run diff=run\n")
    for text in (API, API + USERS):
        (folder / "openapi.yaml").write_text(text)
        git(folder, "add", "gwgen.yaml", "openapi.yaml", ".gitattributes")
        git(folder, "commit", "--quiet", "--message=-")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD~1")
    program = folder / "program"
    program.write_text(f"#!/bin/sh\ntouch {WORK}/ran\n")
    program.chmod(0o755)
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc"):
        shutil.copy(program, folder / "hooks" / hook)
    settings = {name: str(program) for name in PROGRAMS} | {f"alias.{name}": f"!{program}" for name in PLUMBING} | {
        "core.hooksPath": str(folder / "hooks"), "remote.origin.url": f"ext::{program} %S", "remote.origin.promisor": "true",
        "protocol.ext.allow": "always", "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin",
    }
    with (folder / ".git/config").open("a") as config:
        for name, value in settings.items():
            section, _, key = name.rpartition(".")
            outer, _, inner = section.partition(".")
            inner = f' "{inner}"' if inner else ""
            config.write(f'[{outer}{inner}]\n\t{key} = "{value}"\n')
    return folder


def problems(trace):
    """What the trace has and must not have."""
    # <... resumed> holds the result of a call that another process came between.
    for line in trace.splitlines():
        call = re.match(r"\d+ +(\w+)\((.*)", line)
        if not call:
            continue
        name, rest = call.groups()
        if name == "execve":
            arguments = re.findall(r'"((?:[^"\\]|\\.)*)"', rest.partition("[")[2].partition("]")[0])
            if Path(arguments[0]).name == "git":
                if not PLUMBING & set(arguments):
                    yield line
            elif Path(arguments[0]).resolve() != GWGEN:
                yield line
        elif name in ("open", "openat"):
            if re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND", rest) and '"/dev/null"' not in rest:
                yield line
        elif name == "socket":
            if "AF_NETLINK" not in rest:
                yield line
        else:
            yield line


def main():
    for tool in ("strace", "git"):
        if not shutil.which(tool):
            cannot(f"no {tool}")
    folder = repository()
    missing = git(folder, "rev-parse", "HEAD~1:openapi.yaml")
    # Without B, with a revision, with two; and with a file that was never fetched.
    for number, arguments in enumerate(([], ["HEAD~1"], ["HEAD~1", "HEAD"], ["nosuch"], ["--", "--exec=touch x"], ["HEAD~1"])):
        if number == 5:
            (folder / ".git/objects" / missing[:2] / missing[2:]).unlink()
        trace = WORK / f"trace-{number}"
        calls = ",".join(["execve", "openat", "open", "socket", *REFUSED])
        command = ["strace", "-f", "-s", "4096", "-e", f"trace={calls}", "-o", trace, GWGEN, "diff", *arguments]
        done = subprocess.run(command, cwd=folder, env=ENV, capture_output=True, text=True, check=False)
        if "ptrace" in done.stderr and not trace.exists():
            cannot(done.stderr.strip().splitlines()[0])
        if "not built yet" in done.stderr:
            cannot("`gwgen diff` is not built")
        text = trace.read_text()
        found = list(problems(text))
        assert not found, f"gwgen diff {arguments}:\n" + "\n".join(found[:20])
        assert "execve" in text and done.returncode in (0, 1, 3, 4), f"gwgen diff {arguments} exits {done.returncode}:\n{done.stderr}"
        assert number != 5 or "GW0023" in done.stderr, done.stderr
        print(f"gwgen diff {' '.join(arguments)}: exit {done.returncode}, {text.count('execve(')} processes")
    assert not (WORK / "ran").exists(), "a setting ran its program"


main()
