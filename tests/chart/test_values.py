"""Each value is used: another one makes another rendering."""

import copy
import functools
import re
import unittest

import yaml

from rendered import CHART, PREDECESSOR, text

VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
REDIS = {"store": {"type": "redis", "redis": {"url": "redis://redis:6379/3"}}}
SECRET = {"store": {"type": "redis", "redis": {"url": "redis://redis:6379/3", "existingSecret": "redis"}}}
INGRESS = {"ingress": {"enabled": True}}
SCRAPED = {
    "metrics": {
        "enabled": True,
        "podMonitor": {"enabled": True},
        "prometheusRule": {"enabled": True},
        "dashboard": {"enabled": True},
    }
}
MONITORED = {"metrics": {"enabled": True, "serviceMonitor": {"enabled": True}}}
ROUTE = {"httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}]}}
SCALED = {**REDIS, "autoscaling": {"enabled": True}}

# Where a value shows. One that is in no row shows in the runtime container.
SHOWN = {
    r"(autoscaling|updateStrategy)": SCALED,
    r"store\.redis\.\w+Key": SECRET,
    r"replicaCount|store\.redis|settings\.redis": REDIS,
    r"ingress\.": INGRESS,
    r"metrics\.serviceMonitor\.(?!enabled)": MONITORED,
    r"metrics\.serviceMonitor\.enabled": {"metrics": {"enabled": True}},
    r"metrics\.\w+\.|networkPolicy\.metricsFrom": SCRAPED,
    r"httpRoute\.|settings\.kubernetesHost": ROUTE,
    r"spin\.executor|(sidecar|tunnel)\.replicaCount|internalTls\.existingSecrets\.sidecar": {
        "runtime": "spinapp",
        "settings": {"componentPlainHttp": True},
        **REDIS,
    },
    r"settings\.componentPlainHttp": {"runtime": "spinapp", **REDIS},
    r"spin\.|sidecar\.|tunnel\.|service\.tunnelPort|bearers|settings\.upstreamsCaFile": {"runtime": "spin"},
    r"kubelogin\.(?!ownDeployment)|internalTls": {"kubelogin": {"ownDeployment": True}},
    r"rbac": {"settings": {"kubernetesAuth": "impersonate"}},
    r"runtimeConfig": REDIS,
    r"settings\.kubernetesClientImpersonation": {"settings": {"kubernetesAuth": "impersonate"}},
    r"serviceAccount.azureWorkloadIdentity.audience": {"serviceAccount": {"azureWorkloadIdentity": {"projectToken": True}}},
    r"kubernetesCa": {},
}

# Another value, where the type alone does not say one.
OTHER = {
    "image.digest": "sha256:" + "0" * 64,
    "spin.image.digest": "sha256:" + "0" * 64,
    "image.pullPolicy": "Always",
    "runtime": "spin",
    "store.type": "redis",
    "store.redis.url": "redis://other:6380/1",
    "store.sqlite.persistence.size": "2Gi",
    "store.sqlite.persistence.accessMode": "ReadWriteOncePod",
    "service.type": "NodePort",
    "service.ipFamilyPolicy": "PreferDualStack",
    "service.ipFamilies": ["IPv6"],
    "listenAddress": "::",
    "tunnel.enabled": False,
    "ingress.hosts": [{"host": "your-host"}, {"host": "other"}],
    "upstreams": [{"host": "podinfo.your-host", "url": "http://podinfo"}],
    "ingress.tls": [{"secretName": "other"}],
    "httpRoute.hostnames": ["your-host", "other"],
    "httpRoute.parentRefs": [{"name": "other"}],
    "networkPolicy.egressPorts": [443],
    "networkPolicy.ingressFrom": [{"podSelector": {}}],
    "networkPolicy.metricsFrom": [{"podSelector": {}}],
    "metrics.podMonitor.apiVersion": "azmonitoring.coreos.com/v1",
    "metrics.podMonitor.interval": "15s",
    "metrics.podMonitor.scrapeTimeout": "5s",
    "metrics.serviceMonitor.apiVersion": "azmonitoring.coreos.com/v1",
    "metrics.serviceMonitor.interval": "15s",
    "metrics.serviceMonitor.scrapeTimeout": "5s",
    "networkPolicy.extraEgress": [{"ports": [{"protocol": "TCP", "port": 1}]}],
    "podDisruptionBudget.minAvailable": 1,
    "autoscaling.targetCPUUtilizationPercentage": 50,
    "autoscaling.targetMemoryUtilizationPercentage": 50,
    "sessionSecret.value": "f" * 64,
    "settings.redirectUri": "https://other/callback",
    "settings.sessionRecordFormat": 2,
    "settings.sessionCookieSamesite": "Strict",
    "settings.forwardAuthProfile": "nginx",
    "settings.aksConsent": "ask",
    "settings.kubernetesAuth": "impersonate",
    "settings.kubernetesUserClaim": "oid",
    "settings.kubeloginLogin": "devicecode",
    "settings.kubeloginEnvironment": "AzureChinaCloud",
    "settings.kubernetesHost": "kube.other",
    "terminationGracePeriodSeconds": 60,
    "drainSeconds": 5,
}

# What has to go for a value to be taken.
INSTEAD_OF = {
    "sessionSecret.existingSecret": {"sessionSecret": {"value": ""}},
    "runtimeConfig.existingSecret": {"store": {"redis": {"url": ""}}},
    "podDisruptionBudget.minAvailable": {"podDisruptionBudget": {"maxUnavailable": ""}},
}

# Shown elsewhere: by what is made anew in each rendering (test_rendering.py), and by a cluster that can be asked
# (tests/e2e/chart).
ELSEWHERE = {"internalTls.validityDays", "spin.checkNamespace", "sessionSecret.replace"}

# Values that need another one beside them.
BESIDE = {
    "store.type": {"store": {"redis": {"url": "redis://redis:6379/3"}}},
    "serviceAccount.create": {"serviceAccount": {"name": "given"}},
    "serviceAccount.azureWorkloadIdentity.enabled": {"settings": {"azureFederatedTokenFile": "/x"}},
}


def leaves(values, path=()):
    """Every value with its path; what is free inside is one value."""
    for name, value in values.items():
        here = (*path, name)
        if isinstance(value, dict) and value and not is_free(".".join(here)):
            yield from leaves(value, here)
        else:
            yield ".".join(here), value


def is_free(path):
    """Whether the chart hands it on as it is."""
    free = r"(.*\.)?(resources|securityContext|podSecurityContext|updateStrategy|metrics\.dashboard\.labels|livenessProbe|readinessProbe|startupProbe)"
    return re.fullmatch(free, path) is not None


def other(path, value):
    if path in OTHER:
        return OTHER[path]
    kind = kind_of_setting(path)
    if kind == "bool" or isinstance(value, bool):
        return not value if isinstance(value, bool) else True
    if kind == "int" or path.startswith("limits."):
        return 7
    if kind == "guid":
        return "00000000-0000-4000-8000-000000000000"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dict):
        return {**value, "added": "added"} if path != "affinity" else {"nodeAffinity": {}}
    if isinstance(value, list):
        return [*value, {"name": "added"}]
    if path.startswith("settings.") and re.search(r"(Url|Host)$", path):
        return "https://other.example"
    return "other"


SCHEMA = yaml.safe_load((CHART / "values.schema.json").read_text())
FORMS = {row["value"]: row.get("form") for row in yaml.safe_load((CHART / "files/settings.yaml").read_text())["settings"] if "value" in row}


def kind_of_setting(path):
    if not path.startswith("settings."):
        return None
    name = path.removeprefix("settings.")
    if True in SCHEMA["properties"]["settings"]["properties"][name].get("enum", []):
        return "bool"
    return {"number": "int", "guid": "guid"}.get(FORMS[name])


def merged(below, above):
    result = copy.deepcopy(below)
    for name, value in above.items():
        both = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = merged(result[name], value) if both else value
    return result


def at(values, path, otherwise):
    """What is at the path; otherwise what the chart has there."""
    for name in path.split("."):
        if not isinstance(values, dict) or name not in values:
            return otherwise
        values = values[name]
    return values


def nested(path, value):
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


def base():
    values = {}
    for path, value in PREDECESSOR.items():
        values = merged(values, nested(path, value))
    return merged(values, {"runtime": "container"})


@functools.cache
def rendered(values):
    """Without what is made anew in each rendering. Many values are compared with one and the same."""
    made = r"(tls\.crt|tls\.key|ca\.crt|[a-z]+-token|checksum/(bearers|[a-z]+-ca)): \S+"
    return re.sub(made, r"\1", text(values=yaml.safe_load(values), files=["/dev/null"]))


def stable(values):
    return rendered(yaml.safe_dump(values))


class Values(unittest.TestCase):
    def test_each_is_used(self):
        for path, value in leaves(VALUES):
            if path in ELSEWHERE:
                continue
            with self.subTest(path):
                where = next((w for pattern, w in SHOWN.items() if re.match(pattern, path)), {})
                before = merged(merged(base(), where), BESIDE.get(path, {}))
                after = merged(merged(before, INSTEAD_OF.get(path, {})), nested(path, other(path, at(before, path, value))))
                self.assertTrue(stable(before) != stable(after), "it makes no difference")
