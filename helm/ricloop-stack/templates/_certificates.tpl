{{/* The Secret of the lab's CA. */}}
{{- define "ricloop-stack.ca" -}}
{{- include "xapp-common.plain" (printf "%s-ricloop-ca" .Release.Name) -}}
{{- end }}

{{/* The Deployment of the chart ricloop in this release. */}}
{{- define "ricloop-stack.ric" -}}
{{- if .Values.ricloop.ric.oranScNames -}}
{{- printf "%s-ricloop" .Release.Namespace -}}
{{- else -}}
{{- include "xapp-common.plain" (printf "%s-ricloop" .Release.Name) -}}
{{- end -}}
{{- end }}

{{/* What xApps call the RIC by. */}}
{{- define "ricloop-stack.hosts" -}}
{{- $service := include "xapp-common.plain" (printf "%s-ricloop-rpc" .Release.Name) -}}
{{- if .Values.ricloop.ric.oranScNames }}{{ $service = printf "service-%s-ricloop-rpc" .Release.Namespace }}{{ end -}}
- {{ $service }}
- {{ $service }}.{{ .Release.Namespace }}
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
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "xapp-common.metaLabels" $root | nindent 4 }}
type: kubernetes.io/tls
data:
  {{- if and $there (eq (get $there.data "ca.crt") (b64enc .ca.Cert)) }}
  ca.crt: {{ get $there.data "ca.crt" }}
  tls.crt: {{ get $there.data "tls.crt" }}
  tls.key: {{ get $there.data "tls.key" }}
  {{- else }}
  {{- $pair := genSignedCert .party nil .names (int $root.Values.global.certificates.days) .ca }}
  ca.crt: {{ b64enc .ca.Cert }}
  tls.crt: {{ b64enc $pair.Cert }}
  tls.key: {{ b64enc $pair.Key }}
  {{- end }}
{{- end }}
