{{/*
What can't be right in the values, all at once, each with what to write instead. The schema has seen the form of each. Each list
of problems is text, a problem a line.
*/}}
{{- define "ssec-proxy.refuse" -}}
{{- $lists := list -}}
{{- if .Values.fleet.enabled -}}
{{- range list "ssec-proxy.fleetProblems" "ssec-proxy.fileProblems" "ssec-proxy.collisions" "ssec-proxy.amountProblems" -}}
{{- $lists = append $lists (include . $) -}}
{{- end -}}
{{- end -}}
{{- $lists = append $lists (include "ssec-proxy.nameProblems" .) -}}
{{- $problems := without (join "\n" $lists | splitList "\n") "" -}}
{{- if $problems -}}
{{- fail (printf "the values can't be used:\n- %s" (join "\n- " $problems)) -}}
{{- end -}}
{{- end -}}

{{- define "ssec-proxy.fleetProblems" -}}
{{- if semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version -}}
{{- println (printf "fleet: needs Kubernetes 1.30 or newer, as its pods sleep before they end; this is %s. Set fleet.enabled to false to install the injector alone." .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if not .Values.existingConfig.configMap -}}
{{- $config := .Values.config -}}
{{- if not $config.upstream -}}
{{- println "config.upstream: name the store, as { endpoint, region, provider, credentials }; or name a ConfigMap of yours in existingConfig.configMap" -}}
{{- end -}}
{{- if not (include "ssec-proxy.facts" . | fromYaml).ports -}}
{{- println "config.listen: no listener can be reached from outside the pod; write an address such as 0.0.0.0:8443" -}}
{{- end -}}
{{- if include "ssec-proxy.isInside" $config.admin.address -}}
{{- println (printf "config.admin.address: probes come from outside the pod and can't reach %s; write 0.0.0.0:8990" $config.admin.address) -}}
{{- end -}}
{{- if and (eq (toString $config.workers) "auto") (not .Values.resources.limits.cpu) (not .Values.resources.limits.memory) -}}
{{- println "config.workers: auto is one for each core that the pod may use; set resources.limits.cpu, a number of workers, or resources.limits.memory" -}}
{{- end -}}
{{- end -}}
{{- $tls := .Values.tls.certManager -}}
{{- if and $tls.enabled (not $tls.issuerRef.name) -}}
{{- println "tls.certManager.issuerRef: name the issuer, as { name: internal, kind: ClusterIssuer }" -}}
{{- end -}}
{{- $monitoring := .Values.monitoring -}}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.admin) (or $monitoring.podMonitor.enabled $monitoring.serviceMonitor.enabled) -}}
{{- println "networkPolicy.admin: Prometheus can't reach the metrics; name its pods, as [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]" -}}
{{- end -}}
{{- if and .Values.verify.enabled (not .Values.verify.places) -}}
{{- println "verify.places: say where to look, as { backups: \"s3://backups\" }" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (eq .Values.kind "DaemonSet") -}}
{{- println "autoscaling.enabled: a DaemonSet has a pod on each node; set it to false, or kind to Deployment" -}}
{{- end -}}
{{- with .Values.terminationGracePeriodSeconds -}}
{{- $facts := include "ssec-proxy.facts" $ | fromYaml -}}
{{- if and (not $.Values.existingConfig.configMap) (le (int64 .) (add $.Values.preStopSeconds $facts.drain)) -}}
{{- println (printf "terminationGracePeriodSeconds: %d s is over before preStopSeconds and config.drain are, which take %d s; write more, or nothing" (int64 .) (add $.Values.preStopSeconds $facts.drain)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
