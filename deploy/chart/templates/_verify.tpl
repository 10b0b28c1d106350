{{/*
The folders that the jobs of `verify` do without: those of listeners, of the admin address and of clients, if nothing else of the
config names files there. Of a config of yours nobody knows. As YAML: name → path.
*/}}
{{- define "ssec-proxy.verifyWithout" -}}
{{- $without := dict -}}
{{- if not .Values.existingConfig.configMap -}}
{{- $left := pick .Values.config "listen" "admin" "clients" | toJson -}}
{{- $read := omit .Values.config "listen" "admin" "clients" | toJson -}}
{{- range $name, $folder := include "ssec-proxy.folders" (dict "root" .) | fromYaml -}}
{{- $inside := printf "\"%s(/|\")" $folder.path -}}
{{- if and (regexMatch $inside $left) (not (regexMatch $inside $read)) -}}
{{- $_ := set $without $name $folder.path -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{ toYaml $without }}
{{- end -}}

{{/* What can't be right in `verify.secrets`, a problem a line: a Secret there that nothing reads leaves the job with all rights. */}}
{{- define "ssec-proxy.verifyProblems" -}}
{{- if .Values.verify.enabled -}}
{{- $read := omit .Values.config "listen" "admin" "clients" | toJson -}}
{{- range $name, $secret := .Values.verify.secrets -}}
{{- if $secret.secretName -}}
{{- $path := printf "/secrets/%s" $name -}}
{{- if not (dig $name "secretName" "" ($.Values.secrets | default dict)) -}}
{{- println (printf "verify.secrets.%s: stands in for secrets.%s, which names no Secret; write the name under which the credentials for the store are in secrets" $name $name) -}}
{{- else if and (not $.Values.existingConfig.configMap) (not (regexMatch (printf "\"%s(/|\")" $path) $read)) -}}
{{- println (printf "verify.secrets.%s: verify reads nothing in %s; write the name of the folder that the credentials in config.upstream are in" $name $path) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
