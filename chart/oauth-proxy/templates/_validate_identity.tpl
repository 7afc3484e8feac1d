{{/* Problems with the workload identity. */}}

{{- define "oauth-proxy.validateIdentity" -}}
{{- $identity := .Values.serviceAccount.azureWorkloadIdentity -}}
{{- $file := .Values.settings.azureFederatedTokenFile -}}
{{- if and (not $identity.enabled) (not $file) }}
serviceAccount.azureWorkloadIdentity.enabled is false, and nothing else says where the workload-identity token is. Set settings.azureFederatedTokenFile, and mount the file by extraVolumes.
{{- end -}}
{{- if and $identity.projectToken (not $identity.enabled) }}
serviceAccount.azureWorkloadIdentity.projectToken is set, but not enabled. Set serviceAccount.azureWorkloadIdentity.enabled=true.
{{- end -}}
{{- if and $identity.projectToken $file }}
serviceAccount.azureWorkloadIdentity.projectToken and settings.azureFederatedTokenFile are both set. Keep one of them: the first says where the token is by itself.
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) }}
serviceAccount.create is false, and serviceAccount.name is missing. The federated credential in Entra names one service account: set serviceAccount.name.
{{- end -}}
{{- end -}}
