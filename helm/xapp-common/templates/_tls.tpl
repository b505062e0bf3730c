{{/* Certificates: a Secret that is there, one that cert-manager fills, or one of the lab's chart. All have ca.crt, tls.crt and tls.key. */}}

{{- define "xapp-common.tlsSecret" -}}
{{- if .Values.tls.secretName -}}
{{- .Values.tls.secretName -}}
{{- else if .Values.tls.certManager.enabled -}}
{{- include "xapp-common.plain" (printf "%s-tls" (include "xapp-common.fullname" .)) -}}
{{- else if dig "certificates" "generate" false .Values.global -}}
{{- include "xapp-common.plain" (printf "%s-%s-tls" .Release.Name .Chart.Name) -}}
{{- end -}}
{{- end }}

{{/* Of (dict "root" . "commonName" NAME "names" LIST "usages" LIST). */}}
{{- define "xapp-common.certificate" -}}
{{- $manager := .root.Values.tls.certManager -}}
{{- if $manager.enabled }}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ include "xapp-common.fullname" .root | quote }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" .root | nindent 4 }}
spec:
  secretName: {{ include "xapp-common.tlsSecret" .root | quote }}
  commonName: {{ .commonName | quote }}
  dnsNames:
    {{- toYaml .names | nindent 4 }}
  duration: {{ $manager.duration | quote }}
  renewBefore: {{ $manager.renewBefore | quote }}
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
  usages: [digital signature, {{ .usage }}]
  issuerRef:
    {{- toYaml $manager.issuerRef | nindent 4 }}
{{- end }}
{{- end }}

{{/* What to say where a certificate is wanted and there is none; `.` is the root. */}}
{{- define "xapp-common.tlsMissing" -}}
tls.secretName is empty{{ if hasKey .Values.global "certificates" }} and global.certificates.generate is false{{ end }}: name a Secret with ca.crt, tls.crt and tls.key, or set tls.certManager.enabled=true with an issuerRef
{{- end }}
