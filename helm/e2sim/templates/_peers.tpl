{{- define "e2sim.in" -}}
- from:
    {{- include "xapp-common.peers" (dict "namespaces" .Values.networkPolicy.platformNamespaces) | nindent 4 }}
  ports:
    - {protocol: TCP, port: http}
{{- end }}

{{- define "e2sim.out" -}}
{{- $namespaces := append .Values.networkPolicy.platformNamespaces (default .Release.Namespace .Values.ric.namespace) | uniq -}}
{{- include "xapp-common.dnsOut" . }}
- to:
    {{- include "xapp-common.peers" (dict "namespaces" $namespaces) | nindent 4 }}
  ports:
    - {protocol: {{ upper .Values.ric.transport }}, port: {{ .Values.ric.port }}}
{{- end }}
