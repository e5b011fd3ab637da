"""Builds what a release publishes for this machine, and meets it as a newcomer does: without Rust.

usage: packaged.py PROJECT WORK GWGEN     run by the python of a venv that has maturin, wheel and pre-commit (and so PyYAML)

GWGEN is not used; the other scripts have it there. Prints what it tried and how long it took. Exit 1: something does not hold. A line
`cannot: ...` says what this machine cannot tell.
"""

import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import yaml

from on_git import ENV, PROJECT, WORK, hook_repository, passes, repository, run

sys.path.insert(0, str(PROJECT / "packaging"))
import build

VERSION = build.cargo("version")
# Unit: bytes, milliseconds.
MOST_BYTES, MOST_START = 12_000_000, 10
RUST = ("cargo", "rustc", "rustup", "cc", "gcc", "clang")


def target():
    """The triple of the release where its libraries are there, else that of this machine's Rust."""
    host = re.search(r"^host: (.*)$", passes(PROJECT, "rustc", "-vV"), re.MULTILINE)[1]
    musl = host.replace("-gnu", "-musl")
    if (Path(passes(PROJECT, "rustc", "--print", "sysroot").strip()) / "lib/rustlib" / musl).is_dir():
        return musl
    print(f"cannot: the wheel of {musl}: Rust has {host} alone here, for which a static one is built")
    return host


def built(out):
    """The wheel and the archive: one program to the byte, static, small, quick to start."""
    triple = target()
    shutil.rmtree(out, ignore_errors=True)
    began = time.monotonic()
    code, said = run(PROJECT, sys.executable, str(PROJECT / "packaging/build.py"), triple, str(out))
    assert code == 0, said
    wheel, archive = (Path(it) for it in said.splitlines()[-2:])
    print(f"  built in {time.monotonic() - began:.0f} s: {wheel.name} ({wheel.stat().st_size:,} bytes), {archive.name} ({archive.stat().st_size:,} bytes)")
    machine = triple.split("-", maxsplit=1)[0]
    name, tags = wheel.stem.rsplit("-", 1)
    assert name == f"gwgen-{VERSION}-py3-none", wheel.name
    assert set(tags.split(".")) == {f"{it}_{machine}" for it in ("manylinux_2_17", "manylinux2014", "musllinux_1_1")}, wheel.name
    # What `cargo binstall` asks for.
    metadata = re.search(r"\[package.metadata.binstall\]\n(.*?)\n\n", (PROJECT / "Cargo.toml").read_text(), re.DOTALL)[1]
    fill = {"repo": build.cargo("repository"), "version": VERSION, "name": "gwgen", "target": triple, "bin": "gwgen", "binary-ext": ""}
    told = {key: re.sub(r"\{ ([a-z-]+) \}", lambda it: fill[it[1]], text) for key, text in re.findall(r'^([a-z-]+) = "(.*)"$', metadata, re.MULTILINE)}
    assert told["pkg-url"] == f"{fill['repo']}/releases/download/v{VERSION}/{archive.name}" and told["pkg-fmt"] == "tgz", told
    with tarfile.open(archive) as packed:
        names = packed.getnames()
        program = packed.extractfile(told["bin-dir"]).read()
    with zipfile.ZipFile(wheel) as packed:
        inside = [it for it in packed.namelist() if "/scripts/" in it]
        assert len(inside) == 1 and packed.read(inside[0]) == program, "wheel and archive hold the same program"
    folder = told["bin-dir"].rsplit("/", 1)[0]
    wanted = {f"{folder}/gwgen", f"{folder}/LICENSE-MIT", f"{folder}/LICENSE-APACHE", *(f"{folder}/completions/{it}" for it in build.SHELLS.values())}
    assert wanted <= set(names) <= wanted | {f"{folder}/man/gwgen.1"}, names
    if f"{folder}/man/gwgen.1" not in names:
        print("cannot: the man page in the archive: this gwgen has no `man`")
    checksum = archive.with_name(f"{archive.name}.sha256").read_text()
    assert checksum == f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}\n"
    before = archive.read_bytes()
    assert build.archive(wheel, triple, out).read_bytes() == before, "the archive is the same in each run"
    runs = WORK / "gwgen"
    runs.write_bytes(program)
    runs.chmod(0o755)
    code, said = run(WORK, "ldd", str(runs), env={"LC_ALL": "C"})
    assert "statically linked" in said or "not a dynamic executable" in said, said
    assert len(program) < MOST_BYTES, f"{len(program):,} bytes"
    took = min(starts(runs) for _ in range(30))
    print(f"  one static program of {len(program):,} bytes in both, which starts in {took:.1f} ms")
    assert took < MOST_START
    return wheel, archive


def starts(program):
    began = time.monotonic()
    subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True)
    return (time.monotonic() - began) * 1000


def clocks():
    """Time that has passed, and processor time of all commands that have ended, which other work on this machine does not lengthen."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic(), used.ru_utime + used.ru_stime


def between(before, after):
    return f"{after[0] - before[0]:.1f} s ({after[1] - before[1]:.1f} s of processor time)"


class Newcomer:
    """A machine without Rust, whose registry is a folder: a call of a compiler is recorded, and fails."""

    def __init__(self, wheels):
        self.home = WORK / "home"
        shutil.rmtree(self.home, ignore_errors=True)
        tools, self.calls = self.home / "tools", self.home / "calls"
        tools.mkdir(parents=True)
        for name in RUST:
            # pip tells its registry the version of Rust, and asks for it at every start.
            (tools / name).write_text(f'#!/bin/sh\n[ "$*" = --version ] || echo "$0 $*" >>"{self.calls}"\nexit 1\n')
            (tools / name).chmod(0o755)
        for name in ("git", "python3"):
            (tools / name).symlink_to(os.path.realpath(shutil.which(name, path="/usr/local/bin:/usr/bin:/bin")))
        kept = {key: value for key, value in ENV.items() if key.startswith("GIT_")}
        self.env = kept | {
            "HOME": str(self.home), "PATH": f"{self.home}/venv/bin:{tools}:/usr/bin:/bin", "PRE_COMMIT_COLOR": "never", "LC_ALL": "C.UTF-8",
            "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1",
        }

    def shell(self, folder, command):
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    def passes(self, folder, command):
        code, said = self.shell(folder, command)
        assert code == 0, f"{command} exits {code}:\n{said}"
        return said

    def stopped(self, folder, command, by):
        code, said = self.shell(folder, command)
        assert code != 0 and by in said, f"{command} exits {code}, without {by!r}:\n{said}"


def pages():
    """The commands of the README's blocks, and of docs/review.md the file and the commands of the hook."""
    blocks = re.findall(r"^```console\n(.*?)^```", (PROJECT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    commands = re.findall(r"^\$ (.*(?:\n> .*)*)", "".join(blocks), re.MULTILINE)
    review = (PROJECT / "docs/review.md").read_text()
    config, script = re.search(r"```yaml\n# \.pre-commit-config\.yaml\n(.*?)```\n+```sh\n(.*?)```", review, re.DOTALL).groups()
    return [it.replace("\n> ", "\n") for it in commands], config, script


def try_newcomer(wheels):
    """From nothing to the second commit, by the commands of the README and of docs/review.md."""
    _, config, script = pages()
    source, revision = hook_repository()
    newcomer = Newcomer(wheels)
    folder = repository("newcomer")
    shutil.copy2(PROJECT / "blueprints/minimal/openapi.yaml", folder)
    passes(folder, "git", "add", ".")
    passes(folder, "git", "commit", "--quiet", "--message", "The description")
    began = clocks()
    newcomer.passes(folder, "python3 -m venv ~/venv && pip install gwgen pre-commit")
    assert newcomer.passes(folder, "gwgen --version").startswith(f"gwgen {VERSION}")
    installed = clocks()
    config = yaml.safe_load(config)
    config["repos"][0] |= {"repo": str(source), "rev": revision}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    newcomer.passes(folder, script)
    newcomer.passes(folder, "git add .pre-commit-config.yaml")
    newcomer.passes(folder, "gwgen init && gwgen render")
    newcomer.stopped(folder, "git add gwgen.yaml && git commit -m 'Serve the orders'", by="GW0015")
    hooked = clocks()
    newcomer.passes(folder, "git add generated && git commit --quiet -m 'Serve the orders'")
    added = "\n  /refunds:\n    get: {operationId: listRefunds, responses: {'200': {description: All}}}\n"
    description = folder / "openapi.yaml"
    description.write_text(re.sub(r"\npaths:\n", lambda _: f"\npaths:{added}", description.read_text(), count=1))
    newcomer.stopped(folder, "git commit -a -m 'Serve the refunds'", by="files were modified by this hook")
    said = newcomer.passes(folder, "gwgen diff HEAD")
    assert "GET /refunds" in said, said
    newcomer.passes(folder, "git add . && git commit --quiet -m 'Serve the refunds'")
    assert newcomer.passes(folder, "git status --porcelain") == "" and not newcomer.calls.exists(), newcomer.calls.read_text()
    done = clocks()
    print(f"  without Rust: gwgen and pre-commit installed in {between(began, installed)}")
    print(f"    the hook installed and run in {between(installed, hooked)}; from nothing to the second commit: {between(began, done)}")
    return newcomer


def try_readme(newcomer):
    """Every command of the README, where gwgen is what pip installed."""
    commands, _, _ = pages()
    folder = repository("readme")
    shutil.copy2(PROJECT / "blueprints/minimal/openapi.yaml", folder)
    passes(folder, "git", "add", ".")
    passes(folder, "git", "commit", "--quiet", "--message", "The description")
    for command in commands:
        code, said = newcomer.shell(folder, command)
        assert code != 127 and "command not found" not in said, f"{command}:\n{said}"
    assert not newcomer.calls.exists(), newcomer.calls.read_text()
    print(f"  the {len(commands)} commands of the README, without Rust")


def try_gitlab(newcomer, wheel):
    """How docs/gitlab-ci.yml installs gwgen: by version and checksum, once; another wheel fails the job."""
    job = yaml.safe_load((PROJECT / "docs/gitlab-ci.yml").read_text())["gwgen"]
    before = "\n".join(job["before_script"])
    folder = repository("gitlab")
    checksum = hashlib.sha256(wheel.read_bytes()).hexdigest()
    variables = lambda **more: "".join(f"export {key}='{value}'\n" for key, value in (job["variables"] | more).items())
    job_of = lambda **more: newcomer.shell(folder, f"set -eo pipefail\n{variables(**more)}{before}\ngwgen --version")
    for more in ({}, {"SHA256": checksum}):
        code, said = job_of(**more)
        assert code == 0 and said.startswith(f"gwgen {VERSION}"), said
    newcomer.env["PIP_FIND_LINKS"] = str(WORK / "nowhere")
    code, said = job_of(SHA256=checksum)
    assert code == 0, f"what the cache has is not downloaded:\n{said}"
    code, said = job_of(SHA256="0" * 64)
    assert code == 1 and "another checksum" in said, said
    shutil.rmtree(folder / ".gwgen")
    code, said = job_of()
    assert code != 0 and "so it is built" in said and newcomer.calls.read_text().split()[1:2] == ["install"], said
    print("  docs/gitlab-ci.yml: takes the wheel by version and checksum, fails with any other, builds where there is none")


def try_release():
    """`just release` in a clone: one version in all places, a heading of the CHANGELOG, a commit and a tag, which the workflow accepts."""
    folder, _ = hook_repository()
    passes(folder, "git", "branch", "--move", "main")
    prepare = lambda version: run(folder, "python3", "packaging/release.py", "prepare", version)
    for wrong in (VERSION + "-x.", "1", "v0.2.0", "0.0.1"):
        code, said = prepare(wrong)
        assert code != 0 and passes(folder, "git", "status", "--porcelain") == "", said
    changes = folder / "CHANGELOG.md"
    changes.write_text(re.sub(r"^## \[Unreleased\].*$", "## [Unreleased]\n\n- A line for the release.", changes.read_text(), count=1, flags=re.MULTILINE))
    passes(folder, "git", "commit", "--quiet", "--all", "--message", "A change")
    code, said = prepare("9.9.9")
    assert code == 0 and passes(folder, "git", "tag", "--list", "v9.9.9").strip() == "v9.9.9", said
    passes(folder, "git", "grep", "--quiet", "gwgen==9.9.9")
    left = run(folder, "git", "grep", "-nE", rf"(gwgen(/comment)?@v|gwgen==|gwgen-v|rev: v|VERSION: ){re.escape(VERSION)}")[1]
    assert left == "", left
    passes(folder, "cargo", "metadata", "--locked", "--offline", "--format-version", "1", "--no-deps")
    address = build.cargo("repository")
    said = passes(folder, "python3", "packaging/release.py", "notes")
    assert said.startswith("- A line for the release.\n"), said
    check = lambda *arguments: run(folder, "python3", "packaging/release.py", "check", *arguments)
    assert check("v9.9.9", address)[0] == 0, check("v9.9.9", address)
    assert check("v9.9.8", address)[0] == 1 and check("v9.9.9", "https://github.com/mallory/gwgen")[0] == 1
    assert prepare("9.9.9")[0] == 1
    print("  just release: one version in all places, the CHANGELOG's heading, a commit and a tag, held to its repository")


def main():
    out, wheels = WORK / "packages", WORK / "wheels"
    try_release()
    wheel, _ = built(out)
    wheels.mkdir(exist_ok=True)
    for old in wheels.glob("gwgen-*.whl"):
        old.unlink()
    shutil.copy2(wheel, wheels)
    # What a registry has beside it: the shim's build backend and pre-commit, with what that needs.
    code, said = run(WORK, sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(wheels), "setuptools", "pre-commit")
    if code != 0:
        print(f"cannot: the steps of a newcomer: pip cannot download: {said.strip().splitlines()[-1]}")
        return
    newcomer = try_newcomer(wheels)
    try_readme(newcomer)
    try_gitlab(newcomer, wheel)


main()
