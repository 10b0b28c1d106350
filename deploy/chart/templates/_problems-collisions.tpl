{{/* What the values name as the chart does, or twice: the API server would refuse it, or take the wrong one. */}}
{{- define "ssec-proxy.collisions" -}}
{{- $facts := include "ssec-proxy.facts" . | fromYaml -}}

{{- /* Ports of the pods. */ -}}
{{- $numbers := list -}}
{{- range $facts.ports -}}{{- $numbers = append $numbers (int64 .port) -}}{{- end -}}
{{- $numbers = append $numbers (int64 $facts.admin.port) -}}
{{- $where := empty .Values.existingConfig.configMap | ternary "config.listen, config.admin.address" "existingConfig.port, existingConfig.adminPort" -}}
{{- range include "ssec-proxy.twice" $numbers | fromJsonArray -}}
{{- println (printf "%s: the port %v is there twice; write another one" $where .) -}}
{{- end -}}
{{- range $numbers -}}
{{- if or (lt . 1) (gt . 65535) -}}{{- println (printf "%s: %d is not a port; write one from 1 to 65535" $where .) -}}{{- end -}}
{{- end -}}

{{- /* Ports of the Service: the first listener has one of its own. */ -}}
{{- $served := list -}}
{{- range $index, $port := $facts.ports -}}
{{- $usual := $port.tls | ternary 443 80 -}}
{{- $served = append $served (eq $index 0 | ternary ($.Values.service.port | default $usual) $port.port | int64) -}}
{{- end -}}
{{- if and $served (has (first $served) (rest $served)) -}}
{{- println (printf "service.port: %d is the port of another listener too; set another one" (first $served)) -}}
{{- end -}}

{{- /* Volumes and mounts. */ -}}
{{- $volumes := list -}}
{{- range include "ssec-proxy.volumes" (dict "root" .) | fromYamlArray -}}{{- $volumes = append $volumes .name -}}{{- end -}}
{{- $mounts := list -}}
{{- range include "ssec-proxy.volumeMounts" (dict "root" .) | fromYamlArray -}}
{{- $mounts = append $mounts (clean .mountPath) -}}
{{- if not (has .name $volumes) -}}
{{- println (printf "volumeMounts: names the volume %s, which is not in volumes" .name) -}}
{{- end -}}
{{- end -}}
{{- if .Values.verify.enabled -}}
{{- $volumes = append $volumes "reports" -}}
{{- $mounts = append $mounts "/reports" -}}
{{- end -}}
{{- range include "ssec-proxy.twice" $volumes | fromJsonArray -}}
{{- println (printf "volumes: %s is there twice, or is the name of a volume of the chart; choose another one" .) -}}
{{- end -}}
{{- range include "ssec-proxy.twice" $mounts | fromJsonArray -}}
{{- if and $.Values.vault.audience (eq . "/secrets/account") -}}
{{- println "secrets.account: the token of vault.audience is at /secrets/account; choose another name for the Secret" -}}
{{- else -}}
{{- println (printf "volumeMounts: two volumes are mounted at %s; mount one of them elsewhere" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What is in a list more than once, as a JSON list. */}}
{{- define "ssec-proxy.twice" -}}
{{- $seen := list -}}
{{- $twice := list -}}
{{- range . -}}
{{- if has . $seen -}}{{- $twice = append $twice . -}}{{- end -}}
{{- $seen = append $seen . -}}
{{- end -}}
{{- $twice | uniq | toJson -}}
{{- end -}}

{{/* Names and labels that the chart writes itself, or that Kubernetes would not take. */}}
{{- define "ssec-proxy.nameProblems" -}}
{{- $name := include "ssec-proxy.fullname" . -}}
{{- if not (regexMatch "^[a-z]([a-z0-9-]*[a-z0-9])?$" $name) -}}
{{- println (printf "fullnameOverride: %s can't be the name of a Service; write small letters, digits and -, with a letter first" $name) -}}
{{- end -}}
{{- $labels := include "ssec-proxy.labels" (dict "root" . "component" "proxy") | fromYaml | keys -}}
{{- $taken := dict "podLabels" (append $labels "ssec-proxy.io/inject") "monitoring.labels" $labels "monitoring.dashboard.labels" $labels "podAnnotations" (list "ssec-proxy.io/restart" "kubectl.kubernetes.io/default-container") -}}
{{- $given := dict "podLabels" .Values.podLabels "monitoring.labels" .Values.monitoring.labels "monitoring.dashboard.labels" .Values.monitoring.dashboard.labels "podAnnotations" .Values.podAnnotations -}}
{{- range $where, $names := $taken -}}
{{- range $names | sortAlpha -}}
{{- if hasKey (get $given $where | default dict) . -}}
{{- println (printf "%s: %s is written by the chart; leave it out" $where .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
