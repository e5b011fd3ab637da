"""Stands between the function and the emulated AWS: logs calls, breaks them, and drains targets as ELB does."""

import http.client
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

ERRORS = {
    "denied": {"elb": (403, "AccessDenied"), "ssm": (400, "AccessDeniedException"), "s3": (403, "AccessDenied")},
    "throttled": {"elb": (400, "Throttling"), "ssm": (400, "ThrottlingException"), "s3": (503, "SlowDown")},
}
DRAINING = (
    "<member><HealthCheckPort>80</HealthCheckPort><TargetHealth><State>draining</State></TargetHealth>"
    "<Target><Port>{port}</Port><Id>{address}</Id></Target></member>"
)


class AwsProxy:
    def __init__(self, upstream_port):
        self.upstream_port = upstream_port
        self.reset()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body in one segment, or every call waits for a delayed acknowledgement.
            wbufsize = -1
            disable_nagle_algorithm = True

            def answer(self):
                proxy.answer(self)

            do_GET = do_PUT = do_POST = answer

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def reset(self):
        """`faults`: action -> (kind, how many times, target group or None for all)."""
        self.calls, self.faults, self.draining, self.before = [], {}, {}, None

    def answer(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        service, action, parameters = call_of(request, body)
        group = parameters.get("TargetGroupArn", [None])[0]
        addresses = [value[0] for name, value in sorted(parameters.items()) if name.endswith(".Id")]
        self.calls.append((action, group, tuple(addresses)))
        if self.before:
            self.before(action, group, addresses)
        fault = self.fault(action, group)
        if fault == "cut":
            request.connection.close()
            request.close_connection = True
            return
        status, headers, answer = error(ERRORS[fault][service], service) if fault else self.forward(request, body)
        if not fault and status == 200 and service == "elb":
            answer = self.drain(action, group, addresses, parameters, answer)
        request.send_response(status)
        for name, value in headers:
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    def fault(self, action, group):
        kind, times, only = self.faults.get(action, (None, 0, None))
        if not times or only not in (None, group):
            return None
        self.faults[action] = (kind, times - 1, only)
        return kind

    def forward(self, request, body):
        upstream = http.client.HTTPConnection("127.0.0.1", self.upstream_port, timeout=10)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "expect"}
        upstream.request(request.command, request.path, body, headers)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        hidden = ("content-length", "connection", "transfer-encoding", "date", "server")
        return answer.status, [(n, v) for n, v in answer.getheaders() if n.lower() not in hidden], content

    def drain(self, action, group, addresses, parameters, answer):
        """A deregistered target stays in the list as draining until it is registered again; the emulator forgets it."""
        draining = self.draining.setdefault(group, {})
        if action == "DeregisterTargets":
            ports = [value[0] for name, value in sorted(parameters.items()) if name.endswith(".Port")]
            draining.update(zip(addresses, ports))
        elif action == "RegisterTargets":
            for address in addresses:
                draining.pop(address, None)
        elif action == "DescribeTargetHealth" and draining:
            members = "".join(DRAINING.format(address=a, port=p) for a, p in draining.items()).encode()
            return re.sub(rb"<TargetHealthDescriptions\s*/?>", lambda m: opened(m) + members + closed(m), answer, count=1)
        return answer


def opened(match):
    return b"<TargetHealthDescriptions>"


def closed(match):
    return b"</TargetHealthDescriptions>" if b"/" in match.group() else b""


def call_of(request, body):
    target = request.headers.get("X-Amz-Target", "")
    if target.startswith("AmazonSSM"):
        return "ssm", target.split(".")[1], {}
    if b"Action=" in body:
        parameters = parse_qs(body.decode())
        return "elb", parameters["Action"][0], parameters
    return "s3", {"GET": "GetObject", "PUT": "PutObject"}.get(request.command, request.command), {}


def error(status_and_code, service):
    status, code = status_and_code
    if service == "ssm":
        return status, [("Content-Type", "application/x-amz-json-1.1")], f'{{"__type": "{code}", "message": "no"}}'.encode()
    inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error>"
    text = inner if service == "s3" else f"<ErrorResponse>{inner}<RequestId>1</RequestId></ErrorResponse>"
    return status, [("Content-Type", "text/xml")], text.encode()
