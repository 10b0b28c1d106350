{{/* What the objects of the injector are called. */}}
{{- define "ssec-proxy.injectorName" -}}
{{ include "ssec-proxy.fullname" . }}-injector
{{- end -}}

{{- define "ssec-proxy.injectorTls" -}}
{{ include "ssec-proxy.injectorName" . }}-tls
{{- end -}}

{{- define "ssec-proxy.injectorLabels" -}}
{{- include "ssec-proxy.labels" (dict "root" . "component" "injector") -}}
{{- end -}}

{{- define "ssec-proxy.injectorSelector" -}}
{{- include "ssec-proxy.selectorLabels" (dict "root" . "component" "injector") -}}
{{- end -}}

{{/* The name that API servers call. */}}
{{- define "ssec-proxy.injectorHost" -}}
{{ include "ssec-proxy.injectorName" . }}.{{ .Release.Namespace }}.svc
{{- end -}}
