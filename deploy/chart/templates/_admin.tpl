{{/* "true" if the admin address asks who somebody is, by a token or a client certificate. */}}
{{- define "ssec-proxy.adminAsks" -}}
{{- with .Values.config.admin -}}
{{- if or (hasKey . "token") (hasKey (.tls | default dict) "clientCa") -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* What can't be right in `config.admin`, a problem a line: what `serve` would refuse, or the whole cluster could read. */}}
{{- define "ssec-proxy.adminProblems" -}}
{{- if not .Values.existingConfig.configMap -}}
{{- $asks := include "ssec-proxy.adminAsks" . -}}
{{- with .Values.config.admin -}}
{{- if and (hasKey . "token") (not (hasKey . "tls")) -}}
{{- println "config.admin.token: over plain HTTP anyone on the network path can read it; add config.admin.tls, as { cert: /tls/tls.crt, key: /tls/tls.key }" -}}
{{- end -}}
{{- if and .debug (not $asks) -}}
{{- println "config.admin.debug: profiles are not for everybody who reaches the address; add config.admin.token and config.admin.tls" -}}
{{- end -}}
{{- if and (not $.Values.networkPolicy.enabled) (not $asks) (not .open) -}}
{{- println "config.admin: without the NetworkPolicy everybody who reaches the pods sees the names of buckets, clients and keys; add config.admin.token and config.admin.tls, or open: true if the network lets in only those who may" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
