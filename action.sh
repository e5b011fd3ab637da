# What the steps of action.yml share. They source this file, with their inputs as GWGEN, BLUEPRINTS and DIRECTORY.
program="${GWGEN:-$RUNNER_TEMP/gwgen/bin/gwgen}"
blueprints=()
while IFS= read -r blueprint; do
  [ -z "$blueprint" ] || blueprints+=(--blueprint "$blueprint")
done <<<"$BLUEPRINTS"
cd -- "$DIRECTORY"

# Prints annotations. They name files as seen from the working directory, GitHub as seen from the repository.
annotate() { # file
  local line prefix=''
  if [ "${DIRECTORY%/}" != . ]; then
    prefix="${DIRECTORY%/}/"
    prefix="${prefix//'%'/%25}"
    prefix="${prefix//:/%3A}"
    prefix="${prefix//,/%2C}"
  fi
  while IFS= read -r line; do
    case "$line" in
      '::error file='* | '::warning file='* | '::notice file='*) printf '%s file=%s%s\n' "${line%% file=*}" "$prefix" "${line#* file=}" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$1"
}

# Prints text of descriptions and blueprints, of which no line may be taken for a command.
show() { # title file
  local token
  token="gwgen-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  printf '::group::%s\n::stop-commands::%s\n' "$1" "$token"
  cat "$2"
  printf '\n::%s::\n::endgroup::\n' "$token"
}
