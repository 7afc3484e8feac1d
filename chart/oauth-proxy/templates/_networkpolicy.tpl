{{/* NetworkPolicies: one for each part. */}}

{{/* Takes root, part, ingress and egress, the last two as lists of rules in YAML. */}}
{{- define "oauth-proxy.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "oauth-proxy.companionMetadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels: {{- include "oauth-proxy.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- .ingress | nindent 4 }}
  egress:
    # Names.
    - ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
    {{- .egress | nindent 4 }}
    {{- with .root.Values.networkPolicy.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* From whoever may come from outside, to these ports. Takes root and ports. */}}
{{- define "oauth-proxy.fromOutside" -}}
- ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  {{- with .root.Values.networkPolicy.ingressFrom }}
  from: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* From the pods of another part. Takes root, part and port. */}}
{{- define "oauth-proxy.fromPart" -}}
- ports: [{ protocol: TCP, port: {{ .port }} }]
  from:
    - podSelector: { matchLabels: {{ include "oauth-proxy.selectorLabels" . | fromYaml | toJson }} }
{{- end -}}

{{/* To the pods of another part. Takes root, part and port. */}}
{{- define "oauth-proxy.toPart" -}}
- ports: [{ protocol: TCP, port: {{ .port }} }]
  to:
    - podSelector: { matchLabels: {{ include "oauth-proxy.selectorLabels" . | fromYaml | toJson }} }
{{- end -}}

{{/* To Entra, Microsoft Graph and the API server, which have no addresses that a policy could name. */}}
{{- define "oauth-proxy.toOutside" -}}
- ports:
    {{- range .Values.networkPolicy.egressPorts }}
    - { protocol: TCP, port: {{ int . }} }
    {{- end }}
{{- end -}}

{{/* To Redis, as the address of the store says, and to its Sentinels. A primary that they name is taken to have the
     port of the address. */}}
{{- define "oauth-proxy.toRedis" -}}
{{- if and (eq .Values.store.type "redis") .Values.store.redis.url -}}
{{- $host := (urlParse .Values.store.redis.url).host -}}
{{- $ports := list (regexFind ":[0-9]+$" $host | trimPrefix ":" | default "6379") -}}
{{- $sentinels := include "oauth-proxy.settingText" .Values.settings.redisSentinels -}}
{{- range compact (regexSplit "[,\\s]+" $sentinels -1) -}}
{{- $ports = append $ports (regexFind ":[0-9]+$" . | trimPrefix ":" | default "26379") -}}
{{- end -}}
- ports:
    {{- range uniq $ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end -}}
{{- end -}}
