{{/*
Every folder of a Secret, as YAML: name → { secretName, path }. (dict "root" $ "instead" (dict "upstream" "other")): `instead`
has Secrets in the place of others.
*/}}
{{- define "ssec-proxy.folders" -}}
{{- $folders := dict -}}
{{- $tls := include "ssec-proxy.tlsSecretName" .root -}}
{{- if $tls -}}{{- $_ := set $folders "tls" (dict "secretName" $tls "path" "/tls") -}}{{- end -}}
{{- with .root.Values.keys.secretName -}}{{- $_ := set $folders "keys" (dict "secretName" . "path" "/keys") -}}{{- end -}}
{{- range $name, $secret := .root.Values.secrets -}}
{{- if $secret.secretName -}}
{{- $_ := set $folders (printf "secret-%s" $name) (dict "secretName" $secret.secretName "path" (printf "/secrets/%s" $name)) -}}
{{- end -}}
{{- end -}}
{{- range $name, $secretName := .instead -}}
{{- $_ := set $folders (printf "secret-%s" $name) (dict "secretName" $secretName "path" (printf "/secrets/%s" $name)) -}}
{{- end -}}
{{ toYaml $folders }}
{{- end -}}

{{- define "ssec-proxy.volumeMounts" -}}
- { name: config, mountPath: /etc/ssec-proxy, readOnly: true }
{{- range $name, $folder := include "ssec-proxy.folders" . | fromYaml }}
- { name: {{ $name }}, mountPath: {{ $folder.path }}, readOnly: true }
{{- end }}
{{- if .root.Values.vault.audience }}
- { name: account, mountPath: /secrets/account, readOnly: true }
{{- end }}
{{- with .root.Values.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "ssec-proxy.volumes" -}}
- name: config
  # All entries: a config of yours may name others, such as the ca.pem of a store.
  configMap: { name: {{ include "ssec-proxy.configMapName" .root | quote }} }
{{- range $name, $folder := include "ssec-proxy.folders" . | fromYaml }}
- name: {{ $name }}
  # 0400, and 0440 with the fsGroup.
  secret: { secretName: {{ $folder.secretName | quote }}, defaultMode: 256 }
{{- end }}
{{- with .root.Values.vault }}
{{- if .audience }}
- name: account
  projected:
    defaultMode: 256
    sources:
      - serviceAccountToken: { path: token, audience: {{ .audience | quote }}, expirationSeconds: {{ .expirationSeconds }} }
{{- end }}
{{- end }}
{{- with .root.Values.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
