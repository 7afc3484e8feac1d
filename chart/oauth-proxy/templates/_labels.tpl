{{/* Labels. Those by which pods are selected never change. */}}

{{/* Of all objects. */}}
{{- define "oauth-proxy.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: aks-oauth-proxy
{{ include "oauth-proxy.instanceLabels" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "oauth-proxy.instanceLabels" -}}
app.kubernetes.io/name: {{ include "oauth-proxy.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of the pods of one part: proxy, sidecar, tunnel or kubelogin. Takes root and part. */}}
{{- define "oauth-proxy.selectorLabels" -}}
{{ include "oauth-proxy.instanceLabels" .root }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}
