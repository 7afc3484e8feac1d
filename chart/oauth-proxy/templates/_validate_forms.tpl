{{/* Problems with the form of values. They are here, and not in the schema, since Helm shows only the pattern of that. */}}

{{/* The forms, each with what a value is that has not this form. */}}
{{- define "oauth-proxy.forms" -}}
guid: { pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", otherwise: "no GUID" }
number: { pattern: "^[0-9]+$", otherwise: "no whole number" }
origin: { pattern: "^https?://[^/?#]+/?$", otherwise: "no origin: a scheme and a host, and nothing behind them" }
bareOrigin: { pattern: "^https?://[^/?#]+$", otherwise: "no origin: a scheme and a host, and nothing behind them" }
tag: { pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", otherwise: "no tag of an image" }
digest: { pattern: "^sha256:[0-9a-f]{64}$", otherwise: "no digest of an image" }
name: { pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", otherwise: "no name of Kubernetes: small letters, digits, dashes and dots" }
time: { pattern: "^[0-9]+(ms|s|m|h)$", otherwise: "no time: a number with ms, s, m or h" }
size: { pattern: "^[0-9.]+(Ki|Mi|Gi|Ti|k|M|G|T)?$", otherwise: "no size" }
address: { pattern: "^([0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]+)$", otherwise: "no address" }
{{- end -}}

{{/* The values that have one, apart from settings. */}}
{{- define "oauth-proxy.formsOfValues" -}}
- { form: tag, example: "1.0.0", values: [image.tag, spin.image.tag] }
- { form: digest, example: "sha256:{{ repeat 64 "0" }}", values: [image.digest, spin.image.digest] }
- form: name
  example: oauth-proxy
  values:
    - nameOverride
    - fullnameOverride
    - sessionSecret.existingSecret
    - bearers.existingSecret
    - store.redis.existingSecret
    - store.sqlite.persistence.existingClaim
    - store.sqlite.persistence.storageClassName
    - runtimeConfig.existingSecret
    - serviceAccount.name
    - kubernetesCa.configMap
    - internalTls.existingSecrets.sidecar
    - internalTls.existingSecrets.kubelogin
    - tls.existingSecret
    - ingress.className
    - metrics.serviceMonitor.namespace
    - priorityClassName
    - spin.runtimeClassName
- form: number
  example: "100"
  values:
    - limits.maxInstances
    - limits.maxInstancesPerClient
    - limits.maxConnections
    - limits.maxConnectionsPerClient
    - limits.idleTimeoutSeconds
    - autoscaling.targetCPUUtilizationPercentage
    - autoscaling.targetMemoryUtilizationPercentage
- form: time
  example: 30s
  values:
    - metrics.podMonitor.interval
    - metrics.podMonitor.scrapeTimeout
    - metrics.serviceMonitor.interval
    - metrics.serviceMonitor.scrapeTimeout
- { form: size, example: 1Gi, values: [store.sqlite.persistence.size] }
- { form: address, example: "::", values: [listenAddress] }
{{- end -}}

{{- define "oauth-proxy.validateForms" -}}
{{- $settings := .Values.settings -}}
{{- range (include "oauth-proxy.catalogue" . | fromYaml).settings -}}
{{- if .form }}
{{ include "oauth-proxy.formProblem" (dict "name" (printf "settings.%s" .value) "value" (get $settings .value) "form" .form "example" .example) }}
{{- end -}}
{{- end -}}
{{- range $row := include "oauth-proxy.formsOfValues" . | fromYamlArray -}}
{{- range $name := $row.values }}
{{ include "oauth-proxy.formProblem" (dict "name" $name "value" (include "oauth-proxy.valueAt" (dict "values" $.Values "name" $name)) "form" $row.form "example" $row.example) }}
{{- end -}}
{{- end -}}
{{- range $at, $upstream := .Values.upstreams }}
{{ include "oauth-proxy.formProblem" (dict "name" (printf "upstreams[%d].url" $at) "value" $upstream.url "form" "bareOrigin" "example" "http://grafana.monitoring.svc") }}
{{- end -}}
{{- end -}}

{{/* Takes values and name, whose words are separated by dots. With `--reuse-values` those of an older chart may lack it. */}}
{{- define "oauth-proxy.valueAt" -}}
{{- $value := .values -}}
{{- range splitList "." .name -}}
{{- $value = get (default dict $value) . -}}
{{- end -}}
{{ include "oauth-proxy.settingText" $value }}
{{- end -}}

{{/* Takes name, value, form and example. No value counts as right. */}}
{{- define "oauth-proxy.formProblem" -}}
{{- $form := get (include "oauth-proxy.forms" . | fromYaml) .form -}}
{{- $text := include "oauth-proxy.settingText" .value -}}
{{- if and $text (not (regexMatch $form.pattern $text)) -}}
{{ .name }} is {{ $text }}, which is {{ $form.otherwise }}. For example: {{ .example }}
{{- end -}}
{{- end -}}
