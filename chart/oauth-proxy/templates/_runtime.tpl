{{/* What runs the component, and what follows from it. A condition is "true" or nothing. */}}

{{/* container, spin or spinapp. "auto" stays with what the release runs. At the first install it is spin
     where the cluster has SpinKube. Without access to a cluster it is container. */}}
{{- define "oauth-proxy.runtime" -}}
{{- if ne .Values.runtime "auto" -}}
{{ .Values.runtime }}
{{- else -}}
{{- $name := include "oauth-proxy.fullname" . -}}
{{- $deployment := lookup "apps/v1" "Deployment" .Release.Namespace $name -}}
{{- $recorded := dig "metadata" "annotations" "oauth-proxy/runtime" "" $deployment -}}
{{- $hasApi := .Capabilities.APIVersions.Has "core.spinkube.dev/v1alpha1" -}}
{{- if $recorded -}}
{{ $recorded }}
{{- else if and $hasApi (lookup "core.spinkube.dev/v1alpha1" "SpinApp" .Release.Namespace $name) -}}
spinapp
{{- else if and $hasApi .Release.IsInstall (lookup "node.k8s.io/v1" "RuntimeClass" "" .Values.spin.runtimeClassName) -}}
spin
{{- else -}}
container
{{- end -}}
{{- end -}}
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
