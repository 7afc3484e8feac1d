"""What the chart makes, against the schemas of the releases of Kubernetes that it is for, by kubeconform: no field is
unknown there, and no value has another type.

tests/e2e/chart/accepted.rs asks a real API server, which knows much more, and is of one release.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "chart"))

from rendered import OLDEST, ROOT, SETS, text  # noqa: E402

KUBECONFORM = os.environ.get("KUBECONFORM_BIN", str(ROOT / "tools/bin/kubeconform"))
PACKAGE = pathlib.Path(os.environ.get("KUBERNETES_SCHEMAS", ROOT / "target/kubernetes-schemas"))
FILES = "{{.NormalizedKubernetesVersion}}/{{.ResourceKind}}{{.KindSuffix}}.json"

# The oldest release without the runtime spin, the oldest with it, and the newest that the schemas are of.
WITHOUT_SPIN = "1.25.0"
RELEASES = [WITHOUT_SPIN, OLDEST, "1.37.0"]

# One in which Spin's `preStop.sleep` is not yet.
BEFORE = "1.28.0"

# Whose schemas others bring into a cluster.
NOT_KUBERNETES = {"Certificate", "HTTPRoute", "PodMonitor", "PrometheusRule", "ServiceMonitor", "SpinApp"}


SCHEMAS = tempfile.TemporaryDirectory()


def setUpModule():
    """The package's schemas have addresses of kubernetes.io, at which kubeconform would look for the definitions that
    they refer to. Here they are beside each other."""
    for release in [*RELEASES, BEFORE]:
        directory = pathlib.Path(SCHEMAS.name, f"v{release}")
        directory.mkdir()
        for file in (PACKAGE / "kubernetes_validate/kubernetes-json-schema" / f"v{release}-local-strict").iterdir():
            schema = file.read_text().replace('"/api/_definitions.json#', '"_definitions.json#')
            (directory / file.name).write_text(schema.replace('"$id":', '"$comment":'))


def tearDownModule():
    SCHEMAS.cleanup()


def judged(sets, release):
    """Set, kind, verdict and complaint about each object. The sets are manifests by their names: kubeconform reads the
    schemas for all of them once."""
    command = [KUBECONFORM, "-strict", "-verbose", "-output", "json", "-kubernetes-version", release]
    command += ["-skip", ",".join(sorted(NOT_KUBERNETES))]
    command += ["-schema-location", f"{SCHEMAS.name}/{FILES}"]
    with tempfile.TemporaryDirectory() as directory:
        for name, manifests in sets.items():
            pathlib.Path(directory, f"{name}.yaml").write_text(manifests)
        done = subprocess.run([*command, directory], capture_output=True, text=True)
    for each in json.loads(done.stdout)["resources"]:
        verdict = each["status"].removeprefix("status")
        yield pathlib.Path(each["filename"]).stem, each["kind"], verdict, each.get("msg", "")


def invalid(manifests, release):
    return {kind: said for _, kind, verdict, said in judged({"one": manifests}, release) if verdict == "Invalid"}


class Schemas(unittest.TestCase):
    def test_every_set_fits_every_release(self):
        for release in RELEASES:
            files = SETS
            if release == WITHOUT_SPIN:
                files = [file for file in SETS if yaml.safe_load(file.read_text()).get("runtime") != "spin"]
            rendered = {file.stem: text(files=[file], more=["--kube-version", release]) for file in files}
            looked_at = set()
            for name, kind, verdict, said in judged(rendered, release):
                looked_at.add(name)
                with self.subTest(release=release, set=name, kind=kind):
                    self.assertEqual(verdict, "Skipped" if kind in NOT_KUBERNETES else "Valid", said)
            self.assertEqual(looked_at, set(rendered))

    def test_a_field_that_there_is_not_is_found(self):
        [file] = [file for file in SETS if file.stem == "container"]
        wrong = text(files=[file]).replace("automountServiceAccountToken", "automountsServiceAccountToken")
        for release in RELEASES:
            self.assertEqual(set(invalid(wrong, release)), {"Deployment", "Pod", "ServiceAccount"}, release)

    def test_a_release_has_its_own_schemas(self):
        [file] = [file for file in SETS if file.stem == "spin"]
        manifests = text(files=[file])
        self.assertEqual(invalid(manifests, OLDEST), {})
        self.assertIn("sleep", invalid(manifests, BEFORE)["Deployment"])
