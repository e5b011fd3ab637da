"""Runs the sync function with the environment and the role that rendered templates give it.

    target/judges/.venv/bin/python tests/functions/sync_as_rendered.py TEMPLATE.json...

What a template says is worked out for an emulated AWS and a DNS of one's own. The function has to register, deregister and
remember there; every call that it makes has to be one that its role allows, and every action of the role one that it needs.
"""

import fnmatch
import json
import re
import sys
from pathlib import Path

from dns_server import NAME
from sync_world import ACCOUNT_ID, BUCKET, World
from table import Table

PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": ACCOUNT_ID}
SERVICES = {"Parameter": "ssm", "Object": "s3", "Target": "elasticloadbalancing"}
world = World()


class Template:
    def __init__(self, path):
        document = json.loads(Path(path).read_text())
        self.name, self.resources = Path(path).parts[-3], document["Resources"]
        [self.function] = [it["Properties"] for it in self.of("Lambda::Function").values()]
        [role] = self.of("IAM::Role").values()
        self.statements = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        groups = self.of("ElasticLoadBalancingV2::TargetGroup").items()
        self.groups = {name: it["Properties"]["Port"] for name, it in groups if it["Properties"]["Protocol"] == "TCP"}
        [rule] = self.of("Events::Rule").values()
        self.minutes = int(re.fullmatch(r"rate\((\d+) minutes?\)", rule["Properties"]["ScheduleExpression"]).group(1))

    def of(self, kind):
        return {name: it for name, it in self.resources.items() if it["Type"] == f"AWS::{kind}"}

    def reference(self, name, attribute=None):
        kind = self.resources.get(name, {}).get("Type", "")
        if name in self.groups:
            return world.groups[self.groups[name]]
        if kind.endswith("::Bucket"):
            return f"arn:aws:s3:::{BUCKET}" if attribute else BUCKET
        # The only other name that the function is given is that of its balancer, made or named by a parameter.
        return PSEUDO.get(name, NAME if attribute in (None, "DNSName") else "arn:aws:other")

    def text(self, value):
        if isinstance(value, str):
            return value
        [(form, of)] = value.items()
        if form == "Fn::Sub":
            return re.sub(r"\$\{([^}.]+)(?:\.([^}]+))?\}", lambda it: self.reference(*it.groups()), of)
        return self.reference(of) if form == "Ref" else self.reference(*of)

    def allows(self, action, resource):
        return any(
            action in it["Action"] and any(fnmatch.fnmatchcase(resource, self.text(pattern)) for pattern in it["Resource"])
            for it in self.statements
        )


def asked(action, group):
    """A call as IAM knows it, with every resource that it may be about."""
    service = next(service for word, service in SERVICES.items() if word in action)
    keys = [world.key(port) for port in world.groups]
    resources = {
        "elasticloadbalancing": ["*" if action.startswith("Describe") else group],
        "ssm": [f"arn:aws:ssm:us-east-1:{ACCOUNT_ID}:parameter{key}" for key in keys],
        "s3": [f"arn:aws:s3:::{BUCKET}/{key}.json" for key in keys],
    }
    return f"{service}:{action}", resources[service]


def as_rendered(template):
    def case():
        old, new = ["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "10.0.0.3"]
        ports = tuple(template.groups.values())
        world.begin(old, ports=ports)
        environment = template.function["Environment"]["Variables"]
        world.environment |= {name: template.text(value) for name, value in environment.items()}
        world.limit = int(world.environment["MISSING_BEFORE_DEREGISTER"])
        yield "the first run registers", ("ok", [set(old)] * len(ports)), (world.run(), [world.targets(it) for it in ports])
        world.list(*new)
        outcome = world.run(world.limit, after=template.minutes * 60)
        yield "gone after so many runs", ("ok", [set(new)] * len(ports)), (outcome, [world.targets(it) for it in ports])
        yield "it remembers", True, all(world.state(it) for it in ports)
        calls = [asked(action, group) for action, group, _ in world.proxy.calls]
        denied = {action for action, resources in calls for it in resources if not template.allows(action, it)}
        yield "its role allows every call", set(), denied
        given = {action for it in template.statements for action in it["Action"] if not action.startswith("logs:")}
        # To list the bucket is no call of its own: it tells a missing object from a denied one.
        yield "and no other", set(), given - {action for action, _ in calls} - {"s3:ListBucket"}
        elsewhere = [f"arn:aws:ssm:us-east-1:{ACCOUNT_ID}:parameter/gwgen/other/sync/x", f"arn:aws:s3:::{BUCKET}/other.json", "arn:aws:other"]
        writes = [action for action in given if re.search(":(Put|Register|Deregister)", action)]
        yield "nor elsewhere", [], [(action, it) for action in writes for it in elsewhere if template.allows(action, it)]
        yield "no rule is broken", [], world.violations

    case.__doc__ = template.name
    return case


if __name__ == "__main__":
    table = Table("The sync function as it is rendered")
    for path in sys.argv[1:]:
        table.run(as_rendered(Template(path)))
    table.end()
    sys.exit(1 if table.failed or not table.passed else 0)
