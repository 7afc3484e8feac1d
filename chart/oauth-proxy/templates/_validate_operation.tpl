{{/* Problems with scaling and ending. */}}

{{- define "oauth-proxy.validateOperation" -}}
{{- with .Values.autoscaling -}}
{{- if .enabled -}}
{{- if gt (int .minReplicas) (int .maxReplicas) }}
autoscaling.minReplicas ({{ int .minReplicas }}) is more than autoscaling.maxReplicas ({{ int .maxReplicas }}). Exchange them.
{{- end -}}
{{- if not (or .targetCPUUtilizationPercentage .targetMemoryUtilizationPercentage) }}
autoscaling has no target. Set autoscaling.targetCPUUtilizationPercentage.
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .Values.podDisruptionBudget -}}
{{- if and .enabled (ne (toString .minAvailable) "") (ne (toString .maxUnavailable) "") }}
podDisruptionBudget.minAvailable and podDisruptionBudget.maxUnavailable are both set. Keep one of them; the other is "".
{{- end -}}
{{- if and .enabled (eq (toString .minAvailable) "") (eq (toString .maxUnavailable) "") }}
podDisruptionBudget has neither minAvailable nor maxUnavailable. Set one of them, or podDisruptionBudget.enabled=false.
{{- end -}}
{{- end -}}
{{- with .Values.metrics -}}
{{- range $name := list "podMonitor" "serviceMonitor" "prometheusRule" "dashboard" -}}
{{- if and (not $.Values.metrics.enabled) (get $.Values.metrics $name).enabled }}
metrics.{{ $name }}.enabled is set, and there are no metrics. Set metrics.enabled=true too.
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.metrics.podMonitor.enabled .Values.metrics.serviceMonitor.enabled }}
metrics.podMonitor.enabled and metrics.serviceMonitor.enabled are both set: everything would be scraped and counted twice. Keep one of them.
{{- end -}}
{{- if lt (int .Values.terminationGracePeriodSeconds) (add (int .Values.drainSeconds) 30 | int) }}
terminationGracePeriodSeconds is less than drainSeconds and the 30 seconds that requests in flight have: they would be cut. Make it at least {{ add (int .Values.drainSeconds) 30 }}.
{{- end -}}
{{- end -}}
