{{/* Problems with secrets. None of them is repeated. */}}

{{- define "oauth-proxy.validateSecrets" -}}
{{- $secret := .Values.sessionSecret -}}
{{- if and $secret.value $secret.existingSecret }}
sessionSecret.value and sessionSecret.existingSecret are both set. Keep one of them.
{{- else if not (or $secret.value $secret.existingSecret) }}
sessionSecret is missing. Write --set sessionSecret.value=$(openssl rand -hex 32), or name a Secret that has it: sessionSecret.existingSecret
{{- else if $secret.value -}}
{{- range regexSplit "\\s+" (trim $secret.value) -1 -}}
{{- if lt (len .) 32 }}
sessionSecret.value has fewer than 32 bytes. Make one with: openssl rand -hex 32
{{- end -}}
{{- end -}}
{{- end -}}
{{- if include "oauth-proxy.losesSessions" . }}
sessionSecret.value has nothing in common with the Secret {{ include "oauth-proxy.sessionSecretName" . }} of this release: everybody would be signed out. Give that one again: --set sessionSecret.value="$(kubectl -n {{ .Release.Namespace }} get secret {{ include "oauth-proxy.sessionSecretName" . }} -o jsonpath='{.data.{{ $secret.key }}}' | base64 -d)". If everybody shall be signed out, since it has leaked, set sessionSecret.replace=true.
{{- end -}}
{{- range $part, $name := .Values.internalTls.existingSecrets -}}
{{- if and $name $.Values.internalTls.certManager.issuerRef }}
internalTls.existingSecrets.{{ $part }} and internalTls.certManager.issuerRef are both set. Keep one of them.
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether what seals the records of this release would open none of them any more. */}}
{{- define "oauth-proxy.losesSessions" -}}
{{- $secret := .Values.sessionSecret -}}
{{- if and .Release.IsUpgrade $secret.value (not $secret.existingSecret) (not $secret.replace) -}}
{{- $kept := lookup "v1" "Secret" .Release.Namespace (include "oauth-proxy.sessionSecretName" .) -}}
{{- $sealing := regexFind "^\\S+" (dig "data" $secret.key "" $kept | b64dec | trim) -}}
{{- if and $sealing (not (has $sealing (regexSplit "\\s+" (trim $secret.value) -1))) }}true{{ end -}}
{{- end -}}
{{- end -}}
