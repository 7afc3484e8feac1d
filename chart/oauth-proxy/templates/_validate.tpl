{{/* Values that contradict each other, or that are missing. All problems are said at once. */}}

{{- define "oauth-proxy.validate" -}}
{{- $problems := list -}}
{{- range $subject := list "Settings" "Forms" "Secrets" "Store" "Identity" "Runtime" "Exposure" "Operation" -}}
{{- $said := include (printf "oauth-proxy.validate%s" $subject) $ | trim -}}
{{- range compact (splitList "\n" $said) -}}
{{- $problems = append $problems (printf "  %s" (trim .)) -}}
{{- end -}}
{{- end -}}
{{- if $problems -}}
{{- $count := len $problems | eq 1 | ternary "1 problem" (printf "%d problems" (len $problems)) -}}
{{- fail (printf "%s with the values:\n%s" $count (join "\n" $problems)) -}}
{{- end -}}
{{- end -}}
