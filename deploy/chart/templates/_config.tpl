{{/*
The config as the pods get it. Behind a NetworkPolicy the admin address is open, as only those come to it who may; what the
values say of it counts more.
*/}}
{{- define "ssec-proxy.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $admin := $config.admin -}}
{{- if and .Values.networkPolicy.enabled (not (hasKey $admin "open")) (not (include "ssec-proxy.adminAsks" .)) -}}
{{- $_ := set $admin "open" true -}}
{{- end -}}
{{ toYaml $config }}
{{- end -}}

{{/*
What of the config needs new pods (docs/reference/options.md, "a restart"): the pods have its digest, so that a change of the
rest, which they take by themselves, does not replace them.
*/}}
{{- define "ssec-proxy.restart" -}}
{{- $config := .Values.config -}}
{{- $listeners := list -}}
{{- range $config.listen -}}
{{- $tls := .tls | default dict -}}
{{- $listeners = append $listeners (list .address .mode (hasKey . "tls") (hasKey $tls "clientCa")) -}}
{{- end -}}
{{- $adminTls := $config.admin.tls | default dict -}}
{{- $admin := list $config.admin.address (hasKey $config.admin "tls") (hasKey $adminTls "clientCa") -}}
{{- $labels := dig "metrics" "labels" list $config -}}
{{- dict "listen" $listeners "admin" $admin "workers" $config.workers "labels" $labels "audit" $config.audit | toJson -}}
{{- end -}}

{{/*
What the objects need to know of the config, as YAML: `ports` of the listeners that others reach (name, port, tls), the
`admin` port and its scheme, and `drain` in seconds.
*/}}
{{- define "ssec-proxy.facts" -}}
{{- $ports := list -}}
{{- $admin := dict -}}
{{- $drain := "30" -}}
{{- with .Values.existingConfig -}}
{{- if .configMap -}}
{{- $ports = list (dict "name" "s3" "port" (int64 .port) "tls" .tls) -}}
{{- $admin = dict "port" (int64 .adminPort) "scheme" "HTTP" -}}
{{- end -}}
{{- end -}}
{{- if not .Values.existingConfig.configMap -}}
{{- $config := .Values.config -}}
{{- range $config.listen -}}
{{- if not (include "ssec-proxy.isInside" .address) -}}
{{- $name := empty $ports | ternary "s3" (printf "s3-%d" (len $ports)) -}}
{{- $port := include "ssec-proxy.portOf" .address | int64 -}}
{{- $ports = append $ports (dict "name" $name "port" $port "tls" (hasKey . "tls")) -}}
{{- end -}}
{{- end -}}
{{- $scheme := hasKey $config.admin "tls" | ternary "HTTPS" "HTTP" -}}
{{- $admin = dict "port" (include "ssec-proxy.portOf" $config.admin.address | int64) "scheme" $scheme -}}
{{- $drain = include "ssec-proxy.seconds" ($config.drain | default "30s") -}}
{{- end -}}
{{ dict "ports" $ports "admin" $admin "drain" (int64 $drain) | toYaml }}
{{- end -}}
