usage() {
  [ $# -eq 0 ] || printf 'error: %s\n' "$1" >&2
  cat >&2 <<EOF
usage: sh $0 GATEWAY_URL SERVER_URL [SECONDS]

Sends $requests requests, $concurrency at one time, to each of the two, with oha or ab.

  GATEWAY_URL  of the stage: https://ID.execute-api.REGION.amazonaws.com/STAGE, or a domain
  SERVER_URL   what is behind it, without the path: $server
  SECONDS      the longest time for each of the two, $whole unless it is given
EOF
  exit 2
}

base_url() {
  case $1 in
    http://?* | https://?*) ;;
    *) usage "'$1' does not start with http:// or https://" ;;
  esac
  case $1 in
    *[!]A-Za-z0-9.:/_~%[-]*) usage "'$1' has characters that are not part of a scheme, host, port or path" ;;
  esac
}

LC_ALL=C
export LC_ALL
[ $# -eq 2 ] || [ $# -eq 3 ] || usage
base_url "$1"
base_url "$2"
gateway=${1%/}$path
server=${2%/}$server_path
if [ $# -eq 3 ]; then
  case $3 in
    '' | 0* | *[!0-9]* | ?????*) usage "'$3' is no number of seconds from 1 to 9999" ;;
  esac
  whole=$3
fi

if command -v oha >/dev/null 2>&1; then
  tool=oha
  # Later releases have another name for it.
  if oha --help 2>&1 | grep -q -e --output-format; then
    json='--output-format json'
  else
    json=--json
  fi
elif command -v ab >/dev/null 2>&1; then
  tool=ab
else
  echo 'error: neither oha nor ab is here: install oha with cargo, or the package that has ab (apache2-utils)' >&2
  exit 1
fi

child=
folder=${TMPDIR:-/tmp}/gwgen-bench-$$
umask 077
mkdir "$folder" || exit 1
clean() {
  [ -z "$child" ] || kill "$child" 2>/dev/null
  rm -rf "$folder"
}
trap clean EXIT
trap 'exit 130' HUP INT TERM

# Runs a command for at most $whole seconds. Arguments: a name for its output, the command.
limited() {
  name=$1
  shift
  "$@" >"$folder/$name.out" 2>"$folder/$name.err" </dev/null &
  child=$!
  seconds=0
  stopped=
  while kill -0 "$child" 2>/dev/null; do
    if [ "$seconds" -ge "$whole" ]; then
      stopped="stopped after $whole seconds"
      kill -9 "$child" 2>/dev/null
      break
    fi
    sleep 1
    seconds=$((seconds + 1))
  done
  status=0
  wait "$child" 2>/dev/null || status=$?
  child=
  if [ -z "$stopped" ] && [ "$status" -ne 0 ]; then
    stopped="$tool ended early: $(tail -n 1 "$folder/$name.err")"
  fi
}

# Measures one of the two. Arguments: its name, its URL, further arguments of the tool.
# Writes a line: requests, failed, not 2xx, seconds, requests a second, then milliseconds at 50, 90, 95, 99 and 100 percent.
measure() {
  name=$1
  url=$2
  shift 2
  if [ "$tool" = oha ]; then
    # shellcheck disable=SC2086 # options, or none
    limited "$name" oha --no-tui $json -n "$requests" -c "$concurrency" -t "${each}s" -r 0 --disable-compression $insecure "$@" "$url"
    oha_line <"$folder/$name.out" >"$folder/$name"
  else
    limited "$name" ab -q -k -l -r -n "$requests" -c "$concurrency" -s "$each" "$@" "$url"
    ab_line <"$folder/$name.out" >"$folder/$name"
  fi
  if [ -n "$stopped" ]; then
    printf '%s: %s\n' "$name" "$stopped" >>"$folder/problems"
  fi
}

oha_line() {
  awk '
    { text = text $0 " " }
    function value(key) { return key in values && values[key] ~ /^[0-9]/ ? values[key] : "-" }
    function ms(key) { return value(key) == "-" ? "-" : values[key] * 1000 }
    END {
      # Words, numbers and braces; a key is the word before a colon, and its section the one at the first level.
      while (match(text, /"([^"\\]|\\.)*"|[{}:]|[^][{}:,"\t ]+/)) {
        token = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        if (token == "{") { if (++depth == 2) section = key }
        else if (token == "}") depth--
        else if (token == ":") key = last
        else if (token !~ /^"/ && depth == 2) {
          values[section "." key] = token
          if (section == "\"statusCodeDistribution\"") { count += token; if (key !~ /^"2/) other += token }
          if (section == "\"errorDistribution\"") { count += token; failed += token }
        }
        last = token
      }
      summary = "\"summary\".\"%s\""
      time = sprintf(summary, "total"); rate = sprintf(summary, "requestsPerSec"); longest = sprintf(summary, "slowest")
      if (value(time) == "-") { print "- - - - - - - - - -"; exit }
      latency = "\"latencyPercentiles\".\"p%d\""
      print count + 0, failed + 0, other + 0, value(time), value(rate), ms(sprintf(latency, 50)), ms(sprintf(latency, 90)),
        ms(sprintf(latency, 95)), ms(sprintf(latency, 99)), ms(longest)
    }'
}

ab_line() {
  awk '
    /^Complete requests:/ { count = $3; if (other == "") other = 0 }
    /^Failed requests:/ { failed = $3 }
    # ab counts a broken connection twice: as it polls, and as it receives.
    /^ *\(Connect: [0-9]+, Receive: [0-9]+, Length: [0-9]+, Exceptions: [0-9]+\)/ {
      gsub("[^0-9 ]", "")
      failed = $1 + $3 + ($2 > $4 ? $2 : $4)
    }
    /^Non-2xx responses:/ { other = $3 }
    /^Time taken for tests:/ { time = $5 }
    /^Requests per second:/ { rate = $4 }
    /^Total of [0-9]+ requests completed/ { count = $3 }
    /^ *[0-9]+% +[0-9]+/ { sub("%", "", $1); at[$1] = $2 }
    function shown(value) { return value == "" ? "-" : value }
    END {
      print shown(count), shown(failed), shown(other), shown(time), shown(rate), shown(at[50]), shown(at[90]), shown(at[95]),
        shown(at[99]), shown(at[100])
    }'
}

measure gateway "$gateway"
at_servers servers "$server"

printf 'GET %s: %s requests, %s at one time, with %s\n\n' "$path" "$requests" "$concurrency" "$tool"
cat "$folder/gateway" "$folder/servers" | awk '
  function cell(value, format) { return value == "-" ? value : sprintf(format, value) }
  function row(name, column, format,   difference) {
    difference = one[column] == "-" || two[column] == "-" ? "-" : one[column] - two[column]
    sub("%", "%+", format)
    signed = cell(difference, format)
    sub("%[+]", "%", format)
    printf "%-16s %12s %12s %12s\n", name, cell(one[column], format), cell(two[column], format), signed
  }
  NR == 1 { split($0, one) }
  NR == 2 { split($0, two) }
  END {
    printf "%-16s %12s %12s %12s\n", "", "gateway", "servers", "difference"
    row("requests", 1, "%d")
    row("failed", 2, "%d")
    row("not 2xx", 3, "%d")
    row("time, s", 4, "%.3f")
    row("requests a s", 5, "%.1f")
    row("50 %, ms", 6, "%.1f")
    row("90 %, ms", 7, "%.1f")
    row("95 %, ms", 8, "%.1f")
    row("99 %, ms", 9, "%.1f")
    row("longest, ms", 10, "%.1f")
  }'
echo
notes
[ ! -e "$folder/problems" ] || { cat "$folder/problems" >&2; exit 1; }
# Fast refusals are no measurement.
cat "$folder/gateway" "$folder/servers" | awk '$2 + $3 > 0 { bad = 1 } END { exit bad }' || {
  echo 'error: some requests failed, or were not answered with 2xx; compare times only where none do' >&2
  exit 1
}
