{{/*
What pods with the program may reach: DNS, and what the values name. A rule with an empty list would
open its ports to everybody: it is left out.
*/}}
{{- define "ssec-proxy.egress" -}}
{{- with .Values.networkPolicy.egress -}}
{{- with .dns }}
- to:
    {{- toYaml . | nindent 4 }}
  ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
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
