# What .ci/run and .ci/full share: how a step is run and reported, and the steps themselves. Sourced by both.
#
# A step is a function. Each runs in a process of its own, where a command that fails ends it; its name is its line in the last table.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

root="$PWD"
shared="${SHARED:-../shared}"
work="$root/target/ci"
judges="$root/target/judges"
gwgen="$root/target/debug/gwgen"
python="$judges/.venv/bin/python"
began=$SECONDS
export INSTA_UPDATE=no
# Half of a run of terraform is the collecting of garbage: its provider holds much, and lives for seconds.
export GOGC="${GOGC:-400}"
# A step that starts processes of its own reads this file again.
if [ -z "${SOURCED:-}" ]; then
  rm -rf "$work/steps" "$work/untested.txt"
  mkdir -p "$work/steps"
fi

# --- running

step() { # function arguments...
  printf '\n== %s\n' "$*"
  timed "$@"
}

# Runs steps two at a time; what each prints comes in one piece, in their order.
together() { # "function arguments"...
  local call
  for call in "$@"; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do
      wait -n || true
    done
    # shellcheck disable=SC2086 # a call is split into its words
    timed $call >"$work/steps/$call.log" 2>&1 &
  done
  wait
  for call in "$@"; do
    printf '\n== %s\n' "$call"
    cat "$work/steps/$call.log"
  done
}

# A line of the table: wall time, processor time of the step and all that it started, result, name.
timed() { # function arguments...
  local name="$*" start=$SECONDS result=ok used
  (
    # Expanded now: a step may have a variable of that name.
    trap "times >'$work/steps/$name.times'" EXIT
    set -e
    "$@"
  ) &
  wait $! || result=FAILED
  used=$(tr 'ms' '  ' <"$work/steps/$name.times" | awk '{sum += $1 * 60 + $2 + $3 * 60 + $4} END {printf "%d", sum}')
  printf '%6d s %6d s  %-7s %s\n' $((SECONDS - start)) "$used" "$result" "$name" >>"$work/steps/table.txt"
  printf '== %s: %s (%d s)\n' "$result" "$name" $((SECONDS - start))
}

cannot() { # what
  printf 'cannot be judged here: %s\n' "$1"
  printf '%s\n' "$1" >>"$work/untested.txt"
}

finish() {
  printf '\n  passed in processor  result  step\n'
  cat "$work/steps/table.txt"
  if [ -s "$work/untested.txt" ]; then
    printf '\nNot judged on this machine\n'
    sort -u "$work/untested.txt" | sed 's/^/  /'
  fi
  if grep -q ' FAILED ' "$work/steps/table.txt"; then
    printf '\nFAILED after %d s\n' $((SECONDS - began))
    exit 1
  fi
  printf '\nPassed in %d s\n' $((SECONDS - began))
  exit 0
}

# A judge says 3 where a tool that it needs is missing; that is no failure of ours.
or_says_why() { # command...
  local status=0 said="$work/last-$BASHPID"
  "$@" >"$said.json" 2>"$said.err" || status=$?
  if [ "$status" = 3 ]; then
    cannot "$(sed 's/^cannot be judged here: //' "$said.err" | head -n 1)"
  elif [ "$status" != 0 ]; then
    head -c 8000 "$said.json"
    cat "$said.err"
    return 1
  fi
}

# --- the package itself

formatted() {
  cargo fmt --check
  cargo fmt --check --manifest-path fuzz/Cargo.toml
}

build() {
  cargo build
}

lints() {
  cargo clippy --all-targets -- -D warnings
}

rust_version() {
  local wanted installed
  wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  installed=$(rustc --version | sed 's/^rustc \([0-9]*\.[0-9]*\).*/\1/')
  printf 'rust-version %s, installed %s\n' "$wanted" "$installed"
  if [ "$(printf '%s\n%s\n' "$wanted" "$installed" | sort -V | head -n 1)" != "$wanted" ]; then
    printf 'the installed toolchain is older than rust-version\n'
    return 1
  fi
  [ "$wanted" = "$installed" ] || cannot "whether Rust $wanted still builds the project: Rust $installed is installed"
}

# What a reader does first; `cargo test`, the other command, is the step `tests`.
readme() {
  local first='cargo run -- render --blueprint blueprints/minimal/gwgen.yaml'
  grep -qxF "$first" README.md || { printf 'README.md lost its first command: %s\n' "$first"; return 1; }
  grep -qxF 'cargo test' README.md || { echo 'README.md lost its second command: cargo test'; return 1; }
  $first
  if [ -e .git ]; then
    git diff --exit-code --stat -- blueprints || { echo 'the committed output is not what the program writes'; return 1; }
  fi
}

# With as many APIs of two backends as finds what a change of the planner opens (tests/all/reach.rs).
tests() {
  GWGEN_REACH=1000 cargo test
}

counted_cost() {
  if ! command -v valgrind >/dev/null; then
    { apt-get update && apt-get install --yes --no-install-recommends valgrind; } >"$work/valgrind.txt" 2>&1 ||
      cannot "the counted cost: valgrind cannot be installed: $(tail -n 1 "$work/valgrind.txt")"
  fi
  cargo bench --bench counted
}

# --- judges

install_judges() {
  if [ -d "$shared/judges" ]; then
    bash "$shared/judges/setup.sh" --into "$judges" --ministack
  else
    cannot "the output, by judges that share no code with gwgen: $shared/judges is not there"
  fi
}

# Whether everything is there that the steps below need.
have_judges() {
  [ -x "$gwgen" ] && [ -d "$shared/judges" ] && [ -x "$python" ]
}

# The Lambda functions, run for real: the tables are long, so only their ends are shown where nothing failed.
functions() {
  local test
  # The golden tests left every example and case in target/golden.
  for test in sync_test forwarder_test "sync_as_rendered $(echo target/golden/sync*/cloudformation/template.json)"; do
    # shellcheck disable=SC2086 # a name and its arguments
    set -- $test
    if ! "$python" -B "tests/functions/$1.py" "${@:2}" >"$work/$1.txt" 2>&1; then
      grep -v '^ok' "$work/$1.txt"
      return 1
    fi
    printf '  %s: %s\n' "$1" "$(tail -n 1 "$work/$1.txt")"
  done
}

# The pairs of a description and a blueprint that `cargo test` made, from the same seeds every time, by judges that are not ours.
pairs() {
  "$python" .ci/differential.py "$gwgen" "$judges" target/pairs
}

# Copies of the examples, in every format and style, that can be deleted after a test.
render_examples() {
  "$python" .ci/render.py "$gwgen" blueprints "$work/blueprints"
}

# Two halves, so that two processors have work.
examples() { # 0 or 1
  "$python" .ci/examples.py "$gwgen" "$judges" "$work/blueprints" "$1"
}

# What differs by route between the topologies and targets shows in descriptions of middle size, of every version, in one file and in many.
some=(--only OAI- --only gothinkster --only train_travel --only vpclink --only pulumi --only apicrud --only grpc_gateway --only parameters_style
  --only semaphore)

# Where every scheme is ignored, RT008 is what was asked for; the variants `mapped-FORMAT-STYLE`
# give each scheme its authorizer or key, turn everything else on too, and ignore nothing.
corpus() { # variant
  local variant="$1" asks=()
  case "$variant" in
    terraform | cloudformation) asks=(--format "$variant" --ignore RT008) ;;
    mapped-*)
      local style="${variant##*-}" format="${variant#mapped-}"
      asks=(--format "${format%-*}" --style "$style" --auth mapped --blueprint .ci/everything.yaml)
      # A body as a tree takes the judges longest, and tells them least.
      case "$variant" in *-json-body) ;; *-body) asks+=("${some[@]}") ;; esac
      ;;
    nlb-alb | nlb-alb-sync | alb | forwarder | internet)
      printf 'limits: {listener_rules: 40000, target_groups: 1000}\n' >"$work/limits-$variant.yaml"
      asks=(--topology "$variant" --blueprint "$work/limits-$variant.yaml" --ignore RT008 "${some[@]}")
      ;;
    *) asks=(--targets "$variant" --ignore RT008 "${some[@]}") ;;
  esac
  rm -rf "$work/corpus-$variant"
  mkdir -p "$work/corpus-$variant"
  "$python" "$judges/corpus.py" "${asks[@]}" "$gwgen" "$shared/corpus" --keep "$work/corpus-$variant" --json >"$work/corpus-$variant.json" ||
    [ $? = 1 ]
  "$python" .ci/corpus_findings.py "$work/corpus-$variant.json"
}

# What Terraform renders, CloudFormation does, too, but for the size of a template.
corpus_in_both_formats() {
  "$python" .ci/corpus_findings.py "$work/corpus-cloudformation.json" --refused-before "$work/corpus-terraform.json"
}

# Few kinds of findings a description: a finding that stands among many is not read.
corpus_noise() {
  "$python" .ci/corpus_noise.py "$gwgen" "$work/corpus-terraform"
}

# Whether an output asks for a newer provider than version 5, which is what machines have.
is_newer() { # folder
  grep -q 'version.*>= 6' "$1"/versions.tf*
}

# The real `terraform validate` and `terraform fmt`, once over everything that the steps before wrote.
validate() {
  local folder
  validate_together 100 "$work"/blueprints/*/ci-*terraform-*/
  validate_together 8 "$work"/corpus-terraform/*/out/
  if command -v terraform >/dev/null; then
    for folder in "$work/blueprints" "$work/corpus-terraform"; do
      [ ! -d "$folder" ] || TF_CLI_CONFIG_FILE=/dev/null terraform fmt -check -recursive "$folder"
    done
  else
    cannot 'terraform fmt: no terraform on the PATH'
  fi
}

# A root calls outputs as modules, since the provider's own start takes longest; but time grows faster than a root does.
validate_together() { # number outputs...
  local size="$1" output outputs=() batch
  shift
  for output in "$@"; do
    if [ ! -d "$output" ]; then
      continue
    elif is_newer "$output"; then
      cannot "${output#"$work/"} with the real terraform: it asks for a newer provider than is installed"
    else
      outputs+=("${output%/}")
    fi
  done
  for ((batch = 0; batch < ${#outputs[@]}; batch += size)); do
    or_says_why "$python" "$judges/terraform_real.py" validate "${outputs[@]:batch:size}"
  done
  printf '  %d outputs\n' "${#outputs[@]}"
}
