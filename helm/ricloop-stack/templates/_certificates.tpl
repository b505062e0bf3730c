{{/* The Secret of the lab's CA. */}}
{{- define "ricloop-stack.ca" -}}
{{- include "xapp-common.plain" (printf "%s-ricloop-ca" .Release.Name) -}}
{{- end }}

{{/* What xApps call the RIC by. */}}
{{- define "ricloop-stack.hosts" -}}
{{- $service := include "xapp-common.plain" (printf "%s-ricloop-rpc" .Release.Name) -}}
{{- /* Where the RIC is left out, so are its chart's values. */ -}}
{{- if dig "ric" "oranScNames" true .Values.ricloop }}{{ $service = printf "service-%s-ricloop-rpc" .Release.Namespace }}{{ end -}}
- {{ $service | quote }}
- {{ printf "%s.%s" $service .Release.Namespace | quote }}
- {{ $service }}.{{ .Release.Namespace }}.svc
{{- end }}

{{/* Of (dict "root" . "ca" CA "party" CHART "names" LIST): the Secret of one party, as it is, or with a certificate of the CA. */}}
{{- define "ricloop-stack.secret" -}}
{{- $root := .root -}}
{{- $name := include "xapp-common.plain" (printf "%s-%s-tls" $root.Release.Name .party) -}}
{{- $there := lookup "v1" "Secret" $root.Release.Namespace $name }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ $name | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" $root | nindent 4 }}
type: kubernetes.io/tls
data:
  {{- if and $there (eq (get $there.data "ca.crt") (b64enc .ca.Cert)) }}
  ca.crt: {{ get $there.data "ca.crt" | quote }}
  tls.crt: {{ get $there.data "tls.crt" | quote }}
  tls.key: {{ get $there.data "tls.key" | quote }}
  {{- else }}
  {{- $pair := genSignedCert .party nil .names (int $root.Values.global.certificates.days) .ca }}
  ca.crt: {{ b64enc .ca.Cert | quote }}
  tls.crt: {{ b64enc $pair.Cert | quote }}
  tls.key: {{ b64enc $pair.Key | quote }}
  {{- end }}
{{- end }}
