"""A small DNS: a caching resolver and two authoritative servers on loopback, all on one port, UDP and TCP.

The authoritative servers answer as Route 53 does: with at most eight addresses, others each time. The resolver repeats
what it answered first. Faults are set for all servers of a role or for one address; `views` are what single servers list
in place of `addresses`, `name_servers` those that the zone names, `unknown` those of them that have no address.
"""

import random
import socket
import struct
import threading

RESOLVER, SERVERS = "127.0.0.1", ("127.0.0.2", "127.0.0.3")
ZONE = "ap-northeast-2.elb.amazonaws.com"
NAME = "internal-shop-1234567890." + ZONE
A, NS, CNAME = 1, 2, 5


class Dns:
    def __init__(self):
        self.reset([])
        self.sockets = []
        self.port = self.bind()
        for udp, tcp, role in self.sockets:
            threading.Thread(target=self.serve_udp, args=(udp, role), daemon=True).start()
            threading.Thread(target=self.serve_tcp, args=(tcp, role), daemon=True).start()

    def bind(self):
        """One free port on every address, as the function asks all servers at one port."""
        for _ in range(50):
            port = random.randrange(20000, 50000)
            try:
                self.sockets = [(*pair(address, port), address) for address in (RESOLVER, *SERVERS)]
                return port
            except OSError:
                continue
        raise OSError("no port is free on every loopback address")

    def reset(self, addresses):
        self.addresses, self.faults, self.cached, self.asked = list(addresses), {}, None, 0
        self.views, self.name_servers, self.unknown, self.asked_of = {}, (1, 2), (), []
        # Every case sees the same choices: a gathering may rarely miss one of many, and a case must not fail by chance.
        self.random = random.Random(1)

    def fail(self, fault, *addresses):
        self.faults = {address: fault for address in addresses or SERVERS}

    def serve_udp(self, udp, role):
        while True:
            query, sender = udp.recvfrom(4096)
            for reply in self.replies(query, role, over_tcp=False):
                udp.sendto(reply, sender)

    def serve_tcp(self, tcp, role):
        while True:
            connection, _ = tcp.accept()
            with connection:
                query = connection.recv(4096)[2:]
                for reply in self.replies(query, role, over_tcp=True):
                    cut = 5 if self.faults.get(role) == "tcp cut" else 0
                    connection.sendall(struct.pack("!H", len(reply)) + reply[: len(reply) - cut])

    def replies(self, query, role, over_tcp):
        name, kind = question_of(query)
        if name == NAME:
            self.asked += not over_tcp
            self.asked_of += [] if over_tcp else [role]
        fault = self.faults.get(role)
        good = self.good(query, name, kind, role)
        if fault in ("truncated", "tcp cut") and not over_tcp:
            return [message(query, flags=0x0200, records=[])]
        return [good] if fault is None else FAULTS[fault](query, good)

    def good(self, query, name, kind, role):
        authority = role != RESOLVER
        records = []
        if name == ZONE and kind == NS:
            records = [(name, NS, encode(f"ns-{number}.awsdns.test")) for number in self.name_servers]
        elif name.endswith(".awsdns.test") and int(name[3]) not in self.unknown:
            records = [(name, A, socket.inet_aton(SERVERS[int(name[3]) - 1]))]
        elif name == NAME and kind == A:
            listed = self.view(role)
            chosen = self.random.sample(listed, min(8, len(listed)))
            if not authority:
                self.cached = chosen = self.cached or chosen
            records = [(name, A, socket.inet_aton(address)) for address in chosen]
        return message(query, flags=0x0400 if authority else 0x0080, records=records)

    def view(self, role):
        """What a server lists; one of several views is the next answer's, the last one stays."""
        views = self.views.get(role, [self.addresses])
        return views.pop(0) if len(views) > 1 else views[0]


def pair(address, port):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((address, port))
    tcp = socket.socket()
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((address, port))
    tcp.listen()
    return udp, tcp


def question_of(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode())
        at += 1 + query[at]
    return ".".join(labels).lower(), struct.unpack("!H", query[at + 1 : at + 3])[0]


def encode(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def message(query, flags, records, code=0, query_id=None, question=None):
    """Owners are pointers to the question's name, as real servers write them."""
    question = question or query[12:]
    head = (query_id or query[:2]) + struct.pack("!5H", 0x8000 | flags | code, 1, len(records), 0, 0)
    body = b"".join(
        b"\xc0\x0c" + struct.pack("!2HIH", kind, 1, 60, len(data)) + data for _, kind, data in records
    )
    return head + question + body


def records_of(*addresses):
    return [(NAME, A, socket.inet_aton(address)) for address in addresses]


def spoofed(query, good):
    """Another id, then another question, both with an address of an attacker; then the truth."""
    other_id = bytes([query[0] ^ 0xFF, query[1]])
    other_question = query[12:13] + b"evil" + query[17:]
    evil = records_of("10.66.66.66")
    return [
        message(query, 0x0400, evil, query_id=other_id),
        message(query, 0x0400, evil, question=other_question),
        query,
        b"",
        good,
    ]


def looping(query, _):
    """A record whose owner is a pointer to itself."""
    whole = message(query, 0x0400, [])
    at = len(whole)
    head = whole[:6] + struct.pack("!H", 1) + whole[8:]
    return [head + struct.pack("!H", 0xC000 | at) + struct.pack("!2HIH", A, 1, 60, 4) + b"\x0a\x00\x00\x63"]


def other_owner(query, _):
    """An address that belongs to another name than the one that was asked for."""
    whole = message(query, 0x0400, [])
    head = whole[:6] + struct.pack("!H", 1) + whole[8:]
    return [head + encode("evil.example.com") + struct.pack("!2HIH", A, 1, 60, 4) + b"\x0a\x42\x42\x42"]


def aliased(query, good):
    """The name is an alias and the addresses stand at its target."""
    count = struct.unpack("!H", good[6:8])[0]
    body = good[len(query) :].replace(b"\xc0\x0c" + struct.pack("!2H", A, 1), encode("real.example.com") + struct.pack("!2H", A, 1))
    alias = b"\xc0\x0c" + struct.pack("!2HIH", CNAME, 1, 60, len(encode("real.example.com"))) + encode("real.example.com")
    return [good[:6] + struct.pack("!H", count + 1) + good[8 : len(query)] + alias + body]


FAULTS = {
    "silence": lambda query, good: [],
    "SERVFAIL": lambda query, good: [message(query, 0, [], code=2)],
    "NXDOMAIN": lambda query, good: [message(query, 0x0400, [], code=3)],
    "REFUSED": lambda query, good: [message(query, 0, [], code=5)],
    "no records": lambda query, good: [message(query, 0x0400, [])],
    "0.0.0.0": lambda query, good: [message(query, 0x0400, records_of("0.0.0.0"))],
    "cut off": lambda query, good: [good[:-3]],
    "garbage": lambda query, good: [query[:2] + b"\x84\x00" + bytes(range(60))],
    "spoofed": spoofed,
    "looping name": looping,
    "other owner": other_owner,
    "alias": aliased,
    "truncated": lambda query, good: [good],
    "tcp cut": lambda query, good: [good],
}
