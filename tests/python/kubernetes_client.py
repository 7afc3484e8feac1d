"""A program that uses the official client, with the kubeconfig in KUBECONFIG: lists, watches, execs.

Its arguments are a namespace and a running pod in it. It prints what it has seen, as JSON.
"""

import json
import sys

from kubernetes import client, config, watch
from kubernetes.stream import stream

MADE = "made-by-python"
SCRIPT = 'read line; echo "got $line"; echo bad >&2; exit 3'


def watched(api, namespace):
    """The events of a config map, each of which the one before it leads to."""
    since = api.list_namespaced_config_map(namespace).metadata.resource_version
    api.create_namespaced_config_map(namespace, {"metadata": {"name": MADE}})
    seen = []
    watcher = watch.Watch()
    selector = f"metadata.name={MADE}"
    events = watcher.stream(
        api.list_namespaced_config_map,
        namespace,
        field_selector=selector,
        resource_version=since,
    )
    for event in events:
        seen.append(event["type"])
        if event["type"] == "ADDED":
            api.patch_namespaced_config_map(MADE, namespace, {"data": {"key": "value"}})
        elif event["type"] == "MODIFIED":
            api.delete_namespaced_config_map(MADE, namespace)
        else:
            watcher.stop()
    return seen


def executed(api, namespace, pod):
    """What a command says on both of its streams, and its exit code."""
    running = stream(
        api.connect_get_namespaced_pod_exec,
        pod,
        namespace,
        command=["sh", "-c", SCRIPT],
        stdin=True,
        stdout=True,
        stderr=True,
        tty=False,
        _preload_content=False,
    )
    running.write_stdin("a line\n")
    running.run_forever()
    return {
        "stdout": running.read_stdout(),
        "stderr": running.read_stderr(),
        "code": running.returncode,
    }


def main():
    namespace, pod = sys.argv[1:]
    config.load_kube_config()
    api = client.CoreV1Api()
    told = client.AuthenticationV1Api().create_self_subject_review({})
    pods = api.list_namespaced_pod(namespace).items
    seen = {
        "user": told.status.user_info.username,
        "pods": [found.metadata.name for found in pods],
        "watched": watched(api, namespace),
        "executed": executed(api, namespace, pod),
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
