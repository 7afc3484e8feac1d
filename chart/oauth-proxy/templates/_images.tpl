{{/* Images. */}}

{{/* Takes an image (repository, tag, digest). */}}
{{- define "oauth-proxy.imageReference" -}}
{{- if .digest -}}
{{ printf "%s@%s" .repository .digest }}
{{- else -}}
{{ printf "%s:%s" .repository .tag }}
{{- end -}}
{{- end -}}

{{/* The image with the native binary. */}}
{{- define "oauth-proxy.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- include "oauth-proxy.imageReference" (dict "repository" .Values.image.repository "tag" $tag "digest" .Values.image.digest) -}}
{{- end -}}

{{/* The image with the Spin application: beside the other one, with the same tag. */}}
{{- define "oauth-proxy.spinImage" -}}
{{- $image := .Values.spin.image -}}
{{- $repository := default (printf "%s-spin" .Values.image.repository) $image.repository -}}
{{- $tag := default .Values.image.tag $image.tag | default .Chart.AppVersion -}}
{{- include "oauth-proxy.imageReference" (dict "repository" $repository "tag" $tag "digest" $image.digest) -}}
{{- end -}}
