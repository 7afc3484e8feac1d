{{/* Metrics: each process has a port of its own for them, so that several may share a pod. */}}

{{/* Takes root and port. */}}
{{- define "oauth-proxy.metricsArgument" -}}
{{- if .root.Values.metrics.enabled }}
- --metrics-listen={{ include "oauth-proxy.listen" . }}
{{- end }}
{{- end -}}

{{/* Takes root, name and port. */}}
{{- define "oauth-proxy.metricsPort" -}}
{{- if .root.Values.metrics.enabled }}
- { name: {{ .name }}, containerPort: {{ .port }} }
{{- end }}
{{- end -}}

{{/* From whoever scrapes, to these ports: a rule of a NetworkPolicy. Takes root and ports. */}}
{{- define "oauth-proxy.fromScraper" -}}
{{- if and .root.Values.metrics.enabled .ports }}
- ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  {{- with .root.Values.networkPolicy.metricsFrom }}
  from: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}
