#!/usr/bin/env bash
# Puts gwgen into a folder, as FOLDER/bin/gwgen: the released program of this platform, or one that is built where the release has none.
#
# Usage: fetch.sh FOLDER     VERSION (without: that of this checkout), SHA256 (of the archive; without: what the release says) and RELEASES
# (where the archives are; without: at the repository) are in the environment. What FOLDER holds from an earlier run is checked again.
set -euo pipefail
into="$1"
project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
package() { sed -n "s/^$1 = \"\\([^\"]*\\)\".*/\\1/p" "$project/Cargo.toml" | head -n 1; }
own="$(package version)"
version="${VERSION:-$own}"
version="${version#v}"
# It becomes a part of addresses and paths.
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || { echo "::error title=gwgen::\`version\` is such as $own."; exit 1; }

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-musl ;;
  Linux-aarch64) target=aarch64-unknown-linux-musl ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
  *) target="$(uname -s)-$(uname -m)" ;;
esac
name="gwgen-v$version-$target"
archive="$into/$name.tar.gz"
address="${RELEASES:-$(package repository)/releases/download}/v$version/$name.tar.gz"

download() { # address file
  curl --silent --show-error --fail --location --retry 2 --output "$2.part" "$1" 2>"$into/curl.err" && mv "$2.part" "$2"
}

digest() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

mkdir -p "$into/bin"
if [ -s "$archive" ] || download "$address" "$archive"; then
  wanted="${SHA256:-}"
  if [ -z "$wanted" ]; then
    [ -s "$archive.sha256" ] || download "$address.sha256" "$archive.sha256" || { echo "::error title=gwgen::No checksum at $address.sha256."; exit 1; }
    wanted="$(cut -d ' ' -f 1 "$archive.sha256")"
  fi
  found="$(digest "$archive")"
  if [ "$found" != "$wanted" ]; then
    rm -f "$archive" "$archive.sha256"
    echo "::error title=gwgen::$name.tar.gz has the checksum $found, and $wanted is wanted. Nothing of it was run."
    exit 1
  fi
  tar -xzf "$archive" -C "$into"
  cp "$into/$name"/gwgen* "$into/bin/"
elif [ "$version" != "$own" ]; then
  echo "::error title=gwgen::$(tail -n 1 "$into/curl.err"): $address. This action has the source of $own alone, so it cannot build $version."
  exit 1
elif [ ! -x "$into/bin/gwgen" ] && [ ! -x "$into/bin/gwgen.exe" ]; then
  echo "::notice title=gwgen::No released gwgen $version for $target ($(tail -n 1 "$into/curl.err")), so it is built, which takes minutes."
  cargo install --quiet --locked --path "$project" --root "$into"
fi
