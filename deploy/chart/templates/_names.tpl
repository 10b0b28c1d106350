{{/* What all objects of a release begin with. */}}
{{- define "ssec-proxy.fullname" -}}
{{- $chart := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 45 | trimSuffix "-" -}}
{{- else if contains $chart .Release.Name -}}
{{- .Release.Name | trunc 45 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $chart | trunc 45 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* (dict "root" $ "component" "proxy"): what selects pods, which can't be changed later. */}}
{{- define "ssec-proxy.selectorLabels" -}}
app.kubernetes.io/name: ssec-proxy
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* (dict "root" $ "component" "proxy"): what every object has. */}}
{{- define "ssec-proxy.labels" -}}
{{ include "ssec-proxy.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "ssec-proxy.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "ssec-proxy.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "ssec-proxy.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "ssec-proxy.tlsSecretName" -}}
{{- if .Values.tls.secretName -}}
{{- .Values.tls.secretName -}}
{{- else if .Values.tls.certManager.enabled -}}
{{- include "ssec-proxy.fullname" . }}-tls
{{- end -}}
{{- end -}}

{{- define "ssec-proxy.configMapName" -}}
{{- .Values.existingConfig.configMap | default (include "ssec-proxy.fullname" .) -}}
{{- end -}}

{{/* The config in the pods. */}}
{{- define "ssec-proxy.configFile" -}}
/etc/ssec-proxy/{{ empty .Values.existingConfig.configMap | ternary "config.yaml" .Values.existingConfig.key }}
{{- end -}}
