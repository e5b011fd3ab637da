"""A backend on real sockets: keeps every request octet by octet and answers with the octets that a case gives it."""

import socket
import ssl
import threading


class Backend:
    """`answer` is called with each request and returns the octets to send; None closes the connection.

    `closed` is set when a connection came to its end.
    """

    def __init__(self, address="127.0.0.1", port=0, tls=None):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.server = socket.socket(family)
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.server.bind((address, port))
        self.server.listen()
        self.address, self.port, self.tls = address, self.server.getsockname()[1], tls
        self.reset()
        threading.Thread(target=self.accept, daemon=True).start()

    def reset(self, answer=None):
        self.requests, self.connections, self.closed, self.names = [], 0, threading.Event(), []
        self.answer = answer or (lambda request: response(b"ok"))
        return self

    def accept(self):
        while True:
            connection, _ = self.server.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        # That of the case that connected: another may have begun before this connection is at its end.
        closed = self.closed
        try:
            if self.tls:
                self.tls.sni_callback = lambda sock, name, context: self.names.append(name)
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                while (request := Request.read(connection)) is not None:
                    request.connection = connection
                    self.requests.append(request)
                    answer = self.answer(request)
                    if answer is None:
                        return
                    connection.sendall(answer)
        except OSError:
            pass
        finally:
            closed.set()

    @property
    def last(self):
        return self.requests[-1]


class Request:
    """`head` are the octets up to the empty line, `body` the rest."""

    def __init__(self, head, body):
        self.head, self.body = head, body

    @classmethod
    def read(cls, connection):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            octet = connection.recv(1)
            if not octet:
                return None
            head += octet
        length = next((int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length:")), 0)
        body = b""
        while len(body) < length and (part := connection.recv(65536)):
            body += part
        return cls(head.decode("utf-8"), body)

    @property
    def line(self):
        return self.head.split("\r\n")[0]

    @property
    def target(self):
        return self.line.split(" ")[1]

    @property
    def headers(self):
        return [tuple(line.split(": ", 1)) for line in self.head.split("\r\n")[1:-2]]

    def values(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]


def response(body=b"", status="200 OK", *headers):
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def reset(connection):
    """Ends with RST in place of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def tls_server(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
