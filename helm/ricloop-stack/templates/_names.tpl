{{/* The Deployment of the chart ricloop in this release. */}}
{{- define "ricloop-stack.ric" -}}
{{- printf "%s-ricloop" (ternary .Release.Namespace .Release.Name .Values.ricloop.ric.oranScNames) -}}
{{- end }}
