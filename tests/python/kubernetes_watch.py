"""A program that watches config maps with the official client and the kubeconfig in KUBECONFIG.

Its arguments are a namespace and the value of the label `seen` with which it ends. It prints each value that it sees, and
`again` whenever the watch has ended and it asks again.
"""

import sys

from kubernetes import client, config, watch


def main():
    namespace, last = sys.argv[1:]
    config.load_kube_config()
    api = client.CoreV1Api()
    watches = 0

    def listed(*arguments, **options):
        nonlocal watches
        if watches:
            print("again", flush=True)
        watches += 1
        return api.list_namespaced_config_map(*arguments, **options)

    # What the watch reads to know of which method it is.
    listed.__doc__ = api.list_namespaced_config_map.__doc__
    for event in watch.Watch().stream(listed, namespace):
        seen = (event["object"].metadata.labels or {}).get("seen")
        print(seen, flush=True)
        if seen == last:
            return


if __name__ == "__main__":
    main()
