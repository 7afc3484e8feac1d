"""The chart, rendered by the real helm."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "chart/oauth-proxy"
SETS = sorted((CHART / "ci").glob("*.yaml"))
HELM = os.environ.get("HELM_BIN", str(ROOT / "tools/bin/helm"))

# The oldest Kubernetes that the chart takes in every runtime.
OLDEST = "1.30.0"

# The predecessor's command, word for word but for who is asked.
PREDECESSOR = {
    "image.repository": "ghcr.io/your-org/oauth-proxy",
    "image.tag": "1.0.0",
    "settings.tenantId": "11111111-2222-3333-4444-555555555555",
    "settings.clientId": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    "settings.redirectUri": "https://your-host/callback",
    "sessionSecret.value": "0123456789abcdef" * 4,
}


class Refused(Exception):
    """What helm says when it renders nothing."""


def helm(*arguments, stdin=None):
    done = subprocess.run([HELM, *map(str, arguments)], input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise Refused(done.stderr)
    return done.stdout


def text(values=None, files=(), sets=None, more=(), chart=CHART):
    """The manifests as text: of the predecessor's command, unless there are files."""
    given = {} if files else dict(PREDECESSOR)
    given.update(sets or {})
    arguments = ["template", "oauth-proxy", chart, "--namespace", "proxy", "--kube-version", OLDEST]
    for file in files:
        arguments += ["--values", file]
    for name, value in given.items():
        arguments += ["--set", f"{name}={value}"]
    if values is not None:
        arguments += ["--values", "-"]
    return helm(*arguments, *more, stdin=yaml.safe_dump(values) if values is not None else None)


class Strict(yaml.SafeLoader):
    """As helm reads manifests: it refuses a mapping that has a key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"{twice} twice, {node.start_mark}"
        return super().construct_mapping(node, deep)


def objects(*arguments, **named):
    """The manifests as objects."""
    return [found for found in yaml.load_all(text(*arguments, **named), Strict) if found]


def notes(sets=None):
    """What is printed after an install: `helm template` renders it and throws it away."""
    with tempfile.TemporaryDirectory() as directory:
        chart = shutil.copytree(CHART, pathlib.Path(directory) / "oauth-proxy")
        shown = 'notes: |\n{{ include (print .Template.BasePath "/NOTES.txt") . | indent 2 }}\n'
        (chart / "templates/shown.yaml").write_text(shown)
        written = text(sets=sets, chart=chart, more=["--show-only", "templates/shown.yaml"])
        return yaml.safe_load(written)["notes"]


def of_kind(found, kind):
    return [each for each in found if each["kind"] == kind]


def one(found, kind, name=None):
    matching = [each for each in of_kind(found, kind) if name in (None, each["metadata"]["name"])]
    assert len(matching) == 1, f"{len(matching)} of {kind} {name}"
    return matching[0]


def workloads(found):
    """Name and pod template of each Deployment."""
    return {each["metadata"]["name"]: each["spec"]["template"] for each in of_kind(found, "Deployment")}


def containers(found):
    """By workload and name."""
    return {
        (workload, container["name"]): container
        for workload, template in workloads(found).items()
        for container in template["spec"]["containers"]
    }


def environment(container):
    """Names and what they are."""
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


def backends(found):
    """Name and port of every service to which something leads from outside."""
    for ingress in of_kind(found, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                yield service["name"], service["port"]["number"]
    for route in of_kind(found, "HTTPRoute"):
        for rule in route["spec"]["rules"]:
            for backend in rule["backendRefs"]:
                yield backend["name"], backend["port"]
