{{/* What pods with the program may reach: DNS, and what the values name. */}}
{{- define "ssec-proxy.egress" -}}
{{- with .Values.networkPolicy.egress -}}
- to:
    {{- toYaml .dns | nindent 4 }}
  ports:
    {{- range $.Values.networkPolicy.egress.dnsPorts }}
    - { port: {{ . }}, protocol: UDP }
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- range .to }}
- to:
    {{- range .cidrs }}
    - ipBlock: { cidr: {{ . | quote }} }
    {{- end }}
  ports:
    {{- range .ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end }}
{{- with .extra }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end -}}
