{{/*
The memory that the limits of the config need at most, as a limit for the container: the formula of docs/operate/sizing.md and
docs/operate/workers.md, with a quarter on top. All in KiB. With a config of yours, its limits are taken for the default ones.
*/}}
{{- define "ssec-proxy.memoryLimit" -}}
{{- $config := empty .Values.existingConfig.configMap | ternary .Values.config dict -}}
{{- $limits := $config.limits | default dict -}}

{{- /* Slow transfers: each has a connection to a client and one to a store. */ -}}
{{- $stores := concat (list ($config.upstream | default dict)) (values ($config.upstreams | default dict)) -}}
{{- $toStores := 0 -}}
{{- range $stores -}}
{{- $toStores = add $toStores (dig "limits" "connections" 384 . | int64) -}}
{{- end -}}
{{- $connections := $limits.connections | default 512 | int64 -}}
{{- $transfers := min $connections $toStores -}}
{{- $refusals := $limits.refusals | default 64 | int64 -}}
{{- $open := mul (sub $connections $transfers) 65 | add (mul $refusals 50) -}}

{{- /* What each process has for itself. */ -}}
{{- $workers := include "ssec-proxy.workers" . | int64 -}}
{{- $processes := gt $workers 1 | ternary (add $workers 1) 1 -}}
{{- $documents := include "ssec-proxy.kib" ($limits.documents | default "32MiB") | int64 -}}
{{- $clientDocuments := include "ssec-proxy.kib" ($limits.clientDocuments | default "8MiB") | int64 -}}
{{- $unsized := $config.obs | default false | ternary (include "ssec-proxy.kib" ($limits.unsizedBodies | default "64MiB") | int64) 0 -}}
{{- $log := include "ssec-proxy.kib" (dig "log" "buffer" "1MiB" $config) | int64 -}}
{{- $audit := hasKey $config "audit" | ternary (include "ssec-proxy.kib" (dig "audit" "buffer" "1MiB" $config) | int64) 0 -}}
{{- /* 10 MB for the 70,000 that are remembered by default. */ -}}
{{- $memory := $config.memory | default dict -}}
{{- $entries := add ($memory.objects | default 50000 | int64) ($memory.uploads | default 10000 | int64) ($memory.buckets | default 10000 | int64) -}}
{{- $remembered := div (mul $entries 10000) 70000 -}}
{{- $own := add $documents $clientDocuments $unsized $log $audit $remembered -}}

{{- $need := add (mul 49 1024) (mul $processes 23 1024) (mul $transfers 410) $open (mul $workers $own) -}}
{{- /* In steps of 16 MiB. */ -}}
{{- printf "%dMi" (mul (div (add (div (mul $need 5) 4) 16383) 16384) 16) -}}
{{- end -}}

{{/* How many workers: `auto` is one for each whole core of the CPU limit. */}}
{{- define "ssec-proxy.workers" -}}
{{- $workers := dig "workers" 1 (empty .Values.existingConfig.configMap | ternary .Values.config dict) -}}
{{- if ne (toString $workers) "auto" -}}
{{- $workers -}}
{{- else -}}
{{- $cpu := toString .Values.resources.limits.cpu -}}
{{- $cores := hasSuffix "m" $cpu | ternary (div (trimSuffix "m" $cpu | int64) 1000) (float64 $cpu | floor | int64) -}}
{{- max 1 $cores -}}
{{- end -}}
{{- end -}}

{{- define "ssec-proxy.resources" -}}
{{- $given := .Values.resources -}}
{{- $limit := $given.limits.memory | default (include "ssec-proxy.memoryLimit" .) -}}
{{- $usual := gt (include "ssec-proxy.amount" "128Mi" | float64) (include "ssec-proxy.amount" $limit | float64) | ternary $limit "128Mi" -}}
requests:
  {{- with $given.requests.cpu }}
  cpu: {{ . }}
  {{- end }}
  memory: {{ $given.requests.memory | default $usual }}
limits:
  {{- with $given.limits.cpu }}
  cpu: {{ . }}
  {{- end }}
  memory: {{ $limit }}
{{- end -}}
