{{/* Volumes, and where containers have them. */}}

{{/* What a pod has of its cluster, at the usual place: the authorities, and the token of the service account
     only for the process that names users with it. Takes root and token. */}}
{{- define "oauth-proxy.kubernetesVolume" -}}
{{- $ca := .root.Values.kubernetesCa -}}
{{- if or $ca.configMap .token -}}
- name: {{ include "oauth-proxy.kubernetesVolumeName" . }}
  projected:
    sources:
      {{- if $ca.configMap }}
      - configMap: { name: {{ $ca.configMap }}, items: [{ key: {{ $ca.key }}, path: ca.crt }] }
      {{- end }}
      {{- if .token }}
      - serviceAccountToken: { path: token, expirationSeconds: 3607 }
      {{- end }}
{{- end -}}
{{- end -}}

{{/* Takes root and token. */}}
{{- define "oauth-proxy.kubernetesMount" -}}
{{- if or .root.Values.kubernetesCa.configMap .token -}}
- { name: {{ include "oauth-proxy.kubernetesVolumeName" . }}, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true }
{{- end -}}
{{- end -}}

{{- define "oauth-proxy.kubernetesVolumeName" -}}
{{- .token | empty | ternary "kubernetes-ca" "service-account" -}}
{{- end -}}

{{/* Of whatever runs the component. */}}
{{- define "oauth-proxy.hostVolumes" -}}
- name: runtime-config
  secret: { secretName: {{ include "oauth-proxy.runtimeConfigName" . }} }
{{- if include "oauth-proxy.usesSqlite" . }}
- name: data
  {{- if .Values.store.sqlite.persistence.enabled }}
  persistentVolumeClaim: { claimName: {{ include "oauth-proxy.claimName" . }} }
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}
{{- range $part := include "oauth-proxy.tlsParts" . | fromYamlArray }}
- name: {{ $part }}-ca
  secret: { secretName: {{ include "oauth-proxy.tlsSecretName" (dict "root" $ "part" $part) }}, items: [{ key: ca.crt, path: ca.crt }] }
{{- end }}
{{- end -}}

{{- define "oauth-proxy.hostMounts" -}}
{{- if include "oauth-proxy.usesSqlite" . }}
- { name: data, mountPath: /var/lib/aks-oauth-proxy }
{{- end }}
{{- range $part := include "oauth-proxy.tlsParts" . | fromYamlArray }}
- { name: {{ $part }}-ca, mountPath: {{ include "oauth-proxy.caDirectory" (dict "part" $part) }}, readOnly: true }
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The password of Redis: a directory, so that another one in the Secret is seen. */}}
{{- define "oauth-proxy.redisPasswordVolume" -}}
{{- if include "oauth-proxy.hasRedisPassword" . -}}
- name: redis-password
  secret: { secretName: {{ .Values.store.redis.existingSecret }}, items: [{ key: {{ .Values.store.redis.passwordKey }}, path: password }] }
{{- end -}}
{{- end -}}

{{- define "oauth-proxy.redisPasswordMount" -}}
{{- if include "oauth-proxy.hasRedisPassword" . -}}
- { name: redis-password, mountPath: /etc/aks-oauth-proxy/redis, readOnly: true }
{{- end -}}
{{- end -}}

{{/* kubelogin's private directories are in memory: they hold users' tokens for a moment. */}}
{{- define "oauth-proxy.temporaryVolume" -}}
- name: tmp
  emptyDir: { medium: Memory, sizeLimit: 64Mi }
{{- end -}}

{{- define "oauth-proxy.temporaryMount" -}}
- { name: tmp, mountPath: /tmp }
{{- end -}}

{{/* The certificate of a part that serves TLS. Takes root and part. */}}
{{- define "oauth-proxy.serverTlsVolume" -}}
- name: tls
  secret: { secretName: {{ include "oauth-proxy.tlsSecretName" . }}, items: [{ key: tls.crt, path: tls.crt }, { key: tls.key, path: tls.key }] }
{{- end -}}

{{- define "oauth-proxy.serverTlsMount" -}}
- { name: tls, mountPath: /etc/aks-oauth-proxy/tls, readOnly: true }
{{- end -}}
