"""`helm test`: a pod that runs the doctor as the proxy runs."""

import re
import unittest

from rendered import ROOT, SETS, containers, environment, objects, of_kind, one

REDIS = {"store.type": "redis", "store.redis.url": "redis://:hunter2@redis:6379/3"}


def doctor(found):
    """The pod, and its one container."""
    pod = one(found, "Pod")
    [container] = pod["spec"]["containers"]
    return pod, container


class Doctor(unittest.TestCase):
    def each(self):
        for file in SETS:
            with self.subTest(file.name):
                yield objects(files=[file])

    def test_only_helm_test_runs_it_and_only_once(self):
        for found in self.each():
            pod, _ = doctor(found)
            self.assertEqual(pod["metadata"]["annotations"]["helm.sh/hook"], "test")
            self.assertEqual(pod["spec"]["restartPolicy"], "Never")

    def test_its_arguments_are_the_programs(self):
        source = (ROOT / "native/src/cli.rs").read_text()
        [own] = re.findall(r"struct Doctor \{(.*?)^\}", source, re.M | re.S)
        flags = {name.replace("_", "-") for name in re.findall(r"pub\(crate\) (\w+):", own)}
        for found in self.each():
            command, *arguments = doctor(found)[1]["args"]
            self.assertEqual(command, "doctor")
            for argument in arguments:
                self.assertIn(argument.removeprefix("--").split("=")[0], flags)

    def test_it_has_the_environment_of_the_proxy(self):
        for runtime in ["container", "spin", "spinapp"]:
            found = objects(sets={"runtime": runtime, **REDIS})
            given = environment(doctor(found)[1])
            if runtime == "spinapp":
                [app] = of_kind(found, "SpinApp")
                wanted = {each["name"].upper() for each in app["spec"]["variables"]}
            else:
                in_container = objects(sets={"runtime": "container", **REDIS})
                wanted = set(environment(containers(in_container)["oauth-proxy", "oauth-proxy"]))
            self.assertEqual(set(given), wanted, runtime)

    def test_mounts_have_volumes_and_none_is_the_proxys_alone(self):
        for found in self.each():
            pod, container = doctor(found)
            volumes = {each["name"]: each for each in pod["spec"]["volumes"]}
            self.assertEqual(set(volumes), {each["name"] for each in container["volumeMounts"]})
            for volume in volumes.values():
                self.assertNotIn("persistentVolumeClaim", volume)

    def test_the_store_is_checked_where_it_can_be_shared(self):
        self.assertIn("--without=store", doctor(objects())[1]["args"])
        self.assertNotIn("--without=store", doctor(objects(sets=REDIS))[1]["args"])

    def test_it_has_the_workload_identity_of_whoever_has_it(self):
        label = "azure.workload.identity/use"
        for runtime, has_it in [("container", True), ("spin", True), ("spinapp", False)]:
            found = objects(sets={"runtime": runtime, **REDIS})
            pod, _ = doctor(found)
            self.assertEqual(label in pod["metadata"]["labels"], has_it, runtime)
            self.assertEqual(pod["spec"]["serviceAccountName"], "oauth-proxy")
        projected = objects(sets={"serviceAccount.azureWorkloadIdentity.projectToken": "true"})
        mounts = {each["name"] for each in doctor(projected)[1]["volumeMounts"]}
        self.assertIn("azure-identity-token", mounts)

    def test_no_secret_is_written_into_it(self):
        pod, _ = doctor(objects(sets=REDIS))
        self.assertNotIn("hunter2", str(pod))
        self.assertEqual(environment(doctor(objects())[1])["SESSION_SECRET"]["secretKeyRef"]["name"], "oauth-proxy-session")

    def test_it_is_restricted(self):
        for found in self.each():
            pod, container = doctor(found)
            self.assertTrue(pod["spec"]["securityContext"]["runAsNonRoot"])
            self.assertEqual(pod["spec"]["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertFalse(pod["spec"]["automountServiceAccountToken"])
            own = container["securityContext"]
            self.assertFalse(own["allowPrivilegeEscalation"])
            self.assertEqual(own["capabilities"], {"drop": ["ALL"]})
            self.assertTrue(own["readOnlyRootFilesystem"])

    def test_policies_let_it_go_where_the_proxy_goes(self):
        for found in self.each():
            egress = {}
            for policy in of_kind(found, "NetworkPolicy"):
                part = policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
                egress[part] = policy["spec"]["egress"]
                if part == "test":
                    self.assertEqual(policy["spec"]["ingress"], [])
            self.assertEqual(egress["test"], egress["proxy"])
