{{/* What ingress-nginx needs to protect an app. Cookies of a domain are checked and set at our own host. */}}
{{- define "oauth-proxy.appAnnotations" -}}
{{- $shares := include "oauth-proxy.sharesAppCookies" . | not | not -}}
{{- $host := $shares | ternary (urlParse (default "" .Values.settings.redirectUri)).host "$host" -}}
{{- $back := $shares | ternary "$scheme://$host$escaped_request_uri" "$escaped_request_uri" -}}
nginx.ingress.kubernetes.io/auth-url: "https://{{ $host }}/oauth2/auth"
nginx.ingress.kubernetes.io/auth-signin: "https://{{ $host }}/oauth2/start?rd={{ $back }}"
nginx.ingress.kubernetes.io/auth-response-headers: "X-Auth-Request-User, X-Auth-Request-Email, X-Auth-Request-Groups, X-Auth-Request-Preferred-Username, X-Auth-Request-Access-Token"
nginx.ingress.kubernetes.io/proxy-buffer-size: "16k"
{{- end -}}

{{/* Whether a domain of the apps' cookies is that of our own host too. */}}
{{- define "oauth-proxy.sharesAppCookies" -}}
{{- $host := include "oauth-proxy.host" . | trim -}}
{{- range splitList " " (join " " .Values.settings.cookieDomains) -}}
{{- if and . (or (eq . $host) (hasSuffix (printf ".%s" .) $host)) }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/* The host of the first app, or a name in its place. */}}
{{- define "oauth-proxy.appHost" -}}
{{- $first := splitList " " (join " " .Values.settings.allowedReturnOrigins) | first -}}
{{- $host := regexReplaceAll ":[0-9]+$" (regexReplaceAll "^https?://" $first "") "" -}}
{{ hasPrefix "*" $host | ternary (printf "APP%s" (trimPrefix "*" $host)) $host }}
{{- end -}}

{{/* What leads the paths of the sign-in at an app's host to this release. */}}
{{- define "oauth-proxy.appIngress" -}}
{{- $backend := include "oauth-proxy.componentBackend" . | fromYaml -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "oauth-proxy.fullname" . }}-of-app
  namespace: {{ .Release.Namespace }}
  {{- if .Values.tls.existingSecret }}
  annotations: { nginx.ingress.kubernetes.io/backend-protocol: HTTPS }
  {{- end }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  rules:
    - host: {{ include "oauth-proxy.appHost" . | quote }}
      http:
        paths:
          {{- include "oauth-proxy.ingressPath" (dict "path" "/oauth2" "pathType" "Prefix" "backend" $backend) | nindent 10 }}
{{- end -}}
