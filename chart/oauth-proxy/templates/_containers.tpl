{{/* Containers, one template each. */}}

{{/* `serve`: the component, the sidecar and the tunnel in one process. */}}
{{- define "oauth-proxy.serveContainer" -}}
{{- $scheme := empty .Values.tls.existingSecret | ternary "HTTP" "HTTPS" -}}
- name: oauth-proxy
  {{- include "oauth-proxy.nativeImage" . | nindent 2 }}
  args:
    - serve
    - --listen={{ include "oauth-proxy.listen" (dict "root" . "port" 8080) }}
    - --state-dir=/var/cache/aks-oauth-proxy
    - --runtime-config=/etc/aks-oauth-proxy/runtime-config/runtime-config.toml
    {{- with .Values.limits.maxInstances }}
    - --max-instances={{ int . }}
    {{- end }}
    {{- with .Values.limits.maxInstancesPerClient }}
    - --max-instances-per-client={{ int . }}
    {{- end }}
    {{- include "oauth-proxy.connectionArguments" . | nindent 4 }}
    {{- include "oauth-proxy.endingArguments" . | nindent 4 }}
    {{- include "oauth-proxy.metricsArgument" (dict "root" . "port" 9090) | nindent 4 }}
    {{- if .Values.tls.existingSecret }}
    - --tls-cert=/etc/aks-oauth-proxy/tls/tls.crt
    - --tls-key=/etc/aks-oauth-proxy/tls/tls.key
    {{- end }}
  env:
    {{- include "oauth-proxy.serveEnvironment" . | fromYamlArray | toYaml | nindent 4 }}
    {{- with .Values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.envFrom }}
  envFrom: {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - { name: http, containerPort: 8080 }
    {{- include "oauth-proxy.metricsPort" (dict "root" . "name" "metrics" "port" 9090) | nindent 4 }}
  livenessProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" .Values.livenessProbe "path" "/livez" "port" "http" "scheme" $scheme) | nindent 4 }}
  readinessProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" .Values.readinessProbe "path" "/readyz" "port" "http" "scheme" $scheme) | nindent 4 }}
  startupProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" .Values.startupProbe "path" "/livez" "port" "http" "scheme" $scheme) | nindent 4 }}
  {{- include "oauth-proxy.lifecycle" . | nindent 2 }}
  resources: {{- toYaml .Values.resources | nindent 4 }}
  securityContext: {{- toYaml .Values.securityContext | nindent 4 }}
  volumeMounts:
    - { name: runtime-config, mountPath: /etc/aks-oauth-proxy/runtime-config, readOnly: true }
    - { name: cache, mountPath: /var/cache/aks-oauth-proxy }
    {{- include "oauth-proxy.redisPasswordMount" . | nindent 4 }}
    {{- include "oauth-proxy.temporaryMount" . | nindent 4 }}
    {{- include "oauth-proxy.kubernetesMount" (dict "root" . "token" (include "oauth-proxy.impersonates" .)) | nindent 4 }}
    {{- include "oauth-proxy.federatedTokenMount" . | nindent 4 }}
    {{- if .Values.tls.existingSecret }}
    {{- include "oauth-proxy.serverTlsMount" . | nindent 4 }}
    {{- end }}
    {{- include "oauth-proxy.hostMounts" . | trim | nindent 4 }}
{{- end -}}

{{/* The Spin application. The shim wants the command `/`, and writes into the root of the container. */}}
{{- define "oauth-proxy.spinContainer" -}}
- name: oauth-proxy
  image: {{ include "oauth-proxy.spinImage" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: ["/"]
  env:
    - name: SPIN_HTTP_LISTEN_ADDR
      value: {{ include "oauth-proxy.listen" (dict "root" . "port" 8080) | quote }}
    {{- with .Values.limits.maxInstances }}
    - name: SPIN_MAX_INSTANCE_COUNT
      value: {{ int . | quote }}
    {{- end }}
    {{- range include "oauth-proxy.componentEnvironment" . | fromYamlArray }}
    - {{ set . "name" (printf "SPIN_VARIABLE_%s" .name) | toYaml | nindent 6 | trim }}
    {{- end }}
    {{- with .Values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.envFrom }}
  envFrom: {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - { name: http, containerPort: 8080 }
  livenessProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" .Values.livenessProbe "path" "/.well-known/spin/health" "port" "http") | nindent 4 }}
  readinessProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" .Values.readinessProbe "path" "/readyz" "port" "http") | nindent 4 }}
  startupProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" .Values.startupProbe "path" "/.well-known/spin/health" "port" "http") | nindent 4 }}
  lifecycle: {{- include "oauth-proxy.spinLifecycle" . | nindent 4 }}
  resources: {{- toYaml .Values.resources | nindent 4 }}
  securityContext: {{- toYaml .Values.spin.securityContext | nindent 4 }}
  volumeMounts:
    - { name: runtime-config, mountPath: /runtime-config.toml, subPath: runtime-config.toml, readOnly: true }
    {{- include "oauth-proxy.kubernetesMount" (dict "root" . "token" "") | nindent 4 }}
    {{- include "oauth-proxy.hostMounts" . | trim | nindent 4 }}
{{- end -}}

{{/* The sidecar. In the Spin pod it listens on loopback, elsewhere over TLS. Takes root, part and overTls. */}}
{{- define "oauth-proxy.sidecarContainer" -}}
{{- $root := .root -}}
{{- $values := get $root.Values .part -}}
- name: {{ .part }}
  {{- include "oauth-proxy.nativeImage" $root | nindent 2 }}
  args:
    - sidecar
    {{- if .overTls }}
    - --listen={{ include "oauth-proxy.listen" (dict "root" $root "port" 8443) }}
    - --tls-cert=/etc/aks-oauth-proxy/tls/tls.crt
    - --tls-key=/etc/aks-oauth-proxy/tls/tls.key
    {{- else }}
    - --listen=127.0.0.1:8081
    {{- end }}
    {{- include "oauth-proxy.connectionArguments" $root | nindent 4 }}
    {{- if .overTls }}
    {{- include "oauth-proxy.endingArguments" $root | nindent 4 }}
    {{- else }}
    {{- include "oauth-proxy.endingArgumentsBesideSpin" $root | nindent 4 }}
    {{- end }}
    {{- include "oauth-proxy.metricsArgument" (dict "root" $root "port" 9091) | nindent 4 }}
  env:
    {{- include (printf "oauth-proxy.%sEnvironment" .part) $root | fromYamlArray | toYaml | nindent 4 }}
    {{- with $values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- if or .overTls $root.Values.metrics.enabled }}
  ports:
    {{- if .overTls }}
    - { name: https, containerPort: 8443 }
    {{- end }}
    {{- include "oauth-proxy.metricsPort" (dict "root" $root "name" "sidecar-metrics" "port" 9091) | nindent 4 }}
  {{- end }}
  {{- if .overTls }}
  livenessProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" $root.Values.livenessProbe "path" "/livez" "port" "https" "scheme" "HTTPS") | nindent 4 }}
  readinessProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" $root.Values.readinessProbe "path" "/readyz" "port" "https" "scheme" "HTTPS") | nindent 4 }}
  {{- else }}
  livenessProbe: {{- include "oauth-proxy.execProbe" (dict "probe" $root.Values.livenessProbe "path" "/livez") | nindent 4 }}
  readinessProbe: {{- include "oauth-proxy.execProbe" (dict "probe" $root.Values.readinessProbe "path" "/readyz") | nindent 4 }}
  {{- end }}
  {{- include "oauth-proxy.lifecycle" $root | nindent 2 }}
  resources: {{- toYaml $values.resources | nindent 4 }}
  securityContext: {{- toYaml $root.Values.securityContext | nindent 4 }}
  volumeMounts:
    {{- include "oauth-proxy.temporaryMount" . | nindent 4 }}
    {{- if .overTls }}
    {{- include "oauth-proxy.serverTlsMount" . | nindent 4 }}
    {{- end }}
    {{- if eq .part "sidecar" }}
    {{- include "oauth-proxy.federatedTokenMount" $root | nindent 4 }}
    {{- if include "oauth-proxy.impersonates" $root }}
    {{- include "oauth-proxy.kubernetesMount" (dict "root" $root "token" "true") | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- with $values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* The tunnel, in front of the component in Spin. */}}
{{- define "oauth-proxy.tunnelContainer" -}}
- name: tunnel
  {{- include "oauth-proxy.nativeImage" . | nindent 2 }}
  args:
    - tunnel
    - --listen={{ include "oauth-proxy.listen" (dict "root" . "port" 8082) }}
    {{- include "oauth-proxy.connectionArguments" . | nindent 4 }}
    {{- include "oauth-proxy.endingArguments" . | nindent 4 }}
    {{- include "oauth-proxy.metricsArgument" (dict "root" . "port" 9092) | nindent 4 }}
  env:
    {{- include "oauth-proxy.tunnelEnvironment" . | fromYamlArray | toYaml | nindent 4 }}
    {{- with .Values.tunnel.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - { name: tunnel, containerPort: 8082 }
    {{- include "oauth-proxy.metricsPort" (dict "root" . "name" "tunnel-metrics" "port" 9092) | nindent 4 }}
  livenessProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" .Values.livenessProbe "path" "/livez" "port" "tunnel") | nindent 4 }}
  readinessProbe: {{- include "oauth-proxy.httpProbe" (dict "probe" .Values.readinessProbe "path" "/readyz" "port" "tunnel") | nindent 4 }}
  {{- include "oauth-proxy.lifecycle" . | nindent 2 }}
  resources: {{- toYaml .Values.tunnel.resources | nindent 4 }}
  securityContext: {{- toYaml .Values.securityContext | nindent 4 }}
  volumeMounts:
    {{- include "oauth-proxy.kubernetesMount" (dict "root" . "token" "") | nindent 4 }}
    {{- with .Values.tunnel.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
