{{/* Requests above limits, and an autoscaler without what it counts by. */}}
{{- define "ssec-proxy.amountProblems" -}}
{{- $sets := dict "resources" (include "ssec-proxy.resources" . | fromYaml) -}}
{{- if .Values.verify.enabled -}}{{- $_ := set $sets "verify.resources" .Values.verify.resources -}}{{- end -}}
{{- if .Values.injector.enabled -}}{{- $_ := set $sets "injector.resources" .Values.injector.resources -}}{{- end -}}
{{- range $where, $amounts := $sets -}}
{{- range $what := list "cpu" "memory" -}}
{{- $request := dig "requests" $what nil $amounts -}}
{{- $limit := dig "limits" $what nil $amounts -}}
{{- if and $request $limit (gt (include "ssec-proxy.amount" $request | float64) (include "ssec-proxy.amount" $limit | float64)) -}}
{{- println (printf "%s.requests.%s: %v is more than the limit, %v; write less, or set %s.limits.%s" $where $what $request $limit $where $what) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .Values.autoscaling -}}
{{- if .enabled -}}
{{- if gt (int64 .minReplicas) (int64 .maxReplicas) -}}
{{- println (printf "autoscaling.maxReplicas: %v is less than minReplicas, %v" .maxReplicas .minReplicas) -}}
{{- end -}}
{{- if not (or .metrics $.Values.resources.requests.cpu $.Values.resources.limits.cpu) -}}
{{- println "resources.requests.cpu: the autoscaler counts by it; set it, or autoscaling.metrics" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* An amount of Kubernetes ("100m", "0.5", "512Mi") as a number. */}}
{{- define "ssec-proxy.amount" -}}
{{- $text := toString . -}}
{{- $units := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $unit := regexFind "[a-zA-Z]+$" $text -}}
{{- mulf (trimSuffix $unit $text | float64) (get $units $unit | default 1) -}}
{{- end -}}
