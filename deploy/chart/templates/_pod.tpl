{{/* What all pods with the program have: who they are, and what they may. */}}
{{- define "ssec-proxy.podBase" -}}
serviceAccountName: {{ include "ssec-proxy.serviceAccountName" . | quote }}
automountServiceAccountToken: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What all containers with the program have. */}}
{{- define "ssec-proxy.containerBase" -}}
image: {{ include "ssec-proxy.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- with .Values.env }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.envFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The template of the pods that serve. */}}
{{- define "ssec-proxy.podTemplate" -}}
{{- $facts := include "ssec-proxy.facts" . | fromYaml -}}
{{- $selector := include "ssec-proxy.selectorLabels" (dict "root" . "component" "proxy") -}}
{{- $grace := add .Values.preStopSeconds $facts.drain 10 -}}
metadata:
  labels:
    {{- include "ssec-proxy.labels" (dict "root" . "component" "proxy") | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    {{- if not .Values.existingConfig.configMap }}
    ssec-proxy.io/restart: {{ include "ssec-proxy.restart" . | sha256sum | trunc 16 | quote }}
    {{- end }}
    kubectl.kubernetes.io/default-container: ssec-proxy
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "ssec-proxy.podBase" . | nindent 2 }}
  # What preStop and the drain of the config take, and some more.
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds | default $grace }}
  {{- $spread := .Values.topologySpreadConstraints }}
  {{- if kindIs "invalid" $spread }}
  topologySpreadConstraints:
    {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- $selector | nindent 10 }}
    {{- end }}
  {{- else if $spread }}
  topologySpreadConstraints:
    {{- toYaml $spread | nindent 4 }}
  {{- end }}
  containers:
    - name: ssec-proxy
      {{- include "ssec-proxy.containerBase" . | nindent 6 }}
      args: [serve, {{ include "ssec-proxy.configFile" . }}]
      ports:
        {{- range $facts.ports }}
        - { name: {{ .name }}, containerPort: {{ .port }} }
        {{- end }}
        - { name: admin, containerPort: {{ $facts.admin.port }} }
      readinessProbe:
        httpGet: { path: /readyz, port: admin, scheme: {{ $facts.admin.scheme }} }
        periodSeconds: 5
        timeoutSeconds: 2
      livenessProbe:
        httpGet: { path: /healthz, port: admin, scheme: {{ $facts.admin.scheme }} }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      {{- if .Values.preStopSeconds }}
      lifecycle:
        # Until every node knows that this pod is leaving, new connections still come.
        preStop: { sleep: { seconds: {{ .Values.preStopSeconds }} } }
      {{- end }}
      resources:
        {{- include "ssec-proxy.resources" . | nindent 8 }}
      volumeMounts:
        {{- include "ssec-proxy.volumeMounts" (dict "root" .) | nindent 8 }}
  volumes:
    {{- include "ssec-proxy.volumes" (dict "root" .) | nindent 4 }}
{{- end -}}
