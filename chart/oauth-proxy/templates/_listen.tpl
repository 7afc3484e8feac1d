{{/* Addresses and ports. */}}

{{/* Where the processes listen, with a port. IPv6's wildcard takes IPv4 too. Takes root and port. */}}
{{- define "oauth-proxy.listen" -}}
{{- $service := .root.Values.service -}}
{{- $v6 := or (has "IPv6" $service.ipFamilies) (hasSuffix "DualStack" $service.ipFamilyPolicy) -}}
{{- $address := default ($v6 | ternary "::" "0.0.0.0") .root.Values.listenAddress -}}
{{- contains ":" $address | ternary (printf "[%s]:%v" $address .port) (printf "%s:%v" $address .port) -}}
{{- end -}}

{{/* The port of the component's container. The operator of SpinApps gives 80. */}}
{{- define "oauth-proxy.componentPort" -}}
{{- eq (include "oauth-proxy.runtime" .) "spinapp" | ternary 80 8080 -}}
{{- end -}}

{{/* The host of a service of this release. Takes root and part. */}}
{{- define "oauth-proxy.serviceHost" -}}
{{ printf "%s-%s.%s.svc" (include "oauth-proxy.fullname" .root) .part .root.Release.Namespace }}
{{- end -}}

{{/* Service and port of what answers everything but /k8s. */}}
{{- define "oauth-proxy.componentBackend" -}}
{{- $port := eq (include "oauth-proxy.runtime" .) "spinapp" | ternary 80 .Values.service.port -}}
{{- dict "name" (include "oauth-proxy.fullname" .) "port" $port | toYaml -}}
{{- end -}}

{{/* Service and port of what answers /k8s: the tunnel, where there is one. */}}
{{- define "oauth-proxy.kubernetesBackend" -}}
{{- if include "oauth-proxy.hasTunnel" . -}}
{{- $own := eq (include "oauth-proxy.runtime" .) "spinapp" | ternary "-tunnel" "" -}}
{{- dict "name" (printf "%s%s" (include "oauth-proxy.fullname" .) $own) "port" .Values.service.tunnelPort | toYaml -}}
{{- else -}}
{{- include "oauth-proxy.componentBackend" . -}}
{{- end -}}
{{- end -}}
