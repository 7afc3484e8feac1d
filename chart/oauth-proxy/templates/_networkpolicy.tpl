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

{{/* To what values name by an address with a port: Entra, Microsoft Graph and the API server where they are elsewhere,
     the forward proxy, and the collector of traces. */}}
{{- define "oauth-proxy.toNamed" -}}
{{- $addresses := list -}}
{{- range list "authorityHost" "graphUrl" "kubernetesApiUrl" "kubeloginAuthorityHost" "tunnelOrigins" -}}
{{- $addresses = concat $addresses (include "oauth-proxy.settingText" (get $.Values.settings .) | splitList " ") -}}
{{- end -}}
{{- range $variable := concat list (default list .Values.extraEnv) (default list .Values.sidecar.extraEnv) (default list .Values.tunnel.extraEnv) (default list .Values.kubelogin.extraEnv) -}}
{{- if regexMatch "^(HTTPS?_PROXY|OTEL_EXPORTER_OTLP_(TRACES_)?ENDPOINT)$" (upper $variable.name) -}}
{{- $addresses = append $addresses (default "" $variable.value) -}}
{{- end -}}
{{- end -}}
{{- $ports := list -}}
{{- range $addresses -}}
{{- $ports = append $ports (include "oauth-proxy.portOf" .) -}}
{{- end -}}
{{- with compact $ports | uniq }}
- ports:
    {{- range . }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end -}}
{{- end -}}

{{/* To apps. A policy counts the ports of pods, and those behind a Service may be others than its own. So where the
     address is a Service's, all ports of its namespace's pods are reached. */}}
{{- define "oauth-proxy.toUpstreams" -}}
{{- $ports := list -}}
{{- $namespaces := list -}}
{{- range include "oauth-proxy.upstreamOrigins" . | fromYamlArray -}}
{{- $ports = append $ports (include "oauth-proxy.portOf" .) -}}
{{- $labels := splitList "." (regexReplaceAll ":[0-9]+$" (urlParse .).host "") -}}
{{- if eq (len $labels) 1 -}}
{{- $namespaces = append $namespaces $.Release.Namespace -}}
{{- else if or (eq (len $labels) 2) (eq (index $labels 2) "svc") -}}
{{- $namespaces = append $namespaces (index $labels 1) -}}
{{- end -}}
{{- end -}}
{{- with compact $ports | uniq }}
- ports:
    {{- range . }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}
{{- range uniq $namespaces }}
- ports: [{ protocol: TCP }]
  to:
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ . }} } }
{{- end }}
{{- end -}}

{{/* The port of an http address, if it is one. Takes the address. */}}
{{- define "oauth-proxy.portOf" -}}
{{- if regexMatch "^https?://." . -}}
{{- $own := hasPrefix "https" . | ternary "443" "80" -}}
{{- regexFind ":[0-9]+$" (urlParse .).host | trimPrefix ":" | default $own -}}
{{- end -}}
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
