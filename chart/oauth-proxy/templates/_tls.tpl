{{/* TLS inside the release: of the sidecar (spinapp) and of kubelogin's Deployment. */}}

{{/* The parts that serve TLS to the component. */}}
{{- define "oauth-proxy.tlsParts" -}}
{{- if eq (include "oauth-proxy.runtime" .) "spinapp" }}
- sidecar
{{- end }}
{{- if include "oauth-proxy.hasKubeloginDeployment" . }}
- kubelogin
{{- end }}
{{- end -}}

{{/* Where the certificate of a part comes from: existing, certManager or chart. Takes root and part. */}}
{{- define "oauth-proxy.tlsSource" -}}
{{- $tls := .root.Values.internalTls -}}
{{- if get $tls.existingSecrets .part -}}
existing
{{- else if $tls.certManager.issuerRef -}}
certManager
{{- else -}}
chart
{{- end -}}
{{- end -}}

{{/* The Secret with tls.crt, tls.key and ca.crt of a part. Takes root and part. */}}
{{- define "oauth-proxy.tlsSecretName" -}}
{{- $own := printf "%s-%s-tls" (include "oauth-proxy.fullname" .root) .part -}}
{{- default $own (get .root.Values.internalTls.existingSecrets .part) -}}
{{- end -}}

{{/* The certificate of a part that the chart makes, as JSON: file and base64. It has an authority of its
     own, whose key is not kept. An upgrade keeps it. Takes root and part. */}}
{{- define "oauth-proxy.certificate" -}}
{{- $memo := printf "_certificate_%s" .part -}}
{{- $values := .root.Values -}}
{{- if not (hasKey $values $memo) -}}
{{- $secret := lookup "v1" "Secret" .root.Release.Namespace (include "oauth-proxy.tlsSecretName" .) -}}
{{- if dig "data" "tls.crt" "" $secret -}}
{{- $_ := set $values $memo (pick $secret.data "tls.crt" "tls.key" "ca.crt") -}}
{{- else -}}
{{- $days := int $values.internalTls.validityDays -}}
{{- $host := include "oauth-proxy.serviceHost" . -}}
{{- $ca := genCA (printf "%s authority" $host) $days -}}
{{- $leaf := genSignedCert $host nil (list $host) $days $ca -}}
{{- $_ := set $values $memo (dict "tls.crt" (b64enc $leaf.Cert) "tls.key" (b64enc $leaf.Key) "ca.crt" (b64enc $ca.Cert)) -}}
{{- end -}}
{{- end -}}
{{ get $values $memo | toJson }}
{{- end -}}

{{/* Where the component's host finds the authority of a part. Takes part. */}}
{{- define "oauth-proxy.caDirectory" -}}
/etc/aks-oauth-proxy/ca/{{ .part }}
{{- end -}}
