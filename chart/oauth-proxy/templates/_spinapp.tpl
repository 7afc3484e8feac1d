{{/* A check of a SpinApp, which has no port and not all times of a probe. Takes probe and path. */}}
{{- define "oauth-proxy.spinAppProbe" -}}
{{- $times := pick .probe "initialDelaySeconds" "timeoutSeconds" "periodSeconds" "successThreshold" "failureThreshold" -}}
{{- merge (dict "httpGet" (dict "path" .path)) $times | toYaml -}}
{{- end -}}
