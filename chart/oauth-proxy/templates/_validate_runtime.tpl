{{/* Problems with what runs the component. */}}

{{- define "oauth-proxy.validateRuntime" -}}
{{- $runtime := include "oauth-proxy.runtime" . -}}
{{- if not .Values.image.repository }}
image.repository is missing. For example: --set image.repository=ghcr.io/your-org/oauth-proxy
{{- end -}}
{{- range $name, $repository := dict "image" .Values.image.repository "spin.image" .Values.spin.image.repository -}}
{{- if regexMatch "(@|:[^/]*$)" $repository }}
{{ $name }}.repository is {{ $repository }}, which has a tag or a digest. Write that into {{ $name }}.tag, or {{ $name }}.digest.
{{- end -}}
{{- end -}}
{{- $name := include "oauth-proxy.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) }}
the names of all objects begin with {{ $name }}, which a Service cannot have: a small letter first, then small letters, digits and dashes. Set fullnameOverride, or give the release another name.
{{- end -}}
{{- range .Values.extraVolumes -}}
{{- if has .name (list "runtime-config" "data" "cache" "tmp" "tls" "redis-password" "azure-identity-token" "kubernetes-ca" "service-account" "sidecar-ca" "kubelogin-ca") }}
extraVolumes has {{ .name }}, which the chart has itself. Give it another name.
{{- end -}}
{{- end -}}
{{- if eq $runtime "spinapp" -}}
{{- range list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" "extraEnv" "envFrom" "initContainers" "extraContainers" "lifecycle" -}}
{{- if get $.Values . }}
{{ . }} is set, for which a SpinApp has no field. Remove it, or set runtime=spin.
{{- end -}}
{{- end -}}
{{- if eq (join "" .Values.service.ipFamilies) "IPv6" }}
service.ipFamilies is IPv6 alone, and a SpinApp listens on IPv4 alone. Set runtime=spin, or runtime=container.
{{- end -}}
{{- if and (eq (toString .Values.tunnel.enabled) "true") (ne (toString .Values.settings.componentPlainHttp) "true") }}
tunnel.enabled is true, and Spin serves no TLS: users' credentials would go from the tunnel to the SpinApp in the clear. If something else protects the way, such as a service mesh, set settings.componentPlainHttp=true. Or set runtime=spin, which has both in one pod.
{{- end -}}
{{- end -}}
{{- if and (eq $runtime "spin") (not .Values.lifecycle) (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) }}
runtime is spin, and Kubernetes is older than 1.30: without preStop.sleep Spin ends while requests are under way. Update the cluster, or set runtime=container. To have them cut, set lifecycle.
{{- end -}}
{{- if and (eq $runtime "spin") (include "oauth-proxy.namespaceRefusesSpin" .) }}
runtime is spin, whose container is root, and the namespace {{ .Release.Namespace }} enforces the Pod Security Standard `restricted`: every pod would be refused. Set runtime=container, or take a namespace that enforces `baseline`.
{{- end -}}
{{- if and (eq $runtime "spinapp") (include "oauth-proxy.namespaceRefusesSpinApp" .) }}
runtime is spinapp, whose pods get no security context from SpinKube's operator, and the namespace {{ .Release.Namespace }} enforces the Pod Security Standard `restricted`: every pod would be refused. Set runtime=container, or take a namespace that enforces `baseline`. If something in the cluster gives pods what `restricted` wants, set spin.checkNamespace=false.
{{- end -}}
{{- if and (eq $runtime "container") (eq (toString .Values.tunnel.enabled) "false") }}
tunnel.enabled is false, but in the runtime container the tunnel is a part of the program. Remove tunnel.enabled.
{{- end -}}
{{- if and .Values.tls.existingSecret (ne $runtime "container") }}
tls.existingSecret is set, and in the runtime {{ $runtime }} Spin listens, which serves no TLS behind an ingress that can be relied on. Remove it, or set runtime=container.
{{- end -}}
{{- end -}}
