{{/* The workload identity with which the proxy proves itself to Entra. */}}

{{- define "oauth-proxy.identityLabels" -}}
{{- $identity := .Values.serviceAccount.azureWorkloadIdentity -}}
{{- if and $identity.enabled (not $identity.projectToken) -}}
azure.workload.identity/use: "true"
{{- end -}}
{{- end -}}

{{/* Only the process that hands out the token gets it. Takes root and skip, the other containers. */}}
{{- define "oauth-proxy.identityAnnotations" -}}
{{- if and (include "oauth-proxy.identityLabels" .root) .skip -}}
azure.workload.identity/skip-containers: {{ join ";" .skip | quote }}
{{- end -}}
{{- end -}}

{{- define "oauth-proxy.serviceAccountAnnotations" -}}
{{- $identity := .Values.serviceAccount.azureWorkloadIdentity -}}
{{- $own := dict -}}
{{- if $identity.enabled -}}
{{- $_ := set $own "azure.workload.identity/client-id" (default .Values.settings.clientId $identity.clientId) -}}
{{- $_ := set $own "azure.workload.identity/tenant-id" (default .Values.settings.tenantId $identity.tenantId) -}}
{{- $_ := set $own "azure.workload.identity/service-account-token-expiration" (int $identity.tokenExpirationSeconds | toString) -}}
{{- end -}}
{{ merge (dict) (default dict .Values.serviceAccount.annotations) $own | toYaml }}
{{- end -}}

{{/* Where there is no webhook the chart projects the token. */}}
{{- define "oauth-proxy.federatedTokenVariable" -}}
{{- if .Values.serviceAccount.azureWorkloadIdentity.projectToken -}}
- name: AZURE_FEDERATED_TOKEN_FILE
  value: /var/run/secrets/azure/tokens/azure-identity-token
{{- end -}}
{{- end -}}

{{- define "oauth-proxy.federatedTokenVolume" -}}
{{- with .Values.serviceAccount.azureWorkloadIdentity -}}
{{- if .projectToken -}}
- name: azure-identity-token
  projected:
    sources:
      - serviceAccountToken:
          audience: {{ .audience }}
          expirationSeconds: {{ int .tokenExpirationSeconds }}
          path: azure-identity-token
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "oauth-proxy.federatedTokenMount" -}}
{{- if .Values.serviceAccount.azureWorkloadIdentity.projectToken -}}
- { name: azure-identity-token, mountPath: /var/run/secrets/azure/tokens, readOnly: true }
{{- end -}}
{{- end -}}
