"""Runs templates/functions/sync.py for real, through its handler: emulated AWS, a real DNS, a clock that is turned.

    target/judges/.venv/bin/python tests/functions/sync_test.py

FUNCTIONS names another folder with the function, to see the cases fail where a rule is broken.
"""

import contextlib
import json
import os
import random
import sys
import threading

from dns_server import SERVERS
from sync_world import BUCKET, World
from table import Table

world = World()


def ips(count, first=1):
    return [f"10.0.{number // 250}.{number % 250 + 1}" for number in range(first, first + count)]


def first_run():
    """first run registers what DNS lists"""
    world.begin(ips(2))
    yield "", ("ok", set(ips(2)), None), (world.run(), world.targets(), world.state())


def grow():
    """grow 2 -> 12: all at once, in one call"""
    world.begin(ips(2)).run()
    world.list(*ips(12))
    world.proxy.calls.clear()
    yield "", ("ok", 12, ["RegisterTargets"]), (world.run(), world.size(), world.changes())


def shrink():
    """shrink 12 -> 3: size after runs 0, 1, 2, 3"""
    world.begin(ips(12)).run()
    sizes = [world.size()]
    world.list(*ips(3))
    for _ in range(3):
        world.run()
        sizes.append(world.size())
    yield "", [12, 12, 12, 3], sizes
    yield "one deregistration", 1, world.actions().count("DeregisterTargets")
    yield "the counters are empty again", {}, world.missing()


def gone_for(runs):
    def case():
        world.begin(ips(3)).run()
        world.list(*ips(2))
        world.run(runs)
        counted = dict(world.missing())
        held = world.size()
        world.list(*ips(3))
        world.run()
        yield "", ({ips(3)[2]: runs} if runs < 3 else {}, 3 if runs < 3 else 2, 3, {}), (counted, held, world.size(), world.missing())

    case.__doc__ = f"gone for {runs} runs, then back: counter, targets, targets, counter"
    return case


def flapping():
    """flapping for 12 runs never leaves"""
    world.begin(ips(3)).run()
    for turn in range(12):
        world.list(*ips(3 if turn % 3 == 2 else 2))
        world.run()
    yield "", (3, 0), (world.size(), world.actions().count("DeregisterTargets"))


def returning_while_draining():
    """a returning address that is draining is registered again"""
    world.begin(ips(3)).run()
    world.list(*ips(2))
    world.run(3)
    draining = list(world.proxy.draining[world.groups[80]])
    world.list(*ips(3))
    yield "", ([ips(3)[2]], "ok", 3), (draining, world.run(), world.size())


def draining_is_left_alone():
    """what drains is neither counted nor deregistered again"""
    world.begin(ips(3)).run()
    world.list(*ips(2))
    world.run(8)
    yield "", (1, {}), (world.actions().count("DeregisterTargets"), world.missing())


def all_replaced():
    """every address is replaced: new ones first, old ones in the third run"""
    world.begin(ips(3)).run()
    world.list(*ips(3, 50))
    sizes = [world.run() and world.size() for _ in range(3)]
    yield "", ([6, 6, 3], set(ips(3, 50))), (sizes, world.targets())
    world.begin(ips(3)).run()
    world.environment["MISSING_BEFORE_DEREGISTER"] = "1"
    world.limit = 1
    world.list(*ips(3, 50))
    world.proxy.calls.clear()
    world.run()
    yield "at once, in this order", ["RegisterTargets", "DeregisterTargets", "PutParameter"], world.changes()


def limits():
    """the limit of runs is kept"""
    for limit in (1, 2, 5):
        world.begin(ips(3), MISSING_BEFORE_DEREGISTER=str(limit)).run()
        world.list(*ips(2))
        sizes = [world.run() and world.size() for _ in range(limit)]
        yield f"{limit}", [3] * (limit - 1) + [2], sizes


def broken_dns():
    """no change and an error"""
    for fault in ("no records", "SERVFAIL", "silence", "NXDOMAIN", "REFUSED", "garbage", "cut off", "looping name", "other owner", "0.0.0.0", "tcp cut"):
        world.begin(ips(3)).run()
        world.list(*ips(2))
        world.run(2)
        before = world.state()
        world.dns.fail(fault)
        world.environment["DNS_TIMEOUT_MS"] = "100"
        world.proxy.calls.clear()
        outcome = world.run()
        yield fault, ("DnsError", [], 3, before), (outcome, world.proxy.calls, world.size(), world.state())
    world.dns.fail("SERVFAIL", "127.0.0.1")
    yield "SERVFAIL of the resolver", ("DnsError", 3), (world.run(), world.size())


def usable_dns():
    """the run goes on"""
    for fault in ("truncated", "spoofed", "alias"):
        world.begin(ips(2))
        world.dns.fail(fault)
        yield fault, ("ok", set(ips(2))), (world.run(), world.targets())
    for fault in ("SERVFAIL", "silence", "no records"):
        world.begin(ips(12), DNS_TIMEOUT_MS="500")
        world.dns.fail(fault, SERVERS[0])
        expected = ("DnsError", 0) if fault == "no records" else ("ok", 12)
        yield f"{fault} at one of two servers", expected, (world.run(), world.size())


def slow_dns():
    """lookups that take too long are an error in time"""
    world.begin(ips(3), DNS_TIMEOUT_MS="200").run()
    allowed, world.function.LOOKUP_SECONDS = world.function.LOOKUP_SECONDS, 0.1
    world.dns.fail("silence", SERVERS[0])
    world.list(*ips(30))
    outcomes = {world.run() for _ in range(6)}
    world.function.LOOKUP_SECONDS = allowed
    yield "", (True, set()), ("DnsError" in outcomes, outcomes - {"DnsError", "ok"})



def failing_calls():
    """no change after it, and an error"""
    calls = {"DescribeTargetHealth": 0, "GetParameter": 0, "RegisterTargets": 0, "DeregisterTargets": 1, "PutParameter": 2}
    for action, done in calls.items():
        for kind in ("denied", "throttled", "cut"):
            # The third run: one address is new, one is missing for the third time.
            world.begin(ips(4)).run()
            world.list(*ips(3))
            world.run(2)
            world.list(*ips(3), "10.0.0.99")
            before, held = world.state(), world.targets()
            world.proxy.faults = {action: (kind, 99, None)}
            outcome = world.run()
            expected = held | ({"10.0.0.99"} if done > 0 else set())
            expected -= {ips(4)[3]} if done > 1 else set()
            yield f"{kind} {action}", (True, expected, before), (outcome != "ok", world.targets(), world.state())
            world.proxy.faults = {}
            outcome = world.run()
            yield f"{kind} {action}, the run after it", ("ok", set(world.dns.addresses)), (outcome, world.targets())


def short_throttling():
    """one throttled call is tried again and the run is fine"""
    for action in ("DescribeTargetHealth", "GetParameter", "RegisterTargets"):
        world.begin(ips(2))
        world.proxy.faults = {action: ("throttled", 1, None)}
        yield action, ("ok", 2), (world.run(), world.size())


def damaged_state():
    """damaged counters are empty ones: runs until it leaves"""
    gone = ips(3)[2]
    for text in (
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"counted_at": 1800000060}',
        '{"counted_at": "x", "missing": {}}',
        '{"counted_at": 1800000060, "missing": []}',
        '{"counted_at": 1800000060, "missing": {"%s": "2"}}' % gone,
        '{"counted_at": 1800000060, "missing": {"%s": 99}}' % gone,
        '{"counted_at": 1800000060, "missing": {"%s": -5}}' % gone,
        '{"counted_at": 1800000060, "missing": {"%s": true}}' % gone,
        '{"counted_at": NaN, "missing": {"%s": 2}}' % gone,
        '{"counted_at": 1800009999, "missing": {"%s": 2}}' % gone,
        '{"counted_at": 1700000000, "missing": {"%s": 2}}' % gone,
        '{"counted_at": 1800000060, "missing": {"%s": 2.5}}' % gone,
        '{"counted_at": 1%s, "missing": {"%s": 2}}' % ("0" * 400, gone),
        "[" * 4000,
    ):
        world.begin(ips(3)).run()
        world.list(*ips(2))
        world.write_state(text or " ")
        sizes = [world.run() and world.size() for _ in range(3)]
        yield text[:60] or "blank", [3, 3, 2], sizes


def lost_state():
    """lost counters start again"""
    world.begin(ips(3)).run()
    world.list(*ips(2))
    world.run(2)
    world.ssm.delete_parameter(Name=world.key())
    sizes = [world.run() and world.size() for _ in range(3)]
    yield "", [3, 3, 2], sizes


def standstill():
    """after a standstill the runs are not in a row"""
    world.begin(ips(3)).run()
    world.list(*ips(2))
    world.run(2)
    world.lacking.clear()
    world.run(after=86_400)
    sizes = [world.size()] + [world.run() and world.size() for _ in range(2)]
    yield "", [3, 3, 2], sizes


def two_listeners():
    """two listeners: each its own target group and counters"""
    world.begin(ips(3), ports=(80, 443)).run()
    yield "both follow", (3, 3), (world.size(80), world.size(443))
    world.list(*ips(2))
    world.run()
    world.elb.deregister_targets(TargetGroupArn=world.groups[443], Targets=[{"Id": ips(3)[2], "Port": 443}])
    world.run()
    yield "counters of their own", ({ips(3)[2]: 2}, {}), (world.missing(80), world.missing(443))
    world.list(*ips(4))
    world.proxy.faults = {"DescribeTargetHealth": ("denied", 99, world.groups[80])}
    outcome = world.run()
    yield "one fails, the other follows, the run fails", ("SyncError", 3, 4), (outcome, world.size(80), world.size(443))
    yield "the error names the group", True, world.groups[80] in str(world.failure)


def overlapping():
    """overlapping runs count once"""
    world.begin(ips(3)).run()
    world.list(*ips(2))
    world.run()
    for moment in (0, 0, 1, 20, 45):
        world.invoke(now=world.now + moment)
    yield "six runs in one interval", (3, {ips(3)[2]: 1}), (world.size(), world.missing())
    world.now += 60
    world.lacking[ips(3)[2]] += 1
    at_once()
    yield "two at once", (3, {ips(3)[2]: 2}), (world.size(), world.missing())
    world.now += 60
    world.lacking[ips(3)[2]] += 1
    at_once()
    world.run()
    yield "two at once in the third run, then one", ("ok", 2), (world.invoke(), world.size())


def at_once():
    """Two handlers that hold the same old counters before one of them acts."""
    barrier = threading.Barrier(2, timeout=5)
    function, count = world.function, world.function.count

    def together(*arguments):
        barrier.wait()
        return count(*arguments)

    function.count = together
    threads = [threading.Thread(target=swallow, args=(world.now,)) for _ in range(2)]
    with contextlib.redirect_stdout(None):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    function.count = count


def swallow(now):
    # The emulator refuses a second deregistration of the same target; either outcome is fine here.
    try:
        world.function.handler({}, None, clock=lambda: now)
    except Exception:
        pass


def no_retries():
    """what AWS calls again a minute after a failure, or late, does nothing; the schedule's next run does"""
    world.begin(ips(3)).run()
    world.list(*ips(2))
    world.dns.fail("SERVFAIL")
    yield "a run fails", "DnsError", world.run()
    event, failed_at = world.event(), world.now
    world.dns.reset(ips(2))
    for late in (60, 61, 181):
        world.proxy.calls.clear()
        before = world.state(), world.dns.asked
        outcome = world.invoke(now=failed_at + late, event=event)
        yield f"the same event {late} s later", ("ok", [], before), (outcome, world.proxy.calls, (world.state(), world.dns.asked))
    yield "the schedule goes on", [3, 3, 2], [world.run() and world.size() for _ in range(3)]
    yield "a call by hand has no time and runs", ("ok", True), (world.invoke(event={}), "_aws" in world.output)


def early_and_late_schedule():
    """a schedule that is some seconds early or late still counts every run"""
    world.begin(ips(3)).run()
    world.list(*ips(2))
    sizes = [world.run(after=after) and world.size() for after in (57, 64, 56)]
    yield "", [3, 3, 2], sizes


def slow_runs():
    """a run counts from its beginning, so a slow one keeps the next from counting no more"""
    world.begin(ips(3), ports=(80, 443)).run()
    world.list(*ips(2))
    sizes = []
    for seconds in (20, 0, 20):
        world.slowness = seconds
        sizes.append(world.run() and (world.size(80), world.size(443)))
    yield "", [(3, 3), (3, 3), (2, 2)], sizes


def many_addresses():
    """more than eight addresses"""
    for number in (8, 9, 20, 30):
        world.begin(ips(number)).run(2)
        world.list(*ips(number - 1))
        held, runs = world.size(), 0
        while world.size() == number and runs < 6:
            world.run()
            runs += 1
        yield f"{number}, one leaves: held, runs, left", (number, 3, number - 1), (held, runs, world.size())
    yield "at most 50 lookups a run", True, world.dns.asked / 5 <= 50


class PassesOver:
    """Chooses as DNS does, but passes one address over in the first answers."""

    def __init__(self, address, answers):
        self.address, self.answers, self.random = address, answers, random.Random(1)

    def sample(self, addresses, count):
        self.answers -= 1
        return self.random.sample([it for it in addresses if it != self.address or self.answers < 0], count)


def passed_over():
    """where one run is enough to leave, an address that answers in a row pass over stays"""
    for answers in (8, 10):
        world.begin(ips(12), MISSING_BEFORE_DEREGISTER="1").run()
        world.dns.random = PassesOver(ips(12)[5], answers)
        yield f"{answers} answers", ("ok", 12, 0), (world.run(), world.size(), world.actions().count("DeregisterTargets"))
    world.begin(ips(12), MISSING_BEFORE_DEREGISTER="1").run()
    world.list(*ips(11))
    yield "one that is gone leaves at once", ("ok", 11), (world.run(), world.size())


@contextlib.contextmanager
def first_asked_first():
    """The zone's servers are asked in their order, so that a case knows who answers first."""
    shuffle, random.shuffle = random.shuffle, lambda servers: None
    yield
    random.shuffle = shuffle


def one_of_two_lags():
    """an address that one of two servers lists is there"""
    gone, new = ips(3)[2], "10.0.0.99"
    for limit in ("3", "1"):
        for lagging in SERVERS:
            world.begin(ips(3), MISSING_BEFORE_DEREGISTER=limit).run()
            world.dns.views[lagging] = [ips(2)]
            yield f"limit {limit}, {lagging} lags: held, counted", ({"ok"}, 3, {}), ({world.run() for _ in range(6)}, world.size(), world.missing())
    world.begin(ips(3)).run()
    world.dns.views = {SERVERS[0]: [[*ips(2), new]]}
    world.dns.addresses = [*ips(3), new]
    yield "what only one lists is registered, too", ("ok", {*ips(3), new}), (world.run(2), world.targets())
    with first_asked_first():
        world.begin(ips(3)).run()
        world.list(*ips(2))
        world.dns.asked_of.clear()
        world.run()
        yield "one after the other is asked", ([*SERVERS], {gone: 1}), (world.dns.asked_of, world.missing())
        world.dns.views[SERVERS[1]] = [ips(3)]
        world.run()
        yield "a server that still lists it takes the counter back", {}, world.missing()


def nothing_lacking():
    """one question is enough where nothing registered is lacking"""
    world.begin(ips(3), ports=(80, 443)).run()
    world.list(*ips(5))
    world.dns.asked_of.clear()
    yield "new ones", ("ok", 1, 5), (world.run(), len(world.dns.asked_of), world.size())
    world.list(*ips(4))
    world.dns.asked_of.clear()
    yield "two groups lack the same address: two questions in all", ("ok", 2, {ips(5)[4]: 1}, {ips(5)[4]: 1}), (world.run(), len(world.dns.asked_of), world.missing(80), world.missing(443))


def one_server():
    """the only server is asked again"""
    world.begin(ips(3)).run()
    world.dns.name_servers = (1,)
    for _ in range(6):
        world.dns.views[SERVERS[0]] = [ips(2), ips(3)]
        world.run()
    yield "what the second answer lists is there", (3, {}), (world.size(), world.missing())
    world.dns.views = {}
    world.list(*ips(2))
    world.dns.asked_of.clear()
    sizes = [world.run() and world.size() for _ in range(3)]
    yield "what both lack leaves in the third run", ([3, 3, 2], [SERVERS[0]] * 6), (sizes, world.dns.asked_of[:6])
    for resolvers, held in ((SERVERS[0], 2), (f"{SERVERS[0]},{SERVERS[0]}", 2), (",".join(SERVERS), 3)):
        world.begin(ips(3), DNS_MODE="resolver", DNS_RESOLVERS=resolvers).run()
        world.list(*ips(2))
        world.dns.fail("REFUSED", SERVERS[1])
        world.run(3)
        yield f"resolvers {resolvers}, the second refuses", held, world.size()


def other_server_fails():
    """a failure confirms no absence"""
    gone, new = ips(3)[2], "10.0.0.99"
    for fault in ("no records", "SERVFAIL", "silence", "NXDOMAIN", "REFUSED", "garbage", "0.0.0.0", "tcp cut"):
        for limit in ("3", "1"):
            world.begin(ips(3), MISSING_BEFORE_DEREGISTER=limit, DNS_TIMEOUT_MS="100").run()
            world.list(*ips(2), new)
            world.dns.fail(fault, SERVERS[1])
            with first_asked_first():
                outcomes = {world.run() for _ in range(4)}
            yield f"{fault}, limit {limit}: held, counted", ({"ok"}, {*ips(3), new}, {}), (outcomes, world.targets(), world.missing())
            yield f"{fault}, limit {limit}: the metric says so", 1, metric()["IncompleteLookups"]
    world.begin(ips(3)).run()
    world.list(*ips(2))
    world.run(2)
    world.dns.fail("SERVFAIL", SERVERS[1])
    world.run(2)
    yield "a counter neither rises nor falls meanwhile", (3, {gone: 2}), (world.size(), world.missing())
    world.dns.faults = {}
    yield "and goes on where it was", ("ok", 2), (world.run(), world.size())
    world.begin(ips(3)).run()
    world.dns.unknown = (2,)
    world.list(*ips(2))
    world.run(4)
    yield "a server whose address is not known is one that fails", (3, {}), (world.size(), world.missing())
    world.begin(ips(12)).run(2)
    world.list(*ips(11))
    world.dns.fail("SERVFAIL", SERVERS[1])
    world.run(4)
    yield "of many addresses, too", (12, {}), (world.size(), world.missing())


def lookups_to_confirm():
    """MAX_LOOKUPS_PER_RUN is kept, and what it leaves unconfirmed does not count"""
    for most, held in (("1", 3), ("2", 2)):
        world.begin(ips(3), MAX_LOOKUPS_PER_RUN=most).run()
        yield f"{most}: all is there", 0, metric()["IncompleteLookups"]
        world.list(*ips(2))
        world.dns.asked_of.clear()
        world.run()
        yield f"{most}: one is gone", (int(most), 1 if most == "1" else 0), (len(world.dns.asked_of), metric()["IncompleteLookups"])
        world.run(3)
        yield f"{most}: held after four runs", held, world.size()


def few_lookups():
    """too few lookups prove no absence"""
    world.begin(ips(40), MAX_LOOKUPS_PER_RUN="3").run()
    asked = world.dns.asked
    world.run(8)
    yield "lookups of the first run", 3, asked
    yield "nobody is counted, nobody leaves", ({}, 0), (world.missing(), world.actions().count("DeregisterTargets"))
    yield "the metric says so", 1, metric()["IncompleteLookups"]
    yield "with time all are found", True, world.size() > 30


def cached_answers():
    """a full answer out of a cache proves no absence"""
    world.begin(ips(12)).run()
    world.environment["DNS_MODE"] = "resolver"
    outcomes = {world.run() for _ in range(6)}
    yield "eight of twelve, again and again", ({"ok"}, 12, {}), (outcomes, world.size(), world.missing())
    world.list(*ips(3))
    world.dns.cached = None
    world.run(3)
    yield "a short answer does", 3, world.size()


def store_in_s3():
    """counters in S3"""
    world.begin(ips(3), STATE="s3", STATE_BUCKET=BUCKET, STATE_PREFIX="sync").run()
    world.list(*ips(2))
    yield "first object", ("ok", {ips(3)[2]: 1}), (world.run(), world.missing())
    for action in ("GetObject", "PutObject"):
        world.proxy.faults = {action: ("denied", 99, None)}
        before = world.state()
        yield f"denied {action}", (True, 3, before), (world.run() != "ok", world.size(), world.state())
        world.lacking[ips(3)[2]] -= 1
    world.proxy.faults = {}
    world.run(2)
    yield "leaves in the third run that could count", 2, world.size()


def quiet_runs():
    """a run without news writes nothing"""
    world.begin(ips(5)).run()
    world.proxy.calls.clear()
    world.run(4)
    yield "", ["DescribeTargetHealth", "GetParameter"] * 4, world.actions()


def foreign_targets():
    """targets on another port are somebody else's"""
    world.begin(ips(2))
    world.elb.register_targets(TargetGroupArn=world.groups[80], Targets=[{"Id": "10.9.9.9", "Port": 9999}])
    world.run(5)
    yield "", {*ips(2), "10.9.9.9"}, world.targets()


def unhealthy_stays():
    """an empty answer for five runs leaves the group as it is"""
    world.begin(ips(3)).run()
    world.list()
    outcomes = {world.run() for _ in range(5)}
    yield "", ({"DnsError"}, 3, None), (outcomes, world.size(), world.state())


def metric():
    return next(json.loads(line) for line in world.output.splitlines() if '"_aws"' in line)


def metrics():
    """the metric line"""
    world.begin(ips(3)).run()
    world.list(*ips(2))
    world.run()
    line = metric()
    directive = line["_aws"]["CloudWatchMetrics"][0]
    yield "namespace", "GwGen/AlbIpSync", directive["Namespace"]
    yield "the dimension stands in the line", [["FunctionName"]], directive["Dimensions"]
    yield "its value", "shop-sync", line["FunctionName"]
    yield "the groups", [80], [group["port"] for group in line["groups"]]
    names = [item["Name"] for item in directive["Metrics"]]
    yield "values", {"AddressCount": 2, "TargetCount": 3, "MissingCount": 1, "Registered": 0, "Deregistered": 0, "IncompleteLookups": 0}, {name: line[name] for name in names}
    world.begin(ips(3), ports=(80, 443)).run()
    yield "one line for all groups", 1, world.output.count('"_aws"')
    line = metric()
    yield "addresses count once, targets in each group", (3, 6, 6), (line["AddressCount"], line["TargetCount"], line["Registered"])
    yield "each group's numbers are in the line", {80: 3, 443: 3}, {group["port"]: group["target_count"] for group in line["groups"]}
    world.proxy.faults = {"DescribeTargetHealth": ("denied", 99, None)}
    world.run()
    yield "none from a run that AWS refuses", False, "_aws" in world.output
    world.dns.fail("SERVFAIL")
    world.run()
    yield "none from a run without DNS", False, "_aws" in world.output


def configuration():
    """a wrong environment is an error before any call"""
    for name, value in (("MISSING_BEFORE_DEREGISTER", "0"), ("MAX_LOOKUPS_PER_RUN", "0"), ("STATE", "dynamo"), ("TARGET_GROUPS", "80=tg"), ("TARGET_GROUPS", ""), ("ALB_DNS_NAME", ""), ("SCHEDULE_SECONDS", "x")):
        world.begin(ips(2), **{name: value})
        world.limit = 3
        yield f"{name}={value}", (True, []), (world.run() != "ok", world.proxy.calls)
        world.environment.pop(name)
    os.environ.pop("SCHEDULE_SECONDS", None)


def no_run_did_harm():
    """in no case did a healthy address leave early or a group become empty"""
    yield "", [], world.violations


CASES = [
    first_run, grow, shrink, gone_for(1), gone_for(2), gone_for(3), flapping, returning_while_draining,
    draining_is_left_alone, all_replaced, limits, unhealthy_stays, broken_dns, usable_dns, slow_dns, failing_calls,
    short_throttling, damaged_state, lost_state, standstill, two_listeners, overlapping, no_retries,
    early_and_late_schedule, slow_runs, many_addresses, passed_over, one_of_two_lags, nothing_lacking, one_server, other_server_fails, lookups_to_confirm,
    few_lookups, cached_answers, store_in_s3, quiet_runs, foreign_targets, metrics, configuration,
    no_run_did_harm,
]  # fmt: skip

if __name__ == "__main__":
    table = Table("sync function")
    for case in CASES:
        if len(sys.argv) < 2 or case.__name__ in sys.argv[1:]:
            table.run(case)
    sys.exit(table.end())
