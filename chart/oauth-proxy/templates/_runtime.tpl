{{/* What runs the component, and what follows from it. A condition is "true" or nothing. */}}

{{/* container, spin or spinapp. It is found once in a rendering: "auto" asks the cluster. */}}
{{- define "oauth-proxy.runtime" -}}
{{- if not (hasKey .Values "_runtime") -}}
{{- $runtime := .Values.runtime -}}
{{- if eq $runtime "auto" -}}
{{- $runtime = include "oauth-proxy.automaticRuntime" . -}}
{{- end -}}
{{- $_ := set .Values "_runtime" $runtime -}}
{{- end -}}
{{ .Values._runtime }}
{{- end -}}

{{/* What the release runs already. At the first install it is spin where the cluster has SpinKube, and the namespace
     takes its pods. Without access to a cluster it is container. */}}
{{- define "oauth-proxy.automaticRuntime" -}}
{{- $name := include "oauth-proxy.fullname" . -}}
{{- $deployment := lookup "apps/v1" "Deployment" .Release.Namespace $name -}}
{{- $recorded := dig "metadata" "annotations" "oauth-proxy/runtime" "" $deployment -}}
{{- if $recorded -}}
{{ $recorded }}
{{- else if and (include "oauth-proxy.hasSpinApi" .) (lookup "core.spinkube.dev/v1alpha1" "SpinApp" .Release.Namespace $name) -}}
spinapp
{{- else if and (include "oauth-proxy.findsSpin" .) (not (include "oauth-proxy.namespaceRefusesSpin" .)) -}}
spin
{{- else -}}
container
{{- end -}}
{{- end -}}

{{- define "oauth-proxy.hasSpinApi" -}}
{{- if .Capabilities.APIVersions.Has "core.spinkube.dev/v1alpha1" }}true{{ end -}}
{{- end -}}

{{/* Whether a first install finds SpinKube's API and its runtime class. */}}
{{- define "oauth-proxy.findsSpin" -}}
{{- if and (include "oauth-proxy.hasSpinApi" .) .Release.IsInstall -}}
{{- include "oauth-proxy.runtimeClass: if reading it is forbidden, set runtime" . -}}
{{- end -}}
{{- end -}}

{{/* Whether the namespace refuses the pods of the runtime spin: it enforces the Pod Security Standard `restricted`, and
     Spin's container is root. Only then, and only where spin is meant, is the namespace read. */}}
{{- define "oauth-proxy.namespaceRefusesSpin" -}}
{{- $context := .Values.spin.securityContext -}}
{{- $isRoot := or (eq (toString $context.runAsUser) "0") (eq (toString $context.runAsNonRoot) "false") -}}
{{- if and $isRoot .Values.spin.checkNamespace -}}
{{- include "oauth-proxy.isRestricted: if reading the namespace is forbidden, set spin.checkNamespace=false" . -}}
{{- end -}}
{{- end -}}

{{/* The same of the runtime spinapp: SpinKube's operator gives its pods no security context at all. */}}
{{- define "oauth-proxy.namespaceRefusesSpinApp" -}}
{{- if .Values.spin.checkNamespace -}}
{{- include "oauth-proxy.isRestricted: if reading the namespace is forbidden, set spin.checkNamespace=false" . -}}
{{- end -}}
{{- end -}}

{{/* Helm gives up where a lookup is forbidden, and no template can prevent that. It shows the names of the templates,
     so these two say what to do. */}}
{{- define "oauth-proxy.runtimeClass: if reading it is forbidden, set runtime" -}}
{{- if lookup "node.k8s.io/v1" "RuntimeClass" "" .Values.spin.runtimeClassName }}true{{ end -}}
{{- end -}}

{{- define "oauth-proxy.isRestricted: if reading the namespace is forbidden, set spin.checkNamespace=false" -}}
{{- $namespace := lookup "v1" "Namespace" "" .Release.Namespace -}}
{{- if eq (dig "metadata" "labels" "pod-security.kubernetes.io/enforce" "" $namespace) "restricted" }}true{{ end -}}
{{- end -}}

{{/* Whether several replicas of the proxy may run at once. */}}
{{- define "oauth-proxy.hasReplicas" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 1) }}true{{ end -}}
{{- end -}}

{{/* Whether a tunnel runs beside the component. In the runtime container `serve` has its own. */}}
{{- define "oauth-proxy.hasTunnel" -}}
{{- $runtime := include "oauth-proxy.runtime" . -}}
{{- $wanted := toString .Values.tunnel.enabled -}}
{{- $plain := eq (toString .Values.settings.componentPlainHttp) "true" -}}
{{- if eq $runtime "container" -}}
{{- else if eq $wanted "true" -}}
true
{{- else if and (eq $wanted "auto") (or (eq $runtime "spin") $plain) -}}
true
{{- end -}}
{{- end -}}

{{/* Whether kubelogin is on. */}}
{{- define "oauth-proxy.hasKubelogin" -}}
{{- if ne (toString .Values.settings.kubeloginEnabled) "false" }}true{{ end -}}
{{- end -}}

{{/* Whether kubelogin runs in a Deployment of its own: always where several processes would run it. */}}
{{- define "oauth-proxy.hasKubeloginDeployment" -}}
{{- $several := include "oauth-proxy.hasReplicas" . -}}
{{- if eq (include "oauth-proxy.runtime" .) "spinapp" -}}
{{- $several = gt (int .Values.sidecar.replicaCount) 1 | ternary "true" "" -}}
{{- end -}}
{{- if and (include "oauth-proxy.hasKubelogin" .) (or $several .Values.kubelogin.ownDeployment) }}true{{ end -}}
{{- end -}}

{{/* Whether the service account names users to the API server. */}}
{{- define "oauth-proxy.impersonates" -}}
{{- if eq (toString .Values.settings.kubernetesAuth) "impersonate" }}true{{ end -}}
{{- end -}}
