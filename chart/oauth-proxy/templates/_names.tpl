{{/* The names of objects. */}}

{{- define "oauth-proxy.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The release's name, with the chart's unless it is in there already. Suffixes need up to 15 characters. */}}
{{- define "oauth-proxy.fullname" -}}
{{- $name := include "oauth-proxy.name" . -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- default $full .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- end -}}

{{- define "oauth-proxy.serviceAccountName" -}}
{{- $own := .Values.serviceAccount.create | ternary (include "oauth-proxy.fullname" .) "default" -}}
{{- default $own .Values.serviceAccount.name -}}
{{- end -}}

{{- define "oauth-proxy.sessionSecretName" -}}
{{- default (printf "%s-session" (include "oauth-proxy.fullname" .)) .Values.sessionSecret.existingSecret -}}
{{- end -}}

{{- define "oauth-proxy.bearersName" -}}
{{- default (printf "%s-bearers" (include "oauth-proxy.fullname" .)) .Values.bearers.existingSecret -}}
{{- end -}}

{{- define "oauth-proxy.runtimeConfigName" -}}
{{- default (printf "%s-runtime-config" (include "oauth-proxy.fullname" .)) .Values.runtimeConfig.existingSecret -}}
{{- end -}}

{{- define "oauth-proxy.claimName" -}}
{{- default (printf "%s-data" (include "oauth-proxy.fullname" .)) .Values.store.sqlite.persistence.existingClaim -}}
{{- end -}}
