"""The world of the sync function: emulated ELB, SSM and S3 behind a proxy, a DNS that changes, and a clock.

After every run it is judged what no run may do, whatever the case is about: take out an address that DNS lists or has
not lacked for enough runs, or leave a group with less than it had to. What is found stands in `violations`.
"""

import contextlib
import datetime
import importlib.util
import io
import itertools
import json
import logging
import os
import pathlib
import types

import boto3
import botocore.endpoint
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT_ID
from moto.elbv2.models import elbv2_backends
from moto.server import ThreadedMotoServer

from aws_proxy import AwsProxy
from dns_server import NAME, RESOLVER, Dns

SOURCE = pathlib.Path(os.environ.get("FUNCTIONS", pathlib.Path(__file__).parents[2] / "templates" / "functions"))
BUCKET = "sync-state"


def load(name):
    spec = importlib.util.spec_from_file_location(name, SOURCE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Context:
    function_name = "shop-sync"


class World:
    def __init__(self):
        logging.disable(logging.CRITICAL)
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
        self.dns = Dns()
        moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        moto.start()
        port = moto.get_host_and_port()[1]
        self.proxy = AwsProxy(port)
        direct = {"endpoint_url": f"http://127.0.0.1:{port}"}
        self.elb, self.ssm, self.s3 = (boto3.client(name, **direct) for name in ("elbv2", "ssm", "s3"))
        self.s3.create_bucket(Bucket=BUCKET)
        self.vpc = boto3.client("ec2", **direct).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{self.proxy.port}"
        self.function = load("sync")
        # The client still tries again, it only does not wait in between.
        botocore.endpoint.time = types.SimpleNamespace(sleep=lambda seconds: None)
        self.made = 0
        self.violations = []

    def begin(self, addresses, ports=(80,), **environment):
        """A fresh start: new target groups, no state, DNS with these addresses."""
        self.dns.reset(addresses)
        self.proxy.reset()
        self.proxy.before = self.judge_call
        self.now, self.lacking, self.output, self.slowness = 1_800_000_000.0, {}, "", 0
        self.groups = {port: self.make_group(port) for port in ports}
        self.limit = int(environment.get("MISSING_BEFORE_DEREGISTER", 3))
        self.environment = {
            "ALB_DNS_NAME": NAME,
            "TARGET_GROUPS": ",".join(f"{port}={arn}" for port, arn in self.groups.items()),
            "STATE_PREFIX": f"/gwgen/case{self.made}",
            "DNS_RESOLVERS": RESOLVER,
            "DNS_PORT": str(self.dns.port),
            "DNS_TIMEOUT_MS": "2000",
            **environment,
        }
        return self

    def make_group(self, port):
        self.made += 1
        made = self.elb.create_target_group(
            Name=f"alb-{self.made}", Protocol="TCP", Port=port, VpcId=self.vpc, TargetType="ip"
        )
        return made["TargetGroups"][0]["TargetGroupArn"]

    def list(self, *addresses):
        self.dns.addresses = list(addresses)

    def run(self, runs=1, after=60):
        """Runs of the schedule. The last one's outcome: `ok`, or the name of the error."""
        outcome = None
        for _ in range(runs):
            self.now += after
            for address in set().union(*(self.targets(port) for port in self.groups)):
                absent = address not in self.dns.addresses
                self.lacking[address] = self.lacking.get(address, 0) + 1 if absent else 0
            held = {port: self.targets(port) for port in self.groups}
            outcome = self.invoke()
            for port, before in held.items():
                if before and not self.targets(port):
                    self.violations.append(f"the group of {port} is empty")
        return outcome

    def event(self):
        """What EventBridge sends, as far as a function can tell."""
        sent = datetime.datetime.fromtimestamp(self.now, datetime.UTC)
        return {"source": "aws.events", "detail-type": "Scheduled Event", "time": sent.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def invoke(self, now=None, event=None):
        os.environ |= self.environment
        for name in ("STATE", "STATE_BUCKET", "DNS_MODE", "MISSING_BEFORE_DEREGISTER", "MAX_LOOKUPS_PER_RUN"):
            if name not in self.environment:
                os.environ.pop(name, None)
        output = io.StringIO()
        # The clock goes on by `slowness` seconds after a run has looked at it first.
        times = itertools.chain([now or self.now], itertools.repeat((now or self.now) + self.slowness))
        try:
            with contextlib.redirect_stdout(output):
                self.result = self.function.handler(self.event() if event is None else event, Context(), clock=lambda: next(times))
            return "ok"
        except Exception as failure:
            self.failure = failure
            return type(failure).__name__
        finally:
            self.output = output.getvalue()

    def judge_call(self, action, group, addresses):
        if action != "DeregisterTargets":
            return
        for address in addresses:
            if address in self.dns.addresses:
                self.violations.append(f"{address} leaves while DNS lists it")
            elif self.lacking.get(address, 0) < self.limit:
                self.violations.append(f"{address} leaves after {self.lacking.get(address, 0)} runs")

    def targets(self, port=80):
        """What the emulator holds; read from its memory, as this is asked for before and after every run."""
        return set(elbv2_backends[ACCOUNT_ID]["us-east-1"].target_groups[self.groups[port]].targets)

    def size(self, port=80):
        return len(self.targets(port))

    def key(self, port=80):
        return f"{self.environment['STATE_PREFIX']}/{self.groups[port].rsplit('/', 1)[-1]}-{port}"

    def state(self, port=80):
        """The text that the function left, None for none."""
        try:
            if self.environment.get("STATE") == "s3":
                return self.s3.get_object(Bucket=BUCKET, Key=self.key(port) + ".json")["Body"].read().decode()
            return self.ssm.get_parameter(Name=self.key(port))["Parameter"]["Value"]
        except (self.ssm.exceptions.ParameterNotFound, self.s3.exceptions.NoSuchKey):
            return None

    def write_state(self, text, port=80):
        self.ssm.put_parameter(Name=self.key(port), Value=text, Type="String", Overwrite=True)

    def missing(self, port=80):
        return json.loads(self.state(port) or '{"missing": {}}')["missing"]

    def actions(self):
        return [action for action, _, _ in self.proxy.calls]

    def changes(self):
        return [action for action in self.actions() if action in ("RegisterTargets", "DeregisterTargets", "PutParameter", "PutObject")]
