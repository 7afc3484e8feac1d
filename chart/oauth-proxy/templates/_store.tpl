{{/* Where sessions are, and whom outgoing calls trust: runtime-config.toml. */}}

{{- define "oauth-proxy.runtimeConfig" -}}
[key_value_store.default]
{{- if eq .Values.store.type "redis" }}
type = "redis"
url = {{ toJson .Values.store.redis.url }}
{{- else }}
type = "spin"
path = "/var/lib/aks-oauth-proxy/sessions.db"
{{- end }}
{{- $callers := (include "oauth-proxy.catalogue" . | fromYaml).callers }}
{{- if .Values.kubernetesCa.configMap }}
{{ include "oauth-proxy.clientTls" (dict "components" $callers.KUBERNETES_API_URL "host" (include "oauth-proxy.kubernetesApiHost" .) "file" (include "oauth-proxy.kubernetesCaFile" .)) }}
{{- end }}
{{- range $part := include "oauth-proxy.tlsParts" . | fromYamlArray }}
{{- $components := get $callers (printf "%s_URL" (upper $part)) }}
{{- $host := include "oauth-proxy.serviceHost" (dict "root" $ "part" $part) }}
{{- $file := printf "%s/ca.crt" (include "oauth-proxy.caDirectory" (dict "part" $part)) }}
{{ include "oauth-proxy.clientTls" (dict "components" $components "host" $host "file" $file) }}
{{- end }}
{{ end -}}

{{/* Takes components, host and file. */}}
{{- define "oauth-proxy.clientTls" }}
[[client_tls]]
component_ids = {{ toJson .components }}
hosts = [{{ toJson .host }}]
ca_roots_file = {{ toJson .file }}
{{- end -}}

{{- define "oauth-proxy.kubernetesApiHost" -}}
{{- $url := default "https://kubernetes.default.svc" .Values.settings.kubernetesApiUrl | urlParse -}}
{{ regexReplaceAll ":[0-9]+$" $url.host "" }}
{{- end -}}

{{- define "oauth-proxy.kubernetesCaFile" -}}
{{- default "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt" .Values.settings.kubernetesCaFile -}}
{{- end -}}

{{- define "oauth-proxy.usesSqlite" -}}
{{- if eq .Values.store.type "sqlite" }}true{{ end -}}
{{- end -}}
