#!/usr/bin/env bash
# Fuzzes every target, one after the other, on one core.
#
# Usage: fuzz/run.sh seconds N [TARGET...]      N seconds in all (what .ci/full does)
#        fuzz/run.sh executions N [TARGET...]   N executions in all; the cheap targets get more of them
#
# Needs cargo-fuzz and the installed stable toolchain: without a sanitizer nothing of nightly is used.
# An input that takes longer than a second of the clock is tried again alone: on a busy machine the clock says little.
# Corpus and findings stay below target/fuzz-work/. A finding ends its target, and the script with 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

unit="$1" amount="$2"
shift 2
targets=("$@")
[ $# -gt 0 ] || targets=(description blueprint yaml hcl pair)
declare -A weight=([description]=2 [blueprint]=4 [yaml]=52 [hcl]=40 [pair]=2)
work="$PWD/target/fuzz-work"
bin="$PWD/target/fuzz/$(rustc -vV | sed -n 's/^host: //p')/release"
export RUST_BACKTRACE=1


CARGO_TARGET_DIR=target/fuzz cargo fuzz build -s none >"${TMPDIR:-/tmp}/gwgen-fuzz-build.log" 2>&1 || {
  tail -n 40 "${TMPDIR:-/tmp}/gwgen-fuzz-build.log"
  exit 1
}

is_slow() { # target input
  ! timeout 60 "$bin/$1" -timeout=1 -rss_limit_mb=512 "$2" >/dev/null 2>&1
}

fuzz() { # target share
  local target="$1" share="$2" left="$2" log="$work/$1.log" status input began done=0
  mkdir -p "$work/corpus/$target" "$work/found/$target"
  : >"$log"
  while [ "$left" -gt 0 ]; do
    local limit=(-max_total_time="$left")
    [ "$unit" = seconds ] || limit=(-runs="$left")
    began=$SECONDS status=0
    nice -n 19 "$bin/$target" -timeout=1 -rss_limit_mb=512 -max_len=4096 -print_final_stats=1 "${limit[@]}" \
      -artifact_prefix="$work/found/$target/" "$work/corpus/$target" "fuzz/seeds/$target" >"$log.part" 2>&1 || status=$?
    cat "$log.part" >>"$log"
    local executed
    executed=$(sed -n 's/^stat::number_of_executed_units: //p' "$log.part" | tail -n 1)
    done=$((done + ${executed:-0}))
    [ "$status" != 0 ] || break
    input=$(sed -n 's/.*Test unit written to //p' "$log.part" | tail -n 1)
    if [[ "$input" != *timeout-* ]] || is_slow "$target" "$input"; then
      tail -n 60 "$log.part" | cut -c1-2000
      printf '%s: finding: %s\n' "$target" "$input"
      return 1
    fi
    # The machine was busy, the input is not slow.
    rm -f "$input"
    if [ "$unit" = seconds ]; then left=$((left - (SECONDS - began) - 1)); else left=$((share - done)); fi
  done
  printf '%-12s %9d executions\n' "$target" "$done"
  grep -aE "^$target: " "$log.part" | grep -v ': executions' | sed 's/^/  /' || true
  if [ "$target" = pair ] && [ "$(sed -n 's/^pair: reached emit: .*(\([0-9]*\) % of all)$/\1/p' "$log.part")" -lt 30 ]; then
    echo 'pair: less than 30 % reach emit: the generator makes too much that is refused'
    return 1
  fi
}

total=0 failed=0
for target in "${targets[@]}"; do total=$((total + weight[$target])); done
for target in "${targets[@]}"; do
  if [ "$unit" = seconds ]; then share=$((amount / ${#targets[@]})); else share=$((amount * weight[$target] / total)); fi
  fuzz "$target" "$share" || failed=1
done
exit "$failed"
