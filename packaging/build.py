"""Builds what a release publishes for one platform: a wheel, and an archive with the same program.

usage: build.py TARGET OUT     with cargo and maturin on the PATH; the target is a triple of Rust, and one that this machine runs

Writes into OUT the wheel, gwgen-vVERSION-TARGET.tar.gz (program, man page, completions, licenses) and its checksum beside it. On Linux the
program is static, so that one wheel serves every distribution: it is tagged for glibc and for musl.
"""

import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SHELLS = {"bash": "gwgen.bash", "zsh": "_gwgen", "fish": "gwgen.fish", "powershell": "_gwgen.ps1", "elvish": "gwgen.elv"}


def cargo(key):
    """The text of a key of the package in Cargo.toml. Python 3.8 to 3.10 has no reader of TOML."""
    return re.search(rf'^{key} = "([^"]*)"', (PROJECT / "Cargo.toml").read_text(), re.MULTILINE)[1]


def wheel(target, out):
    environment = dict(os.environ)
    platforms, machine = [], target.split("-", maxsplit=1)[0]
    if "-linux-" in target:
        # What is static asks for no library of the system. Before glibc 2.17 and musl 1.1 there is no pip that would look for it.
        platforms = ["manylinux2014", "musllinux_1_1"] if target.endswith("-musl") else ["linux"]
        environment["RUSTFLAGS"] = f"{environment.get('RUSTFLAGS', '')} -C target-feature=+crt-static".strip()
    fresh = out / "wheel"
    fresh.mkdir()
    command = ["maturin", "build", "--target", target, "--out", str(fresh), *(["--compatibility", *platforms] if platforms else [])]
    subprocess.run(command, cwd=PROJECT / "packaging/wheel", env=environment, check=True)
    if platforms == ["linux"]:
        # maturin gives both tags to a target of musl alone. The package `wheel` gives them to a static one of glibc, for machines without that target.
        tags = ".".join(f"{it}_{machine}" for it in ("manylinux_2_17", "manylinux2014", "musllinux_1_1"))
        subprocess.run([sys.executable, "-m", "wheel", "tags", "--remove", "--platform-tag", tags, str(next(fresh.iterdir()))], check=True)
    built = next(fresh.iterdir())
    moved = built.replace(out / built.name)
    fresh.rmdir()
    return moved


def said(program, *arguments):
    """What the program prints, or None where it does not know the command."""
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout if done.returncode == 0 else None


def archive(wheel, target, out):
    with zipfile.ZipFile(wheel) as packed:
        inside = next(it for it in packed.namelist() if re.search(r"\.data/scripts/gwgen(\.exe)?$", it))
        program = packed.read(inside)
    name = f"gwgen-v{cargo('version')}-{target}"
    # The program that the archive will hold prints what the archive holds beside it.
    runs = out / Path(inside).name
    runs.write_bytes(program)
    runs.chmod(0o755)
    files = {f"{name}/{runs.name}": program}
    files |= {f"{name}/completions/{file}": said(runs, "completions", shell) for shell, file in SHELLS.items()}
    files |= {f"{name}/{it.name}": it.read_bytes() for it in PROJECT.glob("LICENSE-*")}
    files[f"{name}/man/gwgen.1"] = said(runs, "man")
    packed = io.BytesIO()
    # Bytes that depend on nothing but the content: no time, no owner, one order.
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, content in sorted(files.items()):
            if content is None:
                continue
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o755 if path == f"{name}/{runs.name}" else 0o644
            tar.addfile(entry, io.BytesIO(content))
    runs.unlink()
    written = out / f"{name}.tar.gz"
    written.write_bytes(packed.getvalue())
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    written.with_name(f"{written.name}.sha256").write_bytes(f"{digest}  {written.name}\n".encode())
    return written


if __name__ == "__main__":
    target, out = sys.argv[1], Path(sys.argv[2]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    built = wheel(target, out)
    print(built)
    print(archive(built, target, out))
