{{/* What can't be right in the values, all at once, each with what to write instead. The schema has seen the form of each. */}}
{{- define "ssec-proxy.refuse" -}}
{{- $problems := list -}}
{{- if semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version -}}
{{- $problems = append $problems (printf "fleet: needs Kubernetes 1.30 or newer, as its pods sleep before they end; this is %s. Set fleet.enabled to false to install the injector alone." .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if not .Values.existingConfig.configMap -}}
{{- $config := .Values.config -}}
{{- if not $config.upstream -}}
{{- $problems = append $problems "config.upstream: name the store, as { endpoint, region, provider, credentials }; or name a ConfigMap of yours in existingConfig.configMap" -}}
{{- end -}}
{{- if not (include "ssec-proxy.facts" . | fromYaml).ports -}}
{{- $problems = append $problems "config.listen: no listener can be reached from outside the pod; write an address such as 0.0.0.0:8443" -}}
{{- end -}}
{{- if include "ssec-proxy.isInside" $config.admin.address -}}
{{- $problems = append $problems (printf "config.admin.address: probes come from outside the pod and can't reach %s; write 0.0.0.0:8990" $config.admin.address) -}}
{{- end -}}
{{- range $config.listen -}}
{{- if not (or (include "ssec-proxy.isInside" .address) (include "ssec-proxy.isPort" (include "ssec-proxy.portOf" .address))) -}}
{{- $problems = append $problems (printf "config.listen: the Service needs to know the port of %s; write 1 to 65535" .address) -}}
{{- end -}}
{{- end -}}
{{- if not (include "ssec-proxy.isPort" (include "ssec-proxy.portOf" $config.admin.address)) -}}
{{- $problems = append $problems (printf "config.admin.address: probes need to know the port of %s; write 1 to 65535" $config.admin.address) -}}
{{- end -}}
{{- $problems = concat $problems (include "ssec-proxy.adminProblems" . | fromYamlArray) -}}
{{- if and (eq (toString $config.workers) "auto") (not .Values.resources.limits.cpu) (not .Values.resources.limits.memory) -}}
{{- $problems = append $problems "config.workers: auto is one for each core that the pod may use; set resources.limits.cpu, a number of workers, or resources.limits.memory" -}}
{{- end -}}
{{- $mounted := list "/etc/ssec-proxy" -}}
{{- range include "ssec-proxy.folders" (dict "root" .) | fromYaml -}}{{- $mounted = append $mounted .path -}}{{- end -}}
{{- if .Values.vault.audience -}}{{- $mounted = append $mounted "/secrets/account" -}}{{- end -}}
{{- range .Values.volumeMounts -}}{{- $mounted = append $mounted .mountPath -}}{{- end -}}
{{- range $folder := regexFindAll "\"/(tls|keys|secrets/[^/\"]+)(/|\")" (toJson $config) -1 | uniq -}}
{{- $path := trimAll "\"" $folder | trimSuffix "/" -}}
{{- if not (has $path $mounted) -}}
{{- $value := dict "/tls" "tls.secretName or tls.certManager.enabled" "/keys" "keys.secretName" "/secrets/account" "vault.audience" -}}
{{- $fix := get $value $path | default (printf "secrets.%s.secretName" (trimPrefix "/secrets/" $path)) -}}
{{- $problems = append $problems (printf "config: names files in %s, where nothing is mounted; set %s" $path $fix) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $tls := .Values.tls.certManager -}}
{{- if and $tls.enabled (not $tls.issuerRef.name) -}}
{{- $problems = append $problems "tls.certManager.issuerRef: name the issuer, as { name: internal, kind: ClusterIssuer }" -}}
{{- end -}}
{{- $monitoring := .Values.monitoring -}}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.admin) (or $monitoring.podMonitor.enabled $monitoring.serviceMonitor.enabled) -}}
{{- $problems = append $problems "networkPolicy.admin: Prometheus can't reach the metrics; name its pods, as [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]" -}}
{{- end -}}
{{- if and $monitoring.podMonitor.enabled $monitoring.serviceMonitor.enabled -}}
{{- $problems = append $problems "monitoring: podMonitor and serviceMonitor would both scrape every pod; enable one of them" -}}
{{- end -}}
{{- if and .Values.verify.enabled (not .Values.verify.places) -}}
{{- $problems = append $problems "verify.places: say where to look, as { backups: \"s3://backups\" }" -}}
{{- end -}}
{{- $problems = concat $problems (include "ssec-proxy.verifyProblems" . | fromYamlArray) -}}
{{- if and .Values.autoscaling.enabled (eq .Values.kind "DaemonSet") -}}
{{- $problems = append $problems "autoscaling.enabled: a DaemonSet has a pod on each node; set it to false, or kind to Deployment" -}}
{{- end -}}
{{- with .Values.terminationGracePeriodSeconds -}}
{{- $taken := $.Values.preStopSeconds | int64 -}}
{{- $named := "preStopSeconds are" -}}
{{- if not $.Values.existingConfig.configMap -}}
{{- $taken = add $taken (include "ssec-proxy.facts" $ | fromYaml).drain -}}
{{- $named = "preStopSeconds and config.drain are" -}}
{{- end -}}
{{- if le (int64 .) $taken -}}
{{- $problems = append $problems (printf "terminationGracePeriodSeconds: %d s is over before %s, which take %d s; write more, or nothing" (int64 .) $named $taken) -}}
{{- end -}}
{{- end -}}
{{- $who := hasKey (.Values.securityContext | default dict) "runAsUser" | ternary "securityContext" "podSecurityContext" -}}
{{- $context := mergeOverwrite (deepCopy (.Values.podSecurityContext | default dict)) (.Values.securityContext | default dict) -}}
{{- if and $context.runAsNonRoot (hasKey $context "runAsUser") (eq (toString $context.runAsUser) "0") -}}
{{- $problems = append $problems (printf "%s.runAsUser: runAsNonRoot keeps a container of user 0 from starting; write another, or null for that of the image" $who) -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "the values can't be used:\n- %s" (join "\n- " $problems)) -}}
{{- end -}}
{{- end -}}
