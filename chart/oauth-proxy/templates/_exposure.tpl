{{/* What is reachable from outside: the routes of spin.toml, never the internal one, nor Spin's own. */}}

{{/* The host of the proxy's own pages. */}}
{{- define "oauth-proxy.host" -}}
{{- $url := default "" .Values.settings.redirectUri | urlParse -}}
{{ regexReplaceAll ":[0-9]+$" $url.host "" }}
{{- end -}}

{{/* The hosts that lead to it, by the setting that says so: people are led back to one, kubeconfigs lead to the other. */}}
{{- define "oauth-proxy.ownHosts" -}}
{{- $host := include "oauth-proxy.host" . -}}
{{- $url := default "" .Values.settings.publicUrl | urlParse -}}
{{- $public := regexReplaceAll ":[0-9]+$" $url.host "" -}}
redirectUri: {{ quote $host }}
{{- if not (has $public (list "" $host)) }}
publicUrl: {{ quote $public }}
{{- end -}}
{{- end -}}

{{/* The same, each once. */}}
{{- define "oauth-proxy.defaultHosts" -}}
{{- $own := include "oauth-proxy.ownHosts" . | fromYaml -}}
{{ list $own.redirectUri $own.publicUrl | compact | toYaml }}
{{- end -}}

{{/* Where Entra leads people after a sign-out there. The program makes the same of these settings. */}}
{{- define "oauth-proxy.postLogoutRedirectUri" -}}
{{- $settings := .Values.settings -}}
{{- $origin := regexReplaceAll "^(https?://[^/]+).*$" (default "" $settings.redirectUri) "${1}" -}}
{{- default (printf "%s/" (default $origin $settings.publicUrl | trimSuffix "/")) $settings.postLogoutRedirectUri -}}
{{- end -}}

{{/* The hosts with the pages. */}}
{{- define "oauth-proxy.ingressHosts" -}}
{{- $given := list -}}
{{- range .Values.ingress.hosts -}}
{{- $given = append $given .host -}}
{{- end -}}
{{ default (include "oauth-proxy.defaultHosts" . | fromYamlArray) $given | toYaml }}
{{- end -}}

{{/* The host on which the API server is at `/`, without a port. */}}
{{- define "oauth-proxy.kubernetesHost" -}}
{{- regexReplaceAll ":[0-9]+$" (default "" .Values.settings.kubernetesHost) "" -}}
{{- end -}}

{{/* The hosts of upstreams, without ports, each once. */}}
{{- define "oauth-proxy.upstreamHosts" -}}
{{- $hosts := list -}}
{{- range .Values.upstreams -}}
{{- $hosts = append $hosts (regexReplaceAll ":[0-9]+$" .host "") -}}
{{- end -}}
{{ uniq $hosts | toYaml }}
{{- end -}}

{{/* The hosts of the Ingress for which it names no certificate. An entry without hosts is for all of them, and `*` is one
     label. */}}
{{- define "oauth-proxy.hostsWithoutCertificate" -}}
{{- $hosts := include "oauth-proxy.ingressHosts" . | fromYamlArray -}}
{{- $hosts = append $hosts (include "oauth-proxy.kubernetesHost" .) -}}
{{- $hosts = concat $hosts (include "oauth-proxy.upstreamHosts" . | fromYamlArray) | compact | uniq -}}
{{- $certified := list -}}
{{- range .Values.ingress.tls -}}
{{- $certified = concat $certified (default $hosts .hosts) -}}
{{- end -}}
{{- $without := list -}}
{{- range $hosts -}}
{{- if not (or (has . $certified) (has (regexReplaceAll "^[^.]+" . "*") $certified)) -}}
{{- $without = append $without . -}}
{{- end -}}
{{- end -}}
{{- join ", " $without -}}
{{- end -}}

{{/* A path of an Ingress. Takes path, pathType and backend. */}}
{{- define "oauth-proxy.ingressPath" -}}
- path: {{ .path }}
  pathType: {{ .pathType }}
  backend: { service: { name: {{ .backend.name }}, port: { number: {{ int .backend.port }} } } }
{{- end -}}

{{/* The paths of the pages' hosts. Takes root and paths, the values' own, which may be none. */}}
{{- define "oauth-proxy.ingressPaths" -}}
{{- $component := include "oauth-proxy.componentBackend" .root | fromYaml -}}
{{- $kubernetes := include "oauth-proxy.kubernetesBackend" .root | fromYaml -}}
{{- range .paths }}
{{- $isKubernetes := or (eq .path "/k8s") (hasPrefix "/k8s/" .path) }}
{{ include "oauth-proxy.ingressPath" (dict "path" .path "pathType" .pathType "backend" ($isKubernetes | ternary $kubernetes $component)) }}
{{- else }}
{{ include "oauth-proxy.ingressPath" (dict "path" "/k8s" "pathType" "Prefix" "backend" $kubernetes) }}
{{- range (include "oauth-proxy.catalogue" .root | fromYaml).pages }}
{{ include "oauth-proxy.ingressPath" (dict "path" . "pathType" "Exact" "backend" $component) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What nginx needs to carry watches, logs, exec and uploads. Other controllers ignore it. */}}
{{- define "oauth-proxy.nginxAnnotations" -}}
nginx.ingress.kubernetes.io/proxy-buffering: "off"
nginx.ingress.kubernetes.io/proxy-request-buffering: "off"
nginx.ingress.kubernetes.io/proxy-http-version: "1.1"
nginx.ingress.kubernetes.io/proxy-body-size: "0"
nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"
{{- if .Values.tls.existingSecret }}
nginx.ingress.kubernetes.io/backend-protocol: HTTPS
{{- end }}
{{- end -}}
