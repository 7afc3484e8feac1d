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

{{- define "oauth-proxy.hasServiceMonitor" -}}
{{- if and .Values.metrics.enabled .Values.metrics.serviceMonitor.enabled }}true{{ end -}}
{{- end -}}

{{/* The port of a Service by which a ServiceMonitor finds a process. Takes root, name and port. */}}
{{- define "oauth-proxy.metricsServicePort" -}}
{{- if include "oauth-proxy.hasServiceMonitor" .root }}
- { name: {{ .name }}, port: {{ .port }}, targetPort: {{ .name }}, protocol: TCP }
{{- end }}
{{- end -}}

{{/* What a monitor does at one port. Takes monitor (its values) and port. */}}
{{- define "oauth-proxy.monitoredPort" -}}
- port: {{ .port }}
  path: /metrics
  {{- range $name := list "interval" "scrapeTimeout" "relabelings" "metricRelabelings" }}
  {{- with get $.monitor $name }}
  {{ $name }}: {{ kindIs "string" . | ternary . (toYaml . | nindent 4) }}
  {{- end }}
  {{- end }}
{{- end -}}
