{{- define "ricloop.in" -}}
{{- $policy := .Values.networkPolicy -}}
- from:
    - podSelector: {}
    {{- range .Values.e2.cidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    {{- if .Values.e2.sctp.enabled }}
    - {protocol: SCTP, port: e2-sctp}
    {{- end }}
    {{- if .Values.e2.tcp.enabled }}
    - {protocol: TCP, port: e2-tcp}
    {{- end }}
{{- if .Values.rpc.enabled }}
- from:
    {{- include "xapp-common.peers" (dict "namespaces" .Values.rpc.namespaces) | nindent 4 }}
  ports:
    - {protocol: TCP, port: rpc}
{{- end }}
- from:
    {{- include "xapp-common.peers" (dict "namespaces" (concat $policy.platformNamespaces $policy.monitoringNamespaces | uniq)) | nindent 4 }}
  ports:
    - {protocol: TCP, port: http}
    {{- if .Values.leaderElection.enabled }}
    - {protocol: TCP, port: lease}
    {{- end }}
{{- end }}

{{/* Nodes and xApps come to a RIC, and it goes nowhere: but to the API server, where it elects. */}}
{{- define "ricloop.out" -}}
{{- if .Values.leaderElection.enabled -}}
{{- include "xapp-common.dnsOut" . }}
- to:
    {{- range .Values.leaderElection.apiServerCidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    {{- range .Values.leaderElection.apiServerPorts }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end -}}
{{- end }}

{{/* Of (dict "root" . "port" PORT): what a Prometheus without the operator looks for at a Service. Where pods elect a leader, only that one has the
     metrics of a loop, so that Services are announced, and pods are not. */}}
{{- define "ricloop.scraped" -}}
{{- if and .root.Values.leaderElection.enabled .root.Values.monitoring.scrapeAnnotations -}}
annotations:
  prometheus.io/scrape: "true"
  prometheus.io/port: {{ .port | quote }}
  prometheus.io/path: /metrics
{{- end -}}
{{- end }}

{{/* The pod that answers `ricloop nodes`, for kubectl: any, or the leader. */}}
{{- define "ricloop.pod" -}}
{{- if .Values.leaderElection.enabled -}}
$(kubectl --namespace {{ .Release.Namespace }} get pods --selector app.kubernetes.io/instance={{ .Release.Name }},ricloop.dev/role=leader --output name)
{{- else -}}
deployment/{{ include "xapp-common.fullname" . }}
{{- end -}}
{{- end }}
