{{/* How pods are replaced: SQLite has one process at a time. */}}
{{- define "oauth-proxy.strategy" -}}
{{- if include "oauth-proxy.usesSqlite" . -}}
type: Recreate
{{- else -}}
{{ toYaml .Values.updateStrategy }}
{{- end -}}
{{- end -}}
