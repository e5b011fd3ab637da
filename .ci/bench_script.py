#!/usr/bin/env python3
"""The script of `gwgen bench-script` against two servers on loopback that count what they get.

Usage: bench_script.py GWGEN WORK TOOL...     TOOL is the path of oha or of ab
Nothing is sent to any other address.
"""
import os
import shutil
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

GWGEN, WORK, TOOLS = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), [Path(tool) for tool in sys.argv[3:]]
BLUEPRINT = """version: 1
name: shop
spec: openapi.yaml
topology: nlb-alb
network: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}
alb: {hosts: [orders.example]}
backends:
  orders: {port: 8080, host: orders.example, targets: {ecs: true}}
routes:
  - {match: {paths: ["/orders"]}, timeout: 1s}
"""
DESCRIPTION = """openapi: 3.0.3
info: {title: Shop, version: '1'}
servers: [{url: https://shop.example/v2}]
security: []
paths:
  /orders: {get: {responses: {'200': {description: Orders}}}}
"""


class Server(socketserver.ThreadingTCPServer):
    """Answers GETs slowly; every tenth with 500, or with a redirection, or hangs, or drips."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 256

    def __init__(self, delay, mode="well"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.delay, self.mode = delay, mode
        self.lock, self.lines, self.statuses, self.hosts, self.agents = threading.Lock(), [], [], set(), set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        pass


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        server = self.server
        while line := self.rfile.readline():
            headers = {}
            while (header := self.rfile.readline().strip()):
                name, _, value = header.decode().partition(":")
                headers[name.lower()] = value.strip()
            with server.lock:
                server.lines.append(line.decode().split(" ")[:2])
                number = len(server.lines)
                server.hosts.add(headers.get("host"))
            if server.mode == "hangs":
                time.sleep(60)
                return
            if server.mode == "breaks" and number % 10 == 0:
                # A reset; a connection that ends well is one that a client opens once more.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                with server.lock:
                    server.statuses.append("reset")
                self.rfile.close()
                self.wfile.close()
                self.connection.close()
                return
            time.sleep(server.delay)
            status = "200 OK"
            if server.mode == "errors" and number % 10 == 0:
                status = "500 Internal Server Error" if number % 20 else "302 Found"
            with server.lock:
                server.statuses.append(status)
            body = b"x" * (1 + number % 7)
            if server.mode == "drips":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.2)
            self.wfile.write(
                f"HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n".encode()
                + body)


def script(*arguments):
    folder = WORK / "api"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gwgen.yaml").write_text(BLUEPRINT)
    (folder / "openapi.yaml").write_text(DESCRIPTION)
    run = subprocess.run([GWGEN, "bench-script", "--quiet", *arguments], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    path = WORK / "bench.sh"
    path.write_text(run.stdout)
    return path


def run(shell, tool, path, *arguments):
    """Runs the script with one tool on its PATH; returns code, both streams, and how long it took."""
    programs = WORK / "bin"
    shutil.rmtree(programs, ignore_errors=True)
    programs.mkdir(parents=True)
    for name in ("awk", "cat", "grep", "mkdir", "rm", "sleep", "tail"):
        (programs / name).symlink_to(shutil.which(name))
    if tool:
        (programs / tool.name).symlink_to(tool.resolve())
    temporary = WORK / "tmp"
    temporary.mkdir(exist_ok=True)
    began = time.monotonic()
    done = subprocess.run(
        [*shell, path, *arguments], capture_output=True, text=True, timeout=120, env={"PATH": str(programs), "TMPDIR": str(temporary)})
    assert not list(temporary.iterdir()), "the script left files behind"
    return done.returncode, done.stdout, done.stderr, time.monotonic() - began


def table(text):
    rows = {}
    for line in text.splitlines():
        cells = line.rsplit(maxsplit=3)
        if len(cells) == 4 and line[0] not in " G":
            rows[cells[0].strip()] = cells[1:]
    return rows


def of_tool(shell, tool):
    path = script("--requests", "60", "--concurrency", "7")
    gateway, servers = Server(0.05), Server(0.01, "errors")
    code, out, err, _ = run(shell, tool, path, f"{gateway.url}/live", f"{servers.url}/")
    rows = table(out)
    assert gateway.lines == [["GET", "/live/orders"]] * 60, (gateway.lines[:3], len(gateway.lines), out, err)
    assert servers.lines == [["GET", "/v2/orders"]] * 60, (servers.lines[:3], len(servers.lines), out, err)
    assert servers.hosts == {"orders.example"}, servers.hosts
    other = sum(not status.startswith("200") for status in servers.statuses)
    assert other == 6
    assert rows["requests"] == ["60", "60", "+0"] and rows["failed"] == ["0", "0", "+0"], out
    assert rows["not 2xx"] == ["0", "6", "-6"], out
    assert code == 1 and "not answered with 2xx" in err, (code, err)
    for row in ("50 %, ms", "90 %, ms", "95 %, ms", "99 %, ms", "longest, ms"):
        one, two, difference = map(float, rows[row])
        assert one >= 50 and two >= 10 and abs(one - two - difference) < 0.11, out
    assert float(rows["time, s"][0]) > 0.3 and float(rows["requests a s"][0]) < 200, out
    print(out)

    broken = Server(0, "breaks")
    code, out, err, _ = run(shell, tool, path, Server(0).url, broken.url)
    resets = broken.statuses.count("reset")
    assert resets and code == 1, (out, err)
    assert table(out)["failed"] == ["0", str(resets), f"-{resets}"], (resets, out)
    assert table(out)["requests"][1] == str(len(broken.lines)), (len(broken.lines), out)

    hanging = Server(0, "hangs")
    code, out, err, took = run(shell, tool, path, Server(0).url, hanging.url)
    assert code == 1 and took < 60, (took, out, err)
    print(out, err)
    dripping = Server(0, "drips")
    code, out, err, took = run(shell, tool, script("--requests", "2"), Server(0).url, dripping.url, "3")
    assert code == 1 and took < 20, (took, out, err)
    print(out, err)
    refused = Server(0)
    url = refused.url
    refused.shutdown()
    refused.server_close()
    code, out, err, took = run(shell, tool, path, Server(0).url, url)
    assert code == 1 and took < 60, (took, out, err)
    print(out, err)
    code, out, err, _ = run(shell, tool, script("--requests", "1"), Server(0).url, Server(0).url)
    assert code == 0 and not err and table(out)["requests"] == ["1", "1", "+0"], (out, err)


def of_arguments(shell, tool):
    path, server = script(), Server(0)
    wrong = [
        [], [server.url], [server.url, "--help"], ["", server.url], [server.url, server.url, "0"], [server.url, server.url, "1", "2"],
        [server.url, "ftp://127.0.0.1"], [server.url, "http://127.0.0.1/?x=1"], [server.url, "http://127.0.0.1/$(id)"], [server.url, "-n1"],
    ]
    for arguments in wrong:
        code, out, err, _ = run(shell, tool, path, *arguments)
        assert code == 2 and not out and "usage: " in err, (arguments, code, out, err)
    assert not server.lines
    code, out, err, _ = run(shell, None, path, server.url, server.url)
    assert code == 1 and "neither oha nor ab" in err and not server.lines, err


def of_texts(shell, tool):
    """What would be expanded arrives as it was written, in escapes where a URL needs them."""
    hostile = "/orders?a=$(touch${IFS}pwned)`id`'\"\\%d&b=\n;x"
    server = Server(0)
    code, out, err, _ = run(shell, tool, script("--requests", "1", "--path", hostile), server.url, server.url)
    assert code == 0, (out, err)
    wanted = "/orders?a=$(touch$%7BIFS%7Dpwned)%60id%60%27%22%5C%25d&b=%0A;x"
    assert server.lines == [["GET", wanted], ["GET", "/v2" + wanted]], server.lines


def main():
    shells = [[found] for name in ("dash", "bash", "ksh", "mksh") if (found := shutil.which(name))]
    if found := shutil.which("busybox"):
        shells.append([found, "sh"])
    checked = subprocess.run(["shellcheck", "--shell=sh", script("--path", "/orders?a='$(id)'")], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    for tool in TOOLS:
        for number, shell in enumerate(shells):
            of_arguments(shell, tool)
            of_texts(shell, tool)
            if number == 0 or shell[-1] == "sh":
                of_tool(shell, tool)
            print(f"ok: {tool.name} with {' '.join(shell)}")


main()
