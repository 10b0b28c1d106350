{{/* A duration of the config ("500ms", "30s", "2m", "1h") in whole seconds, rounded up. */}}
{{- define "ssec-proxy.seconds" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- if eq $unit "h" -}}{{ mul $number 3600 }}
{{- else if eq $unit "m" -}}{{ mul $number 60 }}
{{- else if eq $unit "s" -}}{{ $number }}
{{- else -}}{{ div (add $number 999) 1000 }}
{{- end -}}
{{- end -}}

{{/* A size of the config ("64KiB", "1MiB") in KiB. */}}
{{- define "ssec-proxy.kib" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- if hasSuffix "MiB" . -}}{{ mul $number 1024 }}{{- else -}}{{ $number }}{{- end -}}
{{- end -}}

{{/* The port of an address, "0.0.0.0:8443" or "[::]:8443". */}}
{{- define "ssec-proxy.portOf" -}}
{{- regexFind "[0-9]+$" . -}}
{{- end -}}

{{/*
"true" for an address that nobody outside the pod reaches: loopback, which IPv6 writes in many ways, a unix socket, one of systemd.
*/}}
{{- define "ssec-proxy.isInside" -}}
{{- if or (regexMatch "^(127\\.|(?i:localhost):|unix:|systemd:)" .) (regexMatch "^\\[[0:]+1\\]:" .) (regexMatch "(?i)^\\[[0:]*:ffff:(127\\.|7f[0-9a-f]{2}:)" .) -}}true{{- end -}}
{{- end -}}
