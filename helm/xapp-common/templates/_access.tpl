{{/* Who a pod is to the API server. It is nobody, but for the RIC that elects a leader. */}}

{{- define "xapp-common.account" -}}
{{- if .Values.serviceAccount.create }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "xapp-common.serviceAccount" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" . | nindent 4 }}
  {{- with .Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
{{- end }}
