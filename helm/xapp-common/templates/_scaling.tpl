{{/* Of (dict "root" . "several" bool): more than one pod at a time, and how many of them may be away. */}}
{{- define "xapp-common.disruption" -}}
{{- $root := .root -}}
{{- if and .several $root.Values.podDisruptionBudget.enabled }}
---
apiVersion: {{ ternary "policy/v1" "policy/v1beta1" ($root.Capabilities.APIVersions.Has "policy/v1") }}
kind: PodDisruptionBudget
metadata:
  name: {{ include "xapp-common.fullname" $root | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" $root | nindent 4 }}
spec:
  maxUnavailable: {{ $root.Values.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "xapp-common.selector" $root | nindent 6 }}
{{- end }}
{{- end }}

{{/* Whether KEDA scales: it is asked for, and the cluster knows it. */}}
{{- define "xapp-common.keda" -}}
{{- if and .Values.keda.enabled (.Capabilities.APIVersions.Has "keda.sh/v1alpha1") }}yes{{ end -}}
{{- end }}

{{- define "xapp-common.autoscaler" -}}
{{- if .Values.autoscaling.enabled }}
---
apiVersion: {{ ternary "autoscaling/v2" "autoscaling/v2beta2" (.Capabilities.APIVersions.Has "autoscaling/v2") }}
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "xapp-common.fullname" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "xapp-common.fullname" . | quote }}
  minReplicas: {{ .Values.autoscaling.minReplicas }}
  maxReplicas: {{ .Values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .Values.autoscaling.cpuPercent }}
{{- end }}
{{- if include "xapp-common.keda" . }}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ include "xapp-common.fullname" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" . | nindent 4 }}
spec:
  scaleTargetRef:
    name: {{ include "xapp-common.fullname" . | quote }}
  minReplicaCount: {{ .Values.keda.minReplicas }}
  maxReplicaCount: {{ .Values.keda.maxReplicas }}
  triggers:
    {{- toYaml .Values.keda.triggers | nindent 4 }}
{{- end }}
{{- end }}
