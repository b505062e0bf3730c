{{- define "xapp-common.xapp.notes" -}}
{{- $name := include "xapp-common.fullname" . -}}
{{- $namespace := .Release.Namespace -}}
{{ .Chart.Name }} {{ .Chart.AppVersion }} is installed as {{ .Release.Name }} in {{ $namespace }}, stage {{ include "xapp-common.stage" . }}. Next:

  kubectl --namespace {{ $namespace }} rollout status deployment/{{ $name }}
  helm test {{ .Release.Name }} --namespace {{ $namespace }} --logs
  kubectl --namespace {{ $namespace }} logs deployment/{{ $name }} --follow

{{- if eq (include "xapp-common.stage" .) "shadow" }}

It decides and is audited, and sends nothing to the network: `--set stage=active` lets it.
{{- else if eq (include "xapp-common.stage" .) "off" }}

It is switched off (stage off): it is connected and is asked nothing.
{{- end }}
{{- if eq (int .Values.replicaCount) 0 }}

WARNING: replicaCount is 0, for maintenance: no pod runs, and the RIC decides without it.
{{- end }}
{{- if and .Values.appmgr.enabled (not (and .Values.ric.oranScNames (eq .Release.Namespace "ricxapp"))) }}

WARNING: appmgr.enabled is true, and an app manager looks for every xApp in the namespace ricxapp, under the names of ric.oranScNames.
{{- end }}
{{- if and .Values.keda.enabled (not (include "xapp-common.keda" .)) }}

WARNING: keda.enabled is true, and this cluster knows no keda.sh/v1alpha1: there are {{ .Values.replicaCount }} pods, and nothing scales them.
{{- end }}
{{- include "xapp-common.warnings" . }}
{{- end }}

{{/* What an operator should know of values that take no effect, or take a guard away. */}}
{{- define "xapp-common.warnings" -}}
{{- if and (dig "serviceMonitor" "enabled" false (.Values.monitoring | default dict)) (not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}

WARNING: monitoring.serviceMonitor.enabled is true, and this cluster knows no monitoring.coreos.com/v1: no ServiceMonitor was made.
{{- end }}
{{- if not .Values.networkPolicy.enabled }}

WARNING: networkPolicy.enabled is false: every pod of the cluster reaches this one.
{{- end }}
{{- if ne (toJson .Values.resources.requests) (toJson .Values.resources.limits) }}

WARNING: resources.requests differ from resources.limits: the pod has no processors of its own, and may be evicted first.
{{- end }}
{{- end }}
