{{/* Files and variables that the config names, a line each: `file /keys/a`, `env STORE_ID`. */}}
{{- define "ssec-proxy.named" -}}
{{- if kindIs "slice" . -}}
{{- range . -}}{{- include "ssec-proxy.named" . -}}{{- end -}}
{{- else if kindIs "map" . -}}
{{- $map := . -}}
{{- range $name, $value := . -}}
{{- if and (eq $name "directory") (hasKey ($value | default dict) "path") -}}
{{- println (printf "file %s/%s" $value.path $value.name) -}}
{{- else if not (kindIs "string" $value) -}}
{{- include "ssec-proxy.named" $value -}}
{{- else if or (has $name (list "file" "cert" "clientCa" "ca" "jwt")) (and (eq $name "key") (hasKey $map "cert")) -}}
{{- println (printf "file %s" $value) -}}
{{- else if eq $name "env" -}}
{{- println (printf "env %s" $value) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Where something is mounted, a path a line; (dict "root" $ "writable" true): where the program may write. */}}
{{- define "ssec-proxy.mountPaths" -}}
{{- if not .writable -}}
{{- range include "ssec-proxy.folders" (dict "root" .root) | fromYaml -}}{{- println .path -}}{{- end -}}
{{- if .root.Values.vault.audience -}}{{- println "/secrets/account" -}}{{- end -}}
{{- end -}}
{{- $writable := .writable -}}
{{- range .root.Values.volumeMounts -}}
{{- if not (and $writable .readOnly) -}}{{- println (clean .mountPath) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* (dict "path" "/keys/a" "mounts" (list "/keys")): "true" for a path that lies in one of them. */}}
{{- define "ssec-proxy.isMounted" -}}
{{- $path := .path -}}
{{- range .mounts -}}
{{- if or (eq $path .) (hasPrefix (printf "%s/" (trimSuffix "/" .)) $path) -}}true{{- break -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the config names and the pods will not have. What lies outside the chart's own folders, NOTES.txt warns of. */}}
{{- define "ssec-proxy.fileProblems" -}}
{{- if not .Values.existingConfig.configMap -}}
{{- $own := list -}}
{{- range include "ssec-proxy.missingFiles" . | splitList "\n" -}}
{{- if hasPrefix "/etc/ssec-proxy/" . -}}
{{- println (printf "config: names %s, and config.yaml is alone in that folder; put the file into a Secret, name it as secrets.NAME.secretName and write /secrets/NAME/%s" . (base .)) -}}
{{- else if regexMatch "^/(tls|keys|secrets/[^/]+)(/|$)" . -}}
{{- $own = append $own (regexFind "^/(tls|keys|secrets/[^/]+)" .) -}}
{{- end -}}
{{- end -}}
{{- range $own | uniq -}}
{{- $value := dict "/tls" "tls.secretName or tls.certManager.enabled" "/keys" "keys.secretName" "/secrets/account" "vault.audience" -}}
{{- $fix := get $value . | default (printf "secrets.%s.secretName" (trimPrefix "/secrets/" .)) -}}
{{- println (printf "config: names files in %s, where nothing is mounted; set %s" . $fix) -}}
{{- end -}}
{{- if not .Values.envFrom -}}
{{- $set := list -}}
{{- range .Values.env -}}{{- $set = append $set .name -}}{{- end -}}
{{- range include "ssec-proxy.named" .Values.config | splitList "\n" | uniq -}}
{{- if and (hasPrefix "env " .) (not (has (trimPrefix "env " .) $set)) -}}
{{- println (printf "config: reads the variable %s, which nothing sets; set it in env, as { name: %s, valueFrom: { secretKeyRef: … } }, or in envFrom" (trimPrefix "env " .) (trimPrefix "env " .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range .Values.config.listen -}}
{{- if hasPrefix "systemd:" .address -}}
{{- println (printf "config.listen: %s can't be opened, as no systemd is in the pods; write an address such as 0.0.0.0:8443" .address) -}}
{{- end -}}
{{- end -}}
{{- if dig "readOnlyRootFilesystem" false (.Values.securityContext | default dict) -}}
{{- $writable := include "ssec-proxy.mountPaths" (dict "root" . "writable" true) | splitList "\n" -}}
{{- $audit := dig "audit" "to" "stdout" .Values.config -}}
{{- if and (ne $audit "stdout") (not (include "ssec-proxy.isMounted" (dict "path" (clean $audit) "mounts" (without $writable "")))) -}}
{{- println (printf "config.audit.to: %s can't be written, as the root is read-only; write stdout, or mount a volume there with volumes and volumeMounts" $audit) -}}
{{- end -}}
{{- range .Values.config.listen -}}
{{- $socket := trimPrefix "unix:" .address | clean -}}
{{- if and (hasPrefix "unix:" .address) (not (include "ssec-proxy.isMounted" (dict "path" $socket "mounts" (without $writable "")))) -}}
{{- println (printf "config.listen: %s can't be made, as the root is read-only; mount a volume there with volumes and volumeMounts" .address) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Files of the config that lie in no mount, a path a line. The authorities of the system are in the image. */}}
{{- define "ssec-proxy.missingFiles" -}}
{{- $mounts := without (include "ssec-proxy.mountPaths" (dict "root" .) | splitList "\n") "" -}}
{{- $mounts = concat $mounts (list "/etc/ssec-proxy/config.yaml" "/etc/ssl") -}}
{{- range include "ssec-proxy.named" .Values.config | splitList "\n" | uniq -}}
{{- if hasPrefix "file " . -}}
{{- $named := trimPrefix "file " . -}}
{{- $path := isAbs $named | ternary $named (printf "/etc/ssec-proxy/%s" $named) | clean -}}
{{- if not (include "ssec-proxy.isMounted" (dict "path" $path "mounts" $mounts)) -}}{{- println $path -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
