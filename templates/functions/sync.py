"""Keeps the target groups of an NLB equal to the addresses of an ALB.

In: the ALB's DNS name and one target group (type `ip`) a listener port. Out: RegisterTargets and DeregisterTargets.
Handler: `index.handler`. Runs on a schedule, outside the VPC: it talks to public DNS servers and to AWS APIs only.

A run, for every target group: which addresses does DNS list, which are registered, what was counted before; register
what is new; deregister what was missing in enough runs in a row; write the counters. The rules, and why:

- A failure of DNS or AWS changes nothing more in that group and is raised, so that the error metric rises and the
  counters stay as they were. One group's failure does not keep the others from following the load balancer.
- An answer lists at most 8 addresses, in turns. An address counts as missing only after a complete gathering: an answer
  with fewer than 8, or, from servers that are authoritative, answers in a row that bring nothing new. A cache repeats
  the same 8 for a minute, so a full answer out of a cache proves no absence.
- No absence counts on the word of one answer, nor of one server where there are several: where a registered address is
  lacking, the next server is asked, or the only one again, and what any answer lists is there. Where nobody confirms
  it (a failure, no other server, no lookup left), what is new is registered and no counter rises.
- Register before deregister, and never down to none: a group always holds what DNS lists now.
- Draining is not registered: an address that comes back while it drains is registered again.
- No run is repeated: AWS calls again, a minute later, what failed or was throttled, and by then the next run is due. An
  event that is older than that ends at once, without a question or a call.
- A counter rises at most once per schedule interval, so overlapping runs do no harm; an address that DNS lists again
  starts at none. Counters are kept per target group, written last and only when they changed; damaged,
  missing or outdated ones count as empty. An emptied counter delays a removal, it never hastens one.

Environment
  ALB_DNS_NAME              name of the ALB, as ELB made it (not a CNAME to it)
  TARGET_GROUPS             port=ARN,port=ARN: ALB listener port and the target group that follows it
  MISSING_BEFORE_DEREGISTER whole number >= 1, default 3: the run in a row that lacks an address and deregisters it
  MAX_LOOKUPS_PER_RUN       whole number >= 1, default 50: questions for the ALB's name in one run; with 1 nothing is
                            ever confirmed, so nothing leaves
  SCHEDULE_SECONDS          whole number >= 1, default 60: the interval of the schedule
  STATE                     ssm (default) | s3
  STATE_PREFIX              ssm: a parameter path such as /gwgen/shop/sync; s3: a key prefix such as sync
  STATE_BUCKET              s3 only: name of the bucket
  DNS_MODE                  authoritative (default): asks the servers of the ALB's zone; resolver: asks the resolver
                            alone, where those cannot be reached; then nothing leaves while 8 addresses are listed
  DNS_RESOLVERS             addresses, with commas; default: the name servers of /etc/resolv.conf
  DNS_PORT, DNS_TIMEOUT_MS  default 53 and 2000 (a try at one server)

Permissions: elasticloadbalancing:DescribeTargetHealth on *; RegisterTargets and DeregisterTargets on the target groups;
ssm:GetParameter and ssm:PutParameter on the parameters below STATE_PREFIX, or s3:GetObject and s3:PutObject on the
keys below it and s3:ListBucket on the bucket (without it a missing object looks like a denied one); the log group's
streams.

Metrics, in the embedded metric format, namespace GwGen/AlbIpSync, dimension FunctionName: AddressCount (what DNS lists)
and, of all target groups together, TargetCount (registered after the run), MissingCount (registered, not listed),
Registered, Deregistered, IncompleteLookups (groups for which MAX_LOOKUPS_PER_RUN, a cache, or a server that fails kept
the run from proving an absence). CloudWatch bills each metric, so no port has its own; the same line of the log has each
group's numbers, under `groups`. Written by successful runs only: no data for AddressCount means that runs fail or
stopped.
"""

import datetime
import functools
import ipaddress
import json
import os
import random
import secrets
import socket
import struct
import time

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError

# Route 53 answers with at most eight of the addresses (AWS, "Multivalue answer routing").
FULL_ANSWER = 8
# Schedules are some seconds early or late; a run that comes this close to its time is a run of its own.
INTERVAL_TOLERANCE = 0.9
# Counters older than this many intervals say nothing about runs in a row.
OUTDATED_INTERVALS = 10
# Lambda waits this long before it calls again after an error, and EventBridge gives an event up by then (AWS, "How Lambda
# handles errors and retries with asynchronous invocation"; "Event retry policy").
REPEATED_SECONDS = 60
# All lookups of a run together; well below the function's timeout.
LOOKUP_SECONDS = 25
EMPTY_STATE = {"counted_at": 0, "missing": {}}
RECORD_A, RECORD_NS, RECORD_CNAME, CLASS_IN = 1, 2, 5, 1


class SyncError(Exception):
    """A run that could not finish; what it could not do is left as it was."""


class DnsError(SyncError):
    """No usable answer from DNS."""


def handler(event, context, clock=time.time):
    """One run. The clock is a parameter for the tests' sake.

    What counts is when a run began: a slow one must not come too close to the next, which would not count then.
    """
    config, now = Config(os.environ), clock()
    if age(event, now) >= REPEATED_SECONDS:
        print(json.dumps({"skipped": "the event is old: the schedule's next run does its work", "time": event["time"]}))
        return []
    lookups = resolve(config)
    failures, summaries = [], []
    for port, group in config.target_groups:
        try:
            summaries.append(sync_group(config, group, port, lookups, now))
        except Exception as failure:  # said below; the other groups still get their turn
            print(json.dumps({"target_group": group, "port": port, "error": repr(failure)}))
            failures.append((group, failure))
    if failures:
        raise SyncError("; ".join(f"{group}: {failure}" for group, failure in failures)) from failures[0][1]
    print(json.dumps(metrics(context, summaries)))
    return summaries


def age(event, now):
    """Seconds since the schedule sent the event; none where nobody says so, as in a call by hand."""
    sent = event.get("time")
    return now - datetime.datetime.fromisoformat(sent).timestamp() if sent else 0


class Config:
    """The environment, checked; a wrong value fails every run, loudly."""

    def __init__(self, environment):
        self.alb = environment["ALB_DNS_NAME"].rstrip(".").lower()
        self.target_groups = [parse_target_group(item) for item in split(environment["TARGET_GROUPS"])]
        self.missing_limit = positive(environment, "MISSING_BEFORE_DEREGISTER", 3)
        self.max_lookups = positive(environment, "MAX_LOOKUPS_PER_RUN", 50)
        self.interval = positive(environment, "SCHEDULE_SECONDS", 60)
        self.state = one_of(environment, "STATE", ("ssm", "s3"))
        self.state_prefix = environment["STATE_PREFIX"].rstrip("/")
        self.bucket = environment["STATE_BUCKET"] if self.state == "s3" else None
        self.dns_mode = one_of(environment, "DNS_MODE", ("authoritative", "resolver"))
        self.dns_port = positive(environment, "DNS_PORT", 53)
        self.dns_timeout = positive(environment, "DNS_TIMEOUT_MS", 2000) / 1000
        self.resolvers = list(dict.fromkeys(split(environment.get("DNS_RESOLVERS", "")) or system_resolvers()))
        if not self.alb or not self.target_groups or not self.resolvers:
            raise SyncError("ALB_DNS_NAME, TARGET_GROUPS and a resolver are needed")


def split(text):
    return [item.strip() for item in text.split(",") if item.strip()]


def positive(environment, name, default):
    value = int(environment.get(name, default))
    if value < 1:
        raise SyncError(f"{name} is {value}, less than 1")
    return value


def one_of(environment, name, choices):
    value = environment.get(name, choices[0])
    if value not in choices:
        raise SyncError(f"{name} is {value!r}, not one of {', '.join(choices)}")
    return value


def parse_target_group(text):
    port, _, arn = text.partition("=")
    if not arn.startswith("arn:"):
        raise SyncError(f"TARGET_GROUPS has {text!r}, not port=ARN")
    return int(port), arn


def system_resolvers():
    with open("/etc/resolv.conf", encoding="utf-8") as file:
        words = [line.split() for line in file]
    return [line[1] for line in words if len(line) > 1 and line[0] == "nameserver"]


# --- One target group ---


def sync_group(config, group, port, lookups, now):
    """Brings one target group to the addresses. Reads first; then register, deregister, state, in that order."""
    registered = registered_addresses(group, port)
    addresses, complete = lookups.corroborate(registered)
    key = f"{config.state_prefix}/{group.rsplit('/', 1)[-1]}-{port}"
    text = load_state(config, key)
    state = parse_state(text, config, now)
    new = addresses - registered
    leaving, new_state = count(config, state, registered - addresses, complete, now)
    if not (registered | new) - leaving:
        raise SyncError("this run would leave no target; nothing is changed")
    if new:
        client("elbv2").register_targets(TargetGroupArn=group, Targets=targets(new, port))
    if leaving:
        client("elbv2").deregister_targets(TargetGroupArn=group, Targets=targets(leaving, port))
    new_text = json.dumps(new_state, sort_keys=True)
    if new_text != (text or json.dumps(EMPTY_STATE, sort_keys=True)):
        save_state(config, key, new_text)
    return {
        "port": port,
        "target_group": group,
        "addresses": sorted(addresses),
        "registered": sorted(new),
        "deregistered": sorted(leaving),
        "missing": new_state["missing"],
        "target_count": len((registered | new) - leaving),
        "missing_count": len(registered - addresses - leaving),
        "complete": complete,
    }


def registered_addresses(group, port):
    """What the group holds on this port. Draining is on its way out; another port is somebody else's."""
    health = client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return {
        item["Target"]["Id"]
        for item in health
        if item["Target"].get("Port", port) == port and item["TargetHealth"]["State"] != "draining"
    }


def targets(addresses, port):
    return [{"Id": address, "Port": port} for address in sorted(addresses)]


def count(config, state, gone, complete, now):
    """Who leaves now, and the counters after this run. Counters of those that are listed again fall away here."""
    missing = {address: state["missing"].get(address, 0) for address in gone}
    counted_at = state["counted_at"]
    if complete and gone and now - counted_at >= config.interval * INTERVAL_TOLERANCE:
        missing = {address: runs + 1 for address, runs in missing.items()}
        counted_at = now
    leaving = {address for address, runs in missing.items() if runs >= config.missing_limit}
    kept = {address: runs for address, runs in missing.items() if runs and address not in leaving}
    return leaving, {"counted_at": counted_at, "missing": kept}


# --- Counters of earlier runs ---


def parse_state(text, config, now):
    """The counters, or empty ones for anything that this function would not have written lately."""
    if text is None:
        return EMPTY_STATE
    try:
        state = json.loads(text)
        counted_at, missing = state["counted_at"], state["missing"]
        age = now - counted_at
        valid = all(type(runs) is int and 0 < runs < config.missing_limit for runs in missing.values())
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        valid = False
    if not valid:
        print(json.dumps({"warning": "the state is damaged; counting starts again", "state": text[:500]}))
        return EMPTY_STATE
    # The time of a clock that runs ahead, or of a function that stood still: no run in a row follows it.
    if not -config.interval <= age <= OUTDATED_INTERVALS * config.interval:
        return EMPTY_STATE
    return {"counted_at": counted_at, "missing": missing}


def load_state(config, key):
    """The text of the state, None where there is none yet. Every other failure is raised."""
    try:
        if config.state == "s3":
            body = client("s3").get_object(Bucket=config.bucket, Key=f"{key}.json")["Body"].read()
            return body.decode("utf-8", "replace")
        return client("ssm").get_parameter(Name=key)["Parameter"]["Value"]
    except ClientError as failure:
        if failure.response["Error"]["Code"] in ("ParameterNotFound", "NoSuchKey"):
            return None
        raise


def save_state(config, key, text):
    if config.state == "s3":
        client("s3").put_object(Bucket=config.bucket, Key=f"{key}.json", Body=text.encode())
    else:
        client("ssm").put_parameter(Name=key, Value=text, Type="String", Overwrite=True)


@functools.cache
def client(service):
    """Retries answer a short throttling; the timeouts keep a run inside its interval."""
    retries = {"mode": "standard", "total_max_attempts": 3}
    return boto3.client(service, config=ClientConfig(retries=retries, connect_timeout=3, read_timeout=5))


def metrics(context, summaries):
    """One line that CloudWatch Logs reads as metrics (AWS, "Specification: Embedded metric format")."""
    values = {
        "AddressCount": len({address for summary in summaries for address in summary["addresses"]}),
        "TargetCount": sum(summary["target_count"] for summary in summaries),
        "MissingCount": sum(summary["missing_count"] for summary in summaries),
        "Registered": sum(len(summary["registered"]) for summary in summaries),
        "Deregistered": sum(len(summary["deregistered"]) for summary in summaries),
        "IncompleteLookups": sum(not summary["complete"] for summary in summaries),
    }
    directive = {
        "Namespace": "GwGen/AlbIpSync",
        "Dimensions": [["FunctionName"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
    }
    name = getattr(context, "function_name", "sync")
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": about, "FunctionName": name, **values, "groups": summaries}


# --- DNS ---


def resolve(config):
    """What DNS says in this run, gone on with until every address of the ALB should be known."""
    deadline = time.monotonic() + LOOKUP_SECONDS
    ask = functools.partial(lookup, port=config.dns_port, timeout=config.dns_timeout, deadline=deadline)
    if config.dns_mode == "resolver":
        servers, recursive = list(config.resolvers), True
        count_of_servers = len(servers)
    else:
        (servers, count_of_servers), recursive = authoritative_servers(ask, config), False
    ask = functools.partial(ask, servers, config.alb, RECORD_A, recursive=recursive)
    lookups = Lookups(config, ask, servers, count_of_servers)
    lookups.gather()
    return lookups


class Lookups:
    """The answers of a run. What one of them lists is there; what is absent takes more than one to say.

    `servers` are those of `count_of_servers` that have not failed in this run.
    """

    def __init__(self, config, ask, servers, count_of_servers):
        self.config, self.ask, self.servers, self.count_of_servers = config, ask, servers, count_of_servers
        self.found, self.asked, self.has_failed, self.is_authoritative = set(), 0, False, False
        # The server of each answer that had room for every address, and of each in a row that brought nothing new.
        self.short, self.quiet = [], []

    def gather(self):
        """Asks until nothing new comes: until half as many answers in a row as there are addresses brought none.

        An answer of 8 out of n passes an address over with a chance of 1 - 8/n, so half as many answers do now and then,
        though never in several runs in a row. Where one run is enough to leave, as many answers as addresses have to
        bring none.
        """
        while not self.short and not self.is_quiet() and self.asked < self.config.max_lookups:
            self.next_answer()

    def corroborate(self, registered):
        """Every address, and whether registered ones that are not among them are known to be absent.

        A failure in here confirms nothing, but takes nothing back either: new addresses are still registered.
        """
        while registered - self.found and self.is_complete() and not self.is_proven() and self.can_be_proven():
            try:
                self.next_answer()
            except DnsError as failure:
                self.has_failed = True
                print(json.dumps({"warning": "an absence is not confirmed and does not count", "error": str(failure)}))
        return set(self.found), self.is_proven() if registered - self.found else self.is_complete()

    def next_answer(self):
        records, self.is_authoritative, server = self.ask(self.asked)
        self.asked += 1
        addresses = set(records)
        if not addresses or not all(usable(address) for address in addresses):
            raise DnsError(f"an answer lists {sorted(addresses) or 'no address'}; nothing is changed")
        self.quiet = [] if addresses - self.found else [*self.quiet, server]
        self.found |= addresses
        if len(addresses) < FULL_ANSWER:
            self.short.append(server)

    def is_quiet(self):
        share = 1 if self.config.missing_limit == 1 else 0.5
        return bool(self.found) and len(self.quiet) >= len(self.found) * share

    def is_complete(self):
        return bool(self.short) or (self.is_quiet() and self.is_authoritative)

    def is_proven(self):
        """Two answers agree that there is no more, of two servers where there are several."""
        proofs = (self.short, self.quiet if self.is_quiet() and self.is_authoritative else [])
        return any(len(servers) > 1 and self.are_enough(servers) for servers in proofs)

    def can_be_proven(self):
        has_time = self.asked < self.config.max_lookups and not self.has_failed
        return has_time and self.are_enough([*self.short, *self.quiet, *self.servers])

    def are_enough(self, servers):
        return len(set(servers)) >= min(2, self.count_of_servers)


def usable(address):
    """Filtering resolvers answer with such addresses; no load balancer has one."""
    address = ipaddress.ip_address(address)
    return not (address.is_loopback or address.is_unspecified or address.is_multicast or address.is_link_local)


def authoritative_servers(ask, config):
    """Addresses of the servers of the zone that holds the ALB's name, found from the name upwards, and how many there are."""
    labels = config.alb.split(".")
    for start in range(1, len(labels) - 1):
        hosts, _, _ = ask(config.resolvers, ".".join(labels[start:]), RECORD_NS, 0)
        if hosts:
            return server_addresses(ask, config, hosts)
    raise DnsError(f"no zone with name servers above {config.alb}")


def server_addresses(ask, config, hosts):
    addresses, unknown = set(), 0
    for host in hosts:
        try:
            found, _, _ = ask(config.resolvers, host, RECORD_A, 0)
        except DnsError as failure:  # one of several; the others will do
            found = []
            print(json.dumps({"warning": str(failure)}))
        addresses.update(found)
        unknown += not found
    if not addresses:
        raise DnsError(f"no address for any of {', '.join(hosts)}")
    servers = sorted(addresses)
    random.shuffle(servers)
    return servers, len(servers) + unknown


def lookup(servers, name, kind, turn, port, timeout, deadline, recursive=True):
    """The records of a name, whether they are authoritative, and the first server that has an answer, whose they are.

    Each turn starts at another server. One that fails is not asked again in this run while there are others.
    """
    start = turn % len(servers)
    order = servers[start:] + servers[:start]
    failures = []
    for server in order if len(order) > 1 else order * 2:
        if time.monotonic() >= deadline:
            raise DnsError(f"{name}: the lookups take longer than {LOOKUP_SECONDS} s")
        try:
            return *query((server, port), name, kind, timeout, recursive), server
        except (DnsError, OSError) as failure:
            failures.append(f"{server}: {failure!r}")
            if len(servers) > 1:
                servers.remove(server)
    raise DnsError(f"{name}: {'; '.join(failures)}")


def query(server, name, kind, timeout, recursive):
    """One question to one server, over UDP, or over TCP where the answer does not fit."""
    question = encode_name(name) + struct.pack("!2H", kind, CLASS_IN)
    flags = 0x0100 if recursive else 0
    packet = struct.pack("!6H", secrets.randbelow(1 << 16), flags, 1, 0, 0, 0) + question
    answer = over_udp(server, packet, timeout)
    if answer[2] & 0x02:
        answer = over_tcp(server, packet, timeout)
    try:
        return parse_answer(answer, len(packet), name, kind)
    except (IndexError, struct.error, ValueError) as failure:
        raise DnsError(f"a malformed answer: {failure}") from failure


def over_udp(server, packet, timeout):
    """Takes nothing from other senders (connect) and nothing that answers another question."""
    until = time.monotonic() + timeout
    with socket.socket(family(server), socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout)
        udp.connect(server)
        udp.send(packet)
        while (left := until - time.monotonic()) > 0:
            udp.settimeout(left)
            answer = udp.recv(65535)
            if answers(answer, packet):
                return answer
    raise TimeoutError("timed out")


def over_tcp(server, packet, timeout):
    with socket.socket(family(server), socket.SOCK_STREAM) as tcp:
        tcp.settimeout(timeout)
        tcp.connect(server)
        tcp.sendall(struct.pack("!H", len(packet)) + packet)
        with tcp.makefile("rb") as stream:
            (length,) = struct.unpack("!H", exactly(stream, 2))
            answer = exactly(stream, length)
    if not answers(answer, packet):
        raise DnsError("an answer to another question")
    return answer


def exactly(stream, length):
    data = stream.read(length)
    if len(data) != length:
        raise DnsError("the connection ended inside an answer")
    return data


def family(server):
    return socket.AF_INET6 if ":" in server[0] else socket.AF_INET


def answers(answer, packet):
    """Whether it is a response to this very question: id, kind and the question as it was asked."""
    is_response = len(answer) >= len(packet) and answer[:2] == packet[:2] and answer[2] & 0xF8 == 0x80
    return is_response and answer[4:6] == b"\0\1" and answer[12 : len(packet)].lower() == packet[12:].lower()


def parse_answer(answer, at, name, kind):
    """The records of the asked kind that belong to the name or its aliases, and whether the server is authoritative."""
    flags, _, count_of_records = struct.unpack("!3H", answer[2:8])
    if flags & 0x000F:
        raise DnsError(f"response code {flags & 0x000F}")
    owners, found = {name}, []
    for _ in range(count_of_records):
        owner, at = read_name(answer, at)
        record, record_class, _, length = struct.unpack("!2HIH", answer[at : at + 10])
        at += 10
        data, data_at, at = answer[at : at + length], at, at + length
        if owner not in owners or record_class != CLASS_IN:
            continue
        if record == RECORD_CNAME:
            owners.add(read_name(answer, data_at)[0])
        elif record == kind:
            found.append(socket.inet_ntoa(data) if kind == RECORD_A else read_name(answer, data_at)[0])
    return found, bool(flags & 0x0400)


def encode_name(name):
    labels = [label.encode("ascii") for label in name.split(".")]
    if not all(0 < len(label) < 64 for label in labels):
        raise DnsError(f"{name!r} is no DNS name")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def read_name(packet, at):
    """A name that may end in pointers backwards, and where the next field begins."""
    labels, end = [], None
    for _ in range(128):
        length = packet[at]
        if length == 0:
            return ".".join(labels), end or at + 1
        if length & 0xC0 == 0xC0:
            end = end or at + 2
            at = (length & 0x3F) << 8 | packet[at + 1]
        elif length & 0xC0:
            raise ValueError("a label of an unknown kind")
        else:
            labels.append(packet[at + 1 : at + 1 + length].decode("ascii").lower())
            at += 1 + length
    raise ValueError("a name without end")
