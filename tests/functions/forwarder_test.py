"""Runs templates/functions/forwarder.py for real, through its handler, against backends on loopback sockets.

    python3 tests/functions/forwarder_test.py

FUNCTIONS names another folder with the function, to see the cases fail where a rule is broken.
"""

import base64
import contextlib
import gzip
import importlib.util
import io
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

from backend_server import Backend, reset, response, tls_server
from table import Table

SOURCE = pathlib.Path(os.environ.get("FUNCTIONS", pathlib.Path(__file__).parents[2] / "templates" / "functions"))
SETTINGS = (
    "HOSTS", "PORT", "PROTOCOL", "HOST", "TLS_VERIFY", "PATHS", "CONTEXT_HEADERS", "KEEP_ACCEPT_ENCODING",
    "TIMEOUT_MS", "TIMEOUTS", "CONNECT_TIMEOUT_MS",
)  # fmt: skip
EVERY_OCTET = bytes(range(256))

spec = importlib.util.spec_from_file_location("forwarder", SOURCE / "forwarder.py")
forwarder = importlib.util.module_from_spec(spec)
spec.loader.exec_module(forwarder)
backend = Backend()


class Context:
    def __init__(self, seconds):
        self.until = time.monotonic() + seconds

    def get_remaining_time_in_millis(self):
        return int((self.until - time.monotonic()) * 1000)


def setting(**environment):
    """A cold start with this environment."""
    for name in [name for name in os.environ if name in SETTINGS or name.startswith("HEADER_")]:
        del os.environ[name]
    os.environ |= {"HOSTS": "127.0.0.1", "PORT": str(backend.port), "TIMEOUT_MS": "3000", **environment}
    forwarder.configuration.cache_clear()


def event(method="GET", path="/orders/7", resource="/orders/{id}", query=None, headers=None, body=None, **more):
    """As the gateway builds it: single values beside lists, decoded queries, paths as the client wrote them."""
    binary = isinstance(body, bytes)
    greedy = path.split(resource.partition("{")[0], 1)[-1].rstrip("/") if resource.endswith("+}") else None
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in (headers or {}).items()} or None,
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in (query or {}).items()} or None,
        "multiValueQueryStringParameters": query,
        "pathParameters": {"proxy": greedy} if greedy else {"id": path.rsplit("/", 1)[-1]},
        "stageVariables": None,
        "requestContext": {"identity": {"sourceIp": "203.0.113.9"}, "requestId": "r-1", "stage": "v1", **more.pop("context", {})},
        "body": base64.b64encode(body).decode() if binary else body,
        "isBase64Encoded": binary,
        **more,
    }


def call(request=None, context=None):
    """The answer after a round through JSON, as Lambda hands it on; the log is kept."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        answer = json.loads(json.dumps(forwarder.handler(request or event(), context)))
    call.log = output.getvalue()
    return answer


def octets(answer):
    return base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()


def timed(request=None, context=None):
    began = time.monotonic()
    answer = call(request, context)
    return answer["statusCode"], time.monotonic() - began


def methods():
    """the request, octet by octet"""
    setting()
    backend.reset()
    host = f"Host: 127.0.0.1:{backend.port}\r\n"
    forwarded = "Accept-Encoding: identity\r\nX-Forwarded-For: 203.0.113.9\r\n"
    for method, body, length in (
        ("GET", None, ""), ("HEAD", None, ""), ("DELETE", None, ""), ("OPTIONS", None, ""),
        ("POST", None, "Content-Length: 0\r\n"), ("PUT", "x=1", "Content-Length: 3\r\n"),
        ("PATCH", b"\x00\xff", "Content-Length: 2\r\n"), ("DELETE", "{}", "Content-Length: 2\r\n"),
    ):  # fmt: skip
        call(event(method, body=body))
        expected = f"{method} /orders/7 HTTP/1.1\r\n{host}{forwarded}{length}\r\n"
        sent = body.encode() if isinstance(body, str) else body or b""
        yield f"{method} {body!r}", (expected, sent), (backend.last.head, backend.last.body)


def paths():
    """the path"""
    backend.reset()
    for resource, path, table, expected in (
        ("/orders/{id}", "/orders/a%2Fb", None, "/orders/a%2Fb"),
        ("/orders/{id}", "/orders/%E2%82%AC%20+%25", None, "/orders/%E2%82%AC%20+%25"),
        ("/orders/{id}", "/orders/test%2Balias@gmail.com", None, "/orders/test%2Balias@gmail.com"),
        ("/orders/{id}", "/orders/a;v=1,(2)!'$&=:~", None, "/orders/a;v=1,(2)!'$&=:~"),
        ("/orders/{id}", "/orders/€ x", None, "/orders/%E2%82%AC%20x"),
        ("/orders/{id}", "/orders/a?b#c", None, "/orders/a%3Fb%23c"),
        ("/orders/{id}", "/orders/7/", None, "/orders/7/"),
        ("/files/{proxy+}", "/files/a/b//c", None, "/files/a/b//c"),
        ("/files/{proxy+}", "/files/a/b/", None, "/files/a/b/"),
        ("/files/{proxy+}", "/shop/files//a//b", None, "/files//a//b"),
        ("/", "/", None, "/"),
        ("/", "/", {"/": "/v2"}, "/v2"),
        ("/", "/shop/prod", None, "/"),
        ("/orders/{id}", "/shop/orders/7", None, "/orders/7"),
        ("/orders/{id}", "/shop/prod/orders/7", None, "/orders/7"),
        ("/orders/{id}", "/orders/orders/orders", None, "/orders/orders"),
        ("/orders/{id}", "/orders/7", {"/": "/api/v2/"}, "/api/v2/orders/7"),
        ("/dev/orders/{id}", "/dev/orders/7", {"/dev": "/"}, "/orders/7"),
        ("/dev", "/dev", {"/dev": "/"}, "/"),
        ("/dev/orders/{id}", "/dev/orders/7", {"/": "/", "/dev": "/v2"}, "/v2/orders/7"),
        ("/developers/{id}", "/developers/7", {"/": "/", "/dev": "/v2"}, "/developers/7"),
        ("/dev/x/{id}", "/dev/x/7", {"/dev": "/", "/dev/x": "/kept/x"}, "/kept/x/7"),
        ("/dev/{id}", "/base/dev/dev", {"/dev": "/v2"}, "/v2/dev"),
    ):
        setting(**({"PATHS": json.dumps(table)} if table else {}))
        status = call(event(path=path, resource=resource))["statusCode"]
        yield f"{resource} {path} {table or ''}", (200, expected), (status, backend.last.target)


def relative_paths():
    """a relative segment is refused and nothing is sent"""
    setting()
    backend.reset()
    for path in (
        "/orders/..", "/orders/.", "/orders/%2e%2E", "/orders/..%2Fadmin", "/orders/a%2f..%2fb", "/orders/..%5Cadmin", "/orders/..;x",
        # Cut at a NUL, or freed of control characters and blanks.
        "/orders/..%00", "/orders/%2e%2e%00", "/orders/..\0", "/orders/.%00", "/orders/..%00.json", "/orders/%2E.%00%2Fadmin", "/orders/.%00.",
        "/orders/..%0a", "/orders/..%20", "/orders/%09..", "/orders/..%7F", "/orders/..%3Bx", "/orders/..;x%00", "/orders/..%3Fx", "/orders/..%23x",
        # Decoded more than once, and in more octets than UTF-8 allows.
        "/orders/%252e%252e", "/orders/%25252e.", "/orders/..%252Fadmin", "/orders/..%255cadmin", "/orders/..%2500", "/orders/%c0%ae%C0%AE", "/orders/..%c0%afadmin",
    ):  # fmt: skip
        yield ascii(path), (400, 0), (call(event(path=path))["statusCode"], len(backend.requests))
    for path, sent in (("/files/a%00/b", "/files/a%00/b"), ("/files/../b", None), ("/files/x/..%00/b", None), ("/files/x%2F..%00", None), ("/files/..%00/", None)):
        backend.reset()
        status = call(event(path=path, resource="/files/{proxy+}"))["statusCode"]
        yield f"below a variable for the rest: {path}", (200 if sent else 400, [sent] if sent else []), (status, [it.target for it in backend.requests])
    backend.reset()
    yield "a path that is not its resource's", (400, 0), (call(event(path="/admin/7"))["statusCode"], len(backend.requests))
    for path in ("/orders/..a.json", "/orders/...", "/orders/a..", "/orders/a%00b", "/orders/a%20.", "/orders/%25", "/orders/100%2525", "/orders/%E9"):
        yield f"{path} has no relative segment", (200, path), (call(event(path=path))["statusCode"], backend.last.target)


def queries():
    """the query"""
    setting()
    backend.reset()
    for query, expected in (
        (None, ""),
        ({"a": ["1"]}, "?a=1"),
        ({"b": ["2", "1", "2"], "a": ["0"]}, "?b=2&b=1&b=2&a=0"),
        ({"flag": [""]}, "?flag="),
        ({"email": ["test+alias@gmail.com"], "q": ["a b&c=d#e"]}, "?email=test%2Balias%40gmail.com&q=a%20b%26c%3Dd%23e"),
        ({"filter[a]": ["€"], "p": ["50%"]}, "?filter%5Ba%5D=%E2%82%AC&p=50%25"),
    ):
        call(event(query=query))
        yield f"{query}", "/orders/7" + expected, backend.last.target


def headers():
    """the headers"""
    setting(KEEP_ACCEPT_ENCODING="true")
    backend.reset()
    sent = {
        "Accept": ["a/b", "c/d"], "X-MiXed": ["1"], "Cookie": ["a=1; b=2"], "Host": ["api.example.com"],
        "X-Forwarded-For": ["198.51.100.1, 203.0.113.9"], "X-Forwarded-Proto": ["https"], "X-Name": ["Zoë €"],
        "Authorization": ["Bearer x"], "Content-Length": ["999"], "Accept-Encoding": ["gzip"],
        "Connection": ["close, X-Once", "x-twice"], "x-once": ["1"], "X-Twice": ["2"], "Keep-Alive": ["300"], "TE": ["trailers"],
        "Trailer": ["x"], "Transfer-Encoding": ["chunked"], "Upgrade": ["h2c"], "Proxy-Connection": ["x"],
        "Proxy-Authorization": ["x"], "Proxy-Authenticate": ["x"], "Content_Length": ["0"], "Transfer_Encoding": ["chunked"], "Expect": ["100-continue"],
    }  # fmt: skip
    call(event(headers=sent))
    kept = ("Accept", "X-MiXed", "Cookie", "X-Forwarded-For", "X-Forwarded-Proto", "X-Name", "Authorization", "Accept-Encoding")
    expected = [("Host", f"127.0.0.1:{backend.port}")] + [(name, value) for name in kept for value in sent[name]]
    yield "repeated, hop-by-hop, named in Connection", expected, backend.last.headers
    for bad in ({"X-A": ["1\r\nX-Evil: 1"]}, {"X-A\r\nX-Evil": ["1"]}, {"X A": ["1"]}):
        backend.reset()
        yield f"split {bad}", (400, 0), (call(event(headers=bad))["statusCode"], len(backend.requests))
    for host, expected in (("orders.internal", f"orders.internal:{backend.port}"), ("orders.internal:81", "orders.internal:81")):
        setting(HOST=host)
        call()
        yield f"HOST={host}", [expected], backend.last.values("host")
    call(event(headers={"accept-encoding": ["gzip, br"]}))
    yield "no compression that the gateway would not undo", ["identity"], backend.last.values("accept-encoding")
    yield "the caller's address where the gateway sends none", ["203.0.113.9"], backend.last.values("x-forwarded-for")


HALF = "\ud800"


def not_text():
    """a value that no request can carry is refused and nothing is sent"""
    setting(CONTEXT_HEADERS='{"x-user": "authorizer.principalId"}')
    half_after = "a\udfffb"
    for name, request in (
        ("half of a pair in the path", event(path=f"/orders/{HALF}")),
        ("half of a pair in the rest of a path", event(path=f"/files/a/{HALF}", resource="/files/{proxy+}")),
        ("half of a pair in a value of the query", event(query={"a": ["1", HALF]})),
        ("half of a pair in a name of the query", event(query={half_after: ["1"]})),
        ("half of a pair in a header", event(headers={"X-A": [half_after]})),
        ("half of a pair in a header's name", event(headers={f"X-{HALF}": ["1"]})),
        ("half of a pair in a header that is not sent on", event(headers={"Connection": [HALF]})),
        ("half of a pair in the body", event("POST", body=f'{{"a": "{HALF}"}}')),
        ("half of a pair from the authorizer", event(context={"authorizer": {"principalId": half_after}})),
        ("half of a pair as the caller's address", event(context={"identity": {"sourceIp": HALF}})),
        ("half of a pair in the method", event(method=f"GET{HALF}")),
        ("a method that is no token", event(method="GET /admin HTTP/1.1\r\nX: 1")),
        ("null in the query", event(query={"a": [None]})),
        ("null after a value", event(query={"a": ["1", None]})),
        ("null in place of a list", event(query={"a": ["1"]}, multiValueQueryStringParameters={"a": None})),
        ("text in place of a list", event(query={"a": ["1"]}, multiValueQueryStringParameters={"a": "xy"})),
        ("a number in the query", event(query={"a": [1]})),
        ("null among single values", event(queryStringParameters={"a": None}, multiValueQueryStringParameters=None)),
        ("null as a header", event(headers={"X-A": [None]})),
        ("null among single headers", event() | {"headers": {"X-A": None}}),
        ("null as the path", event() | {"path": None}),
        ("no rest of the path", event(path="/files/a", resource="/files/{proxy+}") | {"pathParameters": None}),
        ("a mapping as the body", event("POST") | {"body": {"a": 1}}),
        ("no base64", event("POST") | {"body": "%%%", "isBase64Encoded": True}),
        ("base64 without its padding", event("POST") | {"body": "YQ", "isBase64Encoded": True}),
        ("base64 with a line break", event("POST") | {"body": "YWFh\nYWFh", "isBase64Encoded": True}),
        ("base64 of another alphabet", event("POST") | {"body": "-_-_", "isBase64Encoded": True}),
        ("base64 beyond ASCII", event("POST") | {"body": "Zoë=", "isBase64Encoded": True}),
        ("base64 with half of a pair", event("POST") | {"body": HALF, "isBase64Encoded": True}),
    ):
        backend.reset()
        answer = call(json.loads(json.dumps(request)))
        yield name, (400, True, 0), (answer["statusCode"], "message" in answer["body"], len(backend.requests))
    for name, request in (
        ("a whole pair", event("POST", query={"a": ["\U0001f600"]}, body="\U0001f600")),
        ("neither query nor headers nor body", event() | {"queryStringParameters": None, "multiValueQueryStringParameters": None, "body": None}),
        ("empty lists", event() | {"multiValueQueryStringParameters": {}, "multiValueHeaders": {}}),
        ("an empty body as base64", event("POST") | {"body": "", "isBase64Encoded": True}),
        ("no body as base64", event("POST") | {"body": None, "isBase64Encoded": True}),
    ):
        backend.reset()
        yield name, (200, 1), (call(json.loads(json.dumps(request)))["statusCode"], len(backend.requests))


def set_headers():
    """headers that the function sets"""
    context = {"authorizer": {"principalId": "user-7", "claims": {"sub": "s-1"}, "level": 3}}
    setting(HEADER_KEY="x-origin-key: s3cr:et", CONTEXT_HEADERS='{"x-user": "authorizer.principalId", "x-level": "authorizer.level", "x-none": "authorizer.nothing"}')
    backend.reset()
    forged = {"X-User": ["admin"], "X_User": ["admin"], "X-Origin-Key": ["a", "b"], "x-none": ["forged"], "x-other": ["1"]}
    call(event(headers=forged, context=context))
    got = [pair for pair in backend.last.headers if pair[0].lower() not in ("host", "x-forwarded-for", "accept-encoding")]
    yield "over what the client sent", [("x-other", "1"), ("x-user", "user-7"), ("x-level", "3"), ("x-origin-key", "s3cr:et")], got
    call(event(headers=forged))
    yield "without a value: nothing, not the client's", ([], []), (backend.last.values("x-user"), backend.last.values("x_user"))
    setting(HEADER_A="Accept-Encoding: gzip", HEADER_B="x-forwarded-for: 192.0.2.1")
    for sent in (None, {"accept-encoding": ["br"], "X-Forwarded-For": ["198.51.100.1"]}):
        call(event(headers=sent))
        yield f"in place of what the function says itself, sent {sent}", (["gzip"], ["192.0.2.1"]), (backend.last.values("accept-encoding"), backend.last.values("x-forwarded-for"))
    setting(CONTEXT_HEADERS='{"x-user": "authorizer.principalId"}')
    backend.reset()
    status = call(event(context={"authorizer": {"principalId": "a\r\nx-admin: 1"}}))["statusCode"]
    yield "a value with a line break", (400, 0), (status, len(backend.requests))


def bodies():
    """bodies both ways"""
    setting()
    for name, body in (
        ("every octet", EVERY_OCTET), ("gzip", gzip.compress(b"x" * 999)), ("text", "Zoë €\n\t\"\\\0".encode()),
        ("empty", b""), ("Latin-1", "Zoë".encode("latin-1")), ("4.4 MB of noise", EVERY_OCTET * 17_400),
    ):  # fmt: skip
        backend.reset(lambda request, body=body: response(body, "200 OK", "Content-Encoding: gzip" if name == "gzip" else "X: 1"))
        answer = call(event("POST", body=body))
        yield name, (True, True, 200), (backend.last.body == body, octets(answer) == body, answer["statusCode"])
    yield "compressed stays compressed", ["gzip"], call_with(gzip.compress(b"1"), "Content-Encoding: gzip")["multiValueHeaders"]["Content-Encoding"]


def call_with(body, *headers):
    backend.reset(lambda request: response(body, "200 OK", *headers))
    return call()


def large_answers():
    """answers around the limit of 6,291,556 bytes"""
    setting()
    for name, body, status in (
        ("6.2 MB of text", b"x" * 6_200_000, 200), ("6.3 MB of text", b"x" * 6_300_000, 502), ("5 MB of noise", b"\xff" * 5_000_000, 502),
        ("2 MB of control characters", b"\x01" * 2_000_000, 502),
    ):  # fmt: skip
        yield name, status, call_with(body)["statusCode"]
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65536 + b"\r\n"

    def flood(request):
        request.connection.sendall(endless)
        while True:
            request.connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    backend.reset(flood)
    yield "endless", 502, call()["statusCode"]


def answers():
    """answers"""
    setting()
    backend.reset(lambda request: response(b"{}", "201 Created", "Set-Cookie: a=1", "Set-Cookie: b=2", "set-cookie: c=3", "X-Name: Zoë Å", "Connection: X-Hop", "X-Hop: 1", "Keep-Alive: 5", "ETag: \"1\""))
    answer = call()
    yield "status, repeated headers, hop-by-hop ones gone", (201, {"Set-Cookie": ["a=1", "b=2", "c=3"], "X-Name": ["Zoë Å"], "ETag": ['"1"']}), (answer["statusCode"], answer["multiValueHeaders"])
    for name, method, raw, expected in (
        ("HEAD", "HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", (200, b"")),
        ("204", "DELETE", b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        ("304", "GET", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 5\r\n\r\n", (304, b"")),
        ("chunked", "GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\n\xff\xfe\r\n0\r\nTrailer: 1\r\n\r\n", (200, b"abc\xff\xfe")),
        ("interim answers", "GET", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + response(b"end"), (200, b"end")),
        ("an error of the backend's own", "GET", response(b"no", "503 Busy", "Retry-After: 5"), (503, b"no")),
        ("a redirect is the client's to follow", "GET", response(b"", "302 Found", "Location: http://x/"), (302, b"")),
    ):  # fmt: skip
        setting()
        backend.reset(lambda request, raw=raw: raw)
        seen = []
        for _ in range(2):
            answer = call(event(method))
            seen.append((answer["statusCode"], octets(answer)))
        yield f"{name}, twice on one connection", ([expected] * 2, 1), (seen, backend.connections)
    for status in ("204 No Content", "304 Not Modified"):
        for last in ("", "0\r\n\r\n"):
            setting()
            backend.reset(lambda request, raw=f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n{last}".encode(): raw)
            seen = [(call()["statusCode"], octets(call())) for _ in range(2)]
            yield f"{status} that announces chunks, last chunk {last!r}", [(int(status[:3]), b"")] * 2, seen
    backend.reset(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 2 \r\ncontent-length: 2\r\n\r\nok")
    yield "one length, twice and with a blank", b"ok", octets(call())
    backend.reset(lambda request: request.connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\t3\r\n\r\n"))
    yield "a folded header", ["1 2 3"], call()["multiValueHeaders"]["X-A"]
    backend.reset(lambda request: request.connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"))
    yield "a body that ends with the connection", b"until the end", octets(call())


def broken_answers():
    """502, and what was not answered is not sent twice"""
    setting()
    for name, act in (
        ("closed without an answer", lambda request: None),
        ("reset without an answer", lambda request: reset(request.connection)),
        ("reset inside the answer", lambda request: (request.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), time.sleep(0.05), reset(request.connection))[0]),
        ("shorter than it says", lambda request: request.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")),
        ("chunks cut off", lambda request: request.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc")),
        ("no last chunk", lambda request: request.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")),
        ("headers cut off", lambda request: request.connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")),
        ("no HTTP", lambda request: request.connection.sendall(b"SSH-2.0-x\r\n\r\n")),
        ("status 999", lambda request: b"HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n"),
        ("protocol switched", lambda request: b"HTTP/1.1 101 x\r\n\r\n"),
        ("two lengths", lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello"),
        ("a negative length", lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nhello"),
        ("a coding that nobody asked for", lambda request: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        ("a chunk of a negative size", lambda request: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"),
        ("200 headers", lambda request: b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n"),
    ):  # fmt: skip
        for method in ("GET", "POST"):
            setting()
            backend.reset(act)
            seen = call(event(method))["statusCode"], len(backend.requests)
            yield f"{name}, {method}", (502, 1), seen


def refused_early():
    """an answer that comes before the whole body was read"""
    for method in ("POST", "PUT"):
        with hasty_server() as (port, served):
            setting(PORT=str(port))
            answer = call(event(method, body=EVERY_OCTET * 15_000))
            yield method, (413, b"too large", 1), (answer["statusCode"], octets(answer), len(served))


@contextlib.contextmanager
def hasty_server():
    """Answers after the headers and closes, which resets a client that still sends."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        served = []

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        served.append(connection.recv(4096))
                        connection.sendall(response(b"too large", "413 Content Too Large"))

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], served


def unreachable():
    """no backend"""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        setting(PORT=str(closed.getsockname()[1]))
        answer = call()
    yield "refused", 502, answer["statusCode"]
    yield "the client learns no host", False, "127.0.0.1" in answer["body"]
    yield "the log has the reason", True, "ConnectionRefusedError" in call.log and "r-1" in call.log
    setting(HOSTS="no-such-host.invalid")
    yield "unknown host", 502, call()["statusCode"]


def slow():
    """504 in time"""
    setting(TIMEOUT_MS="300")

    def drip(request):
        for octet in b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"x" * 900:
            request.connection.sendall(bytes([octet]))
            time.sleep(0.02)

    for name, act in (("silence", lambda request: time.sleep(2)), ("one octet at a time", drip)):
        backend.reset(act)
        status, seconds = timed()
        yield name, (504, True), (status, 0.25 < seconds < 1.8)
    setting()
    backend.reset(lambda request: time.sleep(2))
    status, seconds = timed(context=Context(1.5))
    yield "the function's own time is short: half a second is left to answer", (504, True), (status, 0.9 < seconds < 1.45)
    with full_server() as port:
        setting(PORT=str(port), CONNECT_TIMEOUT_MS="200")
        status, seconds = timed()
        yield "no connection", (504, True), (status, 0.15 < seconds < 1.8)
    with deaf_server() as port:
        setting(PORT=str(port), TIMEOUT_MS="300")
        status, seconds = timed(event("POST", body=b"x" * 4_000_000 + b"\xff"))
        yield "a body that nobody reads", (504, True), (status, 0.25 < seconds < 1.8)


def own_timeouts():
    """an operation that has less time than the function"""
    timeouts = {"GET /orders": 250, "GET /orders/{id}/invoice": 900, "PUT /": 250, "GET /files/{proxy+}": 250, "DELETE /orders": 9_000}
    setting(TIMEOUT_MS="600", TIMEOUTS=json.dumps(timeouts))
    backend.reset(lambda request: time.sleep(2))
    for method, resource, path, expected in (
        ("GET", "/orders", "/orders", 0.25),
        ("GET", "/orders/{id}", "/orders/7", 0.25),
        ("get", "/orders/{id}", "/base/v1/orders/7", 0.25),
        ("PUT", "/", "/", 0.25),
        ("PUT", "/orders/{id}", "/orders/7", 0.25),
        ("GET", "/files/{proxy+}", "/files/a/b", 0.25),
        ("POST", "/orders", "/orders", 0.6),
        ("GET", "/ordersheet/{id}", "/ordersheet/7", 0.6),
        ("GET", "/", "/", 0.6),
        # Never more than the function's own.
        ("GET", "/orders/{id}/invoice", "/orders/7/invoice", 0.6),
        ("DELETE", "/orders", "/orders", 0.6),
    ):
        status, seconds = timed(event(method, path=path, resource=resource))
        yield f"{method} {resource}: {expected} s", (504, True), (status, expected - 0.05 < seconds < expected + 0.3)
    status, seconds = timed(event(path="/orders", resource="/orders"), Context(0.65))
    yield "nor than what Lambda leaves", (504, True), (status, seconds < 0.22)
    backend.reset(lambda request: time.sleep(0.35) or response(b"late"))
    yield "an answer that comes after it", 504, call()["statusCode"]
    yield "the same answer where there is time", 200, call(event("POST"))["statusCode"]


@contextlib.contextmanager
def full_server():
    """Its queue is full, so a connection is neither taken nor refused."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(8):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        time.sleep(0.05)
        yield server.getsockname()[1]


@contextlib.contextmanager
def deaf_server():
    """Takes the connection and reads nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def reuse():
    """connections are kept"""
    setting()
    backend.reset()
    statuses = [call(event(method))["statusCode"] for method in ("GET", "POST", "GET", "DELETE")]
    yield "four requests", ([200] * 4, 1), (statuses, backend.connections)
    backend.reset(lambda request: response(b"1", "200 OK", "Connection: close"))
    setting()
    yield "not where the backend says close", ([200] * 3, 3), ([call()["statusCode"] for _ in range(3)], backend.connections)
    setting()
    backend.reset()
    call()
    idle, forwarder.MAX_IDLE_SECONDS = forwarder.MAX_IDLE_SECONDS, 0
    call()
    forwarder.MAX_IDLE_SECONDS = idle
    yield "not after a long idle time", 2, backend.connections


def stale():
    """a kept connection that turns out closed"""
    for method in ("GET", "POST"):
        setting()
        backend.reset(lambda request: request.connection.sendall(response(b"1")))
        call()
        backend.closed.wait(5)
        yield f"closed while idle, {method}", (200, 2), (call(event(method))["statusCode"], backend.connections)
    for method, act, expected in (
        ("GET", lambda request: None, (200, 3)), ("PUT", lambda request: reset(request.connection), (200, 3)),
        ("DELETE", lambda request: None, (200, 3)), ("POST", lambda request: None, (502, 2)),
        ("PATCH", lambda request: reset(request.connection), (502, 2)),
    ):  # fmt: skip
        setting()
        backend.reset(lambda request: act(request) if len(backend.requests) == 2 else response(b"1"))
        call()
        yield f"closed as the request arrives, {method}: status, requests seen", expected, (call(event(method))["statusCode"], len(backend.requests))
    setting()
    backend.reset(lambda request: None if len(backend.requests) > 1 else response(b"1"))
    call()
    yield "tried again once, not for ever", (502, 3), (call()["statusCode"], len(backend.requests))
    evil = response(b"evil")
    for name, at_once in (("with the answer", True), ("after it", False)):
        setting()
        answered, sent = threading.Event(), threading.Event()

        def more(request):
            if len(backend.requests) > 1:
                return response(b"1")
            request.connection.sendall(response(b"1") + (evil if at_once else b""))
            answered.wait(5)
            sent.set()
            return b"" if at_once else evil

        backend.reset(more)
        call()
        answered.set()
        sent.wait(5)
        time.sleep(0.1)
        yield f"an answer that nobody asked for, {name}", b"1", octets(call())


def cut_surplus():
    """what stands behind an answer, in two parts, is not taken for the next one"""
    for method in ("GET", "POST"):
        setting()
        backend.reset(lambda request: cut_in_two(request.connection) if len(backend.requests) == 1 else response(b"1"))
        bodies = [octets(call(event(method))) for _ in range(3)]
        yield method, ([b"1"] * 3, 2), (bodies, backend.connections)


def cut_in_two(connection):
    evil = response(b"evil")
    connection.sendall(response(b"1") + evil[:20])
    time.sleep(0.1)
    return evil[20:]


def several_hosts():
    """several hosts"""
    other = Backend("127.0.0.2", backend.port)
    setting(HOSTS="127.0.0.1, 127.0.0.2")
    backend.reset()
    statuses = {call()["statusCode"] for _ in range(6)}
    yield "in turn, one connection each", ({200}, 3, 3, 1, 1), (statuses, len(backend.requests), len(other.requests), backend.connections, other.connections)
    setting(HOSTS="127.0.0.1,127.0.0.3")
    backend.reset()
    yield "one refuses", ({200}, 4), ({call(event("POST"))["statusCode"] for _ in range(4)}, len(backend.requests))
    setting(HOSTS="127.0.0.3,127.0.0.4")
    yield "both refuse", 502, call()["statusCode"]
    setting(HOSTS="127.0.0.1,127.0.0.2")
    backend.reset(lambda request: None)
    other.reset(lambda request: None)
    statuses = [call(event("POST"))["statusCode"] for _ in range(2)]
    yield "no other host after something was sent", ([502, 502], 1, 1), (statuses, len(backend.requests), len(other.requests))
    setting(HOSTS="localhost")
    backend.reset()
    yield "a name with several addresses", 200, call()["statusCode"]


def ipv6():
    """an IPv6 address"""
    six = Backend("::1")
    for hosts in ("::1", "[::1]"):
        setting(HOSTS=hosts, PORT=str(six.port))
        yield hosts, (200, [f"[::1]:{six.port}"]), (call()["statusCode"], six.last.values("host"))


def tls():
    """TLS"""
    with tempfile.TemporaryDirectory() as folder:
        good, other = certificate(folder, "good", "DNS:orders.internal,IP:127.0.0.1"), certificate(folder, "other", "DNS:other.internal")
        os.environ["SSL_CERT_FILE"] = good[0]
        secure, stranger = Backend(tls=tls_server(*good)), Backend(tls=tls_server(*other))
        for name, port, environment, expected in (
            ("a trusted certificate", secure.port, {"HOST": "orders.internal"}, 200),
            ("a trusted certificate for an address", secure.port, {}, 200),
            ("another name", secure.port, {"HOST": "wrong.internal"}, 502),
            ("an unknown issuer", stranger.port, {"HOST": "other.internal"}, 502),
            ("an unknown issuer, verify off", stranger.port, {"HOST": "other.internal", "TLS_VERIFY": "false"}, 200),
            ("another name, verify off", secure.port, {"HOST": "wrong.internal", "TLS_VERIFY": "false"}, 200),
            ("no TLS at the other end", backend.port, {"CONNECT_TIMEOUT_MS": "200"}, 504),
        ):
            backend.reset()
            setting(PROTOCOL="https", PORT=str(port), **environment)
            status = call()["statusCode"]
            yield name, expected, status
        yield "nothing was sent in clear", 0, len(backend.requests)
        setting(PROTOCOL="https", PORT=str(secure.port), HOST="orders.internal")
        secure.reset()
        bodies = [octets(call(event("POST", body=EVERY_OCTET))) for _ in range(3)]
        yield "kept, with the name of HOST", ([b"ok"] * 3, 1, ["orders.internal"], EVERY_OCTET), (bodies, secure.connections, secure.names, secure.last.body)
        del os.environ["SSL_CERT_FILE"]


def certificate(folder, name, names):
    paths = f"{folder}/{name}.pem", f"{folder}/{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    subprocess.run([*command, "-addext", f"subjectAltName={names}", "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    return paths


def configuration():
    """a wrong environment fails the call"""
    for name, value in (("HOSTS", ""), ("PORT", "x"), ("PROTOCOL", "ftp"), ("TLS_VERIFY", "no"), ("KEEP_ACCEPT_ENCODING", "1"), ("HEADER_A", "x"), ("HEADER_A", "x: 1\r\ny: 2"), ("PATHS", "{"), ("PATHS", '{"/dev": "/"}'), ("TIMEOUTS", "{"), ("TIMEOUTS", '{"GET /": "x"}'), ("TIMEOUTS", "[1]")):
        setting(**{name: value})
        backend.reset()
        try:
            seen = call()["statusCode"]
        except (ValueError, KeyError, AttributeError) as failure:
            seen = "raised"
        yield f"{name}={value!r}", ("raised", 0), (seen, len(backend.requests))


CASES = [
    methods, paths, relative_paths, queries, headers, not_text, set_headers, bodies, large_answers, answers, broken_answers,
    refused_early, unreachable, slow, own_timeouts, reuse, stale, cut_surplus, several_hosts, ipv6, tls, configuration,
]  # fmt: skip

if __name__ == "__main__":
    table = Table("forwarder function")
    for case in CASES:
        if len(sys.argv) < 2 or case.__name__ in sys.argv[1:]:
            table.run(case)
    sys.exit(table.end())
