"""What the chart makes of its values."""

import base64
import hashlib
import json
import re
import ssl
import tempfile
import time
import tomllib
import unittest

import yaml

from rendered import CHART, PREDECESSOR, ROOT, SETS, backends, containers, environment, notes, objects, of_kind, one, text, workloads

CATALOGUE = yaml.safe_load((CHART / "files/settings.yaml").read_text())
NAMES = {row["name"] for row in CATALOGUE["settings"]}
REDIS = {"store.type": "redis", "store.redis.url": "redis://:hunter2@redis:6379/3"}


def readers(*names):
    return {row["name"] for row in CATALOGUE["settings"] if set(names) & set(row["readers"])}


def runtime_config(found):
    secret = one(found, "Secret", "oauth-proxy-runtime-config")
    return tomllib.loads(base64.b64decode(secret["data"]["runtime-config.toml"]).decode())


class Predecessor(unittest.TestCase):
    def test_its_command_is_enough(self):
        found = objects()
        container = containers(found)["oauth-proxy", "oauth-proxy"]
        self.assertEqual(container["image"], "ghcr.io/your-org/oauth-proxy:1.0.0")
        given = environment(container)
        self.assertEqual(given["TENANT_ID"], PREDECESSOR["settings.tenantId"])
        self.assertEqual(given["REDIRECT_URI"], PREDECESSOR["settings.redirectUri"])
        self.assertEqual(given["SESSION_SECRET"]["secretKeyRef"], {"name": "oauth-proxy-session", "key": "session-secret"})

    def test_its_command_is_enough_in_each_runtime(self):
        for runtime in ["container", "spin", "spinapp"]:
            sets = {"runtime": runtime}
            if runtime == "spinapp":
                sets["store.sqlite.persistence.enabled"] = "false"
            self.assertTrue(objects(sets=sets), runtime)


    def test_without_a_cluster_auto_is_container(self):
        found = objects(more=["--api-versions", "core.spinkube.dev/v1alpha1"])
        self.assertEqual(one(found, "Deployment")["metadata"]["annotations"], {"oauth-proxy/runtime": "container"})

    def test_the_notes_say_what_to_do_next(self):
        for sets, said in [
            ({}, "runtime container (chosen by runtime=auto)"),
            ({}, "system:serviceaccount:proxy:oauth-proxy"),
            ({}, "Nothing leads to it from outside yet"),
            ({}, "the redirect URI https://your-host/, platform"),
            ({"settings.publicUrl": "https://other:8443"}, "the redirect URI https://other:8443/, platform"),
            ({"settings.postLogoutRedirectUri": "https://start.example/"}, "the redirect URI https://start.example/, platform"),
            ({}, "helm -n proxy test oauth-proxy --logs"),
            ({"ingress.enabled": "true"}, "https://your-host/login"),
            ({"ingress.enabled": "true"}, "settings.trustedProxies is not set"),
            ({"store.sqlite.persistence.enabled": "false"}, "sessions are lost"),
            ({"runtime": "spinapp", **REDIS}, "there is no tunnel"),
            ({"store.type": "redis", "runtimeConfig.existingSecret": "own"}, "[[client_tls]]"),
        ]:
            with self.subTest(said):
                self.assertIn(said, notes(sets))

    def test_the_notes_name_each_host_without_a_certificate(self):
        sets = {
            "ingress.enabled": "true",
            "settings.kubernetesHost": "kube.your-host",
            "upstreams[0].host": "grafana.apps.your-host:8443",
            "upstreams[0].url": "http://grafana",
        }
        said = "ingress.tls has no certificate for "
        self.assertIn(f"{said}your-host, kube.your-host, grafana.apps.your-host:", notes(sets))
        some = {**sets, "ingress.tls[0].hosts[0]": "your-host", "ingress.tls[0].hosts[1]": "*.your-host"}
        self.assertIn(f"{said}grafana.apps.your-host:", notes(some))
        # An entry without hosts is for all.
        self.assertNotIn(said, notes({**sets, "ingress.tls[0].secretName": "all"}))
        self.assertNotIn(said, notes())


class Apps(unittest.TestCase):
    def test_without_apps_the_notes_say_nothing_of_them(self):
        self.assertNotIn("auth-url", notes())

    def test_the_notes_have_the_annotations_and_the_second_ingress_of_an_app(self):
        said = notes({"settings.allowedReturnOrigins": "https://podinfo.example.com *.apps.example.com", "ingress.className": "nginx"})
        self.assertIn('auth-url: "https://$host/oauth2/auth"', said)
        self.assertIn('auth-signin: "https://$host/oauth2/start?rd=$escaped_request_uri"', said)
        _, _, manifest = said.partition("leads back to this release:\n")
        manifest, _, _ = manifest.partition("   The app must")
        ingress = yaml.safe_load(manifest)
        self.assertEqual(ingress["metadata"]["namespace"], "proxy")
        self.assertEqual(ingress["spec"]["ingressClassName"], "nginx")
        [rule] = ingress["spec"]["rules"]
        self.assertEqual(rule["host"], "podinfo.example.com")
        [path] = rule["http"]["paths"]
        self.assertEqual(path["path"], "/oauth2")
        self.assertEqual(path["backend"]["service"], {"name": "oauth-proxy", "port": {"number": 80}})

    def test_with_cookies_of_its_own_domain_the_release_s_host_is_asked(self):
        apps = {"settings.allowedReturnOrigins[0]": "*.apps.example.com", "settings.redirectUri": "https://auth.example.com/callback"}
        shared = notes({**apps, "settings.cookieDomains[0]": "example.com"})
        self.assertIn('auth-url: "https://auth.example.com/oauth2/auth"', shared)
        self.assertIn('auth-signin: "https://auth.example.com/oauth2/start?rd=$scheme://$host$escaped_request_uri"', shared)
        self.assertNotIn("second Ingress", shared)
        # A domain that its own host is not in does not help.
        apart = notes({**apps, "settings.cookieDomains[0]": "apps.example.com"})
        self.assertIn('auth-url: "https://$host/oauth2/auth"', apart)
        self.assertIn('host: "APP.apps.example.com"', apart)


class EverySet(unittest.TestCase):
    def each(self):
        for file in SETS:
            with self.subTest(file.name):
                yield objects(files=[file])

    def test_no_two_objects_have_one_name(self):
        for found in self.each():
            names = [(each["kind"], each["metadata"]["name"]) for each in found]
            self.assertEqual(len(names), len(set(names)))

    def test_every_object_is_labelled_and_where_the_release_is(self):
        for found in self.each():
            for each in found:
                labels = each["metadata"]["labels"]
                self.assertEqual(labels["app.kubernetes.io/instance"], "oauth-proxy")
                if not each["kind"].startswith("ClusterRole"):
                    self.assertEqual(each["metadata"]["namespace"], "proxy")

    def test_an_operators_labels_stand_beside_ours_and_selectors_keep_theirs(self):
        given = {
            "app.kubernetes.io/part-of": "platform",
            "app.kubernetes.io/managed-by": "somebody",
            "app.kubernetes.io/name": "other",
            "app.kubernetes.io/component": "other",
            "azure.workload.identity/use": "true",
            "release": "common",
            "team": "identity",
        }
        metrics = {"enabled": True, "prometheusRule": {"enabled": True}, "dashboard": {"enabled": True}}
        monitors = [{"podMonitor": {"enabled": True, "labels": {"release": "own"}}}, {"serviceMonitor": {"enabled": True, "labels": {"release": "own"}}}]
        mesh = {"runtime": "spinapp", "settings": {"componentPlainHttp": True}, "store": {"sqlite": {"persistence": {"enabled": False}}}}
        for values in [{}, {"runtime": "spin"}, mesh, *({"metrics": {**metrics, **monitor}} for monitor in monitors)]:
            for labels in [{"commonLabels": given}, {"commonLabels": given, "podLabels": given}]:
                found = objects({**values, **labels})
                pods = [template["metadata"] for template in workloads(found).values()]
                for metadata in [each["metadata"] for each in found] + pods:
                    self.assertEqual(metadata["labels"]["team"], "identity")
                    self.assertEqual(metadata["labels"]["app.kubernetes.io/name"], "oauth-proxy")
                    self.assertEqual(metadata["labels"]["app.kubernetes.io/part-of"], "platform")
                    self.assertNotEqual(metadata["labels"].get("app.kubernetes.io/component"), "other")
                for monitor in of_kind(found, "PodMonitor") + of_kind(found, "ServiceMonitor"):
                    self.assertEqual(monitor["metadata"]["labels"]["release"], "own")

    def test_selectors_select_one_workload(self):
        for found in self.each():
            pods = {name: template["metadata"]["labels"] for name, template in workloads(found).items()}
            for app in of_kind(found, "SpinApp"):
                pods[app["metadata"]["name"]] = app["spec"]["podLabels"]
            for pod in of_kind(found, "Pod"):
                pods[pod["metadata"]["name"]] = pod["metadata"]["labels"]
            selecting = [each["spec"]["selector"] for each in of_kind(found, "Service")]
            selecting += [each["spec"]["selector"]["matchLabels"] for each in of_kind(found, "PodDisruptionBudget")]
            selecting += [each["spec"]["selector"]["matchLabels"] for each in of_kind(found, "Deployment")]
            selecting += [each["spec"]["podSelector"]["matchLabels"] for each in of_kind(found, "NetworkPolicy")]
            for selector in selecting:
                selected = [name for name, labels in pods.items() if selector.items() <= labels.items()]
                self.assertEqual(len(selected), 1, f"{selector} selects {selected}")

    def test_services_lead_to_ports_and_routes_to_services(self):
        for found in self.each():
            ports = {}
            for service in of_kind(found, "Service"):
                ports[service["metadata"]["name"]] = {each["port"] for each in service["spec"]["ports"]}
                targets = {each["targetPort"] for each in service["spec"]["ports"]}
                of_pods = set()
                for template in workloads(found).values():
                    if service["spec"]["selector"].items() <= template["metadata"]["labels"].items():
                        of_pods = {port["name"] for c in template["spec"]["containers"] for port in c.get("ports", [])}
                self.assertLessEqual(targets, of_pods)
            for app in of_kind(found, "SpinApp"):
                ports[app["metadata"]["name"]] = {80}
            for name, port in backends(found):
                self.assertIn(port, ports[name])

    def test_mounts_have_volumes_and_volumes_have_mounts(self):
        for found in self.each():
            for template in workloads(found).values():
                volumes = {each["name"] for each in template["spec"]["volumes"]}
                mounts = {m["name"] for c in template["spec"]["containers"] for m in c["volumeMounts"]}
                self.assertEqual(volumes - {"tmp"}, mounts - {"tmp"})
                self.assertLessEqual(mounts, volumes)
            for app in of_kind(found, "SpinApp"):
                volumes = [each["name"] for each in app["spec"]["volumes"]]
                self.assertEqual(sorted(volumes), sorted(each["name"] for each in app["spec"]["volumeMounts"]))

    def test_nothing_is_in_an_environment_that_its_process_does_not_read(self):
        for found in self.each():
            for (workload, name), container in containers(found).items():
                given = [each["name"].removeprefix("SPIN_VARIABLE_") for each in container["env"]]
                self.assertEqual(len(given), len(set(given)), f"{workload} {name}")
                own = container.get("args", ["spin"])[0]
                allowed = {
                    "serve": readers("component", "sidecar", "kubelogin", "tunnel", "serve"),
                    "spin": readers("component") | {"SPIN_HTTP_LISTEN_ADDR", "SPIN_MAX_INSTANCE_COUNT"},
                    "sidecar": readers("sidecar", "kubelogin"),
                    "tunnel": readers("tunnel", "tunnelAlone"),
                }[own]
                self.assertLessEqual(set(given), allowed, f"{workload} {name}")
            for app in of_kind(found, "SpinApp"):
                given = {each["name"].upper() for each in app["spec"]["variables"]}
                self.assertLessEqual(given, readers("component"))

    def test_arguments_are_the_programs(self):
        flags = set(re.findall(r"pub\(crate\) (\w+):|^    (\w+): Option<|^    (\w+): u(?:32|64)", (ROOT / "native/src/cli.rs").read_text(), re.M))
        flags = {name for names in flags for name in names if name}
        for found in self.each():
            for container in containers(found).values():
                for argument in container.get("args", [])[1:]:
                    self.assertIn(argument.removeprefix("--").split("=")[0].replace("-", "_"), flags)

    def test_what_is_called_over_tls_is_trusted(self):
        components = tomllib.loads((ROOT / "spin.toml").read_text())["component"]
        for found in self.each():
            if not any(each["metadata"]["name"] == "oauth-proxy-runtime-config" for each in of_kind(found, "Secret")):
                continue
            entries = runtime_config(found)["client_tls"]
            trusted = {host: set(entry["component_ids"]) for entry in entries for host in entry["hosts"]}
            for callers in trusted.values():
                self.assertLessEqual(callers, set(components))
            urls = dict(environment_of_component(found))
            for name in ["SIDECAR_URL", "KUBELOGIN_URL"]:
                url = urls.get(name, "http:")
                if url.startswith("https://"):
                    host = url.removeprefix("https://").split(":")[0]
                    self.assertEqual(trusted[host], set(CATALOGUE["callers"][name]))


def environment_of_component(found):
    for app in of_kind(found, "SpinApp"):
        return [(each["name"].upper(), each.get("value", "")) for each in app["spec"]["variables"]]
    container = containers(found)["oauth-proxy", "oauth-proxy"]
    return [(each["name"].removeprefix("SPIN_VARIABLE_"), each.get("value", "")) for each in container["env"]]


class Secrets(unittest.TestCase):
    def test_a_secret_is_in_secrets_alone(self):
        secret = PREDECESSOR["sessionSecret.value"]
        for runtime in ["container", "spin", "spinapp"]:
            for each in objects(sets={"runtime": runtime, **REDIS}):
                if each["kind"] == "Secret":
                    continue
                written = yaml.safe_dump(each)
                for word in [secret, "hunter2"]:
                    self.assertNotIn(word, written)
                    self.assertNotIn(base64.b64encode(word.encode()).decode(), written)

    def test_with_given_secrets_a_rendering_is_the_same_twice(self):
        [gitops] = [file for file in SETS if file.name == "gitops.yaml"]
        self.assertEqual(text(files=[gitops]), text(files=[gitops]))
        self.assertEqual(of_kind(objects(files=[gitops]), "Secret"), [])

    def test_what_is_made_is_made_once_in_a_rendering(self):
        found = objects(sets={"runtime": "spin", "replicaCount": "2", **REDIS})
        bearers = one(found, "Secret", "oauth-proxy-bearers")["data"]
        self.assertEqual(set(bearers), {"sidecar-token", "tunnel-token", "kubelogin-token"})
        self.assertEqual(len(set(bearers.values())), 3)
        for value in bearers.values():
            self.assertGreaterEqual(len(base64.b64decode(value)), 32)
        checksums = {template["metadata"]["annotations"]["checksum/bearers"] for template in workloads(found).values()}
        self.assertEqual(len(checksums), 1)
        authority = one(found, "Secret", "oauth-proxy-kubelogin-tls")["data"]["ca.crt"]
        said = workloads(found)["oauth-proxy"]["metadata"]["annotations"]["checksum/kubelogin-ca"]
        self.assertEqual(said, hashlib.sha256(authority.encode()).hexdigest())

    def test_a_pod_is_replaced_when_what_it_reads_has_changed(self):
        def annotations(sets):
            return workloads(objects(sets=sets))["oauth-proxy"]["metadata"]["annotations"]

        before = annotations({})
        self.assertNotEqual(before, annotations({"sessionSecret.value": "f" * 64}))
        self.assertNotEqual(before, annotations(REDIS))
        self.assertEqual(before, annotations({"ingress.enabled": "true"}))

    def test_no_guess_of_redis_password_can_be_tested_by_what_pods_say(self):
        def said(sets):
            found = objects(sets={**REDIS, "kubelogin.ownDeployment": "true", **sets})
            config = one(found, "Secret", "oauth-proxy-runtime-config")["data"]["runtime-config.toml"]
            words = workloads(found)["oauth-proxy"]["metadata"]["annotations"]
            return base64.b64decode(config), words["checksum/runtime-config"]

        other = {"store.redis.url": "redis://:hunter3@redis:6379/3"}
        for session in [{}, {"sessionSecret.value": "", "sessionSecret.existingSecret": "own"}]:
            with self.subTest(session):
                config, word = said(session)
                self.assertIn(b"hunter2", config)
                self.assertNotEqual(word, hashlib.sha256(config).hexdigest())
                self.assertEqual((config, word), said(session), "the same twice")
                self.assertNotEqual(word, said({**session, **other})[1], "pods are replaced")
        self.assertNotEqual(said({})[1], said({"sessionSecret.value": "f" * 64})[1], "the session secret is mixed in")


class Certificates(unittest.TestCase):
    def files(self, sets=None):
        found = objects(sets={"runtime": "spinapp", **REDIS, **(sets or {})})
        data = one(found, "Secret", "oauth-proxy-sidecar-tls")["data"]
        return {name: base64.b64decode(value).decode() for name, value in data.items()}

    def shake_hands(self, files, host):
        """A client that trusts the authority, with a server that has the certificate."""
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(files["tls.key"] + files["tls.crt"])
            file.flush()
            server.load_cert_chain(file.name)
        client = ssl.create_default_context(cadata=files["ca.crt"])
        ways = ssl.MemoryBIO(), ssl.MemoryBIO()
        ends = client.wrap_bio(*ways, server_hostname=host), server.wrap_bio(*reversed(ways), server_side=True)
        for end in ends * 3:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass

    def test_the_component_can_trust_what_the_chart_makes(self):
        files = self.files()
        self.shake_hands(files, "oauth-proxy-sidecar.proxy.svc")
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.shake_hands(files, "oauth-proxy-kubelogin.proxy.svc")

    def test_it_is_valid_for_as_long_as_was_said(self):
        client = ssl.create_default_context(cadata=self.files({"internalTls.validityDays": "9"})["ca.crt"])
        [authority] = [each for each in client.get_ca_certs() if "proxy.svc authority" in str(each["subject"])]
        days = (ssl.cert_time_to_seconds(authority["notAfter"]) - time.time()) / 86400
        self.assertAlmostEqual(days, 9, delta=0.1)


class Settings(unittest.TestCase):
    def given(self, settings, **named):
        return environment(containers(objects({"settings": settings}, **named))["oauth-proxy", "oauth-proxy"])

    def test_a_value_arrives_as_it_was_meant(self):
        for value, wanted in [
            (104857600, "104857600"),
            (False, "false"),
            (["10.0.0.0/8", "fd00::/8"], "10.0.0.0/8 fd00::/8"),
        ]:
            name, variable = {
                int: ("kubernetesMaxBodyBytes", "KUBERNETES_MAX_BODY_BYTES"),
                bool: ("sessionCookieSecure", "SESSION_COOKIE_SECURE"),
                list: ("trustedProxies", "TRUSTED_PROXIES"),
            }[type(value)]
            self.assertEqual(self.given({name: value})[variable], wanted)

    def test_an_origin_loses_its_slash(self):
        given = self.given({"authorityHost": "https://login.microsoftonline.us/"})
        self.assertEqual(given["AUTHORITY_HOST"], "https://login.microsoftonline.us")

    def test_several_lines_stay_several(self):
        authority = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
        self.assertEqual(self.given({"publicCa": authority})["PUBLIC_CA"], authority)

    def test_one_that_is_not_given_is_not_there(self):
        self.assertLessEqual(set(self.given({})) & NAMES, {"TENANT_ID", "CLIENT_ID", "REDIRECT_URI", "SESSION_SECRET"})


class Kubelogin(unittest.TestCase):
    def test_one_process_runs_it_by_itself(self):
        self.assertNotIn("oauth-proxy-kubelogin", workloads(objects()))

    def test_for_several_replicas_it_has_a_deployment_without_identity(self):
        found = objects(sets={"replicaCount": "3", **REDIS})
        deployment = one(found, "Deployment", "oauth-proxy-kubelogin")
        self.assertEqual(deployment["spec"]["replicas"], 1)
        template = deployment["spec"]["template"]
        self.assertNotIn("azure.workload.identity/use", template["metadata"]["labels"])
        self.assertNotIn("serviceAccountName", template["spec"])
        self.assertFalse(template["spec"]["automountServiceAccountToken"])
        url = environment(containers(found)["oauth-proxy", "oauth-proxy"])["KUBELOGIN_URL"]
        self.assertEqual(url, "https://oauth-proxy-kubelogin.proxy.svc:8443")

    def test_turned_off_it_is_nowhere(self):
        sets = {"replicaCount": "3", "settings.kubeloginEnabled": "false", **REDIS}
        self.assertNotIn("oauth-proxy-kubelogin", workloads(objects(sets=sets)))


class Identity(unittest.TestCase):
    def test_the_webhook_is_asked_and_passes_over_who_needs_no_token(self):
        template = workloads(objects(sets={"runtime": "spin"}))["oauth-proxy"]
        self.assertEqual(template["metadata"]["labels"]["azure.workload.identity/use"], "true")
        skipped = template["metadata"]["annotations"]["azure.workload.identity/skip-containers"]
        self.assertEqual(skipped, "oauth-proxy;tunnel")

    def test_the_operators_annotations_have_the_last_word(self):
        name = "azure.workload.identity/client-id"
        found = objects({"serviceAccount": {"annotations": {name: "other"}}})
        self.assertEqual(one(found, "ServiceAccount")["metadata"]["annotations"][name], "other")
        skip = "azure.workload.identity/skip-containers"
        for values, workload in [({"runtime": "spin"}, "oauth-proxy"), ({"kubelogin": {"ownDeployment": True}}, "oauth-proxy-kubelogin")]:
            given = {skip: "all", "checksum/bearers": "mine", "team": "identity"}
            annotations = workloads(objects({**values, "podAnnotations": given}))[workload]["metadata"]["annotations"]
            self.assertEqual({name: annotations[name] for name in given}, given)

    def test_in_a_spinapp_only_the_sidecar_has_it(self):
        found = objects(sets={"runtime": "spinapp", **REDIS})
        labels = workloads(found)["oauth-proxy-sidecar"]["metadata"]["labels"]
        self.assertEqual(labels["azure.workload.identity/use"], "true")
        self.assertNotIn("azure.workload.identity/use", one(found, "SpinApp")["spec"]["podLabels"])

    def test_without_a_webhook_the_token_is_projected_to_whoever_reads_it(self):
        sets = {"runtime": "spin", "serviceAccount.azureWorkloadIdentity.projectToken": "true"}
        found = objects(sets=sets)
        self.assertNotIn("azure.workload.identity/use", workloads(found)["oauth-proxy"]["metadata"]["labels"])
        having = [
            name
            for (_, name), container in containers(found).items()
            if any(mount["name"] == "azure-identity-token" for mount in container["volumeMounts"])
        ]
        self.assertEqual(having, ["sidecar"])

    def test_the_service_accounts_own_token_is_there_only_for_impersonation(self):
        def having(sets):
            found = objects(sets=sets)
            return [
                name
                for (_, name), container in containers(found).items()
                if any(mount["name"] == "service-account" for mount in container["volumeMounts"])
            ], of_kind(found, "ClusterRole")

        self.assertEqual(having({}), ([], []))
        for runtime, reader in [("container", "oauth-proxy"), ("spin", "sidecar"), ("spinapp", "sidecar")]:
            sets = {"runtime": runtime, "settings.kubernetesAuth": "impersonate", **REDIS}
            who, [role] = having(sets)
            self.assertEqual(who, [reader])
            self.assertEqual(len(role["rules"]), 2)


class Stores(unittest.TestCase):
    def test_sqlite_has_one_process_at_a_time(self):
        found = objects()
        self.assertEqual(one(found, "Deployment")["spec"]["strategy"], {"type": "Recreate"})
        self.assertEqual(one(found, "PersistentVolumeClaim")["spec"]["accessModes"], ["ReadWriteOnce"])
        path = runtime_config(found)["key_value_store"]["default"]["path"]
        mounts = containers(found)["oauth-proxy", "oauth-proxy"]["volumeMounts"]
        [data] = [mount["mountPath"] for mount in mounts if mount["name"] == "data"]
        self.assertTrue(path.startswith(f"{data}/"))

    def test_the_password_of_redis_is_a_file(self):
        sets = {**REDIS, "store.redis.url": "redis://redis", "store.redis.existingSecret": "own"}
        found = objects(sets={**sets, "store.redis.sentinelPasswordKey": "sentinel"})
        container = containers(found)["oauth-proxy", "oauth-proxy"]
        [file] = [v["value"] for v in container["env"] if v["name"] == "REDIS_PASSWORD_FILE"]
        [sentinel] = [v["valueFrom"] for v in container["env"] if v["name"] == "REDIS_SENTINEL_PASSWORD"]
        self.assertEqual(sentinel["secretKeyRef"], {"name": "own", "key": "sentinel"})
        [mount] = [m for m in container["volumeMounts"] if m["name"] == "redis-password"]
        self.assertNotIn("subPath", mount)
        volumes = one(found, "Deployment")["spec"]["template"]["spec"]["volumes"]
        [volume] = [v["secret"] for v in volumes if v["name"] == "redis-password"]
        self.assertEqual(volume["secretName"], "own")
        [item] = volume["items"]
        self.assertEqual((item["key"], f"{mount['mountPath']}/{item['path']}"), ("redis-password", file))

    def test_redis_needs_no_volume(self):
        found = objects(sets=REDIS)
        self.assertEqual(of_kind(found, "PersistentVolumeClaim"), [])
        store = runtime_config(found)["key_value_store"]["default"]
        self.assertEqual(store, {"type": "redis", "url": REDIS["store.redis.url"]})
        self.assertEqual(one(found, "Deployment")["spec"]["strategy"]["type"], "RollingUpdate")


class Ends(unittest.TestCase):
    """How pods end, and what they are asked."""

    def setUp(self):
        sets = {**REDIS, "replicaCount": "2"}
        self.container, self.spin = (containers(objects(sets={**sets, "runtime": each})) for each in ("container", "spin"))

    def seconds(self, container):
        arguments = dict(each.removeprefix("--").split("=") for each in container["args"][1:])
        return int(arguments["drain-seconds"]), int(arguments["grace-seconds"])

    def test_each_process_has_ended_before_it_is_killed(self):
        for found in (self.container, self.spin):
            for (workload, name), container in found.items():
                if "args" in container:
                    self.assertNotIn("lifecycle", container, f"{workload} {name}")
                    self.assertLess(sum(self.seconds(container)), 45, f"{workload} {name}")
        self.assertEqual(self.seconds(self.container["oauth-proxy", "oauth-proxy"]), (10, 30))
        self.assertEqual(self.seconds(self.spin["oauth-proxy", "tunnel"]), (10, 30))

    def test_spin_is_told_to_end_last_and_its_sidecar_waits_for_it(self):
        waits = self.spin["oauth-proxy", "oauth-proxy"]["lifecycle"]["preStop"]["sleep"]["seconds"]
        self.assertEqual(waits, sum(self.seconds(self.spin["oauth-proxy", "tunnel"])))
        self.assertEqual(self.seconds(self.spin["oauth-proxy", "sidecar"])[0], waits)

    def test_readiness_is_asked_for_everywhere_and_life_without_anybody_else(self):
        for found in (self.container, self.spin):
            for (workload, name), container in found.items():
                asked = [asked_of(container[probe]) for probe in ("livenessProbe", "readinessProbe")]
                expected = ["/livez", "/readyz"]
                if "args" not in container:
                    expected = ["/.well-known/spin/health", "/readyz"]
                self.assertEqual(asked, expected, f"{workload} {name}")

    def test_only_on_loopback_the_program_asks_itself(self):
        for found in (self.container, self.spin):
            for (workload, name), container in found.items():
                is_loopback = any("--listen=127.0.0.1" in each for each in container.get("args", []))
                self.assertEqual("exec" in container["readinessProbe"], is_loopback, f"{workload} {name}")


def asked_of(probe):
    if "exec" in probe:
        return "/" + probe["exec"]["command"][-1].rsplit("/", 1)[-1]
    return probe["httpGet"]["path"]


class Exposure(unittest.TestCase):
    def paths(self, sets):
        [*hosts] = one(objects(sets={"ingress.enabled": "true", **sets}), "Ingress")["spec"]["rules"]
        return {
            (rule["host"], path["path"]): path["backend"]["service"]["port"]["number"]
            for rule in hosts
            for path in rule["http"]["paths"]
        }

    def test_pages_and_the_api_server_are_reachable_and_nothing_else(self):
        paths = {path for _, path in self.paths({})}
        self.assertEqual(paths, set(CATALOGUE["pages"]) | {"/k8s"})

    def test_the_api_server_is_reached_by_the_tunnel(self):
        paths = self.paths({"runtime": "spin", "settings.kubernetesHost": "kube.your-host"})
        self.assertEqual(paths["your-host", "/k8s"], 8082)
        self.assertEqual(paths["kube.your-host", "/"], 8082)
        self.assertEqual(paths["your-host", "/login"], 80)

    def test_apps_are_reached_as_the_api_server_is_and_have_slots(self):
        upstreams = [
            {"host": "podinfo.your-host", "url": "http://podinfo:9898", "policy": {"roles": ["admin"]}},
            {"host": "tools.your-host:8443", "path": "/a", "url": "http://tools", "max_body_bytes": 104857600},
            {"host": "tools.your-host:8443", "path": "/b", "url": "http://podinfo:9898"},
        ]
        for runtime, port in [("container", 80), ("spin", 8082)]:
            found = objects({"runtime": runtime, "ingress": {"enabled": True}, "upstreams": upstreams})
            rules = one(found, "Ingress")["spec"]["rules"]
            self.assertEqual([rule["host"] for rule in rules], ["your-host", "podinfo.your-host", "tools.your-host"])
            for rule in rules[1:]:
                [path] = rule["http"]["paths"]
                self.assertEqual((path["path"], path["backend"]["service"]["port"]["number"]), ("/", port))
            prefix = "SPIN_VARIABLE_" if runtime == "spin" else ""
            variables = environment(containers(found)["oauth-proxy", "oauth-proxy"])
            self.assertEqual(json.loads(variables[f"{prefix}UPSTREAMS"]), upstreams)
            slots = {name: value for name, value in variables.items() if "UPSTREAM_ORIGIN" in name}
            expected = {f"{prefix}UPSTREAM_ORIGIN1": "http://podinfo:9898", f"{prefix}UPSTREAM_ORIGIN2": "http://tools"}
            self.assertEqual(slots, expected)
        self.assertEqual(json.loads(environment(containers(found)["oauth-proxy", "tunnel"])["UPSTREAMS"]), upstreams)
        gateway = {"enabled": True, "parentRefs": [{"name": "gateway"}]}
        route = one(objects({"httpRoute": gateway, "upstreams": upstreams}), "HTTPRoute", "oauth-proxy-apps")
        self.assertEqual(route["spec"]["hostnames"], ["podinfo.your-host", "tools.your-host"])

    def test_how_apps_are_shown_is_a_list_or_its_json(self):
        apps = [{"url": "https://podinfo.your-host/", "name": "Podinfo", "check": {"roles": ["admin"]}}]
        for runtime, prefix in [("container", ""), ("spin", "SPIN_VARIABLE_")]:
            for given in [apps, json.dumps(apps)]:
                found = objects({"runtime": runtime, "settings": {"apps": given}})
                variables = environment(containers(found)["oauth-proxy", "oauth-proxy"])
                self.assertEqual(json.loads(variables[f"{prefix}APPS"]), apps)

    def test_nginx_is_told_what_it_needs_and_the_operator_has_the_last_word(self):
        name = "nginx.ingress.kubernetes.io/proxy-read-timeout"
        escaped = f"ingress.annotations.{name}".replace("nginx.ingress.kubernetes.io", r"nginx\.ingress\.kubernetes\.io")

        def annotations(**named):
            return one(objects(**named), "Ingress")["metadata"].get("annotations") or {}

        self.assertEqual(annotations(sets={"ingress.enabled": "true"})[name], "3600")
        values = {"ingress": {"enabled": True, "annotations": {name: "7200"}}}
        self.assertEqual(annotations(values=values)[name], "7200", escaped)
        self.assertEqual(annotations(sets={"ingress.enabled": "true", "ingress.nginxAnnotations": "false"}), {})

    def test_where_kubeconfigs_lead_is_a_host_too(self):
        public = {"settings": {"publicUrl": "https://kube.your-host:8443"}}
        rules = one(objects({**public, "ingress": {"enabled": True}}), "Ingress")["spec"]["rules"]
        self.assertEqual([rule["host"] for rule in rules], ["your-host", "kube.your-host"])
        gateway = {"enabled": True, "parentRefs": [{"name": "gateway"}]}
        route = one(objects({**public, "httpRoute": gateway}), "HTTPRoute")
        self.assertEqual(route["spec"]["hostnames"], ["your-host", "kube.your-host"])

    def test_a_gateway_leads_to_the_same(self):
        sets = {"httpRoute.enabled": "true", "httpRoute.parentRefs[0].name": "gateway"}
        route = one(objects(sets=sets), "HTTPRoute")
        paths = {match["path"]["value"] for rule in route["spec"]["rules"] for match in rule["matches"]}
        self.assertEqual(paths, set(CATALOGUE["pages"]) | {"/k8s"})
        self.assertEqual(route["spec"]["hostnames"], ["your-host"])

    def test_ipv6_is_listened_on_where_the_service_has_it(self):
        for values, wanted in [
            ({}, "0.0.0.0:8080"),
            ({"service": {"ipFamilies": ["IPv6"]}}, "[::]:8080"),
            ({"service": {"ipFamilyPolicy": "PreferDualStack"}}, "[::]:8080"),
            ({"listenAddress": "10.0.0.1"}, "10.0.0.1:8080"),
        ]:
            arguments = containers(objects(values))["oauth-proxy", "oauth-proxy"]["args"]
            self.assertIn(f"--listen={wanted}", arguments)


class Safety(unittest.TestCase):
    def test_pods_are_restricted_but_for_spins_container(self):
        for file in SETS:
            found = objects(files=[file])
            for workload, template in workloads(found).items():
                pod = template["spec"]["securityContext"]
                self.assertTrue(pod["runAsNonRoot"])
                self.assertEqual(pod["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertFalse(template["spec"]["automountServiceAccountToken"])
                for container in template["spec"]["containers"]:
                    own = container["securityContext"]
                    self.assertFalse(own["allowPrivilegeEscalation"])
                    self.assertEqual(own["capabilities"], {"drop": ["ALL"]})
                    if container.get("command") != ["/"]:
                        self.assertTrue(own["readOnlyRootFilesystem"], f"{workload}")
                        self.assertNotIn("runAsUser", own)

    def test_every_workload_has_a_policy_both_ways(self):
        for file in SETS:
            found = objects(files=[file])
            parts = {t["metadata"]["labels"]["app.kubernetes.io/component"] for t in workloads(found).values()}
            parts |= {"proxy", "test"}
            policies = of_kind(found, "NetworkPolicy")
            covered = {each["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for each in policies}
            self.assertEqual(parts, covered)
            for policy in policies:
                self.assertEqual(policy["spec"]["policyTypes"], ["Ingress", "Egress"])

    def test_only_the_proxy_and_its_test_reach_sidecar_and_kubelogin(self):
        found = objects(sets={"runtime": "spinapp", "kubelogin.ownDeployment": "true", **REDIS})
        for part in ["sidecar", "kubelogin"]:
            rules = one(found, "NetworkPolicy", f"oauth-proxy-{part}")["spec"]["ingress"]
            peers = [peer["podSelector"]["matchLabels"] for rule in rules for peer in rule["from"]]
            self.assertEqual([peer["app.kubernetes.io/component"] for peer in peers], ["proxy", "test"])

    def test_sentinels_are_reached(self):
        sets = {**REDIS, "settings.redisSentinels": "a.redis:26379 b.redis:26380", "store.redis.url": "redis://redis:6379"}
        found = objects(sets=sets)
        ports = [p["port"] for rule in one(found, "NetworkPolicy", "oauth-proxy-proxy")["spec"]["egress"] for p in rule["ports"]]
        self.assertLessEqual({6379, 26379, 26380}, set(ports))
        variables = environment(containers(found)["oauth-proxy", "oauth-proxy"])
        self.assertEqual(variables["REDIS_SENTINELS"], "a.redis:26379 b.redis:26380")

    def test_apps_are_reached_by_whoever_carries_to_them(self):
        """A policy counts the ports of pods. Those of a Service's pods need not be the Service's own."""
        urls = ["http://grafana.monitoring.svc", "http://podinfo:9898", "https://tools.example.com:8443", "http://10.1.2.3:3000"]
        upstreams = [{"host": f"a{at}.your-host", "url": url} for at, url in enumerate(urls)]
        mesh = {"runtime": "spinapp", "settings": {"componentPlainHttp": True}, "store": {"sqlite": {"persistence": {"enabled": False}}}}
        for values, policy in [({}, "proxy"), ({"runtime": "spin"}, "proxy"), (mesh, "tunnel"), (mesh, "proxy")]:
            found = objects({**values, "upstreams": upstreams})
            egress = one(found, "NetworkPolicy", f"oauth-proxy-{policy}")["spec"]["egress"]
            anywhere = {port["port"] for rule in egress if "to" not in rule for port in rule["ports"]}
            self.assertLessEqual({80, 9898, 8443, 3000}, anywhere)
            wholly = {
                peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                for rule in egress
                for peer in rule.get("to", [])
                if rule["ports"] == [{"protocol": "TCP"}]
            }
            self.assertEqual(wholly, {"monitoring", "proxy"})
        without = one(objects(), "NetworkPolicy", "oauth-proxy-proxy")["spec"]["egress"]
        self.assertNotIn("to", [key for rule in without for key in rule])

    def test_what_the_environment_names_is_reached(self):
        for name, value, port in [
            ("HTTPS_PROXY", "http://proxy.example:3128", 3128),
            ("https_proxy", "http://user:word@proxy.example:8888/", 8888),
            ("HTTP_PROXY", "http://proxy.example", 80),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", 4318),
        ]:
            extra = {"extraEnv": [{"name": name, "value": value}]}
            for values, policy in [
                (extra, "proxy"),
                ({"runtime": "spin", "sidecar": extra}, "proxy"),
                ({"kubelogin": {**extra, "ownDeployment": True}}, "kubelogin"),
            ]:
                with self.subTest(f"{name} {policy}"):
                    egress = one(objects(values), "NetworkPolicy", f"oauth-proxy-{policy}")["spec"]["egress"]
                    self.assertIn(port, [each["port"] for rule in egress for each in rule["ports"]])
        # One from a Secret says nothing, and is no error, nor is a list that is taken away.
        self.assertTrue(objects({"extraEnv": None, "sidecar": {"extraEnv": None}}))
        unknown = {"extraEnv": [{"name": "HTTPS_PROXY", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]}
        self.assertTrue(objects(unknown))

    def test_redis_is_reached(self):
        found = objects(sets={**REDIS, "store.redis.url": "rediss://h:6380"})
        ports = [p["port"] for rule in one(found, "NetworkPolicy", "oauth-proxy-proxy")["spec"]["egress"] for p in rule["ports"]]
        self.assertIn(6380, ports)
