"""What the chart refuses, and what it says."""

import unittest

from rendered import CHART, Refused, text

REDIS = {"store.type": "redis", "store.redis.url": "redis://redis:6379/3"}

# Values in place of the predecessor's, and a part of what is said.
WRONG = [
    ({"image.repository": ""}, "image.repository is missing"),
    ({"settings.tenantId": ""}, "settings.tenantId is missing"),
    ({"settings.clientId": ""}, "settings.clientId is missing"),
    ({"settings.redirectUri": ""}, "settings.redirectUri is missing"),
    ({"settings.redirectUri": "http://your-host/callback"}, "must be https"),
    ({"settings.redirectUri": "https://your-host/"}, "end in /callback"),
    ({"settings.tenantID": "x"}, "Write settings.tenantId"),
    ({"settings.TENANT_ID": "x"}, "Write settings.tenantId"),
    ({"settings.nothing": "x"}, "no setting of the program"),
    ({"settings.sessionSecret": "x"}, "use sessionSecret.value"),
    ({"settings.sidecarUrl": "https://x"}, "the chart knows"),
    ({"settings.sidecarToken": "x"}, "bearers.existingSecret"),
    ({"settings.sessionCookieName": "__Host-x", "settings.sessionCookieSecure": "false"}, "__Host-"),
    ({"settings.sessionIdleTimeoutSeconds": "99999"}, "longer than settings.sessionAbsoluteTimeoutSeconds"),
    ({"settings.kubeconfigLifetimeSeconds": "99999"}, "longer than settings.sessionAbsoluteTimeoutSeconds"),
    ({"settings.kubernetesClientImpersonation": "true"}, "kubernetesAuth=impersonate"),
    ({"settings.kubeloginEnabled": "false", "settings.aksConsent": "ask"}, "needs kubelogin"),
    ({"sessionSecret.value": ""}, "openssl rand -hex 32"),
    ({"sessionSecret.value": "change-me"}, "fewer than 32 bytes"),
    ({"sessionSecret.existingSecret": "x"}, "both set"),
    ({"store.type": "cosmos"}, "`increment` is not exact"),
    ({"store.type": "aws_dynamo"}, "`increment` is not exact"),
    ({"store.type": "postgres"}, "Take redis"),
    ({"store.type": "redis"}, "store.redis.url is missing"),
    ({**REDIS, "store.redis.url": "redis:6379"}, "no address of a Redis"),
    ({**REDIS, "runtimeConfig.existingSecret": "x"}, "both set"),
    ({"settings.redisPassword": "x"}, "use store.redis.existingSecret"),
    ({"settings.redisPasswordFile": "x"}, "use store.redis.existingSecret"),
    ({"settings.redisEntra": "true"}, "for store.type=redis"),
    ({"store.redis.existingSecret": "x"}, "for store.type=redis"),
    ({**REDIS, "runtime": "spin", "settings.redisEntra": "true"}, "need runtime=container"),
    ({**REDIS, "runtime": "spinapp", "store.redis.existingSecret": "x"}, "need runtime=container"),
    (
        {**REDIS, "store.redis.url": "redis://:hunter2@redis", "store.redis.existingSecret": "x"},
        "Take it out of the address",
    ),
    ({**REDIS, "settings.redisEntra": "true", "store.redis.existingSecret": "x"}, "passwordKey"),
    ({"replicaCount": "2"}, "database is locked"),
    ({"autoscaling.enabled": "true"}, "store.type=redis"),
    ({"store.sqlite.persistence.storageClassName": "azurefile-csi"}, "a network share"),
    ({"store.sqlite.persistence.accessMode": "ReadWriteMany"}, "only network shares have"),
    ({"runtime": "spinapp"}, "Recreate"),
    ({"runtime": "spinapp", **REDIS, "priorityClassName": "x"}, "no field"),
    ({"runtime": "spinapp", **REDIS, "tunnel.enabled": "true"}, "in the clear"),
    ({"runtime": "spinapp", **REDIS, "service.ipFamilies[0]": "IPv6"}, "IPv4 alone"),
    ({"runtime": "spin", "tls.existingSecret": "x"}, "runtime=container"),
    ({"runtime": "container", "tunnel.enabled": "false"}, "a part of the program"),
    ({"runtime": "spin", "tunnel.enabled": "false", "settings.kubernetesHost": "kube.your-host"}, "needs the tunnel"),
    ({"settings.kubernetesHost": "your-host"}, "host of its own"),
    (
        {"runtime": "spin", "tunnel.enabled": "false", "upstreams[0].host": "a", "upstreams[0].url": "http://a"},
        "needs the tunnel",
    ),
    ({"upstreams[0].host": "your-host", "upstreams[0].url": "http://a"}, "host of its own"),
    (
        {f"upstreams[{at}].{name}": f"{begin}{at}" for at in range(17) for name, begin in [("host", "a"), ("url", "http://a")]},
        "more than 16",
    ),
    ({"upstreams[0].host": "a", "upstreams[0].url": "http://a/path"}, "upstreams[0].url is http://a/path, which is no origin"),
    ({"settings.upstreams": "x"}, "use upstreams"),
    ({"settings.upstreamOrigin1": "x"}, "the chart makes it of upstreams"),
    ({"serviceAccount.azureWorkloadIdentity.enabled": "false"}, "azureFederatedTokenFile"),
    (
        {
            "serviceAccount.azureWorkloadIdentity.projectToken": "true",
            "settings.azureFederatedTokenFile": "/x",
        },
        "Keep one of them",
    ),
    ({"serviceAccount.create": "false"}, "serviceAccount.name is missing"),
    ({"ingress.enabled": "true", "ingress.hosts[0].host": "other"}, "ingress.hosts has not your-host"),
    (
        {"settings.publicUrl": "https://other", "ingress.enabled": "true", "ingress.hosts[0].host": "your-host"},
        "ingress.hosts has not other, to which settings.publicUrl leads",
    ),
    (
        {
            "httpRoute.enabled": "true",
            "httpRoute.parentRefs[0].name": "g",
            "httpRoute.hostnames[0]": "other",
        },
        "httpRoute.hostnames has not your-host",
    ),
    (
        {
            "ingress.enabled": "true",
            "ingress.hosts[0].host": "your-host",
            "ingress.hosts[0].paths[0].path": "/-/tunnel",
            "ingress.hosts[0].paths[0].pathType": "Exact",
        },
        "not for outside",
    ),
    ({"httpRoute.enabled": "true"}, "parentRefs is missing"),
    ({**REDIS, "autoscaling.enabled": "true", "autoscaling.minReplicas": "9"}, "Exchange them"),
    ({**REDIS, "autoscaling.enabled": "true", "autoscaling.targetCPUUtilizationPercentage": ""}, "has no target"),
    ({"podDisruptionBudget.minAvailable": "1"}, "both set"),
    ({"podDisruptionBudget.maxUnavailable": ""}, "neither"),
    ({"terminationGracePeriodSeconds": "10"}, "at least 40"),
    ({"metrics.podMonitor.enabled": "true"}, "Set metrics.enabled=true"),
    ({"metrics.serviceMonitor.enabled": "true"}, "Set metrics.enabled=true"),
    (
        {"metrics.enabled": "true", "metrics.podMonitor.enabled": "true", "metrics.serviceMonitor.enabled": "true"},
        "counted twice",
    ),
    ({"metrics.prometheusRule.enabled": "true"}, "Set metrics.enabled=true"),
    ({"metrics.dashboard.enabled": "true"}, "Set metrics.enabled=true"),
    ({"settings.tenantId": "contoso"}, "settings.tenantId is contoso, which is no GUID. For example: 11111111-"),
    ({"settings.sessionIdleTimeoutSeconds": "soon"}, "which is no whole number"),
    (
        {"settings.authorityHost": "https://login.microsoftonline.com/common"},
        "which is no origin: a scheme and a host, and nothing behind them",
    ),
    ({"settings.sessionRecordFormat": "newest"}, "settings.sessionRecordFormat is newest"),
    ({"image.digest": "latest"}, "image.digest is latest"),
    ({"image.tag": "a b"}, "image.tag is a b"),
    ({"image.repository": "ghcr.io/your-org/oauth-proxy:1.0.0"}, "Write that into image.tag"),
    ({"image.repository": "ghcr.io/your-org/oauth-proxy@sha256:0"}, "Write that into image.tag"),
    ({"metrics.podMonitor.interval": "often"}, "metrics.podMonitor.interval is often"),
    ({"metrics.serviceMonitor.namespace": "Monitoring"}, "metrics.serviceMonitor.namespace is Monitoring"),
    ({"sessionSecret.value": "", "sessionSecret.existingSecret": "A_b"}, "sessionSecret.existingSecret is A_b"),
    ({"store.sqlite.persistence.size": "big"}, "store.sqlite.persistence.size is big"),
    ({"limits.maxConnections": "many"}, "limits.maxConnections is many"),
    ({"listenAddress": "localhost"}, "listenAddress is localhost"),
    (
        {
            "ingress.enabled": "true",
            "ingress.hosts[0].host": "your-host",
            "ingress.hosts[0].paths[0].path": "login",
            "ingress.hosts[0].paths[0].pathType": "Exact",
        },
        "does not begin with a slash",
    ),
    ({"fullnameOverride": "1proxy"}, "1proxy, which a Service cannot have"),
    ({"fullnameOverride": "my.proxy"}, "Set fullnameOverride"),
    ({"extraVolumes[0].name": "tmp"}, "extraVolumes has tmp, which the chart has itself"),
    # The schema's own words are sentences for words and types.
    ({"runtime": "docker"}, "/runtime': value must be one of 'auto', 'container', 'spin', 'spinapp'"),
    ({"settings.kubernetesAuth": "both"}, "/settings/kubernetesAuth': value must be one of"),
    ({"replicas": "2"}, "additional properties 'replicas' not allowed"),
    ({"replicaCount": "two"}, "/replicaCount': got string, want integer"),
    ({"spin.checkNamespace": "perhaps"}, "/spin/checkNamespace': got string, want boolean"),
    ({"settings.clockToleranceSeconds": "0"}, "/settings/clockToleranceSeconds': minimum: got 0, want 1"),
]


class Refusals(unittest.TestCase):
    def test_what_is_wrong_is_said_with_a_remedy(self):
        for values, said in WRONG:
            with self.subTest(values):
                with self.assertRaises(Refused) as refused:
                    text(sets=values)
                self.assertIn(said, str(refused.exception))

    def test_no_message_asks_to_read_a_regular_expression(self):
        schema = (CHART / "values.schema.json").read_text()
        self.assertNotIn('"pattern"', schema)

    def test_everything_is_said_at_once(self):
        with self.assertRaises(Refused) as refused:
            text(sets={"settings.tenantId": "", "settings.clientId": "me", "sessionSecret.value": "short", "replicaCount": "2"})
        self.assertIn("4 problems with the values", str(refused.exception))

    def test_only_spin_needs_a_kubernetes_that_can_wait(self):
        older = ["--kube-version", "1.29.0"]
        with self.assertRaises(Refused) as refused:
            text(sets={"runtime": "spin"}, more=older)
        self.assertIn("older than 1.30", str(refused.exception))
        text(sets={"runtime": "spin", "lifecycle.preStop.exec.command[0]": "/wait"}, more=older)
        text(sets={"runtime": "container"}, more=older)

    def test_no_secret_is_repeated(self):
        with self.assertRaises(Refused) as refused:
            text(sets={"sessionSecret.value": "hunter2hunter2", "store.type": "redis", "store.redis.url": "redis:pass"})
        self.assertNotIn("hunter2", str(refused.exception))
