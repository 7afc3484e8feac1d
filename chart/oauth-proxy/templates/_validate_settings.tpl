{{/* Problems with settings. The program checks each value by itself when it starts. */}}

{{- define "oauth-proxy.validateSettings" -}}
{{- $settings := .Values.settings -}}
{{- $rows := (include "oauth-proxy.catalogue" . | fromYaml).settings -}}
{{- $known := list -}}
{{- $instead := dict -}}
{{- range $rows -}}
{{- if .value -}}
{{- $known = append $known .value -}}
{{- if and .required (not (get $settings .value)) }}
settings.{{ .value }} is missing. {{ .summary }} For example: --set settings.{{ .value }}={{ .example }}
{{- end -}}
{{- else -}}
{{- $_ := set $instead .camel .instead -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := $settings -}}
{{- if hasKey $instead $name }}
settings.{{ $name }} is not set here: {{ get $instead $name }}.
{{- else if not (has $name $known) }}
settings.{{ $name }} is no setting of the program. {{ include "oauth-proxy.nearestSetting" (dict "name" $name "known" $known) }}
{{- end -}}
{{- end -}}
{{- $redirect := default "" $settings.redirectUri -}}
{{- if and $redirect (not (regexMatch "^(https://[^/?#@]+|http://([^/?#@]+[.])?(localhost|127[.]0[.]0[.]1)(:[0-9]+)?)(/oauth2)?/callback$" $redirect)) }}
settings.redirectUri is {{ $redirect }}, but it must be https, or http on localhost, and end in /callback or /oauth2/callback. For example: https://aks.example.com/callback
{{- end -}}
{{- if and (hasPrefix "__Host-" (toString $settings.sessionCookieName)) (eq (toString $settings.sessionCookieSecure) "false") }}
settings.sessionCookieName begins with __Host-, which browsers take only from secure cookies. Remove settings.sessionCookieSecure=false, or the prefix.
{{- end -}}
{{- $longest := default 28800 $settings.sessionAbsoluteTimeoutSeconds | int64 -}}
{{- range list "sessionIdleTimeoutSeconds" "kubeconfigLifetimeSeconds" -}}
{{- if gt (default 0 (get $settings .) | int64) $longest }}
settings.{{ . }} is longer than settings.sessionAbsoluteTimeoutSeconds ({{ $longest }}), at which everything of a sign-in ends. Make it shorter, or the other longer.
{{- end -}}
{{- end -}}
{{- if and (eq (toString $settings.kubernetesClientImpersonation) "true") (not (include "oauth-proxy.impersonates" .)) }}
settings.kubernetesClientImpersonation needs settings.kubernetesAuth=impersonate: with the user's own token the API server itself decides on `kubectl --as`.
{{- end -}}
{{- if and (not (include "oauth-proxy.hasKubelogin" .)) (has (toString $settings.aksConsent) (list "ask" "kubelogin")) }}
settings.aksConsent is {{ $settings.aksConsent }}, which needs kubelogin. Remove settings.kubeloginEnabled=false, or set settings.aksConsent=auto.
{{- end -}}
{{- end -}}

{{/* A word of help for a name that is not known. Takes name and known. */}}
{{- define "oauth-proxy.nearestSetting" -}}
{{- $plain := lower .name | replace "_" "" | replace "-" "" -}}
{{- range .known -}}
{{- if eq (lower .) $plain -}}
Write settings.{{ . }}.
{{- end -}}
{{- end -}}
{{- end -}}
