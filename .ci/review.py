"""Tries what action.yml, comment/action.yml and docs/review.md do in a pull request. Called by hooks.py.

GitHub's API is a server of our own here, on 127.0.0.1, which stores comments.
"""

import http.server
import json
import os
import re
import threading
import urllib.parse

import yaml

from on_git import API, ENV, GWGEN, PROJECT, WORK, annotations, passes, repository, run, step


class GitHub(http.server.BaseHTTPRequestHandler):
    """The part of GitHub's API that the comment needs."""

    comments, pulls, calls, status = [], [], [], 200

    def log_message(self, *_):
        pass

    def do_GET(self):
        assert self.headers["Authorization"] == "Bearer t0ken", self.headers
        url = urllib.parse.urlparse(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == "/repos/shop/api/pulls":
            head = query["head"][0]
            return self.answer([it for it in GitHub.pulls if it["head"]["label"] == head])
        assert url.path == "/repos/shop/api/issues/7/comments", self.path
        page, many = int(query["page"][0]), int(query["per_page"][0])
        return self.answer(GitHub.comments[(page - 1) * many : page * many])

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        GitHub.calls.append((self.command, self.path))
        if self.command == "POST":
            GitHub.comments.append(comment(len(GitHub.comments) + 1, "github-actions[bot]", body))
        else:
            found = int(self.path.rsplit("/", 1)[1])
            next(it for it in GitHub.comments if it["id"] == found)["body"] = body
        self.answer({})

    do_PATCH = do_POST

    def answer(self, value):
        self.send_response(GitHub.status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())


def comment(number, login, body):
    return {"id": number, "user": {"login": login}, "body": body}


def try_diff():
    """A pull request that lets more callers in, from its diff to the comment."""
    folder = repository("review")
    api = folder / "api, 1"
    api.mkdir()
    (api / "openapi.yaml").write_text(API.replace("title: Orders", 'title: "::error::hello"'))
    passes(api, str(GWGEN), "init")
    passes(folder, "git", "add", ".")
    passes(folder, "git", "commit", "--quiet", "-m", "The base")
    temp, summary = WORK / "runner-temp", WORK / "summary.md"
    summary.write_text("")
    text = temp / "gwgen-diff/comment.md"
    env = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": str(summary)}
    inputs = {"gwgen": str(GWGEN), "working-directory": "api, 1", "fail-on": "removed, loosened"}
    diff = lambda **more: step("gwgen diff", inputs | more, folder, env=env)
    code, said = diff()
    assert code == 1 and "`fetch-depth: 0`" in said and not text.exists(), said
    passes(folder, "git", "update-ref", "refs/remotes/origin/main", "HEAD")
    code, said = diff()
    assert (code, annotations(said)) == (0, []) and text.read_text().startswith("**gwgen diff**: no changes\n"), said
    blueprint = api / "gwgen.yaml"
    base = blueprint.read_text()
    blueprint.write_text(base + "api: {cors: {origins: ['https://shop.example']}}\n")
    passes(folder, "git", "commit", "--quiet", "-a", "-m", "::error::hello")
    code, said = diff()
    found = [it for it in annotations(said) if "GW6001" in it]
    assert code == 4 and len(found) == 1 and "hello" not in said and "has no reason in this pull request" in said, said
    assert found[0].startswith("::warning file=api%2C 1/gwgen.yaml,line="), found
    first, marker = text.read_text().splitlines()[:2]
    assert first.startswith("**gwgen diff**: 1 loosened") and marker == "<!-- gwgen diff -->" and summary.read_text().endswith(text.read_text())
    assert diff(**{"fail-on": ""})[0] == 0
    reason = 'lint: {allow: [{code: GW6001, reason: "::error::our own shop"}]}\n'
    blueprint.write_text(blueprint.read_text() + reason)
    code, said = diff()
    assert code == 0 and all(it.startswith(("::warning file=", "::notice file=")) for it in annotations(said)), said
    blueprint.write_text("version: 1\n")
    code, said = diff()
    assert code == 1 and text.read_text().startswith("**gwgen diff**: 1 of 1 not compared"), said
    assert all(it.startswith("::error file=api%2C 1/") for it in annotations(said)) and annotations(said), said
    blueprint.write_text(base + "api: {cors: {origins: ['https://shop.example']}}\n")
    diff()
    code, said = step("gwgen diff", inputs, folder, env=env | {"GITHUB_EVENT_NAME": "push"})
    assert code == 0 and not text.exists(), said
    print("  gwgen diff: needs the whole history, annotates, fails until a reason stands there, says what it could not compare")
    diff()
    return folder, text


def try_comment(folder, text):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    event = WORK / "event.json"
    env = {
        "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}", "GITHUB_REPOSITORY": "shop/api", "GITHUB_EVENT_PATH": str(event),
        "GITHUB_EVENT_NAME": "pull_request", "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1",
    }

    def posts(payload, wanted, code=0, **more):
        GitHub.calls.clear()
        event.write_text(json.dumps(payload))
        name = env["GITHUB_EVENT_NAME"] if "pull_request" in payload else "workflow_run"
        inputs, action = ({}, PROJECT) if "pull_request" in payload else ({"file": str(text)}, PROJECT / "comment")
        exits, said = step("Comment", inputs, folder, action, env | {"GITHUB_EVENT_NAME": name} | more)
        assert (exits, GitHub.calls) == (code, wanted) and "t0ken" not in said, (said, GitHub.calls)
        return said

    create, update = ("POST", "/repos/shop/api/issues/7/comments"), ("PATCH", "/repos/shop/api/issues/comments/102")
    own = {"pull_request": {"number": 7, "head": {"repo": {"full_name": "shop/api"}}}}
    # Others may write the marker, too; a second page is looked at.
    GitHub.comments[:] = [comment(it, "mallory", text.read_text()) for it in range(1, 102)]
    posts(own, [create])
    written = text.read_text()
    text.write_text(written.replace("loosened", "loosened by hand", 1))
    posts(own, [update])
    assert GitHub.comments[-1]["body"] == text.read_text() and GitHub.comments[0]["body"] == written and len(GitHub.comments) == 102
    posts({"pull_request": {"number": 7, "head": {"repo": {"full_name": "mallory/api"}}}}, [])
    GitHub.status = 403
    assert "pull-requests: write" in posts(own, [], code=1)
    GitHub.status = 200
    text.write_text("**gwgen diff**: no changes\n<!-- gwgen diff -->\n")
    posts(own, [update])
    GitHub.comments.clear()
    posts(own, [])
    print("  the comment: created once, then updated; nobody else's is touched, and nothing is posted for a fork or about nothing")
    fork = {"workflow_run": {"event": "pull_request", "head_sha": "c0ffee", "head_branch": "a&state=closed", "head_repository": {"id": 3, "owner": {"login": "mallory"}}}}
    pull = lambda number, sha, repo=3: {"number": number, "head": {"label": "mallory:a&state=closed", "sha": sha, "repo": {"id": repo}}}
    text.write_text(written + "é" * 100_000 + "\n::error::hello\n999\n")
    for pulls in [[], [pull(7, "decaf")], [pull(7, "c0ffee", 4)], [pull(7, "c0ffee"), pull(8, "c0ffee")]]:
        GitHub.pulls[:] = pulls
        posts(fork, [])
    GitHub.pulls[:] = [pull(7, "c0ffee"), pull(9, "decaf")]
    said = posts(fork, [create])
    body = GitHub.comments[0]["body"]
    assert len(body) == 60_000 and body.splitlines()[3].startswith("> This comment comes from a run") and "hello" not in said, body[:300]
    posts(fork, [("PATCH", "/repos/shop/api/issues/comments/1")])
    posts({"workflow_run": fork["workflow_run"] | {"event": "push"}}, [])
    text.write_text("LGTM\n")
    assert "hello" not in posts(fork, [], code=1)
    text.unlink()
    text.symlink_to(event)
    posts(fork, [])
    server.shutdown()
    print("  the comment for a fork: the pull request is that of the commit, the text is cut, marked as a stranger's and never run")


def try_page():
    """The workflows of docs/review.md: each is YAML, and they agree with each other and with the actions."""
    text = (PROJECT / "docs/review.md").read_text()
    hook, one, first, second, job, answers = (yaml.safe_load(it) for it in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
    hooks = [it["id"] for it in yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())]
    assert hook["repos"][0]["hooks"][0]["id"] in hooks and all(f"`{it}`" in text for it in hooks)
    steps = lambda workflow: next(iter(workflow["jobs"].values()))["steps"]
    # YAML 1.1 takes the key `on` for a boolean.
    assert second[True]["workflow_run"]["workflows"] == [first["name"]]
    upload, download, post = steps(first)[2]["with"], steps(second)[0]["with"], steps(second)[1]
    assert upload["name"] == download["name"] and upload["path"] == post["with"]["file"] == f"{download['path']}/comment.md"
    assert "/gwgen-diff/comment.md" in upload["path"] and "write" not in str(first["permissions"])
    assert not any("checkout" in str(it) or "run" in it for it in steps(second)), "the second workflow runs nothing of a fork"
    known = yaml.safe_load((PROJECT / "action.yml").read_text())["inputs"]
    assert all(it in known for workflow in (one, first) for it in steps(workflow)[1]["with"])
    return job["gwgen-diff"]["script"], answers


def try_gitlab(folder, script):
    """The script of the job for GitLab, with curl in place of GitLab. packaged.py tries how it installs gwgen."""
    tools = WORK / "tools"
    tools.mkdir(exist_ok=True)
    calls = tools / "calls"
    (tools / "apt-get").write_text("#!/bin/sh\n")
    (tools / "curl").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{calls}"\ncase "$*" in */user) echo \'{{"id": 5}}\' ;; *per_page*) cat "{tools}/notes" ;; esac\n'
    )
    for tool in ("apt-get", "curl"):
        (tools / tool).chmod(0o755)
    env = {
        "GWGEN_TOKEN": "t0ken", "CI_API_V4_URL": "https://gitlab.example/api/v4", "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": passes(folder, "git", "rev-parse", "refs/remotes/origin/main").strip(),
        "PATH": f"{tools}{os.pathsep}{GWGEN.parent}{os.pathsep}{ENV['PATH']}",
    }
    marked = lambda number, author: {"id": number, "author": {"id": author}, "body": "**gwgen diff**: x\n<!-- gwgen diff -->"}
    url = "https://gitlab.example/api/v4/projects/3/merge_requests/7/notes"
    for notes, wanted in [([marked(1, 4)], f"--request POST --data-urlencode body@comment.md --output note.json {url}"),
                          ([marked(1, 4), marked(2, 5)], f"--request PUT --data-urlencode body@comment.md --output note.json {url}/2")]:
        calls.write_text("")
        (tools / "notes").write_text(json.dumps(notes))
        code, said = run(folder / "api, 1", "bash", "-e", "-o", "pipefail", "-c", "\n".join(script), env=env)
        assert code == 4 and calls.read_text().splitlines()[-1].endswith(wanted), (code, said, calls.read_text())
    print("  docs/review.md: the workflows agree, and the job for GitLab posts, updates its own note and exits 4")


def try_answers(answers):
    """The example of answered rows: each reason answers a row of its change, and none is left."""
    folder = repository("answers")
    schemes = "components: {securitySchemes: {staff: {type: http, scheme: bearer}}}\n"
    order = "  /orders/{id}: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], delete: {responses: {}}}\n"
    api = API.replace("security: []", "security: [{staff: []}]") + order
    (folder / "openapi.yaml").write_text(api + "  /v1/ping: {get: {responses: {}}}\n" + schemes)
    blueprint = {
        "version": 1, "name": "shop", "spec": "openapi.yaml", "topology": "nlb-targets",
        "network": {"vpc": {"var": "vpc_id"}, "subnets": {"var": "subnets"}}, "backends": {"orders": {"port": 8080, "targets": {"ecs": True}}},
        "auth": {"staff": {"lambda": {"function": {"var": "staff_arn"}, "kind": "token", "identity": ["header.Authorization"], "ttl": "5m"}}},
    }
    write = lambda value: (folder / "gwgen.yaml").write_text(yaml.safe_dump(value))
    write(blueprint)
    passes(folder, "git", "add", ".")
    passes(folder, "git", "commit", "--quiet", "-m", "The base")
    (folder / "openapi.yaml").write_text(api + schemes)
    blueprint["backends"]["orders"]["port"] = 8081
    write(blueprint | {"routes": answers["routes"], "lint": answers["lint"]})
    said = passes(folder, str(GWGEN), "diff", "HEAD", "--format", "json", "--fail-on", "loosened,waits,removed")
    found = json.loads(said)["blueprints"][0]
    by = [row["reason"]["by"] for heading in ("loosened", "waits", "removed") for row in found[heading]]
    assert by[0] == "weakens" and len(by) > 2 and set(by[1:]) == {"lint.allow"}, said
    print("  docs/review.md: its reasons answer the rows of a change")


def try_all():
    folder, text = try_diff()
    try_comment(folder, text)
    script, answers = try_page()
    try_gitlab(folder, script)
    try_answers(answers)
