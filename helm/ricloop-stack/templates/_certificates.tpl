{{/* Of (dict "root" . "ca" CA "name" NAME "names" LIST): the Secret of one party, as it is, or with a certificate of the CA. */}}
{{- define "ricloop-stack.secret" -}}
{{- $root := .root -}}
{{- $secret := printf "%s-tls" .name -}}
{{- $there := lookup "v1" "Secret" $root.Release.Namespace $secret }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ $secret }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "xapp-common.labels" $root | nindent 4 }}
type: kubernetes.io/tls
data:
  {{- if and $there (eq (get $there.data "ca.crt") (b64enc .ca.Cert)) }}
  ca.crt: {{ get $there.data "ca.crt" }}
  tls.crt: {{ get $there.data "tls.crt" }}
  tls.key: {{ get $there.data "tls.key" }}
  {{- else }}
  {{- $pair := genSignedCert .name nil .names (int $root.Values.certificates.days) .ca }}
  ca.crt: {{ b64enc .ca.Cert }}
  tls.crt: {{ b64enc $pair.Cert }}
  tls.key: {{ b64enc $pair.Key }}
  {{- end }}
{{- end }}
