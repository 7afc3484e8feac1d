{{/* Problems with the store of sessions. */}}

{{- define "oauth-proxy.validateStore" -}}
{{- $store := .Values.store -}}
{{- $disk := $store.sqlite.persistence -}}
{{- if has $store.type (list "cosmos" "azure_cosmos" "dynamo" "aws_dynamo") }}
store.type is {{ $store.type }}, whose `increment` is not exact: an attempt to sign in could be used twice. Take redis, or sqlite for one replica.
{{- else if not (has $store.type (list "sqlite" "redis")) }}
store.type is {{ $store.type }}. Take redis, or sqlite for one replica.
{{- end -}}
{{- if eq $store.type "redis" -}}
{{- if and (not $store.redis.url) (not .Values.runtimeConfig.existingSecret) }}
store.redis.url is missing. For example: redis://:password@redis:6379/0. Or name a Secret with the whole runtime-config.toml: runtimeConfig.existingSecret
{{- else if and $store.redis.url (not (regexMatch "^rediss?://[^/]+" $store.redis.url)) }}
store.redis.url is no address of a Redis. For example: rediss://:password@redis.example.com:6380/0
{{- end -}}
{{- end -}}
{{- if and $store.redis.url .Values.runtimeConfig.existingSecret }}
store.redis.url and runtimeConfig.existingSecret are both set. The Secret holds the whole runtime-config.toml: write the address there, and remove store.redis.url.
{{- end -}}
{{- $own := include "oauth-proxy.ownRedisValues" . | fromYamlArray -}}
{{- if and $own (ne $store.type "redis") }}
{{ join ", " $own }}: these are for store.type=redis. Set it, or remove them.
{{- else if and $own (ne (include "oauth-proxy.runtime" .) "container") }}
{{ join ", " $own }}: these need runtime=container. Spin knows nothing of Redis but its address: give the password in store.redis.url, or set runtime=container.
{{- end -}}
{{- if and $store.redis.existingSecret (regexMatch "^rediss?://[^/@]*:[^/@]+@" $store.redis.url) }}
store.redis.url has a password, and store.redis.existingSecret another one. Take it out of the address.
{{- end -}}
{{- if and (include "oauth-proxy.hasRedisPassword" .) (eq (toString .Values.settings.redisEntra) "true") }}
settings.redisEntra takes Entra's tokens for passwords, and store.redis.existingSecret has one. Set store.redis.passwordKey to nothing, or remove one of them.
{{- end -}}
{{- if include "oauth-proxy.usesSqlite" . -}}
{{- if include "oauth-proxy.hasReplicas" . }}
store.type is sqlite, which is for one replica: several processes on one file answer `database is locked`, and on several files they know nothing of each other's sessions. Set store.type=redis, or replicaCount=1 without autoscaling.
{{- end -}}
{{- if and $disk.enabled (eq (include "oauth-proxy.runtime" .) "spinapp") }}
store.sqlite.persistence needs an update strategy of Recreate, which a SpinApp has not: two pods would have the file at once. Set store.type=redis, or runtime=spin, or to lose sessions at every change store.sqlite.persistence.enabled=false.
{{- end -}}
{{- if regexMatch "(?i)(azurefile|nfs|smb|cifs|efs|blob)" (toString $disk.storageClassName) }}
store.sqlite.persistence.storageClassName is {{ $disk.storageClassName }}, a network share, on which SQLite's locks do not hold (`database is locked`). Take a disk, such as managed-csi.
{{- end -}}
{{- if has $disk.accessMode (list "ReadWriteMany" "ReadOnlyMany") }}
store.sqlite.persistence.accessMode is {{ $disk.accessMode }}, which only network shares have, and SQLite's locks do not hold on them. Take ReadWriteOnce or ReadWriteOncePod.
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What is given that only `serve` can do with a Redis, as a list in YAML. */}}
{{- define "oauth-proxy.ownRedisValues" -}}
{{- if .Values.store.redis.existingSecret }}
- store.redis.existingSecret
{{- end }}
{{- range (include "oauth-proxy.catalogue" . | fromYaml).settings }}
{{- if and .value (has "serve" .readers) (include "oauth-proxy.settingText" (get $.Values.settings .value)) }}
- settings.{{ .value }}
{{- end }}
{{- end }}
{{- end -}}
