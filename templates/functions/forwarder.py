"""Forwards requests of an API Gateway REST API (AWS_PROXY) to one backend inside the VPC.

In: a Lambda proxy event, payload format 1.0. Out: its response format. Handler: `index.handler`. Python's standard
library alone. One function a backend: an AWS_PROXY integration maps no parameters, so which function it calls is the
only thing that the gateway can tell.

What the backend gets
- The method; the path as the client wrote it, percent-encoding kept, without the custom domain's base path and the
  stage (`path` holds them there), with a prefix exchanged as PATHS says. A path with a `.` or `..` segment, however it
  is encoded, gets 400: behind it a backend may see another operation than the one that the gateway let through. That
  holds for what some servers make of a segment, too: decoded twice, cut at `;` or NUL, without control characters.
- The query. The gateway hands it over decoded and as a map: values of one name keep their order, the order among names
  is the map's, `a` becomes `a=`, and every octet that is not unreserved is percent-encoded anew (a space is %20).
- The headers, repeated ones too, but for hop-by-hop ones and those that `Connection` names. Headers of HEADER_* and
  CONTEXT_HEADERS replace what the client sent under that name; without a value nothing is sent, never the client's.
  `X-Forwarded-For` stays as the gateway made it. `Host` is HOST, or the host that is called. `Accept-Encoding` is
  `identity` unless KEEP_ACCEPT_ENCODING: elsewhere a compressed answer would reach the client as base64.
- The body, binary where the gateway says base64 (the API's binaryMediaTypes decide that).

What the client gets: status, headers, body. A body that is UTF-8 goes as text, which is the same octets; any other
(compressed, images) as base64, which the gateway decodes where binaryMediaTypes match the client's first Accept.
400: a value of the event that no request can carry: null, half of a surrogate pair, a body that is not base64.
502: refused, unknown host, broken answer or certificate, too large. 504: no whole answer in time.

Limits: an event and an answer are at most 6 MB as JSON, so about 4.5 MB of binary; the gateway's own 10 MB are out of
reach. It answers 413 to larger requests; a larger answer is a 502 here.

Connections are kept between calls. A kept one that turns out closed is replaced, once, if the method is idempotent;
POST and PATCH are sent once. Another host is tried only while nothing was sent.

Environment
  HOSTS               names or addresses of the backend, with commas; taken in turn
  PORT                1-65535
  PROTOCOL            http (default) | https
  HOST                Host header, and with https the name in the certificate; default: the host that is called
  TLS_VERIFY          true (default) | false
  PATHS               JSON object, prefix of the gateway's resource -> prefix at the backend; the longest whole-segment
                      match wins; default {"/": "/"}. {"/dev": "/v2"}: /dev/orders/{id} becomes /v2/orders/{id}
  HEADER_<any>        "name: value", set on every request
  CONTEXT_HEADERS     JSON object, header -> place in requestContext, such as {"x-user": "authorizer.principalId"}
  KEEP_ACCEPT_ENCODING  true where the API's binaryMediaTypes have */*, else false (default)
  TIMEOUT_MS          for a whole request, default 29000; at most what the function has left, less half a second.
                      Looking up a name in DNS is not under it
  TIMEOUTS            JSON object, "METHOD prefix of the gateway's resource" -> milliseconds, for operations that have less
                      time than TIMEOUT_MS; the method's longest whole-segment match wins; default {}.
                      {"GET /reports": 5000}: GET /reports and all GET below it
  CONNECT_TIMEOUT_MS  for a try at one address, default 3000

Permissions: the log group's streams, and for the VPC ec2:CreateNetworkInterface, DescribeNetworkInterfaces,
DeleteNetworkInterface, DescribeSubnets, AssignPrivateIpAddresses, UnassignPrivateIpAddresses on *.
"""

import base64
import functools
import http.client
import io
import ipaddress
import itertools
import json
import os
import random
import re
import socket
import ssl
import time
from urllib.parse import quote, unquote, urlsplit

# RFC 9110, 7.6.1, and the proxy's own of RFC 2616, 13.5.1. Expect is answered by the gateway.
HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer trailers"
    " transfer-encoding upgrade expect".split()
)
IDEMPOTENT = frozenset(("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"))
WITH_BODY = frozenset(("POST", "PUT", "PATCH"))
# What a path may hold beside letters, digits and percent-encodings; the rest is encoded.
PATH_SAFE = "/%:@!$&'()*+,;=-._~|{}[]^`\"<>\\"
# Lambda refuses answers above this (its error message names the number; its quota page says 6 MB).
MAX_ANSWER_BYTES = 6_291_556
# Servers close idle connections after 5 s (Node.js) or more, and a frozen function does not notice.
MAX_IDLE_SECONDS = 4
LAMBDA_RESERVE_SECONDS = 0.5
# A path may be decoded by a proxy, a server and a framework in turn.
MOST_DECODINGS = 3
# `.`, `/` and `\` in more octets than UTF-8 allows, which lenient decoders take.
OVERLONG = {"%c0%ae": ".", "%c0%af": "/", "%c1%9c": "/"}
CHUNK_BYTES = 65_536
# What a header's name may be (RFC 9110, 5.6.2).
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"


class BadRequest(Exception):
    """The request is not forwarded."""


class BadAnswer(Exception):
    """The backend answered something that cannot be handed on."""


class NotConnected(Exception):
    """Nothing was sent; another host may be tried."""


class Stale(Exception):
    """A kept connection was closed by the other side before it answered."""


def handler(event, context):
    config = configuration()
    began = time.monotonic()
    try:
        return forward(config, event, Deadline(own_timeout(config, event), context))
    except BadRequest as failure:
        return problem(400, str(failure))
    except TimeoutError as failure:
        return problem(504, "The backend did not answer in time", event, failure, began)
    except (OSError, NotConnected, BadAnswer, Stale, http.client.HTTPException) as failure:
        return problem(502, "The backend could not be reached or gave no valid answer", event, failure, began)


def problem(status, message, event=None, failure=None, began=0.0):
    """An answer of this function's own. The reason is logged; the client learns no host of the VPC."""
    if event is not None:
        seconds = round(time.monotonic() - began, 3)
        about = {"status": status, "resource": event.get("resource"), "method": event.get("httpMethod")}
        request_id = (event.get("requestContext") or {}).get("requestId")
        print(json.dumps({**about, "request_id": request_id, "error": repr(failure), "seconds": seconds}))
    headers = {"Content-Type": ["application/json"]}
    body = json.dumps({"message": message})
    return {"statusCode": status, "multiValueHeaders": headers, "body": body, "isBase64Encoded": False}


# --- Configuration ---


class Config:
    """The environment, checked; a wrong value fails every call, loudly."""

    def __init__(self, environment):
        self.hosts = [host.strip().strip("[]") for host in environment["HOSTS"].split(",") if host.strip()]
        self.port = int(environment["PORT"])
        self.protocol = environment.get("PROTOCOL", "http")
        self.host = environment.get("HOST") or None
        self.paths = json.loads(environment.get("PATHS") or '{"/": "/"}')
        self.context_headers = json.loads(environment.get("CONTEXT_HEADERS") or "{}")
        self.headers = [
            parse_header(value) for name, value in sorted(environment.items()) if name.startswith("HEADER_")
        ]
        self.replaced = {folded(name) for name, _ in self.headers} | {folded(name) for name in self.context_headers}
        self.timeout = int(environment.get("TIMEOUT_MS", 29_000)) / 1000
        self.timeouts = {key: int(value) / 1000 for key, value in json.loads(environment.get("TIMEOUTS") or "{}").items()}
        self.connect_timeout = int(environment.get("CONNECT_TIMEOUT_MS", 3_000)) / 1000
        self.keep_accept_encoding = is_true(environment, "KEEP_ACCEPT_ENCODING", "false")
        verify = is_true(environment, "TLS_VERIFY", "true")
        if not self.hosts or self.protocol not in ("http", "https"):
            raise ValueError("HOSTS is empty or PROTOCOL is neither http nor https")
        self.tls = tls_context(verify) if self.protocol == "https" else None
        self.pool = {}
        self.turn = itertools.count(random.randrange(len(self.hosts)))


@functools.cache
def configuration():
    return Config(os.environ)


def is_true(environment, name, default):
    value = environment.get(name, default)
    if value not in ("true", "false"):
        raise ValueError(f"{name} is neither true nor false")
    return value == "true"


def parse_header(line):
    name, colon, value = line.partition(":")
    if not colon or not name or any(character in line for character in "\r\n"):
        raise ValueError(f"a header is not `name: value`: {name!r}")
    return name.strip(), value.strip()


def tls_context(verify):
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def own_timeout(config, event):
    """Seconds that the operation has: as long as the gateway waits for it, where that is less than the function's own."""
    method, resource = text(event["httpMethod"], "The method").upper(), segments_of(event["resource"])
    prefixes = ("/" + "/".join(resource[:length]) for length in range(len(resource), -1, -1))
    keys = (f"{method} {prefix}" for prefix in prefixes)
    return min(config.timeout, next((config.timeouts[key] for key in keys if key in config.timeouts), config.timeout))


class Deadline:
    """The end of a request; every wait takes no longer than what is left of it."""

    def __init__(self, left, context):
        if context is not None:
            left = min(left, context.get_remaining_time_in_millis() / 1000 - LAMBDA_RESERVE_SECONDS)
        self.at = time.monotonic() + left

    def left(self):
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        return left


# --- The request ---


class Request:
    """What is sent, whichever host gets it."""

    def __init__(self, config, event):
        self.method = text(event["httpMethod"], "The method").upper()
        if not re.fullmatch(TOKEN, self.method):
            raise BadRequest("The method is not a token")
        self.target = target_path(config, event) + query_string(event)
        self.body = request_body(event)
        self.headers = request_headers(config, event)
        if self.body or self.method in WITH_BODY:
            self.headers.append(("Content-Length", str(len(self.body))))


def text(value, what):
    """A value of the event as a request can carry it: JSON also knows null and halves of surrogate pairs."""
    if not isinstance(value, str):
        raise BadRequest(f"{what} is not text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadRequest(f"{what} is not Unicode text") from error
    return value


def pairs_of(event, several, single, what):
    """Names and values of the query or the headers, repeated ones too."""
    lists = event.get(several) or {name: [value] for name, value in (event.get(single) or {}).items()}
    if not all(isinstance(values, list) for values in lists.values()):
        raise BadRequest(f"{what} is not a list")
    return [(text(name, what), text(value, what)) for name, values in lists.items() for value in values]


def target_path(config, event):
    """The path at the backend: the API's own part of the client's, with the prefix exchanged."""
    resource = segments_of(event["resource"])
    prefixes = (key for key in config.paths if resource[: len(segments_of(key))] == segments_of(key))
    prefix = max(prefixes, key=lambda key: len(segments_of(key)), default=None)
    if prefix is None:
        raise ValueError(f"PATHS has no prefix for {event['resource']}")
    path = text(event["path"], "The path")
    rest = own_segments(event, path, resource)[len(segments_of(prefix)) :]
    target = "/".join([config.paths[prefix].rstrip("/"), *rest]) or "/"
    if rest:
        target += path[len(path.rstrip("/")) :]
    if has_relative_segment(target):
        raise BadRequest("The path has a relative segment")
    return quote(target, safe=PATH_SAFE)


def has_relative_segment(path):
    """Whether a server may take a segment for `.` or `..`, however often it decodes and wherever it cuts."""
    for _ in range(MOST_DECODINGS + 1):
        segments = path.replace("\\", "/").split("/")
        readings = segments + [re.split("[;?#\0]", segment)[0] for segment in segments]
        if any(re.sub("[\0- \x7f]", "", reading) in (".", "..") for reading in readings):
            return True
        path = unquote(re.sub("|".join(OVERLONG), lambda found: OVERLONG[found[0].lower()], path, flags=re.IGNORECASE))
    return False


def segments_of(path):
    return path.strip("/").split("/") if path.strip("/") else []


def own_segments(event, path, resource):
    """The last segments of the path, as many as the resource has: a base path and a stage may stand before them."""
    count = len(resource)
    if count and resource[-1].endswith("+}"):
        rest = (event.get("pathParameters") or {}).get(resource[-1][1:-2])
        count += text(rest, "The path").rstrip("/").count("/")
    path = path.rstrip("/").split("/")[1:]
    own = path[len(path) - count :] if count <= len(path) else []
    fixed = ((part, given) for part, given in zip(resource, own) if not part.startswith("{"))
    if len(own) != count or any(part != unquote(given) for part, given in fixed):
        raise BadRequest("The path does not fit its resource")
    return own


def query_string(event):
    pairs = pairs_of(event, "multiValueQueryStringParameters", "queryStringParameters", "A value of the query")
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return f"?{query}" if query else ""


def request_body(event):
    body = event.get("body")
    body = "" if body is None else text(body, "The body")
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise BadRequest("The body is not base64") from error


def request_headers(config, event):
    pairs = pairs_of(event, "multiValueHeaders", "headers", "A header")
    dropped = hop_by_hop(pairs) | {"host", "content-length"}
    kept = [(name, value) for name, value in pairs if folded(name) not in dropped | config.replaced]
    if not config.keep_accept_encoding and "accept-encoding" not in config.replaced:
        kept = [pair for pair in kept if pair[0].lower() != "accept-encoding"] + [("Accept-Encoding", "identity")]
    caller = lookup(event.get("requestContext"), "identity.sourceIp")
    if caller and "x-forwarded-for" not in config.replaced | {name.lower() for name, _ in kept}:
        kept.append(("X-Forwarded-For", text(caller, "The caller's address")))
    for name, place in config.context_headers.items():
        value = lookup(event.get("requestContext"), place)
        if value is not None:
            kept.append((name, text(value, "A value of the context")))
    kept += config.headers
    for name, value in kept:
        if not re.fullmatch(TOKEN, name) or re.search("[\r\n\0]", value):
            raise BadRequest("A header is not one line of text")
    return kept


def folded(name):
    """Many servers take `x_user` for `x-user`; what is dropped or set here must not come in by its other spelling."""
    return name.lower().replace("_", "-")


def hop_by_hop(pairs):
    """Names that end here: the fixed ones and those that `Connection` lists."""
    listed = (value.split(",") for name, value in pairs if name.lower() == "connection")
    return HOP_BY_HOP | {folded(name.strip()) for names in listed for name in names}


def lookup(context, place):
    """A value of requestContext as text, None where there is none."""
    for part in place.split("."):
        context = context.get(part) if isinstance(context, dict) else None
    if context is None or isinstance(context, str):
        return context
    return json.dumps(context, separators=(",", ":"))


# --- Connections ---


def forward(config, event, deadline):
    request = Request(config, event)
    start = next(config.turn)
    failure = None
    for step in range(len(config.hosts)):
        host = config.hosts[(start + step) % len(config.hosts)]
        try:
            return exchange(config, host, request, deadline)
        except NotConnected as error:
            failure = error.__cause__ or error
    raise failure


def exchange(config, host, request, deadline):
    """One answer of one host. The kept connection first, if it can be trusted; a new one if that was stale."""
    kept = take(config, host)
    if kept is not None:
        try:
            return converse(config, host, kept, request, deadline)
        except Stale:
            if request.method not in IDEMPOTENT:
                raise
    return converse(config, host, connect(config, host, deadline), request, deadline, fresh=True)


def take(config, host):
    """The kept connection, unless it was idle too long or there is something to read: its end, or what nobody asked."""
    connection, used = config.pool.pop(host, (None, 0))
    if connection is None:
        return None
    if time.monotonic() - used > MAX_IDLE_SECONDS or not is_quiet(connection.sock):
        connection.close()
        return None
    return connection


def is_quiet(sock):
    """Asks the socket itself: what TLS has to say beside the answers does not count."""
    sock.settimeout(0)
    try:
        sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        pass
    return False


def connect(config, host, deadline):
    """A new connection, by the first address of the host that takes one."""
    try:
        addresses = socket.getaddrinfo(host, config.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotConnected(host) from error
    failure = None
    for family, kind, protocol, _, address in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(min(deadline.left(), config.connect_timeout))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if config.tls:
                name = urlsplit("//" + config.host).hostname if config.host else host
                sock = config.tls.wrap_socket(sock, server_hostname=name)
            connection = http.client.HTTPConnection(host, config.port)
            connection.sock, connection.auto_open = sock, 0
            return connection
        except OSError as error:
            sock.close()
            failure = error
    raise NotConnected(host) from failure


def converse(config, host, connection, request, deadline, fresh=False):
    """Sends the request, reads the whole answer, and keeps the connection if both sides may."""
    keep = False
    try:
        connection.response_class = functools.partial(Response, deadline=deadline)
        try:
            is_whole = send(config, host, connection, request, deadline)
            response = connection.getresponse()
        except (ConnectionError, ssl.SSLEOFError) as error:
            raise (error if fresh else Stale(host)) from error
        answer = to_answer(request, response)
        keep = is_whole and not response.will_close and response.isclosed() and not response.has_more
        return answer
    finally:
        if keep:
            config.pool[host] = (connection, time.monotonic())
        else:
            connection.close()


def send(config, host, connection, request, deadline):
    """Whether all of it was taken: a server that refuses a body may answer and close before it has read the whole."""
    connection.sock.settimeout(deadline.left())
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host_header(config, host))
    for name, value in request.headers:
        connection.putheader(name, value.encode("utf-8"))
    try:
        connection.endheaders(pieces(connection, request.body, deadline) if request.body else None)
    except (ConnectionError, ssl.SSLEOFError):
        return False
    return True


def pieces(connection, body, deadline):
    for start in range(0, len(body), CHUNK_BYTES):
        connection.sock.settimeout(deadline.left())
        yield body[start : start + CHUNK_BYTES]


def host_header(config, host):
    host = config.host or (f"[{host}]" if is_ipv6(host) else host)
    usual = config.port == (443 if config.protocol == "https" else 80)
    return host if usual or ":" in host.rpartition("]")[2] else f"{host}:{config.port}"


def is_ipv6(host):
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


# --- The answer ---


class Response(http.client.HTTPResponse):
    """Reads under the deadline, and past interim answers (100, 102, 103) to the final one.

    `has_more` is whether something came behind the answer, which would stand before the next one.
    """

    def __init__(self, sock, *arguments, deadline, **options):
        self.source, self.has_more = DeadlineSocket(sock, deadline), False
        super().__init__(self.source, *arguments, **options)

    def begin(self):
        super().begin()
        # The parser takes the end of the connection for the end of the headers.
        if self.source.ended:
            raise BadAnswer("the headers are cut off")
        codings = [coding.lower() for coding in self.headers.get_all("Transfer-Encoding", [])]
        lengths = {length.strip() for length in self.headers.get_all("Content-Length", [])}
        if self.status in (204, 304) or self._method == "HEAD":
            # Nothing follows, though some servers announce chunks (RFC 9112, 6.3), and a few send the last one.
            self.will_close = self.will_close or (self.chunked and self._method != "HEAD")
            self.chunked = False
        elif codings not in ([], ["chunked"]) or (not codings and not is_one_length(lengths)):
            raise BadAnswer("where the answer ends is in doubt")

    def _close_conn(self):
        if self.fp is not None:
            self.source.is_over = True
            self.has_more = bool(self.fp.peek(1))
        super()._close_conn()

    def _read_status(self):
        version, status, reason = super()._read_status()
        while 101 < status < 200:
            http.client.parse_headers(self.fp)
            version, status, reason = super()._read_status()
        return version, status, reason


def is_one_length(lengths):
    """None is one, too: the body ends with the connection."""
    return not lengths or (len(lengths) == 1 and re.fullmatch("[0-9]{1,15}", *lengths) is not None)


class DeadlineSocket(io.RawIOBase):
    """A socket's reading half. A timeout of the socket alone would begin anew with every octet of a slow answer."""

    def __init__(self, sock, deadline):
        self.sock, self.deadline, self.ended, self.is_over = sock, deadline, False, False
        # Holds the socket open while an answer is read after which the connection closes.
        self.raw = sock.makefile("rb", buffering=0)

    def makefile(self, mode):
        return io.BufferedReader(self, CHUNK_BYTES)

    def readable(self):
        return True

    def readinto(self, buffer):
        if self.is_over:
            return None
        self.sock.settimeout(self.deadline.left())
        count = self.raw.readinto(buffer)
        self.ended = count == 0
        return count

    def close(self):
        self.raw.close()
        super().close()


def to_answer(request, response):
    if not 200 <= response.status <= 599:
        raise BadAnswer(f"status {response.status}")
    try:
        body = response.read(MAX_ANSWER_BYTES + 1)
    except ValueError as error:  # a chunk of a negative size
        raise BadAnswer("a malformed body") from error
    if len(body) > MAX_ANSWER_BYTES or (response.length or 0) > 0 and request.method != "HEAD":
        raise BadAnswer(f"the body is larger than {MAX_ANSWER_BYTES} bytes or cut off")
    pairs = response.headers.items()
    dropped = hop_by_hop(pairs) | (set() if request.method == "HEAD" else {"content-length"})
    headers, spelled = {}, {}
    for name, value in pairs:
        if folded(name) not in dropped:
            # A header in two spellings is one header (RFC 9110, 5.1), and so one list.
            headers.setdefault(spelled.setdefault(name.lower(), name), []).append(text_of(value))
    content, is_binary = as_text(body)
    answer = {"statusCode": response.status, "multiValueHeaders": headers, "body": content, "isBase64Encoded": is_binary}
    # JSON needs six octets for one at most.
    if len(body) * 6 > MAX_ANSWER_BYTES and len(json.dumps(answer, ensure_ascii=False).encode()) > MAX_ANSWER_BYTES:
        raise BadAnswer(f"the answer is larger than {MAX_ANSWER_BYTES} bytes as JSON")
    return answer


def as_text(body):
    """The body as JSON can hold it, and whether it had to become base64."""
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), True


def text_of(value):
    """Header octets, which the parser reads as Latin-1, as the UTF-8 that they mostly are; folded lines as one."""
    value = " ".join(line.strip(" \t") for line in re.split("[\r\n]+", value))
    try:
        return value.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value
