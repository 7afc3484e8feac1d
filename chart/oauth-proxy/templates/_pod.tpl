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
{{ include "oauth-proxy.selectorLabels" . }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- with .root.Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- if .identity }}
{{ include "oauth-proxy.identityLabels" .root }}
{{- end }}
{{- end -}}

{{/* Traffic stops coming before the process is told to end. */}}
{{- define "oauth-proxy.lifecycle" -}}
{{- if .Values.lifecycle -}}
{{ toYaml .Values.lifecycle }}
{{- else -}}
preStop: { sleep: { seconds: {{ int .Values.drainSeconds }} } }
{{- end -}}
{{- end -}}

{{/* A probe: the values' times, and where it asks. Takes probe, path, port and scheme. */}}
{{- define "oauth-proxy.httpProbe" -}}
{{- merge (dict "httpGet" (dict "path" .path "port" .port "scheme" (default "HTTP" .scheme))) .probe | toYaml -}}
{{- end -}}

{{/* A probe that asks only whether somebody listens. Takes probe and port. */}}
{{- define "oauth-proxy.tcpProbe" -}}
{{- merge (dict "tcpSocket" (dict "port" .port)) .probe | toYaml -}}
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
{{- end -}}
