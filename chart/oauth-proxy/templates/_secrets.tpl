{{/* Secrets that the chart makes. They are made once in a rendering, and kept by every upgrade. */}}

{{/* The bearers that the parts of this release share, as JSON: name and base64. */}}
{{- define "oauth-proxy.bearers" -}}
{{- if not (hasKey .Values "_bearers") -}}
{{- $kept := dig "data" dict (lookup "v1" "Secret" .Release.Namespace (include "oauth-proxy.bearersName" .)) -}}
{{- $bearers := dict -}}
{{- range (include "oauth-proxy.bearerNames" . | fromYamlArray) -}}
{{- $_ := set $bearers . (dig . (randAlphaNum 48 | b64enc) $kept) -}}
{{- end -}}
{{- $_ := set .Values "_bearers" $bearers -}}
{{- end -}}
{{ toJson .Values._bearers }}
{{- end -}}

{{- define "oauth-proxy.bearerNames" -}}
{{- if ne (include "oauth-proxy.runtime" .) "container" }}
- sidecar-token
{{- end }}
{{- if include "oauth-proxy.hasTunnel" . }}
- tunnel-token
{{- end }}
{{- if include "oauth-proxy.hasKubeloginDeployment" . }}
- kubelogin-token
{{- end }}
{{- end -}}

{{/* A pod is replaced when a secret that the chart makes has changed: it reads them at its start. Whoever may read pods
     sees these words. Of the session secret and the bearers a hash tells nothing, since they cannot be guessed. (Who
     could guess the session secret would need no pod: every visitor has a cookie that it has sealed.) */}}
{{- define "oauth-proxy.secretChecksums" -}}
{{- if not .Values.sessionSecret.existingSecret }}
checksum/session: {{ .Values.sessionSecret.value | sha256sum }}
{{- end }}
{{- if and (include "oauth-proxy.bearerNames" .) (not .Values.bearers.existingSecret) }}
checksum/bearers: {{ include "oauth-proxy.bearers" . | sha256sum }}
{{- end }}
{{- if not .Values.runtimeConfig.existingSecret }}
checksum/runtime-config: {{ include "oauth-proxy.runtimeConfigChecksum" . }}
{{- end }}
{{- range $part := include "oauth-proxy.tlsParts" . | fromYamlArray }}
{{- if eq (include "oauth-proxy.tlsSource" (dict "root" $ "part" $part)) "chart" }}
checksum/{{ $part }}-ca: {{ dig "ca.crt" "" (include "oauth-proxy.certificate" (dict "root" $ "part" $part) | fromJson) | sha256sum }}
{{- end }}
{{- end }}
{{- end -}}

{{/* A word that changes with the runtime configuration. That may hold the password of Redis, which a person may have
     chosen, and by a plain hash guesses could be tested. So the session secret is mixed in. Where a Secret has that, and
     the chart does not know it, each guess costs a run of scrypt, which is behind `derivePassword`. Both are the same in
     every rendering. */}}
{{- define "oauth-proxy.runtimeConfigChecksum" -}}
{{- $config := include "oauth-proxy.runtimeConfig" . -}}
{{- with .Values.sessionSecret.value -}}
{{ printf "%s\n%s" $config . | sha256sum }}
{{- else -}}
{{ derivePassword 1 "maximum" $config .Release.Name .Release.Namespace | sha256sum }}
{{- end -}}
{{- end -}}
