{{/* The Deployments beside the proxy: sidecar and tunnel of a SpinApp, and kubelogin. Takes root and part. */}}

{{- define "oauth-proxy.companionMetadata" -}}
name: {{ include "oauth-proxy.fullname" .root }}-{{ .part }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "oauth-proxy.labels" .root | nindent 2 }}
  app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{/* Bearers and certificates are read at the start; certificates also when they change. Session secret and
     stores are none of theirs. */}}
{{- define "oauth-proxy.companionAnnotations" -}}
{{- $checksum := printf "checksum/bearers: %s" (include "oauth-proxy.bearers" .root | sha256sum) -}}
{{- $own := empty .root.Values.bearers.existingSecret | ternary $checksum "" -}}
{{ include "oauth-proxy.podAnnotations" (dict "root" .root "own" $own) }}
{{- end -}}

{{/* Takes root, part, name and port, and metrics, the name and port of what Prometheus reads. */}}
{{- define "oauth-proxy.companionService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "oauth-proxy.companionMetadata" . | nindent 2 }}
spec:
  {{- include "oauth-proxy.ipFamilies" .root | trim | nindent 2 }}
  selector: {{- include "oauth-proxy.selectorLabels" . | nindent 4 }}
  ports:
    - { name: {{ .name }}, port: {{ .port }}, targetPort: {{ .name }}, protocol: TCP }
    {{- include "oauth-proxy.metricsServicePort" (merge (dict "root" .root) .metrics) | nindent 4 }}
{{- end -}}

{{- define "oauth-proxy.ipFamilies" -}}
{{- with .Values.service.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.service.ipFamilies }}
ipFamilies: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
