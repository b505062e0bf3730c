{{/* One Service for the health and metrics, one for RMR: the platform looks for these names and ports. */}}
{{- define "xapp-common.xapp.services" -}}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "xapp-common.service" (dict "root" . "port" "http") | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" . | nindent 4 }}
    ricloop.dev/scrape: "true"
spec:
  type: ClusterIP
  selector:
    {{- include "xapp-common.selector" . | nindent 4 }}
  ports:
    - {name: http, port: 8080, targetPort: http, protocol: TCP}
{{- if .Values.rmr.enabled }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "xapp-common.service" (dict "root" . "port" "rmr") | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" . | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    {{- include "xapp-common.selector" . | nindent 4 }}
  ports:
    - {name: rmrdata, port: 4560, targetPort: rmrdata, protocol: TCP}
    - {name: rmrroute, port: 4561, targetPort: rmrroute, protocol: TCP}
{{- end }}
{{- end }}

{{- define "xapp-common.xapp.networkPolicy" -}}
{{- include "xapp-common.networkPolicy" (dict "root" . "ingress" (include "xapp-common.xapp.in" .) "egress" (include "xapp-common.xapp.out" .)) }}
{{- end }}

{{- define "xapp-common.xapp.in" -}}
{{- $policy := .Values.networkPolicy -}}
- from:
    {{- include "xapp-common.peers" (dict "namespaces" (concat $policy.platformNamespaces $policy.monitoringNamespaces | uniq)) | nindent 4 }}
  ports:
    - {protocol: TCP, port: http}
{{- if .Values.rmr.enabled }}
- from:
    {{- include "xapp-common.peers" (dict "namespaces" $policy.platformNamespaces) | nindent 4 }}
  ports:
    - {protocol: TCP, port: rmrdata}
    - {protocol: TCP, port: rmrroute}
{{- end }}
{{- end }}

{{- define "xapp-common.xapp.out" -}}
{{- $namespaces := append .Values.networkPolicy.platformNamespaces (default .Release.Namespace .Values.ric.namespace) | uniq -}}
{{- include "xapp-common.dnsOut" . }}
- to:
    {{- include "xapp-common.peers" (dict "namespaces" $namespaces) | nindent 4 }}
  ports:
    - {protocol: TCP, port: {{ .Values.ric.port }}}
    {{- if .Values.rmr.enabled }}
    - {protocol: TCP, port: 4560}
    - {protocol: TCP, port: 4561}
    {{- end }}
    {{- if .Values.appmgr.enabled }}
    - {protocol: TCP, port: 8080}
    {{- end }}
{{- end }}
