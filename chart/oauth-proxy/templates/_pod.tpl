{{/* What all pods have. */}}

{{/* Where pods go, and how they end. Takes root and part. */}}
{{- define "oauth-proxy.podPlacement" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.topologySpreadConstraints }}
topologySpreadConstraints:
{{- range . }}
  - {{ merge (dict "labelSelector" (dict "matchLabels" (include "oauth-proxy.selectorLabels" $ | fromYaml))) . | toYaml | nindent 4 | trim }}
{{- end }}
{{- end }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ int .root.Values.terminationGracePeriodSeconds }}
securityContext: {{- toYaml .root.Values.podSecurityContext | nindent 2 }}
{{- end -}}

{{/* Takes root, part and identity ("true" for the pod with the workload identity). */}}
{{- define "oauth-proxy.podLabels" -}}
{{- $ours := include "oauth-proxy.selectorLabels" . | fromYaml -}}
{{- if .identity -}}
{{- $ours = merge $ours (include "oauth-proxy.identityLabels" .root | fromYaml) -}}
{{- end -}}
{{ merge $ours (default dict .root.Values.podLabels) (default dict .root.Values.commonLabels) | toYaml }}
{{- end -}}

{{/* The annotations of a pod. The operator has the last word. Takes root and own, the chart's, as YAML. */}}
{{- define "oauth-proxy.podAnnotations" -}}
{{- merge (dict) (default dict .root.Values.podAnnotations) (fromYaml .own) | toYaml -}}
{{- end -}}

{{/* How long everything may take to end; the system ends what takes longer. */}}
{{- define "oauth-proxy.endSeconds" -}}
{{ max 0 (sub (int .Values.terminationGracePeriodSeconds) 5) }}
{{- end -}}

{{/* How a process ends, as arguments. */}}
{{- define "oauth-proxy.endingArguments" -}}
- --drain-seconds={{ int .Values.drainSeconds }}
- --grace-seconds={{ max 0 (sub (include "oauth-proxy.endSeconds" . | int) (int .Values.drainSeconds)) }}
{{- end -}}

{{/* The same where a process ends with Spin beside it, which needs it to the last. */}}
{{- define "oauth-proxy.endingArgumentsBesideSpin" -}}
- --drain-seconds={{ include "oauth-proxy.endSeconds" . }}
- --grace-seconds=2
{{- end -}}

{{/* Of the program, which drains by itself. */}}
{{- define "oauth-proxy.lifecycle" -}}
{{- with .Values.lifecycle -}}
lifecycle: {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* Of Spin, which ends at once when it is told to: it is told last. */}}
{{- define "oauth-proxy.spinLifecycle" -}}
{{- if .Values.lifecycle -}}
{{ toYaml .Values.lifecycle }}
{{- else -}}
preStop: { sleep: { seconds: {{ include "oauth-proxy.endSeconds" . }} } }
{{- end -}}
{{- end -}}

{{/* A probe: the values' times, and where it asks. Takes probe, path, port and scheme. */}}
{{- define "oauth-proxy.httpProbe" -}}
{{- merge (dict "httpGet" (dict "path" .path "port" .port "scheme" (default "HTTP" .scheme))) .probe | toYaml -}}
{{- end -}}

{{/* A probe of the sidecar on loopback, where no kubelet gets: the program asks itself. Takes probe and path. */}}
{{- define "oauth-proxy.execProbe" -}}
{{- $url := printf "http://127.0.0.1:8081%s" .path -}}
{{- merge (dict "exec" (dict "command" (list "aks-oauth-proxy" "healthcheck" "--url" $url))) .probe | toYaml -}}
{{- end -}}

{{/* An image with its pull policy. */}}
{{- define "oauth-proxy.nativeImage" -}}
image: {{ include "oauth-proxy.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end -}}

{{/* Limits of a listener, as arguments. */}}
{{- define "oauth-proxy.connectionArguments" -}}
{{- with .Values.limits.maxConnections }}
- --max-connections={{ int . }}
{{- end }}
{{- with .Values.limits.maxConnectionsPerClient }}
- --max-connections-per-client={{ int . }}
{{- end }}
{{- with .Values.limits.idleTimeoutSeconds }}
- --idle-timeout-seconds={{ int . }}
{{- end }}
{{- end -}}
