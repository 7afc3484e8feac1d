{{/* Settings in the environment of processes. files/settings.yaml says which process reads which. */}}

{{- define "oauth-proxy.catalogue" -}}
{{ .Files.Get "files/settings.yaml" }}
{{- end -}}

{{/* A value as the program reads it. Lists become words, or JSON if they have objects. Numbers in files are floats. */}}
{{- define "oauth-proxy.settingText" -}}
{{- if and (kindIs "slice" .) . (kindIs "map" (first .)) -}}
{{ toJson . }}
{{- else if kindIs "slice" . -}}
{{ join " " . }}
{{- else if kindIs "float64" . -}}
{{ printf "%.0f" . }}
{{- else if not (kindIs "invalid" .) -}}
{{ toString . }}
{{- end -}}
{{- end -}}

{{/* The settings that any of these readers reads, and that are given. Takes root and readers. */}}
{{- define "oauth-proxy.settingsFor" -}}
{{- range (include "oauth-proxy.catalogue" .root | fromYaml).settings }}
{{- $readers := .readers }}
{{- $isRead := false }}
{{- range $.readers }}
{{- $isRead = or $isRead (has . $readers) }}
{{- end }}
{{- $text := include "oauth-proxy.settingText" (get $.root.Values.settings (default "" .value)) }}
{{- if eq (default "" .form) "origin" }}
{{- $text = trimSuffix "/" $text }}
{{- end }}
{{- if and $isRead $text }}
- name: {{ .name }}
  value: {{ $text | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "oauth-proxy.bearerVariable" -}}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ include "oauth-proxy.bearersName" .root }}, key: {{ .key }} } }
{{- end -}}

{{/* The origins of upstreams, each once. */}}
{{- define "oauth-proxy.upstreamOrigins" -}}
{{- $origins := list -}}
{{- range .Values.upstreams -}}
{{- $origins = append $origins .url -}}
{{- end -}}
{{ uniq $origins | toYaml }}
{{- end -}}

{{/* Apps to which the proxy carries requests, and their slots. */}}
{{- define "oauth-proxy.upstreamVariables" -}}
{{- if .Values.upstreams }}
- name: UPSTREAMS
  value: {{ .Values.upstreams | toJson | quote }}
{{- range $at, $origin := include "oauth-proxy.upstreamOrigins" . | fromYamlArray }}
- name: UPSTREAM_ORIGIN{{ add1 $at }}
  value: {{ $origin | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What every host of the component is told beside the settings. */}}
{{- define "oauth-proxy.hostVariables" -}}
{{ include "oauth-proxy.upstreamVariables" . }}
- name: SESSION_SECRET
  valueFrom: { secretKeyRef: { name: {{ include "oauth-proxy.sessionSecretName" . }}, key: {{ .Values.sessionSecret.key }} } }
{{- if include "oauth-proxy.hasKubeloginDeployment" . }}
- name: KUBELOGIN_URL
  value: https://{{ include "oauth-proxy.serviceHost" (dict "root" . "part" "kubelogin") }}:8443
{{ include "oauth-proxy.bearerVariable" (dict "root" . "name" "KUBELOGIN_TOKEN" "key" "kubelogin-token") }}
{{- end }}
{{- end -}}

{{/* Of `serve`. */}}
{{- define "oauth-proxy.serveEnvironment" -}}
{{ include "oauth-proxy.settingsFor" (dict "root" . "readers" (list "component" "sidecar" "kubelogin" "tunnel" "serve")) }}
{{ include "oauth-proxy.hostVariables" . }}
{{ include "oauth-proxy.federatedTokenVariable" . }}
{{ include "oauth-proxy.redisVariables" . }}
{{- end -}}

{{/* Of the component in Spin. */}}
{{- define "oauth-proxy.componentEnvironment" -}}
{{ include "oauth-proxy.settingsFor" (dict "root" . "readers" (list "component")) }}
{{ include "oauth-proxy.hostVariables" . }}
- name: SIDECAR_URL
{{- if eq (include "oauth-proxy.runtime" .) "spinapp" }}
  value: https://{{ include "oauth-proxy.serviceHost" (dict "root" . "part" "sidecar") }}:8443
{{- else }}
  value: http://127.0.0.1:8081
{{- end }}
{{ include "oauth-proxy.bearerVariable" (dict "root" . "name" "SIDECAR_TOKEN" "key" "sidecar-token") }}
{{- if include "oauth-proxy.hasTunnel" . }}
{{ include "oauth-proxy.bearerVariable" (dict "root" . "name" "TUNNEL_TOKEN" "key" "tunnel-token") }}
{{- end }}
{{- end -}}

{{/* Of the sidecar. It runs kubelogin unless that has a Deployment of its own. */}}
{{- define "oauth-proxy.sidecarEnvironment" -}}
{{- if include "oauth-proxy.hasKubeloginDeployment" . }}
{{ include "oauth-proxy.settingsFor" (dict "root" . "readers" (list "sidecar")) }}
- name: KUBELOGIN_ENABLED
  value: "false"
{{- else }}
{{ include "oauth-proxy.settingsFor" (dict "root" . "readers" (list "sidecar" "kubelogin")) }}
{{- end }}
{{ include "oauth-proxy.bearerVariable" (dict "root" . "name" "SIDECAR_TOKEN" "key" "sidecar-token") }}
{{ include "oauth-proxy.federatedTokenVariable" . }}
{{- end -}}

{{/* Of kubelogin's Deployment, which has no token of any service account. */}}
{{- define "oauth-proxy.kubeloginEnvironment" -}}
{{ include "oauth-proxy.settingsFor" (dict "root" . "readers" (list "kubelogin")) }}
{{ include "oauth-proxy.bearerVariable" (dict "root" . "name" "SIDECAR_TOKEN" "key" "kubelogin-token") }}
{{- end -}}

{{/* Of the tunnel on its own. */}}
{{- define "oauth-proxy.tunnelEnvironment" -}}
{{ include "oauth-proxy.settingsFor" (dict "root" . "readers" (list "tunnel" "tunnelAlone")) }}
{{ include "oauth-proxy.bearerVariable" (dict "root" . "name" "TUNNEL_TOKEN" "key" "tunnel-token") }}
{{- with .Values.upstreams }}
- name: UPSTREAMS
  value: {{ toJson . | quote }}
{{- end }}
- name: COMPONENT_URL
{{- if eq (include "oauth-proxy.runtime" .) "spinapp" }}
  value: http://{{ include "oauth-proxy.fullname" . }}.{{ .Release.Namespace }}.svc
{{- else }}
  value: http://127.0.0.1:8080
{{- end }}
{{- end -}}
