{{/* Problems with what is reachable from outside. */}}

{{- define "oauth-proxy.validateExposure" -}}
{{- $host := include "oauth-proxy.host" . -}}
{{- $kubernetesHost := include "oauth-proxy.kubernetesHost" . -}}
{{- $hosts := include "oauth-proxy.ingressHosts" . | fromYamlArray -}}
{{- range $setting, $own := include "oauth-proxy.ownHosts" . | fromYaml -}}
{{- if and $.Values.ingress.enabled $own (not (has $own $hosts)) }}
ingress.hosts has not {{ $own }}, to which settings.{{ $setting }} leads. Add it, or remove ingress.hosts, which then has it by itself.
{{- end -}}
{{- if and $.Values.httpRoute.enabled $.Values.httpRoute.hostnames $own (not (has $own $.Values.httpRoute.hostnames)) }}
httpRoute.hostnames has not {{ $own }}, to which settings.{{ $setting }} leads. Add it, or remove httpRoute.hostnames, which then has it by itself.
{{- end -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
httpRoute.parentRefs is missing: the Gateway to which the route belongs. For example: httpRoute.parentRefs[0].name=gateway
{{- end -}}
{{- if $kubernetesHost -}}
{{- if eq $kubernetesHost $host }}
settings.kubernetesHost is the host of settings.redirectUri, whose own pages nobody could reach any more. Give the API server a host of its own.
{{- end -}}
{{- if and (ne (include "oauth-proxy.runtime" .) "container") (not (include "oauth-proxy.hasTunnel" .)) }}
settings.kubernetesHost needs the tunnel, which leads that host's requests to the API server. Set tunnel.enabled=true, or runtime=container.
{{- end -}}
{{- end -}}
{{- if .Values.upstreams -}}
{{- if has $host (include "oauth-proxy.upstreamHosts" . | fromYamlArray) }}
upstreams has the host of settings.redirectUri, where no app may be: its scripts could fetch a kubeconfig. Give the app a host of its own.
{{- end -}}
{{- if gt (len (include "oauth-proxy.upstreamOrigins" . | fromYamlArray)) 16 }}
upstreams has more than 16 different urls, which are the most that spin.toml can grant. Lead some apps through one address.
{{- end -}}
{{- if and (ne (include "oauth-proxy.runtime" .) "container") (not (include "oauth-proxy.hasTunnel" .)) }}
upstreams needs the tunnel, which leads the requests for their hosts to the apps. Set tunnel.enabled=true, or runtime=container.
{{- end -}}
{{- end -}}
{{- range .Values.ingress.hosts -}}
{{- range .paths -}}
{{- if or (hasPrefix "/-" .path) (hasPrefix "/.well-known/spin" .path) }}
ingress.hosts has the path {{ .path }}, which is not for outside. Remove it.
{{- else if not (hasPrefix "/" .path) }}
ingress.hosts has the path {{ .path }}, which does not begin with a slash. Write /{{ .path }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
