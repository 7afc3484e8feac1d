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

{{/* The passwords of Redis and its Sentinels, as `serve` reads them. */}}
{{- define "oauth-proxy.redisVariables" -}}
{{- $redis := .Values.store.redis -}}
{{- if include "oauth-proxy.hasRedisPassword" . }}
- name: REDIS_PASSWORD_FILE
  value: /etc/aks-oauth-proxy/redis/password
{{- end }}
{{- if and $redis.existingSecret $redis.sentinelPasswordKey }}
- name: REDIS_SENTINEL_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $redis.existingSecret }}, key: {{ $redis.sentinelPasswordKey }} } }
{{- end }}
{{- end -}}

{{- define "oauth-proxy.hasRedisPassword" -}}
{{- if and .Values.store.redis.existingSecret .Values.store.redis.passwordKey }}true{{ end -}}
{{- end -}}

{{- define "oauth-proxy.usesSqlite" -}}
{{- if eq .Values.store.type "sqlite" }}true{{ end -}}
{{- end -}}
