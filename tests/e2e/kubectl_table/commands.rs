//! The commands, in the order of their run: later ones use the results of earlier ones.

use super::How::{Fetch, File, Input, Plain, Terminal, Until};
use super::{Command, How};

const CONFIG_MAPS: &str = r#"{ "apiVersion": "v1", "kind": "List", "items": [
    { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a", "labels": { "app": "demo" } },
      "data": { "key": "one" } },
    { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "b", "labels": { "app": "demo", "tier": "x" } },
      "data": { "key": "two" } },
    { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "c", "labels": { "tier": "x" } },
      "data": { "key": "three" } } ] }"#;

const CHANGED: &str = r#"{ "apiVersion": "v1", "kind": "ConfigMap",
    "metadata": { "name": "a", "labels": { "app": "demo" } }, "data": { "key": "changed" } }"#;

const INVALID: &str =
    r#"{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "NOT VALID" } }"#;

const DEPLOYMENT: &str = r#"{ "apiVersion": "apps/v1", "kind": "Deployment",
    "metadata": { "name": "web" }, "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "web" } },
    "template": { "metadata": { "labels": { "app": "web" } }, "spec": { "terminationGracePeriodSeconds": 1,
      "containers": [{ "name": "main", "image": "any" }] } } } }"#;

const PODS: &str = r#"{ "apiVersion": "v1", "kind": "List", "items": [
    { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "server" }, "spec": {
      "containers": [{ "name": "main", "image": "any", "command": ["sh", "-c",
        "echo served > page; echo ready; exec python3 -m http.server 8080 --bind $(POD_IP) 2>/dev/null"],
        "env": [{ "name": "POD_IP", "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } }] }] } },
    { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "reader" }, "spec": { "restartPolicy": "Never",
      "containers": [{ "name": "main", "image": "any", "stdin": true, "stdinOnce": true,
        "command": ["sh", "-c", "read line; echo \"it was $line\""] }] } },
    { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "counter" }, "spec": { "restartPolicy": "Never",
      "containers": [{ "name": "main", "image": "any",
        "command": ["sh", "-c", "for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done"] }] } } ] }"#;

const fn plain(line: &'static str) -> Command {
    with(line, Plain)
}

const fn with(line: &'static str, how: How) -> Command {
    Command { line, how }
}

pub(super) const COMMANDS: &[Command] = &[
    // The API itself.
    plain("version"),
    plain("api-resources"),
    plain("api-versions"),
    plain("explain pod.spec.containers"),
    plain("explain deployments --recursive"),
    plain("get --raw /version"),
    plain("get --raw /api/v1/namespaces/{ns}/configmaps?limit=1"),
    plain("get --raw /api/v1/namespaces/{ns}/nothing"),
    plain("get namespace {ns}"),
    plain("get nodes"),
    plain("get things"),
    // Permissions.
    plain("auth whoami"),
    plain("auth can-i get pods"),
    plain("auth can-i delete nodes"),
    plain("auth can-i --list"),
    plain("auth can-i get pods --as=bob@contoso.example"),
    plain("get pods --as=bob@contoso.example"),
    plain("get pods --as=erin@contoso.example"),
    plain("get pods --as=bob@contoso.example --as-group=system:masters"),
    plain("get secrets --all-namespaces"),
    // Objects.
    with("apply --filename=-", Input(CONFIG_MAPS)),
    with("apply --filename=-", Input(CONFIG_MAPS)),
    plain("create configmap made --from-literal=key=value"),
    plain("create configmap made --from-literal=key=value"),
    plain("create configmap unmade --dry-run=server --output=yaml"),
    with("create --filename=-", Input(INVALID)),
    plain("get configmaps"),
    plain("get configmaps --selector=app=demo"),
    plain("get configmaps --selector='app in (demo),tier!=x'"),
    plain("get configmaps --field-selector=metadata.name=c"),
    plain("get configmaps --chunk-size=1"),
    plain("get configmaps --sort-by=.metadata.creationTimestamp --output=name"),
    plain("get configmaps --show-labels --label-columns=tier"),
    plain("get configmap a --output=yaml"),
    plain("get configmap a --output=json --show-managed-fields"),
    plain("get configmap a --output=jsonpath={.data.key}"),
    plain("get configmap missing"),
    plain("describe configmap a"),
    with("diff --filename=-", Input(CHANGED)),
    with("apply --server-side --filename=-", Input(CHANGED)),
    with(
        "apply --server-side --force-conflicts --field-manager=me --filename=-",
        Input(CHANGED),
    ),
    plain(r#"patch configmap b --type=strategic --patch='{"data":{"more":"1"}}'"#),
    plain(r#"patch configmap b --type=merge --patch='{"data":{"more":null}}'"#),
    plain(
        r#"patch configmap b --type=json --patch='[{"op":"replace","path":"/data/key","value":"2"}]'"#,
    ),
    plain(
        r#"patch configmap b --type=json --patch='[{"op":"test","path":"/data/key","value":"3"}]'"#,
    ),
    plain("get configmap b --output=jsonpath={.data}"),
    with("replace --filename=-", Input(CHANGED)),
    plain("label configmap a colour=red"),
    plain("annotate configmap a 'note=some words'"),
    with(
        "get configmap a --watch --output-watch-events",
        Until("MODIFIED", "label configmap a colour=blue --overwrite"),
    ),
    plain("delete configmap a"),
    plain("delete configmaps --selector=tier=x"),
    plain("delete configmap a"),
    plain("create secret generic word --from-literal=pass=word"),
    plain("get secret word --output=go-template={{.data.pass}}"),
    plain("create serviceaccount robot"),
    plain("create token robot"),
    plain("create role reader --verb=get --resource=pods"),
    plain("create rolebinding reader --role=reader --serviceaccount={ns}:robot"),
    // Deployments.
    with("apply --filename=-", Input(DEPLOYMENT)),
    plain("wait --for=condition=Available deployment/web --timeout=60s"),
    plain("get deployment web --output=wide"),
    plain("get pods --selector=app=web"),
    plain("scale deployment/web --replicas=2"),
    plain("wait --for=jsonpath={.status.readyReplicas}=2 deployment/web"),
    plain("scale deployment/web --replicas=1 --current-replicas=7"),
    plain("get deployment web --subresource=scale --output=jsonpath={.status.replicas}"),
    plain("set env deployment/web NAME=value"),
    plain("rollout status deployment/web"),
    plain("rollout history deployment/web"),
    plain("rollout undo deployment/web"),
    plain("wait --for=jsonpath={.status.observedGeneration}=4 deployment/web"),
    plain("rollout pause deployment/web"),
    plain("rollout resume deployment/web"),
    plain("expose deployment web --port=80"),
    plain("get service web"),
    plain("autoscale deployment web --min=1 --max=2"),
    plain("delete deployment web --cascade=foreground"),
    plain("delete service,horizontalpodautoscaler web"),
    plain("create job job --image=any -- echo done"),
    plain("wait --for=condition=Complete job/job --timeout=60s"),
    plain("logs job/job"),
    plain("delete job job --cascade=background"),
    // Pods and their contents.
    with("apply --filename=-", Input(PODS)),
    plain("wait --for=condition=Ready pod/server pod/reader --timeout=60s"),
    with(
        r#"get pod server --watch --output='jsonpath={.metadata.labels.seen}{"\n"}'"#,
        Until("yes", "label pod server seen=yes"),
    ),
    plain("get pod server --output=wide"),
    with("logs --follow server", Until("ready", "")),
    plain("logs --follow counter"),
    plain("logs counter --tail=2 --timestamps"),
    plain("logs counter --limit-bytes=9"),
    plain("logs server --previous"),
    plain("exec server -- sh -c 'echo out; echo err >&2; exit 3'"),
    with("exec --stdin server -- cat", Input("from stdin")),
    with(
        "exec --stdin --tty server -- sh -c 'tty; read a; echo got $a'",
        Terminal("typed\n"),
    ),
    plain("exec server -- no-such-program"),
    with("attach --stdin --quiet reader", Input("a line\n")),
    plain("wait --for=jsonpath={.status.phase}=Succeeded pod/reader --timeout=60s"),
    plain("cp file server:kept"),
    plain("exec server -- cat kept"),
    with("cp server:kept returned", File("returned")),
    with("port-forward pod/server :8080", Fetch("/page")),
    with(
        "proxy --port=0 --append-server-path",
        Fetch("/api/v1/namespaces/{ns}/configmaps/made"),
    ),
    plain("run other --image=any --restart=Never -- true"),
    plain("delete pod server --grace-period=1"),
    plain("delete pods --all --now"),
    plain("wait --for=delete pod/server --timeout=60s"),
    plain("get pods"),
];
