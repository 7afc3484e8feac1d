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
{{- range $part, $name := .Values.internalTls.existingSecrets -}}
{{- if and $name $.Values.internalTls.certManager.issuerRef }}
internalTls.existingSecrets.{{ $part }} and internalTls.certManager.issuerRef are both set. Keep one of them.
{{- end -}}
{{- end -}}
{{- end -}}
