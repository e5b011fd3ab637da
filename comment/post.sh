#!/usr/bin/env bash
# Posts FILE, which `gwgen diff --format markdown` wrote, on the pull request of the event: one comment, updated in place.
#
# In a run of `pull_request` the event has the pull request's number. In one of `workflow_run` the pull request is looked up by the branch and
# commit of the run before, which GitHub vouches for; FILE comes from that run, whose author may have written anything into it. So nothing of
# FILE is run, printed or used as a number. Needs curl, jq, and a TOKEN of Actions with `pull-requests: write`.
set -euo pipefail

marker='<!-- gwgen diff -->'
temp=$(mktemp -d "$RUNNER_TEMP/gwgen-comment.XXXXXX")

leave() { # why
  printf '::notice title=gwgen diff::Not posted: %s.\n' "$1"
  exit 0
}

fail() { # why
  printf '::error title=gwgen diff::Not posted: %s.\n' "$1"
  exit 1
}

# Calls GitHub's API about this repository; the response is in $temp/response.
call() { # method path [file of the body]
  local status
  status=$(curl --silent --config - --request "$1" ${3:+--data-binary "@$3"} --output "$temp/response" --write-out '%{http_code}' \
    --header 'Accept: application/vnd.github+json' --header 'Content-Type: application/json' --header 'X-GitHub-Api-Version: 2022-11-28' \
    "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2" <<<"header = \"Authorization: Bearer $TOKEN\"") || true
  case "$status" in
    2??) ;;
    401 | 403 | 404) fail "GitHub refuses it with status $status, and the job needs \`permissions: {contents: read, pull-requests: write}\`" ;;
    *) fail "GitHub's API answers $1 with status $status" ;;
  esac
}

event() { # field
  jq --raw-output "$1 // empty" "$GITHUB_EVENT_PATH"
}

[ -f "$FILE" ] && [ ! -L "$FILE" ] || leave 'there is no comment'

foreign=false
case "$GITHUB_EVENT_NAME" in
  pull_request)
    [ "$(event .pull_request.head.repo.full_name)" = "$GITHUB_REPOSITORY" ] ||
      leave 'the pull request comes from a fork, whose runs may only read. docs/review.md has the second workflow that posts it'
    number=$(event .pull_request.number)
    ;;
  workflow_run)
    foreign=true
    [ "$(event .workflow_run.event)" = pull_request ] || leave 'the run before was not one of `pull_request`'
    head=$(jq --raw-output '.workflow_run | "\(.head_repository.owner.login):\(.head_branch)" | @uri' "$GITHUB_EVENT_PATH")
    call GET "pulls?state=open&per_page=100&head=$head"
    number=$(jq --raw-output --slurpfile event "$GITHUB_EVENT_PATH" '
      $event[0].workflow_run as $run
      | map(select(.head.sha == $run.head_sha and .head.repo.id == $run.head_repository.id).number)
      | if length == 1 then .[0] else empty end' "$temp/response")
    [ -n "$number" ] || leave 'there is no open pull request of that commit, or more than one'
    ;;
  *) leave 'the run is one of neither `pull_request` nor `workflow_run`' ;;
esac
[[ "$number" =~ ^[0-9]+$ ]] || fail 'the event has no number of a pull request'

# At most 60,000 characters of the 65,536 that GitHub takes; a file that is none of ours is not posted.
if ! head -c 1000000 -- "$FILE" | jq --raw-input --slurp --arg marker "$marker" --argjson foreign "$foreign" '
  split("\n")
  | if .[1] == $marker then . else error end
  | .[2:2] = if $foreign then ["", "> This comment comes from a run of the pull request’s own code, which can write anything here."] else [] end
  | {body: join("\n")[0:60000]}' >"$temp/body" 2>"$temp/errors"; then
  fail 'the file is no comment of `gwgen diff`'
fi

page=1
while true; do
  call GET "issues/$number/comments?per_page=100&page=$page"
  known=$(jq --raw-output --arg marker "$marker" '
    first(.[] | select(.user.login == "github-actions[bot]" and ((.body // "" | split("\n")[1] // "" | rtrimstr("\r")) == $marker)).id)' "$temp/response")
  [ -z "$known" ] && [ "$(jq length "$temp/response")" -eq 100 ] || break
  page=$((page + 1))
done

if [ -n "$known" ]; then
  call PATCH "issues/comments/$known" "$temp/body"
  echo "updated the comment on pull request $number"
elif jq --exit-status '.body | startswith("**gwgen diff**: no changes\n")' "$temp/body" >"$temp/silent"; then
  echo "nothing to say on pull request $number"
else
  call POST "issues/$number/comments" "$temp/body"
  echo "commented on pull request $number"
fi
