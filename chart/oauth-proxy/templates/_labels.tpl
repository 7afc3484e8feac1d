{{/* Labels. Those by which pods are selected never change. */}}

{{/* Of all objects. */}}
{{- define "oauth-proxy.labels" -}}
{{ include "oauth-proxy.labelsWith" (dict "root" .) }}
{{- end -}}

{{/* The same with further ones. The operator has the last word, except about those by which something is found.
     Takes root and labels. */}}
{{- define "oauth-proxy.labelsWith" -}}
{{- $root := .root -}}
{{- $ours := include "oauth-proxy.instanceLabels" $root | fromYaml -}}
{{- $_ := set $ours "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- $given := merge (dict) (default dict .labels) (default dict $root.Values.commonLabels) -}}
{{- $chart := printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- $rest := dict "helm.sh/chart" $chart "app.kubernetes.io/version" $root.Chart.AppVersion "app.kubernetes.io/part-of" "aks-oauth-proxy" -}}
{{- /* The part is said where there is one. */ -}}
{{ merge $ours (omit $given "app.kubernetes.io/component") $rest | toYaml }}
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
