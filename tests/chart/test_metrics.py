"""Metrics: who is scraped, by what, and by whom."""

import json
import unittest

import yaml

from rendered import CHART, backends, containers, objects, of_kind, one, workloads

REDIS = {"store.type": "redis", "store.redis.url": "redis://:hunter2@redis:6379/3"}

# Every process that there can be, with a ServiceMonitor.
SCRAPED = {
    **REDIS,
    "kubelogin.ownDeployment": "true",
    "settings.componentPlainHttp": "true",
    "metrics.enabled": "true",
    "metrics.serviceMonitor.enabled": "true",
}


def metrics_ports(service):
    return [port for port in service["spec"]["ports"] if port["name"].endswith("metrics")]


class Metrics(unittest.TestCase):
    def test_by_default_nobody_listens_for_a_scraper(self):
        for each in containers(objects()).values():
            self.assertFalse([argument for argument in each["args"] if "metrics" in argument])
            self.assertEqual([port["name"] for port in each["ports"]], ["http"])

    def test_each_process_has_a_port_that_is_scraped_and_let_in(self):
        for runtime in ["container", "spin", "spinapp"]:
            sets = {"runtime": runtime, "kubelogin.ownDeployment": "true", "settings.componentPlainHttp": "true", **REDIS}
            found = objects(sets={**sets, "metrics.enabled": "true", "metrics.podMonitor.enabled": "true"})
            scraped = [each["port"] for each in one(found, "PodMonitor")["spec"]["podMetricsEndpoints"]]
            self.assertFalse([service for service in of_kind(found, "Service") if metrics_ports(service)])
            let_in = {}
            for policy in of_kind(found, "NetworkPolicy"):
                part = policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
                rules = [rule for rule in policy["spec"]["ingress"] if "from" not in rule]
                let_in[part] = {port["port"] for rule in rules for port in rule["ports"]}
            processes = 0
            for template in workloads(found).values():
                part = template["metadata"]["labels"]["app.kubernetes.io/component"]
                numbers = []
                for container in template["spec"]["containers"]:
                    if container.get("command") == ["/"]:
                        continue
                    processes += 1
                    [port] = [port for port in container["ports"] if port["name"].endswith("metrics")]
                    numbers.append(port["containerPort"])
                    self.assertIn(port["name"], scraped)
                    self.assertIn(f"--metrics-listen=0.0.0.0:{port['containerPort']}", container["args"])
                    self.assertIn(port["containerPort"], let_in[part])
                self.assertEqual(len(numbers), len(set(numbers)), "they share the pod's network")
            self.assertEqual(processes, {"container": 2, "spin": 3, "spinapp": 3}[runtime])

    def test_only_a_given_scraper_is_let_in(self):
        peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
        values = {"metrics": {"enabled": True}, "networkPolicy": {"metricsFrom": [peer]}}
        rules = one(objects(values=values), "NetworkPolicy", "oauth-proxy-proxy")["spec"]["ingress"]
        [rule] = [rule for rule in rules if rule["ports"] == [{"protocol": "TCP", "port": 9090}]]
        self.assertEqual(rule["from"], [peer])

    def test_a_service_monitor_finds_each_process_once(self):
        for runtime, wanted in [
            ("container", {"oauth-proxy": ["metrics"], "oauth-proxy-kubelogin": ["sidecar-metrics"]}),
            ("spin", {"oauth-proxy": ["sidecar-metrics", "tunnel-metrics"], "oauth-proxy-kubelogin": ["sidecar-metrics"]}),
            (
                "spinapp",
                {
                    "oauth-proxy-kubelogin": ["sidecar-metrics"],
                    "oauth-proxy-sidecar": ["sidecar-metrics"],
                    "oauth-proxy-tunnel": ["tunnel-metrics"],
                },
            ),
        ]:
            with self.subTest(runtime):
                found = objects(sets={**SCRAPED, "runtime": runtime})
                monitor = one(found, "ServiceMonitor")["spec"]
                scraped = [each["port"] for each in monitor["endpoints"]]
                self.assertEqual(monitor["namespaceSelector"], {"matchNames": ["proxy"]})
                reached = {}
                for service in of_kind(found, "Service"):
                    if not monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items():
                        continue
                    for workload, template in workloads(found).items():
                        if not service["spec"]["selector"].items() <= template["metadata"]["labels"].items():
                            continue
                        ports = {p["name"]: p["containerPort"] for c in template["spec"]["containers"] for p in c.get("ports", [])}
                        for port in metrics_ports(service):
                            self.assertEqual(port["port"], ports[port["targetPort"]])
                            self.assertIn(port["name"], scraped)
                            reached.setdefault(workload, []).append(port["name"])
                self.assertEqual(reached, wanted)

    def test_a_service_monitor_may_be_where_prometheus_looks(self):
        values = {
            "namespace": "monitoring",
            "labels": {"release": "prometheus"},
            "interval": "15s",
            "relabelings": [{"action": "labeldrop", "regex": "pod"}],
        }
        monitor = one(objects(sets=SCRAPED, values={"metrics": {"serviceMonitor": values}}), "ServiceMonitor")
        self.assertEqual(monitor["metadata"]["namespace"], "monitoring")
        self.assertEqual(monitor["metadata"]["labels"]["release"], "prometheus")
        for endpoint in monitor["spec"]["endpoints"]:
            self.assertEqual((endpoint["interval"], endpoint["relabelings"]), ("15s", values["relabelings"]))

    def test_nothing_from_outside_leads_to_a_metrics_port(self):
        for runtime in ["container", "spin", "spinapp"]:
            sets = {
                **SCRAPED,
                "runtime": runtime,
                "service.type": "LoadBalancer",
                "ingress.enabled": "true",
                "httpRoute.enabled": "true",
                "httpRoute.parentRefs[0].name": "gateway",
            }
            found = objects(sets=sets)
            inside = set()
            for service in of_kind(found, "Service"):
                numbers = {(service["metadata"]["name"], port["port"]) for port in metrics_ports(service)}
                if numbers:
                    self.assertEqual(service["spec"].get("type", "ClusterIP"), "ClusterIP")
                inside |= numbers
            self.assertTrue(inside)
            self.assertEqual(inside & set(backends(found)), set())

    def test_alerts_and_dashboard_arrive_as_the_files_are(self):
        sets = {"metrics.enabled": "true", "metrics.prometheusRule.enabled": "true", "metrics.dashboard.enabled": "true"}
        found = objects(sets=sets)
        alerts = yaml.safe_load((CHART / "files/alerts.yaml").read_text())
        self.assertEqual(one(found, "PrometheusRule")["spec"], alerts)
        config = one(found, "ConfigMap", "oauth-proxy-dashboard")
        written = json.loads(config["data"]["aks-oauth-proxy.json"])
        self.assertEqual(written, json.loads((CHART / "files/dashboard.json").read_text()))
        self.assertEqual(config["metadata"]["labels"]["grafana_dashboard"], "1")
